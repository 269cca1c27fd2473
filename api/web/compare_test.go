package web

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"umpire/ent/store"
	"umpire/resolve"
)

// shown is what a cell says, for a test to read.
type shown struct {
	Text   string
	Mark   mark
	Note   string
	Chosen bool
}

func TestCompare(t *testing.T) {
	at := time.Date(2015, 3, 14, 18, 30, 0, 0, time.UTC)
	minute := func(at time.Time) resolve.Time { return resolve.Time{At: at, Precision: resolve.PrecisionMinute} }
	day := func(at time.Time) resolve.Time {
		return resolve.Time{At: at.Truncate(24 * time.Hour), Precision: resolve.PrecisionDay}
	}
	side := func(name string, entity resolve.ID, points float64) store.RecordSide {
		return store.RecordSide{Team: store.RecordRef{ID: "tem_" + resolve.ID(name), Name: name, Entity: entity}, Points: &points}
	}
	m := store.Match{
		State: new(2), Start: minute(at), Tournament: &store.Ref{ID: "trn_1", Name: "ESL One"},
		Sides: [2]store.Side{
			{Team: store.Ref{ID: "tem_1", Name: "fnatic"}, Points: new(2.0), Winner: new(true)},
			{Team: store.Ref{ID: "tem_2", Name: "Ninjas in Pyjamas"}, Points: new(1.0), Winner: new(false)},
		},
		From: map[string]resolve.ID{"start": "mch_1", "teams": "mch_1", "score": "mch_2"},
	}
	plain := store.MatchRecord{
		RecordRef: store.RecordRef{ID: "mch_1", Source: "one"}, Start: m.Start, State: new(1),
		Sides: [2]store.RecordSide{side("fnatic", "tem_1", 16), side("Ninjas in Pyjamas", "tem_2", 9)},
	}
	flipped := store.MatchRecord{
		RecordRef: store.RecordRef{ID: "mch_2", Source: "two"}, Flipped: true, Start: day(at),
		Sides: [2]store.RecordSide{side("NiP", "tem_2", 1), side("fnatic", "tem_1", 2)},
	}
	late := plain
	late.State = new(3)
	late.ID, late.Start, late.Sides[1].Team.Entity = "mch_3", minute(at.Add(90*time.Minute)), "tem_9"
	other := plain
	other.ID, other.Start = "mch_4", day(at.AddDate(0, 0, 1))

	c := compare(m, []store.MatchRecord{plain, flipped, late, other})
	for _, want := range []struct {
		why    string
		field  string
		record int
		shown  shown
	}{
		{"a state that is behind", "State", 0, shown{"scheduled", similar, "not yet", false}},
		{"a state that differs", "State", 2, shown{"state 3", differs, "", false}},
		{"a state not told", "State", 1, shown{"", untold, "", false}},
		{"the time that was chosen", "Start", 0, shown{"Sat 14 Mar 2015 18:30", agrees, "", true}},
		{"a coarser time that fits", "Start", 1, shown{"Sat 14 Mar 2015 ", similar, "the same day", false}},
		{"a later time", "Start", 2, shown{"Sat 14 Mar 2015 20:00", differs, "1 h 30 min later", false}},
		{"another day", "Start", 3, shown{"Sun 15 Mar 2015 ", differs, "another day", false}},
		{"a tournament not told", "Tournament", 0, shown{"", untold, "", false}},
		{"another name of the same team, on its other side", "Team 2", 1, shown{"NiP", similar, "another name", false}},
		{"the same name of another team", "Team 2", 2, shown{"Ninjas in Pyjamas", differs, "", false}},
		{"a score turned round to fit", "Score", 1, shown{"2 : 1", agrees, "", true}},
		{"another score", "Score", 0, shown{"16 : 9", differs, "", false}},
		{"a winner not told", "Winner", 0, shown{"", untold, "", false}},
	} {
		if diff := cmp.Diff(want.shown, shownIn(t, c, want.field, want.record)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", want.why, diff)
		}
	}
}

func shownIn(t *testing.T, c comparison, label string, record int) shown {
	t.Helper()
	for _, row := range c.Rows {
		if row.Label != label {
			continue
		}
		in := row.Cells[record]
		text := in.Text
		if in.Time != nil {
			text = in.Time.Day + " " + in.Time.Clock
		}
		return shown{text, in.Mark, in.Note, in.Chosen}
	}
	t.Fatalf("there is no row %s", label)
	return shown{}
}
