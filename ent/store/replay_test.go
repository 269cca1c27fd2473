package store

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"umpire/resolve"
)

// unread is a delivery that could not be read.
func unread(body string) Delivery {
	return Delivery{Source: "a", Body: []byte(body), ReceivedAt: received, Fault: &resolve.InvalidError{Field: "data.date", Reason: "no such day"}}
}

func TestReplay(t *testing.T) {
	early, late := m("a", "1", "fnatic", "NiP"), m("a", "1", "fnatic", "VP")
	other := m("a", "2", "dignitas", "LDLC")
	for _, c := range []struct {
		reason  string
		before  []Delivery // message 1 is the one in quarantine
		as      Delivery
		fate    Fate
		matches map[resolve.ID]resolve.Match
	}{
		{
			"what it tells was never told", nil, delivers(early, ""), Applied,
			map[resolve.ID]resolve.Match{early.ID: arriving(early, 1)},
		}, {
			"a later message said otherwise, and stays; but the record is older now", []Delivery{delivers(late, "late")},
			delivers(early, ""), Applied,
			map[resolve.ID]resolve.Match{late.ID: arriving(late, 1)},
		}, {
			"a later message told another record", []Delivery{delivers(other, "other")},
			delivers(early, ""), Applied,
			map[resolve.ID]resolve.Match{early.ID: arriving(early, 1), other.ID: arriving(other, 2)},
		}, {
			"a later message withdrew the record", []Delivery{delivers(late, "late"), withdraws(late)},
			delivers(early, ""), Applied, map[resolve.ID]resolve.Match{},
		}, {
			"it still cannot be read", nil, unread(""), Quarantined, map[resolve.ID]resolve.Match{},
		}, {
			"it withdraws what was never told", nil, withdraws(early), Quarantined, map[resolve.ID]resolve.Match{},
		}, {
			"it withdraws what was told later", []Delivery{delivers(late, "late")}, withdraws(late), Applied,
			map[resolve.ID]resolve.Match{late.ID: arriving(late, 2)},
		},
	} {
		t.Run(c.reason, func(t *testing.T) {
			conform(t, func(t *testing.T, s *Store) {
				ingest(t, s, append([]Delivery{unread("body")}, c.before...)...)
				seen, err := s.Dirty(t.Context(), 10)
				if err != nil {
					t.Fatal(err)
				}
				out, err := s.Replay(t.Context(), 1, c.as)
				if err != nil {
					t.Fatal(err)
				}
				if out.Message != 1 || out.Seq != 1 || out.Source != "a" || out.Fate != c.fate {
					t.Errorf("outcome %+v", out)
				}
				kept, err := s.Message(t.Context(), 1)
				if err != nil || string(kept.Body) != "body" {
					t.Errorf("kept %q, %v: the bytes are as delivered", kept.Body, err)
				}
				if diff := cmp.Diff(out, kept.Outcome); diff != "" {
					t.Errorf("kept: %s", diff)
				}
				if diff := cmp.Diff(c.matches, live(t, s)); diff != "" {
					t.Error(diff)
				}
				owning(t, s)
				if err := s.Apply(t.Context(), resolve.Plan{}, seen, "what was dirty before"); err != nil {
					t.Fatal(err)
				}
				if c.fate == Applied && !slices.Contains(dirty(t, s), out.Record) {
					t.Error("a mark that was read before the replay lifted the replay's")
				}
			})
		})
	}
}

// dirty returns the records that are.
func dirty(t *testing.T, s *Store) []resolve.ID {
	t.Helper()
	marks, err := s.Dirty(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	var records []resolve.ID
	for _, m := range marks {
		records = append(records, m.Record)
	}
	return records
}

// TestReplayAgesNames: what a replayed message names is as old as the message.
func TestReplayAgesNames(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, unread("1"), delivers(m("a", "2", "LDLC", "VP"), "2"))
		if _, err := s.Replay(t.Context(), 1, delivers(m("a", "1", "LDLC", "fnatic"), "")); err != nil {
			t.Fatal(err)
		}
		want := map[string]int64{"CS:GO": 1, "ESL One": 1, "LDLC": 1, "VP": 2, "fnatic": 1}
		got := map[string]int64{}
		for match := range s.Live(t.Context()) {
			for n := range namedOf(match) {
				got[n.Name] = n.Arrival
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestReplayRefuses(t *testing.T) {
	good := m("a", "1", "fnatic", "NiP")
	bad := m("a", "1", "fnatic", "Ni\x00P")
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, delivers(good, "good"), unread("bad"))
		for _, c := range []struct {
			reason string
			id     int64
			as     *resolve.Match
			want   error
		}{
			{"there is no such message", 99, good, ErrNotFound},
			{"it is applied", 1, good, ErrConflict},
			{"its content cannot be stored", 2, bad, ErrPoison},
		} {
			if _, err := s.Replay(t.Context(), c.id, delivers(c.as, "")); !errors.Is(err, c.want) {
				t.Errorf("%s: got %v, want %v", c.reason, err, c.want)
			}
		}
		if kept, err := s.Message(t.Context(), 2); err != nil || kept.Fate != Quarantined {
			t.Errorf("a replay that fails leaves the message as it is: %+v, %v", kept, err)
		}
	})
}

