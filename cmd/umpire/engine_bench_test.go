package main

import (
	"maps"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"umpire/ingest"
	"umpire/resolve"
)

// BenchmarkEngine tells the engine a feed's messages one at a time, and settles after each, as
// a resolver does that keeps up: how long one takes, how many pairs it weighs, and what the
// engine keeps of a match record in the end. The longest is told as it was met, and as it is if
// each message is told twice, to two engines, and the shorter time counts: a machine that others
// use takes the processor away now and then, and hardly ever twice at one message.
func BenchmarkEngine(b *testing.B) {
	path := os.Getenv("UMPIRE_BENCH_MESSAGES")
	if path == "" {
		path = "../../fixtures/csgo/messages.ndjson.gz"
	}
	matches, model := matchesOf(b, path)
	for b.Loop() {
		before := heapInUse()
		engine, took := tellOneByOne(model, matches)
		kept := heapInUse() - before
		stats := engine.Stats()
		b.ReportMetric(float64(kept)/float64(stats.Records[resolve.KindMatch]), "B/record")
		b.ReportMetric(float64(stats.Met)/float64(len(matches)), "met/message")
		_, again := tellOneByOne(model, matches)
		worst := time.Duration(0)
		for i := range took {
			worst = max(worst, min(took[i], again[i]))
		}
		b.ReportMetric(microseconds(worst), "µs-worst-of-two")
		report(b, took)
	}
}

// tellOneByOne tells an engine matches, settles after each, and returns how long each took.
func tellOneByOne(model *resolve.Model, matches []resolve.Match) (*resolve.Engine, []time.Duration) {
	engine := resolve.New(model)
	took := make([]time.Duration, len(matches))
	for i, m := range matches {
		start := time.Now()
		engine.Put(m)
		engine.Settle()
		took[i] = time.Since(start)
	}
	return engine, took
}

func microseconds(t time.Duration) float64 { return float64(t.Nanoseconds()) / 1000 }

// matchesOf is what a feed's messages say of matches, one by one, and a model learnt from what
// they say in the end.
func matchesOf(b *testing.B, path string) ([]resolve.Match, *resolve.Model) {
	b.Helper()
	file, err := ingest.Open(path, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	var all []resolve.Match
	for r, err := range file.Decoded(ingest.Defaults) {
		if err != nil {
			b.Fatal(err)
		}
		if r.Match != nil {
			m := *r.Match
			m.Arrival = int64(len(all) + 1)
			all = append(all, m)
		}
	}
	last := map[resolve.ID]resolve.Match{}
	for i, m := range all {
		if before, known := last[m.ID]; known {
			all[i].Arrival = before.Arrival
		}
		last[m.ID] = all[i]
	}
	return all, resolve.Train(maps.Values(last))
}

func report(b *testing.B, took []time.Duration) {
	b.Helper()
	sum := time.Duration(0)
	for _, t := range took {
		sum += t
	}
	slices.Sort(took)
	b.ReportMetric(microseconds(sum)/float64(len(took)), "µs/message")
	b.ReportMetric(microseconds(took[len(took)*99/100]), "µs-p99")
	b.ReportMetric(microseconds(took[len(took)-1]), "µs-worst")
}

func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
