package run

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"umpire/ent/store"
	"umpire/fixtures/servers"
	"umpire/ingest"
	"umpire/resolve"
	"umpire/resolve/eval"
)

// BenchmarkBatch resolves a PostgreSQL full of records that were never resolved, and again,
// when nothing changes. It tells apart what the store takes (reading, writing) and what the
// engine does. Beside writing it prints what COPY alone of the very rows takes, measured just
// now.
//
// The records are those of the file of messages that UMPIRE_BENCH_MESSAGES names, or made up;
// UMPIRE_BENCH_COPIES makes them so many times as many.
func BenchmarkBatch(b *testing.B) {
	url := servers.DurablePostgres(b).URL()
	s := filled(b, url)
	release, err := s.Own(b.Context())
	check(b, err)
	defer release()
	var writing time.Duration
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			writing = resolveAll(b, s)
		}
		b.StopTimer()
		copied := servers.CopyAlone(b, url, func(url string) { opened(b, url) }, planTables)
		b.ReportMetric(copied.Seconds(), "s-to-copy-alone")
		b.ReportMetric(copied.Seconds()/writing.Seconds(), "of-copy")
	})
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			resolveAll(b, s)
		}
	})
}

// planTables are those that a plan is written to, each before those that refer to it.
var planTables = strings.Fields("titles tournaments teams matches placements links changes")

// opened is a database that has its tables.
func opened(b *testing.B, url string) *store.Store {
	b.Helper()
	s, err := store.Open(b.Context(), url)
	check(b, err)
	b.Cleanup(func() { s.Close() })
	check(b, s.Migrate(b.Context()))
	return s
}

// filled is a database that has the records.
func filled(b *testing.B, url string) *store.Store {
	b.Helper()
	s := opened(b, url)
	fill(b, s)
	return s
}

// resolveAll does what Batch does, prints how long each part of it took, and returns how long
// the writing did.
func resolveAll(b *testing.B, s *store.Store) time.Duration {
	b.Helper()
	began := time.Now()
	marks, err := s.Marks(b.Context())
	check(b, err)
	is, err := load(b.Context(), s, (*resolve.Engine).Put)
	check(b, err)
	read := time.Now()
	plan := is.engine.Settle()
	settled := time.Now()
	check(b, s.Apply(b.Context(), plan, marks, "benchmark"))
	written := time.Now()
	b.ReportMetric(float64(is.records)/written.Sub(began).Seconds(), "records/s")
	b.ReportMetric(read.Sub(began).Seconds(), "s-to-read")
	b.ReportMetric(settled.Sub(read).Seconds(), "s-to-settle")
	b.ReportMetric(written.Sub(settled).Seconds(), "s-to-write")
	b.ReportMetric(float64(is.records), "matches")
	b.ReportMetric(float64(len(plan.Put)), "entities")
	b.ReportMetric(float64(len(plan.Link)), "links")
	return written.Sub(settled)
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// fill takes the records in, each as it was told last: what it was before is no matter of
// resolving.
func fill(b *testing.B, s *store.Store) {
	b.Helper()
	for batch := range slices.Chunk(grown(b), 5000) {
		deliveries := make([]store.Delivery, len(batch))
		for i, e := range batch {
			deliveries[i] = store.Delivery{Source: e.Match.Key.Source, Match: e.Match, ReceivedAt: time.Now(), Via: "benchmark"}
		}
		_, err := s.Ingest(b.Context(), deliveries)
		check(b, err)
	}
}

// grown are the last words on each record, so many times over, in other years and under
// other names, as UMPIRE_BENCH_COPIES says.
func grown(b *testing.B) []eval.Event {
	b.Helper()
	copies, err := strconv.Atoi(cmp.Or(os.Getenv("UMPIRE_BENCH_COPIES"), "1"))
	check(b, err)
	var log []eval.Event
	at := map[resolve.ID]int{}
	for body := range bodies(b) {
		m := ingest.Decode(body, ingest.Defaults).Match
		if m == nil {
			continue
		}
		if i, told := at[m.ID]; told {
			log[i].Match = m
			continue
		}
		at[m.ID] = len(log)
		log = append(log, eval.Event{Match: m})
	}
	return eval.Grow(log, copies, eval.Years)
}

func bodies(b *testing.B) func(func([]byte) bool) {
	path := os.Getenv("UMPIRE_BENCH_MESSAGES")
	if path == "" {
		return madeUp
	}
	return func(yield func([]byte) bool) {
		file, err := ingest.Open(path, nil)
		check(b, err)
		defer file.Close()
		for m, err := range file.Messages() {
			check(b, err)
			if !yield(m.Body) {
				return
			}
		}
	}
}

// madeUp yields 10,000 matches, twenty a day among 150 teams, told by two sources each.
func madeUp(yield func([]byte) bool) {
	const matches, teams, daily = 10_000, 150, 20
	for i := range 2 * matches {
		match, source := i/2, i%2
		one, two := match%teams, (match*7+match/teams)%teams
		if one == two {
			two = (two + 1) % teams
		}
		day := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, match/daily)
		if !yield(fmt.Appendf(nil, `{"source": "source%d", "data": {"id": %d, "state": 2, `+
			`"teams": [{"id": %d, "name": "team %[3]d"}, {"id": %d, "name": "team %[4]d"}], `+
			`"scores": [{"team": %[3]d, "score": %[5]d}, {"team": %[4]d, "score": %[6]d}], `+
			`"tournament": {"id": 1, "name": "league"}, "date_start_text": %[7]q, "title": "Soccer"}}`,
			source, match, one, two, match%5, match%3, day.Format(time.DateOnly))) {
			return
		}
	}
}

