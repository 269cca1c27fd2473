package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"umpire/resolve"
	"umpire/resolve/text"
)

// What paging through a list gives, in any steps, is what a plain filter over all there is
// gives, sorted.
func TestMatchesAsFiltered(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		rapid.Check(t, func(t *rapid.T) {
			w := drawWorld(t)
			if err := w.build(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			for range 8 {
				f := w.drawFilter(t)
				if diff := gocmp.Diff(w.filterMatches(f), pages(t, f, s.Matches)); diff != "" {
					t.Fatalf("matches of %+v (-want +got):\n%s", f, diff)
				}
				if diff := gocmp.Diff(w.filterRecords(f), pages(t, f, s.MatchRecords)); diff != "" {
					t.Fatalf("match records of %+v (-want +got):\n%s", f, diff)
				}
			}
		})
	})
}

// pages reads a list to its end.
func pages[T any](t *rapid.T, f MatchFilter, list func(context.Context, MatchFilter) (Page[T], error)) []T {
	all := []T{}
	for {
		page, err := list(t.Context(), f)
		if err != nil {
			t.Fatalf("list %+v: %v", f, err)
		}
		if len(page.Items) > f.Limit || page.Next != "" && len(page.Items) < f.Limit {
			t.Fatalf("a page of %d, limit %d, next %q", len(page.Items), f.Limit, page.Next)
		}
		all = append(all, page.Items...)
		if page.Next == "" {
			return all
		}
		f.Cursor = page.Next
	}
}

func (w *world) drawFilter(t *rapid.T) MatchFilter {
	seldom := func() bool { return rapid.IntRange(0, 3).Draw(t, "filter") == 0 }
	f := MatchFilter{
		Sort:  rapid.SampledFrom([]Sort{"", ByStart, ByStartDesc, ByUpdated, ByUpdatedDesc}).Draw(t, "sort"),
		Limit: rapid.IntRange(1, 8).Draw(t, "limit"),
	}
	if seldom() {
		f.Title = w.drawCall(t, resolve.KindTitle)
	}
	if seldom() {
		f.Tournament = w.drawCall(t, resolve.KindTournament)
	}
	if seldom() {
		f.Team = w.drawCall(t, resolve.KindTeam)
	}
	if seldom() {
		f.Source = rapid.SampledFrom(worldSources).Draw(t, "source")
	}
	f.Twice = seldom()
	if seldom() {
		f.State = new(rapid.IntRange(1, 3).Draw(t, "state"))
	}
	for _, at := range []**time.Time{&f.From, &f.To, &f.UpdatedFrom} {
		if seldom() {
			*at = new(drawInstant(t))
		}
	}
	return f
}

// drawCall draws a part of a name, or the id of any record.
func (w *world) drawCall(t *rapid.T, kind resolve.Kind) string {
	if rapid.Bool().Draw(t, "by id") {
		return string(rapid.SampledFrom(w.records(kind)).Draw(t, "record").ID)
	}
	return rapid.SampledFrom([]string{"navi", "NAVI", "na vi", "o", "OG", "team", "čeští", "vinc", "us vi", "1", "nobody", "TTL_x"}).Draw(t, "name")
}

// called is what a call means: a set of entities, and a set of records.
func (w *world) called(kind resolve.Kind, value string) ([]resolve.ID, []resolve.ID) {
	var entities, records []resolve.ID
	id, folded := resolve.ID(value), text.Fold(value)
	means := func(entity resolve.ID, name string) bool {
		if id.Kind() == kind {
			return entity == w.canonical(id)
		}
		return strings.Contains(text.Fold(name), folded)
	}
	for _, n := range w.of(kind) {
		if means(n.ID, n.Name) || slices.ContainsFunc(n.Records, func(r RecordRef) bool { return means(n.ID, r.Name) }) {
			entities = append(entities, n.ID)
		}
	}
	for _, r := range w.records(kind) {
		if slices.Contains(entities, r.Entity) || r.Entity == "" && id.Kind() != kind && means("", r.Name) {
			records = append(records, r.ID)
		}
	}
	return entities, records
}

