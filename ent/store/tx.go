package store

// Writing: transactions and counters.

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/lib/pq"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"umpire/ent/db"
	"umpire/ent/db/counter"
)

// tx is a transaction that writes. What it reads is not fixed as a view's is: each
// statement sees what is committed by then.
type tx struct {
	view
	bound        bound // on PostgreSQL
	indexedAfter int
}

// write runs act in one transaction, which is committed if act returns nil.
func (s *Store) write(ctx context.Context, act func(*tx) error) error {
	if s.dialect == dialect.SQLite {
		select {
		case s.writer <- struct{}{}:
			defer func() { <-s.writer }()
		case <-ctx.Done():
			return fmt.Errorf("wait to write: %w", ctx.Err())
		}
	}
	var on bound
	var t *db.Tx
	var err error
	if s.dialect == dialect.Postgres {
		on, t, err = s.begin(ctx)
	} else {
		t, err = s.client.Tx(ctx)
	}
	if err != nil {
		return fmt.Errorf("begin to write: %w", unanswered(err))
	}
	if err := act(&tx{view{t, s.dialect}, on, s.indexedAfter}); err != nil {
		_ = t.Rollback() // a connection on which that fails is dropped, which ends it too
		return unanswered(err)
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("commit: %w", unanswered(err))
	}
	return nil
}

// The counters.
const (
	arrivals = "message" // message ids, and the moments at which records change without one
	history  = "change"  // change ids
	terms    = "owner"   // the terms of resolvers
	acts     = "act"     // act ids; whoever decides holds it
	said     = "said"    // ids of what acts bring into force
)

// count moves a counter on by n and returns its new value: the caller has the n numbers up
// to it. The counter stays locked to the commit, so its numbers are in commit order.
func (t *tx) count(ctx context.Context, name string, n int) (int64, error) {
	values, err := read[int64](ctx, t.view, sql.Dialect(t.dialect).Insert(counter.Table).
		Columns(counter.FieldID, counter.FieldValue).Values(name, n).
		OnConflict(sql.ConflictColumns(counter.FieldID), sql.ResolveWith(func(u *sql.UpdateSet) {
			u.Add(counter.FieldValue, n)
		})).
		Returning(counter.FieldValue))
	if err != nil {
		return 0, fmt.Errorf("count on %s: %w", name, err)
	}
	return values[0], nil
}

// remove deletes the rows of a table whose column holds one of these texts.
func remove[S ~string](ctx context.Context, t *tx, table, column string, texts []S) error {
	for part := range slices.Chunk(texts, listed) {
		query, args := sql.Dialect(t.dialect).Delete(table).Where(among(column, part)).Query()
		if _, err := t.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("remove %d rows of %s: %w", len(part), table, err)
		}
	}
	return nil
}

// refused tells an error by which the database refuses the content of a statement, and
// always will, from one that may pass: ErrPoison is added to the former.
func refused(err error) error {
	if fault, ok := errors.AsType[*pq.Error](err); ok {
		switch fault.Code.Class() {
		case "22", "23": // data exception; integrity constraint violation
			return fmt.Errorf("%w: %w", ErrPoison, err)
		case "54": // program limit exceeded: a value too large for an index
			return fmt.Errorf("%w: %w", ErrPoison, err)
		}
	}
	if fault, ok := errors.AsType[*sqlite.Error](err); ok {
		switch fault.Code() & 0xff { // the rest of the code says more of the same
		case sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG:
			return fmt.Errorf("%w: %w", ErrPoison, err)
		}
	}
	return err
}
