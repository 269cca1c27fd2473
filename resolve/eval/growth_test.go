package eval_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"umpire/resolve"
	"umpire/resolve/eval"
)

// Each copy resolves as the log itself does, and none touches another.
func TestGrowCopiesTheOutcome(t *testing.T) {
	log := season(t)
	once := clusters(resolved(log))
	for _, where := range eval.Growths {
		grown := eval.Grow(log, 4, where)
		if len(grown) != 4*len(log) {
			t.Fatalf("%s: %d events of %d", where, len(grown), len(log))
		}
		e, _ := resolved(grown)
		count := 0
		for entity := range e.Entities() {
			count++
			if entity.Kind == resolve.KindTitle {
				count--
			}
		}
		if want := len(once); count != 4*want {
			t.Errorf("%s: %d entities, want four times %d", where, count, want)
		}
	}
}

// clusters tells how many records each entity has.
func clusters(e *resolve.Engine, _ resolve.Plan) []int {
	var sizes []int
	for entity := range e.Entities() {
		sizes = append(sizes, len(entity.Members))
	}
	slices.Sort(sizes)
	return sizes
}

func TestGrowDates(t *testing.T) {
	log := season(t)
	for where, moved := range map[eval.Growth]bool{eval.Years: true, eval.Weeks: false} {
		last := log[len(log)-1].Match.Start.At
		for i, e := range eval.Grow(log[:1], 3, where) {
			start := e.Match.Start
			again, err := resolve.ParseTime(start.Raw, nil)
			if err != nil || !again.At.Equal(start.At) || again.Precision != start.Precision {
				t.Errorf("%s, copy %d: says %q, means %+v: %v", where, i, start.Raw, start, err)
			}
			if first := log[0].Match.Start.At; start.At.Weekday() != first.Weekday() || start.At.After(last) != (moved && i > 0) {
				t.Errorf("%s, copy %d is on %s", where, i, start.At)
			}
		}
	}
}

func TestGrowNames(t *testing.T) {
	tests := []struct {
		reason, name, stays string
		changes             bool
	}{
		{"a name", "Astralis", "", true},
		{"a mark and a number are no name", "Astralis Academy 2", "Academy 2", true},
		{"a second team", "Astralis II", "II", true},
		{"one that names nobody", "TBD", "TBD", false},
		{"letters that are not exchanged", "Витязь", "Витязь", true},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			m := *season(t)[0].Match
			m.Sides[0].Team.Name = test.name
			var got []string
			for _, e := range eval.Grow([]eval.Event{{Match: &m}}, 3, eval.Weeks) {
				team := e.Match.Sides[0].Team
				got = append(got, team.Name)
				if team.ID != team.Key.Mint() || e.Match.ID != e.Match.Key.Mint() {
					t.Errorf("%+v is not called by its key", team)
				}
			}
			for i, name := range got[1:] {
				if (name != got[0]) != test.changes || (name != got[i]) != test.changes || !strings.Contains(name, test.stays) {
					t.Errorf("copies are called %q", got)
				}
			}
			if got[0] != test.name || m.Sides[0].Team.Name != test.name {
				t.Error(cmp.Diff(test.name, got[0]))
			}
		})
	}
}
