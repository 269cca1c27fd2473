package web

import (
	"context"
	"fmt"
	"maps"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"golang.org/x/sync/errgroup"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/fixtures/servers"
	"umpire/ingest"
	"umpire/resolve"
	"umpire/resolve/run"
)

// reader is a person at a browser.
type reader struct {
	*testing.T
	ctx  context.Context
	base string
}

// sitDown opens a browser at the pages of a store, makes a token of this name and role, and signs
// in by it on the way to the queue.
func sitDown(t *testing.T, base string, s *store.Store, name string, role access.Role) reader {
	t.Helper()
	r := reader{t, openBrowser(t), base}
	screens[0].use(r.ctx, t)
	if err := chromedp.Do(r.ctx, chromedp.EmulateViewport(1280, 800)); err != nil {
		t.Fatal(err)
	}
	token, _, err := access.Create(t.Context(), s, access.Grant{Name: name, Role: role, By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	r.open("/suggestions")
	r.until(`location.pathname === '/sign-in'`)
	r.run(fmt.Sprintf(`document.querySelector('#token').value = %q; document.querySelector('main .primary').click()`, token))
	r.until(fmt.Sprintf(`document.readyState === 'complete' && location.pathname === '/suggestions' && document.querySelector('.who').innerText.includes(%q)`, name))
	return r
}

func (r reader) open(path string) {
	r.Helper()
	if err := chromedp.Do(r.ctx, chromedp.Navigate(r.base+path)); err != nil {
		r.Fatal("open ", path, ": ", err)
	}
}

func (r reader) run(script string) {
	r.Helper()
	if _, err := chromedp.Run(r.ctx, chromedp.Evaluate[any]("(() => {"+script+"; return null})()")); err != nil {
		r.Fatal(script, ": ", err)
	}
}

func (r reader) press(keys string) {
	r.Helper()
	if err := chromedp.Do(r.ctx, chromedp.KeyEvent(keys)); err != nil {
		r.Fatal("press ", keys, ": ", err)
	}
}

func (r reader) text(expression string) string {
	r.Helper()
	text, err := chromedp.Run(r.ctx, chromedp.Evaluate[string]("String("+expression+")"))
	if err != nil {
		r.Fatal(expression, ": ", err)
	}
	return text
}

// until waits until something holds on the page.
func (r reader) until(condition string) {
	r.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		holds, err := chromedp.Run(r.ctx, chromedp.Evaluate[bool]("Boolean("+condition+")"))
		if err == nil && holds {
			return
		}
	}
	r.keep("stuck")
	r.Fatalf("%s: never: %s", r.text("location.href"), condition)
}

func (r reader) keep(name string) {
	r.Helper()
	keepScreenshot(r.ctx, r.T, screenshots(r.T), name)
}

// asked is the pair that is asked about, "A B".
func (r reader) asked() string {
	r.Helper()
	return r.text(`['a', 'b'].map((n) => document.querySelector('.words [name=' + n + ']')?.value).join(' ')`)
}

// What a decision needs is on the screen as it is, and nothing is scrolled.
const allSeen = `(() => {
  const bottom = Math.max(...[...document.querySelectorAll('.beside, .words, .grounds .waterfall, .near')].map((e) => e.getBoundingClientRect().bottom));
  return scrollY === 0 && bottom <= innerHeight ? '' : 'scrolled by ' + scrollY + ', and it ends at ' + bottom + ' of ' + innerHeight;
})()`

// TestTwentyByKeys decides twenty questions with nothing but keys, each at a glance.
func TestTwentyByKeys(t *testing.T) {
	s, err := makeWorld(t.Context(), "sqlite:"+t.TempDir()+"/keys.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	server := httptest.NewServer((&access.Guard{Store: s}).Know(New(Config{Store: s})))
	t.Cleanup(server.Close)
	r := sitDown(t, server.URL, s, "ann", access.Curator)
	words := map[string]resolve.Word{"s": resolve.Same, "d": resolve.Different, "u": resolve.Unsure}
	var took time.Duration
	said := map[string]bool{}
	for i := range 20 {
		key, pair := []string{"d", "u", "s"}[i%3], r.asked()
		a, b, _ := strings.Cut(pair, " ")
		if key == "s" && (said[a] || said[b]) {
			key = "u" // it might contradict what was said, and be refused
		}
		said[a], said[b] = true, true
		if hidden := r.text(allSeen); hidden != "" {
			t.Errorf("question %d (%s): %s", i, pair, hidden)
		}
		if i == 0 {
			r.keep("keys-first")
		}
		began := time.Now()
		r.press(key)
		r.until(fmt.Sprintf(`document.querySelector('.words') && ['a', 'b'].map((n) => document.querySelector('.words [name=' + n + ']').value).join(' ') !== %q`, pair))
		took += time.Since(began)
		checkSaid(t, s, pair, words[key])
	}
	t.Logf("a decision and the next question: %s", took/20)
	r.keep("keys-last")
	acts, err := s.Acts(t.Context(), store.ActFilter{Actor: "ann"})
	if err != nil || len(acts.Items) != 20 {
		t.Errorf("%d acts, %v", len(acts.Items), err)
	}
	before := r.text(`document.querySelector('.said').dataset.told`)
	r.press("z")
	r.until(fmt.Sprintf(`document.querySelector('.said').dataset.told !== %q`, before))
	if last, err := s.Acts(t.Context(), store.ActFilter{Limit: 1}); err != nil || last.Items[0].Verb != store.VerbUndo {
		t.Errorf("z did %v, %v", last.Items, err)
	}
	r.until(`!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')`)
	r.press("?")
	r.until(`document.querySelector('.keys').open`)
}

// checkSaid looks up what was said last, of whom.
func checkSaid(t *testing.T, s *store.Store, pair string, word resolve.Word) {
	t.Helper()
	said, err := s.Judgements(t.Context(), store.JudgementFilter{Limit: 1})
	if err != nil || len(said.Items) == 0 {
		t.Fatalf("nothing was said of %s: %v", pair, err)
	}
	if j := said.Items[0]; string(j.A)+" "+string(j.B) != pair || j.Word != word || j.Actor != "ann" {
		t.Fatalf("%s said %s of %s %s, not %s of %s", j.Actor, j.Word, j.A, j.B, word, pair)
	}
}

// TestCuratorJourney follows a curator from a search to a match that merged by their word, and
// back; what they see is kept (UMPIRE_SCREENSHOTS).
func TestCuratorJourney(t *testing.T) {
	for name, address := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + t.TempDir() + "/journey.db" },
		"postgres": func(t *testing.T) string { return servers.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) { journey(t, name, address(t)) })
	}
}

