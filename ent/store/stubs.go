package store

import (
	"context"
	"iter"

	"umpire/resolve"
)

// This file is the contract in the making: each stub goes when its real method comes.

type Store struct{}

// Open connects to "postgres://…" or "sqlite:PATH" (":memory:" for a private one). It does not migrate.
func Open(ctx context.Context, url string) (*Store, error) { panic("todo") }

// Close lets go of the connections.
func (s *Store) Close() error { panic("todo") }

// Migrate brings the schema up to this program's version, under a lock; it is safe to run at every start, by several processes.
func (s *Store) Migrate(ctx context.Context) error { panic("todo") }

// Ready returns an error that says what is amiss when the database does not answer or its schema is of another version.
func (s *Store) Ready(ctx context.Context) error { panic("todo") }

// Ingest takes deliveries in, in order, in one transaction. A delivery whose content the
// database refuses fails the whole batch with ErrPoison; the caller bisects.
func (s *Store) Ingest(ctx context.Context, batch []Delivery) ([]Outcome, error) { panic("todo") }

// Replay gives a quarantined message its new reading, at its own place in its source's
// sequence: it does not undo what a later message of the same record said.
func (s *Store) Replay(ctx context.Context, message int64, as Delivery) (Outcome, error) {
	panic("todo")
}

// Quarantine takes an applied message out of effect because a later stage fails on it;
// its record goes back to what the message before it said, or is withdrawn.
func (s *Store) Quarantine(ctx context.Context, message int64, fault resolve.InvalidError) error {
	panic("todo")
}

// Message returns a message with its bytes, or ErrNotFound.
func (s *Store) Message(ctx context.Context, id int64) (Message, error) { panic("todo") }

// Messages lists messages without their bytes.
func (s *Store) Messages(ctx context.Context, f MessageFilter) (Page[Message], error) { panic("todo") }

// Sources lists the sources with their counts, by name.
func (s *Store) Sources(ctx context.Context) ([]Source, error) { panic("todo") }

// Source returns a source with its counts, or ErrNotFound.
func (s *Store) Source(ctx context.Context, name string) (Source, error) { panic("todo") }

// PutSource writes a profile (Name, Zone, IDs), making the source if need be. A new zone
// gives its match records the instants that their texts now mean, and marks them dirty.
// A new meaning of ids is ErrConflict once the source has records.
func (s *Store) PutSource(ctx context.Context, src Source) error { panic("todo") }

// Own makes this process the one resolver of the database until release, or returns ErrConflict.
func (s *Store) Own(ctx context.Context) (release func(), err error) { panic("todo") }

// Live yields every match record that is not withdrawn, oldest first.
func (s *Store) Live(ctx context.Context) iter.Seq2[resolve.Match, error] { panic("todo") }

// Entities yields every entity as last applied, in order of Kinds, then of id.
func (s *Store) Entities(ctx context.Context) iter.Seq2[resolve.Entity, error] { panic("todo") }

// Links yields every link as last applied, in order of (A, B).
func (s *Store) AllLinks(ctx context.Context) iter.Seq2[resolve.Link, error] { panic("todo") }

// Dirty returns up to limit marks with their records as they are now, oldest message first.
func (s *Store) Dirty(ctx context.Context, limit int) ([]Mark, error) { panic("todo") }

// Apply writes a plan with its history in one transaction and lifts the marks that it
// settles (those that no newer message has set again). ErrStale: the plan does not fit
// what is there; rebuild the engine.
func (s *Store) Apply(ctx context.Context, plan resolve.Plan, settled []Mark, cause string) error {
	panic("todo")
}

// Canonical returns the id by which the entity of this record or former entity is now
// called. ErrNotFound: never heard of. ErrGone (wrapping ErrNotFound): all its records were withdrawn.
func (s *Store) Canonical(ctx context.Context, id resolve.ID) (resolve.ID, error) { panic("todo") }

// Match returns a match entity by its present id, or ErrNotFound.
func (s *Store) Match(ctx context.Context, id resolve.ID) (Match, error) { panic("todo") }

// Matches lists match entities.
func (s *Store) Matches(ctx context.Context, f MatchFilter) (Page[Match], error) { panic("todo") }

// MatchRecords lists match records, withdrawn ones left out: the same list as each source tells it.
func (s *Store) MatchRecords(ctx context.Context, f MatchFilter) (Page[MatchRecord], error) {
	panic("todo")
}

// RecordsOf returns the match records of a match entity, oldest first.
func (s *Store) RecordsOf(ctx context.Context, match resolve.ID) ([]MatchRecord, error) {
	panic("todo")
}

// Record returns a match record, withdrawn or not, or ErrNotFound; by its source's id, within a title if it has several.
func (s *Store) Record(ctx context.Context, source, key, title string) (MatchRecord, error) {
	panic("todo")
}

// Named returns a title, tournament or team entity by its present id, or ErrNotFound.
func (s *Store) Named(ctx context.Context, id resolve.ID) (Named, error) { panic("todo") }

// NamedList lists titles, tournaments or teams by name.
func (s *Store) NamedList(ctx context.Context, f NamedFilter) (Page[Named], error) { panic("todo") }

// History returns what happened to an entity, newest first.
func (s *Store) History(ctx context.Context, id resolve.ID) ([]Change, error) { panic("todo") }

// Changes returns up to limit changes after a sequence number, oldest first.
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]Change, error) {
	panic("todo")
}

// Lookup maps records to their entities: all records that fit, in the order asked.
func (s *Store) Lookup(ctx context.Context, ids []SourceID) ([][]RecordRef, error) { panic("todo") }

// LookupEntities maps entities (or former ones) to their present id and records, in the order asked.
func (s *Store) LookupEntities(ctx context.Context, ids []resolve.ID) ([][]RecordRef, error) {
	panic("todo")
}

// Links lists links, heaviest first.
func (s *Store) Links(ctx context.Context, f LinkFilter) (Page[Link], error) { panic("todo") }

// Stats counts what is there.
func (s *Store) Stats(ctx context.Context) (Stats, error) { panic("todo") }

// Export yields every live record with its entity, in order of kind, source and key.
func (s *Store) Export(ctx context.Context) iter.Seq2[RecordRef, error] { panic("todo") }
