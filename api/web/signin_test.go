package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/fixtures/servers"
)

// onEachStore runs a test on an empty store of each kind.
func onEachStore(t *testing.T, test func(t *testing.T, s *store.Store)) {
	for name, address := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + t.TempDir() + "/umpire.db" },
		"postgres": func(t *testing.T) string { return servers.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			s := must(store.Open(t.Context(), address(t)))
			t.Cleanup(func() { s.Close() })
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			test(t, s)
		})
	}
}

// browser is a client that keeps cookies and follows no redirect.
type browser struct {
	*testing.T
	*http.Client
	base string
}

func newBrowser(t *testing.T, server *httptest.Server) browser {
	t.Helper()
	jar := must(cookiejar.New(nil))
	client := *server.Client()
	client.Jar, client.CheckRedirect = jar, func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return browser{t, &client, server.URL}
}

// do asks for a page, or posts a form to it, and returns the status, where it leads and what it has.
func (b browser) do(path string, form url.Values, head ...string) (int, string, string, []*http.Cookie) {
	b.Helper()
	method, sent := http.MethodGet, ""
	if form != nil {
		method, sent = http.MethodPost, form.Encode()
	}
	r := must(http.NewRequestWithContext(b.Context(), method, b.base+path, strings.NewReader(sent)))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	res := must(b.Do(r))
	defer res.Body.Close()
	return res.StatusCode, either(res.Header.Get("Location"), res.Header.Get("Hx-Redirect")), body(b.T, res), res.Cookies()
}

func (b browser) leads(why, path string, form url.Values, status int, to string) {
	b.Helper()
	if got, leads, _, _ := b.do(path, form); got != status || leads != to {
		b.Errorf("%s: %s: %d to %q, want %d to %q", why, path, got, leads, status, to)
	}
}

