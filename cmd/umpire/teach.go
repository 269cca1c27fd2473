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

// teach is umpire train --judgements.
func (c *trainCmd) teach(ctx context.Context, w io.Writer, s *store.Store) error {
	t, err := run.Teach(ctx, s, run.Options{DryRun: c.DryRun}, c.Force)
	if err != nil && !errors.Is(err, run.ErrWorse) {
		return err
	}
	learnt := t.Model
	from := fmt.Sprintf("%d judgements (%d same) and %s", t.Taught.Judgements, t.Taught.Same, learntFrom(learnt))
	printTaught(w, t)
	switch {
	case err != nil:
		return fmt.Errorf("model %s is not put in use: %w; --force does it all the same", learnt.Version, err)
	case learnt.Version == t.Before:
		fmt.Fprintf(w, "%s teach nothing new: model %s stays in use.\n", from, learnt.Version)
	case c.DryRun:
		fmt.Fprintf(w, "Model %s, learnt from %s, would be used instead of %s.\n", learnt.Version, from, t.Before)
	default:
		fmt.Fprintf(w, "Model %s, learnt from %s, is in use instead of %s. %s\n", learnt.Version, from, t.Before, takenUp)
	}
	return nil
}

// printTaught shows what moved, how the model does on what was held back, and what it would change.
func printTaught(w io.Writer, t run.Teaching) {
	levels := newTable(w)
	levels.AppendHeader(table.Row{"comparison", "level", "judged pairs", "bits before", "after"})
	for _, m := range t.Moves {
		levels.AppendRow(table.Row{m.Table, m.Level.Level, m.Labels, m.Before.Bits(), m.After.Bits()})
	}
	levels.Render()
	marks := newTable(w)
	marks.AppendHeader(table.Row{"on judgements held back", "precision", "recall", "wrong", "log loss, bits"})
	for _, row := range []struct {
		name string
		resolve.Marks
	}{{"without judgements", t.Taught.Before}, {"taught by the others", t.Taught.After}} {
		marks.AppendRow(table.Row{row.name, four(row.Precision), four(row.Recall), row.Wrong, four(row.LogLoss)})
	}
	marks.Render()
	if t.Would.Model == "" {
		return
	}
	c := t.Would.Changes
	fmt.Fprintf(w, "Against model %s it merges %d entities, splits %d, makes %d, retires %d and updates %d.\n", t.Before,
		c[resolve.Merged], c[resolve.Split], c[resolve.Created], c[resolve.Retired], c[resolve.Updated])
}
