package main

import (
	"context"

	"umpire/ent/store"
	"umpire/ingest"
)

type replayCmd struct {
	database
	Source *string `help:"Only messages of this source." placeholder:"NAME"`
}

// Help is what umpire replay --help adds.
func (replayCmd) Help() string {
	return "What is understood now takes effect at its own place in its source's sequence: it does not undo what a later message of the same match said."
}

func (c *replayCmd) Run(ctx context.Context, io streams) error {
	return c.with(ctx, func(s *store.Store) error {
		fates := map[store.Fate]int{}
		for outcome, err := range ingest.NewIntake(s).Replay(ctx, store.MessageFilter{Source: c.Source}) {
			if err != nil {
				tellFates(io.out, fates)
				return err
			}
			fates[outcome.Fate]++
		}
		tellFates(io.out, fates)
		return nil
	})
}
