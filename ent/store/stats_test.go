package store

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"umpire/resolve"
)

func TestStatsCount(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		rapid.Check(t, func(t *rapid.T) {
			w := drawWorld(t)
			if err := w.build(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			got, err := s.Stats(t.Context())
			if diff := gocmp.Diff(w.stats(), got); err != nil || diff != "" {
				t.Fatalf("%v (-want +got):\n%s", err, diff)
			}
		})
	})
}

func (w *world) stats() Stats {
	s := Stats{
		Messages:    map[Fate]int64{Applied: int64(len(w.messages)), Duplicate: 0, Quarantined: 0},
		Records:     map[resolve.Kind]int64{},
		Entities:    map[resolve.Kind]int64{resolve.KindMatch: int64(len(w.matches))},
		Merged:      count(w.matches, func(m Match) bool { return m.Sources > 1 }),
		Suggestions: count(w.links, func(l Link) bool { return l.Verdict == resolve.Suggested }),
		LastMessage: &w.messages[len(w.messages)-1].ReceivedAt,
		Model:       resolve.Shipped().Version,
	}
	for _, kind := range resolve.Kinds[:3] {
		s.Records[kind] = count(w.records(kind), func(r RecordRef) bool { return r.Entity != "" })
		s.Entities[kind] = int64(len(w.of(kind)))
	}
	s.Records[resolve.KindMatch] = count(w.matchRecords, func(r MatchRecord) bool { return !r.Withdrawn })
	return s
}

func count[T any](all []T, of func(T) bool) int64 { return int64(len(keep(all, of))) }

func TestStatsOfNothing(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		got, err := s.Stats(t.Context())
		if err != nil || got.LastMessage != nil || got.LastChange != 0 || got.Messages[Applied] != 0 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
