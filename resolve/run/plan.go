package run

// Planning a run: everything is resolved anew from a snapshot, beside whoever resolves what
// comes in, and what that would change is kept with its causes (cause.go).

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync/atomic"
	"time"

	"umpire/ent/store"
	"umpire/resolve"
)

// beat is how often who plans a run tells of itself.
const beat = time.Second

// Plan plans a run that waits for it, or of whose planner nothing is heard any more, and tells
// its progress meanwhile. It needs not own the database, and writes nothing but the run.
//
// store.ErrNotFound, store.ErrConflict: there is none such, or it is not to be planned, or it was
// cancelled meanwhile. If ctx ends the run waits again; after any other error it is failed.
func Plan(ctx context.Context, s *store.Store, id int64, tell func(store.RunProgress)) (store.Run, error) {
	holder := rand.Text()
	run, err := s.ClaimRun(ctx, id, holder)
	if err != nil {
		return store.Run{}, err
	}
	p := &planner{store: s, run: run, holder: holder, tell: tell}
	plan, err := p.plan(ctx)
	if err == nil {
		run, err = s.KeepPlan(ctx, id, holder, plan)
	}
	if err != nil {
		return store.Run{}, p.giveUp(ctx, err)
	}
	return run, nil
}

// planner plans one run.
type planner struct {
	store    *store.Store
	run      store.Run
	holder   string
	tell     func(store.RunProgress) // nil: nobody
	progress atomic.Pointer[store.RunProgress]

	snap          *store.Snapshot
	said          store.InForce
	records       int64
	before, after store.Model
	rate          float64 // match records resolved a second, as far as is known
}

// giveUp leaves a run that could not be planned, and returns why.
func (p *planner) giveUp(ctx context.Context, err error) error {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	switch {
	case ctx.Err() != nil:
		return errors.Join(ctx.Err(), p.store.ReleaseRun(last, p.run.ID, p.holder))
	case errors.Is(err, store.ErrConflict):
		return fmt.Errorf("plan run %d: %w", p.run.ID, err)
	}
	err = fmt.Errorf("plan run %d: %w", p.run.ID, err)
	return errors.Join(err, p.store.FailRun(last, p.run.ID, p.holder, err.Error()))
}

// plan draws the plan up, and tells of itself meanwhile.
func (p *planner) plan(ctx context.Context) (store.RunPlan, error) {
	ctx, stop := context.WithCancelCause(ctx)
	beaten := make(chan struct{})
	go func() {
		defer close(beaten)
		p.beat(ctx, stop)
	}()
	plan, err := p.draw(ctx)
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	stop(nil)
	<-beaten
	return plan, err
}

// beat tells of the planner until ctx ends, and stops it when the run is its own no more.
func (p *planner) beat(ctx context.Context, stop context.CancelCauseFunc) {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		told := store.RunProgress{}
		if at := p.progress.Load(); at != nil {
			told = *at
		}
		if err := p.store.BeatRun(ctx, p.run.ID, p.holder, told); errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
			stop(err)
			return
		}
	}
}

// at notes progress.
func (p *planner) at(stage string, done int64, began time.Time, ends time.Duration) {
	told := store.RunProgress{Stage: stage, Done: done, Total: p.records}
	if ends > 0 {
		at := began.Add(ends)
		told.EndsAt = &at
	}
	p.progress.Store(&told)
	if p.tell != nil {
		p.tell(told)
	}
}

// draw resolves the snapshot and finds what that changes.
func (p *planner) draw(ctx context.Context) (store.RunPlan, error) {
	began := time.Now()
	snap, err := p.store.Snapshot(ctx)
	if err != nil {
		return store.RunPlan{}, err
	}
	defer snap.Close()
	p.snap = snap
	mark, err := snap.Watermark(ctx)
	if err != nil {
		return store.RunPlan{}, err
	}
	if err := p.prepare(ctx); err != nil {
		return store.RunPlan{}, err
	}
	found, err := p.compare(ctx)
	if err != nil {
		return store.RunPlan{}, err
	}
	causes, err := p.causes(ctx, found)
	if err != nil {
		return store.RunPlan{}, err
	}
	plan := causes.plan()
	plan.Before, plan.After, plan.Snapshot, plan.Report = p.before.Version, p.after, mark, found.report
	plan.Report.Seconds, plan.Report.Rate = time.Since(began).Seconds(), p.rate
	return plan, nil
}

