package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"umpire/fixtures"
	"umpire/fixtures/servers"
)

// server is a program under test that serves.
type server struct {
	t       *testing.T
	address string
	log     *spoken
	stop    func()
}

// spoken is what a program has said so far, and may be saying.
type spoken struct {
	mu sync.Mutex
	bytes.Buffer
}

func (s *spoken) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Buffer.Write(p)
}

func (s *spoken) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Buffer.String()
}

// start runs "umpire serve" with these flags until the test ends, and waits until it is ready.
func start(t *testing.T, flags ...string) *server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &server{t: t, address: freeAddress(t), log: &spoken{}}
	ended := make(chan int, 1)
	go func() {
		ended <- umpire(ctx, append([]string{"serve", "--listen", s.address}, flags...), streams{strings.NewReader(""), s.log, s.log})
	}()
	s.stop = func() {
		if cancel == nil {
			return
		}
		cancel()
		cancel = nil
		if code := <-ended; code != 0 {
			t.Errorf("serve ended with %d:\n%s", code, s.log)
		}
	}
	t.Cleanup(s.stop)
	await(t, "ready", func() bool {
		return umpire(t.Context(), []string{"ready", "--listen", s.address}, streams{strings.NewReader(""), io.Discard, io.Discard}) == 0
	})
	return s
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// await asks until it is so.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not %s within a minute", what)
		}
	}
}

// get reads a JSON answer into a tree of maps.
func (s *server) get(path string) map[string]any {
	s.t.Helper()
	answer, err := http.Get("http://" + s.address + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	var tree map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&tree); err != nil {
		s.t.Fatalf("GET %s: %s: %v", path, answer.Status, err)
	}
	if answer.StatusCode != http.StatusOK {
		s.t.Fatalf("GET %s: %s: %v", path, answer.Status, tree)
	}
	return tree
}

func (s *server) items(path string) []map[string]any {
	s.t.Helper()
	var items []map[string]any
	for _, item := range s.get(path)["items"].([]any) {
		items = append(items, item.(map[string]any))
	}
	return items
}

// do runs a command to its end, which must be good.
func do(t *testing.T, args ...string) string {
	t.Helper()
	var out, log bytes.Buffer
	if code := umpire(t.Context(), args, streams{strings.NewReader(""), &out, &log}); code != 0 {
		t.Fatalf("umpire %s: %d\n%s", strings.Join(args, " "), code, &log)
	}
	return out.String()
}

// unpack writes the bundled feeds into a folder and returns their paths, in order.
func unpack(t *testing.T, patterns ...string) []string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for _, pattern := range patterns {
		names, err := fs.Glob(fixtures.FS, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			content, err := fixtures.FS.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, strings.ReplaceAll(name, "/", "-"))
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			paths = append(paths, path)
		}
	}
	return paths
}

func (s *server) settled(messages int) {
	s.t.Helper()
	await(s.t, fmt.Sprintf("%d messages settled", messages), func() bool {
		stats := s.get("/v1/stats")
		fates := stats["messages"].(map[string]any)
		total := 0.0
		for _, n := range fates {
			total += n.(float64)
		}
		return int(total) >= messages && stats["dirty"].(float64) == 0
	})
}