func madeToken(t *testing.T, s *store.Store, g access.Grant) string {
	t.Helper()
	g.By = "test"
	text, _, err := access.Create(t.Context(), s, g)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// One signs in by a token on the way to a page, and is signed out by leaving, by leaving
// everywhere, by the token's end, and by its being revoked.
func TestSignIn(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *store.Store) {
		server := httptest.NewServer((&access.Guard{Store: s}).Know(New(Config{Store: s})))
		defer server.Close()
		end := time.Now().Add(time.Hour)
		token := madeToken(t, s, access.Grant{Name: "ann", Role: access.Curator, Expires: &end})
		desk, phone := newBrowser(t, server), newBrowser(t, server)

		desk.leads("nobody yet", "/acts?verb=merge", nil, http.StatusSeeOther, "/sign-in?back=%2Facts%3Fverb%3Dmerge")
		status, to, _, _ := desk.do("/figures", nil, "HX-Request", "true", "HX-Current-URL", server.URL+"/matches?team=nip")
		if status != http.StatusUnauthorized || to != "/sign-in?back=%2Fmatches%3Fteam%3Dnip" {
			t.Errorf("a part of a page: %d to %q", status, to)
		}
		for _, wrong := range []string{"", "umpire_", token + "x", strings.ToUpper(token), strings.Replace(token, "umpire_", "umpire_x", 1)} {
			status, _, page, cookies := desk.do("/sign-in", url.Values{"token": {wrong}})
			if status != http.StatusBadRequest || len(cookies) > 0 || !strings.Contains(page, `role="alert">This token is not known.`) || wrong != "" && strings.Contains(page, wrong+`"`) {
				t.Errorf("by %q: %d, %v, %s", wrong, status, cookies, page)
			}
		}
		signIn := func(b browser, back, to string) *http.Cookie {
			t.Helper()
			status, at, _, cookies := b.do("/sign-in", url.Values{"token": {" " + token + "\n"}, "back": {back}})
			if status != http.StatusSeeOther || at != to || len(cookies) != 1 {
				t.Fatalf("signed in: %d to %q, %v", status, at, cookies)
			}
			return cookies[0]
		}
		cookie := signIn(desk, "/acts?verb=merge", "/acts?verb=merge")
		if cookie.Name != "umpire_session" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Secure || cookie.Path != "/" || cookie.Domain != "" ||
			cookie.MaxAge > 3600 || cookie.MaxAge < 3500 || strings.Contains(token, cookie.Value) {
			t.Errorf("the cookie is %v", cookie)
		}
		if status, _, page, _ := desk.do("/acts", nil); status != http.StatusOK || !strings.Contains(page, `ann</bdi> <span class="role">curator`) {
			t.Errorf("signed in, and /acts is %d: %s", status, page)
		}
		again := signIn(desk, "//evil.example/", "/")
		if again.Value == cookie.Value {
			t.Error("signed in again, and the session is the same")
		}
		stale := newBrowser(t, server)
		if status, _, _, _ := stale.do("/acts", nil, "Cookie", cookie.Name+"="+cookie.Value); status != http.StatusSeeOther {
			t.Errorf("the session that was replaced is good still: %d", status)
		}

		signIn(phone, "/", "/")
		desk.leads("signing out", "/sign-out", url.Values{}, http.StatusSeeOther, "/sign-in")
		desk.leads("signed out", "/acts", nil, http.StatusSeeOther, "/sign-in?back=%2Facts")
		phone.leads("not signed out here", "/acts", nil, http.StatusOK, "")
		signIn(desk, "/", "/")
		desk.leads("signing out everywhere", "/sign-out", url.Values{"where": {"everywhere"}}, http.StatusSeeOther, "/sign-in")
		phone.leads("signed out elsewhere", "/acts", nil, http.StatusSeeOther, "/sign-in?back=%2Facts")

		signIn(desk, "/", "/")
		if _, err := s.RevokeTokenNamed(t.Context(), "ann"); err != nil {
			t.Fatal(err)
		}
		desk.leads("its token is revoked", "/acts", nil, http.StatusSeeOther, "/sign-in?back=%2Facts")
		if status, _, page, _ := desk.do("/sign-in", url.Values{"token": {token}}); status != http.StatusBadRequest || !strings.Contains(page, "This token was revoked.") {
			t.Errorf("by a revoked token: %d", status)
		}
	})
}

// Over TLS the cookie is the host's alone, and goes nowhere else.
func TestSessionOverTLS(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *store.Store) {
		server := httptest.NewTLSServer((&access.Guard{Store: s}).Know(New(Config{Store: s})))
		defer server.Close()
		b := newBrowser(t, server)
		_, _, _, cookies := b.do("/sign-in", url.Values{"token": {madeToken(t, s, access.Grant{Name: "ann", Role: access.Reader})}})
		if len(cookies) != 1 || cookies[0].Name != "__Host-umpire_session" || !cookies[0].Secure || cookies[0].Path != "/" || cookies[0].Domain != "" {
			t.Fatalf("cookies: %v", cookies)
		}
		b.leads("signed in", "/acts", nil, http.StatusOK, "")
		plain := newBrowser(t, server)
		if status, _, _, _ := plain.do("/acts", nil, "Cookie", "umpire_session="+cookies[0].Value); status != http.StatusSeeOther {
			t.Errorf("a cookie that a neighbour could set is taken: %d", status)
		}
	})
}

