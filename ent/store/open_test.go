package store

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	"github.com/pressly/goose/v3/lock"
	"golang.org/x/sync/errgroup"

	"umpire/fixtures/servers"
)

// each runs a test on the URL of an empty database of each kind, for tests that open it
// more than once.
func each(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, "sqlite:"+filepath.Join(t.TempDir(), "umpire.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, servers.Postgres(t)) })
}

func TestMigrateAtOnce(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		var starts errgroup.Group
		together := make(chan struct{})
		for range 8 {
			s := open(t, url)
			starts.Go(func() error {
				<-together
				return s.Migrate(t.Context())
			})
		}
		close(together)
		if err := starts.Wait(); err != nil {
			t.Fatal(err)
		}
		if err := open(t, url).Ready(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestMigrateWaits: who finds another process at it does nothing until that is done.
func TestMigrateWaits(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, url)
		unlock := lockMigration(t, s)
		soon, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		if err := s.Migrate(soon); err == nil || soon.Err() == nil {
			t.Errorf("migrated while another process is at it: %v", err)
		}
		if err := s.Ready(t.Context()); err == nil {
			t.Error("the database is ready all the same")
		}
		unlock()
		if err := s.Migrate(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// lockMigration does what another process does that migrates.
func lockMigration(t *testing.T, s *Store) func() {
	t.Helper()
	if s.dialect == dialect.SQLite {
		held, err := lockFile(t.Context(), s.url+"-migrate", doNotWait)
		if err != nil {
			t.Fatal(err)
		}
		return func() { held.Close() }
	}
	conn, err := s.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), "SELECT pg_advisory_lock($1)", lock.DefaultLockID); err != nil {
		t.Fatal(err)
	}
	return func() { session{conn}.Close() }
}

func TestReadyTellsAnotherVersion(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, url)
		if err := s.Ready(t.Context()); err == nil {
			t.Error("an empty database is ready")
		}
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Ready(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := s.db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)"); err != nil {
			t.Fatal(err)
		}
		if err := s.Ready(t.Context()); err == nil {
			t.Error("a database of a newer program is ready")
		}
	})
}

func TestOwn(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		first, second := migrated(t, url), open(t, url)
		release, err := first.Own(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []*Store{first, second} {
			if _, err := s.Own(t.Context()); !errors.Is(err, ErrConflict) {
				t.Errorf("owned twice: %v", err)
			}
		}
		release()
		release, err = second.Own(t.Context())
		if err != nil {
			t.Fatalf("own after release: %v", err)
		}
		release()
	})
}

// TestMemory: a database in memory is one connection, which nothing may close.
func TestMemory(t *testing.T) {
	s := migrated(t, "sqlite::memory:")
	ingest(t, s, delivers(m("a", "1", "x", "y"), "1"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range s.Live(ctx) {
		cancel()
	}
	if _, err := s.Ingest(ctx, []Delivery{delivers(m("a", "2", "x", "y"), "2")}); err == nil {
		t.Error("a batch that was called off is taken in")
	}
	for match, err := range s.Live(t.Context()) { // reading holds up no writing in between
		if err != nil {
			t.Fatal(err)
		}
		ingest(t, s, delivers(&match, "3"))
	}
	if got := len(live(t, s)); got != 1 {
		t.Errorf("%d match records, want 1", got)
	}
	release, err := s.Own(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Own(t.Context()); !errors.Is(err, ErrConflict) {
		t.Errorf("owned twice: %v", err)
	}
	release()
}

func TestOpenTellsWhatItWants(t *testing.T) {
	for _, url := range []string{"", "mysql://localhost/x", "sqlite:", "umpire.db"} {
		if s, err := Open(context.Background(), url); err == nil {
			t.Errorf("opened %q as %v", url, s)
		}
	}
}

// TestURLsAreNotTold: a URL that cannot be read may have a password in it.
func TestURLsAreNotTold(t *testing.T) {
	for _, url := range []string{"postgres://umpire:hush%zz@127.0.0.1/umpire", "postgres://umpire:hush@[::1/umpire", "mysql://umpire:hush@127.0.0.1/", "umpire:hush@127.0.0.1", ""} {
		s, err := Open(t.Context(), url)
		if err == nil {
			s.Close()
		}
		if err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", url, err)
		}
	}
}
