package api

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"umpire/api/access"
	"umpire/api/web"
	"umpire/ent/store"
)

// visitors are the columns of testdata/roles.txt: who asks, as a header.
type visitors map[string]string

// invite makes a token of each kind in a world, and one that has expired, and one that was revoked.
func (w *world) invite(t *testing.T) visitors {
	t.Helper()
	all := visitors{"nobody": nobody, "forged": "Authorization: Bearer umpire_x_" + strings.Repeat("x", 43), "basic": "Authorization: Basic YW5uOmFubg=="}
	for _, role := range access.Roles {
		g := access.Grant{Name: "a " + string(role), Role: role, By: "test"}
		if role == access.Source {
			g.Source = "alpha"
		}
		text, _, err := access.Create(t.Context(), w.Store, g)
		check(t, err)
		all[string(role)] = "Authorization: Bearer " + text
	}
	soon := time.Now().Add(20 * time.Millisecond)
	expired, _, err := access.Create(t.Context(), w.Store, access.Grant{Name: "late", Role: access.Admin, Expires: &soon, By: "test"})
	check(t, err)
	revoked, _, err := access.Create(t.Context(), w.Store, access.Grant{Name: "gone", Role: access.Admin, By: "test"})
	check(t, err)
	_, err = w.RevokeTokenNamed(t.Context(), "gone")
	check(t, err)
	time.Sleep(time.Until(soon))
	all["expired"], all["revoked"] = "Authorization: Bearer "+expired, "Authorization: Bearer "+revoked
	return all
}

// everyRoute lists what the router and the pages answer, by what testdata/roles.txt calls it: the
// method and pattern, without what differs from build to build.
func everyRoute(t *testing.T, a *API) map[string]string {
	t.Helper()
	routes := map[string]string{}
	check(t, chi.Walk(a.router, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		routes[method+" "+route] = method + " " + route
		return nil
	}))
	for _, pattern := range web.Patterns() {
		routes["page "+regexp.MustCompile(`(/assets/)\w+/`).ReplaceAllString(pattern, "$1")] = pattern
	}
	return routes
}

// stated reads testdata/roles.txt: its columns, and by route what becomes of each visitor.
func stated(t *testing.T) ([]string, map[string][]string) {
	t.Helper()
	file, err := os.Open("testdata/roles.txt")
	check(t, err)
	defer file.Close()
	var columns []string
	rows := map[string][]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
		route, cells, found := strings.Cut(line, "|")
		switch {
		case !found:
		case columns == nil:
			columns = strings.Fields(cells)
		default:
			route = strings.Join(strings.Fields(route), " ")
			if rows[route] = strings.Fields(cells); len(rows[route]) != len(columns) {
				t.Fatalf("the row of %s has %d cells, not %d", route, len(rows[route]), len(columns))
			}
		}
	}
	return columns, rows
}

// TestEveryRouteEveryRole asks each route in the name of each role, and of those who have no
// token that is good, and holds what becomes of them to what testdata/roles.txt states. A route
// that has no row there fails.
func TestEveryRouteEveryRole(t *testing.T) {
	columns, rows := stated(t)
	onEach(t, func(t *testing.T, w *world) {
		serve := func(open bool) *API {
			guard := &access.Guard{Store: w.Store, OpenReading: open}
			return New(Config{Store: w.Store, Guard: guard, Intake: intake{w.Store}, Pages: web.New(web.Config{Store: w.Store, Guard: guard})})
		}
		closed, open := serve(false), serve(true)
		visitors := w.invite(t)
		routes := everyRoute(t, closed)
		for route, pattern := range routes {
			cells, found := rows[route]
			if !found {
				t.Errorf("%s has no row in testdata/roles.txt, which says who may ask it", route)
				continue
			}
			for i, column := range columns {
				a, who := closed, column
				if name, is := strings.CutPrefix(column, "open:"); is {
					a, who = open, name
				}
				if got := w.becomes(t, a, pattern, visitors[who]); got != cells[i] {
					t.Errorf("%s by %s: %s, want %s", route, column, got, cells[i])
				}
			}
		}
		for route := range rows {
			if routes[route] == "" {
				t.Errorf("testdata/roles.txt has a row for %s, which there is not", route)
			}
		}
	})
}

