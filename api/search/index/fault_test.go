package index

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"umpire/api/search"
	"umpire/ent/store"
	"umpire/fixtures/servers"
)

// patient is a world with an index, a backend and an indexer.
type patient struct {
	*world
	server  *Server
	backend *Backend
	indexer *Indexer
}

// limits of tests: slower than those of production for what a busy machine does, and
// quicker to come back.
var limits = Limits{Timeout: time.Second, Rest: 300 * time.Millisecond, Lag: time.Second, Look: 200 * time.Millisecond}

func newPatient(t *testing.T, s *Server) *patient {
	t.Helper()
	p := &patient{world: onSQLite(t), server: s}
	p.played()
	p.indexer = newIndexer(p.server, p.world)
	check(t, p.indexer.Rebuild(t.Context(), func(int64, int64) {}))
	p.backend = NewBackend(p.server, p.world, limits)
	beside(t, p.indexer.Run)
	beside(t, p.backend.Watch)
	p.answers(t, "fnatic")
	return p
}

// answers waits until the index finds something again, by itself.
func (p *patient) answers(t *testing.T, text string) {
	t.Helper()
	within(t, 60*time.Second, "it answers "+text, func() bool {
		found, err := p.backend.Candidates(t.Context(), search.Query{Text: text}, 10)
		return err == nil && len(found) > 0 && p.backend.Ready(t.Context()) == nil
	})
}

// gives up waits until the index is said not to answer, with each search in time.
func (p *patient) givesUp(t *testing.T) error {
	t.Helper()
	within(t, 60*time.Second, "it gives up", func() bool {
		began := time.Now()
		_, err := p.backend.Candidates(t.Context(), search.Query{Text: "fnatic"}, 10)
		if took := time.Since(began); took > limits.Timeout+500*time.Millisecond {
			t.Errorf("a search took %s", took)
		}
		if err != nil && !errors.Is(err, ErrAway) {
			t.Fatal(err)
		}
		return err != nil && p.backend.Ready(t.Context()) != nil
	})
	return p.backend.Ready(t.Context())
}

// onEachOwn runs a test on a server of each make, which it may harm.
func onEachOwn(t *testing.T, test func(t *testing.T, server *servers.Server)) {
	for _, engine := range servers.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			test(t, servers.OwnSearch(t, engine))
		})
	}
}

// TestServerAway stops every thread of the server, so that connections stand and nobody
// answers, lets it go on, and then kills it, and brings it back: each time what was
// committed meanwhile is found.
func TestServerAway(t *testing.T) {
	onEachOwn(t, func(t *testing.T, server *servers.Server) {
		p := newPatient(t, open(t, Config{URL: server.URL()}))
		for i, way := range []struct {
			meanwhile  string // the name of a team that plays then
			harm, heal func()
		}{{"Hibernators", server.Freeze, server.Thaw}, {"Revenants", server.Kill, server.Start}} {
			p.up(t, 1)
			way.harm()
			t.Log(way.meanwhile, p.givesUp(t))
			p.up(t, 0)
			p.take(tell("gamma", 70+i, 20+i, way.meanwhile, "fnatic", "Another Cup"))
			way.heal()
			p.answers(t, strings.ToLower(way.meanwhile))
		}
		if d := p.differ(p.server); d != "" {
			t.Error(d)
		}
	})
}

// up has the metric of the index say so.
func (p *patient) up(t *testing.T, want float64) {
	t.Helper()
	if got := upOf(t, p.backend); got != want {
		t.Errorf("the metric of the index is %v, not %v", got, want)
	}
}

