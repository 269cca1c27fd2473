package run

import (
	"context"
	"errors"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"umpire/ent/store"
	"umpire/ingest"
	"umpire/resolve"
)

// decide makes a decision of ann's that can stand.
func decide(t *testing.T, s *store.Store, d store.Decision) store.Act {
	t.Helper()
	made, err := s.Decide(t.Context(), store.Signature{Actor: "ann"}, d)
	must(t, err)
	return made.Act
}

// entities reads all entities, as they are kept.
func entities(t *testing.T, s *store.Store) map[resolve.ID]resolve.Entity {
	t.Helper()
	all := map[resolve.ID]resolve.Entity{}
	for e, err := range s.Entities(t.Context()) {
		must(t, err)
		all[e.ID] = e
	}
	return all
}

// owned runs a resolver by hand, one drain at a time.
func owned(t *testing.T, s *store.Store, intake *ingest.Intake, do func(r *Resolver)) {
	t.Helper()
	release, err := s.Own(t.Context())
	must(t, err)
	defer release()
	r := New(s, intake.Quarantine)
	must(t, r.load(t.Context()))
	must(t, errors.Join(r.drain(t.Context()), r.follow(t.Context())))
	do(r)
}

// A decision is settled by itself, told in the history by its act, and undone exactly; a preview
// says what it would do, and changes nothing.
func TestActsAreSettled(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		intake := ingest.NewIntake(s)
		_, err := intake.Take(t.Context(), feed(t, 400))
		must(t, err)
		owned(t, s, intake, func(r *Resolver) {
			before := entities(t, s)
			var match resolve.Entity
			for _, id := range slices.Sorted(maps.Keys(before)) {
				if e := before[id]; e.Kind == resolve.KindMatch && len(e.Members) > 2 {
					match = e // whichever: it is the same one in every run
				}
			}
			if len(match.Members) < 3 {
				t.Fatal("no match of three records: the test shows nothing")
			}
			detach := store.Detach{Record: match.Members[1].Record}
			effects, err := s.Effects(t.Context(), store.Signature{}, detach)
			must(t, err)
			plan, err := r.preview(effects)
			must(t, err)
			if len(plan.Changes) == 0 {
				t.Error("the preview says that nothing would change")
			}
			if diff := gocmp.Diff(before, entities(t, s), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("the preview changed something:\n%s", diff)
			}
			act := decide(t, s, detach)
			must(t, r.drain(t.Context()))
			after := entities(t, s)
			if len(after[match.ID].Members) != len(match.Members)-1 || len(after[match.Members[1].Record].Members) != 1 {
				t.Errorf("detached, they are %+v and %+v", after[match.ID].Members, after[match.Members[1].Record].Members)
			}
			history, err := s.History(t.Context(), match.ID)
			must(t, err)
			if cause := history[0].Cause; !strings.Contains(cause, "by ann") {
				t.Errorf("the history says that it was %q", cause)
			}
			if settled, err := s.Settled(t.Context(), act.ID); !settled {
				t.Error("it is not settled: ", err)
			}
			decide(t, s, store.Undo{Act: act.ID})
			must(t, r.drain(t.Context()))
			if diff := gocmp.Diff(before, entities(t, s), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("undone, it is not as before:\n%s", diff)
			}
		})
	})
}

// curation is a database that sources and curators write to, by chance.
type curation struct {
	t      *testing.T
	r      *rapid.T
	s      *store.Store
	intake *ingest.Intake
	feed   []store.Delivery
	engine *Resolver
	acts   []int64
}

// settle settles all, and checks what always holds.
func (c *curation) settle() {
	must(c.t, c.engine.drain(c.t.Context()))
	c.check()
}

// check fails if a judgement is not held, a weight is not the sum of its lines, or one batch
// would find something to change.
func (c *curation) check() {
	said, err := c.s.InForce(c.t.Context())
	must(c.t, err)
	for _, j := range said.Judgements {
		a, liveA := c.engine.engine.EntityOf(j.A)
		b, liveB := c.engine.engine.EntityOf(j.B)
		if liveA && liveB && j.Word != resolve.Unsure && (a == b) != (j.Word == resolve.Same) {
			c.r.Fatalf("%s and %s are judged %s, and are in %s and %s", j.A, j.B, j.Word, a, b)
		}
		if liveA && liveB {
			c.explain(j.A, j.B)
		}
	}
	is, err := load(c.t.Context(), c.s, (*resolve.Engine).Put)
	must(c.t, err)
	if plan := is.engine.Settle(); !plan.Empty() || len(plan.Changes) > 0 {
		c.r.Fatalf("one batch finds %+v", plan.Changes)
	}
}

