package main

import (
	"context"
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"

	"umpire/ent/store"
	"umpire/resolve"
	"umpire/resolve/run"
)

type resolveCmd struct {
	database
	DryRun bool `help:"Say what would change, and write nothing."`
}

func (c *resolveCmd) Run(ctx context.Context, io streams) error {
	return c.with(ctx, func(s *store.Store) error {
		report, err := run.Batch(ctx, s, run.Options{DryRun: c.DryRun})
		if err != nil {
			return err
		}
		t := newTable(io.out)
		t.AppendHeader(table.Row{"kind", "entities"})
		for _, k := range resolve.Kinds {
			t.AppendRow(table.Row{k, report.Entities[k]})
		}
		t.Render()
		verb := "changed"
		if c.DryRun {
			verb = "would change"
		}
		_, err = fmt.Fprintf(io.out, "%d match records resolved by model %s in %.1f s. What %s: %d created, %d updated, %d merged, %d split, %d retired.\n",
			report.Records, report.Model, report.Took.Seconds(), verb, report.Changes[resolve.Created], report.Changes[resolve.Updated],
			report.Changes[resolve.Merged], report.Changes[resolve.Split], report.Changes[resolve.Retired])
		return err
	})
}
