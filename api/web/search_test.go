package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"umpire/api/access"
	"umpire/api/search"
	"umpire/resolve"
)

func TestSearchPage(t *testing.T) {
	h, _ := worldPages(t)
	for _, c := range []struct {
		why, path string
		status    int
		shows     []string
	}{
		{"nothing asked", "/search", 200, []string{`<input id="find"`}},
		{"a name", "/search?q=fnatic", 200, []string{"<mark>fnatic</mark>", "Narrow the search", `href="/search?kind=match&amp;q=fnatic"`}},
		{"a name that nobody has", "/search?q=qqqqqqqqq", 200, []string{"Nothing has such a name"}},
		{"no letter", "/search?q=!!", 200, []string{`role="alert"`, "no letter and no digit"}},
		{"an id of nobody", "/search?q=tem_0000000000000000", 200, []string{"Nothing has such a name"}},
		{"no such kind", "/search?q=fnatic&kind=player", 200, []string{`role="alert"`}},
		{"a cursor that none gave", "/search?q=fnatic&cursor=x", 200, []string{`role="alert"`}},
		{"narrowed, and how to widen it", "/search?q=fnatic&kind=team", 200, []string{`aria-current="true"`, `href="/search?q=fnatic"`}},
		{"options of a list box", "/search/suggestions?q=fna", 200, []string{`role="option"`, `data-path="/teams/`}},
		{"what cannot be searched yet", "/search/suggestions?q=-", 200, nil},
	} {
		res := httptest.NewRecorder()
		h.ServeHTTP(res, httptest.NewRequest(http.MethodGet, c.path, nil))
		if res.Code != c.status {
			t.Errorf("%s: status %d, want %d", c.why, res.Code, c.status)
		}
		for _, shown := range c.shows {
			if !strings.Contains(strings.ToLower(res.Body.String()), strings.ToLower(shown)) {
				t.Errorf("%s: %s does not show %s:\n%s", c.why, c.path, shown, res.Body)
			}
		}
	}
}

// silent is an index that proposes nothing, and counts how often it was asked.
type silent struct{ asked int }

func (x *silent) Candidates(context.Context, search.Query, int) ([]resolve.ID, error) {
	x.asked++
	return nil, nil
}

// TestOwnWritesAreFound has a reader write: for a while their searches read the database,
// where it is at once, and not the index, which may lag.
func TestOwnWritesAreFound(t *testing.T) {
	_, s := worldPages(t)
	var x silent
	h := as("ann", access.Operator, New(Config{Store: s, Search: &x}))
	ask := func(r *http.Request) *httptest.ResponseRecorder {
		res := httptest.NewRecorder()
		h.ServeHTTP(res, r)
		return res
	}
	if res := ask(httptest.NewRequest(http.MethodGet, "/search?q=fnatic", nil)); x.asked == 0 || strings.Contains(res.Body.String(), "<mark>") {
		t.Errorf("the index was asked %d times, and proposed nothing", x.asked)
	}
	x.asked = 0
	wrote := ask(httptest.NewRequest(http.MethodPost, "/runs", nil))
	again := httptest.NewRequest(http.MethodGet, "/search?q=fnatic", nil)
	for _, c := range wrote.Result().Cookies() {
		again.AddCookie(c)
	}
	if res := ask(again); x.asked > 0 || !strings.Contains(res.Body.String(), "<mark>fnatic</mark>") {
		t.Errorf("the index was asked %d times for one who had just written", x.asked)
	}
}

// TestSearchByKeyboard types a beginning, goes to the second suggestion and back to the
// first, and follows it; and looks for what faults.js finds on the page.
func TestSearchByKeyboard(t *testing.T) {
	h, _ := worldPages(t)
	ctx := openBrowser(t)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	for _, screen := range screens {
		screen.use(ctx, t)
		for _, path := range []string{"/search", "/search?q=fnatic", "/search?q=%3Cscript%3E"} {
			for _, fault := range visit(ctx, t, server.URL+path) {
				t.Errorf("%s at %s: %s", path, screen, fault)
			}
			if path == "/search?q=fnatic" {
				keepScreenshot(ctx, t, screenshots(t), "search-"+screen.String())
			}
		}
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/search")); err != nil {
		t.Fatal(err)
	}
	told, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](keyboardScript, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if len(told) != 6 || told[0] != "combobox false" || told[1] != "true 0" || told[2] != "true 1" || told[3] != "true 0" || told[4] != "false -1" || !strings.HasPrefix(told[5], "/") {
		t.Errorf("the combobox tells %q", told)
	}
}

// keyboardScript tells after each key whether the list is open and which option is active.
const keyboardScript = `(async () => {
  const field = document.querySelector('#find'), told = [];
  const key = (key) => field.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  const options = () => [...document.querySelectorAll('[role=option]')];
  const state = () => field.getAttribute('aria-expanded') + ' ' + options().findIndex((o) => o.id === field.getAttribute('aria-activedescendant'));
  told.push(field.getAttribute('role') + ' ' + field.getAttribute('aria-expanded'));
  field.focus();
  field.value = 'n';
  field.dispatchEvent(new Event('input', { bubbles: true }));
  for (let i = 0; i < 200 && options().length < 2; i++) await new Promise((then) => setTimeout(then, 50));
  key('ArrowDown'); told.push(state());
  key('ArrowDown'); told.push(state());
  key('ArrowUp'); told.push(state());
  const path = options()[0].dataset.path;
  key('Escape'); told.push(state());
  told.push(path);
  return told;
})()`
