package store

// What is asked of runs: of which version, and, under a key, once.

import (
	"context"
	"fmt"

	"umpire/ent/db"
	"umpire/ent/db/runask"
)

// runAsk tells things that are asked of runs apart.
type runAsk struct {
	What   string // a word for it
	Run    int64
	Wants  string `json:",omitempty"`
	Rebase bool   `json:",omitempty"`
}

// runDone is what came of something that was asked of a run.
type runDone struct {
	Run     int64
	Changes int
	Act     int64 // 0: it became none
}

// askOfRun does what is asked of a run, and returns the run as it is then; what was asked before
// under the key is not done, and the run returned as it is by now.
func (s *Store) askOfRun(ctx context.Context, by Signature, ask runAsk, do func(*tx) (runDone, error)) (Run, error) {
	var asked Run
	err := s.write(ctx, func(t *tx) error {
		done, err := t.once(ctx, by, ask, func() (runDone, error) { return do(t) })
		if err != nil {
			return err
		}
		row, err := t.Run.Get(ctx, done.Run)
		if err == nil {
			asked = runOf(row)
		}
		return err
	})
	return asked, err
}

// askToTurn asks a run for what step makes of it, as askOfRun does.
func (s *Store) askToTurn(ctx context.Context, by Signature, ask runAsk, step func(*tx, *db.Run) (*db.RunUpdateOne, error)) (Run, error) {
	if err := by.check(); err != nil {
		return Run{}, err
	}
	return s.askOfRun(ctx, by, ask, func(t *tx) (runDone, error) {
		row, err := t.lockRun(ctx, ask.Run)
		if err != nil {
			return runDone{}, err
		}
		if err := by.expectRun(row); err != nil {
			return runDone{}, err
		}
		update, err := step(t, row)
		if err != nil {
			return runDone{}, err
		}
		return runDone{Run: row.ID}, update.AddVersion(1).Exec(ctx)
	})
}

// expectRun is a *StaleRunError unless a run has the version that was looked at.
func (by Signature) expectRun(r *db.Run) error {
	if by.Run != 0 && by.Run != r.Version {
		return &StaleRunError{Run: runOf(r), Expected: by.Run}
	}
	return nil
}

// once does what is asked, unless its actor asked for it before under the key: then it returns
// what came of that. ErrConflict: the key was used for something else.
func (t *tx) once(ctx context.Context, by Signature, ask any, do func() (runDone, error)) (runDone, error) {
	if by.Key == "" {
		return do()
	}
	if _, err := t.count(ctx, acts, 0); err != nil { // as whoever decides, so that no two ask under one key at once
		return runDone{}, err
	}
	asked, err := sum(ask)
	if err != nil {
		return runDone{}, err
	}
	row, err := t.RunAsk.Query().Where(runask.Actor(by.Actor), runask.Key(by.Key)).Only(ctx)
	switch {
	case err == nil && row.Asked != asked:
		return runDone{}, fmt.Errorf("%w: the key %q was used for something else, of run %d", ErrConflict, by.Key, row.Run)
	case err == nil:
		return runDone{row.Run, int(row.Changes), value(row.Act)}, nil
	case !db.IsNotFound(err):
		return runDone{}, fmt.Errorf("look up key %q: %w", by.Key, err)
	}
	done, err := do()
	if err != nil {
		return runDone{}, err
	}
	create := t.RunAsk.Create().SetActor(by.Actor).SetKey(by.Key).SetAsked(asked).SetRun(done.Run).SetChanges(int64(done.Changes)).SetAt(now())
	if done.Act != 0 {
		create.SetAct(done.Act)
	}
	if err := create.Exec(ctx); err != nil {
		return runDone{}, fmt.Errorf("keep key %q: %w", by.Key, err)
	}
	return done, nil
}
