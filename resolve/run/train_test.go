package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rs/zerolog"

	"umpire/ent/store"
	"umpire/ingest"
	"umpire/resolve"
)

// stubborn is a model by which nothing is one.
func stubborn(t *testing.T) store.Model {
	t.Helper()
	return edited(t, "stubborn", `(?m)^( +merge): .*$`, "$1: 9999")
}

// edited is the shipped model with its file changed.
func edited(t testing.TB, version, pattern, to string) store.Model {
	t.Helper()
	model := resolve.Shipped()
	model.Version = version
	content, err := model.Encode()
	must(t, err)
	changed := regexp.MustCompile(pattern).ReplaceAll(content, []byte(to))
	if bytes.Equal(changed, content) {
		t.Fatalf("nothing is like %s in\n%s", pattern, content)
	}
	return store.Model{Version: version, Content: changed}
}

// named is every live record of a store with the id of its entity.
func named(t *testing.T, s *store.Store) []store.RecordRef {
	t.Helper()
	var all []store.RecordRef
	for r, err := range s.Export(t.Context()) {
		must(t, err)
		all = append(all, r)
	}
	return all
}

// ownVersion is the version of the model in use.
func ownVersion(t *testing.T, s *store.Store) string {
	t.Helper()
	version, err := s.ModelVersion(t.Context())
	must(t, err)
	return version
}

// What is learnt is frozen: it is what the next resolution rests on, and the same records
// teach it again, in whatever order they came.
func TestTrainingTwiceChangesNothing(t *testing.T) {
	deliveries := feed(t, 500)
	onBoth(t, func(t *testing.T, s *store.Store) {
		_, err := ingest.NewIntake(s).Take(t.Context(), deliveries)
		must(t, err)
		first, err := Train(t.Context(), s, Options{})
		must(t, err)
		if first.Before != resolve.Shipped().Version || first.Model.Version == first.Before || len(first.Changes) == 0 {
			t.Errorf("%s taught %s by %v", first.Before, first.Model.Version, first.Changes)
		}
		if first.Model.Records == 0 || first.Model.Sources != 3 {
			t.Errorf("learnt from %d records of %d sources", first.Model.Records, first.Model.Sources)
		}
		for _, want := range []bool{true, false} {
			report, err := Batch(t.Context(), s, Options{})
			must(t, err)
			if changes := len(report.Changes) > 0 || report.Links > 0; changes != want || report.Model != first.Model.Version {
				t.Errorf("by %s the batch changes %v and %d links, want something: %t", report.Model, report.Changes, report.Links, want)
			}
			again, err := Train(t.Context(), s, Options{})
			must(t, err)
			if diff := gocmp.Diff(Lesson{Before: first.Model.Version, Model: first.Model}, again); diff != "" {
				t.Errorf("trained again (-want +got):\n%s", diff)
			}
		}
		switches, err := s.ModelSwitches(t.Context())
		if err != nil || len(switches) != 1 || switches[0].Version != first.Model.Version {
			t.Errorf("%v, %v: want one switch", switches, err)
		}

		other, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "other.db"))
		must(t, err)
		defer other.Close()
		must(t, other.Migrate(t.Context()))
		_, err = ingest.NewIntake(other).Take(t.Context(), bySource(deliveries))
		must(t, err)
		elsewhere, err := Train(t.Context(), other, Options{})
		must(t, err)
		if diff := gocmp.Diff(first, elsewhere); diff != "" {
			t.Errorf("the same records, source by source, teach something else (-here +there):\n%s", diff)
		}
	})
}

// Another feed teaches another model; a dry run tells what, and leaves the old one in use.
func TestDryTrainingWritesNothing(t *testing.T) {
	deliveries := feed(t, 300)
	onBoth(t, func(t *testing.T, s *store.Store) {
		intake := ingest.NewIntake(s)
		if _, err := Train(t.Context(), s, Options{}); err == nil {
			t.Error("nothing has taught something")
		}
		_, err := intake.Take(t.Context(), deliveries[:100])
		must(t, err)
		first, err := Train(t.Context(), s, Options{})
		must(t, err)
		_, err = intake.Take(t.Context(), deliveries[100:])
		must(t, err)
		dry, err := Train(t.Context(), s, Options{DryRun: true})
		must(t, err)
		if dry.Before != first.Model.Version || dry.Model.Version == dry.Before || len(dry.Changes) == 0 {
			t.Errorf("%s would become %s by %v", dry.Before, dry.Model.Version, dry.Changes)
		}
		if version := ownVersion(t, s); version != first.Model.Version {
			t.Errorf("a dry run put %s in use", version)
		}
		models, err := s.Models(t.Context())
		if err != nil || len(models) != 2 {
			t.Errorf("%v, %v: want the shipped model and the first learnt", models, err)
		}
		wet, err := Train(t.Context(), s, Options{})
		must(t, err)
		if diff := gocmp.Diff(dry, wet); diff != "" {
			t.Errorf("a dry run tells something else (-dry +wet):\n%s", diff)
		}
	})
}

