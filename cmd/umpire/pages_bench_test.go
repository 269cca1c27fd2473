package main

import (
	"cmp"
	"context"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/fixtures/servers"
	"umpire/ingest"
	"umpire/resolve"
	"umpire/resolve/eval"
	"umpire/resolve/run"
)

// BenchmarkPages has a curator who is signed in decide one question after the other on the pages of
// a server as umpire serve is one, over a PostgreSQL full of records that it resolves. It tells how
// long the server takes to answer with the queue, and from the form that the key s sends to the
// page with the next question. What follows from a decision is settled before the next is made, as
// while a person reads: that is not in these times.
//
// The records are the last words of the file of messages that UMPIRE_BENCH_MESSAGES names, or of
// the bundled one; UMPIRE_BENCH_COPIES makes them so many times as many.
func BenchmarkPages(b *testing.B) {
	const decisions = 300
	s := benchStore(b, servers.DurablePostgres(b).URL())
	fillResolved(b, s)
	reader := signedIn(b, s)
	var shown, decided []time.Duration
	refused := 0
	for b.Loop() {
		for range decisions {
			page, took := reader.get("/suggestions")
			form := wordForm.FindString(page)
			if form == "" {
				break
			}
			shown = append(shown, took)
			if status, took := reader.say(form, resolve.Same); status == http.StatusOK {
				decided = append(decided, took)
			} else { // it contradicts what was said before
				refused++
				reader.say(form, resolve.Different)
			}
			reader.settle(s)
		}
	}
	if len(decided) == 0 {
		b.Fatal("nothing is to be asked")
	}
	b.ReportMetric(float64(len(decided)), "decisions")
	b.ReportMetric(float64(refused), "refused")
	for what, took := range map[string][]time.Duration{"to-show": shown, "to-decide": decided} {
		slices.Sort(took)
		b.ReportMetric(took[len(took)/2].Seconds()*1000, "ms-"+what+"-p50")
		b.ReportMetric(took[len(took)*99/100].Seconds()*1000, "ms-"+what+"-p99")
	}
}

// fillResolved takes in the records and resolves them.
func fillResolved(b *testing.B, s *store.Store) {
	b.Helper()
	copies, err := strconv.Atoi(cmp.Or(os.Getenv("UMPIRE_BENCH_COPIES"), "1"))
	must(b, err)
	file, err := ingest.Open(cmp.Or(os.Getenv("UMPIRE_BENCH_MESSAGES"), "../../fixtures/csgo/messages.ndjson.gz"), nil)
	must(b, err)
	defer file.Close()
	var log []eval.Event
	at := map[resolve.ID]int{}
	for r, err := range file.Decoded(ingest.Defaults) {
		must(b, err)
		if r.Match == nil {
			continue
		}
		if i, told := at[r.Match.ID]; told {
			log[i].Match = r.Match
			continue
		}
		at[r.Match.ID] = len(log)
		log = append(log, eval.Event{Match: r.Match})
	}
	log = eval.Grow(log, copies, eval.Years)
	for batch := range slices.Chunk(log, 5000) {
		deliveries := make([]store.Delivery, len(batch))
		for i, e := range batch {
			deliveries[i] = store.Delivery{Source: e.Match.Key.Source, Match: e.Match, ReceivedAt: time.Now(), Via: "benchmark"}
		}
		_, err := s.Ingest(b.Context(), deliveries)
		must(b, err)
	}
	_, err = run.Batch(b.Context(), s, run.Options{})
	must(b, err)
	if len(log) > 10_000 {
		time.Sleep(untilLookedAt)
	}
}

// untilLookedAt is how long PostgreSQL takes to look by itself at tables that were filled: without,
// it would read pages as if they were small.
const untilLookedAt = 100 * time.Second

// benchReader is a browser on a server.
type benchReader struct {
	*testing.B
	http.Client
	at string
}

// signedIn serves a store, and signs a curator in, until the benchmark ends.
func signedIn(b *testing.B, s *store.Store) *benchReader {
	b.Helper()
	bound, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	ctx, stop := context.WithCancel(b.Context())
	group, ctx := errgroup.WithContext(ctx)
	l := newLine(s)
	group.Go(func() error { return l.resolver.Run(ctx) })
	group.Go(func() error { return l.serveOn(ctx, bound, nil, false) })
	b.Cleanup(func() {
		stop()
		must(b, group.Wait())
	})
	token, _, err := access.Create(b.Context(), s, access.Grant{Name: "ann", Role: access.Curator, By: "benchmark"})
	must(b, err)
	cookies, err := cookiejar.New(nil)
	must(b, err)
	r := &benchReader{b, http.Client{Jar: cookies}, "http://" + bound.Addr().String()}
	if status, _ := r.post("/sign-in", url.Values{"token": {token}}); status != http.StatusOK {
		b.Fatalf("sign in: %d", status)
	}
	page, _ := r.get("/suggestions")
	r.say(wordForm.FindString(page), resolve.Unsure) // when this is settled, all records are read
	r.settle(s)
	return r
}

// get reads a page, and tells how long that took.
func (r *benchReader) get(path string) (string, time.Duration) {
	r.Helper()
	began := time.Now()
	answer, err := r.Get(r.at + path)
	must(r.B, err)
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	must(r.B, err)
	if answer.StatusCode != http.StatusOK {
		r.Fatalf("GET %s: %d: %s", path, answer.StatusCode, page)
	}
	return string(page), time.Since(began)
}

// post sends a form as a page does, and reads the page that it leads to.
func (r *benchReader) post(path string, form url.Values) (int, time.Duration) {
	r.Helper()
	ask, err := http.NewRequestWithContext(r.Context(), http.MethodPost, r.at+path, strings.NewReader(form.Encode()))
	must(r.B, err)
	ask.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	ask.Header.Set("Sec-Fetch-Site", "same-origin")
	began := time.Now()
	answer, err := r.Do(ask)
	must(r.B, err)
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	must(r.B, err)
	return answer.StatusCode, time.Since(began)
}

// wordForm finds the form by which one answers a question, and hiddenField what it sends besides.
var (
	wordForm    = regexp.MustCompile(`(?s)<form class="words".*?</form>`)
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
)

// say answers a question by a word.
func (r *benchReader) say(form string, word resolve.Word) (int, time.Duration) {
	r.Helper()
	said := url.Values{"word": {string(word)}, "note": {""}}
	for _, field := range hiddenField.FindAllStringSubmatch(form, -1) {
		said.Add(field[1], html.UnescapeString(field[2]))
	}
	return r.post("/decisions", said)
}

// settle waits until entities are as the last act would have them.
func (r *benchReader) settle(s *store.Store) {
	r.Helper()
	for {
		acts, err := s.Acts(r.Context(), store.ActFilter{Limit: 1})
		must(r.B, err)
		if len(acts.Items) == 0 || acts.Items[0].Settled {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