func (w *world) filterMatches(f MatchFilter) []Match {
	fits := func(m Match) bool {
		for kind, value := range f.calls() {
			entities, _ := w.called(kind, value)
			if !slices.ContainsFunc(m.refs(kind), func(id resolve.ID) bool { return slices.Contains(entities, id) }) {
				return false
			}
		}
		return toldBy(m.Records, f.Source, f.Twice) &&
			f.fits(m.State, m.Start) && (f.UpdatedFrom == nil || !m.UpdatedAt.Before(*f.UpdatedFrom))
	}
	return sortedBy(f.Sort, keep(w.matches, fits),
		func(m Match) (resolve.Time, int64, resolve.ID) { return m.Start, m.UpdatedAt.UnixMicro(), m.ID })
}

func (w *world) filterRecords(f MatchFilter) []MatchRecord {
	fits := func(r MatchRecord) bool {
		for kind, value := range f.calls() {
			_, records := w.called(kind, value)
			if !slices.ContainsFunc(r.refs(kind), func(id resolve.ID) bool { return slices.Contains(records, id) }) {
				return false
			}
		}
		twice := func(m Match) bool { return m.ID == r.Entity && toldBy(m.Records, r.Source, f.Twice) }
		return !r.Withdrawn && (f.Source == "" || r.Source == f.Source) && (!f.Twice || slices.ContainsFunc(w.matches, twice)) && f.fits(r.State, r.Start) &&
			(f.UpdatedFrom == nil || !w.messages[r.Message-1].ReceivedAt.Before(*f.UpdatedFrom))
	}
	return sortedBy(f.Sort, keep(w.matchRecords, fits),
		func(r MatchRecord) (resolve.Time, int64, resolve.ID) { return r.Start, r.Message, r.ID })
}

// toldBy says whether a source, "" any, has one of the records, or several.
func toldBy(records []RecordRef, source string, twice bool) bool {
	times, most := map[string]int{}, 0
	for _, r := range records {
		times[r.Source]++
		most = max(most, times[r.Source])
	}
	if source != "" {
		most = times[source]
	}
	return most > order(twice)
}

func (f MatchFilter) calls() map[resolve.Kind]string {
	calls := map[resolve.Kind]string{resolve.KindTitle: f.Title, resolve.KindTournament: f.Tournament, resolve.KindTeam: f.Team}
	maps.DeleteFunc(calls, func(_ resolve.Kind, value string) bool { return value == "" })
	return calls
}

// fits says whether what matches and records have alike is as the filter asks.
func (f MatchFilter) fits(state *int, start resolve.Time) bool {
	day := start.Precision == resolve.PrecisionDay
	told := start.Precision != ""
	return (f.State == nil || state != nil && *state == *f.State) &&
		(f.From == nil || told && (!start.At.Before(*f.From) || day && !start.At.Before(f.From.Truncate(24*time.Hour)))) &&
		(f.To == nil || told && !start.At.After(*f.To))
}

// refs are the records of a kind that a match record tells.
func (r MatchRecord) refs(kind resolve.Kind) []resolve.ID {
	switch kind {
	case resolve.KindTitle:
		return []resolve.ID{value(r.Title).ID}
	case resolve.KindTournament:
		return []resolve.ID{value(r.Tournament).ID}
	}
	return []resolve.ID{r.Sides[0].Team.ID, r.Sides[1].Team.ID}
}

func keep[T any](all []T, fits func(T) bool) []T {
	kept := []T{}
	for _, one := range all {
		if fits(one) {
			kept = append(kept, one)
		}
	}
	return kept
}

func sortedBy[T any](sort Sort, all []T, key func(T) (start resolve.Time, updated int64, id resolve.ID)) []T {
	slices.SortFunc(all, func(a, b T) int {
		startA, updatedA, idA := key(a)
		startB, updatedB, idB := key(b)
		ids := cmp.Compare(idA, idB)
		switch sort {
		case ByUpdated:
			return cmp.Or(cmp.Compare(updatedA, updatedB), ids)
		case ByUpdatedDesc:
			return -cmp.Or(cmp.Compare(updatedA, updatedB), ids)
		}
		untold := cmp.Compare(order(startA.Precision == ""), order(startB.Precision == ""))
		if sort == ByStart {
			return cmp.Or(untold, startA.At.Compare(startB.At), ids)
		}
		return cmp.Or(untold, -startA.At.Compare(startB.At), -ids)
	})
	return all
}

func order(later bool) int {
	if later {
		return 1
	}
	return 0
}