// becomes asks a route in somebody's name, and tells what becomes of them: "may", "sign-in", or a
// status. What may be read may be asked the head of, and nothing else may.
func (w *world) becomes(t *testing.T, a *API, route, header string) string {
	t.Helper()
	method, pattern, _ := strings.Cut(route, " ")
	path := strings.NewReplacer("{$}", "", "{a}", string(w.m2.ID), "{b}", string(w.x.ID), "{source}", "alpha", "{id}", "999999", "{kind}", "team", "{field}", "name", "/*", "/x").Replace(pattern)
	if pattern == "/" { // all that is nowhere else
		path = "/nowhere"
	}
	told := w.verdict(t, a, method, path, header)
	if method == http.MethodGet {
		same(t, "HEAD "+path, w.verdict(t, a, http.MethodHead, path, header), told)
	}
	return told
}

func (w *world) verdict(t *testing.T, a *API, method, path, header string) string {
	t.Helper()
	name, value, _ := strings.Cut(header, ": ")
	r := httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody)
	r.Header.Set(name, value)
	recorded := httptest.NewRecorder()
	a.ServeHTTP(recorded, r)
	answer, body := recorded.Result(), recorded.Body.String()
	for token := range strings.FieldsSeq(value) {
		if strings.HasPrefix(token, "umpire_") && strings.Contains(body+fmt.Sprint(answer.Header), token) {
			t.Errorf("%s %s tells the token", method, path)
		}
	}
	switch {
	case answer.StatusCode == http.StatusUnauthorized:
		if answer.Header.Get("WWW-Authenticate") == "" || answer.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s: %v", method, path, answer.Header)
		}
		return "401"
	case answer.StatusCode == http.StatusForbidden:
		return "403"
	case strings.HasPrefix(answer.Header.Get("Location"), "/sign-in?back="):
		return "sign-in"
	case answer.StatusCode >= 500 && answer.StatusCode != http.StatusServiceUnavailable:
		t.Errorf("%s %s: %d", method, path, answer.StatusCode)
	}
	return "may"
}

// A token that is known may do less than is asked: the answer names the role that is needed.
func TestDenialsNameTheRole(t *testing.T) {
	w := onSQLite(t)
	visitors := w.invite(t)
	for _, test := range []struct{ who, method, path, says string }{
		{"reader", "POST", "/v1/judgements", "this needs the role curator or operator or admin; the role of a reader is reader"},
		{"curator", "POST", "/v1/runs", "this needs the role operator or admin; the role of a curator is curator"},
		{"source", "GET", "/v1/matches", "this needs the role reader or curator or operator or admin; the role of a source is source"},
		{"reader", "POST", "/v1/messages", "this needs the role source or operator or admin; the role of a reader is reader"},
	} {
		answer, body := w.send(t, test.method, test.path, "", visitors[test.who])
		same(t, test.path, answer.StatusCode, http.StatusForbidden)
		isProblem(t, answer, body)
		same(t, test.path, at(body, "detail"), any(test.says))
	}
	for who, says := range map[string]string{"expired": "this token has expired", "revoked": "this token was revoked", "forged": "this token is not known"} {
		answer, body := w.send(t, "GET", "/v1/matches", "", visitors[who])
		isProblem(t, answer, body)
		same(t, who, at(body, "detail"), any(says))
		same(t, who, answer.Header.Get("WWW-Authenticate"), `Bearer realm="umpire", error="invalid_token"`)
	}
}

