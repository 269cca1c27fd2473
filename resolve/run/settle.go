package run

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/rs/zerolog"

	"umpire/ent/store"
	"umpire/resolve"
)

// load rebuilds the engine from the database: every live record, and what was planned of
// them before, so that the next plan is the difference.
func (r *Resolver) load(ctx context.Context) error {
	start := time.Now()
	engine, n, err := load(ctx, r.store)
	if err != nil {
		return err
	}
	r.engine = engine
	zerolog.Ctx(ctx).Info().Int("records", n).Dur("took_ms", time.Since(start)).Msg("engine rebuilt")
	return nil
}

// settle takes one batch of marks through the engine and into the store, and returns
// how many it took.
func (r *Resolver) settle(ctx context.Context) (int, error) {
	start := time.Now()
	marks, err := r.store.Dirty(ctx, batch)
	if err != nil || len(marks) == 0 {
		return 0, err
	}
	plan, err := guarded(func() resolve.Plan { return r.put(r.engine, marks) })
	if err != nil {
		zerolog.Ctx(ctx).Error().Err(err).Str("messages", span(marks)).Msg("the engine fails on these; isolating the one at fault")
		return len(marks), r.isolate(ctx, marks)
	}
	if err := r.store.Apply(ctx, plan, marks, span(marks)); err != nil {
		return 0, fmt.Errorf("apply the plan of %s: %w", span(marks), err)
	}
	zerolog.Ctx(ctx).Info().Int("records", len(marks)).Int("entities", len(plan.Put)).Int("changes", len(plan.Changes)).
		Int("links", len(plan.Link)).Dur("took_ms", time.Since(start)).Msg("settled")
	return len(marks), nil
}

// isolate finds the marks on which the engine fails, one by one, and quarantines the
// messages that set them. Each failure costs a rebuilt engine: what a failed one holds is
// not to be trusted.
func (r *Resolver) isolate(ctx context.Context, marks []store.Mark) error {
	suspect := map[resolve.ID]bool{}
	for _, m := range marks {
		suspect[m.Record] = true
	}
	for len(suspect) > 0 {
		engine, err := rebuild(ctx, r.store, func(id resolve.ID) bool { return !suspect[id] })
		if err != nil {
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
		if _, err := guarded(func() resolve.Plan { return r.put(engine, []store.Mark{m}) }); err != nil {
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

// guarded turns a panic of the engine into an error: one record that it cannot bear must
// not stop the line.
func guarded(f func() resolve.Plan) (plan resolve.Plan, err error) { //nolint:nonamedreturns // recover has no other way to tell
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f(), nil
}

// load makes an engine of all that the store holds, and counts its records.
func load(ctx context.Context, s *store.Store) (*resolve.Engine, int, error) {
	n := 0
	engine, err := rebuild(ctx, s, func(resolve.ID) bool { n++; return true })
	if err != nil {
		return nil, 0, err
	}
	return engine, n, nil
}

// rebuild makes an engine of the live records that keep lets in, and tells it what was
// planned before, so that its next plan is the difference.
func rebuild(ctx context.Context, s *store.Store, keep func(resolve.ID) bool) (*resolve.Engine, error) {
	engine := resolve.New(nil)
	for m, err := range s.Live(ctx) {
		if err != nil {
			return nil, fmt.Errorf("read records: %w", err)
		}
		if keep(m.ID) {
			engine.Put(m)
		}
	}
	var failed error
	engine.Restore(upTo(s.Entities(ctx), &failed), upTo(s.AllLinks(ctx), &failed))
	if failed != nil {
		return nil, fmt.Errorf("read entities: %w", failed)
	}
	return engine, nil
}

// span names the messages that marks come from, for the history.
func span(marks []store.Mark) string {
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
