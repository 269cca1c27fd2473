package web

import (
	"crypto/sha256"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/fixtures/servers"
	"umpire/resolve"
	"umpire/resolve/run"
)

// places are pages of the world that tests look at, by a name for a person.
type place struct{ name, path string }

func places(t *testing.T, s *store.Store) []place {
	t.Helper()
	merged := findMatch(t, s, store.MatchFilter{Sort: store.ByStart, Limit: 500}, func(m store.Match) bool { return m.Sources > 2 })
	hostile := findMatch(t, s, store.MatchFilter{Source: hostileSource}, func(store.Match) bool { return true })
	suggested := suggestedMatch(t, s)
	quarantined, err := s.Messages(t.Context(), store.MessageFilter{Fate: store.Quarantined})
	if err != nil || len(quarantined.Items) < 4 {
		t.Fatalf("quarantined messages: %d, %v", len(quarantined.Items), err)
	}
	all := []place{
		{"front", "/"}, {"matches", "/matches"}, {"matches-by-source", "/matches?view=sources&date_start__gte=2015-03-20"},
		{"matches-faulty", "/matches?team=fnatic&date_start__gte=2015-02-31&state=done"}, {"matches-none", "/matches?team=no+such+team"},
		{"match", pathOf(merged.ID)}, {"match-suggested", pathOf(suggested)}, {"match-hostile", pathOf(hostile.ID)},
		{"teams", "/teams?name=na"}, {"team", pathOf(merged.Sides[0].Team.ID)}, {"team-hostile", pathOf(hostile.Sides[0].Team.ID)},
		{"tournaments", "/tournaments"}, {"titles", "/titles"}, {"title", pathOf(merged.Title.ID)},
		{"sources", "/sources"}, {"survivorship", "/survivorship"}, {"source", "/sources/hltv"}, {"source-hostile", "/sources/" + url.PathEscape(hostileSource)},
		{"messages", "/messages"}, {"messages-quarantined", "/messages?fate=quarantined"}, {"message", "/messages/1"},
		{"suggestions", "/suggestions"}, {"changes", "/changes"}, {"why-ask", "/why"}, {"why-unknown", "/why?a=mch_1&b=mch_2"},
		{"why", whyOf(t, s, resolve.KindMatch, resolve.Joined)}, {"why-not", whyOf(t, s, resolve.KindMatch, resolve.Suggested)},
		{"why-team", whyOf(t, s, resolve.KindTeam, resolve.Joined)}, {"why-never", whyPath(hostile.Records[0].ID, merged.Records[1].ID)},
		{"not-found", "/nowhere"},
		{"figures", "/figures"}, {"acts", "/acts"}, {"acts-faulty", "/acts?since=yesterday"}, {"act", "/acts/1"}, {"act-hostile", "/acts/2"}, {"act-undone", "/acts/3"}, {"act-override", "/acts/4"}, {"team-overridden", overriddenPath(t, s)},
		{"runs", "/runs"}, {"run", "/runs/2"}, {"run-cause", "/runs/2?cause=1"}, {"run-empty", "/runs/1"}, {"run-waiting", "/runs/3"},
		{"runs-diff", "/runs/diff?a=1&b=2"}, {"runs-diff-ask", "/runs/diff"}, {"runs-diff-unplanned", "/runs/diff?a=1&b=3"},
		{"sign-in", "/sign-in"}, {"search", "/search?q=na"}, {"search-narrowed", "/search?q=fnatic&kind=match&source=hltv"}, {"search-none", "/search?q=no+such+thing"}, {"search-nothing", "/search"}, {"search-faulty", "/search?q=%21%21"}, {"search-hostile", "/search?" + url.Values{"q": {hostile.Sides[0].Team.Name}}.Encode()},
		{"suggestions-none", "/suggestions?title=no+such+title"}, {"suggestions-faulty", "/suggestions?from=many"},
		{"preview-undo", "/preview?do=undo&act=1&here=/acts"}, {"preview-range", "/preview?do=undo-range&by=ann&since=2015-01-01"},
		{"preview-split", splitPath(merged)}, {"preview-conflict", "/preview?do=undo&act=3"}, {"preview-nonsense", "/preview?do=dance"},
	}
	for _, kind := range []resolve.Kind{resolve.KindMatch, resolve.KindTeam, resolve.KindTournament} {
		questions, err := s.Questions(t.Context(), store.QuestionFilter{Kind: kind, Limit: 1})
		if err != nil || len(questions.Items) == 0 {
			t.Logf("no %s waits: %v", kind, err)
			continue
		}
		pair := pairQuery(questions.Items[0].A, questions.Items[0].B)
		all = append(all, place{"question-" + string(kind), "/suggestions?" + pair}, place{"preview-" + string(kind), "/preview?do=judge&word=same&" + pair})
		if kind != resolve.KindMatch {
			all = append(all, place{"group-" + string(kind), "/suggestions/group?" + pair})
		}
	}
	if merged.Tournament != nil {
		all = append(all, place{"tournament", pathOf(merged.Tournament.ID)})
	}
	for i, m := range quarantined.Items {
		all = append(all, place{"message-quarantined-" + string(rune('a'+i)), fmt.Sprint("/messages/", m.Message)})
	}
	return all
}

