package store

// Decisions, each one act: an act is written whole, with what it brings into force and out of
// it, under a lock, so that no two can contradict each other without being seen to.

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"umpire/ent/db"
	"umpire/ent/db/act"
	"umpire/ent/db/actsubject"
	"umpire/ent/db/change"
	"umpire/ent/db/team"
	"umpire/resolve"
)

// Decide makes a decision of a person: one act, in force when this returns, and settled by
// the resolver soon after.
//
// *ContradictionError, *StaleError, *LeasedError, each ErrConflict: it cannot be, and nothing
// is done. ErrConflict: the key was used for something else. ErrNotFound: it is about what is not there.
// *resolve.InvalidError: it makes no sense.
func (s *Store) Decide(ctx context.Context, by Signature, d Decision) (Decided, error) {
	if err := by.check(); err != nil {
		return Decided{}, err
	}
	var decided Decided
	err := s.write(ctx, func(t *tx) error {
		var err error
		decided, err = t.decide(ctx, by, d)
		return err
	})
	if err != nil {
		return Decided{}, fmt.Errorf("decide: %w", err)
	}
	return decided, nil
}

// Effects tells what a decision would bring into force, and out of it: what Decide would do,
// and with its errors, but for those that are about who signs, and about keys.
func (s *Store) Effects(ctx context.Context, by Signature, d Decision) ([]Effect, error) {
	return look(ctx, s, func(v view) ([]Effect, error) {
		if err := v.expect(ctx, by, d, asIs); err != nil {
			return nil, err
		}
		drawn, err := v.draw(ctx, d)
		return drawn.said, err
	})
}

// check tells what is wrong with a signature.
func (by Signature) check() error {
	if by.Actor == "" {
		return &resolve.InvalidError{Field: "actor", Reason: "is not told"}
	}
	for field, told := range map[string]string{"actor": by.Actor, "note": by.Note, "key": by.Key} {
		if err := checkText(field, told); err != nil {
			return err
		}
		if field != "note" && len(told) > MaxText {
			return &resolve.InvalidError{Field: field, Reason: fmt.Sprintf("has more than %d bytes", MaxText)}
		}
	}
	return nil
}

// decide makes a decision while nobody else does.
func (t *tx) decide(ctx context.Context, by Signature, d Decision) (Decided, error) {
	if _, err := t.count(ctx, acts, 0); err != nil {
		return Decided{}, err
	}
	asked, err := sum(d)
	if err != nil {
		return Decided{}, err
	}
	if before, err := t.repeated(ctx, by, asked); err != nil || before.Repeat {
		return before, err
	}
	if err := t.expect(ctx, by, d, t.kept); err != nil {
		return Decided{}, err
	}
	drawn, err := t.draw(ctx, d)
	if err != nil {
		return Decided{}, err
	}
	if len(drawn.said) == 0 {
		stood, err := t.act(ctx, drawn.stood)
		return Decided{Act: stood, Stood: true}, err
	}
	if err := t.takeLeases(ctx, by.Actor, drawn.said); err != nil {
		return Decided{}, err
	}
	made, err := t.enact(ctx, by, asked, drawn)
	return Decided{Act: made}, err
}

// draw draws up a decision that can stand.
func (v view) draw(ctx context.Context, d Decision) (draft, error) {
	drawn, err := d.draft(ctx, v)
	if err != nil {
		return draft{}, err
	}
	return drawn, v.admit(ctx, drawn.said)
}

// sum tells decisions apart, and what is asked of runs.
func sum(d any) (string, error) {
	told, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("tell the decision: %w", err)
	}
	return fmt.Sprintf("%T:%x", d, sha256.Sum256(told)), nil
}

// repeated looks whether a decision was made before, under its key.
func (t *tx) repeated(ctx context.Context, by Signature, asked string) (Decided, error) {
	if by.Key == "" {
		return Decided{}, nil
	}
	row, err := t.Act.Query().Where(act.Actor(by.Actor), act.Key(by.Key)).Only(ctx)
	switch {
	case db.IsNotFound(err):
		return Decided{}, nil
	case err != nil:
		return Decided{}, fmt.Errorf("look up key %q: %w", by.Key, err)
	case row.Asked != asked:
		return Decided{}, fmt.Errorf("%w: the key %q was used for another decision, act %d", ErrConflict, by.Key, row.ID)
	}
	before, err := t.actOf(ctx, row, everything)
	return Decided{Act: before, Repeat: true}, err
}

// expect is ErrConflict unless what a decision rests on is as its actor looked at it.
func (v view) expect(ctx context.Context, by Signature, d Decision, how func(*sql.Selector)) error {
	if err := v.expectVersions(ctx, by.Expect, how); err != nil {
		return err
	}
	return v.expectInForce(ctx, by.InForce, d)
}

// asIs looks at rows, and kept keeps them so until the transaction ends.
func asIs(*sql.Selector) {}

