package api

// Suggestions: pairs for people to decide; and the links that entities rest on.

import (
	"context"
	"errors"

	"umpire/ent/store"
	"umpire/resolve"
)

func (a *API) routeSuggestions() {
	handle(a, get("/v1/suggestions", "Suggestions", "listSuggestions", "List suggestions",
		"Pairs of records that the evidence neither joins nor parts, heaviest first, with the evidence."), a.listSuggestions)
}

type listSuggestionsInput struct {
	Kind   resolve.Kind `query:"kind" enum:"title,tournament,team,match" doc:"What the records speak of." example:"match"`
	Entity resolve.ID   `query:"entity" maxLength:"100" doc:"An entity that one of the two belongs to, by its present or a former id." example:"mch_5f0yq8c3t1v7nbxk"`
	Paging
}

func (a *API) listSuggestions(ctx context.Context, in *listSuggestionsInput) (*body[Page[Link]], error) {
	if in.Entity != "" {
		present, err := a.Store.Canonical(ctx, in.Entity)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		in.Entity = resolve.ID(firstOf(string(present), string(in.Entity)))
	}
	links, err := a.Store.Links(ctx, store.LinkFilter{
		Kind: in.Kind, Verdict: resolve.Suggested, Entity: in.Entity, Cursor: in.Cursor, Limit: in.Limit,
	})
	return page(&in.Paging, links, linkOf), err
}

// linksOf reads the links of an entity, heaviest first.
func (a *API) linksOf(ctx context.Context, entity resolve.ID) ([]Link, error) {
	links, err := a.Store.Links(ctx, store.LinkFilter{Entity: entity, Limit: 500})
	return each(links.Items, linkOf), err
}
