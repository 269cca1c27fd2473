package api

// Changes: the feed by which a client's copy follows.

import (
	"context"
	"strconv"
	"time"

	"umpire/api/access"
	"umpire/ent/store"
)

func (a *API) routeChanges() {
	handle(a, access.Read, get("/v1/changes", "Changes", "listChanges", "Follow what changes",
		"Every change of every entity, in the order in which they were committed; merges and splits are told as such. Begin after 0, go on with next, and a copy stays true."), a.listChanges)
}

type listChangesInput struct {
	After int64 `query:"after" minimum:"0" doc:"The number of the last change that is known; left out: 0, from the beginning." example:"4217"`
	Limit int   `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"The most changes of an answer." example:"500"`
	Wait  int   `query:"wait" minimum:"0" maximum:"25" doc:"How many seconds to wait for a change where there is none yet." example:"20"`
	Address
}

func (a *API) listChanges(ctx context.Context, in *listChangesInput) (*body[Feed], error) {
	changes, err := a.await(ctx, in)
	if err != nil {
		return nil, err
	}
	last := in.After
	if len(changes) > 0 {
		last = changes[len(changes)-1].Seq
	}
	return &body[Feed]{Feed{
		Items: each(changes, changeOf), Last: last, Next: in.with("after", strconv.FormatInt(last, 10)),
	}}, nil
}

// await reads changes, again and again until there are some, the client's patience ends or
// the server is to stop. The process that writes them may be another, so that asking is the
// only signal. errCrowded: too many wait.
func (a *API) await(ctx context.Context, in *listChangesInput) ([]store.Change, error) {
	const pause = 250 * time.Millisecond
	changes, err := a.Store.Changes(ctx, in.After, in.Limit)
	if err != nil || len(changes) > 0 || in.Wait == 0 {
		return changes, err
	}
	leave, err := a.waiting.enter(callerOf(ctx))
	if err != nil {
		return nil, err
	}
	defer leave()
	patience := time.After(time.Duration(in.Wait) * time.Second)
	for err == nil && len(changes) == 0 {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-patience:
			return nil, nil
		case <-a.Closing:
			return nil, nil
		case <-time.After(pause):
		}
		changes, err = a.Store.Changes(ctx, in.After, in.Limit)
	}
	return changes, err
}
