package run

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"umpire/ent/store"
	"umpire/ingest"
	"umpire/resolve"
)

// planned asks for a run and plans it.
func planned(t *testing.T, s *store.Store, wants string) store.Run {
	t.Helper()
	run, err := s.AskRun(t.Context(), store.Signature{Actor: "ann"}, wants)
	must(t, err)
	run, err = Plan(t.Context(), s, run.ID, nil)
	must(t, err)
	if run.State != store.RunPlanned {
		t.Fatalf("run %d is %s (%s), want planned", run.ID, run.State, run.Error)
	}
	return run
}

// allEntities is all that a store holds of entities.
func allEntities(t *testing.T, s *store.Store) []resolve.Entity {
	t.Helper()
	var all []resolve.Entity
	for e, err := range s.Entities(t.Context()) {
		must(t, err)
		all = append(all, e)
	}
	return all
}

// applied asks for a run to be applied, and sees to it.
func applied(t *testing.T, s *store.Store, id int64) store.Run {
	t.Helper()
	_, err := s.AskApply(t.Context(), id, store.Signature{Actor: "bo"}, false)
	must(t, err)
	run, err := Turned(t.Context(), s, id)
	must(t, err)
	if run.State != store.RunApplied {
		t.Fatalf("run %d is %s, want applied", id, run.State)
	}
	return run
}

// reverted asks for a run to be rolled back, and sees to it.
func reverted(t *testing.T, s *store.Store, id int64) {
	t.Helper()
	_, err := s.AskRollback(t.Context(), id, store.Signature{Actor: "bo"})
	must(t, err)
	run, err := Turned(t.Context(), s, id)
	must(t, err)
	if run.State != store.RunReverted {
		t.Fatalf("run %d is %s, want reverted", id, run.State)
	}
}

// keep keeps a model that was never in use: it is in use for a moment.
func keep(t *testing.T, s *store.Store, m store.Model) {
	t.Helper()
	before := ownVersion(t, s)
	must(t, s.UseModel(t.Context(), m, "test"))
	must(t, Use(t.Context(), s, before))
}

// resolved takes deliveries in and resolves them.
func resolved(t *testing.T, s *store.Store, deliveries []store.Delivery) {
	t.Helper()
	_, err := ingest.NewIntake(s).Take(t.Context(), deliveries)
	must(t, err)
	_, err = Batch(t.Context(), s, Options{})
	must(t, err)
}

// changesOf reads the changes of a run.
func changesOf(t *testing.T, s *store.Store, f store.RunChangeFilter) []store.RunChange {
	t.Helper()
	var all []store.RunChange
	f.Limit = 500
	for {
		page, err := s.RunChanges(t.Context(), f)
		must(t, err)
		all = append(all, page.Items...)
		if f.Cursor = page.Next; f.Cursor == "" {
			return all
		}
	}
}

// A run that is applied brings its model and what it planned; rolled back it leaves what was,
// ids included, and what came in between is resolved as it would have been.
func TestRunRollback(t *testing.T) {
	deliveries := feed(t, 700)
	onBoth(t, func(t *testing.T, s *store.Store) {
		resolved(t, s, deliveries[:600])
		before, was, model := allEntities(t, s), named(t, s), ownVersion(t, s)
		run := planned(t, s, store.WantsTraining)
		if run.Changes() == 0 || run.ModelBefore != model || run.ModelAfter == model {
			t.Fatalf("the run from %s to %s would change %v", run.ModelBefore, run.ModelAfter, run.Counts)
		}
		if diff := gocmp.Diff(before, allEntities(t, s)); diff != "" || ownVersion(t, s) != model {
			t.Errorf("planning changed something:\n%s", diff)
		}
		done := applied(t, s, run.ID)
		if done.Report.Differs != 0 {
			t.Errorf("what was done differs from the plan: %v", done.Report.Others)
		}
		if ownVersion(t, s) != run.ModelAfter || gocmp.Equal(before, allEntities(t, s)) {
			t.Error("the run was applied and changed nothing")
		}
		sameCause(t, s, "run 1 under model "+run.ModelAfter)
		reverted(t, s, run.ID)
		if diff := gocmp.Diff(was, named(t, s)); diff != "" || ownVersion(t, s) != model {
			t.Errorf("there and back by model %s (-before +after):\n%s", ownVersion(t, s), diff)
		}
		if diff := gocmp.Diff(before, allEntities(t, s)); diff != "" {
			t.Errorf("there and back (-before +after):\n%s", diff)
		}

		again := planned(t, s, run.ModelAfter)
		applied(t, s, again.ID)
		resolved(t, s, deliveries[600:])
		reverted(t, s, again.ID)
		back := named(t, s)
		report, err := Batch(t.Context(), s, Options{})
		must(t, err)
		if len(report.Changes) > 0 || report.Links > 0 {
			t.Errorf("after the rollback a batch changes %v and %d links", report.Changes, report.Links)
		}
		other := fresh(t, s)
		resolved(t, other, deliveries[:600])
		resolved(t, other, deliveries[600:])
		if diff := gocmp.Diff(named(t, other), back); diff != "" {
			t.Errorf("what came in between is not as without the run (-without +with):\n%s", diff)
		}
	})
}