// However another model comes to be in use, while a resolver runs, while none does, or for a
// batch, everything is settled by it, and the history says so. Switching back brings back
// all that was, ids included.
func TestSwitchingThereAndBack(t *testing.T) {
	deliveries := feed(t, 300)
	onBoth(t, func(t *testing.T, s *store.Store) {
		_, err := ingest.NewIntake(s).Take(t.Context(), deliveries)
		must(t, err)
		_, err = Train(t.Context(), s, Options{})
		must(t, err)
		_, err = Batch(t.Context(), s, Options{})
		must(t, err)
		learnt, before := ownVersion(t, s), named(t, s)
		must(t, s.UseModel(t.Context(), stubborn(t), "test"))

		r, release := begin(t, s)
		for _, way := range []struct {
			name, cause string
			settle      func()
		}{
			{"batch", "batch resolution under model ", func() {
				release()
				_, err := Batch(t.Context(), s, Options{})
				must(t, err)
			}},
			{"live", "everything under model ", func() { must(t, r.follow(t.Context())) }},
			{"restart", "everything under model ", func() {
				release()
				r, release = begin(t, s)
				must(t, errors.Join(r.drain(t.Context()), r.follow(t.Context())))
			}},
		} {
			must(t, Use(t.Context(), s, "stubborn"))
			way.settle()
			if merged := slices.ContainsFunc(partition(t, s), func(c string) bool { return strings.Contains(c, " = ") }); merged {
				t.Errorf("%s: the outcome is not the stubborn model's", way.name)
			}
			sameCause(t, s, way.cause+"stubborn")
			must(t, Use(t.Context(), s, learnt))
			way.settle()
			if diff := gocmp.Diff(before, named(t, s)); diff != "" {
				t.Errorf("%s: there and back (-before +after):\n%s", way.name, diff)
			}
			sameCause(t, s, way.cause+learnt)
			if way.name == "batch" { // it owned the database
				r, release = begin(t, s)
			}
		}
		release()
	})
}

// sameCause compares the cause of the last change.
func sameCause(t *testing.T, s *store.Store, want string) {
	t.Helper()
	stats, err := s.Stats(t.Context())
	must(t, err)
	last, err := s.Changes(t.Context(), stats.LastChange-1, 1)
	must(t, err)
	if len(last) != 1 || last[0].Cause != want {
		t.Errorf("the last change is %+v, want it caused by %q", last, want)
	}
}

// A resolver that runs finds out by itself that another model is in use, and says so.
func TestRunningResolverFollows(t *testing.T) {
	deliveries := feed(t, 200)
	onBoth(t, func(t *testing.T, s *store.Store) {
		_, err := ingest.NewIntake(s).Take(t.Context(), deliveries)
		must(t, err)
		var log bytes.Buffer
		ctx, stop := context.WithCancel(zerolog.New(&log).WithContext(t.Context()))
		ended := make(chan error, 1)
		go func() { ended <- New(s, nil).Run(ctx) }()
		await(t, "settled", func() bool { return merged(t, s) > 0 })
		must(t, s.UseModel(t.Context(), stubborn(t), "test"))
		await(t, "parted", func() bool { return merged(t, s) == 0 })
		stop()
		must(t, <-ended)
		if want := fmt.Sprintf(`"from":%q,"to":"stubborn"`, resolve.Shipped().Version); !strings.Contains(log.String(), want) {
			t.Errorf("no %s in the log:\n%s", want, &log)
		}
	})
}

// merged counts the matches that several sources tell.
func merged(t *testing.T, s *store.Store) int64 {
	t.Helper()
	stats, err := s.Stats(t.Context())
	must(t, err)
	return stats.Merged
}

// await asks until it is so.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !so(); time.Sleep(poll / 4) {
		if time.Now().After(end) {
			t.Fatalf("not %s within a minute", what)
		}
	}
}