// A source publishes, and takes back, as itself alone; one message of another refuses all that
// came with it.
func TestSourcesSpeakForThemselves(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		alpha := w.invite(t)["source"]
		for _, test := range []struct {
			why, method, path, kind, sent string
			status                        int
			field                         string
		}{
			{"its own", "POST", "/v1/messages", "application/json", `{"source":"alpha","id":"7"}`, 201, ""},
			{"its own, by the line", "POST", "/v1/messages", "application/x-ndjson", `{"source":"alpha","id":"8"}` + "\n" + `{"source":"alpha","id":"9"}`, 201, ""},
			{"another's", "POST", "/v1/messages", "application/json", `{"source":"beta","id":"7"}`, 403, "body.source"},
			{"nobody's", "POST", "/v1/messages", "application/json", `{"id":"7"}`, 403, "body.source"},
			{"what cannot be read", "POST", "/v1/messages", "application/json", `{"source":"alpha"`, 403, "body.source"},
			{"one of another's among its own", "POST", "/v1/messages", "application/x-ndjson", `{"source":"alpha","id":"10"}` + "\n" + `{"source":"beta","id":"7"}`, 403, "body[1].source"},
			{"its own match taken back", "DELETE", "/v1/sources/alpha/matches/7", "", "", 200, ""},
			{"another's", "DELETE", "/v1/sources/beta/matches/b%2F9", "", "", 403, "source"},
		} {
			name, value, _ := strings.Cut(alpha, ": ")
			answer, told := fetch(t, w.api, test.method, test.path, http.Header{name: {value}, "Content-Type": {test.kind}}, test.sent)
			body := decoded(t, told)
			same(t, test.why, answer.StatusCode, test.status)
			if test.field != "" {
				isProblem(t, answer, body)
				same(t, test.why, at(body, "errors.0.location"), any(test.field))
				same(t, test.why, at(body, "errors.0.message"), any("is to be alpha: this token speaks for no other"))
			}
		}
		messages, err := w.Messages(t.Context(), store.MessageFilter{Source: new("beta")})
		check(t, err)
		same(t, "messages of beta", len(messages.Items), 3) // as many as before
		_, err = w.Record(t.Context(), "alpha", "10", "")
		if err == nil {
			t.Error("what came with another's message was taken in")
		}
	})
}

// An operation that does not say what it needs is not served.
func TestOperationsSayWhatTheyNeed(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an operation without a permission was registered")
		}
	}()
	a := New(Config{})
	handle(a, "", get("/v1/nothing", "Stats", "getNothing", "Read nothing", "Nothing."), a.getStats)
}

// An admin sees all tokens, but nothing that is secret of them, and ends one by its id, and by
// nothing else.
func TestTokensAreSeenAndRevoked(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		visitors := w.invite(t)
		answer, body := w.send(t, "GET", "/v1/tokens", "", ann)
		same(t, "status", answer.StatusCode, http.StatusOK)
		same(t, "names", strings.Join(column(body, "items", "name"), ","), "ann,bo,a reader,a source,a curator,a operator,a admin,late,gone")
		same(t, "states", strings.Join(column(body, "items", "state"), ","), "live,live,live,live,live,live,live,expired,revoked")
		for who, header := range visitors {
			if secret := header[strings.LastIndex(header, "_")+1:]; strings.HasPrefix(header, "Authorization: Bearer umpire_") && strings.Contains(fmt.Sprint(body), secret) {
				t.Errorf("the secret of %s is told", who)
			}
		}
		answer, _ = w.send(t, "DELETE", "/v1/tokens/a%20reader", "", ann)
		same(t, "by a name", answer.StatusCode, http.StatusNotFound)
		answer, _ = w.send(t, "GET", "/v1/matches", "", visitors["reader"])
		same(t, "before", answer.StatusCode, http.StatusOK)
		for range 2 {
			answer, told := w.send(t, "DELETE", "/v1/tokens/"+column(body, "items", "id")[2], "", ann)
			same(t, "revoked", answer.StatusCode, http.StatusOK)
			same(t, "revoked", at(told, "state"), any("revoked"))
		}
		answer, _ = w.send(t, "GET", "/v1/matches", "", visitors["reader"])
		same(t, "after", answer.StatusCode, http.StatusUnauthorized)
	})
}
