package search_test

import (
	"os"
	"path/filepath"
	"testing"

	"umpire/api/search"
	"umpire/api/search/conform"
	"umpire/ent/store"
	"umpire/fixtures/servers"
)

func TestMain(m *testing.M) { os.Exit(servers.Main(m)) }

// TestSearchConformance holds the databases to what every backend is held to.
func TestSearchConformance(t *testing.T) {
	for name, url := range databases {
		t.Run(name, func(t *testing.T) { conform.Run(t, open(t, url(t)), name, database) })
	}
}

// TestActsShow holds them to show what people decide, and undo.
func TestActsShow(t *testing.T) {
	for name, url := range databases {
		t.Run(name, func(t *testing.T) { conform.Acts(t, open(t, url(t)), database) })
	}
}

var databases = map[string]func(*testing.T) string{
	"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "umpire.db") },
	"postgres": func(t *testing.T) string { return servers.Postgres(t) },
}

func database(_ *testing.T, s *store.Store) search.Backend { return search.Database{Store: s} }

func open(t testing.TB, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}
