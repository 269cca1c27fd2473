package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"umpire/ent/store"
	"umpire/fixtures"
	"umpire/fixtures/servers"
	"umpire/ingest"
	"umpire/resolve"
)

func TestMain(m *testing.M) { servers.Main(m) }

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	urls := map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "umpire.db") },
		"postgres": func(t *testing.T) string { return servers.Postgres(t) },
	}
	for _, name := range slices.Sorted(maps.Keys(urls)) {
		t.Run(name, func(t *testing.T) {
			s, err := store.Open(t.Context(), urls[name](t))
			must(t, err)
			t.Cleanup(func() { must(t, s.Close()) })
			must(t, s.Migrate(t.Context()))
			test(t, s)
		})
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// feed is the first part of the bundled month, as deliveries.
func feed(t *testing.T, n int) []store.Delivery {
	t.Helper()
	content, err := fixtures.FS.Open("csgo/messages.ndjson.gz")
	must(t, err)
	defer content.Close()
	file, err := ingest.Open("-", content)
	must(t, err)
	defer file.Close()
	var all []store.Delivery
	for m, err := range file.Messages() {
		must(t, err)
		if len(all) < n {
			all = append(all, store.Delivery{MessageID: m.ID, Body: m.Body, ReceivedAt: time.Now(), Via: "test"})
		}
	}
	return all
}

// begin starts a resolver that owns the database until it is released.
func begin(t *testing.T, s *store.Store) (*Resolver, func()) {
	t.Helper()
	release, err := s.Own(t.Context())
	must(t, err)
	r := New(s, ingest.NewIntake(s).Quarantine)
	must(t, r.load(t.Context()))
	return r, release
}

// partition is every live record of a store with the records that it is one with, by
// source and key: entity ids are left out, since they depend on who came first.
func partition(t *testing.T, s *store.Store) []string {
	t.Helper()
	members := map[resolve.ID][]string{}
	for r, err := range s.Export(t.Context()) {
		must(t, err)
		if r.Entity == "" {
			t.Errorf("record %s of %s is in no entity", r.Key, r.Source)
		}
		members[r.Entity] = append(members[r.Entity], fmt.Sprintf("%s %s %s", r.Source, r.Kind, r.Key))
	}
	var clusters []string
	for m := range maps.Values(members) {
		slices.Sort(m)
		clusters = append(clusters, strings.Join(m, " = "))
	}
	slices.Sort(clusters)
	return clusters
}

// Live settling, whatever the batches and restarts, ends in the partition of one batch;
// and a batch run over what is settled finds nothing to change.
func TestLiveIsBatch(t *testing.T) {
	deliveries := feed(t, 500)
	onBoth(t, func(t *testing.T, s *store.Store) {
		intake := ingest.NewIntake(s)
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 0))
		r, release := begin(t, s)
		settle := func() {
			if random.IntN(4) == 0 {
				release()
				r, release = begin(t, s)
			}
			must(t, r.drain(t.Context()))
		}
		for rest := deliveries; len(rest) > 0; settle() {
			n := min(len(rest), 1+random.IntN(120))
			_, err := intake.Take(t.Context(), rest[:n])
			must(t, err)
			rest = rest[n:]
		}
		withdrawn := someMatches(t, s, random)
		for _, record := range withdrawn {
			withdraw(t, intake, record)
			settle()
		}
		release()
		live := partition(t, s)
		report, err := Batch(t.Context(), s, Options{})
		must(t, err)
		if len(report.Changes) > 0 || report.Links > 0 {
			t.Errorf("a batch over settled records changes %v and %d links, want nothing", report.Changes, report.Links)
		}
		other, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "other.db"))
		must(t, err)
		defer other.Close()
		must(t, other.Migrate(t.Context()))
		_, err = ingest.NewIntake(other).Take(t.Context(), bySource(deliveries))
		must(t, err)
		for _, r := range withdrawn {
			withdraw(t, ingest.NewIntake(other), r)
		}
		_, err = Batch(t.Context(), other, Options{})
		must(t, err)
		if diff := gocmp.Diff(partition(t, other), live); diff != "" {
			t.Errorf("live differs from one batch, source by source (-batch +live):\n%s", diff)
		}
		if !slices.ContainsFunc(live, func(c string) bool { return strings.Contains(c, " = ") }) {
			t.Error("nothing merged: the test shows nothing")
		}
	})
}

// someMatches picks match records by chance: a few that others are one with among them.
func someMatches(t *testing.T, s *store.Store, random *rand.Rand) []store.RecordRef {
	t.Helper()
	var matches []store.RecordRef
	for r, err := range s.Export(t.Context()) {
		must(t, err)
		if r.Kind == resolve.KindMatch && random.IntN(8) == 0 {
			matches = append(matches, r)
		}
	}
	return matches
}

