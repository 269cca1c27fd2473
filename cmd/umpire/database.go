package main

import (
	"context"
	"fmt"
	"strings"

	"umpire/ent/store"
)

// database is the flag of every command that needs one.
type database struct {
	Database string `help:"Where everything is kept: postgres://USER@HOST/NAME or sqlite:PATH; by default ${default}." default:"sqlite:umpire.db" env:"UMPIRE_DATABASE" secret:"" placeholder:"URL"`
}

// open connects and brings the schema up to date.
func (d database) open(ctx context.Context) (*store.Store, error) {
	if !strings.HasPrefix(d.Database, "sqlite:") {
		if err := unambiguous(d.Database); err != nil {
			return nil, fmt.Errorf("--database: %w", err)
		}
	}
	s, err := store.Open(ctx, d.Database)
	if err != nil {
		return nil, err
	}
	if err := s.Migrate(context.WithoutCancel(ctx)); err != nil { // half a migration helps nobody
		s.Close()
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return s, nil
}

// with opens the database for as long as do needs it.
func (d database) with(ctx context.Context, do func(*store.Store) error) error {
	s, err := d.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	return do(s)
}
