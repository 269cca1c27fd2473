package store

// How much there is: what the front page and the metrics show.

import (
	"context"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/change"
	"umpire/ent/db/link"
	"umpire/ent/db/mark"
	"umpire/ent/db/match"
	"umpire/ent/db/matchrecord"
	"umpire/ent/db/message"
	"umpire/ent/db/model"
	"umpire/ent/db/teamrecord"
	"umpire/resolve"
)

// Stats counts what is there; of records those that are live, and of these only matches before they are settled.
func (s *Store) Stats(ctx context.Context) (Stats, error) {
	return look(ctx, s, func(v view) (Stats, error) {
		c := tally{ctx: ctx, v: v}
		stats := Stats{
			Messages: map[Fate]int64{}, Records: map[resolve.Kind]int64{}, Entities: map[resolve.Kind]int64{},
			Merged:      c.count(match.Table, sql.GT(match.FieldSourcesCount, 1)),
			Suggestions: c.count(link.Table, sql.EQ(link.FieldVerdict, string(resolve.Suggested))),
			Dirty:       c.count(mark.Table),
			LastChange:  value(newest[int64](&c, change.Table, change.FieldID)),
			LastMessage: newest[arrived](&c, message.Table, message.FieldReceivedAt).instant(),
		}
		for _, fate := range []Fate{Applied, Duplicate, Quarantined} {
			stats.Messages[fate] = c.count(message.Table, sql.EQ(message.FieldFate, string(fate)))
		}
		for _, kind := range resolve.Kinds {
			stats.Records[kind] = c.count(recordTable(kind), inForce(kind))
			stats.Entities[kind] = c.count(entityTable(kind))
		}
		if c.err != nil {
			return Stats{}, c.err
		}
		inUse, err := modelInUse(ctx, v.ModelSwitch, model.FieldVersion)
		stats.Model = inUse.Version
		return stats, err
	})
}

// inForce selects the records of a kind that are not withdrawn: a match record says so itself,
// another is in no entity once no live match tells it.
func inForce(kind resolve.Kind) *sql.Predicate {
	if kind == resolve.KindMatch {
		return sql.EQ(matchrecord.FieldWithdrawn, false)
	}
	return sql.NotNull(teamrecord.FieldEntityID)
}

// tally counts until something fails.
type tally struct {
	ctx context.Context
	v   view
	err error
}

func (c *tally) count(table string, where ...*sql.Predicate) int64 {
	q := c.v.from(table).Count()
	for _, p := range where {
		q.Where(p)
	}
	return value(one[int64](c, table, q))
}

// newest returns a column of the row that has the greatest id; nil if there is none.
func newest[T any](c *tally, table, column string) *T {
	return one[T](c, table, c.v.from(table, column).OrderBy(sql.Desc("id")).Limit(1))
}

// arrived is the row of when a message came: a time alone would be taken for a row.
type arrived struct {
	At time.Time `sql:"received_at"`
}

func (a *arrived) instant() *time.Time {
	if a == nil {
		return nil
	}
	at := instant(a.At)
	return &at
}

func one[T any](c *tally, table string, q *sql.Selector) *T {
	if c.err != nil {
		return nil
	}
	rows, err := read[T](c.ctx, c.v, q)
	if err != nil {
		c.err = fmt.Errorf("count %s: %w", table, err)
	}
	if len(rows) == 0 {
		return nil
	}
	return &rows[0]
}
