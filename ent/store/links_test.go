package store

import (
	"cmp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"umpire/resolve"
)

// Links come heaviest first, and each once.
func TestLinksAsFiltered(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		rapid.Check(t, func(t *rapid.T) {
			w := drawWorld(t)
			if err := w.build(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			f := w.drawLinkFilter(t)
			got, last := []Link{}, resolve.Weight(1<<20)
			for next := "-"; next != ""; {
				page, err := s.Links(t.Context(), f)
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range page.Items {
					if l.Weight > last {
						t.Fatalf("%d after %d", l.Weight, last)
					}
					last = l.Weight
				}
				got = append(got, page.Items...)
				next, f.Cursor = page.Next, page.Next
			}
			byPair := func(a, b Link) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) }
			want := w.filterLinks(f)
			slices.SortFunc(got, byPair)
			slices.SortFunc(want, byPair)
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Fatalf("links of %+v (-want +got):\n%s", f, diff)
			}
		})
	})
}

func (w *world) drawLinkFilter(t *rapid.T) LinkFilter {
	f := LinkFilter{
		Kind:    rapid.SampledFrom(append([]resolve.Kind{""}, resolve.Kinds[:]...)).Draw(t, "kind"),
		Verdict: rapid.SampledFrom([]resolve.Verdict{"", resolve.Joined, resolve.Suggested}).Draw(t, "verdict"),
		Limit:   rapid.IntRange(1, 5).Draw(t, "limit"),
	}
	if rapid.Bool().Draw(t, "of an entity") {
		f.Entity = rapid.SampledFrom(w.named).Draw(t, "entity").ID
	}
	return f
}

func (w *world) filterLinks(f LinkFilter) []Link {
	return keep(w.links, func(l Link) bool {
		return (f.Kind == "" || l.Kind == f.Kind) && (f.Verdict == "" || l.Verdict == f.Verdict) &&
			(f.Entity == "" || l.RecordA.Entity == f.Entity || l.RecordB.Entity == f.Entity)
	})
}
