package store

// What the resolver reads: all that there is, when it starts, and what is dirty, from then
// on. All that there is comes from PostgreSQL in one go (see whole.go), and from SQLite page
// by page, with no connection held in between: in memory there is only one.

import (
	"context"
	stdsql "database/sql"
	"fmt"
	"iter"
	"maps"
	"slices"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"umpire/ent/db"
	"umpire/ent/db/link"
	"umpire/ent/db/mark"
	"umpire/ent/db/matchrecord"
	"umpire/resolve"
)

// paged is how many rows a page has.
const paged = 2000

// stream yields what pages hold. A page is read after the last item of the one before, nil
// for the first, and an empty one ends it; it is read while the one before is looked at.
func stream[T any](ctx context.Context, s *Store, page func(view, *T) ([]T, error)) iter.Seq2[T, error] {
	type result struct {
		items []T
		err   error
	}
	read := func(after *T) <-chan result {
		done := make(chan result, 1)
		go func() {
			items, err := look(ctx, s, func(v view) ([]T, error) { return page(v, after) })
			done <- result{items, err}
		}()
		return done
	}
	return func(yield func(T, error) bool) {
		next := read(nil)
		for {
			page := <-next
			if page.err != nil {
				var none T
				yield(none, page.err)
				return
			}
			if len(page.items) == 0 {
				return
			}
			next = read(&page.items[len(page.items)-1])
			for i := range page.items {
				if !yield(page.items[i], nil) {
					<-next // nothing is left behind
					return
				}
			}
		}
	}
}

// Live yields every match record that is not withdrawn, in no order. One that changes
// meanwhile may be yielded as it was or as it is, and is dirty.
func (s *Store) Live(ctx context.Context) iter.Seq2[resolve.Match, error] {
	if s.dialect == dialect.Postgres {
		return whole(ctx, s, view.wholeMatches)
	}
	met := newTeller()
	return stream(ctx, s, func(v view, last *resolve.Match) ([]resolve.Match, error) {
		return met.in(v).matches(ctx, paged, func(q *sql.Selector) {
			if last != nil {
				q.Where(sql.GT(matchrecord.FieldArrival, last.Arrival))
			}
			q.OrderBy(matchrecord.FieldArrival).Limit(paged)
		})
	})
}

// Dirty returns up to limit marks with their records as they are now, oldest message first.
func (s *Store) Dirty(ctx context.Context, limit int) ([]Mark, error) {
	return look(ctx, s, func(v view) ([]Mark, error) {
		marks, err := v.marks(ctx, func(q *db.MarkQuery) { q.Limit(limit) })
		if err != nil {
			return nil, err
		}
		at := make(map[resolve.ID]*Mark, len(marks))
		for i := range marks {
			at[marks[i].Record] = &marks[i]
		}
		for chunk := range slices.Chunk(slices.Sorted(maps.Keys(at)), listed) {
			matches, err := newTeller().in(v).matches(ctx, len(chunk), func(q *sql.Selector) { q.Where(among(matchrecord.FieldID, chunk)) })
			if err != nil {
				return nil, err
			}
			for i := range matches {
				at[matches[i].ID].Match = &matches[i]
			}
		}
		return marks, nil
	})
}

// Marks returns every mark, oldest message first, without its record: Match is nil of all.
// It is for who reads all records anyway.
func (s *Store) Marks(ctx context.Context) ([]Mark, error) {
	return look(ctx, s, func(v view) ([]Mark, error) { return v.marks(ctx, func(*db.MarkQuery) {}) })
}

// marks reads such marks, oldest message first.
func (v view) marks(ctx context.Context, such func(*db.MarkQuery)) ([]Mark, error) {
	q := v.Mark.Query().Order(mark.ByMessage(), mark.ByID())
	such(q)
	rows, err := q.All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read marks: %w", err)
	}
	marks := make([]Mark, len(rows))
	for i, row := range rows {
		marks[i] = Mark{Record: resolve.ID(row.ID), Message: row.Message}
	}
	return marks, nil
}

// linkFields are the columns of a link.
var linkFields = []string{
	link.FieldKind, link.FieldA, link.FieldB, link.FieldWeight, link.FieldVerdict, link.FieldRule, link.FieldEvidence, link.FieldDigest,
}

func scanLink(scan func(...any) error) (resolve.Link, error) {
	var l resolve.Link
	var packed stdsql.RawBytes
	err := scan(&l.Kind, &l.A, &l.B, &l.Weight, &l.Verdict, &l.Rule, &packed, &l.Digest)
	if err == nil {
		l.Lines, err = unpackLines(packed)
	}
	return l, err
}
