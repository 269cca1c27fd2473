package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"umpire/resolve"
)

// What a source tells more than once is found to the last, however much it is: page after page, and
// counted. What two sources tell once each is none of it.
func TestToldTwice(t *testing.T) {
	const many = 250
	conform(t, func(t *testing.T, s *Store) {
		w := newWorld()
		var team Named
		for i := range many {
			for _, kind := range resolve.Kinds[:3] {
				team = w.fillTwice(kind, fmt.Sprintf("%s no %d", kind, i))
			}
			w.fillPlain(team, worldDay.Add(time.Duration(i)*time.Minute))
			w.tellAgain("a")
			w.fillPlain(team, worldDay.Add(time.Duration(i)*time.Minute))
			w.tellAgain("b")
		}
		if err := w.build(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		for _, source := range []string{"usual", "a", "b"} {
			if err := s.PutSource(t.Context(), Source{Name: source}); err != nil {
				t.Fatal(err)
			}
		}
		got := map[string]int{}
		for _, source := range []string{"usual", "a", "b", ""} {
			for _, kind := range resolve.Kinds[:3] {
				got[source+" "+string(kind)] = countAll(t, s.NamedList, func(cursor string) NamedFilter {
					return NamedFilter{Kind: kind, Source: source, Twice: true, Cursor: cursor}
				})
			}
			of := func(cursor string) MatchFilter { return MatchFilter{Source: source, Twice: true, Cursor: cursor} }
			got[source+" match"], got[source+" records"] = countAll(t, s.Matches, of), countAll(t, s.MatchRecords, of)
		}
		want := map[string]int{
			"usual title": many, "usual tournament": many, "usual team": many, "usual match": 0, "usual records": 0,
			"a title": 0, "a tournament": 0, "a team": 0, "a match": many, "a records": 2 * many,
			"b title": 0, "b tournament": 0, "b team": 0, "b match": 0, "b records": 0,
			" title": many, " tournament": many, " team": many, " match": many, " records": 2 * many,
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("listed (-want +got)\n%s", diff)
		}
		counts := map[string]map[resolve.Kind]int64{}
		sources, err := s.Sources(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, source := range sources {
			counts[source.Name] = source.Counts.Twice
		}
		if diff := gocmp.Diff(map[string]map[resolve.Kind]int64{
			"usual": {resolve.KindTitle: many, resolve.KindTournament: many, resolve.KindTeam: many}, "a": {resolve.KindMatch: many}, "b": {},
		}, counts); diff != "" {
			t.Errorf("counted (-want +got)\n%s", diff)
		}
	})
}

// fillTwice adds an entity that one source tells twice.
func (w *world) fillTwice(kind resolve.Kind, name string) Named {
	n := w.fillNamed(kind, name)
	key := w.key(kind, "usual", false)
	n.Records = append(n.Records, RecordRef{ID: key.Mint(), Kind: kind, Source: key.Source, Key: key.ID, Scope: key.Scope, Name: name, Entity: n.ID})
	w.named[len(w.named)-1] = n
	return n
}

// tellAgain adds a record of a source to the last match.
func (w *world) tellAgain(source string) {
	m := &w.matches[len(w.matches)-1]
	r := m.asTold(w.key(resolve.KindMatch, source, false))
	r.Entity = m.ID
	w.matchRecords, m.Records = append(w.matchRecords, r), append(m.Records, w.matchRecords[len(w.matchRecords)-1].RecordRef, r.RecordRef)
	m.Sources = sourcesOf(m.Records)
}

// countAll pages through a list, and counts what is in it.
func countAll[F, T any](t *testing.T, list func(context.Context, F) (Page[T], error), from func(cursor string) F) int {
	t.Helper()
	n, cursor := 0, ""
	for {
		page, err := list(t.Context(), from(cursor))
		if err != nil {
			t.Fatal(err)
		}
		if n, cursor = n+len(page.Items), page.Next; cursor == "" {
			return n
		}
	}
}