// Forms by which one acts are drawn for those alone who may.
func TestFormsAreForWhoMay(t *testing.T) {
	_, s := worldPages(t)
	pages := New(Config{Store: s, Explainer: must(worldEngine())})
	merged := findMatch(t, s, store.MatchFilter{Sort: store.ByStart, Limit: 500}, func(m store.Match) bool { return m.Sources > 2 })
	forms := map[string][]string{ // by page, those of curators, and behind a bar those of operators
		"/suggestions":                  {`action="/decisions"`, `data-key="s"`, `href="/preview`},
		"/acts":                         {`action="/decisions"`, `id="by"`},
		"/acts/1":                       {`action="/decisions"`},
		pathOf(merged.ID):               {`action="/preview"`, `class="tick"`, `id="with"`, `id="field"`},
		pathOf(merged.Sides[0].Team.ID): {`action="/preview"`, `id="with"`},
		overriddenPath(t, s):            {`aria-label="Lift`},
		"/sources/hltv":                 {`id="trust"`},
		"/survivorship":                 {`value="rule"`, `name="rule"`, `value="trust"`, `aria-label="Undo act`},
		"/runs":                         {"|", `action="/runs"`},
		"/runs/2":                       {"|", `value="apply"`},
		"/runs/2?cause=1":               {`value="accept"`, "|", `value="apply"`},
	}
	for path, marks := range forms {
		for _, role := range access.Roles {
			if role == access.Source {
				continue // it reads nothing
			}
			page, operators := body(t, get(t, as(curator, role, pages), path)), false
			for _, mark := range marks {
				if mark == "|" {
					operators = true
					continue
				}
				may := role.May(access.Decide) && (!operators || role.May(access.Operate))
				if strings.Contains(page, mark) != may {
					t.Errorf("%s for a %s: %s is drawn: %t", path, role, mark, !may)
				}
			}
			if role == access.Reader && strings.Contains(page, `method="post"`) {
				t.Errorf("%s for a reader has a form that acts", path)
			}
		}
	}
}

// What the sign-in looks like, before and after, by day and by night, on a desk and on a phone.
func TestSignInInBrowser(t *testing.T) {
	s := must(world())
	token := madeToken(t, s, access.Grant{Name: "Bartholomew of the long name", Role: access.Operator})
	server := httptest.NewServer((&access.Guard{Store: s}).Know(New(Config{Store: s})))
	t.Cleanup(server.Close)
	ctx, dir := openBrowser(t), screenshots(t)
	look := func(name string) {
		t.Helper()
		for _, screen := range screens {
			screen.use(ctx, t)
			for _, fault := range visit(ctx, t, server.URL+"/sign-in?back=/acts") {
				t.Errorf("%s: %s", name, fault)
			}
			keepScreenshot(ctx, t, dir, "sign-in-"+name+"-"+screen.String())
		}
	}
	look("nobody")
	r := reader{t, ctx, server.URL}
	r.run(`document.querySelector('#token').value = 'umpire_1_nonsense'; document.querySelector('main .primary').click()`)
	r.until(`document.querySelector('#token-fault')`)
	r.keep("sign-in-refused")
	r.run(fmt.Sprintf(`document.querySelector('#token').value = %q; document.querySelector('main .primary').click()`, token))
	r.until(`location.pathname === '/acts'`)
	look("signed-in")
	r.run(`document.querySelector('button[value=everywhere]').click()`)
	r.until(`location.pathname === '/sign-in' && document.querySelector('.who').innerText === 'Sign in'`)
}

// The session ends in the midst of the queue: the next key leads to the sign-in, and from there back.
func TestSessionEndsInTheQueue(t *testing.T) {
	s, err := makeWorld(context.Background(), "sqlite:"+t.TempDir()+"/ends.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	server := httptest.NewServer((&access.Guard{Store: s}).Know(New(Config{Store: s})))
	t.Cleanup(server.Close)
	r := sitDown(t, server.URL, s, "ann", access.Curator)
	tokens := must(s.Tokens(t.Context()))
	at := slices.IndexFunc(tokens, func(k store.Token) bool { return k.Name == "ann" })
	if err := s.CloseSessions(t.Context(), tokens[at].ID); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(r.ctx, chromedp.KeyEvent("d")); err != nil {
		t.Fatal(err)
	}
	r.until(`location.pathname === '/sign-in' && location.search.includes('suggestions')`)
	if acts := must(s.Acts(t.Context(), store.ActFilter{})); len(acts.Items) != 0 {
		t.Errorf("nobody decided %v", acts.Items)
	}
}
