// Package store is the one door to the database: PostgreSQL or SQLite, through ent.
//
// Deliveries come in by Ingest, which keeps every one as a message, brings the records
// that it tells up to date, and leaves a mark on the match record. The one resolver (Own)
// takes the marks (Dirty), settles what they mean, and writes the outcome by Apply, which
// lifts them. Everyone else reads, or asks for a run (AskRun): that is planned from a
// Snapshot by whoever claims it, and applied and rolled back by the resolver (TurnRun).
//
// Each writing method is one transaction. Two counters, held under lock to the commit, put
// what is written in one order for all: messages by arrival, changes by commit. So a
// reader who has seen number n will never see a smaller one appear.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	neturl "net/url"
	"strings"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	_ "github.com/lib/pq"  // the driver "postgres"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"umpire/ent/db"
	"umpire/ent/migrations"
)

// Store is an open database. It is safe for use by several goroutines.
type Store struct {
	db      *sql.DB
	client  *db.Client
	dialect string // dialect.Postgres or dialect.SQLite
	url     string // as lib/pq takes it, or SQLite's path; "" for a database in memory

	// writer is held through each writing transaction on SQLite, whose own queue for the
	// one writer is a lottery.
	writer chan struct{}
	owned  *ownership
	fixed  *view // of a Snapshot: the one that all is read from

	indexedAfter int // indexedAfter, but for tests
}

// connections is how many a store keeps to PostgreSQL or to a file.
const connections = 16

// Open connects to "postgres://…", "sqlite:PATH", or "sqlite::memory:" for a database of
// its own that ends with it. It does not migrate. Beside PATH there are PATH-migrate and
// PATH-resolver, which are locks between processes.
func Open(ctx context.Context, url string) (*Store, error) {
	s := &Store{writer: make(chan struct{}, 1), owned: &ownership{}, indexedAfter: indexedAfter}
	var err error
	switch path, isSQLite := strings.CutPrefix(url, "sqlite:"); {
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		err = s.openPostgres(url)
	case isSQLite && path != "":
		err = s.openSQLite(path)
	default:
		scheme, _, _ := strings.Cut(url, ":") // no more of it is told: it may have a password
		return nil, fmt.Errorf(`database URL "%.20s:…": want "postgres://…" or "sqlite:PATH"`, scheme)
	}
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if err := s.db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("reach the database: %w", err), s.db.Close())
	}
	s.client = db.NewClient(db.Driver(entsql.OpenDB(s.dialect, s.db)))
	return s, nil
}

func (s *Store) openPostgres(url string) error {
	if _, err := neturl.Parse(url); err != nil { // err tells all of it, its password too
		return errors.New("the database's URL is not of the form postgres://user:password@host:5432/name")
	}
	pool, err := sql.Open("postgres", url)
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	s.db, s.dialect, s.url = pool, dialect.Postgres, url
	return nil
}

// sqliteOptions: foreign keys are kept, readers do not wait for the writer, other
// processes' writers are waited for, a transaction that may write takes its lock at once
// (so it cannot fail on the way up from reading), and times are text that sorts.
const sqliteOptions = "?_pragma=busy_timeout(20000)&_pragma=foreign_keys(1)&_pragma=journal_mode(wal)" +
	"&_txlock=immediate&_time_format=sqlite&_timezone=UTC"

func (s *Store) openSQLite(path string) error {
	if strings.ContainsRune(path, '?') {
		return fmt.Errorf("SQLite's path %q: it may not contain a question mark", path)
	}
	pool, err := sql.Open("sqlite", path+sqliteOptions)
	if err != nil {
		return err
	}
	s.db, s.dialect, s.url = pool, dialect.SQLite, path
	if path == ":memory:" { // the database is the connection: there is only one, and it stays
		s.url = ""
		pool.SetMaxOpenConns(1)
		return nil
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	return nil
}

// Close lets go of the connections, and of ownership.
func (s *Store) Close() error {
	s.owned.release(s.owned.current())
	if err := s.client.Close(); err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	return nil
}

// Migrate brings the schema up to this program's version, under a lock: it is safe to
// call at every start, by several processes at once.
func (s *Store) Migrate(ctx context.Context) error {
	if s.dialect == dialect.SQLite && s.url != "" {
		lock, err := lockFile(ctx, s.url+"-migrate", waitForLock)
		if err != nil {
			return fmt.Errorf("lock the migration: %w", err)
		}
		defer lock.Close()
	}
	return migrations.Up(ctx, s.db, s.dialect)
}

// Ready returns an error that says what is amiss when the database does not answer or its
// schema is of another version.
func (s *Store) Ready(ctx context.Context) error {
	if err := s.db.PingContext(ctx); err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	return migrations.Check(ctx, s.db, s.dialect)
}
