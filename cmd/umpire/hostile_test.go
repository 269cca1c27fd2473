package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"umpire/ent/store"
	"umpire/resolve"
	"umpire/resolve/eval"
	"umpire/resolve/text"
)

// hostile are names that do harm where they are not held off. Each is short enough to be
// taken in, but for those that are to be quarantined.
var hostile = []string{
	`<script>alert("hostile")</script>`, `"><img src=x onerror=hostile()>`, `' onmouseover='hostile()`, `</title></textarea><hostile>`,
	`<a href="javascript:hostile()">x</a>`, "javascript:hostile()", "data:text/html,<script>hostile()</script>", `<!--`, `]]><hostile/>`,
	`{{.Secret}}`, `${7*7}`, `{{constructor.constructor('hostile()')()}}`, `%3Cscript%3E`, `&lt;script&gt;`, `\u003cscript\u003e`,
	`=cmd|' /C calc'!A0`, `+1+hostile`, `-2+3`, `@SUM(1+1)`, "\t=1+1", "＝1+1", "'=1+1",
	"\x1b[31mred\x1b]0;hostile\x07", "\u009b31mred", "bell\x07 back\x08space \x7f", "over\rwritten", "two\nlines\x0b",
	"\u202eeltit a si siht", "\u2066isolated", "\u2028parted", "a\u200bb\ufeff", strings.Repeat("Ẑ\u0311", 90),
	`'; DROP TABLE match;--`, `../../etc/passwd`, `C:\nul`, `%s%n%d`, `"quoted\"`,
	"NUL\x00in it", strings.Repeat("unbreakable", 50),
}

