package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"umpire/resolve"
)

func TestSources(t *testing.T) {
	a, b, other := pair()
	again := delivers(a, "1")
	again.Redelivered, again.ReceivedAt = true, received.Add(time.Hour)
	last := received.Add(time.Hour)
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, delivers(a, "1"), delivers(b, "2"), delivers(other, "3"), unread("4"), again)
		if err := s.PutSource(t.Context(), Source{Name: "quiet", Zone: "Europe/Berlin", IDs: map[string]string{"team": IDsMeanNothing}}); err != nil {
			t.Fatal(err)
		}
		owning(t, s).settle(t, clustered([]*resolve.Match{a, b}, []*resolve.Match{other}))
		want := []Source{
			{Name: "a", Zone: "UTC", Seq: 4, Counts: SourceCounts{
				Messages: 4, Quarantined: 1, Duplicates: 1, Matches: 2, Teams: 3, Tournaments: 1, Merged: 1,
				FirstReceived: &received, LastReceived: &last,
			}},
			{Name: "b", Zone: "UTC", Seq: 1, Counts: SourceCounts{
				Messages: 1, Matches: 1, Teams: 2, Tournaments: 1, Merged: 1, FirstReceived: &received, LastReceived: &received,
			}},
			{Name: "quiet", Zone: "Europe/Berlin", IDs: map[string]string{"team": "none"}},
		}
		got, err := s.Sources(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Source{}, "CreatedAt"), cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
		one, err := s.Source(t.Context(), "b")
		if diff := cmp.Diff(want[1], one, cmpopts.IgnoreFields(Source{}, "CreatedAt"), cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
		if _, err := s.Source(t.Context(), "nobody"); !errors.Is(err, ErrNotFound) {
			t.Errorf("a source that never was: %v", err)
		}
		ingest(t, s, withdraws(other))
		if one, err := s.Source(t.Context(), "a"); err != nil || one.Counts.Matches != 1 {
			t.Errorf("withdrawn records are not counted: %+v, %v", one.Counts, err)
		}
		profiles, err := s.Profiles(t.Context())
		if err != nil || len(profiles) != 3 || profiles[2].Zone != "Europe/Berlin" {
			t.Errorf("profiles: %+v, %v", profiles, err)
		}
	})
}

func TestPutSourceReadsStartsAgain(t *testing.T) {
	minute, day, absolute, none := m("a", "1", "x", "y"), m("a", "2", "x", "y"), m("a", "3", "x", "y"), m("a", "4", "x", "y")
	for _, c := range []struct {
		match *resolve.Match
		raw   string
	}{{minute, "2015-07-02 18:00"}, {day, "2015-07-02"}, {absolute, "2015-07-02T18:00:00Z"}, {none, ""}} {
		start, err := resolve.ParseTime(c.raw, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		c.match.Start = start
	}
	elsewhere := m("b", "1", "x", "y")
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, delivers(minute, "1"), delivers(day, "2"), delivers(absolute, "3"), delivers(none, "4"), delivers(elsewhere, "5"))
		before := live(t, s)
		marks, err := s.Dirty(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.PutSource(t.Context(), Source{Name: "a", Zone: "Europe/Berlin"}); err != nil {
			t.Fatal(err)
		}
		moved := before[minute.ID]
		moved.Start.At = time.Date(2015, 7, 2, 16, 0, 0, 0, time.UTC)
		before[minute.ID] = moved
		if diff := cmp.Diff(before, live(t, s)); diff != "" {
			t.Error(diff)
		}
		owning(t, s)
		if err := s.Apply(t.Context(), resolve.Plan{}, marks, "what was dirty before"); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]resolve.ID{minute.ID}, dirty(t, s)); diff != "" {
			t.Errorf("dirty: %s", diff)
		}
	})
}