func withdraw(t *testing.T, intake *ingest.Intake, r store.RecordRef) {
	t.Helper()
	_, err := intake.Withdraw(t.Context(), r.Source, r.Key, "", "test")
	must(t, err)
}

// bySource is another interleaving of the same streams: source after source.
func bySource(deliveries []store.Delivery) []store.Delivery {
	sorted := slices.Clone(deliveries)
	source := func(d store.Delivery) string { return ingest.Decode(d.Body, ingest.Defaults).Source }
	slices.SortStableFunc(sorted, func(a, b store.Delivery) int { return cmp.Compare(source(b), source(a)) })
	return sorted
}

// A dry run plans, and writes nothing.
func TestDryRunWritesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		_, err := ingest.NewIntake(s).Take(t.Context(), feed(t, 100))
		must(t, err)
		report, err := Batch(t.Context(), s, Options{DryRun: true})
		must(t, err)
		if report.Changes[resolve.Created] == 0 {
			t.Error("the dry run plans nothing")
		}
		stats, err := s.Stats(t.Context())
		must(t, err)
		if stats.Entities[resolve.KindMatch] != 0 || stats.LastChange != 0 || stats.Dirty == 0 {
			t.Errorf("a dry run left %d matches and %d changes, and %d marks", stats.Entities[resolve.KindMatch], stats.LastChange, stats.Dirty)
		}
	})
}

// A message on which the engine fails is quarantined; its neighbours go on, and its
// record says again what it said before.
func TestPoisonIsIsolated(t *testing.T) {
	t.Run("when its turn comes", func(t *testing.T) { isolatesPoison(t, false) })
	t.Run("when the engine is rebuilt", func(t *testing.T) { isolatesPoison(t, true) })
}

func isolatesPoison(t *testing.T, atRebuild bool) {
	t.Helper()
	onBoth(t, func(t *testing.T, s *store.Store) {
		intake := ingest.NewIntake(s)
		outcomes, err := intake.Take(t.Context(), feed(t, 40))
		must(t, err)
		poison := outcomes[17].Record
		r := New(s, intake.Quarantine)
		r.most = 10 // the engine is rebuilt with the poison, before it is its turn
		r.put = func(e *resolve.Engine, marks []store.Mark) resolve.Plan {
			plan := put(e, marks)
			if _, holds := e.EntityOf(poison); holds {
				panic("cannot bear it")
			}
			return plan
		}
		if atRebuild {
			r.tell = func(e *resolve.Engine, m resolve.Match) {
				if m.ID == poison {
					panic("cannot bear it")
				}
				e.Put(m)
			}
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		if err := r.hold(ctx, stop); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		message, err := s.Message(t.Context(), outcomes[17].Message)
		must(t, err)
		if message.Fate != store.Quarantined || !strings.Contains(message.Reason, "cannot bear it") {
			t.Errorf("the poison is %s (%s), want quarantined with what the engine said", message.Fate, message.Reason)
		}
		stats, err := s.Stats(t.Context())
		must(t, err)
		if stats.Dirty != 0 || stats.Messages[store.Quarantined] != 1 || stats.Entities[resolve.KindMatch] == 0 {
			t.Errorf("dirty %d, quarantined %d, matches %d: want the neighbours settled", stats.Dirty, stats.Messages[store.Quarantined], stats.Entities[resolve.KindMatch])
		}
	})
}

// While one process owns the database another stands by, and takes over when it goes.
func TestStandsBy(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	url := "sqlite:" + filepath.Join(t.TempDir(), "umpire.db")
	first, err := store.Open(t.Context(), url)
	must(t, err)
	defer first.Close()
	must(t, first.Migrate(t.Context()))
	release, err := first.Own(t.Context())
	must(t, err)
	second, err := store.Open(t.Context(), url)
	must(t, err)
	defer second.Close()
	_, err = ingest.NewIntake(second).Take(t.Context(), feed(t, 10))
	must(t, err)

	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- New(second, nil).Run(ctx) }()
	time.Sleep(2 * poll) // it must not settle, however long one waits
	stats, err := second.Stats(t.Context())
	must(t, err)
	if stats.Dirty == 0 {
		t.Error("settled by a process that does not own the database")
	}
	release()
	for stats.Dirty > 0 {
		time.Sleep(poll / 4)
		stats, err = second.Stats(t.Context())
		must(t, err)
	}
	stop()
	must(t, <-ended)
}
