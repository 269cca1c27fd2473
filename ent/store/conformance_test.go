package store

import (
	"path/filepath"
	"testing"

	"umpire/fixtures/servers"
)

// conform runs a test of the store's contract on every database that a store can be: each
// empty, migrated, and its test's own.
func conform(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Run("sqlite", func(t *testing.T) {
		test(t, migrated(t, "sqlite:"+filepath.Join(t.TempDir(), "umpire.db")))
	})
	t.Run("postgres", func(t *testing.T) {
		test(t, migrated(t, servers.Postgres(t)))
	})
}

// migrated opens and migrates the database behind a URL.
func migrated(t *testing.T, url string) *Store {
	t.Helper()
	s := open(t, url)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// open opens a database until the test ends.
func open(t *testing.T, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
