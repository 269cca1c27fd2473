package store

// What people say, in four tables that are alike: an act brings a row into force, another out
// of it.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db"
	"umpire/ent/db/judgement"
	"umpire/ent/db/override"
	"umpire/ent/db/sourcetrust"
	"umpire/ent/db/survivorshiprule"
	"umpire/ent/schema"
	"umpire/resolve"
)

// sayings are the tables.
var sayings = []string{judgement.Table, override.Table, survivorshiprule.Table, sourcetrust.Table}

// said is what all have in common that an effect may be about, and in which table it stands.
func (e Effect) said() (string, *Said) {
	switch {
	case e.Judgement != nil:
		return judgement.Table, &e.Judgement.Said
	case e.Override != nil:
		return override.Table, &e.Override.Said
	case e.Rule != nil:
		return survivorshiprule.Table, &e.Rule.Said
	default:
		return sourcetrust.Table, &e.Trust.Said
	}
}

// about are the records that an effect is about.
func (e Effect) about() []resolve.ID {
	switch {
	case e.Judgement != nil:
		return []resolve.ID{e.Judgement.A, e.Judgement.B}
	case e.Override != nil:
		return []resolve.ID{e.Override.Record}
	}
	return nil
}

// kind is of what an effect is about; "" if of nothing or of all.
func (e Effect) kind() resolve.Kind {
	if e.Rule != nil {
		return e.Rule.Kind
	}
	for _, id := range e.about() {
		return id.Kind()
	}
	return ""
}

// inverse is the effect that takes this one back.
func (e Effect) inverse() Effect {
	e.On = !e.On
	return e
}

// common are the columns that all of the tables have.
var common = []string{
	judgement.FieldID, judgement.FieldAct, judgement.FieldActor, judgement.FieldNote, judgement.FieldAt,
}

func (s *Said) row() []any { return []any{s.ID, s.Act, s.Actor, s.Note, s.At} }

// sayingRows are rows of a table of what is said, without their values.
func sayingRows(table string) rows {
	own := map[string][]string{
		judgement.Table:        {judgement.FieldKind, judgement.FieldA, judgement.FieldB, judgement.FieldWord, judgement.FieldEvidence},
		override.Table:         {override.FieldRecord, override.FieldField, override.FieldValue, override.FieldHidden, override.FieldAgreed},
		survivorshiprule.Table: {survivorshiprule.FieldKind, survivorshiprule.FieldField, survivorshiprule.FieldRule},
		sourcetrust.Table:      {sourcetrust.FieldSource, sourcetrust.FieldTrust},
	}
	return rows{table: table, columns: slices.Concat(common, own[table])}
}

func (e Effect) row() []any {
	_, s := e.said()
	switch {
	case e.Judgement != nil:
		j := e.Judgement
		var evidence any
		if j.Evidence != nil {
			evidence = int32(*j.Evidence)
		}
		return append(s.row(), string(j.Kind), j.A, j.B, string(j.Word), evidence)
	case e.Override != nil:
		o := e.Override
		return append(s.row(), o.Record, o.Field, o.Value, o.Hidden, o.Agreed)
	case e.Rule != nil:
		return append(s.row(), string(e.Rule.Kind), e.Rule.Field, string(e.Rule.Rule))
	default:
		return append(s.row(), e.Trust.Source, e.Trust.Trust)
	}
}