func (t *tx) kept(q *sql.Selector) {
	if t.dialect == dialect.Postgres {
		q.ForShare()
	}
}

// expectVersions returns a *StaleError unless entities have these versions.
func (v view) expectVersions(ctx context.Context, versions map[resolve.ID]int64, how func(*sql.Selector)) error {
	ids := make([]resolve.ID, 0, len(versions))
	for id := range versions {
		ids = append(ids, id)
	}
	if err := checkIDs(ids...); err != nil {
		return err
	}
	for kind, of := range eachKind(ids) {
		q := v.from(entityTable(kind), team.FieldID, team.FieldVersion).Where(among(team.FieldID, of)).OrderBy(team.FieldID)
		how(q)
		found, err := read[struct {
			ID      resolve.ID
			Version int64
		}](ctx, v, q)
		if err != nil {
			return fmt.Errorf("look up the versions of %d entities: %w", len(of), err)
		}
		present := map[resolve.ID]int64{}
		for _, e := range found {
			present[e.ID] = e.Version
		}
		for _, id := range of {
			if present[id] != versions[id] {
				return v.stale(ctx, StaleError{Entity: id, Expected: versions[id], Version: present[id]})
			}
		}
	}
	return nil
}

// stale completes the error with what happened since.
func (v view) stale(ctx context.Context, e StaleError) error {
	changes, err := v.Change.Query().Where(change.Entity(string(e.Entity)), change.IDGT(e.Expected)).
		Order(change.ByID()).Limit(mostTold).All(ctx)
	if err != nil {
		return fmt.Errorf("read what happened to %s: %w", e.Entity, err)
	}
	e.Changes = changesOf(changes)
	return &e
}

// enact writes an act.
func (t *tx) enact(ctx context.Context, by Signature, asked string, d draft) (Act, error) {
	id, err := t.count(ctx, acts, 1)
	if err != nil {
		return Act{}, err
	}
	a := Act{
		ID: id, At: instant(time.Now()).Truncate(time.Microsecond), Actor: by.Actor, Verb: d.verb, Kind: kindOfAll(d.said),
		Note: by.Note, Subjects: d.subjects, Effects: d.said, Undoes: d.undoes,
	}
	if err := t.sign(ctx, a); err != nil {
		return Act{}, err
	}
	create := t.Act.Create().SetID(id).SetAt(a.At).SetActor(a.Actor).SetVerb(string(a.Verb)).SetKind(string(a.Kind)).
		SetNote(a.Note).SetEffects(runs(a.Effects)).SetUndoes(a.Undoes)
	if by.Key != "" {
		create.SetKey(by.Key).SetAsked(asked)
	}
	if err := create.Exec(ctx); err != nil {
		return Act{}, fmt.Errorf("write act %d: %w", id, err)
	}
	subjects := rows{table: actsubject.Table, columns: []string{actsubject.FieldAct, actsubject.FieldSubject}}
	for _, subject := range a.Subjects {
		subjects.values = append(subjects.values, []any{id, subject})
	}
	if err := errors.Join(t.put(ctx, subjects), t.bring(ctx, a), t.undone(ctx, a)); err != nil {
		return Act{}, err
	}
	return t.act(ctx, id)
}

// sign numbers what an act says anew, and puts its actor's name to it.
func (t *tx) sign(ctx context.Context, a Act) error {
	var news []*Said
	for _, e := range a.Effects {
		if _, s := e.said(); s.ID == 0 {
			news = append(news, s)
		}
	}
	last, err := t.count(ctx, said, len(news))
	if err != nil {
		return err
	}
	for i, s := range news {
		*s = Said{ID: last - int64(len(news)-1-i), Act: a.ID, Actor: a.Actor, Note: a.Note, At: a.At}
	}
	return nil
}

// undone notes by which act others are undone, newest first. What those had undone stands again.
func (t *tx) undone(ctx context.Context, a Act) error {
	for _, id := range a.Undoes {
		again, err := t.Act.Query().Where(act.UndoneBy(id)).Order(act.ByID()).All(ctx)
		if err != nil {
			return fmt.Errorf("read what act %d undid: %w", id, err)
		}
		for _, row := range again {
			err = errors.Join(err,
				t.Act.UpdateOneID(row.ID).ClearUndoneBy().Exec(ctx),
				t.Act.Update().Where(act.IDIn(row.Undoes...)).SetUndoneBy(row.ID).Exec(ctx))
		}
		if err = errors.Join(err, t.Act.UpdateOneID(id).SetUndoneBy(a.ID).Exec(ctx)); err != nil {
			return fmt.Errorf("note that act %d is undone: %w", id, err)
		}
	}
	return nil
}

// kindOfAll is the kind of what all effects are about; "" if there is none such.
func kindOfAll(effects []Effect) resolve.Kind {
	kind := effects[0].kind()
	if slices.ContainsFunc(effects, func(e Effect) bool { return e.kind() != kind }) {
		return ""
	}
	return kind
}
