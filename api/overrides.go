package api

// Overrides: canonical fields set by hand.

import (
	"context"
	"net/http"

	"umpire/ent/store"
	"umpire/resolve"
)

func (a *API) routeOverrides() {
	a.routeOverridesKind(resolve.KindMatch, "Matches", "Match")
	a.routeOverridesKind(resolve.KindTeam, "Teams", "Team")
	a.routeOverridesKind(resolve.KindTournament, "Tournaments", "Tournament")
	a.routeOverridesKind(resolve.KindTitle, "Titles", "Title")
}

// routeOverridesKind makes the routes of one kind.
func (a *API) routeOverridesKind(kind resolve.Kind, tag, id string) {
	path, one := collection(kind)+"/{id}/overrides", "a "+string(kind)
	handle(a, forwarding(get(path, tag, "list"+id+"Overrides", "List what is set by hand of "+one,
		"Those in force, the last given first, with the values that they hide.", 404, 410)), a.listOverrides(kind))
	handle(a, decision(http.MethodPut, path+"/{field}", tag, "set"+id+"Field", "Set a field of "+one+" by hand",
		"It wins over what the records say, until it is lifted. It hangs on the entity's oldest record, and stays with that.", 410), a.setField(kind))
	handle(a, decision(http.MethodDelete, path+"/{field}", tag, "lift"+id+"Field", "Take back a field of "+one+" that is set by hand",
		"What the records say counts again. 404 if nothing is set by hand there.", 410), a.liftField(kind))
}

// EntityField is the path of a field of one entity.
type EntityField struct {
	EntityID
	Field string `path:"field" enum:"name,state,bestof,date_start,tournament,score" doc:"The member: name; or of a match state, bestof, date_start, tournament or score." example:"name"`
}

// NewOverride is a field to set by hand.
type NewOverride struct {
	Value string `json:"value" maxLength:"1000" pattern:"^[^\\x00]*$" patternDescription:"text" doc:"The value, as text: a name; a number; a time as sources send it, in UTC where it tells no zone; a tournament's id; a score in the order of the entity's oldest record, such as 2:1." example:"fnatic"`
	Noted
}

type setFieldInput struct {
	EntityField
	Deciding
	Looked
	Body NewOverride
}

func (a *API) setField(kind resolve.Kind) func(context.Context, *setFieldInput) (*decided, error) {
	return func(ctx context.Context, in *setFieldInput) (*decided, error) {
		expect, err := a.expect(ctx, kind, in.ID, in.Looked)
		if err != nil {
			return nil, err
		}
		by := store.Signature{Note: in.Body.Note, Expect: expect}
		return a.decide(ctx, in.Deciding, by, store.SetField{Record: in.ID, Field: offWire(in.Field), Value: in.Body.Value})
	}
}

// LiftNote is why something is taken back; a DELETE has no body.
type LiftNote struct {
	Note string `query:"note" maxLength:"2000" doc:"Why, for who reads the audit log." example:"the sources have it right by now"`
}

type liftFieldInput struct {
	EntityField
	Deciding
	Looked
	LiftNote
}

// liftField lifts the override that wins: it may hang on any record of the entity.
func (a *API) liftField(kind resolve.Kind) func(context.Context, *liftFieldInput) (*decided, error) {
	return func(ctx context.Context, in *liftFieldInput) (*decided, error) {
		expect, err := a.expect(ctx, kind, in.ID, in.Looked)
		if err != nil {
			return nil, err
		}
		lift := store.LiftField{Record: in.ID, Field: offWire(in.Field)}
		set, err := a.Store.Overrides(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		for _, o := range set {
			if o.Wins && o.Field == lift.Field {
				lift.Record = o.Record
			}
		}
		return a.decide(ctx, in.Deciding, store.Signature{Note: in.Note, Expect: expect}, lift)
	}
}

func (a *API) listOverrides(kind resolve.Kind) func(context.Context, *EntityID) (*body[Page[Overridden]], error) {
	return func(ctx context.Context, in *EntityID) (*body[Page[Overridden]], error) {
		overrides, err := present(ctx, a, kind, in.ID, "/overrides", func(ctx context.Context, id resolve.ID) ([]store.Overridden, error) {
			if now, err := a.Store.Canonical(ctx, id); err != nil || now != id {
				return nil, store.ErrNotFound
			}
			return a.Store.Overrides(ctx, id)
		})
		return inFull(overrides, overriddenOf), err
	}
}

// saidOfEntity reads what people say of an entity: what is set by hand, and the judgements on its
// records, newest first, 100 at most.
func (a *API) saidOfEntity(ctx context.Context, id resolve.ID) (Curated, error) {
	overrides, err := a.Store.Overrides(ctx, id)
	if err != nil {
		return Curated{}, err
	}
	judgements, err := a.Store.Judgements(ctx, store.JudgementFilter{Entity: id, Limit: 100})
	return Curated{each(overrides, overriddenOf), each(judgements.Items, func(j store.Judged) Judgement { return judgementOf(j.Judgement) })}, err
}
