package run

import (
	"errors"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"umpire/ent/store"
	"umpire/ingest"
	"umpire/resolve"
)

// judge judges two records of each of some joined matches, one match the same and the next one
// different, against all evidence: plain words would teach nothing that is not known.
func judge(t *testing.T, s *store.Store, from, to int) {
	t.Helper()
	n := 0
	for e, err := range s.Entities(t.Context()) {
		must(t, err)
		if e.Kind != resolve.KindMatch || len(e.Members) < 2 {
			continue
		}
		if from <= n && n < to {
			a, b := e.Members[0].Record, e.Members[1].Record
			word := [...]resolve.Word{resolve.Same, resolve.Different}[n%2]
			decide(t, s, store.Judge{A: min(a, b), B: max(a, b), Word: word})
		}
		n++
	}
	if n < to {
		t.Fatalf("%d matches of several records: the test shows nothing", n)
	}
}

// Judgements teach a model that is kept and used, the same again by whatever is in use; a dry run
// writes nothing, and too few are refused.
func TestJudgementsTeach(t *testing.T) {
	deliveries := feed(t, 500)
	onBoth(t, func(t *testing.T, s *store.Store) {
		_, err := ingest.NewIntake(s).Take(t.Context(), deliveries)
		must(t, err)
		_, err = Train(t.Context(), s, Options{})
		must(t, err)
		_, err = Batch(t.Context(), s, Options{})
		must(t, err)
		untaught := ownVersion(t, s)
		judge(t, s, 0, 8)
		if _, err := Teach(t.Context(), s, Options{}, true); err == nil {
			t.Error("eight judgements have taught")
		}
		judge(t, s, 8, 50)
		dry, err := Teach(t.Context(), s, Options{DryRun: true}, true)
		must(t, err)
		if version := ownVersion(t, s); version != untaught {
			t.Errorf("a dry run put %s in use", version)
		}
		if len(dry.Moves) == 0 || dry.Taught.Judgements != 50 || dry.Taught.Same != 25 {
			t.Errorf("%+v moved %v", dry.Taught, dry.Moves)
		}
		wet, err := Teach(t.Context(), s, Options{}, true)
		must(t, err)
		if diff := gocmp.Diff(dry, wet); diff != "" {
			t.Errorf("a dry run tells something else (-dry +wet):\n%s", diff)
		}
		again, err := Teach(t.Context(), s, Options{}, true)
		must(t, err)
		if again.Model.Version != wet.Model.Version || ownVersion(t, s) != wet.Model.Version {
			t.Errorf("taught again, %s is %s, and %s in use", wet.Model.Version, again.Model.Version, ownVersion(t, s))
		}
		// What it said would change is what changes.
		must(t, Use(t.Context(), s, untaught))
		_, err = Batch(t.Context(), s, Options{})
		must(t, err)
		must(t, Use(t.Context(), s, wet.Model.Version))
		report, err := Batch(t.Context(), s, Options{})
		must(t, err)
		if diff := gocmp.Diff(wet.Would.Changes, report.Changes); diff != "" {
			t.Errorf("what changes is not what would (-would +does):\n%s", diff)
		}
		kept, err := s.ModelInUse(t.Context())
		must(t, err)
		model, err := parse(kept)
		must(t, err)
		if model.Taught == nil || *model.Taught != wet.Taught {
			t.Errorf("the model keeps the report %+v, want %+v", model.Taught, wet.Taught)
		}
	})
}

// A model that does worse on what was held back is put in use by force alone.
func TestWorseIsRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		taught resolve.Taught
		worse  bool
	}{
		{"better", resolve.Taught{Before: resolve.Marks{Wrong: 2, LogLoss: 0.5}, After: resolve.Marks{Wrong: 1, LogLoss: 0.4}}, false},
		{"more wrong", resolve.Taught{Before: resolve.Marks{Wrong: 1, LogLoss: 0.5}, After: resolve.Marks{Wrong: 2, LogLoss: 0.4}}, true},
		{"surer of what is wrong", resolve.Taught{Before: resolve.Marks{Wrong: 1, LogLoss: 0.5}, After: resolve.Marks{Wrong: 1, LogLoss: 0.6}}, true},
		{"as good", resolve.Taught{}, false},
	} {
		if c.taught.Worse() != c.worse {
			t.Errorf("%s: worse is %t", c.name, !c.worse)
		}
	}
	worse := Teaching{Taught: resolve.Taught{After: resolve.Marks{Wrong: 1}}}
	if !errors.Is(worse.refused(false), ErrWorse) || worse.refused(true) != nil {
		t.Error("it is not refused, or not even by force")
	}
}
