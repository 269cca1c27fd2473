package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"umpire/ent/store"
	"umpire/resolve/run"
)

type trainCmd struct {
	database
	Judgements bool    `help:"Learn from people's judgements as well." xor:"from"`
	Force      bool    `help:"With --judgements: put the model in use even if it does worse on judgements that were held back."`
	DryRun     bool    `help:"Say what would be learnt, and write nothing." xor:"act"`
	List       bool    `help:"List the versions that are kept, and when each was put in use." xor:"act,from"`
	Use        *string `help:"Put this version in use again." placeholder:"VERSION" xor:"act,from"`
}

// Help is what umpire train --help adds.
func (trainCmd) Help() string {
	return "Learns from all live records, without labels; with --judgements, then from these as well. What is learnt is frozen as a version of the model, by which everything is resolved until another is put in use: nothing that streams in changes it. Every version is kept, and the same records come out the same by it, ids included."
}

func (c *trainCmd) Run(ctx context.Context, io streams) error {
	return c.with(ctx, func(s *store.Store) error {
		switch {
		case c.List:
			return listModels(ctx, io.out, s)
		case c.Use != nil:
			return useModel(ctx, io.out, s, *c.Use)
		case c.Judgements:
			return c.teach(ctx, io.out, s)
		default:
			return c.train(ctx, io.out, s)
		}
	})
}

func (c *trainCmd) train(ctx context.Context, w io.Writer, s *store.Store) error {
	lesson, err := run.Train(ctx, s, run.Options{DryRun: c.DryRun})
	if err != nil {
		return err
	}
	learnt := lesson.Model
	if learnt.Version == lesson.Before {
		_, err := fmt.Fprintf(w, "%s teach nothing new: model %s stays in use.\n", learntFrom(learnt), learnt.Version)
		return err
	}
	printChanges(w, lesson.Changes)
	outcome := "is in use instead of " + lesson.Before + ". " + takenUp
	if c.DryRun {
		outcome = "would be used instead of " + lesson.Before + "."
	}
	_, err = fmt.Fprintf(w, "Model %s, learnt from %s, %s\n", learnt.Version, learntFrom(learnt), outcome)
	return err
}

// takenUp says what becomes of a model that was put in use.
const takenUp = "The next umpire resolve goes by it; a running umpire serve does at once."

func printChanges(w io.Writer, changes []run.Change) {
	t := newTable(w)
	t.AppendHeader(table.Row{"what changed", "values before", "after", "added", "changed", "gone"})
	for _, c := range changes {
		t.AppendRow(table.Row{c.Table, c.Before, c.After, c.Added, c.Changed, c.Gone})
	}
	t.Render()
}

func learntFrom(m store.Model) string {
	return fmt.Sprintf("%d match records of %d sources", m.Records, m.Sources)
}

func useModel(ctx context.Context, w io.Writer, s *store.Store, version string) error {
	err := run.Use(ctx, s, version)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("%w; umpire train --list tells which there are", err)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "Model %s is in use. %s\n", version, takenUp)
	return err
}

func listModels(ctx context.Context, w io.Writer, s *store.Store) error {
	inUse, err := s.ModelVersion(ctx)
	if err != nil {
		return err
	}
	models, err := s.Models(ctx)
	if err != nil {
		return err
	}
	switches, err := s.ModelSwitches(ctx)
	if err != nil {
		return err
	}
	used := map[string][]string{}
	for _, change := range switches {
		used[change.Version] = append(used[change.Version], change.At.Format(time.DateTime)+" "+change.Cause)
	}
	t := newTable(w)
	t.AppendHeader(table.Row{"version", "kept since (UTC)", "learnt from", "put in use (UTC)"})
	for _, m := range models {
		from := learntFrom(m)
		if m.Records == 0 {
			from = "came with the program"
		}
		t.AppendRow(table.Row{m.Version, m.CreatedAt.Format(time.DateTime), from, strings.Join(used[m.Version], "\n")})
	}
	t.Render()
	_, err = fmt.Fprintf(w, "Model %s is in use.\n", inUse)
	return err
}
