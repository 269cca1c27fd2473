package store

// What a person may decide. Each decision is drawn up from what is there (draft), and is then
// nothing but what comes into force and what goes out of it.

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"umpire/resolve"
)

// mostWords is how many judgements an act makes at most.
const mostWords = 20_000

// Decision is one of the types below.
type Decision interface {
	draft(ctx context.Context, v view) (draft, error)
}

// draft is a decision drawn up.
type draft struct {
	verb     Verb
	subjects []resolve.ID
	said     []Effect // what is said, as far as it is not in force; and what that lifts
	stood    int64    // an act by which the rest of it, or all, is in force
	undoes   []int64
}

// Judge is a word on two records. "Not the same", said of a suggestion, is Different.
//
// The same word as is in force is nothing new. Another takes the place of Unsure only:
// *ContradictionError.
type Judge struct {
	A, B resolve.ID
	Word resolve.Word
}

// Group is many words given at once.
type Group struct{ Judges []Judge }

// Merge makes entities one: their founding records are the same, and so are their records of a
// source that tells several of them, which would be kept apart else.
type Merge struct{ Entities []resolve.ID }

// Split takes an entity apart: each record of a group is different from each of another, as
// they are now. What is in no group is a group of its own.
type Split struct {
	Entity resolve.ID
	Groups [][]resolve.ID
}

// Move takes a record to another entity: it is different from those that it leaves, and the
// same as the other entity's founding record.
type Move struct{ Record, To resolve.ID }

// Detach takes a record out of its entity: it is different from all others there.
type Detach struct{ Record resolve.ID }

// SetField overrides a canonical field: of the entity that a record is in, whatever that will
// be. An entity's id is that of its founding record.
type SetField struct {
	Record       resolve.ID
	Field, Value string
}

// LiftField takes an override back. ErrNotFound: there is none.
type LiftField struct {
	Record resolve.ID
	Field  string
}

// SetRule says how a canonical field is chosen. resolve.Usual is what holds where nothing is said.
type SetRule struct {
	Kind  resolve.Kind
	Field string
	Rule  resolve.Rule
}

// SetTrust says how far a source is trusted.
type SetTrust struct {
	Source string
	Trust  int
}

// Undo takes an act back, exactly: what it brought into force and is so still goes out of it,
// what it lifted comes back. To undo an undoing is to do again. ErrConflict: there is
// nothing left of it to undo.
type Undo struct{ Act int64 }

// UndoRange undoes all acts of an actor since then, newest first, as one act. ErrNotFound:
// there is nothing to undo.
type UndoRange struct {
	Actor string
	Since time.Time
}

func (d Judge) draft(ctx context.Context, v view) (draft, error) {
	return v.words(ctx, VerbJudge, d)
}

func (d Group) draft(ctx context.Context, v view) (draft, error) {
	if len(d.Judges) == 0 {
		return draft{}, &resolve.InvalidError{Field: "judgements", Reason: "are none"}
	}
	return v.words(ctx, VerbGroup, d.Judges...)
}

func (d Merge) draft(ctx context.Context, v view) (draft, error) {
	var founding []resolve.ID
	for _, id := range d.Entities {
		present, err := v.present(ctx, id)
		if err != nil {
			return draft{}, err
		}
		if !slices.Contains(founding, present) {
			founding = append(founding, present)
		}
	}
	if len(founding) < 2 {
		return draft{}, &resolve.InvalidError{Field: "entities", Reason: "are one already"}
	}
	judges, err := v.toldTwice(ctx, founding)
	if err != nil {
		return draft{}, err
	}
	for _, id := range founding[1:] {
		if j := (Judge{founding[0], id, resolve.Same}); !slices.Contains(judges, j) {
			judges = append(judges, j)
		}
	}
	return v.words(ctx, VerbMerge, judges...)
}