// A model that this program cannot read is refused by its version and field, and nothing is
// resolved by it; training is the way out.
func TestUnreadableModelIsRefused(t *testing.T) {
	deliveries := feed(t, 100)
	onBoth(t, func(t *testing.T, s *store.Store) {
		_, err := ingest.NewIntake(s).Take(t.Context(), deliveries)
		must(t, err)
		foreign := edited(t, "foreign", `(?m)^ +exact: .*\n`, "")
		must(t, s.UseModel(t.Context(), foreign, "test"))
		r := New(s, nil)
		_, batched := Batch(t.Context(), s, Options{})
		for what, err := range map[string]error{
			"a batch": batched, "a resolver": r.hold(t.Context(), func() {}), "a switch": Use(t.Context(), s, "foreign"),
		} {
			fault, ok := errors.AsType[*resolve.InvalidError](err)
			if !ok || !strings.HasSuffix(fault.Field, ".exact") || !strings.Contains(err.Error(), "cannot read model foreign, ") {
				t.Errorf("%s: %v, want it to name the version and the field", what, err)
			}
		}
		lesson, err := Train(t.Context(), s, Options{})
		must(t, err)
		_, err = Batch(t.Context(), s, Options{})
		must(t, err)
		if err := Use(t.Context(), s, "foreign"); err == nil || ownVersion(t, s) != lesson.Model.Version {
			t.Errorf("%v, and %s is in use", err, ownVersion(t, s))
		}
		misnamed := stubborn(t)
		misnamed.Version = "misnamed"
		must(t, s.UseModel(t.Context(), misnamed, "test"))
		if _, err := Batch(t.Context(), s, Options{}); err == nil || !strings.Contains(err.Error(), `misnamed, so train another: version: is "stubborn"`) {
			t.Errorf("%v, want it to name both versions", err)
		}
	})
}

func TestUnknownModelIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		if err := Use(t.Context(), s, "nonesuch"); !errors.Is(err, store.ErrNotFound) || !strings.Contains(err.Error(), "nonesuch") {
			t.Errorf("%v, want not found", err)
		}
		if version := ownVersion(t, s); version != resolve.Shipped().Version {
			t.Errorf("%s is in use", version)
		}
	})
}

// A model by which the engine fails on what was settled before is no message's fault.
func TestModelIsNoMessagesFault(t *testing.T) {
	deliveries := feed(t, 60)
	onBoth(t, func(t *testing.T, s *store.Store) {
		intake := ingest.NewIntake(s)
		_, err := intake.Take(t.Context(), deliveries[:40])
		must(t, err)
		_, err = Batch(t.Context(), s, Options{})
		must(t, err)
		must(t, s.UseModel(t.Context(), stubborn(t), "test"))
		r := New(s, intake.Quarantine)
		r.put = func(e *resolve.Engine, marks []store.Mark) resolve.Plan {
			if r.model.Version == "stubborn" {
				panic("cannot bear it")
			}
			return put(e, marks)
		}
		for _, more := range [][]store.Delivery{nil, deliveries[40:]} {
			if len(more) > 0 {
				_, err := intake.Take(t.Context(), more)
				must(t, err)
			}
			err := r.hold(t.Context(), func() { t.Error("it succeeded") })
			if err == nil || !strings.Contains(err.Error(), "everything under model stubborn: cannot bear it") {
				t.Errorf("%v, want the model at fault", err)
			}
		}
		stats, err := s.Stats(t.Context())
		must(t, err)
		if stats.Messages[store.Quarantined] != 0 || stats.Dirty == 0 {
			t.Errorf("%d messages quarantined, %d dirty", stats.Messages[store.Quarantined], stats.Dirty)
		}
		must(t, Use(t.Context(), s, resolve.Shipped().Version))
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		if err := r.hold(ctx, stop); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// What changed is counted by table, whatever a model's tables are.
func TestCompare(t *testing.T) {
	before := store.Model{Content: []byte("version: a\ncrowd: 1\nmatch: {prior: 1, start: {a: 1, b: 2, c: 3}, same: {x: 1}}\n")}
	after := store.Model{Content: []byte("version: b\ncrowd: 2\nmatch: {prior: 1, start: {a: 1, b: 4, d: 1, e: 1}, same: {x: 1}}\nwords: {x: 1}\n")}
	got, err := compare(before, after)
	must(t, err)
	want := []Change{
		{Table: "", Before: 1, After: 1, Changed: 1},
		{Table: "match.start", Before: 3, After: 4, Added: 2, Changed: 1, Gone: 1},
		{Table: "words", After: 1, Added: 1},
	}
	if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
