package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"umpire/ent/db/link"
	"umpire/resolve"
)

// allLinks reads all of every link.
func allLinks(t *testing.T, s *Store) []resolve.Link {
	t.Helper()
	all, err := look(t.Context(), s, func(v view) ([]resolve.Link, error) {
		var all []resolve.Link
		err := v.each(t.Context(), v.from(link.Table, linkFields...), func(scan func(...any) error) error {
			l, err := scanLink(scan)
			all = append(all, l)
			return err
		})
		return all, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestHeld: who is one comes back with a digest of the rest, and one that is told later, of an
// entity that says the same as ever, is written and is no history.
func TestHeld(t *testing.T) {
	a, b, other := pair()
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, delivers(a, "1"), delivers(b, "2"), delivers(other, "3"))
		r := owning(t, s)
		next := clustered([]*resolve.Match{a, b}, []*resolve.Match{other})
		plan := r.settle(t, next)
		ab := resolve.Link{Kind: resolve.KindMatch, A: min(a.ID, b.ID), B: max(a.ID, b.ID), Weight: 16, Verdict: resolve.Joined, Digest: -7}
		for n, e := range plan.Put {
			plan.Put[n].Digest = -int64(len(e.Members))
		}
		told := lastChange(t, s)
		again := resolve.Plan{Put: plan.Put, Changes: plan.Changes, Link: []resolve.Link{ab}}
		if err := s.Apply(t.Context(), again, nil, "test"); err != nil {
			t.Fatal(err)
		}
		if now := lastChange(t, s); now != told {
			t.Errorf("a digest is told as change %d, after %d", now, told)
		}
		var want []resolve.Entity
		for _, e := range plan.Put {
			is := resolve.Entity{Kind: e.Kind, ID: e.ID, Digest: e.Digest}
			for _, m := range e.Members {
				is.Members = append(is.Members, resolve.Member{Record: m.Record})
			}
			want = append(want, is)
		}
		byID := cmpopts.SortSlices(func(x, y resolve.Entity) bool { return x.ID < y.ID })
		members := cmpopts.SortSlices(func(x, y resolve.Member) bool { return x.Record < y.Record })
		if diff := cmp.Diff(want, collect(t, s.Held(t.Context())), byID, members); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		held := []resolve.Link{{Kind: ab.Kind, A: ab.A, B: ab.B, Digest: ab.Digest}}
		if diff := cmp.Diff(held, collect(t, s.HeldLinks(t.Context()))); diff != "" {
			t.Errorf("links (-want +got):\n%s", diff)
		}
	})
}

func lastChange(t *testing.T, s *Store) int64 {
	t.Helper()
	stats, err := s.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return stats.LastChange
}