func (c *curation) explain(a, b resolve.ID) {
	why, err := c.engine.engine.Why(a, b)
	must(c.t, err)
	var sum resolve.Weight
	for _, l := range why.Lines {
		sum += l.Weight
	}
	if sum != why.Weight {
		c.r.Fatalf("%s and %s weigh %d, their lines sum to %d", a, b, why.Weight, sum)
	}
}

// records lists the records of a kind, by id.
func (c *curation) records(kind resolve.Kind) []resolve.ID {
	var ids []resolve.ID
	for e, err := range c.s.Entities(c.t.Context()) {
		must(c.t, err)
		for _, m := range e.Members {
			if e.Kind == kind {
				ids = append(ids, m.Record)
			}
		}
	}
	return slices.Sorted(slices.Values(ids))
}

// decision draws a decision about what there is; nil if there is too little.
func (c *curation) decision() store.Decision {
	ids := c.records(rapid.SampledFrom([]resolve.Kind{resolve.KindTeam, resolve.KindMatch, resolve.KindTournament}).Draw(c.r, "kind"))
	if len(ids) < 2 {
		return nil
	}
	a, b := rapid.SampledFrom(ids).Draw(c.r, "a"), rapid.SampledFrom(ids).Draw(c.r, "b")
	one, _ := c.engine.engine.EntityOf(a)
	other, _ := c.engine.engine.EntityOf(b)
	switch rapid.IntRange(0, 6).Draw(c.r, "decision") {
	case 0:
		return store.Detach{Record: a}
	case 1:
		return store.Move{Record: a, To: other}
	case 2:
		return store.Merge{Entities: []resolve.ID{one, other}}
	case 3:
		return store.Split{Entity: one, Groups: [][]resolve.ID{{a}}}
	case 4:
		return store.Judge{A: a, B: b, Word: resolve.Unsure}
	case 5:
		return store.Judge{A: a, B: b, Word: resolve.Same}
	}
	return store.Judge{A: a, B: b, Word: resolve.Different}
}

// act makes a decision. One that is refused must be so for a reason that is told.
func (c *curation) act() {
	d := c.decision()
	if d == nil {
		return
	}
	made, err := c.s.Decide(c.t.Context(), store.Signature{Actor: "ann"}, d)
	var contradicts *store.ContradictionError
	switch {
	case errors.As(err, &contradicts):
		said, err := c.s.InForce(c.t.Context())
		must(c.t, err)
		for _, p := range contradicts.Proof {
			if !slices.ContainsFunc(said.Judgements, func(j resolve.Judgement) bool { return j.A == p.A && j.B == p.B && j.Word == p.Word }) && len(contradicts.Proof) > 1 {
				c.r.Fatalf("%+v is refused by what is not in force: %+v", d, p)
			}
		}
	case err == nil && !made.Stood:
		c.acts = append(c.acts, made.Act.ID)
	}
}

// undo makes a decision, if there is one to make, and undoes it: all is as it was.
func (c *curation) undo() {
	before, n := entities(c.t, c.s), len(c.acts)
	c.act()
	if len(c.acts) == n {
		return
	}
	c.settle()
	decide(c.t, c.s, store.Undo{Act: c.acts[n]})
	c.acts = c.acts[:n]
	c.settle()
	if diff := gocmp.Diff(before, entities(c.t, c.s), cmpopts.EquateEmpty()); diff != "" {
		c.r.Fatalf("undone, it is not as before:\n%s", diff)
	}
}

