package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"umpire/ent/store"
	"umpire/resolve"
)

// comparison is a match field by field: what the merged match says, and beside it what
// each of its records says.
type comparison struct {
	Columns []store.MatchRecord
	Rows    []comparedField
}

type comparedField struct {
	Label  string
	Merged cell
	From   *store.MatchRecord // that the merged value was taken from
	ByHand *byHand            // what set it instead
	Cells  []cell             // in the order of Columns
	field  string
}

// cell is one value. How a record's value stands to the merged one is in Mark.
type cell struct {
	Text   string
	Path   string // of the entity that the value is
	Time   *moment
	Mark   mark
	Note   string // what the mark means here, such as "1 h later"
	Chosen bool   // the merged value is this one
}

// mark says how a record's value stands to the merged one.
type mark string

const (
	agrees  mark = ""
	untold  mark = "untold"  // the record does not say
	similar mark = "similar" // says the same in another way: another name of the same team, a coarser time
	differs mark = "differs"
)

// told is a record's value, or the merged one, before they are compared: two values are
// the same when their Same is.
type told struct {
	cell
	Same string
}

// compare lays a match beside its records, which are in the order of its Records.
func compare(m store.Match, records []store.MatchRecord) comparison {
	c := comparison{Columns: records}
	for _, f := range comparedFields {
		c.Rows = append(c.Rows, f.row(m, records))
	}
	return c
}

// field says how to read one field of a merged match and of a record.
type field struct {
	label  string
	from   string // its key in store.Match.From
	merged func(store.Match) told
	record func(store.MatchRecord) told
	versus func(store.Match, store.MatchRecord) (mark, string) // nil: differs when told differently
}

var comparedFields = []field{
	{"State", "state", func(m store.Match) told { return text(stateName(m.State)) }, func(r store.MatchRecord) told { return text(stateName(r.State)) }, versusState},
	{"Start", "start", func(m store.Match) told { return timeTold(inOurWords(m.Start)) }, func(r store.MatchRecord) told { return timeTold(r.Start) }, versusStart},
	{"Title", "title", func(m store.Match) told { return refTold(m.Title) }, func(r store.MatchRecord) told { return recordTold(r.Title) }, nil},
	{"Tournament", "tournament", func(m store.Match) told { return refTold(m.Tournament) }, func(r store.MatchRecord) told { return recordTold(r.Tournament) }, nil},
	{"Best of", "best_of", func(m store.Match) told { return count(m.BestOf) }, func(r store.MatchRecord) told { return count(r.BestOf) }, nil},
	{"Team 1", "teams", func(m store.Match) told { return refTold(&m.Sides[0].Team) }, func(r store.MatchRecord) told { return recordTold(&facing(r, 0).Team) }, nil},
	{"Team 2", "teams", func(m store.Match) told { return refTold(&m.Sides[1].Team) }, func(r store.MatchRecord) told { return recordTold(&facing(r, 1).Team) }, nil},
	{"Score", "score", mergedScore, recordScore, nil},
	{"Winner", "score", mergedWinner, recordWinner, nil},
}

func (f field) row(m store.Match, records []store.MatchRecord) comparedField {
	merged := f.merged(m)
	row := comparedField{Label: f.label, Merged: merged.cell, field: f.from}
	for _, r := range records {
		here := f.record(r)
		here.Mark, here.Note = standing(merged, here)
		if f.versus != nil && here.Mark == differs {
			here.Mark, here.Note = f.versus(m, r)
		}
		if merged.Same != "" && m.From[f.from] == r.ID {
			here.Chosen, row.From = true, &r
		}
		row.Cells = append(row.Cells, here.cell)
	}
	return row
}

// override marks the fields that are set by hand.
func (c *comparison) override(by []byHand) {
	for i := range c.Rows {
		for _, o := range by {
			if o.Field == c.Rows[i].field && o.Wins {
				c.Rows[i].ByHand = &o
			}
		}
	}
}

// standing compares what can be compared without knowing the field.
func standing(merged, here told) (mark, string) {
	switch {
	case here.Same == "":
		return untold, ""
	case here.Same != merged.Same:
		return differs, ""
	case here.Text != merged.Text:
		return similar, "another name"
	}
	return agrees, ""
}

