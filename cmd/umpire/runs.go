package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"umpire/ent/store"
)

type runsCmd struct {
	database
	ID int64 `arg:"" optional:"" name:"run" help:"Tell what this one would change, and why."`
}

func (c *runsCmd) Run(ctx context.Context, io streams) error {
	return c.with(ctx, func(s *store.Store) error {
		if c.ID != 0 {
			known, err := s.Run(ctx, c.ID)
			if err != nil {
				return err
			}
			printRuns(io.out, []store.Run{known})
			if known.PlannedAt == nil {
				return nil
			}
			return printPlan(ctx, io.out, s, known)
		}
		runs, err := s.Runs(ctx, store.RunFilter{})
		if err == nil {
			printRuns(io.out, runs.Items)
		}
		return err
	})
}

type diffCmd struct {
	database
	A int64 `arg:"" name:"run1" help:"A run,"`
	B int64 `arg:"" name:"run2" help:"and the one that is held against it."`
}

func (c *diffCmd) Run(ctx context.Context, io streams) error {
	return c.with(ctx, func(s *store.Store) error {
		d, err := s.DiffRuns(ctx, c.A, c.B)
		if err != nil {
			return err
		}
		printDiff(io.out, d)
		return nil
	})
}

// clustersPrinted is how many of the clusters that differ are told.
const clustersPrinted = 10

func printDiff(w io.Writer, d store.RunDiff) {
	t := newTable(w)
	t.AppendHeader(table.Row{"kind", "records in both", "pairs gained", "lost", "B³"})
	for _, c := range d.Kinds {
		t.AppendRow(table.Row{c.Kind, c.Records, c.Gained, c.Lost, fmt.Sprintf("%.6f", c.B3)})
	}
	t.Render()
	if len(d.Clusters) == 0 {
		fmt.Fprintf(w, "Runs %d and %d make the same of all records.\n", d.A.ID, d.B.ID)
		return
	}
	t = newTable(w)
	t.AppendHeader(table.Row{"the largest that differ", fmt.Sprintf("records by run %d", d.A.ID), fmt.Sprintf("by run %d", d.B.ID), "pairs gained", "lost"})
	for _, c := range d.Clusters[:min(len(d.Clusters), clustersPrinted)] {
		t.AppendRow(table.Row{c.Entity, len(c.InA), len(c.InB), c.Gained, c.Lost})
	}
	t.Render()
}

func printRuns(w io.Writer, runs []store.Run) {
	t := newTable(w)
	t.AppendHeader(table.Row{"run", "state", "asked (UTC)", "by", "model", "in place of", "changes", ""})
	for _, r := range runs {
		note := r.Error
		if r.Progress.Stage != "" {
			note = fmt.Sprintf("%s: %d of %d", r.Progress.Stage, r.Progress.Done, r.Progress.Total)
		}
		t.AppendRow(table.Row{r.ID, r.State, r.MadeAt.Format(time.DateTime), r.By, modelWanted(r), r.ModelBefore, r.Changes(), note})
	}
	t.Render()
}

// modelWanted is the model of a run, or how it is asked for.
func modelWanted(r store.Run) string {
	switch {
	case r.ModelAfter != "":
		return r.ModelAfter
	case r.Wants == store.WantsTraining:
		return "what is learnt"
	case r.Wants == "":
		return "the one in use"
	}
	return r.Wants
}
