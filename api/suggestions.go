package api

// Suggestions: the queue of questions for people to decide, and who looks at which; and the
// links that entities rest on.

import (
	"context"
	"errors"
	"math"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/resolve"
)

func (a *API) routeSuggestions() {
	const tag, one = "Suggestions", "/v1/suggestions/{a}/{b}"
	handle(a, access.Read, get("/v1/suggestions", tag, "listSuggestions", "List suggestions",
		"The queue: pairs of entities that the evidence neither joins nor parts, one row each, by the two records that speak for them, with the evidence. First come those whose answers teach most: uncertainty times the matches that hang on it. Answer by POST /v1/judgements."), a.listSuggestions)
	handle(a, access.Read, get(one, tag, "getSuggestion", "Read a suggestion",
		"404 if it waits for an answer no more.", 404), a.getSuggestion)
	handle(a, access.Read, get(one+"/implied", tag, "listImplied", "List what a suggestion implies",
		"The suggestions between matches of the one team, tournament or title and matches of the other: they may be one if the two are. To say it of all of them by one act, with one undo, send the two and these by POST /v1/judgements/group. 404 if the suggestion waits for an answer no more.", 404), a.listImplied)
	handle(a, access.Decide, leasing(http.MethodPut, one+"/lease", "leaseSuggestion", "Keep a suggestion for yourself",
		"For a while, in which nobody else can decide it: to keep it longer, ask again. 409 tells who has it."), a.lease)
	handle(a, access.Decide, leasing(http.MethodDelete, one+"/lease", "releaseSuggestion", "Give a suggestion back",
		"A decision gives it back by itself, and so does time. To give back what one does not have is well."), a.release)
}

// leasing describes what is done with a lease.
func leasing(method, path, id, summary, description string) huma.Operation {
	return huma.Operation{
		Method: method, Path: path, Tags: []string{"Suggestions"}, OperationID: id, Summary: summary, Description: description,
		Errors:    []int{http.StatusNotFound},
		Responses: map[string]*huma.Response{"409": conflicts("Somebody else has it.")},
	}
}

type listSuggestionsInput struct {
	Kind       resolve.Kind   `query:"kind" enum:"title,tournament,team,match" doc:"What the records speak of." example:"match"`
	Source     string         `query:"source" maxLength:"1000" doc:"A source that tells one of the two records, exactly." example:"hltv"`
	Title      string         `query:"title" maxLength:"200" doc:"The game or sport that one of the two belongs to: a part of its name, or its id." example:"CS:GO"`
	Tournament string         `query:"tournament" maxLength:"200" doc:"The tournament that one of the two is, or is played in: a part of its name, or its id." example:"ESL One Cologne"`
	From       Maybe[float64] `query:"weight__gte" doc:"The least match weight, in bits." example:"-2.5"`
	To         Maybe[float64] `query:"weight__lte" doc:"The greatest match weight, in bits." example:"2.5"`
	Entity     resolve.ID     `query:"entity" maxLength:"100" doc:"An entity that one of the two belongs to, by its present or a former id." example:"mch_5f0yq8c3t1v7nbxk"`
	Paging
}

// filter reads the parameters.
func (in *listSuggestionsInput) filter() (store.QuestionFilter, error) {
	f := store.QuestionFilter{
		Kind: in.Kind, Source: in.Source, Title: in.Title, Tournament: in.Tournament, Cursor: in.Cursor, Limit: in.Limit,
	}
	return f, errors.Join(
		nameOrID("title", in.Title, resolve.KindTitle),
		nameOrID("tournament", in.Tournament, resolve.KindTournament),
		weight(&f.From, math.Ceil, "weight__gte", in.From),
		weight(&f.To, math.Floor, "weight__lte", in.To),
	)
}

// weight reads bits, rounded to what weights are told apart by.
func weight(into **resolve.Weight, round func(float64) float64, parameter string, bits Maybe[float64]) error {
	const most = 1e6
	if !bits.Given {
		return nil
	}
	if !(math.Abs(bits.Value) <= most) {
		return invalid(parameter, "is no weight in bits")
	}
	*into = new(resolve.Weight(round(bits.Value * float64(resolve.Bit))))
	return nil
}

func (a *API) listSuggestions(ctx context.Context, in *listSuggestionsInput) (*body[Page[Suggestion]], error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	if f.Entity, err = a.nowCalled(ctx, in.Entity); err != nil {
		return nil, err
	}
	questions, err := a.Store.Questions(ctx, f)
	return page(&in.Paging, questions, suggestionOf), err
}

// nowCalled is what an entity is called now; an id that leads nowhere is left as it is.
func (a *API) nowCalled(ctx context.Context, id resolve.ID) (resolve.ID, error) {
	if id == "" {
		return "", nil
	}
	now, err := a.Store.Canonical(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return id, nil
	}
	return now, err
}

// SuggestionID is the path of one suggestion.
type SuggestionID struct {
	A resolve.ID `path:"a" maxLength:"100" doc:"One of its two records." example:"tem_3k9x0m2vqc41ahzt"`
	B resolve.ID `path:"b" maxLength:"100" doc:"The other." example:"tem_9c0v6y1n5tq8hd2r"`
}

func (a *API) getSuggestion(ctx context.Context, in *SuggestionID) (*body[Suggestion], error) {
	q, err := a.Store.Question(ctx, in.A, in.B)
	if err != nil {
		return nil, err
	}
	return &body[Suggestion]{suggestionOf(q)}, nil
}

type listImpliedInput struct {
	SuggestionID
	Paging
}

func (a *API) listImplied(ctx context.Context, in *listImpliedInput) (*body[Page[Suggestion]], error) {
	q, err := a.Store.Question(ctx, in.A, in.B)
	if err != nil {
		return nil, err
	}
	questions, err := a.Store.Questions(ctx, store.QuestionFilter{Implied: q.Entities, Cursor: in.Cursor, Limit: in.Limit})
	return page(&in.Paging, questions, suggestionOf), err
}

type leaseInput struct {
	SuggestionID
	Seconds int `query:"seconds" minimum:"1" maximum:"3600" default:"120" doc:"For how long." example:"120"`
}

func (a *API) lease(ctx context.Context, in *leaseInput) (*body[Lease], error) {
	if _, err := a.Store.Question(ctx, in.A, in.B); err != nil {
		return nil, err
	}
	l, err := a.Store.Lease(ctx, in.A, in.B, access.From(ctx).Name, time.Duration(in.Seconds)*time.Second)
	return &body[Lease]{leaseOf(l)}, err
}

func (a *API) release(ctx context.Context, in *SuggestionID) (*struct{}, error) {
	return nil, a.Store.Release(ctx, in.A, in.B, access.From(ctx).Name)
}

// linksOf reads the links of an entity, heaviest first.
func (a *API) linksOf(ctx context.Context, entity resolve.ID) ([]Link, error) {
	links, err := a.Store.Links(ctx, store.LinkFilter{Entity: entity, Limit: 500})
	return each(links.Items, linkOf), err
}
