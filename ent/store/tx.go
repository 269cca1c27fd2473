package store

// Writing: transactions, counters, and rows in bulk.

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

	"umpire/ent/db/counter"
)

// tx is a transaction that writes. What it reads is not fixed as a view's is: each
// statement sees what is committed by then.
type tx struct{ view }

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
	t, err := s.client.Tx(ctx)
	if err != nil {
		return fmt.Errorf("begin to write: %w", unanswered(err))
	}
	if err := act(&tx{view{t, s.dialect}}); err != nil {
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

// rows are to be put into a table.
type rows struct {
	table   string
	columns []string
	key     []string // what tells a row of the table from the others
	replace []string // what a row that is there takes over from its new version; the rest stays
	values  [][]any  // no key twice
}

// parameters is how many a statement may have.
func parameters(dialectName string) int {
	if dialectName == dialect.Postgres {
		return 65_535
	}
	return 32_766
}

// listed is how many values a statement lists at most in an IN.
const listed = 10_000

// put inserts rows, or brings those that are there up to date; rows that would stay the
// same are not written. This is where all rows in bulk go through: a faster way for one
// dialect (COPY into a temporary table, and a merge) has its place here.
func (t *tx) put(ctx context.Context, r rows) error {
	size := parameters(t.dialect) / len(r.columns)
	for chunk := range slices.Chunk(r.values, size) {
		insert := sql.Dialect(t.dialect).Insert(r.table).Columns(r.columns...)
		for _, row := range chunk {
			insert.Values(row...)
		}
		if len(r.key) > 0 {
			insert.OnConflict(t.onConflict(r)...)
		}
		query, args := insert.Query()
		if _, err := t.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("put %d rows into %s: %w", len(chunk), r.table, err)
		}
	}
	return nil
}

// onConflict says what becomes of a row that is there already.
func (t *tx) onConflict(r rows) []sql.ConflictOption {
	conflict := []sql.ConflictOption{sql.ConflictColumns(r.key...)}
	if len(r.replace) == 0 {
		return append(conflict, sql.DoNothing())
	}
	present, excluded := sql.Dialect(t.dialect).Table(r.table), sql.Dialect(t.dialect).Table("excluded")
	differs := make([]*sql.Predicate, len(r.replace))
	for i, column := range r.replace {
		differs[i] = sql.ExprP(present.C(column) + " IS DISTINCT FROM " + excluded.C(column))
	}
	return append(conflict, sql.UpdateWhere(sql.Or(differs...)), sql.ResolveWith(func(u *sql.UpdateSet) {
		for _, column := range r.replace {
			u.SetExcluded(column)
		}
	}))
}

// delete deletes the rows of a table that are such.
func (t *tx) delete(ctx context.Context, table string, such *sql.Predicate) error {
	query, args := sql.Dialect(t.dialect).Delete(table).Where(such).Query()
	if _, err := t.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("delete from %s: %w", table, err)
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