// upOf is what the metrics say of the index.
func upOf(t *testing.T, b *Backend) float64 {
	t.Helper()
	r := prometheus.NewRegistry()
	check(t, r.Register(b))
	families, err := r.Gather()
	check(t, err)
	for _, f := range families {
		if f.GetName() == "umpire_search_index_up" {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatal("no metric")
	return 0
}

// TestIndexReadOnly sets the block that the server sets by itself when its disk is all but
// full. What is in the index is searched, until it is too far behind.
func TestIndexReadOnly(t *testing.T) {
	onEach(t, func(t *testing.T, s *Server) {
		p := newPatient(t, s)
		block := func(to string) {
			check(t, p.server.call(t.Context(), http.MethodPut, "/"+p.server.alias+"-*/_settings", `{"index.blocks.read_only_allow_delete": `+to+`}`, nil))
		}
		block("true")
		p.answers(t, "fnatic")
		p.take(tell("gamma", 70, 20, "Meanwhile Esports", "fnatic", "Another Cup"))
		if told := p.givesUp(t); !strings.Contains(told.Error(), "behind") {
			t.Error(told)
		}
		block("null")
		p.answers(t, "meanwhile")
	})
}

// TestMappingConflict has an index in use whose mapping somebody changed under its name, so
// that the server refuses documents: nothing of them counts as followed, and once that
// index is gone all is well again.
func TestMappingConflict(t *testing.T) {
	onEach(t, func(t *testing.T, s *Server) {
		p := newPatient(t, s)
		index, err := p.server.inUse(t.Context())
		check(t, err)
		other := strings.Replace(mapping, `"start": {"type": "date"}`, `"start": {"type": "boolean"}`, 1)
		other = strings.Replace(other, "{", fmt.Sprintf(`{"_meta": {"form": %q}, `, form), 1)
		conflicting := s.alias + "-other"
		check(t, s.call(t.Context(), http.MethodPut, "/"+conflicting,
			`{"settings": {"analysis": `+analysis+`}, "mappings": `+other+`, "aliases": {"`+inlet(conflicting)+`": {}}}`, nil))
		check(t, p.server.follow(t.Context(), conflicting, store.Head{}))
		check(t, p.server.call(t.Context(), http.MethodPost, "/_aliases", fmt.Sprintf(
			`{"actions": [{"add": {"index": %q, "alias": %q}}, {"remove_index": {"index": %q}}]}`, conflicting, s.alias, index), nil))
		within(t, 30*time.Second, "documents are refused", func() bool {
			fault := p.indexer.fault.Load()
			return fault != nil && strings.Contains((*fault).Error(), "search server: refuses")
		})
		if told := p.givesUp(t); !strings.Contains(told.Error(), "behind") {
			t.Error(told)
		}
		if at, err := p.server.followed(t.Context(), conflicting); err != nil || at != (store.Head{}) {
			t.Errorf("what was refused counts as followed: %v, %v", at, err)
		}
		check(t, p.server.drop(t.Context(), conflicting))
		p.answers(t, "fnatic")
	})
}

// TestIndexRed has an index in use of which no node has the shard, for a while. (The shard
// of an index that was written before is not taken from its node by any setting.)
func TestIndexRed(t *testing.T) {
	onEach(t, func(t *testing.T, s *Server) {
		p := newPatient(t, s)
		index, err := p.server.inUse(t.Context())
		check(t, err)
		red := s.alias + "-red"
		check(t, p.server.call(t.Context(), http.MethodPut, "/"+red+"?wait_for_active_shards=0", fmt.Sprintf(
			`{"settings": {"index.routing.allocation.include._name": "nobody", "analysis": %s}, "mappings": {"_meta": {"form": %q}}}`, analysis, form), nil))
		swap := func(from, to string) {
			check(t, p.server.call(t.Context(), http.MethodPost, "/_aliases", fmt.Sprintf(
				`{"actions": [{"remove": {"index": %q, "alias": %q}}, {"add": {"index": %q, "alias": %q}}]}`, from, s.alias, to, s.alias), nil))
		}
		swap(index, red)
		var health struct{ Status string }
		check(t, p.server.call(t.Context(), http.MethodGet, "/_cluster/health/"+s.alias, "", &health))
		if health.Status != "red" {
			t.Fatalf("the index is %s", health.Status)
		}
		t.Log(p.givesUp(t))
		p.take(tell("gamma", 70, 20, "Meanwhile Esports", "fnatic", "Another Cup"))
		swap(red, index)
		p.answers(t, "meanwhile")
	})
}

// TestIndexLost deletes the index behind everybody's back: it is made anew.
func TestIndexLost(t *testing.T) {
	onEach(t, func(t *testing.T, s *Server) {
		p := newPatient(t, s)
		check(t, p.server.drop(t.Context(), p.server.alias+"-*"))
		p.take(tell("gamma", 70, 20, "Meanwhile Esports", "fnatic", "Another Cup"))
		p.answers(t, "meanwhile")
		if d := p.differ(p.server); d != "" {
			t.Error(d)
		}
	})
}

// TestServerBusy has a proxy answer 429 in the server's place, to whole requests and to
// parts of them.
func TestServerBusy(t *testing.T) {
	onEach(t, func(t *testing.T, s *Server) {
		w := onSQLite(t)
		w.played()
		x := NewIndexer(s, w)
		var busy busyProxy
		front := httptest.NewServer(busy.before(t, s))
		t.Cleanup(front.Close)
		through := open(t, Config{URL: front.URL, Alias: s.alias})
		check(t, x.Rebuild(t.Context(), func(int64, int64) {}))
		beside(t, newIndexer(through, w).Run)
		b := NewBackend(through, w, limits)
		beside(t, b.Watch)

		busy.refuses.Store(true)
		w.take(tell("gamma", 70, 20, "Meanwhile Esports", "fnatic", "Another Cup"))
		within(t, 30*time.Second, "it gives up", func() bool {
			_, err := b.Candidates(t.Context(), search.Query{Text: "fnatic"}, 10)
			return errors.Is(err, ErrAway) && b.Ready(t.Context()) != nil
		})
		busy.refuses.Store(false)
		busy.loses.Store(true)
		within(t, 30*time.Second, "documents are lost", func() bool { return busy.lost.Load() > 0 })
		if index, err := s.inUse(t.Context()); err != nil {
			t.Error(err)
		} else if at, err := s.followed(t.Context(), index); err != nil || at.Changes == must(w.Head(t.Context())).Changes {
			t.Errorf("it counts as followed what was lost: %v, %v", at, err)
		}
		busy.loses.Store(false)
		within(t, 30*time.Second, "it catches up", func() bool {
			found, err := b.Candidates(t.Context(), search.Query{Text: "meanwhile"}, 10)
			return err == nil && len(found) == 2 && b.Ready(t.Context()) == nil
		})
		if d := w.differ(s); d != "" {
			t.Error(d)
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestServerIsLeftAlone has a server refuse searches: after a few it is not asked any more
// for a while, and then again, by itself.
func TestServerIsLeftAlone(t *testing.T) {
	onEach(t, func(t *testing.T, s *Server) {
		w := onSQLite(t)
		w.played()
		check(t, newIndexer(s, w).Rebuild(t.Context(), func(int64, int64) {}))
		var busy busyProxy
		front := httptest.NewServer(busy.before(t, s))
		t.Cleanup(front.Close)
		b := NewBackend(open(t, Config{URL: front.URL, Alias: s.alias}), w, Limits{Timeout: 10 * time.Second, Rest: time.Second})
		ask := func() error {
			_, err := b.Candidates(t.Context(), search.Query{Text: "fnatic"}, 10)
			return err
		}
		busy.refuses.Store(true)
		for range 10 * failures {
			if err := ask(); !errors.Is(err, ErrAway) {
				t.Fatal(err)
			}
		}
		if n := busy.refused.Load(); n > 2*failures {
			t.Errorf("a server that refuses was asked %d times", n)
		}
		if b.Ready(t.Context()) == nil {
			t.Error("the backend is ready")
		}
		busy.refuses.Store(false)
		within(t, 10*time.Second, "it is asked again", func() bool { return ask() == nil })
		check(t, b.Ready(t.Context()))
	})
}

// busyProxy stands before a server and refuses in its name.
type busyProxy struct {
	refuses, loses atomic.Bool
	refused, lost  atomic.Int64
}

func (p *busyProxy) before(t testing.TB, s *Server) http.Handler {
	t.Helper()
	to, err := url.Parse(s.url)
	check(t, err)
	next := httputil.NewSingleHostReverseProxy(to)
	next.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) } // and nothing printed
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bulk := strings.HasSuffix(r.URL.Path, "/_bulk")
		switch {
		case p.refuses.Load() && (bulk || strings.HasSuffix(r.URL.Path, "/_search")):
			p.refused.Add(1)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusTooManyRequests)
			io.WriteString(w, `{"error": {"type": "es_rejected_execution_exception", "reason": "rejected execution"}, "status": 429}`)
		case p.loses.Load() && bulk:
			p.lose(w, r, next)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// lose keeps the documents of a request from the server, and says 429 for each; how far the
// index has followed it lets pass.
func (p *busyProxy) lose(w http.ResponseWriter, r *http.Request, next http.Handler) {
	body, _ := io.ReadAll(r.Body)
	if strings.Contains(string(body), `{"_id":"`+cursorID+`"`) {
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
		return
	}
	n := strings.Count(string(body), `{"index":`)
	p.lost.Add(int64(n))
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, `{"errors": true, "items": [`+strings.TrimSuffix(strings.Repeat(
		`{"index": {"_id": "x", "status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "queue capacity"}}},`, n), ",")+`]}`)
}

// TestNoSecretIsTold: neither a URL that cannot be nor a server that refuses tells the password.
func TestNoSecretIsTold(t *testing.T) {
	if _, err := Open(Config{URL: "http://user:hunter2@ host"}); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a URL that cannot be: %v", err)
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	check(t, closed.Close())
	s := open(t, Config{URL: "http://user:hunter2@" + closed.Addr().String()})
	b := NewBackend(s, onSQLite(t), Limits{})
	_, err = b.Candidates(context.Background(), search.Query{Text: "x"}, 1)
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a server that is away: %v", err)
	}
}

// TestCredentials of the URL are sent.
func TestCredentials(t *testing.T) {
	var user, password string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ = r.BasicAuth()
		w.WriteHeader(http.StatusNotFound)
	}))
	defer server.Close()
	c := Config{URL: strings.Replace(server.URL, "//", "//ann:s%2Fcret@", 1)}
	if _, err := open(t, c).inUse(t.Context()); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	if user != "ann" || password != "s/cret" {
		t.Errorf("sends %q, %q", user, password)
	}
}