// overriddenPath is the page of the team whose name was set by hand.
func overriddenPath(t *testing.T, s *store.Store) string {
	t.Helper()
	act, err := s.Act(t.Context(), 4)
	if err != nil {
		t.Fatal(err)
	}
	return pathOf(must(s.Canonical(t.Context(), act.Effects[0].Override.Record)))
}

// splitPath is the page that tells what it would do to take one record out of a match.
func splitPath(m store.Match) string {
	return "/preview?" + url.Values{"do": {"detach"}, "entity": {string(m.ID)}, "record": {string(m.Records[1].ID)}, "here": {pathOf(m.ID)}}.Encode()
}

// whyOf is the page of one of the pairs that ended so.
func whyOf(t *testing.T, s *store.Store, kind resolve.Kind, verdict resolve.Verdict) string {
	t.Helper()
	links, err := s.Links(t.Context(), store.LinkFilter{Kind: kind, Verdict: verdict, Limit: 500})
	if err != nil || len(links.Items) == 0 {
		t.Fatalf("no %s is %s: %v", kind, verdict, err)
	}
	link := links.Items[len(links.Items)/2]
	return whyPath(link.A, link.B)
}

func findMatch(t *testing.T, s *store.Store, f store.MatchFilter, want func(store.Match) bool) store.Match {
	t.Helper()
	page, err := s.Matches(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range page.Items {
		if want(m) {
			return m
		}
	}
	t.Fatalf("no such match among %d", len(page.Items))
	return store.Match{}
}

func suggestedMatch(t *testing.T, s *store.Store) resolve.ID {
	t.Helper()
	links, err := s.Links(t.Context(), store.LinkFilter{Kind: resolve.KindMatch, Verdict: resolve.Suggested})
	if err != nil || len(links.Items) == 0 {
		t.Fatalf("suggestions: %d, %v", len(links.Items), err)
	}
	return links.Items[0].RecordA.Entity
}

func get(t *testing.T, h http.Handler, path string) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w.Result()
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	var b strings.Builder
	if err := res.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEveryPageAnswers(t *testing.T) {
	h, s := worldPages(t)
	for _, p := range places(t, s) {
		t.Run(p.name, func(t *testing.T) {
			want := http.StatusOK
			switch p.name {
			case "not-found", "why-unknown":
				want = http.StatusNotFound
			case "matches-faulty", "acts-faulty", "suggestions-faulty", "preview-nonsense":
				want = http.StatusBadRequest
			case "preview-conflict", "runs-diff-unplanned":
				want = http.StatusConflict
			}
			res := get(t, h, p.path)
			if res.StatusCode != want {
				t.Errorf("GET %s: %d, want %d", p.path, res.StatusCode, want)
			}
			for header, want := range map[string]string{
				"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy,
				"Cache-Control": "no-cache",
			} {
				if got := res.Header.Get(header); got != want {
					t.Errorf("%s: %q, want %q", header, got, want)
				}
			}
			checkHarmless(t, body(t, res))
		})
	}
}

// What hostile names would have put into the page, had they not been escaped. That nothing
// runs or loads, the browser's test sees.
var harmful = regexp.MustCompile(`<(script|style|img)>|<img |href="(javascript|data):`)

func checkHarmless(t *testing.T, page string) {
	t.Helper()
	if at := harmful.FindStringIndex(page); at != nil {
		t.Errorf("the page has …%s…", page[max(0, at[0]-80):min(len(page), at[1]+80)])
	}
	if strings.Contains(page, "ZgotmplZ") {
		t.Error("a template puts something where html/template cannot make it safe")
	}
	if strings.Contains(page, ">"+strings.Repeat("unbreakable", 18)+"<") {
		t.Error("a name that is too long is written out")
	}
}

// Every link of a page of this site leads to a page, however odd the names in it.
func TestLinksLead(t *testing.T) {
	h, s := worldPages(t)
	seen := map[string]bool{}
	for _, p := range places(t, s) {
		for _, link := range linksIn(body(t, get(t, h, p.path))) {
			if seen[link] || strings.HasPrefix(link, "/docs") {
				continue
			}
			if seen[link] = true; strings.HasSuffix(p.name, "-faulty") {
				continue // its views have its faults
			}
			switch res := get(t, h, link); res.StatusCode {
			case http.StatusOK:
			case http.StatusPermanentRedirect:
				if to := get(t, h, res.Header.Get("Location")); to.StatusCode != http.StatusOK {
					t.Errorf("on %s: %s leads to %s: %d", p.path, link, res.Header.Get("Location"), to.StatusCode)
				}
			case http.StatusGone:
				if p.name != "changes" && p.name != "message" && p.name != "messages" {
					t.Errorf("on %s: %s is gone", p.path, link)
				}
			default:
				t.Errorf("on %s: %s: %d", p.path, link, res.StatusCode)
			}
		}
	}
	if len(seen) < 300 {
		t.Errorf("only %d links were followed", len(seen))
	}
}

var hrefs = regexp.MustCompile(`href="([^"]*)"`)

func linksIn(page string) []string {
	var links []string
	for _, found := range hrefs.FindAllStringSubmatch(page, -1) {
		if link := html.UnescapeString(found[1]); strings.HasPrefix(link, "/") {
			links = append(links, link)
		}
	}
	return links
}

func TestFormerIDs(t *testing.T) {
	h, s := worldPages(t)
	merged := findMatch(t, s, store.MatchFilter{Limit: 500}, func(m store.Match) bool { return m.Sources > 1 })
	former := merged.Records[1].ID
	res := get(t, h, pathOf(former))
	if res.StatusCode != http.StatusPermanentRedirect || res.Header.Get("Location") != pathOf(merged.ID) || res.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("GET %s: %d to %q, cached %q", pathOf(former), res.StatusCode, res.Header.Get("Location"), res.Header.Get("Cache-Control"))
	}
	for _, c := range []struct {
		why, path string
		want      int
	}{
		{"an id never heard of", "/matches/mch_0000000000000000", http.StatusNotFound},
		{"an id of another kind", "/teams/" + string(merged.ID), http.StatusNotFound},
		{"no id at all", "/matches/%3Cscript%3E", http.StatusNotFound},
		{"a match that its only source took back", pathOf(withdrawnMatch(t, s)), http.StatusGone},
		{"a message never heard of", "/messages/999999", http.StatusNotFound},
		{"no message's number", "/messages/first", http.StatusNotFound},
		{"a source never heard of", "/sources/nobody", http.StatusNotFound},
		{"a cursor that is none", "/matches?cursor=%00", http.StatusBadRequest},
		{"a change before the first", "/changes?before=0", http.StatusBadRequest},
	} {
		res := get(t, h, c.path)
		if res.StatusCode != c.want {
			t.Errorf("%s: GET %s: %d, want %d", c.why, c.path, res.StatusCode, c.want)
		}
		if page := body(t, res); !strings.Contains(page, "<h1>"+apologyFor(errorOf(c.want)).Heading) {
			t.Errorf("%s: the page does not say so", c.why)
		}
	}
}

