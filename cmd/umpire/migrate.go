package main

import (
	"context"
	"fmt"

	"umpire/ent/store"
)

type migrateCmd struct{ database }

func (c *migrateCmd) Run(ctx context.Context, io streams) error {
	return c.with(ctx, func(*store.Store) error {
		_, err := fmt.Fprintln(io.out, "The schema is up to date.")
		return err
	})
}