// prepare reads what the resolution rests on besides records, and learns the model if that is asked.
func (p *planner) prepare(ctx context.Context) error {
	var err error
	if p.records, err = p.snap.Count(ctx); err != nil {
		return err
	}
	if p.before, err = p.snap.ModelInUse(ctx); err != nil {
		return err
	}
	if p.said, err = p.snap.InForce(ctx); err != nil {
		return err
	}
	if p.rate, err = p.knownRate(ctx); err != nil {
		return err
	}
	switch p.run.Wants {
	case "":
		p.after = p.before
	case store.WantsTraining:
		p.after, err = learn(p.live(ctx, "learning"))
	default:
		p.after, err = p.snap.Model(ctx, p.run.Wants)
	}
	return err
}

// knownRate asks for the last run's rate. A database in memory has no connection to spare.
func (p *planner) knownRate(ctx context.Context) (float64, error) {
	if p.snap.Alone() {
		return 0, nil
	}
	return p.store.RunRate(ctx)
}

// live yields the records, and tells how many are read.
func (p *planner) live(ctx context.Context, stage string) iter.Seq2[resolve.Match, error] {
	return func(yield func(resolve.Match, error) bool) {
		began, n := time.Now(), int64(0)
		for m, err := range p.snap.Live(ctx) {
			if !yield(m, err) || err != nil {
				return
			}
			if n++; n%1000 == 0 || n == p.records {
				p.at(stage, n, began, time.Duration(float64(time.Since(began))*float64(p.records)/float64(n)))
			}
		}
	}
}

// resolve makes an engine of the snapshot on a model, and resolves.
func (p *planner) resolve(ctx context.Context, of store.Model, what string) (engine *resolve.Engine, err error) { //nolint:nonamedreturns // as recovered needs it
	model, err := parse(of)
	if err != nil {
		return nil, err
	}
	defer recovered(&err, under("all records", model))
	engine = resolve.New(model)
	hear(engine, p.said)
	for m, err := range p.live(ctx, "reading "+what) {
		if err != nil {
			return nil, fmt.Errorf("read records: %w", err)
		}
		engine.Put(m)
	}
	began, ends := time.Now(), time.Duration(0)
	if p.rate > 0 {
		ends = time.Duration(float64(p.records) / p.rate * float64(time.Second))
	}
	p.at("resolving "+what, 0, began, ends)
	engine.Resolve()
	if p.records > 0 {
		p.rate = float64(p.records) / time.Since(began).Seconds()
	}
	p.at("resolving "+what, p.records, began, 0)
	return engine, ctx.Err()
}

// findings is what differs between the entities of the snapshot and those resolved.
type findings struct {
	diffs  []resolve.Difference
	rests  []*rest // of each difference; nil: it rests on no pair
	names  map[resolve.ID]string
	report store.RunReport
}

// rest is a pair of records on which differences rest.
type rest struct {
	resolve.Pair
	joined bool         // they are one now, and were not; or the other way round
	now    resolve.Link // what became of them
	was    resolve.Link // and what had; without lines if that is not known
	same   bool         // they would be as they are now by the model before as well
}

// compare resolves by the candidate model, and holds what comes out against the snapshot.
func (p *planner) compare(ctx context.Context) (findings, error) {
	f := findings{names: map[resolve.ID]string{}, report: store.RunReport{
		Records: map[resolve.Kind]int{}, Before: map[resolve.Kind]int{}, After: map[resolve.Kind]int{},
	}}
	engine, err := p.resolve(ctx, p.after, "by model "+p.after.Version)
	if err != nil {
		return f, err
	}
	p.at("comparing", p.records, time.Now(), 0)
	var failed error
	before := f.counted(upTo(p.snap.Entities(ctx), &failed), f.report.Before, nil)
	f.diffs = resolve.Differ(before, f.counted(engine.Entities(), f.report.After, f.report.Records))
	if failed != nil {
		return f, fmt.Errorf("read entities: %w", failed)
	}
	f.rests = restsOf(engine, f.diffs)
	return f, nil
}

// counted passes entities on, counts them and their records, and keeps their names.
func (f *findings) counted(entities iter.Seq[resolve.Entity], into, records map[resolve.Kind]int) iter.Seq[resolve.Entity] {
	return func(yield func(resolve.Entity) bool) {
		for e := range entities {
			into[e.Kind]++
			if records != nil {
				records[e.Kind] += len(e.Members)
			}
			if e.Kind != resolve.KindMatch {
				f.names[e.ID] = e.Name
			}
			if !yield(e) {
				return
			}
		}
	}
}