// Records, judgements, undoings, restarts and batch runs in any order: after each, no "different"
// is crossed, every "same" holds, what is refused is so for a true reason, what is undone leaves
// no trace, and one batch would find nothing to change.
func TestCurationProperties(t *testing.T) {
	all := feed(t, 500)
	rapid.Check(t, func(r *rapid.T) {
		s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "umpire.db"))
		must(t, err)
		defer s.Close()
		must(t, s.Migrate(t.Context()))
		c := &curation{t: t, r: r, s: s, intake: ingest.NewIntake(s), feed: all}
		from := rapid.IntRange(0, 300).Draw(r, "from")
		owned(t, s, c.intake, func(engine *Resolver) {
			c.engine = engine
			for range rapid.IntRange(1, 10).Draw(r, "steps") {
				switch rapid.IntRange(0, 5).Draw(r, "step") {
				case 0:
					n := rapid.IntRange(1, 60).Draw(r, "messages")
					_, err := c.intake.Take(context.Background(), c.feed[from:min(from+n, len(c.feed))])
					must(t, err)
					from = min(from+n, len(c.feed))
				case 1, 2:
					c.act()
				case 3:
					c.settle()
					c.undo()
				case 4:
					must(t, c.engine.load(t.Context()))
					must(t, errors.Join(c.engine.drain(t.Context()), c.engine.follow(t.Context())))
				default:
					if len(c.acts) > 0 {
						i := rapid.IntRange(0, len(c.acts)-1).Draw(r, "undone")
						_, err := s.Decide(t.Context(), store.Signature{Actor: "bo"}, store.Undo{Act: c.acts[i]})
						if err != nil && !errors.Is(err, store.ErrConflict) {
							t.Fatal(err)
						}
						c.acts = slices.Delete(c.acts, i, i+1)
					}
				}
				c.settle()
			}
		})
	})
}

// twoTeams are two team records of different entities.
func twoTeams(t *testing.T, s *store.Store) (resolve.ID, resolve.ID) {
	t.Helper()
	var ids []resolve.ID
	for id, e := range entities(t, s) {
		if e.Kind == resolve.KindTeam {
			ids = append(ids, id)
		}
	}
	if slices.Sort(ids); len(ids) < 2 {
		t.Fatal("no two teams: the test shows nothing")
	}
	return ids[0], ids[1]
}

// failsOn is an engine that fails where two records become one.
func failsOn(a, b resolve.ID) func(*resolve.Engine, []store.Mark) resolve.Plan {
	return func(engine *resolve.Engine, marks []store.Mark) resolve.Plan {
		plan := put(engine, marks)
		one, _ := engine.EntityOf(a)
		if other, _ := engine.EntityOf(b); one == other {
			panic("a fault")
		}
		return plan
	}
}

// An act on which the engine fails is undone, by an act that says so; what is decided and told
// before and after it is settled, whether the resolver runs then or starts later.
func TestAnActThatTheEngineFailsOn(t *testing.T) {
	for _, restarts := range []string{"live", "at start"} {
		t.Run(restarts, func(t *testing.T) {
			onBoth(t, func(t *testing.T, s *store.Store) {
				intake := ingest.NewIntake(s)
				all := feed(t, 200)
				_, err := intake.Take(t.Context(), all[:150])
				must(t, err)
				var a, b resolve.ID
				var acts []store.Act
				decideAll := func() {
					a, b = twoTeams(t, s)
					for _, word := range []resolve.Word{resolve.Unsure, resolve.Same} {
						acts = append(acts, decide(t, s, store.Judge{A: a, B: b, Word: word}))
					}
					acts = append(acts, decide(t, s, store.SetField{Record: a, Field: "name", Value: "By hand"}))
				}
				owned(t, s, intake, func(r *Resolver) {
					if restarts == "live" {
						decideAll()
						r.put = failsOn(a, b)
						must(t, r.drain(t.Context()))
					}
				})
				if restarts != "live" {
					decideAll()
				}
				_, err = intake.Take(t.Context(), all[150:])
				must(t, err)
				release, err := s.Own(t.Context())
				must(t, err)
				defer release()
				r := New(s, intake.Quarantine)
				r.put = failsOn(a, b)
				must(t, r.load(t.Context()))
				must(t, errors.Join(r.drain(t.Context()), r.follow(t.Context())))
				wantStruck(t, s, acts)
				if left, err := s.Unsettled(t.Context(), 0, 10); err != nil || len(left) > 0 {
					t.Errorf("not settled: %+v, %v", left, err)
				}
				if marks, err := s.Marks(t.Context()); err != nil || len(marks) > 0 {
					t.Errorf("dirty: %v, %v", marks, err)
				}
				if name := entities(t, s)[a].Name; name != "By hand" {
					t.Errorf("the act after it left the name %q", name)
				}
			})
		})
	}
}

// wantStruck checks that of three acts the second is undone, and what it lifted is in force.
func wantStruck(t *testing.T, s *store.Store, acts []store.Act) {
	t.Helper()
	for i, act := range acts {
		now, err := s.Act(t.Context(), act.ID)
		must(t, err)
		if (now.UndoneBy != 0) != (i == 1) {
			t.Errorf("act %d of three is undone by %d", i+1, now.UndoneBy)
		}
		if i == 1 {
			by, err := s.Act(t.Context(), now.UndoneBy)
			must(t, err)
			if by.Actor != keeper || !strings.Contains(by.Note, "a fault") {
				t.Errorf("it is undone by %s: %q", by.Actor, by.Note)
			}
		}
	}
	said, err := s.InForce(t.Context())
	must(t, err)
	if len(said.Judgements) != 1 || said.Judgements[0].Word != resolve.Unsure {
		t.Errorf("in force are %+v", said.Judgements)
	}
}

