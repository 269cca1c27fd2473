package migrations

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ariga.io/atlas/sql/migrate"
	atlas "ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqltool"
	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	entschema "entgo.io/ent/dialect/sql/schema"
	_ "github.com/lib/pq"
	_ "modernc.org/sqlite"

	entmigrate "umpire/ent/db/migrate"
	"umpire/fixtures/servers"
)

var write = flag.String("write", "", "write what the schema has and the migrations lack as new files of this `name`")

// TestCurrent holds the migrations to the schema: a database that has all of them needs
// no change to be what ent/schema says. With -write it is what writes them.
func TestCurrent(t *testing.T) {
	for _, c := range []struct{ dialect, folder, driver string }{
		{dialect.SQLite, "sqlite", "sqlite"},
		{dialect.Postgres, "postgres", "postgres"},
	} {
		t.Run(c.folder, func(t *testing.T) {
			db := open(t, c.driver)
			if err := Up(t.Context(), db, c.dialect); err != nil && *write == "" {
				t.Fatal(err)
			}
			for _, missing := range difference(t, db, c.dialect) {
				if *write == "" {
					t.Errorf("the schema has what no migration makes; go generate ./ent/migrations would add:\n%s", missing.Bytes())
					continue
				}
				store(t, c.folder, missing.Bytes())
			}
		})
	}
}

// open opens an empty database of a dialect.
func open(t *testing.T, driver string) *sql.DB {
	t.Helper()
	url := "file::memory:?_pragma=foreign_keys(1)"
	if driver == "postgres" {
		url = servers.Postgres(t)
	}
	db, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // a memory database is its connection
	t.Cleanup(func() { db.Close() })
	return db
}

// difference returns the migration that would bring the database to the schema: no file,
// or one.
func difference(t *testing.T, db *sql.DB, dialectName string) []migrate.File {
	t.Helper()
	dir := &migrate.MemDir{}
	differ, err := entschema.NewMigrate(entsql.OpenDB(dialectName, db),
		entschema.WithDir(dir), entschema.WithFormatter(sqltool.GooseFormatter),
		entschema.WithDropColumn(true), entschema.WithDropIndex(true), entschema.WithDiffHook(keepTrigrams))
	if err != nil {
		t.Fatal(err)
	}
	if err := differ.NamedDiff(context.Background(), "changes", entmigrate.Tables...); err != nil {
		t.Fatal(err)
	}
	files, err := dir.Files()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// keepTrigrams leaves alone the indexes that are made by hand.
func keepTrigrams(next entschema.Differ) entschema.Differ {
	return entschema.DiffFunc(func(current, desired *atlas.Schema) ([]atlas.Change, error) {
		for _, table := range current.Tables {
			kept := table.Indexes[:0]
			for _, index := range table.Indexes {
				if !strings.HasSuffix(index.Name, "_trgm") {
					kept = append(kept, index)
				}
			}
			table.Indexes = kept
		}
		return next.Diff(current, desired)
	})
}

// store writes a migration under the folder's next number.
func store(t *testing.T, folder string, content []byte) {
	t.Helper()
	present, err := filepath.Glob(filepath.Join(folder, "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, fmt.Sprintf("%04d_%s.sql", len(present)+1, *write))
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("wrote %s", path)
}