// hostileFeed is a file of matches between the hostile, as two sources tell them, and of what
// is no message. One address is a trap's.
func hostileFeed(t *testing.T, trap string) string {
	t.Helper()
	var feed bytes.Buffer
	lines := json.NewEncoder(&feed)
	lines.SetEscapeHTML(false)
	addresses := []string{"javascript:hostile()", "data:text/html,<script>hostile()</script>", "https://good.example/\"><hostile>", "//evil.example/", "http://\u202e.example/\x1b", trap}
	for i, name := range hostile {
		for _, source := range []string{"plain", `evil/../"><hostile a=b>&?#` + "\u202e\x1b[2J", "=cmd|hostile"} {
			opponent := hostile[(i+7)%len(hostile)]
			if err := lines.Encode(map[string]any{"source": source, "data": map[string]any{
				"id": fmt.Sprint(name[:min(len(name), 30)], "#", i), "url": addresses[i%len(addresses)], "state": 2, "bestof": 3, "title": "Title " + hostile[0],
				"teams":  []any{map[string]any{"name": name}, map[string]any{"id": hostile[15], "name": opponent}},
				"scores": []any{}, "tournament": map[string]any{"name": hostile[i/9]}, "date_start_text": fmt.Sprintf("2015-03-%02d 18:00", i/2+1),
			}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	feed.WriteString("{\"source\": \"\x1b[31m<hostile>\", \"data\": {\"id\": \"<hostile>\", \"state\": \"\u202e<hostile>\"}}\n\x00\xff<hostile>\x1b[2J\n")
	path := filepath.Join(t.TempDir(), "hostile.ndjson")
	if err := os.WriteFile(path, feed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// hostileActs have a hostile person decide what waits, and plan a run.
func hostileActs(t *testing.T, database string) {
	t.Helper()
	s, err := store.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	by := store.Signature{Actor: "<hostile>\u202e=cmd", Note: hostile[0] + "\x1b[2J"}
	teams, err := s.NamedList(t.Context(), store.NamedFilter{Kind: resolve.KindTeam, Limit: 3})
	if err != nil || len(teams.Items) < 3 {
		t.Fatalf("%d teams, %v", len(teams.Items), err)
	}
	for _, d := range []store.Decision{
		store.Judge{A: teams.Items[0].ID, B: teams.Items[1].ID, Word: resolve.Different},
		store.SetField{Record: teams.Items[2].ID, Field: "name", Value: hostile[1]},
	} {
		if _, err := s.Decide(t.Context(), by, d); err != nil {
			t.Fatal(err)
		}
	}
}

// TestHostileContent: whatever sources and people say, no page, export, table, error or line
// of the log is made to mean something else by it.
func TestHostileContent(t *testing.T) {
	trap := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the address of a match is fetched: %s %s", r.Method, r.URL)
	}))
	t.Cleanup(trap.Close)
	database, feed := "sqlite:"+filepath.Join(t.TempDir(), "umpire.db"), hostileFeed(t, trap.URL+"/match")
	tells(t, "ingest", "--database", database, feed)
	tells(t, "resolve", "--database", database)
	hostileActs(t, database)
	tells(t, "resolve", "--database", database)
	tells(t, "resolve", "--database", database, "--dry-run", "--model", "train")
	for _, args := range [][]string{{"acts"}, {"runs"}, {"runs", "1"}, {"replay"}, {"undo", "1", "--actor", hostile[22] + hostile[3]}, {"undo", "999", "--actor", hostile[22]}} {
		tells(t, append(args, "--database", database)...)
	}
	tells(t, "why", "--database", database, "\x1b[2J<hostile>", "\u202e")
	tells(t, "ingest", "--database", database, "\x1b[2J\u202e.ndjson")
	for _, id := range mergedPairs(t, database) {
		tells(t, "why", "--database", database, string(id.A), string(id.B))
	}
	exportsAreHarmless(t, database)

	for _, format := range []string{"console", "json"} {
		t.Run(format, func(t *testing.T) {
			s := start(t, "--database", database, "--log-format", format, "--log-level", "trace")
			begin := entrances(t, database)
			c := crawl{server: s, first: len(begin), seen: map[string]bool{}, kinds: map[string]int{}, known: templated(t)}
			c.from(begin...)
			c.finish()
			s.stop()
			harmless(t, "the log", s.log.String())
		})
	}
}

// steers tells what no terminal should get but a line's end.
func steers(r rune) bool { return r != '\n' && text.Unruly(r) }

// tells runs a command, whose outcome does not matter, and looks at all it says.
func tells(t *testing.T, args ...string) {
	t.Helper()
	var said bytes.Buffer
	umpire(t.Context(), append(args, "--log-format", "console", "--log-level", "trace"), streams{strings.NewReader(""), &said, &said})
	harmless(t, fmt.Sprintf("umpire %q", args), said.String())
}

// colours are zerolog's own, on a console.
var colours = regexp.MustCompile(`\x1b\[(0|1|3[1-7]|90)m`)

// harmless looks at what a terminal may have been sent; of what is hostile nothing is red.
func harmless(t *testing.T, what, said string) {
	t.Helper()
	plain := colours.ReplaceAllString(said, "")
	if at := strings.IndexFunc(plain, steers); at >= 0 || strings.Contains(said, "\x1b[31mred") {
		t.Errorf("%s steers a terminal: %q", what, plain[max(0, at-200):min(len(plain), max(0, at)+80)])
	}
}

// mergedPairs are pairs of which is told why.
func mergedPairs(t *testing.T, database string) []resolve.Pair {
	t.Helper()
	s, err := store.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var pairs []resolve.Pair
	for _, kind := range []resolve.Kind{resolve.KindMatch, resolve.KindTeam, resolve.KindTournament} {
		links, err := s.Links(t.Context(), store.LinkFilter{Kind: kind, Limit: 5})
		if err != nil || len(links.Items) == 0 {
			t.Fatalf("links of a %s: %d, %v", kind, len(links.Items), err)
		}
		for _, l := range links.Items {
			pairs = append(pairs, resolve.Pair{A: l.A, B: l.B})
		}
	}
	return pairs
}

// exportsAreHarmless: what is exported is exact, and a spreadsheet computes nothing of it.
func exportsAreHarmless(t *testing.T, database string) {
	t.Helper()
	exact := do(t, "export", "links", "--database", database, "--format", "ndjson")
	if strings.ContainsFunc(exact, steers) {
		t.Errorf("NDJSON steers the terminal: %q", exact)
	}
	var want []eval.Link
	for line := range strings.Lines(exact) {
		var l eval.Link
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		want = append(want, l)
	}
	exported := do(t, "export", "links", "--database", database)
	rows, err := csv.NewReader(strings.NewReader(exported)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.IndexAny(cell, "=+-@\t\r\n＝＋－＠") == 0 {
				t.Errorf("a spreadsheet computes %q", cell)
			}
		}
	}
	got, err := eval.Read(strings.NewReader(exported))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("CSV tells %d links, NDJSON %d, or others", len(got), len(want))
	}
	for l, err := range shown(func(yield func(eval.Link, error) bool) { yield(eval.Link{Source: "\x1b[2J", ID: "\u202e"}, nil) }) {
		if err != nil || strings.ContainsFunc(l.Source+l.ID, steers) {
			t.Errorf("on a terminal: %+v", l)
		}
	}
}

// entrances are where the walk begins: each page that no other leads to, and each noun of the API.
func entrances(t *testing.T, database string) []string {
	t.Helper()
	bad := url.QueryEscape(hostile[1] + hostile[22] + hostile[27])
	segment := url.PathEscape(hostile[0] + hostile[22])
	all := []string{
		"/", "/matches?view=sources", "/suggestions", "/find?q=" + bad, "/find?q=script", "/matches?team=" + bad, "/matches?state=" + bad, "/teams?name=" + bad,
		"/sources/" + segment, "/nowhere/" + segment, "/acts?actor=" + bad, "/acts?since=" + bad, "/runs/diff?a=1&b=" + bad, "/why?a=" + bad + "&b=" + bad,
		"/preview?do=" + bad, "/preview?do=judge&word=same&a=" + bad + "&b=" + bad, "/suggestions/group?a=" + bad, "/messages?fate=quarantined", "/docs",
		"/v1/nowhere/" + segment, "/v1/matches/" + segment, "/v1/matches?state=" + bad, "/v1/matches?" + bad + "=1", "/v1/sources/" + segment,
		"/v1/matches?limit=" + bad, "/v1/matches?cursor=" + bad, "/v1/why?a=" + bad + "&b=" + bad, "/v1/messages/" + segment, "/readyz", "/metrics", "/openapi.json",
	}
	for _, noun := range []string{"matches", "matches?view=sources", "teams", "tournaments", "titles", "sources", "messages", "suggestions", "judgements", "acts", "runs", "changes", "stats", "survivorship"} {
		all = append(all, "/v1/"+noun)
	}
	for _, p := range mergedPairs(t, database) {
		all = append(all, "/v1/why?a="+string(p.A)+"&b="+string(p.B))
	}
	return all
}

// crawl walks all that a server serves, and looks at each answer.
type crawl struct {
	*server
	first int // how many it begins with
	seen  map[string]bool
	kinds map[string]int
	known map[string]bool // elements and attributes that templates have
	pages int
	away  int // links to sources' own pages
}

func (c *crawl) from(paths ...string) {
	for i := 0; i < len(paths); i++ {
		path := paths[i]
		if kind := kindOf(path); !c.seen[path] && (c.kinds[kind] < eachKind || i < c.first) {
			c.seen[path] = true
			c.kinds[kind]++
			paths = append(paths, c.visit(path)...)
		}
	}
}

// eachKind is how many answers of one kind are looked at.
const eachKind = 15

// kindOf is a path but for what it is of, such as "v1/matches/…/history".
func kindOf(path string) string {
	path, _, _ = strings.Cut(path, "?")
	steps := strings.Split(strings.TrimPrefix(path, "/"), "/")
	of := 1
	if steps[0] == "v1" {
		of = 2
	}
	if len(steps) > of {
		steps[of] = "…"
	}
	return strings.Join(steps, "/")
}

// visit looks at an answer, and returns where it leads.
func (c *crawl) visit(path string) []string {
	c.t.Helper()
	answer, err := http.Get("http://" + c.address + path)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	if answer.StatusCode >= 500 {
		c.t.Errorf("%s: %s", path, answer.Status)
	}
	policy := answer.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
		c.t.Errorf("%s: %v", path, answer.Header)
	}
	switch kind, _, _ := strings.Cut(answer.Header.Get("Content-Type"), ";"); kind {
	case "text/html":
		return c.page(path, body)
	case "application/json", "application/problem+json":
		if kind == "application/problem+json" && strings.ContainsFunc(strings.TrimSpace(string(body)), steers) {
			c.t.Errorf("%s: a problem steers the terminal: %q", path, body)
		}
		return hrefs(body)
	case "text/plain", "application/octet-stream", "text/css", "text/javascript", "image/svg+xml", "image/png":
		return nil
	default:
		c.t.Errorf("%s: is of the kind %q", path, kind)
		return nil
	}
}

