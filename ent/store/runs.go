package store

// Runs: asked for, planned by whoever claims them, kept, and then applied and rolled back by
// the resolver (runapply.go). Each step is one transaction that looks at the state first, so
// that a run whose process died goes on from where it was.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"umpire/ent/db"
	"umpire/ent/db/run"
	"umpire/ent/db/runcause"
	"umpire/ent/db/runchange"
	"umpire/resolve"
)

// runSilence is for how long nothing is heard of who plans a run until another may.
const runSilence = 10 * time.Second

// AskRun asks for a run by a model: a version, WantsTraining, or "" for the one in use.
// *resolve.InvalidError: nobody asks, or there is no such model.
func (s *Store) AskRun(ctx context.Context, by Signature, wants string) (Run, error) {
	if err := errors.Join(by.check(), checkText("model", wants)); err != nil {
		return Run{}, err
	}
	if wants != "" && wants != WantsTraining {
		if _, err := s.Model(ctx, wants); err != nil {
			return Run{}, fmt.Errorf("ask for a run: %w", err)
		}
	}
	asked, err := s.askOfRun(ctx, by, runAsk{What: "run", Wants: wants}, func(t *tx) (runDone, error) {
		row, err := t.Run.Create().SetState(string(RunWaiting)).SetMadeAt(now()).SetBy(by.Actor).SetWants(wants).Save(ctx)
		if err != nil {
			return runDone{}, err
		}
		return runDone{Run: row.ID}, nil
	})
	if err != nil {
		return Run{}, fmt.Errorf("ask for a run: %w", err)
	}
	return asked, nil
}

func now() time.Time { return instant(time.Now()).Truncate(time.Microsecond) }

// claimable are runs that one may begin to plan: those that wait, and those of whose planner
// nothing is heard any more.
func claimable() func(*sql.Selector) {
	return func(q *sql.Selector) {
		q.Where(sql.Or(
			sql.EQ(run.FieldState, string(RunWaiting)),
			sql.And(sql.EQ(run.FieldState, string(RunPlanning)), sql.LT(run.FieldBeatAt, now().Add(-runSilence))),
		))
	}
}

// RunToPlan returns the oldest run that is to be planned, or ErrNotFound.
func (s *Store) RunToPlan(ctx context.Context) (int64, error) {
	id, err := s.client.Run.Query().Where(claimable()).Order(run.ByID()).FirstID(ctx)
	if db.IsNotFound(err) {
		return 0, ErrNotFound
	}
	return id, unanswered(err)
}

// ClaimRun begins to plan a run. The holder then tells of itself by BeatRun.
// ErrNotFound: there is none such. ErrConflict: it is not to be planned, or another plans it.
func (s *Store) ClaimRun(ctx context.Context, id int64, holder string) (Run, error) {
	return s.turnRun(ctx, id, func(_ *tx, r *db.Run) (*db.RunUpdateOne, error) {
		silent := r.State == string(RunPlanning) && (r.BeatAt == nil || r.BeatAt.Before(now().Add(-runSilence)))
		if r.State != string(RunWaiting) && !silent {
			return nil, notNow(r, "planned")
		}
		return r.Update().SetState(string(RunPlanning)).SetHolder(holder).SetBeatAt(now()).SetError("").
			SetStage("").SetDone(0).SetTotal(0).ClearEndsAt(), nil
	})
}

// notNow says that a run is in no state for something.
func notNow(r *db.Run, what string) error {
	return fmt.Errorf("%w: run %d is %s, so it cannot be %s", ErrConflict, r.ID, r.State, what)
}

// turnRun changes a run by what step makes of it, while nobody else does.
func (s *Store) turnRun(ctx context.Context, id int64, step func(*tx, *db.Run) (*db.RunUpdateOne, error)) (Run, error) {
	return s.touchRun(ctx, id, func(t *tx, r *db.Run) (*db.RunUpdateOne, error) {
		update, err := step(t, r)
		if err != nil {
			return nil, err
		}
		return update.AddVersion(1), nil
	})
}

// touchRun is turnRun where that makes no other version of the run.
func (s *Store) touchRun(ctx context.Context, id int64, step func(*tx, *db.Run) (*db.RunUpdateOne, error)) (Run, error) {
	var turned Run
	err := s.write(ctx, func(t *tx) error {
		row, err := t.lockRun(ctx, id)
		if err != nil {
			return err
		}
		update, err := step(t, row)
		if err != nil {
			return err
		}
		row, err = update.Save(ctx)
		if err == nil {
			turned = runOf(row)
		}
		return err
	})
	return turned, err
}

// lockRun reads a run and keeps others from changing it. ErrNotFound: there is none such.
func (t *tx) lockRun(ctx context.Context, id int64) (*db.Run, error) {
	q := t.Run.Query().Where(run.ID(id))
	if t.dialect == dialect.Postgres {
		q.ForUpdate()
	}
	row, err := q.Only(ctx)
	if db.IsNotFound(err) {
		return nil, fmt.Errorf("run %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read run %d: %w", id, err)
	}
	return row, nil
}