func errorOf(status int) error {
	switch status {
	case http.StatusGone:
		return store.ErrGone
	case http.StatusBadRequest:
		return &resolve.InvalidError{}
	}
	return store.ErrNotFound
}

func withdrawnMatch(t *testing.T, s *store.Store) resolve.ID {
	t.Helper()
	r, err := s.Record(t.Context(), "source3", withdrawnKey, "")
	if err != nil {
		t.Fatal(err)
	}
	return r.ID
}

// A fault is told without its cause.
func TestFault(t *testing.T) {
	s, err := store.Open(t.Context(), "sqlite:"+t.TempDir()+"/empty.db") // no schema
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	res := get(t, as(curator, access.Admin, New(Config{Store: s})), "/matches")
	page := body(t, res)
	if res.StatusCode != http.StatusInternalServerError || !strings.Contains(page, "That did not work") {
		t.Errorf("%d: %s", res.StatusCode, page)
	}
	if strings.Contains(page, "no such table") || strings.Contains(page, "SQL") {
		t.Errorf("the page tells the cause: %s", page)
	}
}

// A database that is away is told as such, and when to come again.
func TestDatabaseAway(t *testing.T) {
	server := servers.DurablePostgres(t)
	s, err := store.Open(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	server.Stop()
	h := as(curator, access.Admin, New(Config{Store: s}))
	for _, path := range []string{"/", "/matches", "/teams/tem_0000000000000000", "/changes", "/messages/1", "/sources"} {
		res := get(t, h, path)
		page := body(t, res)
		if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") != soon || !strings.Contains(page, "The database does not answer") {
			t.Errorf("GET %s: %d, Retry-After %q: %s", path, res.StatusCode, res.Header.Get("Retry-After"), page)
		}
		if strings.Contains(page, "connection refused") {
			t.Errorf("GET %s tells the cause: %s", path, page)
		}
	}
}