// toldTwice says of each source that tells several of some entities that its records there are the same.
func (v view) toldTwice(ctx context.Context, entities []resolve.ID) ([]Judge, error) {
	var judges []Judge
	first := map[string]resolve.ID{}
	for _, entity := range entities {
		members, err := v.recordsIn(ctx, entity)
		if err != nil {
			return nil, err
		}
		refs, err := v.refsOf(ctx, slices.Values(members))
		if err != nil {
			return nil, err
		}
		of := map[string]resolve.ID{}
		for _, id := range members {
			source := refs[id].Source
			if earlier, met := first[source]; met {
				judges = append(judges, Judge{earlier, id, resolve.Same})
			} else if of[source] == "" {
				of[source] = id
			}
		}
		maps.Copy(first, of)
	}
	return judges, nil
}

func (d Split) draft(ctx context.Context, v view) (draft, error) {
	members, err := v.recordsIn(ctx, d.Entity)
	if err != nil {
		return draft{}, err
	}
	pieces, err := d.pieces(members)
	if err != nil {
		return draft{}, err
	}
	var judges []Judge
	for i, piece := range pieces {
		for _, other := range pieces[i+1:] {
			judges = append(judges, apart(piece, other)...)
		}
	}
	return v.words(ctx, VerbSplit, judges...)
}

// pieces are the groups, and what of the entity is in none of them.
func (d Split) pieces(members []resolve.ID) ([][]resolve.ID, error) {
	left := slices.Clone(members)
	pieces := slices.DeleteFunc(slices.Clone(d.Groups), func(g []resolve.ID) bool { return len(g) == 0 })
	for _, piece := range pieces {
		for _, record := range piece {
			at := slices.Index(left, record)
			if at < 0 {
				return nil, &resolve.InvalidError{Field: "groups", Reason: fmt.Sprintf("%s is no record of %s, or is named twice", record, d.Entity)}
			}
			left = slices.Delete(left, at, at+1)
		}
	}
	if len(left) > 0 {
		pieces = append(pieces, left)
	}
	if len(pieces) < 2 {
		return nil, &resolve.InvalidError{Field: "groups", Reason: "leave all records together"}
	}
	return pieces, nil
}

func (d Move) draft(ctx context.Context, v view) (draft, error) {
	from, others, err := v.others(ctx, d.Record)
	if err != nil {
		return draft{}, err
	}
	to, err := v.present(ctx, d.To)
	if err != nil {
		return draft{}, err
	}
	if to == from {
		return draft{}, &resolve.InvalidError{Field: "to", Reason: "is where the record is"}
	}
	return v.words(ctx, VerbMove, append(apart([]resolve.ID{d.Record}, others), Judge{d.Record, to, resolve.Same})...)
}

func (d Detach) draft(ctx context.Context, v view) (draft, error) {
	_, others, err := v.others(ctx, d.Record)
	if err != nil {
		return draft{}, err
	}
	if len(others) == 0 {
		return draft{}, &resolve.InvalidError{Field: "record", Reason: "is alone in its entity"}
	}
	return v.words(ctx, VerbDetach, apart([]resolve.ID{d.Record}, others)...)
}

// apart says that each record of a piece is different from each of another.
func apart(piece, other []resolve.ID) []Judge {
	var judges []Judge
	for _, a := range piece {
		for _, b := range other {
			judges = append(judges, Judge{a, b, resolve.Different})
		}
	}
	return judges
}

// words draws up words on pairs of records.
func (v view) words(ctx context.Context, verb Verb, judges ...Judge) (draft, error) {
	d := draft{verb: verb}
	pairs, words, err := wordsOf(judges)
	if err != nil {
		return d, err
	}
	if d.subjects, err = v.concerned(ctx, pairs); err != nil {
		return d, err
	}
	standing, err := v.standing(ctx, pairs)
	if err != nil {
		return d, err
	}
	evidence, err := v.evidence(ctx, pairs)
	if err != nil {
		return d, err
	}
	for _, p := range pairs {
		j := Judgement{Kind: p.A.Kind(), A: p.A, B: p.B, Word: words[p], Evidence: evidence[p]}
		was, stands := standing[p]
		switch {
		case stands && was.Word == j.Word:
			d.stood = was.Act
			continue
		case stands && was.Word != resolve.Unsure:
			return d, v.contradicted(ctx, j.Law(), []resolve.Judgement{was.Law()})
		case stands:
			d.said = append(d.said, Effect{Judgement: &was})
		}
		d.said = append(d.said, Effect{On: true, Judgement: &j})
	}
	return d, nil
}

