package api

// Acts that say which records an entity has: merge and split, of entities; move and detach,
// of a record.

import (
	"context"
	"fmt"
	"maps"
	"net/http"

	"umpire/ent/store"
	"umpire/resolve"
)

func (a *API) routeReshape() {
	a.routeReshapeKind(resolve.KindMatch, "Matches", "Match")
	a.routeReshapeKind(resolve.KindTeam, "Teams", "Team")
	a.routeReshapeKind(resolve.KindTournament, "Tournaments", "Tournament")
	a.routeReshapeKind(resolve.KindTitle, "Titles", "Title")
	const tag = "Records"
	handle(a, decision(http.MethodPost, "/v1/records/{id}/move", tag, "moveRecord", "Move a record to another entity",
		"It is different from all records that it leaves, as they are now, and the same as the other entity's oldest."), a.moveRecord)
	handle(a, decision(http.MethodPost, "/v1/records/{id}/detach", tag, "detachRecord", "Take a record out of its entity",
		"It is different from all others there, as they are now."), a.detachRecord)
}

// routeReshapeKind makes the routes of one kind.
func (a *API) routeReshapeKind(kind resolve.Kind, tag, id string) {
	path, one := collection(kind)+"/{id}", "a "+string(kind)
	handle(a, decision(http.MethodPost, path+"/merge", tag, "merge"+id, "Merge "+one+" with others",
		"One act that says \"same\" of their oldest records. Which id stays is that of the oldest record of all; the others redirect to it.", 410), a.merge(kind))
	handle(a, decision(http.MethodPost, path+"/split", tag, "split"+id, "Split "+one,
		"One act that says \"different\" of each record of a group and each of another, as they are now.", 410), a.split(kind))
}

// MergeWith is what an entity is to be merged with.
type MergeWith struct {
	Entities []resolve.ID `json:"entities" nullable:"false" minItems:"1" maxItems:"100" maxLength:"100" doc:"The other entities, of the same kind." example:"[\"tem_9c0v6y1n5tq8hd2r\"]"`
	Noted
	Expected
}

type mergeInput struct {
	EntityID
	Deciding
	Looked
	Body MergeWith
}

func (a *API) merge(kind resolve.Kind) func(context.Context, *mergeInput) (*decided, error) {
	return func(ctx context.Context, in *mergeInput) (*decided, error) {
		expect, err := a.expect(ctx, kind, in.ID, in.Looked)
		if err != nil {
			return nil, err
		}
		by := store.Signature{Note: in.Body.Note, Expect: both(expect, in.Body.Expect)}
		return a.decide(ctx, in.Deciding, by, store.Merge{Entities: append([]resolve.ID{in.ID}, in.Body.Entities...)})
	}
}

// SplitInto is how an entity is to be taken apart.
type SplitInto struct {
	Groups [][]resolve.ID `json:"groups" nullable:"false" minItems:"1" maxItems:"100" doc:"Groups of its records, by Umpire's ids; what is in none is a group of its own." example:"[[\"tem_9c0v6y1n5tq8hd2r\"]]"`
	Noted
}

type splitInput struct {
	EntityID
	Deciding
	Looked
	Body SplitInto
}

func (a *API) split(kind resolve.Kind) func(context.Context, *splitInput) (*decided, error) {
	return func(ctx context.Context, in *splitInput) (*decided, error) {
		expect, err := a.expect(ctx, kind, in.ID, in.Looked)
		if err != nil {
			return nil, err
		}
		return a.decide(ctx, in.Deciding, store.Signature{Note: in.Body.Note, Expect: expect}, store.Split{Entity: in.ID, Groups: in.Body.Groups})
	}
}

// RecordID is the path of one record.
type RecordID struct {
	ID resolve.ID `path:"id" maxLength:"100" doc:"Umpire's id of the record." example:"tem_9c0v6y1n5tq8hd2r"`
}

// LookedAround is Looked where the path is a record's.
type LookedAround struct {
	IfMatch string `header:"If-Match" maxLength:"100" doc:"The ETag by which the record's entity was read, or only its version: nothing is done if the record is elsewhere by now, or its entity has changed." example:"\"v4217-9f3a61d20c77\""`
}

// MoveTo is where a record is to go.
type MoveTo struct {
	To resolve.ID `json:"to" maxLength:"100" doc:"The other entity." example:"tem_3k9x0m2vqc41ahzt"`
	Noted
	Expected
}

type moveRecordInput struct {
	RecordID
	Deciding
	LookedAround
	Body MoveTo
}

func (a *API) moveRecord(ctx context.Context, in *moveRecordInput) (*decided, error) {
	expect, err := a.expectAround(ctx, in.ID, in.IfMatch)
	if err != nil {
		return nil, err
	}
	by := store.Signature{Note: in.Body.Note, Expect: both(expect, in.Body.Expect)}
	return a.decide(ctx, in.Deciding, by, store.Move{Record: in.ID, To: in.Body.To})
}

type detachRecordInput struct {
	RecordID
	Deciding
	LookedAround
	Body *Noted
}

func (a *API) detachRecord(ctx context.Context, in *detachRecordInput) (*decided, error) {
	expect, err := a.expectAround(ctx, in.ID, in.IfMatch)
	if err != nil {
		return nil, err
	}
	return a.decide(ctx, in.Deciding, store.Signature{Note: in.Body.note(), Expect: expect}, store.Detach{Record: in.ID})
}

// expectAround is what a decision about a record rests on: the version of its entity. Versions are
// numbers of one sequence, so that of another entity is another one.
func (a *API) expectAround(ctx context.Context, record resolve.ID, tag string) (map[resolve.ID]int64, error) {
	if tag == "" || tag == "*" {
		return map[resolve.ID]int64{}, nil
	}
	v, err := versionIn(tag)
	if err != nil {
		return nil, err
	}
	entity, err := a.Store.Canonical(ctx, record)
	if err != nil {
		return nil, fmt.Errorf("record %s: %w", record, err)
	}
	return map[resolve.ID]int64{entity: v}, nil
}

// both joins what two say of versions; the first has the last word.
func both(first, second map[resolve.ID]int64) map[resolve.ID]int64 {
	all := make(map[resolve.ID]int64, len(first)+len(second))
	maps.Copy(all, second)
	maps.Copy(all, first)
	return all
}
