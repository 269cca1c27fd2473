package index

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"umpire/ent/store"
	"umpire/fixtures/servers"
	"umpire/ingest"
	"umpire/resolve"
	"umpire/resolve/run"
)

func TestMain(m *testing.M) { servers.Main(m) }

// onEach runs a test on each make of server at once, with an alias of its own.
func onEach(t *testing.T, test func(t *testing.T, s *Server)) {
	for _, engine := range servers.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			url, prefix := servers.Search(t, engine)
			test(t, open(t, Config{URL: url, Alias: prefix}))
		})
	}
}

func open(t testing.TB, c Config) *Server {
	t.Helper()
	s, err := Open(c)
	check(t, err)
	t.Cleanup(s.Close)
	s.grace = 50 * time.Millisecond
	return s
}

// world is a database that messages come into.
type world struct {
	t testing.TB
	*store.Store
	intake *ingest.Intake
}

func newWorld(t testing.TB, url string) *world {
	t.Helper()
	s, err := store.Open(t.Context(), url)
	check(t, err)
	t.Cleanup(func() { s.Close() })
	check(t, s.Migrate(t.Context()))
	return &world{t, s, ingest.NewIntake(s)}
}

func onSQLite(t testing.TB) *world {
	t.Helper()
	return newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "umpire.db"))
}

// take takes messages in, and resolves.
func (w *world) take(messages ...string) {
	w.t.Helper()
	deliveries := make([]store.Delivery, len(messages))
	for i, m := range messages {
		deliveries[i] = store.Delivery{Body: []byte(m), ReceivedAt: time.Now(), Via: "test"}
	}
	outcomes, err := w.intake.Take(w.t.Context(), deliveries)
	check(w.t, err)
	for _, o := range outcomes {
		if o.Fate != store.Applied {
			w.t.Fatalf("message %d: %s %s: %s", o.Message, o.Fate, o.Field, o.Reason)
		}
	}
	w.resolve()
}

func (w *world) resolve() {
	w.t.Helper()
	_, err := run.Batch(w.t.Context(), w.Store, run.Options{})
	check(w.t, err)
}

// decide makes a decision of ann's, and resolves.
func (w *world) decide(d store.Decision) int64 {
	w.t.Helper()
	decided, err := w.Decide(w.t.Context(), store.Signature{Actor: "ann"}, d)
	check(w.t, err)
	w.resolve()
	return decided.Act.ID
}

// tell is a message of a match on a day of March 2015.
func tell(source string, id, day int, team1, team2, tournament string) string {
	return fmt.Sprintf(`{"source": %q, "data": {"id": %d, "state": 2, "bestof": "3", "teams": [{"id": null, "name": %q}, {"id": null, "name": %q}], `+
		`"scores": [{"team": %q, "score": 2, "winner": true}, {"team": %q, "score": 1, "winner": false}], `+
		`"tournament": {"id": null, "name": %q}, "date_start_text": "2015-03-%02d 14:00", "title": "CS:GO"}}`, source, id, team1, team2, team1, team2, tournament, day)
}

// played is a small world: two sources, who call one team otherwise.
func (w *world) played() {
	w.t.Helper()
	w.take(
		tell("alpha", 1, 1, "fnatic", "Ninjas in Pyjamas", "ESL One: Cologne"),
		tell("alpha", 2, 2, "Natus Vincere", "fnatic", "ESL One: Cologne"),
		tell("alpha", 3, 3, "Čeští Lvi", "Paris Saint-Germain", "Dreamhack Winter"),
		tell("alpha", 4, 4, "Natus Vincere", "Čeští Lvi", "Dreamhack Winter"),
		tell("beta", 1, 1, "fnatic", "Ninjas in Pyjamas", "ESL One Cologne"),
		tell("beta", 2, 2, "Natus Vincere", "fnatic", "ESL One Cologne"),
		tell("beta", 9, 9, "NaVi", "fnatic", "Dreamhack Summer"),
	)
}

func (w *world) all(kind resolve.Kind) []resolve.ID {
	w.t.Helper()
	var ids []resolve.ID
	check(w.t, w.EverySearchable(w.t.Context(), func(state store.SearchState, _ int64) error {
		if state.Matches == nil && kind != resolve.KindMatch {
			for id := range state.Named {
				if id.Kind() == kind {
					ids = append(ids, id)
				}
			}
		}
		if kind == resolve.KindMatch {
			for _, m := range state.Matches {
				ids = append(ids, m.ID)
			}
		}
		return nil
	}))
	return ids
}

// documents are those of all that the database has now.
func (w *world) documents() map[resolve.ID]document {
	w.t.Helper()
	all := map[resolve.ID]document{}
	check(w.t, w.EverySearchable(w.t.Context(), func(state store.SearchState, _ int64) error {
		made := newWriter(state)
		for id := range state.Named {
			all[id] = made.named(id)
		}
		for _, m := range state.Matches {
			all[m.ID] = made.match(m).body
		}
		return nil
	}))
	return all
}

// documents are those that the index in use has, once all that was written can be found.
func documents(t testing.TB, s *Server) map[resolve.ID]document {
	t.Helper()
	check(t, s.refresh(t.Context(), s.alias))
	var found struct {
		Hits struct {
			Hits []struct {
				ID     resolve.ID `json:"_id"`
				Source document   `json:"_source"`
			} `json:"hits"`
		} `json:"hits"`
	}
	check(t, s.call(t.Context(), http.MethodPost, "/"+s.alias+"/_search", `{"size": 10000, "query": {"exists": {"field": "kind"}}}`, &found))
	all := map[resolve.ID]document{}
	for _, hit := range found.Hits.Hits {
		all[hit.ID] = hit.Source
	}
	return all
}

// differ tells how the index differs from the database.
func (w *world) differ(s *Server) string {
	w.t.Helper()
	return cmp.Diff(plain(w.t, w.documents()), plain(w.t, documents(w.t, s)))
}

// plain brings documents to the form that the wire gives them.
func plain(t testing.TB, all map[resolve.ID]document) map[string]any {
	t.Helper()
	told, err := json.Marshal(all)
	check(t, err)
	var to map[string]any
	check(t, json.Unmarshal(told, &to))
	return to
}

// newIndexer makes an indexer that is soon back.
func newIndexer(s *Server, source Source) *Indexer {
	x := NewIndexer(s, source)
	x.slowest = 500 * time.Millisecond
	return x
}

// going runs an indexer beside the test.
func going(t testing.TB, s *Server, source Source) *Indexer {
	t.Helper()
	x := newIndexer(s, source)
	beside(t, x.Run)
	return x
}

// beside runs something until the test ends.
func beside(t testing.TB, run func(context.Context) error) {
	t.Helper()
	ctx, stop := context.WithCancel(zerolog.New(zerolog.NewTestWriter(t)).WithContext(context.Background()))
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// within waits until a condition holds, and returns after how long it did.
func within(t testing.TB, limit time.Duration, what string, holds func() bool) time.Duration {
	t.Helper()
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if holds() {
			return time.Since(began)
		}
		if time.Since(began) > limit {
			t.Fatalf("not within %s: %s", limit, what)
		}
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// scenario returns the messages of a bundled scenario, in the order in which they are told.
func scenario(t testing.TB, archive []byte) []string {
	t.Helper()
	var messages []string
	for line := range strings.Lines(string(archive)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "{") {
			messages = append(messages, line)
		}
	}
	return messages
}