// fresh opens another, empty store.
func fresh(t *testing.T, _ *store.Store) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+t.TempDir()+"/other.db")
	must(t, err)
	t.Cleanup(func() { s.Close() })
	must(t, s.Migrate(t.Context()))
	return s
}

// A run over what is settled, by the model in use, has nothing to change; nor has one by it
// when it is trained anew. Applied, it leaves no trace in the history.
func TestRunOverUnchangedIsEmpty(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		resolved(t, s, feed(t, 400))
		run := planned(t, s, "")
		if run.Changes() != 0 {
			t.Errorf("a run over what is settled would change %v: %v", run.Counts, changesOf(t, s, store.RunChangeFilter{Run: run.ID})[0])
		}
		stats, err := s.Stats(t.Context())
		must(t, err)
		applied(t, s, run.ID)
		after, err := s.Stats(t.Context())
		must(t, err)
		if stats.LastChange != after.LastChange {
			t.Errorf("an empty run made %d changes", after.LastChange-stats.LastChange)
		}
	})
}

// Each change tells why: the parameter that a model has otherwise, and records that came since.
func TestRunTellsCauses(t *testing.T) {
	deliveries := feed(t, 500)
	onBoth(t, func(t *testing.T, s *store.Store) {
		resolved(t, s, deliveries[:400])
		keep(t, s, stubborn(t))
		run := planned(t, s, "stubborn")
		causes, err := s.RunCauses(t.Context(), store.RunCauseFilter{Run: run.ID})
		must(t, err)
		texts := ""
		for _, c := range causes.Items {
			texts += c.Kind + " " + c.Text + "\n"
		}
		if !strings.Contains(texts, "parameter model match.merge: +0 → +9999 bits") || strings.Contains(texts, store.CauseCompany) {
			t.Errorf("a model by which nothing is one changes something because of\n%s", texts)
		}
		for _, c := range changesOf(t, s, store.RunChangeFilter{Run: run.ID}) {
			if c.Act == resolve.Split && (c.Tip == nil || c.Tip.A == "" || len(c.After) >= len(c.Before)) {
				t.Errorf("%+v: want the pair on which it rests, and fewer records", c)
			}
		}

		_, err = ingest.NewIntake(s).Take(t.Context(), deliveries[400:])
		must(t, err)
		run = planned(t, s, "")
		causes, err = s.RunCauses(t.Context(), store.RunCauseFilter{Run: run.ID})
		must(t, err)
		if len(causes.Items) != 1 || causes.Items[0].Kind != store.CauseRecords || causes.Items[0].Changes != int64(run.Changes()) {
			t.Errorf("new records change something because of %+v", causes.Items)
		}
	})
}