func TestFiltersAnswer(t *testing.T) {
	h, _ := worldPages(t)
	for _, c := range []struct {
		why, path   string
		has, hasNot []string
	}{
		{"a part of a team's name", "/matches?team=fnati", []string{"fnatic", `value="fnati"`}, []string{"No match fits"}},
		{"no such team", "/matches?team=no+such+team", []string{"No match fits"}, nil},
		{"a day", "/matches?date_start__gte=2015-03-14&date_start__lte=2015-03-14", []string{"Sat 14 Mar 2015"}, []string{"Sun 15 Mar 2015", "Fri 13 Mar 2015"}},
		{"a fault beside its field, and what was typed", "/matches?date_start__gte=2015-02-31", []string{`id="date_start__gte-fault"`, `value="2015-02-31"`, `aria-invalid="true"`}, []string{`<table`}},
		{"one source's own view", "/matches?view=sources&source=csgolounge", []string{"csgolounge"}, []string{`"><bdi class="name">hltv</bdi></span></td>`}},
		{"a suggestion is marked", "/matches?title=Overcooked", []string{"suggestion waits"}, nil},
		{"the next page keeps the filter", "/matches?team=a", []string{"cursor=", "team=a&amp;"}, nil},
		{"what is in quarantine, and why", "/messages?fate=quarantined", []string{"data.date_start_text"}, []string{`fate-applied`}},
		{"bytes that are no text", "/messages?fate=quarantined", []string{"not"}, nil},
	} {
		page := body(t, get(t, h, c.path))
		for _, want := range c.has {
			if !strings.Contains(page, want) {
				t.Errorf("%s: GET %s has no %q", c.why, c.path, want)
			}
		}
		for _, unwanted := range c.hasNot {
			if strings.Contains(page, unwanted) {
				t.Errorf("%s: GET %s has %q", c.why, c.path, unwanted)
			}
		}
	}
}

func TestMessageBytes(t *testing.T) {
	h, s := worldPages(t)
	quarantined, err := s.Messages(t.Context(), store.MessageFilter{Fate: store.Quarantined, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range quarantined.Items {
		whole, err := s.Message(t.Context(), m.Message)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, fmt.Sprint("/messages/", m.Message, "/raw"), nil))
		if w.Body.String() != string(whole.Body) {
			t.Errorf("message %d: %q came out as %q", m.Message, whole.Body, w.Body)
		}
		if got := w.Header().Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") {
			t.Errorf("message %d would be opened: %q", m.Message, got)
		}
	}
}

func TestAssets(t *testing.T) {
	h, _ := worldPages(t)
	for name, kind := range map[string]string{"umpire.css": "text/css", "umpire.svg": "image/svg+xml", "umpire.js": "text/javascript", "htmx-2.0.11.min.js": "text/javascript"} {
		res := get(t, h, assetRoot+name)
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), kind) || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d, %v", name, res.StatusCode, res.Header)
		}
	}
	if res := get(t, h, assetRoot); res.StatusCode == http.StatusOK {
		t.Error("the assets can be listed")
	}
}

