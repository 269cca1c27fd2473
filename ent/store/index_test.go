package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"umpire/fixtures/servers"
	"umpire/resolve"
)

// schemaOf is every index and constraint of a database.
func schemaOf(t *testing.T, v view) []string {
	t.Helper()
	all, err := read[string](t.Context(), v, statement{text: `
		SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
		UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' ORDER BY 1`})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func schemaNow(t *testing.T, s *Store) []string {
	t.Helper()
	all, err := look(t.Context(), s, func(v view) ([]string, error) { return schemaOf(t, v), nil })
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestFilledBeforeIndexed: empty tables are without what slows filling down while they are filled,
// and have all of it again when they are full; tables that have a row keep it.
func TestFilledBeforeIndexed(t *testing.T) {
	s := migrated(t, servers.Postgres(t))
	before := schemaNow(t, s)
	tables := []string{"titles", "tournaments", "teams", "matches", "links"}
	err := s.write(t.Context(), func(tx *tx) error {
		without, err := tx.lay(t.Context(), tables)
		if err != nil {
			return err
		}
		if during := schemaOf(t, tx.view); len(without) < 10 || len(during) != len(before)-len(without) {
			t.Errorf("of %d there are still %d, without %d", len(before), len(during), len(without))
		}
		return without.restore(t.Context(), tx, tables)
	})
	if diff := cmp.Diff(before, schemaNow(t, s)); err != nil || diff != "" {
		t.Errorf("%v (-before +after):\n%s", err, diff)
	}

	a, b, other := pair()
	ingest(t, s, delivers(a, "1"), delivers(b, "2"), delivers(other, "3"))
	s.indexedAfter = 1
	r := owning(t, s)
	r.settle(t, clustered([]*resolve.Match{a, b}, []*resolve.Match{other}))
	if diff := cmp.Diff(before, schemaNow(t, s)); diff != "" {
		t.Errorf("full (-before +after):\n%s", diff)
	}
	err = s.write(t.Context(), func(tx *tx) error {
		without, err := tx.lay(t.Context(), tables)
		if len(without) > 0 {
			t.Error("tables that are not empty were taken")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestFilledWhileInUse: who reads a table keeps nobody from filling it.
func TestFilledWhileInUse(t *testing.T) {
	s := migrated(t, servers.Postgres(t))
	a, b, other := pair()
	ingest(t, s, delivers(a, "1"), delivers(b, "2"), delivers(other, "3"))
	s.indexedAfter = 1
	before := schemaNow(t, s)
	_, err := look(t.Context(), s, func(v view) (int, error) {
		if n := v.Team.Query().CountX(t.Context()); n > 0 {
			t.Errorf("%d teams before any is settled", n)
		}
		owning(t, s).settle(t, clustered([]*resolve.Match{a, b}, []*resolve.Match{other}))
		return 0, nil
	})
	if diff := cmp.Diff(before, schemaNow(t, s)); err != nil || diff != "" {
		t.Errorf("%v (-before +after):\n%s", err, diff)
	}
	if n := s.client.Team.Query().CountX(t.Context()); n == 0 {
		t.Error("nothing is filled")
	}
}
