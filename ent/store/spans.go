package store

// Names in time: what each source called a team, and from when until when.

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/matchrecord"
	"umpire/ent/db/score"
	"umpire/ent/db/teamrecord"
	"umpire/resolve"
)

// NameSpan is a name that a source used for a team, and the days of the first and the last
// match in which it did.
type NameSpan struct {
	Record  resolve.ID
	Source  string
	Name    string
	First   *time.Time // 00:00 UTC of the day; nil: none of these matches has a start
	Last    *time.Time
	Matches int // match records
}

// NameSpans lists the names of a team entity's records, by their last days: those without a
// day first, the newest last. What is withdrawn does not count. Of an id that is no team
// entity's now the list is empty.
func (s *Store) NameSpans(ctx context.Context, team resolve.ID) ([]NameSpan, error) {
	if !isText(string(team)) {
		return nil, nil
	}
	return look(ctx, s, func(v view) ([]NameSpan, error) {
		rows, err := read[spanRow](ctx, v, v.nameSpans(team))
		if err != nil {
			return nil, fmt.Errorf("names of %s: %w", team, err)
		}
		spans := make([]NameSpan, len(rows))
		for i, r := range rows {
			spans[i] = NameSpan{resolve.ID(r.Record), r.Source, r.Name, r.First.at, r.Last.at, r.Matches}
		}
		slices.SortFunc(spans, func(a, b NameSpan) int {
			return cmp.Or(value(a.Last).Compare(value(b.Last)), value(a.First).Compare(value(b.First)),
				cmp.Compare(a.Source, b.Source), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Record, b.Record))
		})
		return spans, nil
	})
}

// spanRow is a name of a record.
type spanRow struct {
	Record, Source, Name string
	First, Last          day
	Matches              int
}

// nameSpans selects them: from a team's records to the sides that they play, to the matches.
func (v view) nameSpans(team resolve.ID) *sql.Selector {
	r, s, m := sql.Table(teamrecord.Table), sql.Table(score.Table), sql.Table(matchrecord.Table)
	q := sql.Dialect(v.dialect).Select().From(r).
		Join(s).On(s.C(score.FieldTeamRecordID), r.C(teamrecord.FieldID)).
		Join(m).On(m.C(matchrecord.FieldID), s.C(score.FieldMatchRecordID))
	return q.Where(sql.And(sql.EQ(r.C(teamrecord.FieldEntityID), string(team)), sql.IsFalse(m.C(matchrecord.FieldWithdrawn)))).
		Select(
			sql.As(r.C(teamrecord.FieldID), "record"), sql.As(r.C(teamrecord.FieldSource), "source"), sql.As(s.C(score.FieldTeamName), "name"),
			sql.As(sql.Min(m.C(matchrecord.FieldStart)), "first"), sql.As(sql.Max(m.C(matchrecord.FieldStart)), "last"),
			sql.As(sql.Count(sql.Distinct(m.C(matchrecord.FieldID))), "matches"),
		).
		GroupBy(r.C(teamrecord.FieldID), r.C(teamrecord.FieldSource), s.C(score.FieldTeamName))
}

// day is the day of an instant that a database computed: SQLite tells that as a text.
type day struct{ at *time.Time }

// Scan reads it.
func (d *day) Scan(from any) error {
	switch told := from.(type) {
	case nil:
		d.at = nil
		return nil
	case time.Time:
		at := told.UTC().Truncate(24 * time.Hour)
		d.at = &at
		return nil
	case []byte:
		return d.Scan(string(told))
	case string:
		at, err := time.Parse(time.DateOnly, told[:min(len(told), len(time.DateOnly))])
		d.at = &at
		return err
	}
	return fmt.Errorf("a day is no %T", from)
}
