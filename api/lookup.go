package api

// Lookup: from a client's ids to canonical ones, and back, many at once.

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/resolve"
)

// mostAsked is the most questions of one call.
const mostAsked = 1000

func (a *API) routeLookup() {
	handle(a, access.Read, huma.Operation{
		Method: http.MethodPost, Path: "/v1/lookup", Tags: []string{"Lookup"},
		OperationID: "lookup", Summary: "Map ids to entities, and back", MaxBodyBytes: 4 << 20, Errors: []int{400, 413},
		Description: "Up to 1,000 records and entities together: of a record, as its source knows it, the entity that it belongs to; of an entity, by its present or a former id, what it is now called and its records. What is unknown is found nowhere, which is no error.",
	}, a.lookup)
}

type lookupInput struct {
	Body Questions
}

func (a *API) lookup(ctx context.Context, in *lookupInput) (*body[Answers], error) {
	if n := len(in.Body.Records) + len(in.Body.Entities); n > mostAsked {
		return nil, invalid("body", fmt.Sprintf("asks for %d; at most %d in one call", n, mostAsked))
	}
	records, err := a.lookupRecords(ctx, in.Body.Records)
	if err != nil {
		return nil, err
	}
	entities, err := a.lookupEntities(ctx, in.Body.Entities)
	return &body[Answers]{Answers{records, entities}}, err
}

func (a *API) lookupRecords(ctx context.Context, asked []Asked) ([]FoundRecords, error) {
	found, err := a.Store.Lookup(ctx, each(asked, func(q Asked) store.SourceID {
		return store.SourceID{Source: q.Source, Kind: q.Kind, ID: q.ID, Title: q.Title}
	}))
	if err != nil {
		return nil, err
	}
	told := make([]FoundRecords, len(asked))
	for i := range asked {
		told[i] = FoundRecords{asked[i], each(found[i], recordRefOf)}
	}
	return told, nil
}

func (a *API) lookupEntities(ctx context.Context, asked []resolve.ID) ([]FoundEntity, error) {
	found, err := a.Store.LookupEntities(ctx, asked)
	if err != nil {
		return nil, err
	}
	told := make([]FoundEntity, len(asked))
	for i, records := range found {
		told[i] = FoundEntity{Asked: asked[i], Records: each(records, recordRefOf)}
		if len(records) > 0 {
			told[i].Entity = records[0].Entity
		}
	}
	return told, nil
}
