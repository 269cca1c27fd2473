package store

import (
	"testing"

	"umpire/resolve"
)

// Records agree on what means the same, whatever way they tell it; who tells nothing gainsays nobody.
func TestAgreement(t *testing.T) {
	start := func(raw string) resolve.Time {
		at, err := resolve.ParseTime(raw, nil)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	scored := func(one, two float64, flipped bool) MatchRecord {
		return MatchRecord{Sides: [2]RecordSide{{Points: &one}, {Points: &two}}, Flipped: flipped}
	}
	cologne, other := &RecordRef{ID: "trn_2", Entity: "trn_1"}, &RecordRef{ID: "trn_3", Entity: "trn_3"}
	for _, c := range []struct {
		why, field string
		records    []MatchRecord
		want       string // "" if they do not agree
	}{
		{"nothing is told", "state", []MatchRecord{{}, {}}, ""},
		{"one state", "state", []MatchRecord{{State: new(2)}, {}, {State: new(2)}}, "2"},
		{"two states", "state", []MatchRecord{{State: new(2)}, {State: new(1)}}, ""},
		{"back to the first", "best_of", []MatchRecord{{BestOf: new(3)}, {BestOf: new(1)}, {BestOf: new(3)}}, ""},
		{"a score and the same turned", "score", []MatchRecord{scored(2, 1, false), scored(1, 2, true)}, "2:1"},
		{"a score and another", "score", []MatchRecord{scored(2, 1, false), scored(1, 2, false)}, ""},
		{"an instant told in two ways", "start", []MatchRecord{{Start: start("2015-08-01 14:30")}, {Start: start("2015-08-01T14:30Z")}}, "2015-08-01 14:30"},
		{"an instant and its day", "start", []MatchRecord{{Start: start("2015-08-01")}, {Start: start("2015-08-01 14:30")}}, "2015-08-01 14:30"},
		{"two instants", "start", []MatchRecord{{Start: start("2015-08-01 14:30")}, {Start: start("2015-08-01 14:35")}}, ""},
		{"one tournament by two records", "tournament", []MatchRecord{{Tournament: cologne}, {Tournament: &RecordRef{ID: "trn_1", Entity: "trn_1"}}, {}}, "trn_1"},
		{"two tournaments", "tournament", []MatchRecord{{Tournament: cologne}, {Tournament: other}}, ""},
	} {
		records := c.records
		if c.field == "start" {
			records = finest(records)
		}
		if got := agreed(records, func(r MatchRecord) agreement { return r.tells(c.field) }); got.text != c.want {
			t.Errorf("%s: they agree on %q, want %q", c.why, got.text, c.want)
		}
	}
}
