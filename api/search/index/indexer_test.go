package index

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"umpire/api/search"
	"umpire/ent/store"
	"umpire/fixtures/servers"
	"umpire/resolve"
)

// TestIndexIsTheDatabase tells every scenario, a few messages at a time, while an indexer
// follows: after all merges, splits, corrections and withdrawals the index is what it would
// be if it were made anew.
func TestIndexIsTheDatabase(t *testing.T) {
	scenarios, err := filepath.Glob("../../../fixtures/scenarios/*.txtar")
	check(t, err)
	onEach(t, func(t *testing.T, s *Server) {
		w := newWorld(t, servers.Postgres(t))
		going(t, s, w)
		for _, path := range scenarios {
			archive, err := os.ReadFile(path)
			check(t, err)
			for some := range slices.Chunk(scenario(t, archive), 60) {
				w.try(some)
			}
		}
		x := NewIndexer(s, w)
		within(t, time.Minute, "the index catches up", func() bool { return x.CatchUp(t.Context()) == nil })
		if d := w.differ(s); d != "" {
			t.Error(d)
		}
	})
}

// TestChangesShowWithinASecond tells what makes, renames, and ends entities.
func TestChangesShowWithinASecond(t *testing.T) {
	onEach(t, func(t *testing.T, s *Server) {
		w := onSQLite(t)
		w.played()
		going(t, s, w)
		b := NewBackend(s, w, Limits{Timeout: 5 * time.Second})
		finds := func(text string, n int) func() bool {
			return func() bool {
				found, err := b.Candidates(t.Context(), search.Query{Text: text, Kinds: []resolve.Kind{resolve.KindMatch}}, 100)
				return err == nil && len(found) == n
			}
		}
		within(t, 30*time.Second, "the index", finds("fnatic", 3))
		best := time.Hour
		for i := range 2 {
			name := fmt.Sprintf("Qwxz%dkj", i)
			w.take(tell("gamma", 50+i, 20+i, name, "Somebody Else", "Another Cup"))
			best = min(best, within(t, 30*time.Second, "a new match", finds(fmt.Sprintf("qwxz%dkj", i), 1)))
			_, err := w.intake.Withdraw(t.Context(), "gamma", fmt.Sprint(50+i), "", "test")
			check(t, err)
			w.resolve()
			best = min(best, within(t, 30*time.Second, "its end", finds(fmt.Sprintf("qwxz%dkj", i), 0)))
		}
		if best > time.Second {
			t.Errorf("at best it took %s", best)
		}
		t.Logf("at best it took %s", best)
	})
}

// TestThePastStaysPast has a second indexer, which has read the database long ago, write
// what it has read, after what it has read of is renamed, and gone.
func TestThePastStaysPast(t *testing.T) {
	onEach(t, func(t *testing.T, s *Server) {
		w := onSQLite(t)
		w.played()
		w.take(tell("gamma", 7, 20, "Gone Soon", "fnatic", "Another Cup"))
		x := NewIndexer(s, w)
		check(t, x.Rebuild(t.Context(), func(int64, int64) {}))
		index, err := s.inUse(t.Context())
		check(t, err)
		ids := slices.Concat(w.all(resolve.KindTeam), w.all(resolve.KindMatch))
		past, err := w.Searchable(t.Context(), ids)
		check(t, err)
		pastCursor, err := s.followed(t.Context(), index)
		check(t, err)

		_, err = w.intake.Withdraw(t.Context(), "gamma", "7", "", "test")
		check(t, err)
		w.take(tell("alpha", 1, 5, "fnatic", "Renamed Ninjas", "ESL One: Cologne"))
		check(t, x.CatchUp(t.Context()))
		cursor, err := s.followed(t.Context(), index)
		check(t, err)

		check(t, x.put(t.Context(), index, past, ids))
		check(t, s.follow(t.Context(), index, pastCursor))
		if d := w.differ(s); d != "" {
			t.Error(d)
		}
		if now, err := s.followed(t.Context(), index); err != nil || now != cursor {
			t.Errorf("the index says that it has followed to %v, %v; it was %v", now, err, cursor)
		}
		check(t, x.CatchUp(t.Context())) // a replay changes nothing
		if d := w.differ(s); d != "" {
			t.Error(d)
		}
	})
}

// interrupted is a database whose reader ends at the n-th reading.
type interrupted struct {
	*world
	left int
}

var errInterrupted = errors.New("interrupted")

func (i *interrupted) Searchable(ctx context.Context, ids []resolve.ID) (store.SearchState, error) {
	if i.left--; i.left < 0 {
		return store.SearchState{}, errInterrupted
	}
	return i.world.Searchable(ctx, ids)
}

// TestNothingIsLostInBetween ends an indexer at each of its readings in turn, in the middle
// of giving a team's new name to its matches.
func TestNothingIsLostInBetween(t *testing.T) {
	onEach(t, func(t *testing.T, s *Server) {
		for left := range 3 {
			w := onSQLite(t)
			w.played()
			check(t, NewIndexer(s, w).Rebuild(t.Context(), func(int64, int64) {}))
			w.take(tell("alpha", 1, 1, "fnatic", "Pyjama People", "ESL One: Cologne"))
			err := newIndexer(s, &interrupted{w, left}).CatchUp(t.Context())
			if err != nil && !errors.Is(err, errInterrupted) {
				t.Fatal(err)
			}
			check(t, NewIndexer(s, w).CatchUp(t.Context()))
			if d := w.differ(s); d != "" {
				t.Errorf("after %d readings: %s", left, d)
			}
		}
	})
}

