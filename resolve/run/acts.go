package run

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"umpire/ent/store"
	"umpire/resolve"
)

// What people decide is taken up like what sources send: an act is committed by whoever makes
// it, and settled by the process that resolves, which commits what follows from it and that it
// is settled at once. Each act is settled by itself, so that the history names it.

// heard is what the engine has been told of people's decisions.
type heard struct {
	last         int64   // the last act
	unsettled    []int64 // acts of these that the store does not know to be settled
	survivorship resolve.Survivorship
}

// hear tells an engine all that is in force.
func hear(engine *resolve.Engine, f store.InForce) heard {
	for _, j := range f.Judgements {
		engine.Judge(j)
	}
	for _, o := range f.Overrides {
		engine.Override(o)
	}
	engine.Survive(f.Survivorship)
	return heard{last: f.Last, unsettled: f.Unsettled, survivorship: f.Survivorship}
}

// enact tells an engine what comes into force and what goes out of it: that first, for there is
// one word on a thing at most.
func (h *heard) enact(engine *resolve.Engine, effects []store.Effect) {
	ruled := false
	for _, on := range []bool{false, true} {
		for _, e := range effects {
			if e.On != on {
				continue
			}
			switch {
			case e.Judgement != nil:
				engine.Judge(wordOf(e))
			case e.Override != nil && on:
				engine.Override(e.Override.Law())
			case e.Override != nil:
				engine.Lift(e.Override.Record, e.Override.Field)
			default:
				h.survivorship = ruledBy(h.survivorship, e)
				ruled = true
			}
		}
	}
	if ruled {
		engine.Survive(h.survivorship)
	}
}

func wordOf(e store.Effect) resolve.Judgement {
	j := e.Judgement.Law()
	if !e.On {
		j.Word = resolve.Unsure
	}
	return j
}

// ruledBy is a survivorship with one thing more, or less.
func ruledBy(s resolve.Survivorship, e store.Effect) resolve.Survivorship {
	next := resolve.Survivorship{Rules: map[resolve.Kind]map[string]resolve.Rule{}, Trust: maps.Clone(s.Trust)}
	for kind, rules := range s.Rules {
		next.Rules[kind] = maps.Clone(rules)
	}
	switch {
	case e.Trust != nil && e.On:
		next.Trust[e.Trust.Source] = e.Trust.Trust
	case e.Trust != nil:
		delete(next.Trust, e.Trust.Source)
	case e.On:
		if next.Rules[e.Rule.Kind] == nil {
			next.Rules[e.Rule.Kind] = map[string]resolve.Rule{}
		}
		next.Rules[e.Rule.Kind][e.Rule.Field] = e.Rule.Rule
	default:
		delete(next.Rules[e.Rule.Kind], e.Rule.Field)
	}
	return next
}

// undone is what takes effects back.
func undone(effects []store.Effect) []store.Effect {
	back := slices.Clone(effects)
	for i := range back {
		back[i].On = !back[i].On
	}
	return back
}

// settleAct settles the next act, and nothing else, and tells whether there was one.
func (r *Resolver) settleAct(ctx context.Context) (bool, error) {
	acts, err := r.store.Unsettled(ctx, r.heard.last, 1)
	if err != nil || len(acts) == 0 {
		return false, err
	}
	if err := r.refresh(ctx); err != nil {
		return false, err
	}
	act, start := acts[0], time.Now()
	plan, err := r.resolve(r.engine, nil, act.Effects...)
	if err != nil {
		return true, r.strike(ctx, act, err)
	}
	r.heard.last, r.heard.unsettled = act.ID, append(r.heard.unsettled, act.ID)
	zerolog.Ctx(ctx).Info().Int64("act", act.ID).Str("actor", act.Actor).Str("verb", string(act.Verb)).Msg("act taken up")
	return true, r.apply(ctx, plan, nil, act.Cause(), start)
}

// keeper is who acts where no person does.
const keeper = "umpire"

// strike undoes an act on which the engine fails, as an act that says so: it must not stop the
// line. What the engine holds is not to be trusted after that.
func (r *Resolver) strike(ctx context.Context, act store.Act, fault error) error {
	zerolog.Ctx(ctx).Error().Err(fault).Int64("act", act.ID).Msg("the engine fails on an act; undoing it")
	undo, err := r.store.Decide(ctx, store.Signature{Actor: keeper, Note: "the engine fails on it: " + fault.Error()}, store.Undo{Act: act.ID})
	undoneBy := undo.Act.ID
	if errors.Is(err, store.ErrConflict) { // someone was quicker
		act, err = r.store.Act(ctx, act.ID)
		undoneBy = act.UndoneBy
	}
	if err == nil && undoneBy == 0 {
		err = fault
	}
	if err != nil {
		return fmt.Errorf("undo %s: %w", act.Cause(), err)
	}
	if err := r.store.Apply(ctx, resolve.Plan{}, nil, act.Cause(), act.ID, undoneBy); err != nil {
		return fmt.Errorf("settle what is undone: %w", err)
	}
	return r.load(ctx)
}

// rewind takes back of what an engine has heard the acts that are not settled, so that each is
// settled by itself, as if it came now.
func (h *heard) rewind(ctx context.Context, s *store.Store, engine *resolve.Engine) error {
	acts, err := s.Unsettled(ctx, 0, len(h.unsettled))
	if err != nil || len(acts) == 0 {
		return err
	}
	for _, act := range slices.Backward(acts) {
		h.enact(engine, undone(act.Effects))
	}
	h.last, h.unsettled = acts[0].ID-1, nil
	return nil
}

// Preview tells what would follow if some effects came into force, as of the last settling: the
// plan that they would bring. Nothing is written. It is safe for concurrent use, and waits as
// Why does. store.ErrElsewhere: this process does not resolve the database now.
func (r *Resolver) Preview(ctx context.Context, effects []store.Effect) (resolve.Plan, error) {
	return ask(ctx, r, func(r *Resolver) (resolve.Plan, error) { return r.preview(effects) })
}

// preview tries effects and takes them back: an engine that has settled both is where it was.
func (r *Resolver) preview(effects []store.Effect) (resolve.Plan, error) {
	plan, err := r.resolve(r.engine, nil, effects...)
	if err == nil {
		_, err = r.resolve(r.engine, nil, undone(effects)...)
	}
	if err != nil {
		r.broken = true
		return resolve.Plan{}, fmt.Errorf("preview: %w", err)
	}
	return plan, nil
}