// live serves the pages of a store that is resolved as one goes.
func live(t *testing.T, s *store.Store) string {
	t.Helper()
	intake := ingest.NewIntake(s)
	resolver := run.New(s, intake.Quarantine)
	ctx, stop := context.WithCancel(t.Context())
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return resolver.Run(ctx) })
	group.Go(func() error { return run.PlanAll(ctx, s) })
	t.Cleanup(func() {
		stop()
		if err := group.Wait(); err != nil {
			t.Error(err)
		}
	})
	pages := New(Config{Store: s, Explainer: resolver, Previewer: resolver, Decided: resolver.Nudge, Replay: intake.Replay, Version: "test"})
	server := httptest.NewServer((&access.Guard{Store: s}).Know(pages))
	t.Cleanup(server.Close)
	return server.URL
}

func journey(t *testing.T, name, address string) {
	s, err := makeWorld(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	q := matchInDoubt(t, s)
	r := sitDown(t, live(t, s), s, "ann", access.Operator)
	step := func(what string) { r.keep("journey-" + name + "-" + what) }

	// Find: by a team's name, to the match that might be another.
	r.open("/")
	step("0-front")
	one, err := s.Match(t.Context(), q.Entities[0])
	if err != nil {
		t.Fatal(err)
	}
	r.run(fmt.Sprintf(`document.querySelector('#find').value = %q; document.querySelector('.find').submit()`, string(one.ID)))
	r.until(`location.pathname.startsWith('/matches/') && document.querySelector('.suggestion')`)
	step("1-match")

	// Read the evidence: all of it adds up to the match weight.
	r.open("/suggestions?" + pairQuery(q.A, q.B))
	r.until(`document.querySelector('.words')`)
	if sum, total := r.text(sumOfBars), r.text(`parseFloat(document.querySelector('.grounds .evidence > .waterfall > .total .bits').textContent.replace('−', '-'))`); sum != total {
		t.Errorf("the bars add up to %s, and the match weight is %s", sum, total)
	}
	step("2-question")

	// What it would do, and the decision.
	r.press("p")
	r.until(`location.pathname === '/preview' && document.querySelector('.foreseen')`)
	step("3-preview")
	r.run(`document.querySelector('.confirm #note').value = 'the same <b>players</b>'; document.querySelector('.confirm .primary').click()`)
	r.until(`location.pathname === '/suggestions' && document.querySelector('.said')`)
	step("4-said")

	// The match has merged: the id of one leads to the other.
	r.open("/acts/1")
	r.until(`document.body.innerText.includes('in effect')`)
	step("5-act")
	r.open(pathOf(q.Entities[1]))
	r.until(`document.querySelectorAll('.judged li').length === 1`)
	if merged, err := s.Canonical(t.Context(), q.Entities[1]); err != nil || merged != must(s.Canonical(t.Context(), q.Entities[0])) {
		t.Errorf("%s and %s are not one: %v", q.Entities[0], q.Entities[1], err)
	}
	step("6-merged")

	// Undo: they are as they were, ids included.
	r.open("/suggestions")
	r.until(`document.querySelector('#undo')`)
	r.press("z")
	r.until(`!document.querySelector('#undo') && document.querySelector('.words')`)
	if back := r.asked(); back != pairOf(q.A, q.B) {
		t.Errorf("undone, and the question is %s, not %s %s again", back, q.A, q.B)
	}
	step("7-undone")
	r.open("/acts/2")
	r.until(`document.body.innerText.includes('in effect')`)
	for _, id := range q.Entities {
		if now, err := s.Canonical(t.Context(), id); err != nil || now != id {
			t.Errorf("%s is %s now, %v", id, now, err)
		}
	}

	batch(t, s, r, step)
}

// batch plans a run by what training would learn, applies it and rolls it back: every record is
// then in the entity that it was in.
func batch(t *testing.T, s *store.Store, r reader, step func(string)) {
	t.Helper()
	before := placesOf(t, s)
	inUse := must(s.ModelVersion(t.Context()))
	r.open("/runs")
	r.run(fmt.Sprintf(`document.querySelector('#model').value = %q; document.querySelector('.filters .primary').click()`, store.WantsTraining))
	r.until(`location.pathname === '/runs/1' && document.querySelector('button[value=apply]')`)
	step("8-planned")
	if now := must(s.ModelVersion(t.Context())); now != inUse {
		t.Errorf("planned, and %s is in use", now)
	}
	r.run(`document.querySelector('button[value=apply]').click()`)
	r.until(`document.querySelector('button[value=rollback]')`)
	step("9-applied")
	if now := must(s.ModelVersion(t.Context())); now == inUse {
		t.Errorf("applied, and %s is in use still", now)
	}
	r.run(`document.querySelector('button[value=rollback]').click()`)
	r.until(`document.body.innerText.includes('rolled back')`)
	step("10-rolled-back")
	if now := must(s.ModelVersion(t.Context())); now != inUse {
		t.Errorf("rolled back, and %s is in use", now)
	}
	if after := placesOf(t, s); !maps.Equal(before, after) {
		t.Error("rolled back, and not every record is where it was")
	}
}

// placesOf tells which entity each record is in.
func placesOf(t *testing.T, s *store.Store) map[resolve.ID]resolve.ID {
	t.Helper()
	places := map[resolve.ID]resolve.ID{}
	for r, err := range s.Export(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		places[r.ID] = r.Entity
	}
	return places
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// sumOfBars adds up the bars of the evidence, but for the total.
const sumOfBars = `[...document.querySelectorAll('.grounds .evidence > .waterfall > li:not(.total)')]
  .reduce((sum, li) => sum + parseFloat(li.querySelector('.bits').textContent.replace('−', '-')), 0)`

// matchInDoubt is the first question about two matches of different names, which so look alike.
func matchInDoubt(t *testing.T, s *store.Store) store.Question {
	t.Helper()
	questions, err := s.Questions(t.Context(), store.QuestionFilter{Kind: resolve.KindMatch})
	if err != nil || len(questions.Items) == 0 {
		t.Fatalf("no match is in doubt: %v", err)
	}
	return questions.Items[0]
}
