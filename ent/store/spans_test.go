package store

import (
	"cmp"
	"maps"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"umpire/resolve"
)

// The spans of names are what a look at every match record gives.
func TestNameSpans(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		rapid.Check(t, func(t *rapid.T) {
			w := drawWorld(t)
			if err := w.build(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			for _, team := range w.of(resolve.KindTeam) {
				got, err := s.NameSpans(t.Context(), team.ID)
				if err != nil {
					t.Fatal(err)
				}
				if diff := gocmp.Diff(w.nameSpans(team), got); diff != "" {
					t.Fatalf("names of %s (-want +got):\n%s", team.ID, diff)
				}
			}
		})
		for _, id := range []resolve.ID{"", "tem_0000000000000000", "tem_\x00"} {
			if spans, err := s.NameSpans(t.Context(), id); err != nil || len(spans) > 0 {
				t.Errorf("names of %q: %v, %v", id, spans, err)
			}
		}
	})
}

func (w *world) nameSpans(team Named) []NameSpan {
	type use struct {
		record resolve.ID
		name   string
	}
	found := map[use]*NameSpan{}
	for _, m := range w.matchRecords {
		met := map[use]bool{}
		for _, side := range m.Sides {
			of := slices.IndexFunc(team.Records, func(r RecordRef) bool { return r.ID == side.Team.ID })
			u := use{side.Team.ID, side.Team.Name}
			if of < 0 || m.Withdrawn || met[u] {
				continue
			}
			met[u] = true
			if found[u] == nil {
				found[u] = &NameSpan{Record: u.record, Source: team.Records[of].Source, Name: u.name, Matches: 0}
			}
			found[u].Matches++
			found[u].extend(m.Start)
		}
	}
	spans := []NameSpan{}
	for span := range maps.Values(found) {
		spans = append(spans, *span)
	}
	slices.SortFunc(spans, func(a, b NameSpan) int {
		return cmp.Or(value(a.Last).Compare(value(b.Last)), value(a.First).Compare(value(b.First)),
			cmp.Compare(a.Source, b.Source), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Record, b.Record))
	})
	return spans
}

func (n *NameSpan) extend(start resolve.Time) {
	if start.Precision == "" {
		return
	}
	at := start.At.UTC().Truncate(24 * time.Hour)
	if n.First == nil || at.Before(*n.First) {
		n.First = &at
	}
	if n.Last == nil || at.After(*n.Last) {
		n.Last = &at
	}
}