// nameOf is what an entity is called.
func (f *findings) nameOf(d resolve.Difference) string {
	e := d.After
	if e == nil {
		e = d.Before
	}
	if e.Match == nil {
		return e.Name
	}
	return f.names[e.Match.Sides[0].Team] + " – " + f.names[e.Match.Sides[1].Team]
}

// restsOf finds the pair on which each difference rests: the heaviest between what comes
// together or parts.
func restsOf(engine *resolve.Engine, diffs []resolve.Difference) []*rest {
	owner := map[resolve.ID]resolve.ID{} // a record's entity before, of those that differ
	after := map[resolve.ID][]resolve.ID{}
	for _, d := range diffs {
		for _, r := range d.Before.Records() {
			owner[r] = d.Entity
		}
		after[d.Entity] = d.After.Records()
	}
	found, pairs := map[resolve.Pair]*rest{}, pairsBy(engine)
	rests := make([]*rest, len(diffs))
	for i, d := range diffs {
		pair, joined, is := pairOf(pairs, d, owner, after)
		if !is {
			continue
		}
		r := found[pair]
		if r == nil {
			link, known := engine.Explain(pair.A, pair.B)
			if !known {
				continue
			}
			r = &rest{Pair: pair, joined: joined, now: link}
			found[pair] = r
		}
		rests[i] = r
	}
	return rests
}

// pairsOf is resolve.Engine.PairsOf.
type pairsOf func(a, b resolve.ID) []resolve.PairWeight

// pairsBy asks an engine, and keeps the last answer: differences that name the same entities
// often follow each other.
func pairsBy(engine *resolve.Engine) pairsOf {
	last, pairs := resolve.Pair{}, []resolve.PairWeight(nil)
	return func(a, b resolve.ID) []resolve.PairWeight {
		if asked := ordered(a, b); asked != last {
			last, pairs = asked, engine.PairsOf(a, b)
		}
		return pairs
	}
}

// pairOf finds the pair on which a difference rests, and whether it is one now.
func pairOf(pairs pairsOf, d resolve.Difference, owner map[resolve.ID]resolve.ID, after map[resolve.ID][]resolve.ID) (resolve.Pair, bool, bool) {
	if len(d.Others) == 0 {
		return resolve.Pair{}, false, false
	}
	switch d.Act {
	case resolve.Merged, resolve.Retired:
		target := after[d.Entity]
		if d.Act == resolve.Retired {
			target = after[d.Others[0]]
		}
		if len(target) < 2 {
			return resolve.Pair{}, false, false
		}
		for _, w := range pairs(target[0], target[1]) {
			a, b := owner[w.A], owner[w.B]
			if a != b && a != "" && b != "" && (a == d.Entity || b == d.Entity) {
				return resolve.Pair{A: w.A, B: w.B}, true, true
			}
		}
		other := d.Others[0]
		return ordered(d.Entity, other), true, slices.Contains(target, d.Entity) && slices.Contains(target, other)
	case resolve.Created, resolve.Split:
		return partedAt(pairs, d, owner, after)
	}
	return resolve.Pair{}, false, false
}

// partedAt finds the heaviest pair between what was one and is two now.
func partedAt(pairs pairsOf, d resolve.Difference, owner map[resolve.ID]resolve.ID, after map[resolve.ID][]resolve.ID) (resolve.Pair, bool, bool) {
	was := d.Entity // that parted
	if d.Act == resolve.Created {
		was = d.Others[0]
	}
	var heaviest *resolve.PairWeight
	fallback := resolve.Pair{}
	for _, o := range d.Others {
		there := slices.IndexFunc(after[o], func(r resolve.ID) bool { return owner[r] == was })
		if there < 0 {
			continue
		}
		other := after[o][there]
		if fallback.A == "" {
			fallback = ordered(d.Entity, other)
		}
		for _, w := range pairs(d.Entity, other) {
			if owner[w.A] == was && owner[w.B] == was {
				if heaviest == nil || w.Weight > heaviest.Weight {
					heaviest = &w
				}
				break
			}
		}
	}
	if heaviest != nil {
		return resolve.Pair{A: heaviest.A, B: heaviest.B}, false, true
	}
	return fallback, false, fallback.A != ""
}

func ordered(a, b resolve.ID) resolve.Pair { return resolve.Pair{A: min(a, b), B: max(a, b)} }
