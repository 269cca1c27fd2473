package store

// Filling empty tables: an index that is made when the rows are there costs a fraction of one that
// grows with each, and so does looking at once whether all is there that they refer to.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lib/pq"
)

// indexedAfter is from how many rows on tables are filled before they are indexed.
const indexedAfter = 100_000

// laid is what tables are without for a while, and how it is made again.
type laid []struct{ Of, Drop, Make string }

// lay takes from tables that are empty what slows their filling down: indexes but for those that
// keep rows unique, and references from one of them to another. They are this transaction's
// alone to its end, if nobody uses them now: who asks for them meanwhile waits until they are full. Nothing
// is taken while somebody does.
func (t *tx) lay(ctx context.Context, tables []string) (laid, error) {
	if free, err := t.takeEmpty(ctx, tables); err != nil || !free {
		return nil, err
	}
	all, err := read[struct{ Of, Drop, Make string }](ctx, t.view, statement{`
		SELECT conrelid::regclass::text AS of, format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
			format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS make
		FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY ($1::text[]::regclass[]) AND confrelid = ANY ($1::text[]::regclass[])
		UNION ALL
		SELECT indrelid::regclass::text, format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
		FROM pg_index WHERE NOT indisunique AND indrelid = ANY ($1::text[]::regclass[])`, []any{pq.Array(tables)}})
	if err != nil {
		return nil, fmt.Errorf("look what indexes there are: %w", err)
	}
	for _, one := range all {
		if _, err := t.ExecContext(ctx, one.Drop); err != nil {
			return nil, fmt.Errorf("lay an index aside: %w", err)
		}
	}
	return all, nil
}

// takeEmpty locks tables if nobody uses them now and all are empty, and tells whether it did.
func (t *tx) takeEmpty(ctx context.Context, tables []string) (bool, error) {
	empty := make([]string, len(tables))
	for i, table := range tables {
		empty[i] = fmt.Sprintf("NOT EXISTS (SELECT FROM %q)", table)
	}
	free := func() (bool, error) {
		is, err := read[bool](ctx, t.view, statement{text: "SELECT " + strings.Join(empty, " AND ")})
		return err == nil && is[0], err
	}
	if is, err := free(); err != nil || !is {
		return false, err
	}
	if _, err := t.ExecContext(ctx, "SAVEPOINT free"); err != nil {
		return false, err
	}
	_, err := t.ExecContext(ctx, "LOCK TABLE "+quoted(tables)+" IN ACCESS EXCLUSIVE MODE NOWAIT")
	const inUse = "55P03"
	if fault, ok := errors.AsType[*pq.Error](err); ok && fault.Code == inUse {
		_, err = t.ExecContext(ctx, "ROLLBACK TO SAVEPOINT free")
		return false, err
	}
	if err != nil {
		return false, err
	}
	return free() // still, now that nobody can change that
}

// restore makes again what was taken from tables.
func (l laid) restore(ctx context.Context, t *tx, tables []string) error {
	for _, one := range l {
		if !slices.Contains(tables, one.Of) {
			continue
		}
		if _, err := t.ExecContext(ctx, "SET LOCAL maintenance_work_mem = '256MB'; "+one.Make); err != nil {
			return fmt.Errorf("make an index of %s again: %w", one.Of, err)
		}
	}
	return nil
}
