package api

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"umpire/resolve"
)

func TestChangesAreFollowed(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		_, all := w.read(t, "GET", "/v1/changes?limit=1000")
		var acts []string
		next := "/v1/changes?limit=2"
		for {
			_, feed := w.read(t, "GET", next)
			items := column(feed, "items", "act")
			if len(items) == 0 {
				same(t, "the end is where it was", at(feed, "next"), any(next))
				same(t, "the last", at(feed, "last"), at(all, "last"))
				break
			}
			acts = append(acts, items...)
			if len(acts) > len(column(all, "items", "act")) {
				t.Fatalf("the feed repeats itself: %v", acts)
			}
			next, _ = at(feed, "next").(string)
		}
		same(t, "acts", acts, column(all, "items", "act"))
		same(t, "a merge", strings.Count(strings.Join(acts, " "), "merged retired"), 4)
		same(t, "nothing before the first", at(all, "items.0.seq"), any(1.0))
	})
}

// TestChangesAreAwaited asks for a change before there is one; it comes with its commit.
func TestChangesAreAwaited(t *testing.T) {
	w := onSQLite(t)
	_, all := w.read(t, "GET", "/v1/changes?limit=1000")
	after, _ := at(all, "next").(string)
	var writer errgroup.Group
	writer.Go(func() error { return w.rename(t.Context(), w.m1.Sides[1].Team.ID, "Ninjas") })
	_, feed := w.read(t, "GET", after+"&wait=20")
	check(t, writer.Wait())
	same(t, "awaited", w.called(column(feed, "items", "entity")[0]), "NIP")
}

// TestClosingEndsTheWait: who waits for a change when the server is to stop is told that
// there is none, in time for the server to stop in order.
func TestClosingEndsTheWait(t *testing.T) {
	w := onSQLite(t)
	_, all := w.read(t, "GET", "/v1/changes?limit=1000")
	after, _ := at(all, "next").(string)
	closing := make(chan struct{})
	w.api = New(Config{Store: w.Store, Closing: closing})
	time.AfterFunc(100*time.Millisecond, func() { close(closing) })
	began := time.Now()
	answer, feed := w.read(t, "GET", after+"&wait=25")
	same(t, "status", answer.StatusCode, 200)
	same(t, "items", len(column(feed, "items", "act")), 0)
	same(t, "last", at(feed, "last"), at(all, "last"))
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestSuggestions(t *testing.T) {
	w := onSQLite(t)
	w.apply(t, resolve.Plan{Link: []resolve.Link{link(w.m1.ID, w.m2.ID, resolve.Suggested, 33)}}, "run 2")
	for _, test := range []struct{ why, query, want string }{
		{"all", "", "match"},
		{"of a kind", "kind=match", "match"},
		{"of another kind", "kind=team", ""},
		{"of an entity", "entity={M2}", "match"},
		{"of an entity by a former id", "entity={M9}", "match"},
		{"of no entity", "entity=mch_0000000000000000", ""},
	} {
		_, body := w.read(t, "GET", "/v1/suggestions?"+test.query)
		same(t, test.why, strings.Join(column(body, "items", "kind"), " "), test.want)
	}
	_, body := w.read(t, "GET", "/v1/suggestions")
	sum := at(body, "items.0.lines.0.weight").(float64) + at(body, "items.0.lines.1.weight").(float64)
	same(t, "the weight is the sum of its lines", at(body, "items.0.weight"), any(sum))
}