// BeatRun tells that a holder goes on planning, and how far it is. ErrConflict: it is no more
// its to plan, since it was cancelled, or another has taken it over.
func (s *Store) BeatRun(ctx context.Context, id int64, holder string, p RunProgress) error {
	_, err := s.touchRun(ctx, id, func(_ *tx, r *db.Run) (*db.RunUpdateOne, error) {
		if err := held(r, holder); err != nil {
			return nil, err
		}
		return r.Update().SetBeatAt(now()).SetStage(p.Stage).SetDone(p.Done).SetTotal(p.Total).SetNillableEndsAt(p.EndsAt), nil
	})
	return err
}

// held is ErrConflict unless a holder plans a run.
func held(r *db.Run, holder string) error {
	if r.State != string(RunPlanning) || r.Holder != holder {
		return notNow(r, "planned here")
	}
	return nil
}

// FailRun gives up planning.
func (s *Store) FailRun(ctx context.Context, id int64, holder, reason string) error {
	_, err := s.turnRun(ctx, id, func(_ *tx, r *db.Run) (*db.RunUpdateOne, error) {
		if err := held(r, holder); err != nil {
			return nil, err
		}
		return r.Update().SetState(string(RunFailed)).SetError(clean(reason)).SetStage("").ClearEndsAt(), nil
	})
	return err
}

// ReleaseRun leaves a run for another to plan.
func (s *Store) ReleaseRun(ctx context.Context, id int64, holder string) error {
	_, err := s.turnRun(ctx, id, func(_ *tx, r *db.Run) (*db.RunUpdateOne, error) {
		if err := held(r, holder); err != nil {
			return nil, err
		}
		return r.Update().SetState(string(RunWaiting)).SetHolder("").SetStage("").ClearEndsAt(), nil
	})
	return err
}

// RunRate is how many match records a second the last run resolved that was planned; 0: none was.
func (s *Store) RunRate(ctx context.Context) (float64, error) {
	last, err := s.client.Run.Query().Where(run.PlannedAtNotNil()).Order(run.ByPlannedAt(sql.OrderDesc())).First(ctx)
	if db.IsNotFound(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look for the last run: %w", unanswered(err))
	}
	return last.Report.Rate, nil
}

// ReplanRun asks for a run to be planned anew, by the model that it wants: one that failed, was
// cancelled, or is planned.
func (s *Store) ReplanRun(ctx context.Context, id int64, by Signature) (Run, error) {
	return s.askToTurn(ctx, by, runAsk{What: "plan", Run: id}, func(_ *tx, r *db.Run) (*db.RunUpdateOne, error) {
		switch RunState(r.State) {
		case RunFailed, RunCancelled, RunPlanned:
			return r.Update().SetState(string(RunWaiting)).SetError("").SetRebase(false), nil
		}
		return nil, notNow(r, "planned anew")
	})
}

// AskApply asks for a planned run to be applied. With rebase it is planned anew first, and then
// applied whatever moves meanwhile.
func (s *Store) AskApply(ctx context.Context, id int64, by Signature, rebase bool) (Run, error) {
	return s.askToTurn(ctx, by, runAsk{What: "apply", Run: id, Rebase: rebase}, func(t *tx, r *db.Run) (*db.RunUpdateOne, error) {
		if r.State != string(RunPlanned) {
			return nil, notNow(r, "applied")
		}
		if rebase {
			return r.Update().SetState(string(RunWaiting)).SetAskedBy(by.Actor).SetRebase(true).SetError(""), nil
		}
		if err := t.unmoved(ctx, r); err != nil {
			return nil, err
		}
		return r.Update().SetState(string(RunApplying)).SetAskedBy(by.Actor).SetRebase(false).SetError(""), nil
	})
}

// AskRollback asks for an applied run to be rolled back: its model is to be the one in use.
func (s *Store) AskRollback(ctx context.Context, id int64, by Signature) (Run, error) {
	return s.askToTurn(ctx, by, runAsk{What: "roll back", Run: id}, func(t *tx, r *db.Run) (*db.RunUpdateOne, error) {
		if r.State != string(RunApplied) {
			return nil, notNow(r, "rolled back")
		}
		if err := t.revertible(ctx, r); err != nil {
			return nil, err
		}
		return r.Update().SetState(string(RunReverting)).SetAskedBy(by.Actor).SetError(""), nil
	})
}

// CancelRun takes back what is asked of a run: its planning, or its applying or rolling back
// before that has begun to be written.
func (s *Store) CancelRun(ctx context.Context, id int64, by Signature) (Run, error) {
	return s.askToTurn(ctx, by, runAsk{What: "cancel", Run: id}, func(_ *tx, r *db.Run) (*db.RunUpdateOne, error) {
		to := map[RunState]RunState{
			RunWaiting: RunCancelled, RunPlanning: RunCancelled, RunApplying: RunPlanned, RunReverting: RunApplied,
		}[RunState(r.State)]
		if to == "" {
			return nil, notNow(r, "cancelled")
		}
		return r.Update().SetState(string(to)).SetHolder("").SetStage("").ClearEndsAt().SetRebase(false), nil
	})
}

