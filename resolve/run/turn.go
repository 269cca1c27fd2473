package run

// Runs on their way: planned by whoever is free to, applied and rolled back by who owns the
// database.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"umpire/ent/store"
	"umpire/resolve"
)

// look is how often a planner looks for runs to plan.
const look = time.Second

// PlanAll plans the runs that wait for it, one after the other, until ctx ends, which is no
// error. It needs not own the database, so that a process may plan what another applies; runs
// whose planner died are planned anew.
func PlanAll(ctx context.Context, s *store.Store) error {
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for ctx.Err() == nil {
		err := planNext(ctx, s)
		if err == nil {
			continue
		}
		if !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrConflict) && ctx.Err() == nil {
			zerolog.Ctx(ctx).Error().Err(err).Msg("planning failed")
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
	return nil
}

func planNext(ctx context.Context, s *store.Store) error {
	id, err := s.RunToPlan(ctx)
	if err != nil {
		return err
	}
	run, err := Plan(ctx, s, id, nil)
	if err != nil {
		return err
	}
	zerolog.Ctx(ctx).Info().Int64("run", id).Str("model", run.ModelAfter).Int("changes", run.Changes()).Msg("run planned")
	return nil
}

// turn applies or rolls back the run that waits for it, if there is one. The engine is then the
// one by which that was resolved.
func (r *Resolver) turn(ctx context.Context) error {
	run, err := r.store.RunToTurn(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	start := time.Now()
	done, err := turn(ctx, r.store, run)
	if err != nil || done == nil {
		return err
	}
	done.heard.unsettled = nil
	r.model, r.engine, r.heard, r.fresh, r.broken = done.model, done.engine, done.heard, false, false
	zerolog.Ctx(ctx).Info().Str("cause", run.Cause()).Str("model", done.model.Version).Dur("took_ms", time.Since(start)).Msg("run turned")
	return nil
}

// turned is the engine by which a run was turned.
type turned struct {
	model  *resolve.Model
	engine *resolve.Engine
	heard  heard
}

// turn resolves all that there is by the model that a run is to bring, or to bring back, and
// writes that with the switch, at once. If the run cannot be turned it is held back with the
// reason, and what is returned is nil. Whoever calls owns the database.
func turn(ctx context.Context, s *store.Store, run store.Run) (*turned, error) {
	done, err := bring(ctx, s, run)
	fault := (*resolve.InvalidError)(nil)
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) || errors.As(err, &fault) || errors.Is(err, errPanic) {
		zerolog.Ctx(ctx).Warn().Err(err).Str("cause", run.Cause()).Msg("run held back")
		err = s.HoldRun(ctx, run, err.Error())
		if errors.Is(err, store.ErrConflict) { // it was cancelled
			err = nil
		}
		return nil, err
	}
	return done, err
}

func bring(ctx context.Context, s *store.Store, run store.Run) (*turned, error) {
	version := run.ModelAfter
	if run.State == store.RunReverting {
		version = run.ModelBefore
	}
	kept, err := s.Model(ctx, version)
	if err != nil {
		return nil, err
	}
	model, err := parse(kept)
	if err != nil {
		return nil, err
	}
	marks, err := s.Marks(ctx) // before the records, as in Batch
	if err != nil {
		return nil, err
	}
	engine, said, err := rebuild(ctx, s, model, (*resolve.Engine).Put)
	if err != nil {
		return nil, err
	}
	plan, err := settle(engine, under("all records", model))
	if err != nil {
		return nil, err
	}
	if err := account(ctx, s, &run, plan); err != nil {
		return nil, err
	}
	return &turned{model, engine, said}, s.TurnRun(ctx, run, kept, plan, marks, said.unsettled)
}

func settle(engine *resolve.Engine, on string) (plan resolve.Plan, err error) { //nolint:nonamedreturns // as recovered needs it
	defer recovered(&err, on)
	return engine.Settle(), nil
}

// account notes in a run's report how what is done differs from what was planned and not refused.
func account(ctx context.Context, s *store.Store, run *store.Run, plan resolve.Plan) error {
	if run.State == store.RunReverting {
		run.Report.Reverted = len(plan.Changes)
		return nil
	}
	if run.Rebase { // the plan itself tells how it differs from the one before
		return nil
	}
	planned, err := s.RunActs(ctx, run.ID)
	if err != nil {
		return err
	}
	run.Report.Differs, run.Report.Others = 0, nil
	differs := func(entity resolve.ID, act resolve.Act, how string) {
		if run.Report.Differs++; len(run.Report.Others) < mostOthers {
			run.Report.Others = append(run.Report.Others, fmt.Sprintf("%s %s: %s", entity, act, how))
		}
	}
	done := map[resolve.ID]map[resolve.Act]bool{}
	for _, c := range plan.Changes {
		if done[c.Entity] == nil {
			done[c.Entity] = map[resolve.Act]bool{}
		}
		done[c.Entity][c.Act] = true
	}
	for entity, acts := range planned {
		for _, act := range acts {
			if !done[entity][act] {
				differs(entity, act, "planned, and not done")
			}
			delete(done[entity], act)
		}
	}
	for entity, acts := range done {
		for act := range acts {
			differs(entity, act, "done, and not planned")
		}
	}
	return nil
}

// mostOthers is how many of the changes that differ a report tells.
const mostOthers = 10

// Turned waits until a run that is to be applied or rolled back is so. If no process resolves
// the database, this one does it itself. store.ErrConflict: it was held back, or taken back.
func Turned(ctx context.Context, s *store.Store, id int64) (store.Run, error) {
	for {
		run, err := s.Run(ctx, id)
		if err != nil {
			return store.Run{}, err
		}
		if !run.State.Going() {
			if run.Error != "" {
				return run, fmt.Errorf("%w: %s", store.ErrConflict, run.Error)
			}
			return run, nil
		}
		err = turnHere(ctx, s, run)
		if err != nil && !errors.Is(err, store.ErrConflict) {
			return store.Run{}, err
		}
		if err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return store.Run{}, ctx.Err()
		case <-time.After(poll):
		}
	}
}

// turnHere turns a run if nobody else owns the database; store.ErrConflict if somebody does, or
// if it is not this run's turn.
func turnHere(ctx context.Context, s *store.Store, run store.Run) error {
	if run.State != store.RunApplying && run.State != store.RunReverting {
		return fmt.Errorf("%w: run %d is %s", store.ErrConflict, run.ID, run.State)
	}
	release, err := s.Own(ctx)
	if err != nil {
		return err
	}
	defer release()
	_, err = turn(ctx, s, run)
	return err
}