// TestReadByAnotherProfile: what was read by a profile that is not its source's any more is
// read again, not taken in.
func TestReadByAnotherProfile(t *testing.T) {
	tokyo := &Profile{Zone: "Asia/Tokyo", IDs: map[string]string{"team": IDsMeanNothing}}
	for _, c := range []struct {
		reason string
		stored *Source
		by     *Profile
		want   error
	}{
		{"of a source that is not there nothing is known", nil, &Profile{}, nil},
		{"nor is there another profile of it", nil, tokyo, ErrStale},
		{"the default, spelt out", &Source{Name: "a", Zone: "UTC", IDs: map[string]string{"team": IDsWithinTitle}}, &Profile{}, nil},
		{"the source was made meanwhile", &Source{Name: "a", Zone: "Asia/Tokyo"}, &Profile{}, ErrStale},
		{"its ids mean something else", &Source{Name: "a", IDs: tokyo.IDs}, &Profile{}, ErrStale},
		{"its zone is another", &Source{Name: "a", Zone: "Asia/Seoul", IDs: tokyo.IDs}, tokyo, ErrStale},
		{"the same", &Source{Name: "a", Zone: "Asia/Tokyo", IDs: tokyo.IDs}, tokyo, nil},
		{"a withdrawal is read by none", &Source{Name: "a", Zone: "Asia/Tokyo"}, nil, nil},
	} {
		t.Run(c.reason, func(t *testing.T) {
			conform(t, func(t *testing.T, s *Store) {
				ingest(t, s, Delivery{Body: []byte("{"), ReceivedAt: received, Fault: &resolve.InvalidError{}})
				if c.stored != nil {
					if err := s.PutSource(t.Context(), *c.stored); err != nil {
						t.Fatal(err)
					}
				}
				d := delivers(m("a", "1", "x", "y"), "1")
				d.Profile = c.by
				if _, err := s.Replay(t.Context(), 1, d); !errors.Is(err, c.want) {
					t.Errorf("replayed: got %v, want %v", err, c.want)
				}
				if _, err := s.Ingest(t.Context(), []Delivery{delivers(m("b", "1", "x", "y"), "0"), d}); !errors.Is(err, c.want) {
					t.Errorf("taken in: got %v, want %v", err, c.want)
				}
				kept := s.client.Message.Query().CountX(t.Context())
				if want := map[error]int{nil: 3, ErrStale: 1}[c.want]; kept != want {
					t.Errorf("%d messages are kept, want %d", kept, want)
				}
			})
		})
	}
}

func TestPutSourceRefuses(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, delivers(m("a", "1", "x", "y"), "1"))
		for _, c := range []struct {
			reason string
			put    Source
			field  string // of an InvalidError; "": a conflict
		}{
			{"there is no such zone", Source{Name: "a", Zone: "Mars/Olympus"}, "zone"},
			{"the machine's own zone is nobody's", Source{Name: "a", Zone: "Local"}, "zone"},
			{"a zone is no file", Source{Name: "a", Zone: "../passwd"}, "zone"},
			{"messages' names of sources are trimmed", Source{Name: " a"}, "name"},
			{"a name with a NUL is no text", Source{Name: "a\x00"}, "name"},
			{"a name beyond length is in no index", Source{Name: strings.Repeat("é", MaxText)}, "name"},
			{"titles are keyed by name", Source{Name: "a", Zone: "UTC", IDs: map[string]string{"title": "source"}}, "ids.title"},
			{"a match has no name to be keyed by", Source{Name: "a", Zone: "UTC", IDs: map[string]string{"match": IDsMeanNothing}}, "ids.match"},
			{"there is no such meaning", Source{Name: "a", Zone: "UTC", IDs: map[string]string{"team": "all"}}, "ids.team"},
			{"its keys rest on what its ids mean", Source{Name: "a", Zone: "UTC", IDs: map[string]string{"team": IDsWithinAll}}, ""},
		} {
			err := s.PutSource(t.Context(), c.put)
			invalid, isInvalid := errors.AsType[*resolve.InvalidError](err)
			if c.field == "" && !errors.Is(err, ErrConflict) || c.field != "" && (!isInvalid || invalid.Field != c.field) {
				t.Errorf("%s: got %v", c.reason, err)
			}
		}
		same := Source{Name: "a", IDs: map[string]string{"team": IDsWithinTitle}}
		if err := s.PutSource(t.Context(), same); err != nil {
			t.Errorf("the default, spelt out: %v", err)
		}
		if err := s.PutSource(t.Context(), Source{Name: "new", IDs: map[string]string{"team": IDsWithinAll}}); err != nil {
			t.Errorf("a source that has no records: %v", err)
		}
		if got, err := s.Source(t.Context(), "a"); err != nil || got.Zone != "UTC" || got.Seq != 1 {
			t.Errorf("the source is %+v, %v", got, err)
		}
	})
}
