// Package migrations holds the schema's versions as SQL, one folder a dialect, and brings
// a database up to the newest.
//
// The tables are written from ent/schema (go generate, which compares the schema with a
// database that has every migration so far and writes what is missing as a new file). What
// ent cannot say, such as indexes for search within names, is written by hand beside them,
// and what SQL cannot do to rows that are there is Go (fill.go).
// A file that has been released is never changed.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"entgo.io/ent/dialect"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:generate go test . -run ^TestCurrent$ -count 1 -write changes

//go:embed postgres/*.sql sqlite/*.sql
var files embed.FS

// lockSeconds is how long Up waits on PostgreSQL for another process that migrates.
const lockSeconds = 300

// Up applies the migrations that the database lacks, each in its own transaction. On
// PostgreSQL it holds a session's lock, so that several processes may call it at once; on
// SQLite that is the caller's to see to.
func Up(ctx context.Context, db *sql.DB, dialectName string) error {
	var options []goose.ProviderOption
	if dialectName == dialect.Postgres {
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, lockSeconds))
		if err != nil {
			return fmt.Errorf("make the migration lock: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	p, err := provider(db, dialectName, options...)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// Check returns an error unless the database's version is the newest that this program
// has: one that lacks migrations, or has some from a newer program, is not to be worked on.
func Check(ctx context.Context, db *sql.DB, dialectName string) error {
	p, err := provider(db, dialectName)
	if err != nil {
		return err
	}
	sources := p.ListSources()
	newest := sources[len(sources)-1].Version
	present, err := version(ctx, db)
	switch {
	case err != nil:
		return err
	case present != newest:
		return fmt.Errorf("the schema has version %d where this program works on %d", present, newest)
	}
	return nil
}

// version asks the table in which goose keeps its book, and nothing more: it is asked
// often, and goose itself would make the table.
func version(ctx context.Context, db *sql.DB) (int64, error) {
	var v sql.NullInt64
	row := db.QueryRowContext(ctx, "SELECT max(version_id) FROM "+goose.DefaultTablename+" WHERE is_applied") //nolint:gosec // a constant of goose
	if err := row.Scan(&v); err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	return v.Int64, nil
}

func provider(db *sql.DB, dialectName string, options ...goose.ProviderOption) (*goose.Provider, error) {
	dialects := map[string]goose.Dialect{dialect.Postgres: goose.DialectPostgres, dialect.SQLite: goose.DialectSQLite3}
	folders := map[string]string{dialect.Postgres: "postgres", dialect.SQLite: "sqlite"}
	folder, err := fs.Sub(files, folders[dialectName])
	if err != nil {
		return nil, fmt.Errorf("open the migrations for %s: %w", dialectName, err)
	}
	options = append(options, goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(inGo(dialectName)...))
	p, err := goose.NewProvider(dialects[dialectName], db, folder, options...)
	if errors.Is(err, goose.ErrNoMigrations) {
		return nil, fmt.Errorf("no migrations for %q", dialectName)
	}
	if err != nil {
		return nil, fmt.Errorf("read the migrations for %s: %w", dialectName, err)
	}
	return p, nil
}
