package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"umpire/api/access"
	"umpire/ent/store"
)

func (a *API) routeSources() {
	const tag = "Sources"
	handle(a, access.Read, get("/v1/sources", tag, "listSources", "List sources",
		"All of them, by name."), a.listSources)
	handle(a, access.Read, get("/v1/sources/{source}", tag, "getSource", "Read a source",
		"Its profile, and what it has sent.", 404), a.getSource)
	handle(a, access.Operate, huma.Operation{
		Method: http.MethodPut, Path: "/v1/sources/{source}", Tags: []string{tag},
		OperationID: "putSource", Summary: "Write a source's profile", Errors: []int{409},
		Description: "Makes the source if it is not there. A new time zone gives its match records the instants that their texts now mean. A new meaning of ids is refused once the source has records.",
	}, a.putSource)
	handle(a, access.Read, get("/v1/sources/{source}/matches", tag, "listSourceMatches", "List a source's matches",
		"As the source tells them; withdrawn ones are left out.", 404), a.listSourceMatches)
	handle(a, access.Read, get("/v1/sources/{source}/matches/{id}", tag, "getSourceMatch", "Read a match as a source tells it",
		"Also one that the source has withdrawn.", 404), a.getSourceMatch)
	handle(a, access.PublishOwn, huma.Operation{
		Method: http.MethodDelete, Path: "/v1/sources/{source}/matches/{id}", Tags: []string{tag},
		OperationID: "withdrawSourceMatch", Summary: "Withdraw a match in the name of its source", Errors: []int{404, 410, 503},
		Description: "The record stays in the history, and its entity goes on without it. The source may tell the match again.",
	}, a.withdraw)
	handle(a, access.Read, get("/v1/sources/{source}/matches/{id}/messages", tag, "listSourceMatchMessages", "List the messages of a match",
		"What the source has said of the match, newest first: each message replaced the one before it.", 404), a.listSourceMatchMessages)
}

// SourceName is the path of one source.
type SourceName struct {
	Source string `path:"source" maxLength:"1000" doc:"The source's name." example:"hltv"`
}

// SourceMatch is the path of one match of a source.
type SourceMatch struct {
	SourceName
	ID    string `path:"id" maxLength:"1000" doc:"The source's own id of the match." example:"2294502"`
	Title string `query:"title" maxLength:"200" doc:"The title in which the source uses the id: needed where it uses it in several." example:"CS:GO"`
}

func (a *API) listSources(ctx context.Context, _ *struct{}) (*body[Page[Source]], error) {
	sources, err := a.Store.Sources(ctx)
	return inFull(sources, sourceOf), err
}

func (a *API) getSource(ctx context.Context, in *SourceName) (*body[Source], error) {
	s, err := a.Store.Source(ctx, in.Source)
	return &body[Source]{sourceOf(s)}, err
}

type putSourceInput struct {
	SourceName
	Body Profile
}

func (a *API) putSource(ctx context.Context, in *putSourceInput) (*body[Source], error) {
	profile := store.Source{Name: in.Source, Zone: firstOf(in.Body.Zone, "UTC"), IDs: in.Body.IDs}
	if err := a.Store.PutSource(ctx, profile); err != nil {
		return nil, err
	}
	return a.getSource(ctx, &in.SourceName)
}

type listSourceMatchesInput struct {
	SourceName
	Paging
}

func (a *API) listSourceMatches(ctx context.Context, in *listSourceMatchesInput) (*body[Page[MatchRecord]], error) {
	if _, err := a.Store.Source(ctx, in.Source); err != nil {
		return nil, err
	}
	records, err := a.Store.MatchRecords(ctx, store.MatchFilter{Source: in.Source, Cursor: in.Cursor, Limit: in.Limit})
	return page(&in.Paging, records, matchRecordOf), err
}

func (a *API) getSourceMatch(ctx context.Context, in *SourceMatch) (*body[MatchRecord], error) {
	r, err := a.Store.Record(ctx, in.Source, in.ID, in.Title)
	return &body[MatchRecord]{matchRecordOf(r)}, err
}

func (a *API) withdraw(ctx context.Context, in *SourceMatch) (*body[Outcome], error) {
	if a.Intake == nil {
		return nil, errNoIntake
	}
	if who := access.From(ctx); !who.SpeaksFor(in.Source) {
		return nil, &huma.ErrorModel{Status: http.StatusForbidden, Errors: []*huma.ErrorDetail{{Location: "source", Message: onlyFor(who)}}}
	}
	outcome, err := a.Intake.Withdraw(ctx, in.Source, in.ID, in.Title, viaHTTP)
	return &body[Outcome]{outcomeOf(outcome)}, err
}

type listSourceMatchMessagesInput struct {
	SourceMatch
	Paging
}

func (a *API) listSourceMatchMessages(ctx context.Context, in *listSourceMatchMessagesInput) (*body[Page[Message]], error) {
	r, err := a.Store.Record(ctx, in.Source, in.ID, in.Title)
	if err != nil {
		return nil, err
	}
	messages, err := a.Store.Messages(ctx, store.MessageFilter{Record: r.ID, Cursor: in.Cursor, Limit: in.Limit})
	return page(&in.Paging, messages, messageOf), err
}
