package run

import (
	"context"
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/rs/zerolog"

	"umpire/ent/store"
	"umpire/resolve"
)

// load rebuilds the engine from the database: the model in use, every live record, and what
// was planned of them before, so that the next plan is the difference.
func (r *Resolver) load(ctx context.Context) error {
	start := time.Now()
	is, err := load(ctx, r.store)
	if err != nil {
		return err
	}
	if err := is.heard.rewind(ctx, r.store, is.engine); err != nil {
		return err
	}
	r.model, r.engine, r.heard, r.fresh, r.broken = is.model, is.engine, is.heard, true, false
	zerolog.Ctx(ctx).Info().Str("model", is.model.Version).Int("records", is.records).Dur("took_ms", time.Since(start)).Msg("engine rebuilt")
	return nil
}

// follow rebuilds the engine if another model is in use now. Whatever it was rebuilt for, it
// then settles everything, since nothing of that may be dirty.
func (r *Resolver) follow(ctx context.Context) error {
	version, err := r.store.ModelVersion(ctx)
	if err != nil {
		return err
	}
	if version != r.model.Version {
		zerolog.Ctx(ctx).Info().Str("from", r.model.Version).Str("to", version).Msg("another model is in use now; resolving everything by it")
		if err := r.load(ctx); err != nil {
			return err
		}
	}
	return r.refresh(ctx)
}

// refresh settles everything if the engine was rebuilt and has settled nothing since.
func (r *Resolver) refresh(ctx context.Context) error {
	if !r.fresh {
		return nil
	}
	start := time.Now()
	plan, err := r.resolve(r.engine, nil)
	if err != nil {
		return err
	}
	return r.apply(ctx, plan, nil, span(nil), start)
}

// settle takes one batch of marks through the engine and into the store, and returns
// how many it took.
func (r *Resolver) settle(ctx context.Context) (int, error) {
	start := time.Now()
	marks, err := r.store.Dirty(ctx, r.most)
	if err != nil || len(marks) == 0 {
		return 0, err
	}
	plan, err := r.resolve(r.engine, marks)
	if err != nil {
		zerolog.Ctx(ctx).Error().Err(err).Str("messages", span(marks)).Msg("the engine fails on these; isolating the one at fault")
		return len(marks), r.isolate(ctx)
	}
	return len(marks), r.apply(ctx, plan, marks, span(marks), start)
}

// apply brings the store where the engine is, and tells how long it all took.
func (r *Resolver) apply(ctx context.Context, plan resolve.Plan, marks []store.Mark, what string, start time.Time) error {
	r.fresh = false
	if plan.Empty() && len(marks) == 0 && len(r.heard.unsettled) == 0 {
		return nil
	}
	cause := under(what, r.model)
	if err := r.store.Apply(ctx, plan, marks, cause, r.heard.unsettled...); err != nil {
		return fmt.Errorf("apply the plan of %s: %w", cause, err)
	}
	r.heard.unsettled = nil
	zerolog.Ctx(ctx).Info().Int("records", len(marks)).Int("entities", len(plan.Put)).Int("changes", len(plan.Changes)).
		Int("links", len(plan.Link)).Dur("took_ms", time.Since(start)).Msg("settled")
	return nil
}

// isolate finds the marks on which the engine fails, one by one, and quarantines the
// messages that set them. Each failure costs a rebuilt engine: what a failed one holds is
// not to be trusted. It is an error if the engine fails on what nobody marked: no message
// is to blame for that.
func (r *Resolver) isolate(ctx context.Context) error {
	marks, err := r.store.Dirty(ctx, math.MaxInt)
	if err != nil {
		return err
	}
	suspect := map[resolve.ID]bool{}
	for _, m := range marks {
		suspect[m.Record] = true
	}
	for len(suspect) > 0 {
		engine, heard, err := rebuild(ctx, r.store, r.model, func(id resolve.ID) bool { return !suspect[id] })
		if err == nil {
			err = heard.rewind(ctx, r.store, engine)
		}
		if err != nil {
			return err
		}
		if _, err := r.resolve(engine, nil); err != nil {
			return err
		}
		poison, err := r.firstPoison(engine, marks, suspect)
		if err == nil {
			break
		}
		fault := resolve.InvalidError{Reason: "the engine fails on it: " + err.Error()}
		if err := r.quarantine(ctx, poison.Message, fault); err != nil {
			return fmt.Errorf("quarantine message %d: %w", poison.Message, err)
		}
		zerolog.Ctx(ctx).Error().Int64("message", poison.Message).Str("record", string(poison.Record)).
			Str("reason", fault.Reason).Msg("message quarantined")
		delete(suspect, poison.Record)
	}
	return r.load(ctx)
}