// hrefs are the paths of the API that an answer in JSON tells.
func hrefs(body []byte) []string {
	var found []string
	for _, href := range regexp.MustCompile(`"(/v1/[^"]*)"`).FindAllSubmatch(body, -1) {
		var path string
		if json.Unmarshal(href[0], &path) == nil && !strings.Contains(path, "wait=") && !strings.Contains(path, "{") {
			found = append(found, path)
		}
	}
	return found
}

// page parses a page as browsers do: it has no element, attribute or kind of link that its
// templates have not, and nothing in it is turned round or unseen, but in a field, which
// holds what it is to send back.
func (c *crawl) page(path string, body []byte) []string {
	c.t.Helper()
	c.pages++
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	blame := func(format string, args ...any) {
		c.t.Errorf("%s: %s", path, fmt.Sprintf(format, args...))
	}
	var leads []string
	for n := range root.Descendants() {
		if strings.ContainsFunc(strings.NewReplacer("\n", "", "\t", "").Replace(n.Data), text.Unruly) {
			blame("not drawn: %q", n.Data)
		}
		switch {
		case n.Type == html.CommentNode:
			blame("a comment: %s", n.Data)
		case n.Type == html.TextNode && n.Parent.Data == "script":
			blame("a script: %s", n.Data)
		case n.Type == html.TextNode && strings.Contains(n.Data, strings.Repeat("unbreakable", 30)) && !strings.HasPrefix(path, "/messages/"):
			blame("a name that is too long")
		case n.Type != html.ElementNode:
			continue
		}
		if n.Type == html.ElementNode && !c.known["<"+n.Data] {
			blame("an element <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if !c.known[a.Key] || strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" {
				blame("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
			if a.Key != "value" && strings.ContainsFunc(a.Val, text.Unruly) || strings.Contains(a.Val, "ZgotmplZ") {
				blame("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
			if slices.Contains([]string{"href", "src", "action", "hx-get", "hx-post"}, a.Key) {
				leads = append(leads, c.link(n, a, blame)...)
			}
		}
	}
	return leads
}

// link looks at where an element leads, and returns it if it is a page of this server's.
func (c *crawl) link(n *html.Node, a html.Attribute, blame func(string, ...any)) []string {
	u, err := url.Parse(a.Val)
	switch {
	case err != nil:
		blame("<%s %s=%q>: %v", n.Data, a.Key, a.Val, err)
		return nil
	case u.Scheme == "" && u.Host == "" && (strings.HasPrefix(a.Val, "/") || strings.HasPrefix(a.Val, "#") || strings.HasPrefix(a.Val, "?") || a.Val == ""):
		if n.Data == "a" && u.Path != "" {
			return []string{u.RequestURI()}
		}
		return nil
	case n.Data != "a" || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		blame("<%s %s=%q> leads away", n.Data, a.Key, a.Val)
		return nil
	}
	for _, other := range n.Attr {
		if other.Key == "rel" && strings.Contains(other.Val, "noreferrer") && strings.Contains(other.Val, "noopener") {
			c.away++
			return nil
		}
	}
	blame("a link to another site tells it where it was: %q", a.Val)
	return nil
}

// finish tells whether the walk has been everywhere.
func (c *crawl) finish() {
	c.t.Helper()
	for kind := range strings.FieldsSeq("matches matches/… teams teams/… tournaments tournaments/… titles titles/… sources sources/… messages messages/… acts acts/… runs runs/… suggestions preview changes find why docs " +
		"v1/matches v1/matches/… v1/teams/… v1/tournaments/… v1/titles/… v1/sources/… v1/messages/… v1/acts v1/changes v1/suggestions v1/runs v1/stats v1/why") {
		if c.kinds[kind] == 0 {
			c.t.Errorf("nothing of %s was seen", kind)
		}
	}
	if c.away == 0 {
		c.t.Error("no address of a match is a link, though some are of http")
	}
	c.t.Logf("%d answers, %d of them pages: %v", len(c.seen), c.pages, slices.Sorted(maps.Keys(c.kinds)))
}

// templated are the elements, as "<a", and the attributes that pages may have: those that
// their templates have.
func templated(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{"<tbody": true} // which parsers put in
	for _, pattern := range []string{"../../api/web/templates/*.html", "../../api/docs/*.html"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, tag := range regexp.MustCompile(`<([a-z][a-z0-9]*)`).FindAllStringSubmatch(string(content), -1) {
				known["<"+tag[1]] = true
			}
			for _, attribute := range regexp.MustCompile(`([a-zA-Z][a-zA-Z0-9-]*)=|\b(required|checked|selected|open|hidden|defer|autofocus|download|multiple|disabled)\b`).FindAllStringSubmatch(string(content), -1) {
				known[attribute[1]+attribute[2]], known[strings.ToLower(attribute[1])] = true, true
			}
		}
	}
	for _, never := range []string{"<hostile", "<iframe", "<object", "<embed", "<base"} {
		if known[never] {
			t.Errorf("templates have %s", never)
		}
	}
	return known
}