// BenchmarkRun plans a run over a PostgreSQL full of resolved records, by a model that joins less
// of them, applies it and rolls it back. The entities are as before after planning, and after
// rolling back.
func BenchmarkRun(b *testing.B) {
	s := filled(b, servers.DurablePostgres(b).URL())
	_, err := Batch(b.Context(), s, Options{})
	check(b, err)
	strict := edited(b, "strict", `(?m)^( +merge): .*$`, "$1: 16")
	check(b, s.UseModel(b.Context(), strict, "benchmark"))
	check(b, Use(b.Context(), s, resolve.Shipped().Version))
	before := sumOf(b, s)
	for b.Loop() {
		began := time.Now()
		asked, err := s.AskRun(b.Context(), store.Signature{Actor: "benchmark"}, strict.Version)
		check(b, err)
		run, err := Plan(b.Context(), s, asked.ID, nil)
		check(b, err)
		b.ReportMetric(time.Since(began).Seconds(), "s-to-plan")
		b.ReportMetric(float64(run.Changes()), "changes")
		same(b, s, before, "planning")

		began = time.Now()
		_, err = s.AskApply(b.Context(), run.ID, store.Signature{Actor: "benchmark"}, false)
		check(b, err)
		run, err = Turned(b.Context(), s, run.ID)
		check(b, err)
		b.ReportMetric(time.Since(began).Seconds(), "s-to-apply")
		b.ReportMetric(float64(run.Report.Differs), "otherwise")
		if run.Changes() > 0 && sumOf(b, s) == before {
			b.Fatal("applying changed nothing")
		}

		began = time.Now()
		_, err = s.AskRollback(b.Context(), run.ID, store.Signature{Actor: "benchmark"})
		check(b, err)
		_, err = Turned(b.Context(), s, run.ID)
		check(b, err)
		b.ReportMetric(time.Since(began).Seconds(), "s-to-roll-back")
		same(b, s, before, "rolling back")
		b.ReportMetric(float64(run.Report.Records[resolve.KindMatch]), "matches")
	}
}

// sumOf is a sum over which record is in which entity.
func sumOf(b *testing.B, s *store.Store) [sha256.Size]byte {
	b.Helper()
	sum := sha256.New()
	for r, err := range s.Export(b.Context()) {
		check(b, err)
		fmt.Fprintln(sum, r.ID, r.Entity)
	}
	return [sha256.Size]byte(sum.Sum(nil))
}

func same(b *testing.B, s *store.Store, before [sha256.Size]byte, after string) {
	b.Helper()
	if sumOf(b, s) != before {
		b.Fatalf("the export is another after %s", after)
	}
}

// BenchmarkDecision has a curator decide one suggestion after the other of a PostgreSQL full of
// records, beside the resolver of the database: it tells how long the database takes to keep a
// decision and to find what is asked next, and how long until entities are as it would have them.
func BenchmarkDecision(b *testing.B) {
	s := filled(b, servers.DurablePostgres(b).URL())
	_, err := Batch(b.Context(), s, Options{})
	check(b, err)
	ctx, stop := context.WithCancel(b.Context())
	r, stopped := New(s, nil), make(chan error, 1)
	go func() { stopped <- r.Run(ctx) }()
	defer func() {
		stop()
		check(b, <-stopped)
	}()
	word, loading := resolve.Different, true
	var decided, settled []time.Duration
	for b.Loop() {
		for range 100 {
			asked, err := s.Questions(ctx, store.QuestionFilter{Limit: 10})
			check(b, err)
			if len(asked.Items) == 0 {
				break
			}
			q := asked.Items[0]
			began := time.Now()
			act, err := s.Decide(ctx, store.Signature{Actor: "ann"}, store.Judge{A: q.A, B: q.B, Word: word})
			check(b, err)
			_, err = s.Questions(ctx, store.QuestionFilter{Limit: 10})
			check(b, err)
			decided = append(decided, time.Since(began))
			r.Nudge()
			for done := false; !done; {
				done, err = s.Settled(ctx, act.Act.ID)
				check(b, err)
			}
			if settled = append(settled, time.Since(began)); loading { // the first waits for all records to be read
				decided, settled, loading = nil, nil, false
			}
		}
	}
	b.ReportMetric(float64(len(decided)), "decisions")
	for what, took := range map[string][]time.Duration{"to-decide": decided, "to-settle": settled} {
		if len(took) == 0 {
			b.Fatal("nothing is to be asked")
		}
		slices.Sort(took)
		b.ReportMetric(took[len(took)/2].Seconds()*1000, "ms-"+what+"-p50")
		b.ReportMetric(took[len(took)*99/100].Seconds()*1000, "ms-"+what+"-p99")
	}
}
