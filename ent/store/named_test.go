package store

import (
	"cmp"
	"errors"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"umpire/resolve"
	"umpire/resolve/text"
)

// Paging through titles, tournaments or teams gives what a plain filter gives, by name.
func TestNamesAsFiltered(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		rapid.Check(t, func(t *rapid.T) {
			w := drawWorld(t)
			if err := w.build(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			f := w.drawNamedFilter(t)
			want, got := w.filterNamed(f), []Named{}
			for next := "-"; next != ""; {
				page, err := s.NamedList(t.Context(), f)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, page.Items...)
				next, f.Cursor = page.Next, page.Next
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Fatalf("list of %+v (-want +got):\n%s", f, diff)
			}
			for _, n := range w.named {
				if got, err := s.Named(t.Context(), n.ID); err != nil || !gocmp.Equal(n, got) {
					t.Fatalf("%s: %v (-want +got):\n%s", n.ID, err, gocmp.Diff(n, got))
				}
			}
		})
	})
}

func (w *world) drawNamedFilter(t *rapid.T) NamedFilter {
	f := NamedFilter{
		Kind:  rapid.SampledFrom(resolve.Kinds[:3]).Draw(t, "kind"),
		Limit: rapid.IntRange(1, 4).Draw(t, "limit"),
	}
	if rapid.Bool().Draw(t, "by name") {
		f.Name = w.drawCall(t, f.Kind)
	}
	if f.Kind != resolve.KindTitle && rapid.Bool().Draw(t, "by title") {
		f.Title = w.drawCall(t, resolve.KindTitle)
	}
	if rapid.Bool().Draw(t, "by source") {
		f.Source = rapid.SampledFrom(worldSources).Draw(t, "source")
	}
	f.Twice = rapid.IntRange(0, 2).Draw(t, "twice") == 0
	return f
}

func (w *world) filterNamed(f NamedFilter) []Named {
	called, _ := w.called(f.Kind, f.Name)
	titles, _ := w.called(resolve.KindTitle, f.Title)
	kept := keep(w.of(f.Kind), func(n Named) bool {
		return (f.Name == "" || slices.Contains(called, n.ID)) &&
			(f.Title == "" || slices.Contains(titles, value(n.Title).ID)) &&
			toldBy(n.Records, f.Source, f.Twice)
	})
	slices.SortFunc(kept, func(a, b Named) int {
		return cmp.Or(cmp.Compare(text.Fold(a.Name), text.Fold(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return kept
}

func TestNamedNotFound(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		for _, id := range []resolve.ID{"", "tem_0000000000000000", "mch_0000000000000000", "no id", "tem_\x00"} {
			if n, err := s.Named(t.Context(), id); !errors.Is(err, ErrNotFound) {
				t.Errorf("%q is %v, %v", id, n, err)
			}
		}
	})
}

// A filter that cannot be is told by the field that is at fault.
func TestListsRefuse(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		for _, c := range []struct {
			reason, field string
			filter        MatchFilter
		}{
			{"nothing left of a name", "team", MatchFilter{Team: "!?"}},
			{"nothing left of a name", "title", MatchFilter{Title: "…"}},
			{"nothing left of a name", "tournament", MatchFilter{Tournament: " "}},
			{"an id that no database takes", "team", MatchFilter{Team: "tem_\x00"}},
			{"an id that is no text", "team", MatchFilter{Team: "tem_\xff"}},
			{"a source that no database takes", "source", MatchFilter{Source: "\x00"}},
			{"a source that is no text", "source", MatchFilter{Source: "\xff"}},
			{"too many at once", "limit", MatchFilter{Limit: 501}},
			{"fewer than none", "limit", MatchFilter{Limit: -1}},
			{"no such order", "sort", MatchFilter{Sort: "name"}},
			{"no cursor", "cursor", MatchFilter{Cursor: "next please"}},
		} {
			_, err := s.Matches(t.Context(), c.filter)
			wantInvalid(t, err, c.field, c.reason)
			_, err = s.MatchRecords(t.Context(), c.filter)
			wantInvalid(t, err, c.field, c.reason)
		}
		for _, c := range []struct {
			reason, field string
			filter        NamedFilter
		}{
			{"matches have no names", "kind", NamedFilter{Kind: resolve.KindMatch}},
			{"no kind", "kind", NamedFilter{}},
			{"a title has no title", "title", NamedFilter{Kind: resolve.KindTitle, Title: "csgo"}},
			{"nothing left of a name", "name", NamedFilter{Kind: resolve.KindTeam, Name: "--"}},
			{"nothing left of a title", "title", NamedFilter{Kind: resolve.KindTeam, Title: "--"}},
			{"a source that is no text", "source", NamedFilter{Kind: resolve.KindTeam, Source: "\xff"}},
			{"too many at once", "limit", NamedFilter{Kind: resolve.KindTeam, Limit: 501}},
		} {
			_, err := s.NamedList(t.Context(), c.filter)
			wantInvalid(t, err, c.field, c.reason)
		}
	})
}

func wantInvalid(t *testing.T, err error, field, reason string) {
	t.Helper()
	if fault, ok := errors.AsType[*resolve.InvalidError](err); !ok || fault.Field != field {
		t.Errorf("%s: %v, want the fault to be %s", reason, err, field)
	}
}
