package store

// One state of the database to resolve from, while others go on writing.

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/counter"
	"umpire/ent/db/link"
	"umpire/ent/db/matchrecord"
	"umpire/resolve"
)

// Watermark says how far the three sequences went: whatever is written moves one of them.
type Watermark struct {
	Message int64 // what sources tell: messages, and what changes their records without one
	Act     int64 // what people say
	Change  int64 // what came of it
}

// Snapshot is one state of the database. Nobody waits for it, but where the database is in
// memory, of which there is one connection. It is for one goroutine, and holds a connection
// until Close.
type Snapshot struct{ fixed *Store }

// Snapshot takes one, for as long as ctx goes on.
func (s *Store) Snapshot(ctx context.Context) (*Snapshot, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	fixed := *s
	fixed.fixed = &v
	return &Snapshot{&fixed}, nil
}

// Close lets go of it. It may be closed twice.
func (s *Snapshot) Close() { _ = s.fixed.fixed.Rollback() }

// Live yields every match record that is not withdrawn, in no order. Until it is through, the
// snapshot is to be asked for nothing else.
func (s *Snapshot) Live(ctx context.Context) iter.Seq2[resolve.Match, error] {
	return s.fixed.Live(ctx)
}

// Entities yields every entity, in order of Kinds, then of id. Until it is through, the
// snapshot is to be asked for nothing else.
func (s *Snapshot) Entities(ctx context.Context) iter.Seq2[resolve.Entity, error] {
	return s.fixed.Entities(ctx)
}

// ModelInUse returns the model that is in use.
func (s *Snapshot) ModelInUse(ctx context.Context) (Model, error) { return s.fixed.ModelInUse(ctx) }

// Marks returns every mark, without its record.
func (s *Snapshot) Marks(ctx context.Context) ([]Mark, error) { return s.fixed.Marks(ctx) }

// Count counts the live match records.
func (s *Snapshot) Count(ctx context.Context) (int64, error) {
	c := tally{ctx: ctx, v: *s.fixed.fixed}
	n := c.count(recordTable(resolve.KindMatch), sql.EQ(matchrecord.FieldWithdrawn, false))
	return n, unanswered(c.err)
}

// Watermark reads it.
func (s *Snapshot) Watermark(ctx context.Context) (Watermark, error) {
	return look(ctx, s.fixed, func(v view) (Watermark, error) { return v.watermark(ctx) })
}

func (v view) watermark(ctx context.Context) (Watermark, error) {
	rows, err := v.Counter.Query().Where(counter.IDIn(arrivals, acts, history)).All(ctx)
	if err != nil {
		return Watermark{}, fmt.Errorf("read how far things went: %w", err)
	}
	at := map[string]int64{}
	for _, row := range rows {
		at[row.ID] = row.Value
	}
	return Watermark{at[arrivals], at[acts], at[history]}, nil
}

// Links returns the links of such pairs, as last applied.
func (s *Snapshot) Links(ctx context.Context, pairs []resolve.Pair) (map[resolve.Pair]resolve.Link, error) {
	v := *s.fixed.fixed
	wanted, firsts := map[resolve.Pair]bool{}, make([]resolve.ID, 0, len(pairs))
	for _, p := range pairs {
		wanted[p] = true
		firsts = append(firsts, p.A)
	}
	slices.Sort(firsts)
	found := map[resolve.Pair]resolve.Link{}
	for part := range slices.Chunk(slices.Compact(firsts), listed) {
		q := v.from(link.Table, linkFields...).Where(among(link.FieldA, part))
		err := v.each(ctx, q, func(scan func(...any) error) error {
			l, err := scanLink(scan)
			if pair := (resolve.Pair{A: l.A, B: l.B}); wanted[pair] {
				found[pair] = l
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read links: %w", unanswered(err))
		}
	}
	return found, nil
}

// InForce reads what people say that is in force.
func (s *Snapshot) InForce(ctx context.Context) (InForce, error) { return s.fixed.InForce(ctx) }

// Unsettled returns the first acts that are not settled, up to limit.
func (s *Snapshot) Unsettled(ctx context.Context, limit int) ([]Act, error) {
	return s.fixed.Unsettled(ctx, 0, limit)
}

// Standing finds the word in force on each of some pairs.
func (s *Snapshot) Standing(ctx context.Context, pairs []resolve.Pair) (map[resolve.Pair]Judgement, error) {
	return look(ctx, s.fixed, func(v view) (map[resolve.Pair]Judgement, error) { return v.standing(ctx, pairs) })
}

// Model returns a model that is kept, or the program's own, or ErrNotFound.
func (s *Snapshot) Model(ctx context.Context, version string) (Model, error) {
	return look(ctx, s.fixed, func(v view) (Model, error) { return keptModel(ctx, v.Tx.Model, version) })
}

// Alone reports whether everybody else waits until it is closed.
func (s *Snapshot) Alone() bool { return s.fixed.alone() }

// alone tells whether a database has one connection: it is in memory.
func (s *Store) alone() bool { return s.dialect == dialect.SQLite && s.url == "" }