// What is embedded of htmx is what its npm package htmx.org has in dist, with its licence beside it.
func TestHtmxIsAsReleased(t *testing.T) {
	script, err := assetFiles.ReadFile("assets/htmx-2.0.11.min.js")
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%x", sha256.Sum256(script)); got != "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717" {
		t.Errorf("it has the sum %s", got)
	}
	if licence, err := assetFiles.ReadFile("assets/htmx-2.0.11.LICENSE.txt"); err != nil || !strings.HasPrefix(string(licence), "Zero-Clause BSD") {
		t.Errorf("its licence: %v", err)
	}
}

// Before the first message there is nothing to show, and every page says so.
func TestEmptyDatabase(t *testing.T) {
	s, err := store.Open(t.Context(), "sqlite:"+t.TempDir()+"/empty.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	h := as(curator, access.Admin, New(Config{Store: s}))
	for _, path := range []string{"/", "/matches", "/matches?view=sources", "/titles", "/tournaments", "/teams", "/sources", "/survivorship", "/messages", "/suggestions", "/changes"} {
		if res := get(t, h, path); res.StatusCode != http.StatusOK || !strings.Contains(body(t, res), `class="empty"`) {
			t.Errorf("GET %s: %d, or it does not say that there is nothing", path, res.StatusCode)
		}
	}
}

// Where nobody resolves, no page offers to tell why, and the one that would says who can.
func TestWhyElsewhere(t *testing.T) {
	_, s := worldPages(t)
	h := as(curator, access.Admin, New(Config{Store: s}))
	match := findMatch(t, s, store.MatchFilter{Sort: store.ByStart, Limit: 500}, func(m store.Match) bool { return m.Sources > 2 })
	if page := body(t, get(t, h, pathOf(match.ID))); strings.Contains(page, "/why?") {
		t.Error("the match's page offers what nobody can tell")
	}
	if res := get(t, h, "/why?a=mch_1&b=mch_2"); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("GET /why: %d", res.StatusCode)
	}
}

// nextPages finds the link to a list's next page.
var nextPages = regexp.MustCompile(`href="([^"]*)" rel="next"`)

// A source's page counts all that it tells more than once, and leads to all of it, however much it is.
func TestSourceTellsTwice(t *testing.T) {
	const many = 230
	s, err := store.Open(t.Context(), "sqlite:"+t.TempDir()+"/umpire.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var bodies [][]byte
	var echoes store.Group
	for i := range many {
		var pair [2]resolve.ID
		for n := range pair {
			key := resolve.Key{Kind: resolve.KindMatch, Source: "echo", Scope: "cs go", ID: fmt.Sprint(i, "-", n)}
			bodies, pair[n] = append(bodies, fmt.Appendf(nil, `{"source":"echo","data":{"id":%q,"title":"CS:GO","date_start_text":"2015-03-%02d 18:00",
				"teams":[{"id":1,"name":"Left"},{"id":2,"name":"Right"}],"scores":[]}}`, key.ID, 1+i%28)), key.Mint()
		}
		echoes.Judges = append(echoes.Judges, store.Judge{A: pair[0], B: pair[1], Word: resolve.Same})
	}
	if err := takeIn(t.Context(), s, bodies); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Decide(t.Context(), store.Signature{Actor: curator}, echoes); err != nil {
		t.Fatal(err)
	}
	if _, err := run.Batch(t.Context(), s, run.Options{}); err != nil {
		t.Fatal(err)
	}
	h := as(curator, access.Admin, New(Config{Store: s}))
	page := body(t, get(t, h, "/sources/echo"))
	all := "/matches?source=echo&twice=true"
	if !strings.Contains(page, fmt.Sprintf(`Matches <span class="none">%d</span>`, many)) || !strings.Contains(page, strings.ReplaceAll(all, "&", "&amp;")) {
		t.Errorf("the page does not count what is told twice, nor lead there")
	}
	listed := 0
	for next := all; next != ""; {
		page := body(t, get(t, h, next))
		listed += strings.Count(page, `<tr class="match"`)
		if next = ""; nextPages.MatchString(page) {
			next = html.UnescapeString(nextPages.FindStringSubmatch(page)[1])
		}
	}
	if listed != many {
		t.Errorf("%d are listed, want %d", listed, many)
	}
}
