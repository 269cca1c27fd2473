package store

import (
	"fmt"
	"testing"

	"umpire/fixtures/servers"
	"umpire/resolve"
)

// benchmarks runs a benchmark on each database: PostgreSQL with its commits flushed to
// disk, as in production.
func benchmarks(b *testing.B, bench func(b *testing.B, s *Store)) {
	for name, url := range map[string]func() string{
		"sqlite":   func() string { return "sqlite:" + b.TempDir() + "/umpire.db" },
		"postgres": func() string { return servers.DurablePostgres(b).URL() },
	} {
		b.Run(name, func(b *testing.B) {
			s, err := Open(b.Context(), url())
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			if err := s.Migrate(b.Context()); err != nil {
				b.Fatal(err)
			}
			bench(b, s)
		})
	}
}

// batched is how many messages a batch of the benchmarks has.
const batched = 500

// batch makes a batch of new matches: teams come again, as they do.
func batch(from int) ([]Delivery, [][]*resolve.Match) {
	var deliveries []Delivery
	var groups [][]*resolve.Match
	for i := from; i < from+batched; i++ {
		match := m("a", fmt.Sprint(i), fmt.Sprint("team ", i%1999), fmt.Sprint("team ", i%2003))
		d := delivers(match, `{"source":"a","data":{"id":`+match.Key.ID+`}}`)
		d.MessageID = fmt.Sprint(i)
		deliveries = append(deliveries, d)
		groups = append(groups, []*resolve.Match{match})
	}
	return deliveries, groups
}

// BenchmarkIngest takes in batches of new matches; an operation is a batch.
func BenchmarkIngest(b *testing.B) {
	benchmarks(b, func(b *testing.B, s *Store) {
		for i := 0; b.Loop(); i++ {
			deliveries, _ := batch(i * batched)
			if _, err := s.Ingest(b.Context(), deliveries); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)*batched/b.Elapsed().Seconds(), "messages/s")
	})
}

// BenchmarkApply writes the entities of batches of new matches; an operation is a batch.
func BenchmarkApply(b *testing.B) {
	benchmarks(b, func(b *testing.B, s *Store) {
		if _, err := s.Own(b.Context()); err != nil {
			b.Fatal(err)
		}
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			deliveries, groups := batch(i * batched)
			if _, err := s.Ingest(b.Context(), deliveries); err != nil {
				b.Fatal(err)
			}
			plan := partition{}.to(clustered(groups...))
			marks, err := s.Dirty(b.Context(), batched)
			if err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			if err := s.Apply(b.Context(), plan, marks, "benchmark"); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)*batched/b.Elapsed().Seconds(), "matches/s")
	})
}

// BenchmarkLive reads all match records, as at a start; an operation is one record.
func BenchmarkLive(b *testing.B) {
	benchmarks(b, func(b *testing.B, s *Store) {
		for i := range 40 {
			deliveries, _ := batch(i * batched)
			if _, err := s.Ingest(b.Context(), deliveries); err != nil {
				b.Fatal(err)
			}
		}
		b.ResetTimer()
		for read := 0; read < b.N; {
			for _, err := range s.Live(b.Context()) {
				if err != nil {
					b.Fatal(err)
				}
				if read++; read == b.N {
					return
				}
			}
		}
	})
}