// The whole line: files are published to a real RabbitMQ, taken into a real PostgreSQL,
// resolved, and read over HTTP, merged and as each source told it.
func TestTheWholeLine(t *testing.T) {
	database, broker := servers.Postgres(t), servers.Rabbit(t)
	s := start(t, "--database", database, "--rabbitmq", broker)
	paths := unpack(t, "bayes/*.json", "csgo/messages.ndjson.gz")
	do(t, append([]string{"publish", "--rabbitmq", broker}, paths...)...)
	s.settled(1163)

	t.Run("samples", s.checkSamples)
	t.Run("publishing again changes nothing", func(t *testing.T) {
		before := s.get("/v1/stats")["last_change"]
		do(t, append([]string{"publish", "--rabbitmq", broker}, paths...)...)
		s.settled(2 * 1163)
		if after := s.get("/v1/stats")["last_change"]; after != before {
			t.Errorf("the last change was %v and is %v", before, after)
		}
	})
	t.Run("merged matches of a team", func(t *testing.T) {
		found := 0
		for _, m := range s.items("/v1/matches?team=fnatic&date_start__gte=2015-03-10&limit=100") {
			if len(m["sources"].([]any)) > 1 {
				found++
			}
		}
		if found == 0 {
			t.Error("no match of fnatic's is told by two sources")
		}
	})
	t.Run("a withdrawn record leaves its match", func(t *testing.T) {
		m := s.items("/v1/matches?team=fnatic&sort=date_start&limit=1")[0]
		record := m["records"].([]any)[0].(map[string]any)
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodDelete, "http://"+s.address+record["href"].(string), nil)
		answer, err := http.DefaultClient.Do(request)
		if err != nil || answer.StatusCode >= 300 {
			t.Fatalf("DELETE %s: %v %v", record["href"], answer, err)
		}
		answer.Body.Close()
		s.settled(2*1163 + 1)
		got := s.get(record["href"].(string))
		if got["withdrawn"] != true || got["entity"] != nil {
			t.Errorf("after its withdrawal: %v", got)
		}
	})
	s.stop()
	if links := do(t, "export", "links", "--database", database); !strings.HasPrefix(links, "source,kind,id,entity\n") || strings.Count(links, "\n") < 1000 {
		t.Errorf("export: %.200s…", links)
	}
}

// checkSamples holds what the challenge's four messages must give: the second updates
// the first's match, the third is suggested with it, the fourth stands alone.
func (s *server) checkSamples(t *testing.T) {
	match := func(source string) map[string]any {
		items := s.items("/v1/matches?source=" + source)
		if len(items) != 1 {
			t.Fatalf("%s has %d matches, want one", source, len(items))
		}
		return items[0]
	}
	one, three, four := match("source1"), match("source2"), match("source3")
	teams := one["teams"].([]any)
	if got := teams[1].(map[string]any)["name"]; got != "Bayes Team 3" || one["state"] != 2.0 {
		t.Errorf("message 2 did not update message 1's match: %v", one)
	}
	for name, m := range map[string]map[string]any{"source1": one, "source2": three, "source3": four} {
		if n := len(m["records"].([]any)); n != 1 {
			t.Errorf("the match of %s has %d records, want its own alone", name, n)
		}
	}
	pairs := map[string]bool{}
	for _, l := range s.items("/v1/suggestions?kind=match&limit=200") {
		a, b := l["a"].(map[string]any)["source"].(string), l["b"].(map[string]any)["source"].(string)
		pairs[min(a, b)+" "+max(a, b)] = true
	}
	if !pairs["source1 source2"] {
		t.Errorf("message 3 is not suggested with message 2: %v", pairs)
	}
	if pairs["source1 source3"] || pairs["source2 source3"] {
		t.Errorf("message 4 is suggested with another: %v", pairs)
	}
}

// Who waits for changes does not keep a server that is to stop from stopping.
func TestStopsWhileSomebodyWaits(t *testing.T) {
	s := start(t, "--database", "sqlite:"+t.TempDir()+"/a.db")
	answered := make(chan int, 1)
	go func() {
		answer, err := http.Get("http://" + s.address + "/v1/changes?wait=25")
		if err != nil {
			answered <- 0
			return
		}
		answer.Body.Close()
		answered <- answer.StatusCode
	}()
	time.Sleep(200 * time.Millisecond) // the request is to be in hand
	began := time.Now()
	s.stop()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the server took %s to stop", took)
	}
	if status := <-answered; status != http.StatusOK {
		t.Errorf("who waited was answered %d, want 200", status)
	}
}
