package store

// COPY: the quickest way into PostgreSQL for rows that are not there yet.

import (
	"context"
	stdsql "database/sql"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/lib/pq"

	"umpire/ent/db"
)

// bound is a transaction on a connection that COPY can have for itself, as ent's driver.
type bound struct {
	*sql.Driver
	conn *stdsql.Conn
	tx   *stdsql.Tx
}

// begin begins a transaction.
func (s *Store) begin(ctx context.Context) (bound, *db.Tx, error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return bound{}, nil, err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return bound{}, nil, errors.Join(err, conn.Close())
	}
	on := bound{sql.NewDriver(s.dialect, sql.Conn{ExecQuerier: tx}), conn, tx}
	t, err := db.NewClient(db.Driver(on)).Tx(ctx)
	if err != nil {
		return bound{}, nil, errors.Join(err, on.Rollback())
	}
	return on, t, nil
}

// Tx is the transaction itself.
func (b bound) Tx(context.Context) (dialect.Tx, error) { return b, nil }

// Commit ends the transaction, and gives the connection back.
func (b bound) Commit() error { return errors.Join(b.tx.Commit(), b.conn.Close()) }

// Rollback ends the transaction, and gives the connection back.
func (b bound) Rollback() error { return errors.Join(b.tx.Rollback(), b.conn.Close()) }

// fewRows is up to how many rows a COPY is not worth its round trips.
const fewRows = 100

// fill inserts rows that are not there, in their order. Their content is asked for while the
// database takes in those before; a row is not kept.
func (t *tx) fill(ctx context.Context, r rows, content iter.Seq[[]any]) error {
	next, stop := iter.Pull(content)
	defer stop()
	size := fewRows
	if t.dialect != dialect.Postgres {
		size = listed
	}
	for {
		r.values = r.values[:0]
		for len(r.values) < size {
			row, more := next()
			if !more {
				return t.put(ctx, r)
			}
			r.values = append(r.values, row)
		}
		if t.dialect == dialect.Postgres {
			return t.copy(ctx, r, next)
		}
		if err := t.put(ctx, r); err != nil {
			return err
		}
	}
}

// copied is how many bytes go into a message of COPY.
const copied = 60_000

// copy sends rows, and those that come next.
func (t *tx) copy(ctx context.Context, r rows, next func() ([]any, bool)) error {
	n := 0
	err := t.bound.conn.Raw(func(connection any) error {
		statement, err := connection.(driver.Conn).Prepare(fmt.Sprintf("COPY %q (%s) FROM STDIN", r.table, quoted(r.columns)))
		if err != nil {
			return err
		}
		to := statement.(interface {
			CopyData(ctx context.Context, lines string) (driver.Result, error)
		})
		var lines []byte
		flush := func() error {
			_, err := to.CopyData(ctx, string(lines[:len(lines)-1])) // which ends the last line
			lines = lines[:0]
			return err
		}
		for more := true; more; n++ {
			var row []any
			if n < len(r.values) {
				row = r.values[n]
			} else if row, more = next(); !more {
				break
			}
			if lines = appendLine(lines, row); len(lines) > copied {
				if err := flush(); err != nil {
					return errors.Join(err, statement.Close())
				}
			}
		}
		if len(lines) > 0 {
			err = flush()
		}
		return errors.Join(err, statement.Close())
	})
	if err != nil {
		return fmt.Errorf("copy %d rows to %s: %w", n, r.table, err)
	}
	return nil
}

// appendLine writes a row as a line of COPY.
func appendLine(to []byte, row []any) []byte {
	for i, value := range row {
		if i > 0 {
			to = append(to, '\t')
		}
		switch v := plain(value).(type) {
		case nil:
			to = append(to, `\N`...)
		case string:
			to = appendEscaped(to, v)
		case []byte:
			to = hex.AppendEncode(append(to, `\\x`...), v)
		case int64:
			to = strconv.AppendInt(to, v, 10)
		case float64:
			to = strconv.AppendFloat(to, v, 'g', -1, 64)
		case bool:
			to = strconv.AppendBool(to, v)
		case time.Time:
			to = append(to, pq.FormatTimestamp(v)...)
		}
	}
	return append(to, '\n')
}

// appendEscaped writes text as a value of COPY.
func appendEscaped(to []byte, text string) []byte {
	done := 0
	for i := range len(text) {
		var as byte
		switch text[i] {
		case '\\':
			as = '\\'
		case '\n':
			as = 'n'
		case '\r':
			as = 'r'
		case '\t':
			as = 't'
		default:
			continue
		}
		to = append(append(to, text[done:i]...), '\\', as)
		done = i + 1
	}
	return append(to, text[done:]...)
}
