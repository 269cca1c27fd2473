package store

// Runs as pages and the API show them.

import (
	"context"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/go-json-experiment/json"

	"umpire/ent/db"
	"umpire/ent/db/run"
	"umpire/ent/db/runcause"
	"umpire/ent/db/runchange"
)

// Run returns a run, or ErrNotFound.
func (s *Store) Run(ctx context.Context, id int64) (Run, error) {
	row, err := s.client.Run.Get(ctx, id)
	if db.IsNotFound(err) {
		return Run{}, fmt.Errorf("run %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return Run{}, fmt.Errorf("read run %d: %w", id, unanswered(err))
	}
	return runOf(row), nil
}

// Runs lists runs, newest first. It returns *resolve.InvalidError for a limit or a cursor that
// cannot be.
func (s *Store) Runs(ctx context.Context, f RunFilter) (Page[Run], error) {
	if err := checkText("state", string(f.State)); err != nil {
		return Page[Run]{}, err
	}
	return look(ctx, s, func(v view) (Page[Run], error) {
		l := listing{table: run.Table, sort: "-id", desc: true, by: []column{byNumber(run.FieldID, 64)}}
		if f.State != "" {
			l.where = append(l.where, sql.EQ(run.FieldState, string(f.State)))
		}
		ids, next, err := turn[int64](ctx, v, l, f.Cursor, f.Limit, mostMatches)
		if err != nil {
			return Page[Run]{}, err
		}
		found, err := v.Run.Query().Where(run.IDIn(ids...)).All(ctx)
		if err != nil {
			return Page[Run]{}, fmt.Errorf("read runs: %w", err)
		}
		items := make([]Run, 0, len(ids))
		for _, row := range inOrder(ids, found, func(r *db.Run) int64 { return r.ID }) {
			items = append(items, runOf(row))
		}
		return Page[Run]{Items: items, Next: next}, nil
	})
}

func runOf(r *db.Run) Run {
	return Run{
		ID: r.ID, Version: r.Version, State: RunState(r.State), MadeAt: r.MadeAt.UTC(), By: r.By, Wants: r.Wants, ModelBefore: r.ModelBefore, ModelAfter: r.ModelAfter,
		Snapshot: Watermark{r.Message, r.Act, r.Change},
		Progress: RunProgress{r.Stage, r.Done, r.Total, inUTC(r.EndsAt)}, BeatAt: inUTC(r.BeatAt),
		Counts: r.Counts, Report: r.Report, Error: r.Error, AskedBy: r.AskedBy, Rebase: r.Rebase, Acts: r.Acts,
		PlannedAt: inUTC(r.PlannedAt), AppliedAt: inUTC(r.AppliedAt), RevertedAt: inUTC(r.RevertedAt),
	}
}

// RunCauses lists the causes of a run's changes, that of most changes first, with how many are
// decided. ErrNotFound: there is no such run.
func (s *Store) RunCauses(ctx context.Context, f RunCauseFilter) (Page[RunCause], error) {
	return look(ctx, s, func(v view) (Page[RunCause], error) {
		if err := v.isRun(ctx, f.Run); err != nil {
			return Page[RunCause]{}, err
		}
		l := listing{
			table: runcause.Table, sort: "number", by: []column{byNumber(runcause.FieldNumber, 64)},
			where: []*sql.Predicate{sql.EQ(runcause.FieldRun, f.Run)},
		}
		numbers, next, err := turn[int64](ctx, v, l, f.Cursor, f.Limit, mostMatches)
		if err != nil {
			return Page[RunCause]{}, err
		}
		items, err := v.runCauses(ctx, f.Run, numbers)
		return Page[RunCause]{Items: items, Next: next}, err
	})
}

func (v view) isRun(ctx context.Context, id int64) error {
	there, err := v.Run.Query().Where(run.ID(id)).Exist(ctx)
	if err == nil && !there {
		err = fmt.Errorf("run %d: %w", id, ErrNotFound)
	}
	return err
}

func (v view) runCauses(ctx context.Context, id int64, which []int64) ([]RunCause, error) {
	found, err := v.RunCause.Query().Where(runcause.Run(id), runcause.NumberIn(which...)).Order(runcause.ByNumber()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the causes of run %d: %w", id, err)
	}
	decided, err := v.decidedOf(ctx, id, which)
	if err != nil {
		return nil, err
	}
	causes := make([]RunCause, len(found))
	for i, c := range found {
		causes[i] = RunCause{c.Number, c.Kind, c.Key, c.Text, c.Changes, c.Counts, decided[c.Number]}
	}
	return causes, nil
}

// decidedOf counts how the changes of causes are decided.
func (v view) decidedOf(ctx context.Context, id int64, causes []int64) (map[int64]map[ChangeDecision]int64, error) {
	type counted struct {
		Cause    int64
		Decision ChangeDecision
		Changes  int64
	}
	rows, err := read[counted](ctx, v, sql.Dialect(v.dialect).
		Select(runchange.FieldCause, runchange.FieldDecision, sql.As(sql.Count("*"), "changes")).From(sql.Table(runchange.Table)).
		Where(sql.And(sql.EQ(runchange.FieldRun, id), sql.In(runchange.FieldCause, numbers(causes)...))).
		GroupBy(runchange.FieldCause, runchange.FieldDecision))
	if err != nil {
		return nil, fmt.Errorf("count what is decided of run %d: %w", id, err)
	}
	decided := map[int64]map[ChangeDecision]int64{}
	for _, row := range rows {
		if decided[row.Cause] == nil {
			decided[row.Cause] = map[ChangeDecision]int64{}
		}
		decided[row.Cause][row.Decision] = row.Changes
	}
	return decided, nil
}

// RunCause returns one cause of a run, or ErrNotFound.
func (s *Store) RunCause(ctx context.Context, run, number int64) (RunCause, error) {
	return look(ctx, s, func(v view) (RunCause, error) {
		found, err := v.runCauses(ctx, run, []int64{number})
		if err == nil && len(found) == 0 {
			err = fmt.Errorf("cause %d of run %d: %w", number, run, ErrNotFound)
		}
		if err != nil {
			return RunCause{}, err
		}
		return found[0], nil
	})
}

// RunChanges lists changes of a run, cause after cause. ErrNotFound: there is no such run.
func (s *Store) RunChanges(ctx context.Context, f RunChangeFilter) (Page[RunChange], error) {
	return look(ctx, s, func(v view) (Page[RunChange], error) {
		if err := v.isRun(ctx, f.Run); err != nil {
			return Page[RunChange]{}, err
		}
		l := listing{
			table: runchange.Table, sort: "number", by: []column{byNumber(runchange.FieldNumber, 64)},
			where: []*sql.Predicate{sql.EQ(runchange.FieldRun, f.Run)},
		}
		if f.Cause != 0 {
			l.where = append(l.where, sql.EQ(runchange.FieldCause, f.Cause))
		}
		which, next, err := turn[int64](ctx, v, l, f.Cursor, f.Limit, mostMatches)
		if err != nil {
			return Page[RunChange]{}, err
		}
		items, err := v.runChanges(ctx, f.Run, sql.In(runchange.FieldNumber, numbers(which)...))
		return Page[RunChange]{Items: items, Next: next}, err
	})
}

// runChanges reads such changes of a run, in order of their numbers.
func (v view) runChanges(ctx context.Context, id int64, such *sql.Predicate) ([]RunChange, error) {
	q := v.from(runchange.Table, runchange.FieldNumber, runchange.FieldCause, runchange.FieldEntity, runchange.FieldKind, runchange.FieldAct,
		runchange.FieldName, runchange.FieldOthers, runchange.FieldBefore, runchange.FieldAfter, runchange.FieldTip,
		runchange.FieldDecision, runchange.FieldDecidedBy, runchange.FieldDecidedAct).
		Where(sql.And(sql.EQ(runchange.FieldRun, id), such)).OrderBy(runchange.FieldNumber)
	var changes []RunChange
	err := v.each(ctx, q, func(scan func(...any) error) error {
		var c RunChange
		var others, before, after, tip []byte
		var act *int64
		err := scan(&c.Number, &c.Cause, &c.Entity, &c.Kind, &c.Act, &c.Name, &others, &before, &after, &tip, &c.Decision, &c.DecidedBy, &act)
		if err != nil {
			return err
		}
		c.DecidedAct = value(act)
		for from, to := range map[*[]byte]any{&others: &c.Others, &before: &c.Before, &after: &c.After, &tip: &c.Tip} {
			if len(*from) == 0 {
				continue
			}
			if err := json.Unmarshal(*from, to); err != nil {
				return err
			}
		}
		changes = append(changes, c)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the changes of run %d: %w", id, err)
	}
	return changes, nil
}

// inUTC is a time that may not be, in UTC.
func inUTC(at *time.Time) *time.Time {
	if at == nil {
		return nil
	}
	utc := at.UTC()
	return &utc
}
