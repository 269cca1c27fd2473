package resolve_test

import (
	"fmt"
	"testing"
	"time"

	"umpire/resolve"
)

// A message costs what its neighbourhood costs: in a world that is ten times as large, but
// as dense, one more match meets as many records and changes as many entities.
func TestWorkIsBounded(t *testing.T) {
	cost := func(days int) (int, int) {
		e := resolve.New(nil)
		for _, m := range calendar(t, days) {
			e.Put(m)
		}
		e.Settle()
		before := e.Stats().Met
		late := told(t, "gamma 0", "2015-01-01 18:00", "Club 1", "Club 2")
		late.Arrival = 1 << 40
		e.Put(late)
		plan := e.Settle()
		return e.Stats().Met - before, len(plan.Put)
	}
	met, put := cost(60)
	metInMore, putInMore := cost(600)
	if met == 0 || met != metInMore || put != putInMore {
		t.Errorf("in 60 days one match meets %d records and changes %d entities, in 600 %d and %d; want the same, not none", met, put, metInMore, putInMore)
	}
}

// calendar is four matches a day, each told by two sources, of twelve clubs.
func calendar(t *testing.T, days int) []resolve.Match {
	t.Helper()
	var matches []resolve.Match
	start := time.Date(2015, 1, 1, 18, 0, 0, 0, time.UTC)
	for day := range days {
		for i := range 4 {
			at := start.AddDate(0, 0, day).Format("2006-01-02 15:04")
			one, two := fmt.Sprint("Club ", (day*4+2*i)%12+1), fmt.Sprint("Club ", (day*4+2*i+1)%12+1)
			for _, source := range []string{"alpha", "beta"} {
				m := told(t, fmt.Sprintf("%s %d", source, day*4+i), at, one, two)
				m.Arrival = int64(len(matches) + 1)
				matches = append(matches, m)
			}
		}
	}
	return matches
}