func TestQuarantine(t *testing.T) {
	first, second := m("a", "1", "fnatic", "NiP"), m("a", "1", "fnatic", "VP")
	fault := resolve.InvalidError{Field: "data.teams", Reason: "a later stage fails on it"}
	told := func(match *resolve.Match) map[resolve.ID]resolve.Match {
		return map[resolve.ID]resolve.Match{match.ID: arriving(match, 1)}
	}
	nothing := map[resolve.ID]resolve.Match{}
	for _, c := range []struct {
		reason string
		batch  []Delivery
		id     int64
		before *resolve.Match
		want   map[resolve.ID]resolve.Match
		then   map[resolve.ID]resolve.Match // when it is replayed
	}{
		{"nothing was told before it", []Delivery{delivers(first, "1")}, 1, nil, nothing, told(first)},
		{"its record goes back", []Delivery{delivers(first, "1"), delivers(second, "2")}, 2, first, told(first), told(second)},
		{"its record was withdrawn before it", []Delivery{delivers(first, "1"), withdraws(first), delivers(second, "2")}, 3, nil, nothing, told(second)},
		{"a later message replaced it already", []Delivery{delivers(first, "1"), delivers(second, "2")}, 1, nil, told(second), told(second)},
		{"it withdrew its record", []Delivery{delivers(first, "1"), withdraws(first)}, 2, first, told(first), nothing},
	} {
		t.Run(c.reason, func(t *testing.T) {
			conform(t, func(t *testing.T, s *Store) {
				ingest(t, s, c.batch...)
				seen, err := s.Dirty(t.Context(), 10)
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Quarantine(t.Context(), c.id, fault, c.before); err != nil {
					t.Fatal(err)
				}
				kept, err := s.Message(t.Context(), c.id)
				if err != nil || kept.Fate != Quarantined || kept.Field != fault.Field || kept.Reason != fault.Reason {
					t.Errorf("kept %+v, %v", kept.Outcome, err)
				}
				if diff := cmp.Diff(c.want, live(t, s)); diff != "" {
					t.Error(diff)
				}
				owning(t, s)
				if err := s.Apply(t.Context(), resolve.Plan{}, seen, "what was dirty before"); err != nil {
					t.Fatal(err)
				}
				if last := int64(len(c.batch)); c.id == last && !slices.Contains(dirty(t, s), first.ID) {
					t.Error("a mark that was read before the quarantine lifted the quarantine's")
				}
				if _, err := s.Replay(t.Context(), c.id, c.batch[c.id-1]); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(c.then, live(t, s)); diff != "" {
					t.Errorf("replayed: %s", diff)
				}
			})
		})
	}
}

func TestQuarantineRefuses(t *testing.T) {
	first, other := m("a", "1", "fnatic", "NiP"), m("a", "2", "fnatic", "VP")
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, delivers(first, "1"), unread("2"), delivers(first, "3"))
		for _, c := range []struct {
			reason string
			id     int64
			before *resolve.Match
			want   error
		}{
			{"there is no such message", 99, nil, ErrNotFound},
			{"it is in quarantine already", 2, nil, ErrConflict},
			{"before is of another record", 3, other, ErrConflict},
		} {
			if err := s.Quarantine(t.Context(), c.id, resolve.InvalidError{Reason: "test"}, c.before); !errors.Is(err, c.want) {
				t.Errorf("%s: got %v, want %v", c.reason, err, c.want)
			}
		}
		if diff := cmp.Diff(map[resolve.ID]resolve.Match{first.ID: arriving(first, 1)}, live(t, s)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestPrevious(t *testing.T) {
	first, other := m("a", "1", "fnatic", "NiP"), m("a", "2", "fnatic", "VP")
	repeated := delivers(first, "2")
	repeated.MessageID = "x"
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, delivers(first, "1"), repeated, delivers(other, "3"), repeated, delivers(first, "5"), withdraws(first), delivers(first, "7"), unread("8"))
		for _, c := range []struct {
			reason string
			id     int64
			want   int64 // 0: none
		}{
			{"the first of its record", 1, 0},
			{"the one before it", 2, 1},
			{"a duplicate has no effect", 5, 2},
			{"a withdrawal has", 7, 6},
			{"another record's", 3, 0},
			{"it is about no record", 8, 0},
			{"there is no such message", 99, 0},
		} {
			got, err := s.Previous(t.Context(), c.id)
			if c.want == 0 && !errors.Is(err, ErrNotFound) || c.want != 0 && (err != nil || got.Message != c.want) {
				t.Errorf("%s: got %d, %v, want %d", c.reason, got.Message, err, c.want)
			}
		}
		if got, err := s.Previous(t.Context(), 2); err != nil || string(got.Body) != "1" {
			t.Errorf("with its bytes: %q, %v", got.Body, err)
		}
	})
}
