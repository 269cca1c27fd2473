package eval_test

import (
	"fmt"
	"testing"
	"time"

	"umpire/resolve"
	"umpire/resolve/eval"
)

// clubs have each a name by source; the last one's is told in two ways.
var clubs = [][3]string{
	{"Natus Vincere", "NaVi", "Natus Vincere"}, {"Astralis", "Astralis", "Team Astralis"}, {"Astralis Academy", "Astralis Academy", "Astralis Academy"},
	{"mousesports", "mouz", "mousesports"}, {"Virtus.pro", "VirtusPro", "Virtus.pro"}, {"Fnatic", "fnatic", "Fnatic"}, {"Ninjas in Pyjamas", "NiP", "NIP"},
}

// season is a log: matches on forty days, each told by three sources, first as scheduled and,
// some messages later, as finished. Gamma is wrong at first about who plays.
func season(t *testing.T) []eval.Event {
	t.Helper()
	var log, later []eval.Event
	for day := range 40 {
		for i, source := range []string{"alpha", "beta", "gamma"} {
			first := fixture(t, source, i, day)
			finished := fixture(t, source, i, day)
			points, other := 2., float64(day%2)
			finished.Sides[0].Points, finished.Sides[1].Points = &points, &other
			if source == "gamma" && day%5 == 0 {
				first.Sides[1].Team = club(source, i, day+2)
			}
			log, later = append(log, eval.Event{Match: &first}), append(later, eval.Event{Match: &finished})
		}
		if day%3 == 2 {
			log, later = append(log, later...), nil
		}
	}
	return append(log, later...)
}

// fixture is what a source says of the match of a day.
func fixture(t *testing.T, source string, i, day int) resolve.Match {
	t.Helper()
	key := resolve.Key{Kind: resolve.KindMatch, Source: source, ID: fmt.Sprint(100*i + day)}
	m := resolve.Match{Key: key, ID: key.Mint()}
	at := time.Date(2015, 3, 1+day/2, 16+day%2, 0, 0, 0, time.UTC)
	m.Start = resolve.Time{Raw: at.Format("2006-01-02 15:04"), At: at, Precision: resolve.PrecisionMinute}
	m.Sides[0].Team, m.Sides[1].Team = club(source, i, day), club(source, i, day+1+day%3)
	cup := resolve.Key{Kind: resolve.KindTournament, Source: source, ID: fmt.Sprint(day / 10)}
	m.Tournament = &resolve.Named{Key: cup, ID: cup.Mint(), Name: fmt.Sprint("Spring Cup ", day/10+1)}
	return m
}

func club(source string, i, n int) resolve.Named {
	n %= len(clubs)
	key := resolve.Key{Kind: resolve.KindTeam, Source: source, ID: fmt.Sprint(n)}
	return resolve.Named{Key: key, ID: key.Mint(), Name: clubs[n][i]}
}

// resolved resolves what a log says in the end.
func resolved(log []eval.Event) (*resolve.Engine, resolve.Plan) {
	e := resolve.New(nil)
	for i, event := range log {
		m := *event.Match
		m.Arrival = int64(i + 1)
		e.Put(m)
	}
	return e, e.Settle()
}