// wordsOf checks words, and tells them by their pairs, in order, each once.
func wordsOf(judges []Judge) ([]resolve.Pair, map[resolve.Pair]resolve.Word, error) {
	if len(judges) > mostWords {
		return nil, nil, &resolve.InvalidError{Reason: fmt.Sprintf("this takes %d judgements, and an act makes %d at most", len(judges), mostWords)}
	}
	var pairs []resolve.Pair
	words := map[resolve.Pair]resolve.Word{}
	for _, j := range judges {
		p := resolve.Pair{A: min(j.A, j.B), B: max(j.A, j.B)}
		if err := (resolve.Judgement{A: p.A, B: p.B, Word: j.Word}).Check(); err != nil {
			return nil, nil, err
		}
		if word, told := words[p]; !told {
			pairs = append(pairs, p)
		} else if word != j.Word {
			return nil, nil, &resolve.InvalidError{Field: "judgements", Reason: fmt.Sprintf("give two words on %s and %s", p.A, p.B)}
		}
		words[p] = j.Word
	}
	return pairs, words, nil
}

// concerned lists the records of pairs and the entities that they are in. ErrNotFound: there
// is no such record.
func (v view) concerned(ctx context.Context, pairs []resolve.Pair) ([]resolve.ID, error) {
	var ids []resolve.ID
	for _, p := range pairs {
		ids = append(ids, p.A, p.B)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if err := checkIDs(ids...); err != nil {
		return nil, err
	}
	refs, err := v.refsOf(ctx, slices.Values(ids))
	if err != nil {
		return nil, err
	}
	subjects := slices.Clone(ids)
	for _, id := range ids {
		ref, known := refs[id]
		if !known {
			return nil, fmt.Errorf("record %s: %w", id, ErrNotFound)
		}
		if ref.Entity != "" {
			subjects = append(subjects, ref.Entity)
		}
	}
	slices.Sort(subjects)
	return slices.Compact(subjects), nil
}

// checkIDs refuses what is no id of a record: ErrNotFound.
func checkIDs(ids ...resolve.ID) error {
	for _, id := range ids {
		if id.Kind() == "" || !isText(string(id)) {
			return fmt.Errorf("%q: %w", id, ErrNotFound)
		}
	}
	return nil
}

// present is what an entity, or a former one, is called now, which is its founding record:
// ErrNotFound, ErrGone.
func (v view) present(ctx context.Context, id resolve.ID) (resolve.ID, error) {
	if err := checkIDs(id); err != nil {
		return "", err
	}
	called, err := v.canonical(ctx, id.Kind(), []resolve.ID{id})
	if err != nil {
		return "", err
	}
	if present, found := called[id]; found {
		return present, nil
	}
	return "", v.gone(ctx, id)
}

// recordsIn lists the records of an entity, oldest first. ErrNotFound: there is none of that id now.
func (v view) recordsIn(ctx context.Context, entity resolve.ID) ([]resolve.ID, error) {
	if err := checkIDs(entity); err != nil {
		return nil, err
	}
	of, err := v.membersOf(ctx, entity.Kind(), []string{string(entity)})
	if err != nil {
		return nil, err
	}
	var ids []resolve.ID
	for _, m := range of[string(entity)] {
		ids = append(ids, m.Record)
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("entity %s: %w", entity, ErrNotFound)
	}
	return ids, nil
}

// others is the entity of a record, and the other records there. ErrNotFound: it is in none.
func (v view) others(ctx context.Context, record resolve.ID) (resolve.ID, []resolve.ID, error) {
	if err := checkIDs(record); err != nil {
		return "", nil, err
	}
	refs, err := v.refsOf(ctx, slices.Values([]resolve.ID{record}))
	if err != nil {
		return "", nil, err
	}
	entity := refs[record].Entity
	if entity == "" {
		return "", nil, fmt.Errorf("record %s, in an entity: %w", record, ErrNotFound)
	}
	members, err := v.recordsIn(ctx, entity)
	return entity, slices.DeleteFunc(members, func(id resolve.ID) bool { return id == record }), err
}
