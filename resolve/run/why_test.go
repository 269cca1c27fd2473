package run

import (
	"context"
	"errors"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sync/errgroup"

	"umpire/ent/store"
	"umpire/ingest"
	"umpire/resolve"
)

// Many ask at once while the line is running: each is answered, in the words of the links
// that the store keeps; who stands by refuses.
func TestWhyWhileSettling(t *testing.T) {
	deliveries := feed(t, 300)
	onBoth(t, func(t *testing.T, s *store.Store) {
		intake := ingest.NewIntake(s)
		if _, err := intake.Take(t.Context(), deliveries[:200]); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		group, ctx := errgroup.WithContext(ctx)
		r := New(s, intake.Quarantine)
		intake.Committed = r.Nudge
		group.Go(func() error { return r.Run(ctx) })
		links := joined(t, s)
		asking, asked := errgroup.WithContext(t.Context())
		for _, link := range links[:min(len(links), 20)] {
			asking.Go(func() error {
				why, err := r.Why(asked, link.B, link.A)
				if err == nil && (why.Apart != nil || why.Verdict != resolve.Joined) {
					t.Errorf("%s and %s are joined, explained as %+v", link.A, link.B, why.Apart)
				}
				return err
			})
		}
		_, err := intake.Take(t.Context(), deliveries[200:])
		must(t, errors.Join(err, asking.Wait()))
		other := New(s, intake.Quarantine)
		group.Go(func() error { return other.Run(ctx) })
		if _, err := other.Why(t.Context(), links[0].A, links[0].B); !errors.Is(err, store.ErrElsewhere) {
			t.Errorf("another process, asked: %v", err)
		}
		if _, err := r.Why(t.Context(), links[0].A, "mch_0000000000000000"); !errors.Is(err, resolve.ErrUnknown) {
			t.Errorf("asked of an unknown record: %v", err)
		}
		settled(t, s)
		sameFromOutside(t, s, r)
		stop()
		must(t, group.Wait())
	})
}

// sameFromOutside checks that who rebuilds the engine for one question is told the same.
func sameFromOutside(t *testing.T, s *store.Store, r *Resolver) {
	t.Helper()
	link := joined(t, s)[0]
	want, err := r.Why(t.Context(), link.A, link.B)
	must(t, err)
	got, err := Why(t.Context(), s, link.A, link.B)
	must(t, err)
	if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("asked from outside (-resolver +outside):\n%s", diff)
	}
}

// joined waits for links, and lists those of pairs that are joined.
func joined(t *testing.T, s *store.Store) []resolve.Link {
	t.Helper()
	settled(t, s)
	var links []resolve.Link
	for f := (store.LinkFilter{Verdict: resolve.Joined}); ; {
		page, err := s.Links(t.Context(), f)
		must(t, err)
		for _, l := range page.Items {
			links = append(links, l.Link)
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			break
		}
	}
	if len(links) == 0 {
		t.Fatal("nothing is joined")
	}
	return links
}

func settled(t *testing.T, s *store.Store) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		marks, err := s.Dirty(t.Context(), 1)
		must(t, err)
		if len(marks) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("not settled in a minute")
		}
	}
}

// A question without a resolver ends with its context.
func TestWhyWaitsNoLongerThanAsked(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := New(nil, nil).Why(ctx, "mch_0", "mch_1"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("without a resolver: %v", err)
	}
}
