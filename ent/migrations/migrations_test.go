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

// TestPlacesAreBroughtOver migrates a database of old in which a match record is where it
// is by a column of its own, another left with an heir, and a third was never settled.
func TestPlacesAreBroughtOver(t *testing.T) {
	for name, driver := range map[string]string{dialect.SQLite: "sqlite", dialect.Postgres: "postgres"} {
		t.Run(driver, func(t *testing.T) {
			db := open(t, driver)
			p, err := provider(db, name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.UpTo(t.Context(), 3); err != nil {
				t.Fatal(err)
			}
			for _, statement := range []string{
				`INSERT INTO teams (id, provenance, records_count, sources_count, created_at, updated_at, version, name, folded) VALUES ('t', '{}', 1, 1, '2026-01-01', '2026-01-01', 1, 't', 't')`,
				`INSERT INTO matches (id, provenance, records_count, sources_count, created_at, updated_at, version, team1_id, team2_id) VALUES ('m', '{}', 1, 1, '2026-01-01', '2026-01-01', 1, 't', 't')`,
				`INSERT INTO team_records (id, source, scope, key, arrival, name, folded, entity_id) VALUES ('t', 's', '', 't', 1, 't', 't', 't')`,
				`INSERT INTO match_records (id, source, scope, key, arrival, message, heir, flipped, entity_id) VALUES ('m', 's', '', '1', 1, 1, '', true, 'm'), ('left', 's', '', '2', 2, 2, 'm', false, NULL), ('new', 's', '', '3', 3, 3, '', false, NULL)`,
				`INSERT INTO scores (match_record_id, slot, team_record_id, team_name) VALUES ('m', 1, 't', 't'), ('m', 2, 't', 't')`,
			} {
				if _, err := db.ExecContext(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			}
			if err := Up(t.Context(), db, name); err != nil {
				t.Fatal(err)
			}
			var told string
			err = db.QueryRowContext(t.Context(), `SELECT string_agg(place, ' ') FROM (
				SELECT r.id || ':' || COALESCE(p.entity_id, '-') || ':' || COALESCE(p.heir, '-') || ':' || CASE WHEN p.flipped THEN 1 ELSE 0 END AS place
				FROM match_records r LEFT JOIN placements p ON p.id = r.id ORDER BY r.arrival) AS places`).Scan(&told)
			if want := "m:m::1 left:-:m:0 new:-:-:0"; err != nil || told != want {
				t.Errorf("places are %q (%v), want %q", told, err, want)
			}
		})
	}
}

// TestNamesAreFilled migrates a database in which names stand with records, and with what
// matches tell of them, alone.
func TestNamesAreFilled(t *testing.T) {
	for name, driver := range map[string]string{dialect.SQLite: "sqlite", dialect.Postgres: "postgres"} {
		t.Run(driver, func(t *testing.T) {
			db := open(t, driver)
			p, err := provider(db, name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.UpTo(t.Context(), 10); err != nil {
				t.Fatal(err)
			}
			for _, statement := range []string{
				`INSERT INTO team_records (id, source, scope, key, arrival, name, folded) VALUES ('tem_1', 's', '', 't', 1, 'Natus Vincere', 'natus vincere')`,
				`INSERT INTO match_records (id, source, scope, key, arrival, message) VALUES ('mch_1', 's', '', '1', 1, 1)`,
				`INSERT INTO scores (match_record_id, slot, team_record_id, team_name) VALUES ('mch_1', 1, 'tem_1', 'Na''Vi'), ('mch_1', 2, 'tem_1', 'NATUS VINCERE')`,
			} {
				if _, err := db.ExecContext(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			}
			if err := Up(t.Context(), db, name); err != nil {
				t.Fatal(err)
			}
			var told string
			err = db.QueryRowContext(t.Context(), `SELECT string_agg(told, ' ') FROM (
				SELECT record || ':' || folded || ':' || letters || ':' || initials || ':' || beginnings AS told FROM names ORDER BY folded) AS names`).Scan(&told)
			if want := "tem_1:na vi:navi:nv:navi tem_1:natus vincere:natusvincere:nv:navi"; err != nil || told != want {
				t.Errorf("names are %q (%v), want %q", told, err, want)
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

// keepTrigrams leaves alone the indexes that are made by hand: of trigrams, and for LIKE.
func keepTrigrams(next entschema.Differ) entschema.Differ {
	return entschema.DiffFunc(func(current, desired *atlas.Schema) ([]atlas.Change, error) {
		for _, table := range current.Tables {
			kept := table.Indexes[:0]
			for _, index := range table.Indexes {
				if !strings.HasSuffix(index.Name, "_trgm") && !strings.HasSuffix(index.Name, "_like") {
					kept = append(kept, index)
				}
			}
			table.Indexes = kept
		}
		return next.Diff(current, desired)
	})
}

// store writes a migration under the number after the folder's newest.
func store(t *testing.T, folder string, content []byte) {
	t.Helper()
	present, err := filepath.Glob(filepath.Join(folder, "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	newest := 0 // not how many there are: some numbers are migrations in Go
	if len(present) > 0 {
		if _, err := fmt.Sscanf(filepath.Base(present[len(present)-1]), "%d_", &newest); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(folder, fmt.Sprintf("%04d_%s.sql", newest+1, *write))
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("wrote %s", path)
}