// versusState tells a source that has yet to hear from one that contradicts.
func versusState(m store.Match, r store.MatchRecord) (mark, string) {
	if r.State != nil && *r.State == resolve.StateScheduled && m.State != nil && *m.State == resolve.StateFinished {
		return similar, "not yet"
	}
	return differs, ""
}

// versusStart tells a coarser time that fits from a time that is another.
func versusStart(m store.Match, r store.MatchRecord) (mark, string) {
	return apartInTime(m.Start, r.Start)
}

func apartInTime(one, two resolve.Time) (mark, string) {
	switch apart := two.At.Sub(one.At); {
	case coarse(one, two) && sameDay(one.At, two.At):
		return similar, "the same day"
	case coarse(one, two):
		return differs, "another day"
	case apart == 0:
		return agrees, ""
	case apart < 0:
		return differs, span(-apart) + " earlier"
	default:
		return differs, span(apart) + " later"
	}
}

func sameDay(a, b time.Time) bool {
	return a.UTC().Truncate(24 * time.Hour).Equal(b.UTC().Truncate(24 * time.Hour))
}

// span writes a duration in its two largest units.
func span(d time.Duration) string {
	var parts []string
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if n := d / unit.length; n > 0 && len(parts) < 2 {
			parts = append(parts, fmt.Sprintf("%d %s", n, unit.name))
			d %= unit.length
		}
	}
	return strings.Join(parts, " ")
}

func text(s string) told { return told{cell{Text: s}, s} }

func count(n *int) told {
	if n == nil {
		return told{}
	}
	return text(strconv.Itoa(*n))
}

func timeTold(t resolve.Time) told {
	if t.Precision == "" {
		return told{}
	}
	return told{cell{Time: startOf(t)}, string(t.Precision) + t.At.UTC().Format(time.RFC3339)}
}

// inOurWords leaves a source's own text to the source's column.
func inOurWords(t resolve.Time) resolve.Time {
	t.Raw = ""
	return t
}

func refTold(r *store.Ref) told {
	if r == nil || r.ID == "" {
		return told{}
	}
	return told{cell{Text: r.Name, Path: pathOf(r.ID)}, string(r.ID)}
}

// recordTold is a team, tournament or title as a record names it; the same as the merged
// one when their entity is.
func recordTold(r *store.RecordRef) told {
	if r == nil || r.ID == "" {
		return told{}
	}
	same, path := r.Entity, ""
	if same == "" {
		same = r.ID
	} else {
		path = pathOf(r.Entity)
	}
	return told{cell{Text: r.Name, Path: path}, string(same)}
}

// facing is the side of a record that is the merged match's side n.
func facing(r store.MatchRecord, n int) *store.RecordSide {
	if r.Flipped {
		n = 1 - n
	}
	return &r.Sides[n]
}

func mergedScore(m store.Match) told { return scoreTold(m.Sides[0].Points, m.Sides[1].Points) }

func recordScore(r store.MatchRecord) told {
	return scoreTold(facing(r, 0).Points, facing(r, 1).Points)
}

func scoreTold(one, two *float64) told {
	if one == nil && two == nil {
		return told{}
	}
	return text(points(one) + " : " + points(two))
}

func mergedWinner(m store.Match) told {
	return winnerTold(m.Sides[0].Winner, m.Sides[1].Winner)
}

func recordWinner(r store.MatchRecord) told {
	return winnerTold(facing(r, 0).Winner, facing(r, 1).Winner)
}

func winnerTold(one, two *bool) told {
	first, second := one != nil && *one, two != nil && *two
	switch {
	case one == nil && two == nil:
		return told{}
	case first && second:
		return text("both")
	case first:
		return text("team 1")
	case second:
		return text("team 2")
	}
	return text("neither")
}

// stateName is a state in words, "" if it was not told.
func stateName(state *int) string {
	switch {
	case state == nil:
		return ""
	case *state == resolve.StateScheduled:
		return "scheduled"
	case *state == resolve.StateFinished:
		return "finished"
	}
	return "state " + strconv.Itoa(*state)
}
