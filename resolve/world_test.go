package resolve_test

import (
	"fmt"
	"testing"

	"umpire/resolve"
)

// told makes a match record: source and id as in "alpha 7", a start, and two teams, each keyed
// by its name as if that were an id. Words say the rest.
func told(t *testing.T, ref, start, team1, team2 string, words ...word) resolve.Match {
	t.Helper()
	var source, id string
	if _, err := fmt.Sscan(ref, &source, &id); err != nil {
		t.Fatal(err)
	}
	key := resolve.Key{Kind: resolve.KindMatch, Source: source, ID: id}
	at, err := resolve.ParseTime(start, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := resolve.Match{Key: key, ID: key.Mint(), Start: at}
	for i, name := range []string{team1, team2} {
		m.Sides[i].Team = named(resolve.KindTeam, source, name)
	}
	for _, w := range words {
		w(&m)
	}
	return m
}

// word says one thing more of a match record.
type word func(*resolve.Match)

func named(kind resolve.Kind, source, name string) resolve.Named {
	key := resolve.Key{Kind: kind, Source: source, ID: name}
	return resolve.Named{Key: key, ID: key.Mint(), Name: name}
}

func state(n int) word { return func(m *resolve.Match) { m.State = &n } }

func bestOf(n int) word { return func(m *resolve.Match) { m.BestOf = &n } }

func score(one, two float64) word {
	return func(m *resolve.Match) { m.Sides[0].Points, m.Sides[1].Points = &one, &two }
}

func won(side int) word {
	return func(m *resolve.Match) {
		for i := range m.Sides {
			winner := i == side
			m.Sides[i].Winner = &winner
		}
	}
}

func tournament(name string) word {
	return func(m *resolve.Match) {
		n := named(resolve.KindTournament, m.Key.Source, name)
		m.Tournament = &n
	}
}

func title(name string) word {
	return func(m *resolve.Match) {
		n := named(resolve.KindTitle, m.Key.Source, name)
		m.Title = &n
	}
}

// resolved is an engine that has settled some records, and what it planned.
func resolved(records ...resolve.Match) (*resolve.Engine, mirror) {
	e, m := resolve.New(nil), newMirror()
	for i, r := range records {
		if r.Arrival == 0 {
			r.Arrival = int64(i + 1)
		}
		e.Put(r)
	}
	m.apply(e.Settle())
	return e, m
}
