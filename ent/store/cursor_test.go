package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"umpire/resolve"
)

func TestCursorSaysWhereAPageEnds(t *testing.T) {
	l := byStart()
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-1<<33, 1<<33).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
		last := key{at.UTC(), rapid.String().Draw(t, "id")}
		if rapid.Bool().Draw(t, "no start") {
			last[0] = nil
		}
		sealed := l.seal(last)
		if strings.Trim(sealed, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			t.Errorf("%q is not fit for a URL", sealed)
		}
		got, err := l.open(sealed)
		if isText(last[1].(string)) {
			if diff := cmp.Diff(last, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		} else if err == nil {
			t.Errorf("%q is taken for text", last[1])
		}
	})
}

// byStart is a list in the usual order.
func byStart() listing {
	l, err := ordered(ByStartDesc, column{})
	if err != nil {
		panic(err)
	}
	return l
}

func TestCursorsRefused(t *testing.T) {
	updated, err := ordered(ByUpdated, byNumber("message", 64))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ reason, cursor string }{
		{"of another order", updated.seal(key{int64(1), "mch_x"})},
		{"not base64", "%%%"},
		{"not JSON", "bm90IGpzb24"},
		{"of another version", "eyJ2IjoyLCJzIjoiLWRhdGVfc3RhcnQiLCJrIjpbbnVsbCwibWNoX3giXX0"},
		{"too long a key", byStart().seal(key{worldDay, "mch_x", "y"})},
		{"too short a key", byStart().seal(key{worldDay})},
		{"a start that is no time", byStart().seal(key{"soon", "mch_x"})},
		{"no id", byStart().seal(key{worldDay, nil})},
		{"an id that no database takes", byStart().seal(key{worldDay, "\x00"})},
	} {
		_, err := byStart().open(c.cursor)
		wantInvalid(t, err, "cursor", c.reason)
	}
	number := listing{sort: "n", by: []column{byNumber("weight", 32)}}
	_, err = number.open(number.seal(key{int64(1) << 40}))
	wantInvalid(t, err, "cursor", "a number that the column does not hold")
}

func FuzzCursor(f *testing.F) {
	f.Add(byStart().seal(key{worldDay, "mch_x"}))
	f.Add(byStart().seal(key{nil, "mch_x"}))
	f.Add("bnVsbA")
	f.Fuzz(func(t *testing.T, cursor string) {
		k, err := byStart().open(cursor)
		if err != nil {
			if fault, ok := errors.AsType[*resolve.InvalidError](err); !ok || fault.Field != "cursor" {
				t.Fatalf("%q: %v", cursor, err)
			}
			return
		}
		again, err := byStart().open(byStart().seal(k))
		if cursor != "" && (err != nil || !cmp.Equal(k, again)) {
			t.Fatalf("%q reads as %v, and sealed again as %v, %v", cursor, k, again, err)
		}
	})
}

// What is written while a list is read neither hides a row that was there nor shows one twice.
func TestPagesWhileWriting(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		w := newWorld()
		team := w.fillNamed(resolve.KindTeam, "team")
		for i := range 40 {
			w.fillPlain(team, worldDay.Add(time.Duration(i/4)*time.Hour))
		}
		if err := w.build(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		before := w.matches
		seen := map[resolve.ID]int{}
		for f := (MatchFilter{Limit: 3}); ; {
			page, err := s.Matches(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range page.Items {
				seen[m.ID]++
			}
			if page.Next == "" {
				break
			}
			f.Cursor = page.Next
			added := newWorld()
			added.messages = append(added.messages, w.messages...)
			for _, at := range []time.Duration{-1, 5, 100} {
				added.fillPlain(team, worldDay.Add(at*time.Hour))
			}
			if err := added.add(t.Context(), s, len(w.messages)); err != nil {
				t.Fatal(err)
			}
			w.messages = added.messages
		}
		for _, m := range before {
			if seen[m.ID] != 1 {
				t.Errorf("match of %s was seen %d times", m.Start.At, seen[m.ID])
			}
		}
		for id, n := range seen {
			if n > 1 {
				t.Errorf("%s was seen %d times", id, n)
			}
		}
	})
}

// add writes a world's matches beside what is there, its messages but the first ones too.
func (w *world) add(ctx context.Context, s *Store, messages int) error {
	fresh := *w
	fresh.messages = w.messages[messages:]
	return s.write(ctx, func(t *tx) error {
		for _, r := range []rows{fresh.messageRows(), fresh.matchRows(), fresh.matchRecordRows(), fresh.placementRows(), fresh.scoreRows()} {
			if err := t.put(ctx, r); err != nil {
				return fmt.Errorf("add to the world: %w", err)
			}
		}
		return nil
	})
}