// KeepPlan keeps what planning a run brought, in place of what an earlier one did. A run that
// is to be rebased is then to be applied. What was accepted before, and is planned again, is so
// still. ErrConflict: it is no more the holder's to plan.
func (s *Store) KeepPlan(ctx context.Context, id int64, holder string, p RunPlan) (Run, error) {
	return s.turnRun(ctx, id, func(t *tx, r *db.Run) (*db.RunUpdateOne, error) {
		if err := held(r, holder); err != nil {
			return nil, err
		}
		if err := t.keepModels(ctx, p); err != nil {
			return nil, err
		}
		if err := t.replaceChanges(ctx, r, &p); err != nil {
			return nil, err
		}
		next := RunPlanned
		if r.Rebase {
			next = RunApplying
		}
		counts := map[resolve.Act]int{}
		for _, c := range p.Changes {
			counts[c.Act]++
		}
		return r.Update().SetState(string(next)).SetHolder("").SetStage("").SetDone(0).SetTotal(0).ClearEndsAt().
			SetModelBefore(p.Before).SetModelAfter(p.After.Version).SetPlannedAt(now()).SetCounts(counts).SetReport(p.Report).
			SetMessage(p.Snapshot.Message).SetAct(p.Snapshot.Act).SetChange(p.Snapshot.Change).ClearActs(), nil
	})
}

// keepModels keeps the model of a plan, unless it is the program's own while that is in use.
func (t *tx) keepModels(ctx context.Context, p RunPlan) error {
	if p.After.Version == p.Before {
		return nil
	}
	_, err := t.keep(ctx, p.After)
	return err
}

// replaceChanges writes the causes and changes of a plan, and reports how they differ from
// those of the plan before.
func (t *tx) replaceChanges(ctx context.Context, r *db.Run, p *RunPlan) error {
	type known struct {
		Entity, Act, Decision string
		By                    string `sql:"decided_by"`
	}
	before, err := read[known](ctx, t.view, t.from(runchange.Table, runchange.FieldEntity, runchange.FieldAct,
		runchange.FieldDecision, runchange.FieldDecidedBy).Where(sql.EQ(runchange.FieldRun, r.ID)))
	if err != nil {
		return fmt.Errorf("read the plan before: %w", err)
	}
	if r.PlannedAt != nil {
		was := map[[2]string]known{}
		for _, k := range before {
			was[[2]string{k.Entity, k.Act}] = k
		}
		for i := range p.Changes {
			c := &p.Changes[i]
			at := [2]string{string(c.Entity), string(c.Act)}
			if k, found := was[at]; found && k.Decision == string(ChangeAccepted) {
				c.Decision, c.DecidedBy = ChangeAccepted, k.By
			} else if !found {
				p.Report.Differs++
				p.Report.Others = toldFirst(p.Report.Others, fmt.Sprintf("%s is %s now", c.Entity, c.Act))
			}
			delete(was, at)
		}
		for at, k := range was {
			if k.Decision == string(ChangeRefused) {
				continue
			}
			p.Report.Differs++
			p.Report.Others = toldFirst(p.Report.Others, fmt.Sprintf("%s is %s no more", at[0], at[1]))
		}
	}
	for _, table := range []string{runchange.Table, runcause.Table} {
		query, args := sql.Dialect(t.dialect).Delete(table).Where(sql.EQ("run", r.ID)).Query()
		if _, err := t.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("drop the plan before: %w", err)
		}
	}
	return t.putChanges(ctx, r.ID, *p)
}

// toldFirst adds to what is told of the first few.
func toldFirst(first []string, next string) []string {
	if len(first) < 10 {
		first = append(first, next)
	}
	return first
}

func (t *tx) putChanges(ctx context.Context, id int64, p RunPlan) error {
	causes := rows{table: runcause.Table, columns: []string{
		runcause.FieldRun, runcause.FieldNumber, runcause.FieldKind, runcause.FieldKey, runcause.FieldText, runcause.FieldChanges, runcause.FieldCounts,
	}}
	for _, c := range p.Causes {
		causes.values = append(causes.values, []any{id, c.Number, c.Kind, c.Key, c.Text, c.Changes, jsonText(c.Counts)})
	}
	if err := t.put(ctx, causes); err != nil {
		return err
	}
	changes := rows{table: runchange.Table, columns: []string{
		runchange.FieldRun, runchange.FieldNumber, runchange.FieldCause, runchange.FieldEntity, runchange.FieldKind, runchange.FieldAct,
		runchange.FieldName, runchange.FieldOthers, runchange.FieldBefore, runchange.FieldAfter, runchange.FieldTip,
		runchange.FieldDecision, runchange.FieldDecidedBy,
	}}
	for _, c := range p.Changes {
		var tip any
		if c.Tip != nil {
			tip = jsonText(*c.Tip)
		}
		decision := c.Decision
		if decision == "" {
			decision = ChangeOpen
		}
		changes.values = append(changes.values, []any{
			id, c.Number, c.Cause, c.Entity, string(c.Kind), string(c.Act), c.Name, jsonColumn(c.Others), jsonColumn(c.Before), jsonColumn(c.After),
			tip, string(decision), c.DecidedBy,
		})
	}
	return t.put(ctx, changes)
}
