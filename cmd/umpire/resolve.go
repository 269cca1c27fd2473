package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"umpire/ent/store"
	"umpire/resolve"
	"umpire/resolve/run"
)

type resolveCmd struct {
	database
	actor
	DryRun   bool   `help:"Plan a run, keep it, and say what it would change: nothing else is written." xor:"act"`
	Model    string `help:"With --dry-run: by this version of the model, or by what training would learn (train)." placeholder:"VERSION"`
	Anew     int64  `help:"With --dry-run: plan this run anew." placeholder:"RUN"`
	Apply    int64  `help:"Apply a run that is planned." placeholder:"RUN" xor:"act"`
	Rebase   bool   `help:"With --apply: plan it anew first, and apply it whatever moves meanwhile."`
	Rollback int64  `help:"Roll back a run that was applied." placeholder:"RUN" xor:"act"`
	Cancel   int64  `help:"Take back what is asked of a run." placeholder:"RUN" xor:"act"`
}

// actor is the flag of what somebody is to stand for.
type actor struct {
	By string `help:"Who asks, for the record; by default the user of this machine." env:"UMPIRE_ACTOR,USER" default:"operator" placeholder:"NAME"`
}

// Help is what umpire resolve --help adds.
func (resolveCmd) Help() string {
	return "Without more it resolves everything anew by the model in use, and writes what that changes. With --dry-run it plans a run instead, beside whoever resolves the database; umpire runs lists them. --apply brings one about in one switch, its model with it, and is refused if anything has moved that the plan rests on. --rollback brings back the model before, and all as it is by that."
}

// Validate is asked before Run.
func (c *resolveCmd) Validate() error {
	switch {
	case (c.Model != "" || c.Anew != 0) && !c.DryRun:
		return errors.New("--model and --anew need --dry-run")
	case c.Model != "" && c.Anew != 0:
		return errors.New("--anew goes by the model that the run has: leave out --model")
	case c.Rebase && c.Apply == 0:
		return errors.New("--rebase needs --apply")
	}
	return nil
}

func (c *resolveCmd) Run(ctx context.Context, io streams) error {
	return c.with(ctx, func(s *store.Store) error {
		switch {
		case c.DryRun:
			return c.dryRun(ctx, io, s)
		case c.Apply != 0:
			return c.apply(ctx, io, s)
		case c.Rollback != 0:
			return c.rollback(ctx, io, s)
		case c.Cancel != 0:
			taken, err := s.CancelRun(ctx, c.Cancel, c.signed())
			if err == nil {
				_, err = fmt.Fprintf(io.out, "Run %d is %s.\n", taken.ID, taken.State)
			}
			return err
		default:
			return resolveAll(ctx, io.out, s)
		}
	})
}

func (c *resolveCmd) signed() store.Signature { return store.Signature{Actor: c.By} }

func resolveAll(ctx context.Context, w io.Writer, s *store.Store) error {
	report, err := run.Batch(ctx, s, run.Options{})
	if err != nil {
		return err
	}
	t := newTable(w)
	t.AppendHeader(table.Row{"kind", "entities"})
	for _, k := range resolve.Kinds {
		t.AppendRow(table.Row{k, report.Entities[k]})
	}
	t.Render()
	_, err = fmt.Fprintf(w, "%d match records resolved by model %s in %.1f s. What changed: %s.\n",
		report.Records, report.Model, report.Took.Seconds(), countsOf(report.Changes))
	return err
}

// countsOf tells how much each act changes.
func countsOf(changes map[resolve.Act]int) string {
	return fmt.Sprintf("%d created, %d updated, %d merged, %d split, %d retired",
		changes[resolve.Created], changes[resolve.Updated], changes[resolve.Merged], changes[resolve.Split], changes[resolve.Retired])
}

// dryRun plans a run, new or anew, and tells what it would change.
func (c *resolveCmd) dryRun(ctx context.Context, io streams, s *store.Store) error {
	ask := func() (store.Run, error) { return s.AskRun(ctx, c.signed(), c.Model) }
	if c.Anew != 0 {
		ask = func() (store.Run, error) { return c.anew(ctx, s) }
	}
	asked, err := ask()
	if errors.Is(err, store.ErrNotFound) && c.Anew == 0 {
		return fmt.Errorf("%w; umpire train --list tells which there are", err)
	}
	if err != nil {
		return err
	}
	planned, err := c.plan(ctx, io, s, asked.ID)
	if err != nil {
		return err
	}
	return printPlan(ctx, io.out, s, planned)
}

