package api

// Acts: what people did, and its undoing.

import (
	"context"
	"errors"
	"net/http"
	"time"

	"umpire/ent/store"
	"umpire/resolve"
)

func (a *API) routeActs() {
	const tag = "Acts"
	handle(a, get("/v1/acts", tag, "listActs", "List what people did",
		"The audit log, newest first: who did what, when, and what that brought into force and took out of it. Nothing is ever erased from it."), a.listActs)
	handle(a, get("/v1/acts/{id}", tag, "getAct", "Read an act",
		"With all of its effects and subjects.", 404), a.getAct)
	handle(a, decision(http.MethodPost, "/v1/acts/{id}/undo", tag, "undoAct", "Undo an act",
		"What it brought into force and is so still goes out of it, and what it lifted comes back, exactly: as a new act, which can be undone in turn."), a.undoAct)
	handle(a, decision(http.MethodPost, "/v1/acts/undo", tag, "undoActs", "Undo all that somebody did since then",
		"All acts of an actor since a moment, newest first, as one act, with one undo."), a.undoActs)
}

type listActsInput struct {
	Actor   string     `query:"actor" maxLength:"1000" doc:"Who did it, exactly." example:"ann"`
	Verb    store.Verb `query:"verb" enum:"judge,merge,split,move,detach,group,override,lift,rule,trust,undo" doc:"What was done." example:"merge"`
	Since   string     `query:"since" maxLength:"100" doc:"Acts of then or later: an RFC 3339 time, or a date for the start of its day in UTC." example:"2015-08-01"`
	Until   string     `query:"until" maxLength:"100" doc:"Acts before then: an RFC 3339 time, or a date for the start of its day in UTC." example:"2015-08-02"`
	Subject resolve.ID `query:"subject" maxLength:"100" doc:"A record that they are about; or an entity: then acts about its records are told as well." example:"tem_3k9x0m2vqc41ahzt"`
	Paging
}

func (a *API) listActs(ctx context.Context, in *listActsInput) (*body[Page[Act]], error) {
	f := store.ActFilter{Actor: in.Actor, Verb: in.Verb, Subject: in.Subject, Cursor: in.Cursor, Limit: in.Limit}
	if err := errors.Join(instant(&f.Since, dayStart, "since", in.Since), instant(&f.Until, dayStart, "until", in.Until)); err != nil {
		return nil, err
	}
	acts, err := a.Store.Acts(ctx, f)
	return page(&in.Paging, acts, actOf), err
}

// ActNumber is the path of one act.
type ActNumber struct {
	ID int64 `path:"id" minimum:"1" doc:"The act's number." example:"812"`
}

func (a *API) getAct(ctx context.Context, in *ActNumber) (*body[Act], error) {
	act, err := a.Store.Act(ctx, in.ID)
	return &body[Act]{actOf(act)}, err
}

type undoActInput struct {
	ActNumber
	Deciding
	Body *Noted
}

func (a *API) undoAct(ctx context.Context, in *undoActInput) (*decided, error) {
	return a.decide(ctx, in.Deciding, store.Signature{Note: in.Body.note()}, store.Undo{Act: in.ID})
}

// ActRange is what somebody did since then.
type ActRange struct {
	Actor string `json:"actor" minLength:"1" maxLength:"1000" pattern:"^[^\\x00]*$" patternDescription:"text" doc:"Who did it." example:"bo"`
	Since string `json:"since" minLength:"1" maxLength:"100" doc:"From then on: an RFC 3339 time, or a date for the start of its day in UTC." example:"2015-08-01"`
	Noted
}

type undoActsInput struct {
	Deciding
	Body ActRange
}

func (a *API) undoActs(ctx context.Context, in *undoActsInput) (*decided, error) {
	var since *time.Time
	if err := instant(&since, dayStart, "body.since", in.Body.Since); err != nil {
		return nil, err
	}
	return a.decide(ctx, in.Deciding, store.Signature{Note: in.Body.Note}, store.UndoRange{Actor: in.Body.Actor, Since: *since})
}
