package store

import (
	"context"

	"umpire/resolve"
)

// This file is the contract in the making: each stub goes when its real method comes.

// Ingest takes deliveries in, in order, in one transaction. A delivery whose content the
// Replay gives a quarantined message its new reading, at its own place in its source's
// sequence: it does not undo what a later message of the same record said.
func (s *Store) Replay(ctx context.Context, message int64, as Delivery) (Outcome, error) {
	panic("todo")
}

// Quarantine takes an applied message out of effect because a later stage fails on it;
// its record goes back to before, which is the reading of the message before it (see
// Previous), or is withdrawn if that is nil. ErrConflict: it is not applied.
func (s *Store) Quarantine(ctx context.Context, message int64, fault resolve.InvalidError, before *resolve.Match) error {
	panic("todo")
}

// Previous returns the applied message before a message that tells of the same match
// record, with its bytes. ErrNotFound: there is none.
func (s *Store) Previous(ctx context.Context, message int64) (Message, error) { panic("todo") }

// Sources lists the sources with their counts, by name.
func (s *Store) Sources(ctx context.Context) ([]Source, error) { panic("todo") }

// Source returns a source with its counts, or ErrNotFound.
func (s *Store) Source(ctx context.Context, name string) (Source, error) { panic("todo") }

// PutSource writes a profile (Name, Zone, IDs), making the source if need be. A new zone
// gives its match records the instants that their texts now mean, and marks them dirty.
// A new meaning of ids is ErrConflict once the source has records.
func (s *Store) PutSource(ctx context.Context, src Source) error { panic("todo") }

// Apply writes a plan with its history in one transaction and lifts the marks that it
// settles (those that no newer message has set again). ErrStale: the plan does not fit
// what is there, or this store does not own the resolver's lock (any more): own it, rebuild
// the engine. Each entity of plan.Put and plan.Retire needs a change in plan.Changes.
func (s *Store) Apply(ctx context.Context, plan resolve.Plan, settled []Mark, cause string) error {
	panic("todo")
}

// Canonical returns the id by which the entity of this record or former entity is now
// called. ErrNotFound: never heard of. ErrGone (wrapping ErrNotFound): all its records were withdrawn.
func (s *Store) Canonical(ctx context.Context, id resolve.ID) (resolve.ID, error) { panic("todo") }