// anew asks for a run to be planned anew; one whose planner is gone, or that waits, needs no asking.
func (c *resolveCmd) anew(ctx context.Context, s *store.Store) (store.Run, error) {
	known, err := s.Run(ctx, c.Anew)
	if err != nil || known.State == store.RunWaiting || known.State == store.RunPlanning {
		return known, err
	}
	return s.ReplanRun(ctx, c.Anew, c.signed())
}

// plan plans a run and shows how far it is. Interrupted, the run is cancelled.
func (c *resolveCmd) plan(ctx context.Context, io streams, s *store.Store, id int64) (store.Run, error) {
	bar := newStageBar(io.err)
	defer bar.close()
	planned, err := run.Plan(ctx, s, id, bar.show)
	if ctx.Err() != nil {
		_, cancelled := s.CancelRun(context.WithoutCancel(ctx), id, c.signed())
		return planned, errors.Join(ctx.Err(), cancelled)
	}
	return planned, err
}

// causesShown is how many causes a summary tells.
const causesShown = 20

func printPlan(ctx context.Context, w io.Writer, s *store.Store, r store.Run) error {
	causes, err := s.RunCauses(ctx, store.RunCauseFilter{Run: r.ID, Limit: causesShown})
	if err != nil {
		return err
	}
	t := newTable(w)
	t.AppendHeader(table.Row{"because of", "created", "updated", "merged", "split", "retired"})
	for _, c := range causes.Items {
		t.AppendRow(table.Row{
			c.Text, c.Counts[resolve.Created], c.Counts[resolve.Updated], c.Counts[resolve.Merged], c.Counts[resolve.Split], c.Counts[resolve.Retired],
		})
	}
	if len(causes.Items) > 0 {
		t.Render()
	}
	if causes.Next != "" {
		fmt.Fprintf(w, "These are the %d causes of most changes; the page /runs/%d has all.\n", causesShown, r.ID)
	}
	_, err = fmt.Fprintf(w, "%d match records resolved by model %s in %.1f s, in place of model %s. What would change: %s.\n",
		r.Report.Records[resolve.KindMatch], r.ModelAfter, r.Report.Seconds, r.ModelBefore, countsOf(r.Counts))
	if err == nil {
		_, err = fmt.Fprintf(w, "This is run %d: umpire resolve --apply %[1]d brings it about.\n", r.ID)
	}
	return err
}

// apply applies a run, planned anew first if it is to be rebased.
func (c *resolveCmd) apply(ctx context.Context, io streams, s *store.Store) error {
	err := asked(ctx, s, c.Apply, store.RunApplying, func() error {
		_, err := s.AskApply(ctx, c.Apply, c.signed(), c.Rebase)
		return err
	})
	if err != nil {
		return err
	}
	if c.Rebase {
		planned, err := c.plan(ctx, io, s, c.Apply)
		if err != nil && !errors.Is(err, store.ErrConflict) { // a server may be quicker
			return err
		}
		if err == nil && planned.Report.Differs > 0 {
			fmt.Fprintf(io.out, "Rebased, %d changes are otherwise than they were planned first.\n", planned.Report.Differs)
			printOthers(io.out, planned)
		}
	}
	applied, err := run.Turned(ctx, s, c.Apply)
	if err != nil {
		return err
	}
	if applied.Report.Differs > 0 && !applied.Rebase {
		fmt.Fprintf(io.out, "%d changes came about otherwise than planned.\n", applied.Report.Differs)
		printOthers(io.out, applied)
	}
	_, err = fmt.Fprintf(io.out, "Run %d is applied: model %s is in use. umpire resolve --rollback %[1]d takes it back.\n", applied.ID, applied.ModelAfter)
	return err
}

// asked asks something of a run, unless it is asked already, of a process that is no more perhaps.
func asked(ctx context.Context, s *store.Store, id int64, state store.RunState, ask func() error) error {
	known, err := s.Run(ctx, id)
	if err != nil || known.State == state {
		return err
	}
	return ask()
}

// printOthers tells the first changes that differ from a plan.
func printOthers(w io.Writer, r store.Run) {
	for _, other := range r.Report.Others {
		fmt.Fprintln(w, " ", other)
	}
}

func (c *resolveCmd) rollback(ctx context.Context, io streams, s *store.Store) error {
	err := asked(ctx, s, c.Rollback, store.RunReverting, func() error {
		_, err := s.AskRollback(ctx, c.Rollback, c.signed())
		return err
	})
	if err != nil {
		return err
	}
	reverted, err := run.Turned(ctx, s, c.Rollback)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.out, "Run %d is rolled back by %d changes: model %s is in use.\n", reverted.ID, reverted.Report.Reverted, reverted.ModelBefore)
	return err
}
