package run

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/rs/zerolog"

	"umpire/ent/store"
	"umpire/resolve"
)

// load rebuilds the engine from the database: the model in use, every live record, and what
// was planned of them before, so that the next plan is the difference. If the engine fails on
// what is marked, that is isolated.
func (r *Resolver) load(ctx context.Context) error {
	err := r.reload(ctx)
	if errors.Is(err, errPanic) {
		zerolog.Ctx(ctx).Error().Err(err).Msg("the engine cannot be rebuilt; isolating the message at fault")
		return r.isolate(ctx)
	}
	return err
}

func (r *Resolver) reload(ctx context.Context) error {
	start := time.Now()
	is, err := load(ctx, r.store, r.tell)
	if err != nil {
		r.model = is.model
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
		engine, heard, err := rebuild(ctx, r.store, r.model, func(e *resolve.Engine, m resolve.Match) {
			if !suspect[m.ID] {
				r.tell(e, m)
			}
		})
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
	return r.reload(ctx)
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

// resolve puts marks into an engine and settles.
func (r *Resolver) resolve(engine *resolve.Engine, marks []store.Mark, effects ...store.Effect) (plan resolve.Plan, err error) { //nolint:nonamedreturns // as recovered needs it
	defer recovered(&err, under(span(marks), r.model))
	r.heard.enact(engine, effects)
	return r.put(engine, marks), nil
}

// errPanic says that the engine failed.
var errPanic = errors.New("the engine failed")

// recovered, if deferred, turns a panic of the engine into an error: one record that it cannot
// bear must not stop the line.
func recovered(err *error, on string) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w on %s: %v", errPanic, on, p)
	}
}

// loaded is an engine of all that a store holds.
type loaded struct {
	model   *resolve.Model
	engine  *resolve.Engine
	heard   heard
	records int
}

// load makes an engine of all that the store holds, on the model that is in use. What it returns
// with an error has the model, if that was read.
func load(ctx context.Context, s *store.Store, tell func(*resolve.Engine, resolve.Match)) (loaded, error) {
	inUse, err := s.ModelInUse(ctx)
	if err != nil {
		return loaded{}, err
	}
	model, err := parse(inUse)
	if err != nil {
		return loaded{}, err
	}
	is := loaded{model: model}
	is.engine, is.heard, err = rebuild(ctx, s, model, func(e *resolve.Engine, m resolve.Match) {
		is.records++
		tell(e, m)
	})
	return is, err
}

// rebuild makes an engine of what people say and of the live records, which it is to be told,
// and gives it what was planned before, so that its next plan is the difference.
func rebuild(ctx context.Context, s *store.Store, model *resolve.Model, tell func(*resolve.Engine, resolve.Match)) (engine *resolve.Engine, says heard, err error) { //nolint:nonamedreturns // as recovered needs it
	said, err := s.InForce(ctx)
	if err != nil {
		return nil, heard{}, fmt.Errorf("read what people say: %w", err)
	}
	defer recovered(&err, under("all records", model))
	engine = resolve.New(model)
	says = hear(engine, said)
	for m, err := range s.Live(ctx) {
		if err != nil {
			return nil, says, fmt.Errorf("read records: %w", err)
		}
		tell(engine, m)
	}
	var failed error
	engine.Restore(upTo(s.Held(ctx), &failed), upTo(s.HeldLinks(ctx), &failed))
	if failed != nil {
		return nil, says, fmt.Errorf("read entities: %w", failed)
	}
	return engine, says, nil
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
