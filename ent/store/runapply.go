package store

// Applying a run, and rolling it back: the model is switched, the plan written and the run
// turned in one transaction, by the resolver.

import (
	"context"
	"errors"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db"
	"umpire/ent/db/act"
	"umpire/ent/db/model"
	"umpire/ent/db/run"
	"umpire/ent/db/runchange"
	"umpire/resolve"
)

// RunToTurn returns the oldest run that waits to be applied or rolled back, or ErrNotFound:
// cheap enough to be asked often.
func (s *Store) RunToTurn(ctx context.Context) (Run, error) {
	row, err := s.client.Run.Query().Where(run.StateIn(string(RunApplying), string(RunReverting))).Order(run.ByID()).First(ctx)
	if db.IsNotFound(err) {
		return Run{}, ErrNotFound
	}
	if err != nil {
		return Run{}, fmt.Errorf("look for runs to apply: %w", unanswered(err))
	}
	return runOf(row), nil
}

// moved says what moved since a snapshot.
func moved(what string, was, is any) error {
	return fmt.Errorf("%w: %s moved since the run was planned, from %v to %v: plan it anew, or rebase it", ErrConflict, what, was, is)
}

// unmoved is ErrConflict if records, people or the model have said something since a run was
// planned, but for what its own refusals became. What they say from here on is settled after.
func (t *tx) unmoved(ctx context.Context, r *db.Run) error {
	at, err := t.watermark(ctx)
	if err != nil {
		return err
	}
	if at.Message != r.Message {
		return moved("what sources tell", r.Message, at.Message)
	}
	if at.Act != r.Act {
		others, err := t.Act.Query().Where(act.IDGT(r.Act), act.IDNotIn(r.Acts...)).Count(ctx)
		if err != nil {
			return fmt.Errorf("look for acts since: %w", err)
		}
		if others > 0 {
			return moved("what people say", r.Act, at.Act)
		}
	}
	inUse, err := modelInUse(ctx, t.ModelSwitch, model.FieldVersion)
	if err == nil && inUse.Version != r.ModelBefore {
		err = moved("the model in use", r.ModelBefore, inUse.Version)
	}
	return err
}

// revertible is ErrConflict unless a run is the one that was applied last, and its model in use.
func (t *tx) revertible(ctx context.Context, r *db.Run) error {
	later, err := t.Run.Query().Where(run.State(string(RunApplied)), run.AppliedAtGT(value(r.AppliedAt))).Order(run.ByID(sql.OrderDesc())).First(ctx)
	if err == nil {
		return fmt.Errorf("%w: run %d was applied after run %d: roll that back first", ErrConflict, later.ID, r.ID)
	}
	if !db.IsNotFound(err) {
		return fmt.Errorf("look for later runs: %w", err)
	}
	inUse, err := modelInUse(ctx, t.ModelSwitch, model.FieldVersion)
	if err == nil && inUse.Version != r.ModelAfter {
		err = fmt.Errorf("%w: model %s is in use by now, not the run's %s", ErrConflict, inUse.Version, r.ModelAfter)
	}
	return err
}

// TurnRun applies a run, or rolls it back, as its state says: it puts the model in use, writes
// the plan that brings the entities there, with all that this settles, and turns the run, at
// once. The report replaces the run's.
//
// ErrConflict: the run is in another state by now, or something moved that it rests on.
// ErrStale: as Apply.
func (s *Store) TurnRun(ctx context.Context, r Run, m Model, plan resolve.Plan, settled []Mark, settledActs []int64) error {
	cause := r.Cause()
	err := s.write(ctx, func(t *tx) error {
		if err := t.owns(ctx, s.owned.current()); err != nil {
			return err
		}
		row, err := t.lockRun(ctx, r.ID)
		if err != nil {
			return err
		}
		if row.State != string(r.State) {
			return notNow(row, "turned")
		}
		update := row.Update().AddVersion(1).SetError("").SetReport(r.Report)
		switch r.State {
		case RunApplying:
			if !row.Rebase {
				err = t.unmoved(ctx, row)
			}
			update.SetState(string(RunApplied)).SetAppliedAt(now())
		case RunReverting:
			err = t.revertible(ctx, row)
			update.SetState(string(RunReverted)).SetRevertedAt(now())
		default:
			err = notNow(row, "turned")
		}
		if err != nil {
			return err
		}
		if err := errors.Join(t.useModel(ctx, m, cause), t.bringTo(ctx, plan, settled, settledActs, cause+" under model "+m.Version)); err != nil {
			return err
		}
		return update.Exec(ctx)
	})
	return unfit(err, cause)
}

// Cause is how the history calls what is being done for a run.
func (r Run) Cause() string {
	if r.State == RunReverting {
		return fmt.Sprintf("rollback of run %d", r.ID)
	}
	return fmt.Sprintf("run %d", r.ID)
}

// HoldRun puts a run that cannot be applied, or rolled back, where it was before that was
// asked, and says why.
func (s *Store) HoldRun(ctx context.Context, r Run, reason string) error {
	_, err := s.turnRun(ctx, r.ID, func(_ *tx, row *db.Run) (*db.RunUpdateOne, error) {
		to := map[RunState]RunState{RunApplying: RunPlanned, RunReverting: RunApplied}[RunState(row.State)]
		if to == "" || row.State != string(r.State) {
			return nil, notNow(row, "held back")
		}
		return row.Update().SetState(string(to)).SetError(clean(reason)).SetRebase(false), nil
	})
	return err
}

// RunActs tells what a run would do, but for what is refused: the acts on each entity.
func (s *Store) RunActs(ctx context.Context, id int64) (map[resolve.ID][]resolve.Act, error) {
	return look(ctx, s, func(v view) (map[resolve.ID][]resolve.Act, error) {
		planned := map[resolve.ID][]resolve.Act{}
		q := v.from(runchange.Table, runchange.FieldEntity, runchange.FieldAct).
			Where(sql.And(sql.EQ(runchange.FieldRun, id), sql.NEQ(runchange.FieldDecision, string(ChangeRefused))))
		err := v.each(ctx, q, func(scan func(...any) error) error {
			var entity resolve.ID
			var act resolve.Act
			err := scan(&entity, &act)
			planned[entity] = append(planned[entity], act)
			return err
		})
		return planned, err
	})
}