// A preview on which the engine fails is an error, and costs an engine; what is settled next is
// settled by another.
func TestAPreviewThatTheEngineFailsOn(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		intake := ingest.NewIntake(s)
		_, err := intake.Take(t.Context(), feed(t, 150))
		must(t, err)
		owned(t, s, intake, func(r *Resolver) {
			a, b := twoTeams(t, s)
			before := entities(t, s)
			effects, err := s.Effects(t.Context(), store.Signature{}, store.Judge{A: a, B: b, Word: resolve.Same})
			must(t, err)
			failed := r.engine
			r.put = failsOn(a, b)
			if _, err := r.preview(effects); err == nil || !strings.Contains(err.Error(), "a fault") {
				t.Fatalf("the preview: %v", err)
			}
			decide(t, s, store.Judge{A: a, B: b, Word: resolve.Different})
			must(t, r.drain(t.Context()))
			if r.engine == failed {
				t.Error("the engine that failed has settled what came next")
			}
			after := entities(t, s)
			if diff := gocmp.Diff(before, after, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("what was but previewed shows:\n%s", diff)
			}
		})
	})
}

// Decisions that nobody has settled yet are settled one by one by who starts, and the history
// names each.
func TestActsWaitForAResolver(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		intake := ingest.NewIntake(s)
		_, err := intake.Take(t.Context(), feed(t, 150))
		must(t, err)
		owned(t, s, intake, func(*Resolver) {})
		a, b := twoTeams(t, s)
		same := decide(t, s, store.Judge{A: a, B: b, Word: resolve.Same})
		if settled, err := s.Settled(t.Context(), same.ID); settled || err != nil {
			t.Errorf("settled by nobody: %t, %v", settled, err)
		}
		name := decide(t, s, store.SetField{Record: a, Field: "name", Value: "By hand"})
		trust := decide(t, s, store.SetTrust{Source: firstSource(t, s), Trust: 3})
		owned(t, s, intake, func(*Resolver) {})
		for _, act := range []store.Act{same, name, trust} {
			if now, err := s.Act(t.Context(), act.ID); err != nil || !now.Settled {
				t.Errorf("%s is not settled, %v", act.Cause(), err)
			}
		}
		one, err := s.Canonical(t.Context(), a)
		must(t, err)
		history, err := s.History(t.Context(), one)
		must(t, err)
		var causes []string
		for _, c := range history[:2] {
			causes = append(causes, strings.SplitN(c.Cause, " under", 2)[0])
		}
		if want := []string{name.Cause(), same.Cause()}; !slices.Equal(causes, want) {
			t.Errorf("the history names %q, want %q", causes, want)
		}
	})
}

func firstSource(t *testing.T, s *store.Store) string {
	t.Helper()
	sources, err := s.Sources(t.Context())
	must(t, err)
	return sources[0].Name
}

// No two rows of the queue ask about the same two entities, whatever came in which order, and
// the rows come by what they teach.
func TestOneRowAQuestion(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		intake := ingest.NewIntake(s)
		all := feed(t, 1200)
		owned(t, s, intake, func(r *Resolver) {
			for batch := range slices.Chunk(all, 100) {
				_, err := intake.Take(t.Context(), batch)
				must(t, err)
				must(t, r.drain(t.Context()))
			}
		})
		met := map[[2]resolve.ID]bool{}
		last := store.Question{Priority: math.MaxInt}
		for f := (store.QuestionFilter{Limit: 10}); ; {
			page, err := s.Questions(t.Context(), f)
			must(t, err)
			for _, q := range page.Items {
				asked := [2]resolve.ID{min(q.Entities[0], q.Entities[1]), max(q.Entities[0], q.Entities[1])}
				if met[asked] || asked[0] == asked[1] || asked[0] == "" {
					t.Errorf("asked again, or of one: %v", asked)
				}
				met[asked] = true
				if q.Priority > last.Priority {
					t.Errorf("%d comes after %d", q.Priority, last.Priority)
				}
				last = q
			}
			if f.Cursor = page.Next; f.Cursor == "" {
				break
			}
		}
		if len(met) < 20 {
			t.Errorf("%d questions: the test shows little", len(met))
		}
	})
}
