package store

// The resolver's outcome: entities, links and history, written as one.

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"umpire/ent/db"
	"umpire/ent/db/act"
	"umpire/ent/db/counter"
	"umpire/ent/db/mark"
	"umpire/resolve"
)

// Apply writes a plan with its history in one transaction, lifts the marks that it settles,
// unless a newer message has set them again, and notes which acts it settles. What is there
// already is not written again and has no history again, so that a plan may be applied twice.
//
// Each entity that the plan puts or retires needs a change that tells of it. ErrStale: the
// plan does not fit what is there, or this store does not own the resolver's lock (any
// more): own it, rebuild the engine.
func (s *Store) Apply(ctx context.Context, plan resolve.Plan, settled []Mark, cause string, settledActs ...int64) error {
	err := s.write(ctx, func(t *tx) error {
		if err := t.owns(ctx, s.owned.current()); err != nil {
			return err
		}
		return t.bringTo(ctx, plan, settled, settledActs, cause)
	})
	return unfit(err, cause)
}

// bringTo writes a plan and takes note of what it settles.
func (t *tx) bringTo(ctx context.Context, plan resolve.Plan, settled []Mark, settledActs []int64, cause string) error {
	a := &application{tx: t, plan: plan, cause: cause, at: instant(time.Now()).Truncate(time.Microsecond)}
	if err := a.apply(ctx); err != nil {
		return err
	}
	return errors.Join(t.lift(ctx, settled), t.settle(ctx, settledActs))
}

// unfit says that it is the plan that does not fit, if the database refuses it: it was no
// content that did it, but what refers to it.
func unfit(err error, cause string) error {
	if err = refused(err); errors.Is(err, ErrPoison) {
		err = fmt.Errorf("%w: %w", ErrStale, err)
	}
	if err != nil {
		return fmt.Errorf("apply the plan of %s: %w", cause, err)
	}
	return nil
}

// owns returns ErrStale unless the resolver's term is still this one, and keeps it so to
// the commit.
func (t *tx) owns(ctx context.Context, term int64) error {
	if term == 0 {
		return fmt.Errorf("%w: the store does not own the resolver's lock", ErrStale)
	}
	q := t.from(counter.Table, counter.FieldValue).Where(sql.EQ(counter.FieldID, terms))
	if t.dialect == dialect.Postgres {
		q.ForShare()
	}
	current, err := read[int64](ctx, t.view, q)
	switch {
	case err != nil:
		return fmt.Errorf("look whose term it is: %w", err)
	case len(current) != 1 || current[0] != term:
		return fmt.Errorf("%w: another process has resolved the database since", ErrStale)
	}
	return nil
}

// lift takes away marks, but for those that a newer message has set again.
func (t *tx) lift(ctx context.Context, settled []Mark) error {
	if t.dialect == dialect.Postgres && len(settled) > listed {
		return t.liftMany(ctx, settled)
	}
	at := make(map[string]int64, len(settled))
	for _, m := range settled {
		at[string(m.Record)] = m.Message
	}
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(at)), listed) {
		q := t.from(mark.Table, mark.FieldID, mark.FieldMessage).
			Where(among(mark.FieldID, chunk)).OrderBy(mark.FieldID)
		if t.dialect == dialect.Postgres {
			q.ForUpdate()
		}
		set, err := read[db.Mark](ctx, t.view, q)
		if err != nil {
			return fmt.Errorf("lock marks: %w", err)
		}
		var done []string
		for _, m := range set {
			if m.Message <= at[m.ID] {
				done = append(done, m.ID)
			}
		}
		if err := remove(ctx, t, mark.Table, mark.FieldID, done); err != nil {
			return err
		}
	}
	return nil
}

// liftMany takes the table for itself for a moment, rather than each of its rows. Most often it
// holds what is settled and nothing else: a mark's message only grows, so that it does if there are as
// many and the messages' sum is the same.
func (t *tx) liftMany(ctx context.Context, settled []Mark) error {
	if _, err := t.ExecContext(ctx, "LOCK TABLE marks IN SHARE ROW EXCLUSIVE MODE"); err != nil {
		return fmt.Errorf("lock marks: %w", err)
	}
	r := rows{table: mark.Table, columns: []string{mark.FieldID, mark.FieldMessage}}
	sum := int64(0)
	for _, m := range settled {
		r.values = append(r.values, []any{string(m.Record), m.Message})
		sum += m.Message
	}
	same, err := read[bool](ctx, t.view, statement{"SELECT count(*) = $1 AND sum(message) = $2 FROM marks", []any{len(settled), sum}})
	if err != nil {
		return fmt.Errorf("count marks: %w", err)
	}
	query, args := "DELETE FROM marks", []any(nil)
	if !same[0] {
		var part string
		part, args = arraysOf(r, r.values)
		query = r.with("settled", part) + "DELETE FROM marks USING settled WHERE marks.id = settled.id AND marks.message <= settled.message"
	}
	if _, err := t.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("lift %d marks: %w", len(settled), err)
	}
	return nil
}

// settle notes that acts are settled.
func (t *tx) settle(ctx context.Context, ids []int64) error {
	for chunk := range slices.Chunk(ids, listed) {
		if err := t.Act.Update().Where(act.IDIn(chunk...)).SetSettled(true).Exec(ctx); err != nil {
			return fmt.Errorf("note that %d acts are settled: %w", len(ids), err)
		}
	}
	return nil
}