// While a run is planned others write and settle. It is then about what is no more, and
// refused; rebased it is planned anew, and applied.
func TestRunBesideLive(t *testing.T) {
	deliveries := feed(t, 500)
	onBoth(t, func(t *testing.T, s *store.Store) {
		resolved(t, s, deliveries[:400])
		r, release := begin(t, s)
		intake := ingest.NewIntake(s)
		run, err := s.AskRun(t.Context(), store.Signature{Actor: "ann"}, store.WantsTraining)
		must(t, err)
		settledMeanwhile := false
		run, err = Plan(t.Context(), s, run.ID, func(p store.RunProgress) {
			if settledMeanwhile || !strings.HasPrefix(p.Stage, "resolving") {
				return
			}
			settledMeanwhile = true
			_, err := intake.Take(t.Context(), deliveries[400:450])
			must(t, err)
			must(t, r.drain(t.Context()))
		})
		must(t, err)
		if !settledMeanwhile {
			t.Fatal("nothing was settled meanwhile")
		}
		for _, c := range changesOf(t, s, store.RunChangeFilter{Run: run.ID}) {
			if c.Act == resolve.Created && len(c.Others) == 0 {
				t.Errorf("the plan has %v, which came later", c)
			}
		}
		if _, err := s.AskApply(t.Context(), run.ID, store.Signature{Actor: "bo"}, false); !errors.Is(err, store.ErrConflict) {
			t.Errorf("applied though records came: %v", err)
		}
		run, err = s.AskApply(t.Context(), run.ID, store.Signature{Actor: "bo"}, true)
		must(t, err)
		run, err = Plan(t.Context(), s, run.ID, nil)
		must(t, err)
		if run.State != store.RunApplying {
			t.Errorf("rebased, the run is %s", run.State)
		}
		_, err = intake.Take(t.Context(), deliveries[450:]) // whatever comes after
		must(t, err)
		must(t, r.turn(t.Context()))
		must(t, errors.Join(r.drain(t.Context()), r.follow(t.Context())))
		release()
		if got, err := s.Run(t.Context(), run.ID); err != nil || got.State != store.RunApplied || ownVersion(t, s) != run.ModelAfter {
			t.Errorf("%+v, %v: want it applied", got, err)
		}
		report, err := Batch(t.Context(), s, Options{})
		must(t, err)
		if len(report.Changes) > 0 || report.Links > 0 {
			t.Errorf("after that a batch changes %v", report.Changes)
		}
	})
}

// What moves between asking and applying holds the run back.
func TestRunHeldBack(t *testing.T) {
	deliveries := feed(t, 300)
	onBoth(t, func(t *testing.T, s *store.Store) {
		resolved(t, s, deliveries[:250])
		run := planned(t, s, store.WantsTraining)
		before := named(t, s)
		_, err := s.AskApply(t.Context(), run.ID, store.Signature{Actor: "bo"}, false)
		must(t, err)
		_, err = ingest.NewIntake(s).Take(t.Context(), deliveries[250:251])
		must(t, err)
		if _, err := Turned(t.Context(), s, run.ID); !errors.Is(err, store.ErrConflict) || !strings.Contains(err.Error(), "moved") {
			t.Errorf("%v: want that something moved", err)
		}
		if got, err := s.Run(t.Context(), run.ID); err != nil || got.State != store.RunPlanned || got.Error == "" {
			t.Errorf("%+v, %v: want it planned still, with the reason", got, err)
		}
		if diff := gocmp.Diff(before, slices.DeleteFunc(named(t, s), func(r store.RecordRef) bool { return r.Entity == "" })); diff != "" {
			t.Errorf("it changed something:\n%s", diff)
		}
	})
}

// A refused change has become a judgement: what it would have done does not come about, by
// this run or by another, and everything else does.
func TestRefusalIsAJudgement(t *testing.T) {
	deliveries := feed(t, 500)
	onBoth(t, func(t *testing.T, s *store.Store) {
		must(t, s.UseModel(t.Context(), stubborn(t), "test"))
		resolved(t, s, deliveries)
		run := planned(t, s, resolve.Shipped().Version)
		var merge store.RunChange
		for _, c := range changesOf(t, s, store.RunChangeFilter{Run: run.ID}) {
			if c.Kind == resolve.KindMatch && c.Act == resolve.Merged && len(c.Others) == 1 {
				merge = c
			}
		}
		n, act, err := s.DecideRun(t.Context(), store.Signature{Actor: "ann"}, store.RunDecision{Run: run.ID, Change: merge.Number, Decision: store.ChangeRefused})
		must(t, err)
		if n != 2 || act == nil || act.Made != 1 {
			t.Errorf("refused %d changes by %+v, want the merge with what retires by it, by one word", n, act)
		}
		run = applied(t, s, run.ID)
		owners := map[resolve.ID]resolve.ID{}
		for _, e := range allEntities(t, s) {
			for _, m := range e.Members {
				owners[m.Record] = e.ID
			}
		}
		if owners[merge.Entity] == owners[merge.Others[0]] {
			t.Errorf("%s and %s are one, though that was refused", merge.Entity, merge.Others[0])
		}
		if run.Counts[resolve.Merged] < 10 || run.Report.Differs > run.Changes()/10 {
			t.Errorf("of %v, %d came about otherwise: %v", run.Counts, run.Report.Differs, run.Report.Others)
		}
		reverted(t, s, run.ID)
		judged, err := s.Judgements(t.Context(), store.JudgementFilter{})
		must(t, err)
		if len(judged.Items) != 1 || judged.Items[0].Word != resolve.Different {
			t.Errorf("judgements are %+v, want the refusal, still", judged.Items)
		}
	})
}