// firstPoison settles the suspects one at a time, acquits each that does no harm, and
// returns the first on which the engine fails.
func (r *Resolver) firstPoison(engine *resolve.Engine, marks []store.Mark, suspect map[resolve.ID]bool) (store.Mark, error) {
	for _, m := range marks {
		if !suspect[m.Record] {
			continue
		}
		if _, err := r.resolve(engine, []store.Mark{m}); err != nil {
			return m, err
		}
		delete(suspect, m.Record)
	}
	return store.Mark{}, nil
}

// put brings marks into the engine and settles.
func put(engine *resolve.Engine, marks []store.Mark) resolve.Plan {
	for _, m := range marks {
		if m.Match == nil {
			engine.Remove(m.Record)
		} else {
			engine.Put(*m.Match)
		}
	}
	return engine.Settle()
}

// resolve puts marks into an engine and settles. It turns a panic of the engine into an
// error: one record that it cannot bear must not stop the line.
func (r *Resolver) resolve(engine *resolve.Engine, marks []store.Mark, effects ...store.Effect) (plan resolve.Plan, err error) { //nolint:nonamedreturns // recover has no other way to tell
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic on %s: %v", under(span(marks), r.model), p)
		}
	}()
	r.heard.enact(engine, effects)
	return r.put(engine, marks), nil
}

// loaded is an engine of all that a store holds.
type loaded struct {
	model   *resolve.Model
	engine  *resolve.Engine
	heard   heard
	records int
}

// load makes an engine of all that the store holds, on the model that is in use.
func load(ctx context.Context, s *store.Store) (loaded, error) {
	inUse, err := s.ModelInUse(ctx)
	if err != nil {
		return loaded{}, err
	}
	model, err := parse(inUse)
	if err != nil {
		return loaded{}, err
	}
	is := loaded{model: model}
	is.engine, is.heard, err = rebuild(ctx, s, model, func(resolve.ID) bool { is.records++; return true })
	return is, err
}

// rebuild makes an engine of the live records that keep lets in and of what people say, and
// tells it what was planned before, so that its next plan is the difference.
func rebuild(ctx context.Context, s *store.Store, model *resolve.Model, keep func(resolve.ID) bool) (*resolve.Engine, heard, error) {
	engine := resolve.New(model)
	said, err := s.InForce(ctx)
	if err != nil {
		return nil, heard{}, fmt.Errorf("read what people say: %w", err)
	}
	heard := hear(engine, said)
	for m, err := range s.Live(ctx) {
		if err != nil {
			return nil, heard, fmt.Errorf("read records: %w", err)
		}
		if keep(m.ID) {
			engine.Put(m)
		}
	}
	var failed error
	engine.Restore(upTo(s.Entities(ctx), &failed), upTo(s.AllLinks(ctx), &failed))
	if failed != nil {
		return nil, heard, fmt.Errorf("read entities: %w", failed)
	}
	return engine, heard, nil
}

// under names the cause of a plan, for the history.
func under(what string, model *resolve.Model) string { return what + " under model " + model.Version }

// span names the messages that marks come from.
func span(marks []store.Mark) string {
	if len(marks) == 0 {
		return "everything"
	}
	first, last := marks[0].Message, marks[0].Message
	for _, m := range marks {
		first, last = min(first, m.Message), max(last, m.Message)
	}
	if first == last {
		return fmt.Sprintf("message %d", first)
	}
	return fmt.Sprintf("messages %d to %d", first, last)
}

// upTo yields what seq yields before its first error, which goes to failed.
func upTo[T any](seq iter.Seq2[T, error], failed *error) iter.Seq[T] {
	return func(yield func(T) bool) {
		for v, err := range seq {
			if err != nil {
				*failed = err
				return
			}
			if !yield(v) {
				return
			}
		}
	}
}
