package index

import (
	"context"
	"testing"
	"time"

	"umpire/api/search"
	"umpire/api/search/conform"
	"umpire/ent/store"
	"umpire/resolve"
)

// TestSearchConformance holds the index to the cases of all backends.
func TestSearchConformance(t *testing.T) {
	onEach(t, func(t *testing.T, s *Server) {
		w := onSQLite(t)
		conform.Run(t, w.Store, "index", func(t *testing.T, of *store.Store) search.Backend {
			check(t, NewIndexer(s, of).Rebuild(t.Context(), func(int64, int64) {}))
			b := NewBackend(s, of, Limits{Timeout: 10 * time.Second})
			check(t, b.look(t.Context(), &lag{}))
			return alone{t, b}
		})
	})
}

// TestPartOfAName finds names as lists are filtered by them: by a part as it stands there.
func TestPartOfAName(t *testing.T) {
	onEach(t, func(t *testing.T, s *Server) {
		w := onSQLite(t)
		w.played()
		check(t, newIndexer(s, w).Rebuild(t.Context(), func(int64, int64) {}))
		b := NewBackend(s, w, Limits{Timeout: 10 * time.Second})
		for text, want := range map[string]int{"nat": 2, "us vin": 1, "vin": 1, "vincere natus": 0, "fnatci": 0} {
			found, err := b.Candidates(t.Context(), search.Query{Text: text, Part: true, Kinds: []resolve.Kind{resolve.KindTeam}}, 10)
			if err != nil || len(found) != want {
				t.Errorf("%q is a part of the names of %v, want %d, %v", text, found, want, err)
			}
		}
	})
}

// TestActsShow holds an indexer that follows to show what people decide, and undo.
func TestActsShow(t *testing.T) {
	onEach(t, func(t *testing.T, s *Server) {
		conform.Acts(t, onSQLite(t).Store, func(t *testing.T, of *store.Store) search.Backend {
			check(t, NewIndexer(s, of).Rebuild(t.Context(), func(int64, int64) {}))
			going(t, s, of)
			return alone{t, NewBackend(s, of, Limits{Timeout: 10 * time.Second})}
		})
	})
}

// alone fails the test where the database would be asked in the backend's place.
type alone struct {
	t *testing.T
	search.Backend
}

func (a alone) Candidates(ctx context.Context, q search.Query, most int) ([]resolve.ID, error) {
	found, err := a.Backend.Candidates(ctx, q, most)
	if err != nil {
		a.t.Error(err)
	}
	return found, err
}