// A run whose planner is gone is planned anew, and one that is cancelled is not kept.
func TestRunIsTakenOver(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		resolved(t, s, feed(t, 200))
		run, err := s.AskRun(t.Context(), store.Signature{Actor: "ann"}, store.WantsTraining)
		must(t, err)
		ctx, stop := context.WithCancel(t.Context())
		_, err = Plan(ctx, s, run.ID, func(store.RunProgress) { stop() })
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if got, err := s.Run(t.Context(), run.ID); err != nil || got.State != store.RunWaiting {
			t.Errorf("%+v, %v: want it to wait for another", got, err)
		}
		_, err = Plan(t.Context(), s, run.ID, func(p store.RunProgress) {
			if strings.HasPrefix(p.Stage, "resolving") {
				_, _ = s.CancelRun(t.Context(), run.ID, store.Signature{Actor: "ann"})
			}
		})
		if got, gone := s.Run(t.Context(), run.ID); !errors.Is(err, store.ErrConflict) || gone != nil || got.State != store.RunCancelled {
			t.Errorf("%v, %+v: want it cancelled", err, got)
		}
		_, err = s.ReplanRun(t.Context(), run.ID, store.Signature{Actor: "ann"})
		must(t, err)
		ended := make(chan error)
		ctx, stop = context.WithCancel(t.Context())
		go func() { ended <- PlanAll(ctx, s) }()
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(poll / 4) {
			got, err := s.Run(t.Context(), run.ID)
			must(t, err)
			if got.State == store.RunPlanned {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("nobody plans it: %+v", got)
			}
		}
		stop()
		must(t, <-ended)
	})
}

// Two runs are held against each other by what they would make of the records.
func TestDiffRuns(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		resolved(t, s, feed(t, 400))
		keep(t, s, stubborn(t))
		as, apart := planned(t, s, ""), planned(t, s, "stubborn")
		same, err := s.DiffRuns(t.Context(), as.ID, as.ID)
		must(t, err)
		for _, c := range same.Kinds {
			if c.B3 != 1 || c.Gained+c.Lost != 0 {
				t.Errorf("a run differs from itself: %+v", c)
			}
		}
		pairs := map[resolve.Kind]int{}
		for _, e := range allEntities(t, s) {
			pairs[e.Kind] += len(e.Members) * (len(e.Members) - 1) / 2
		}
		applied(t, s, apart.ID)
		d, err := s.DiffRuns(t.Context(), as.ID, apart.ID)
		must(t, err)
		for _, c := range d.Kinds {
			if c.Lost != pairs[c.Kind] || c.Gained != 0 || c.B3 >= 1 || c.Records != as.Report.Records[c.Kind] {
				t.Errorf("%+v: want all of %d pairs lost, of %d records", c, pairs[c.Kind], as.Report.Records[c.Kind])
			}
		}
		if len(d.Clusters) == 0 || len(d.Clusters[0].InA) < len(d.Clusters[0].InB) {
			t.Errorf("clusters are %+v", d.Clusters)
		}
		later := planned(t, s, "") // from what the other run left
		d, err = s.DiffRuns(t.Context(), apart.ID, later.ID)
		must(t, err)
		for _, c := range d.Kinds {
			if c.Gained+c.Lost != 0 {
				t.Errorf("a run that was applied differs from what it left: %+v", c)
			}
		}
	})
}

// A database in memory has one connection, which a plan's snapshot holds: a run is planned and
// applied there all the same.
func TestRunInMemory(t *testing.T) {
	s, err := store.Open(t.Context(), "sqlite::memory:")
	must(t, err)
	defer s.Close()
	must(t, s.Migrate(t.Context()))
	resolved(t, s, feed(t, 200))
	keep(t, s, stubborn(t))
	run := planned(t, s, "stubborn")
	applied(t, s, run.ID)
	reverted(t, s, run.ID)
}