// paused is a database whose reader does something between two readings.
type paused struct {
	*world
	left int
	do   func()
}

func (p *paused) Searchable(ctx context.Context, ids []resolve.ID) (store.SearchState, error) {
	state, err := p.world.Searchable(ctx, ids)
	if p.left--; p.left == 0 {
		p.do()
	}
	return state, err
}

// TestTwoIndexersAtOnce pauses an indexer after each of its readings in turn, about to give
// a merged team's names to its matches. Meanwhile the merge is undone, and another indexer,
// to which all is called as it ever was, goes past it.
func TestTwoIndexersAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, s *Server) {
		for left := range 3 {
			w := onSQLite(t)
			w.played()
			check(t, newIndexer(s, w).Rebuild(t.Context(), func(int64, int64) {}))
			ids := w.all(resolve.KindTeam)
			merge := w.decide(store.Merge{Entities: []resolve.ID{ids[0], ids[1]}})
			slow := newIndexer(s, &paused{w, left + 1, func() {
				w.decide(store.Undo{Act: merge})
				check(t, newIndexer(s, w).CatchUp(t.Context()))
			}})
			check(t, slow.CatchUp(t.Context()))
			check(t, newIndexer(s, w).CatchUp(t.Context()))
			if d := w.differ(s); d != "" {
				t.Errorf("after %d readings: %s", left+1, d)
			}
		}
	})
}

// TestRebuildWhileWritesGoOn makes the index anew again and again while messages come in,
// an indexer follows and searches are made: none fails, and in the end nothing lacks.
func TestRebuildWhileWritesGoOn(t *testing.T) {
	onEach(t, func(t *testing.T, s *Server) {
		w := newWorld(t, servers.Postgres(t))
		w.played()
		s.grace = grace
		x := NewIndexer(s, w)
		check(t, x.Rebuild(t.Context(), func(int64, int64) {}))
		going(t, s, w)
		b := NewBackend(s, w, Limits{Timeout: 10 * time.Second})
		var searches, misses atomic.Int64
		beside(t, func(ctx context.Context) error {
			for ctx.Err() == nil {
				found, err := b.Candidates(ctx, search.Query{Text: "pyjamas"}, 10)
				if searches.Add(1); ctx.Err() == nil && (err != nil || len(found) == 0) {
					if misses.Add(1) < 5 {
						t.Logf("found %v, %v", found, err)
					}
				}
			}
			return nil
		})
		rebuilt := make(chan error, 1)
		go func() {
			for range 2 {
				if err := x.Rebuild(t.Context(), func(int64, int64) {}); err != nil {
					rebuilt <- err
					return
				}
			}
			rebuilt <- nil
		}()
		for i, done := 0, false; !done; i++ {
			w.take(tell("gamma", 100+i, 1+i%28, fmt.Sprint("Team ", i), fmt.Sprint("Team ", i+1), "Another Cup"))
			select {
			case err := <-rebuilt:
				check(t, err)
				done = true
			default:
			}
		}
		check(t, x.CatchUp(t.Context()))
		if d := w.differ(s); d != "" {
			t.Error(d)
		}
		if misses.Load() > 0 || searches.Load() == 0 {
			t.Errorf("%d of %d searches failed", misses.Load(), searches.Load())
		}
		if left, err := s.indices(t.Context()); err != nil || len(left) != 1 {
			t.Errorf("there are the indices %v, %v", left, err)
		}
	})
}

// TestAForeignIndexIsTold: neither an index of another form nor one that has seen more than
// the database is written, or searched.
func TestAForeignIndexIsTold(t *testing.T) {
	onEach(t, func(t *testing.T, s *Server) {
		w := onSQLite(t)
		w.played()
		x := NewIndexer(s, w)
		check(t, x.Rebuild(t.Context(), func(int64, int64) {}))
		if err := NewIndexer(s, onSQLite(t)).CatchUp(t.Context()); !errors.Is(err, ErrForeign) {
			t.Errorf("the index of another database: %v", err)
		}
		index, err := s.inUse(t.Context())
		check(t, err)
		check(t, s.call(t.Context(), http.MethodPut, "/"+index+"/_mapping", `{"_meta": {"form": "another"}}`, nil))
		if err := x.CatchUp(t.Context()); !errors.Is(err, ErrMapping) {
			t.Errorf("an index of another form: %v", err)
		}
		b := NewBackend(s, w, Limits{})
		beside(t, b.Watch)
		within(t, 10*time.Second, "the backend tells", func() bool { return errors.Is(b.Ready(t.Context()), ErrMapping) })
		if _, err := b.Candidates(t.Context(), search.Query{Text: "fnatic"}, 10); !errors.Is(err, ErrAway) {
			t.Errorf("it is searched: %v", err)
		}
		check(t, x.Rebuild(t.Context(), func(int64, int64) {}))
		within(t, 10*time.Second, "the backend goes on", func() bool { return b.Ready(t.Context()) == nil })
	})
}

// try takes in what can be taken of messages, since scenarios share ids.
func (w *world) try(messages []string) {
	w.t.Helper()
	deliveries := make([]store.Delivery, len(messages))
	for i, m := range messages {
		deliveries[i] = store.Delivery{Body: []byte(m), ReceivedAt: time.Now(), Via: "test"}
	}
	_, err := w.intake.Take(w.t.Context(), deliveries)
	check(w.t, err)
	w.resolve()
}