// bring brings what an act says into force and out of it: first out, for there is one of each
// in force at most. What is new gets its number.
func (t *tx) bring(ctx context.Context, act Act) error {
	lifted, restored, news := map[string][]int64{}, map[string][]int64{}, map[string][][]any{}
	for _, e := range act.Effects {
		switch table, s := e.said(); {
		case !e.On:
			lifted[table] = append(lifted[table], s.ID)
		case s.Act != act.ID:
			restored[table] = append(restored[table], s.ID)
		default:
			news[table] = append(news[table], e.row())
		}
	}
	for _, table := range sayings {
		if err := errors.Join(t.lifted(ctx, table, lifted[table], act.ID), t.lifted(ctx, table, restored[table], nil)); err != nil {
			return err
		}
		r := sayingRows(table)
		r.values = news[table]
		if err := t.put(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// lifted says which act has taken rows out of force; nil: they are in force.
func (t *tx) lifted(ctx context.Context, table string, ids []int64, by any) error {
	for chunk := range slices.Chunk(ids, listed) {
		query, args := sql.Dialect(t.dialect).Update(table).Set(judgement.FieldLiftedBy, by).
			Where(sql.In(judgement.FieldID, numbers(chunk)...)).Query()
		if by == nil {
			query, args = sql.Dialect(t.dialect).Update(table).SetNull(judgement.FieldLiftedBy).
				Where(sql.In(judgement.FieldID, numbers(chunk)...)).Query()
		}
		if _, err := t.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("lift %d of %s: %w", len(ids), table, err)
		}
	}
	return nil
}

// numbers returns numbers as the arguments of a query.
func numbers(ids []int64) []any {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return args
}

// compareEffects puts what goes out of force before what comes into it, each by its number.
func compareEffects(x, y Effect) int {
	order := map[bool]int{false: 0, true: 1}
	xTable, xSaid := x.said()
	yTable, ySaid := y.said()
	return cmp.Or(order[x.On]-order[y.On], cmp.Compare(xTable, yTable), cmp.Compare(xSaid.ID, ySaid.ID))
}

// runs sums effects up as runs of rows.
func runs(effects []Effect) []schema.Effect {
	summed := []schema.Effect{}
	for _, e := range slices.SortedFunc(slices.Values(effects), compareEffects) {
		table, s := e.said()
		if last := len(summed) - 1; last >= 0 && summed[last].Of == table && summed[last].On == e.On && summed[last].Last == s.ID-1 {
			summed[last].Last = s.ID
			continue
		}
		summed = append(summed, schema.Effect{Of: table, First: s.ID, Last: s.ID, On: e.On})
	}
	return summed
}

// effects reads the rows of runs, as far as there are to be no more than most.
func (v view) effects(ctx context.Context, of []schema.Effect, most int64) ([]Effect, error) {
	var all []Effect
	for _, run := range of {
		last := min(run.Last, run.First+most-int64(len(all))-1)
		if last < run.First {
			break
		}
		found, err := v.sayings(ctx, run.Of, run.First, last)
		if err != nil {
			return nil, fmt.Errorf("read %s %d to %d: %w", run.Of, run.First, last, err)
		}
		for _, e := range found {
			e.On = run.On
			all = append(all, e)
		}
	}
	return all, nil
}

// sayings reads rows of a table of what is said, by their numbers.
func (v view) sayings(ctx context.Context, table string, first, last int64) ([]Effect, error) {
	such := sql.And(sql.GTE(judgement.FieldID, first), sql.LTE(judgement.FieldID, last))
	return v.sayingsWhere(ctx, table, such)
}

// sayingsWhere reads such rows of a table of what is said, in order of their numbers.
func (v view) sayingsWhere(ctx context.Context, table string, such *sql.Predicate) ([]Effect, error) {
	switch table {
	case judgement.Table:
		return readSaid(ctx, v, table, judgement.Columns, such, func(row *db.Judgement) Effect { return Effect{Judgement: new(judgementOf(row))} })
	case override.Table:
		return readSaid(ctx, v, table, override.Columns, such, func(row *db.Override) Effect { return Effect{Override: new(overrideOf(row))} })
	case survivorshiprule.Table:
		return readSaid(ctx, v, table, survivorshiprule.Columns, such, func(row *db.SurvivorshipRule) Effect { return Effect{Rule: new(ruleOf(row))} })
	default:
		return readSaid(ctx, v, table, sourcetrust.Columns, such, func(row *db.SourceTrust) Effect { return Effect{Trust: new(trustOf(row))} })
	}
}

func readSaid[T any](ctx context.Context, v view, table string, columns []string, such *sql.Predicate, effect func(*T) Effect) ([]Effect, error) {
	found, err := read[T](ctx, v, v.from(table, columns...).Where(such).OrderBy(judgement.FieldID))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", table, err)
	}
	effects := make([]Effect, len(found))
	for i := range found {
		effects[i] = effect(&found[i])
	}
	return effects, nil
}

func saidOf(id, act int64, actor, note string, at time.Time, liftedBy *int64) Said {
	return Said{ID: id, Act: act, Actor: actor, Note: note, At: at.UTC(), LiftedBy: value(liftedBy)}
}

func judgementOf(row *db.Judgement) Judgement {
	j := Judgement{
		Said: saidOf(row.ID, row.Act, row.Actor, row.Note, row.At, row.LiftedBy),
		Kind: resolve.Kind(row.Kind), A: resolve.ID(row.A), B: resolve.ID(row.B), Word: resolve.Word(row.Word),
	}
	if row.Evidence != nil {
		j.Evidence = new(resolve.Weight(*row.Evidence))
	}
	return j
}

func overrideOf(row *db.Override) Override {
	return Override{
		Said:   saidOf(row.ID, row.Act, row.Actor, row.Note, row.At, row.LiftedBy),
		Record: resolve.ID(row.Record), Field: row.Field, Value: row.Value, Hidden: row.Hidden, Agreed: row.Agreed,
	}
}

func ruleOf(row *db.SurvivorshipRule) SurvivorshipRule {
	return SurvivorshipRule{
		Said: saidOf(row.ID, row.Act, row.Actor, row.Note, row.At, row.LiftedBy),
		Kind: resolve.Kind(row.Kind), Field: row.Field, Rule: resolve.Rule(row.Rule),
	}
}

func trustOf(row *db.SourceTrust) SourceTrust {
	return SourceTrust{
		Said:   saidOf(row.ID, row.Act, row.Actor, row.Note, row.At, row.LiftedBy),
		Source: row.Source, Trust: row.Trust,
	}
}
