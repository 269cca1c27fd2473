package conform

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"umpire/api/search"
	"umpire/ent/store"
	"umpire/resolve"
	"umpire/resolve/run"
)

// soon is how long what a person decides may take to be found, from the decision on.
const soon = time.Second

// Acts makes a small world in an empty, migrated store, which a resolver settles, and has a
// person merge, split, name by hand, and undo: each is to be found soon.
func Acts(t *testing.T, s *store.Store, backend func(*testing.T, *store.Store) search.Backend) {
	p := newPerson(t, s)
	p.finder = search.Finder{Store: s, Index: backend(t, s)}
	p.waits(time.Minute, "aurochs", "Aurochs")
	p.waits(time.Minute, "griffins", "Griffins")

	aurochs, cerberus, griffins := p.only("aurochs"), p.only("cerberus"), p.only("griffins")
	p.show("a merge", store.Merge{Entities: []resolve.ID{aurochs.ID, cerberus.ID}},
		[]finding{{"cerberus", "Aurochs"}, {"aurochs", "Aurochs"}}, []finding{{"cerberus", "Cerberus"}})
	p.show("a name by hand", store.SetField{Record: aurochs.ID, Field: "name", Value: "Zephyrs"},
		[]finding{{"zephyrs", "Zephyrs"}, {"aurochs", "Zephyrs"}}, []finding{{"aurochs", "Aurochs"}})
	p.show("a split", store.Split{Entity: griffins.ID, Groups: [][]resolve.ID{{griffins.ID}}},
		[]finding{{"griffins", "Griffins, Griffins"}}, []finding{{"griffins", "Griffins"}})
}

// finding is a text, and what the teams that it finds are called.
type finding struct{ text, teams string }

// person decides, and looks for what became of it.
type person struct {
	*testing.T
	store    *store.Store
	resolver *run.Resolver
	finder   search.Finder
}

// newPerson takes in three teams of one source and one of two, and has a resolver go on.
func newPerson(t *testing.T, s *store.Store) *person {
	t.Helper()
	for i, m := range []struct {
		sources    string
		teams      [2]string
		tournament string
	}{
		{"alpha", [2]string{"Aurochs", "Basilisks"}, "Bestiary Spring"},
		{"beta", [2]string{"Cerberus", "Basilisks"}, "Bestiary Autumn"},
		{"alpha beta", [2]string{"Griffins", "Hydras"}, "Bestiary Summer"},
		{"alpha beta", [2]string{"Hydras", "Griffins"}, "Bestiary Summer"},
	} {
		w := &world{named: map[string]thing{"chess": named(resolve.KindTitle, "", []string{"alpha=Chess"})}}
		for _, team := range m.teams {
			w.named[team] = named(resolve.KindTeam, "chess", []string{"alpha=" + team})
		}
		w.named[m.tournament] = named(resolve.KindTournament, "chess", []string{"alpha=" + m.tournament})
		at := time.Date(2015, 3, 1+9*i, 18, 0, 0, 0, time.UTC)
		w.matches = []told{{
			handle: fmt.Sprint("beasts", i), teams: m.teams, tournament: m.tournament, state: 2, sources: strings.Fields(m.sources),
			start: resolve.Time{Raw: at.Format(time.DateTime), At: at, Precision: resolve.PrecisionMinute},
		}}
		w.ingest(t, s, (*world).present)
	}
	resolver := run.New(s, func(context.Context, int64, resolve.InvalidError) error { return errors.New("nothing is quarantined") })
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- resolver.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		check(t, <-ended)
	})
	return &person{t, s, resolver, search.Finder{}}
}

// show has a decision show, and then its undoing. A machine that is busy may take longer
// than any of it does: of ten times, one must be soon.
func (p *person) show(what string, d store.Decision, then, before []finding) {
	p.Helper()
	best, undone := time.Hour, time.Hour
	for range 10 {
		act := p.decide(d)
		best = min(best, p.all(then))
		p.decide(store.Undo{Act: act.ID})
		undone = min(undone, p.all(before))
		if best <= soon && undone <= soon {
			p.Logf("%s shows after %s, its undoing after %s", what, best, undone)
			return
		}
	}
	p.Errorf("%s shows after %s at best, its undoing after %s", what, best, undone)
}

func (p *person) decide(d store.Decision) store.Act {
	p.Helper()
	decided, err := p.store.Decide(p.Context(), store.Signature{Actor: "ann"}, d)
	check(p.T, err)
	p.resolver.Nudge()
	return decided.Act
}

// all waits for findings, and tells how long that took.
func (p *person) all(findings []finding) time.Duration {
	p.Helper()
	began := time.Now()
	for _, f := range findings {
		p.waits(30*time.Second, f.text, f.teams)
	}
	return time.Since(began)
}

func (p *person) waits(longest time.Duration, text, teams string) {
	p.Helper()
	for began, found := time.Now(), ""; found != teams; time.Sleep(10 * time.Millisecond) {
		var called []string
		for _, h := range p.found(text) {
			called = append(called, h.Called())
		}
		if found = strings.Join(called, ", "); found != teams && time.Since(began) > longest {
			p.Fatalf("%q finds %s after %s, want %s", text, found, longest, teams)
		}
	}
}

func (p *person) only(text string) search.Hit {
	p.Helper()
	found := p.found(text)
	if len(found) != 1 {
		p.Fatalf("%q finds %v", text, found)
	}
	return found[0]
}

func (p *person) found(text string) []search.Hit {
	p.Helper()
	q, err := search.Parse(text)
	check(p.T, err)
	q.Kinds = []resolve.Kind{resolve.KindTeam}
	page, err := p.finder.Find(p.Context(), q, "", 10)
	check(p.T, err)
	return page.Hits
}
