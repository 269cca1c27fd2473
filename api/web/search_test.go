package web

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"umpire/ent/store"
)

// searchPages serves the pages of the world, and searches.
func searchPages(t *testing.T) (http.Handler, *store.Store) {
	t.Helper()
	pages, st := worldPages(t)
	s := &site{Config: Config{Store: st}, pages: parsePages()}
	mux := http.NewServeMux()
	for pattern, h := range s.searchRoutes() {
		mux.Handle(pattern, secured(s.answer(h)))
	}
	mux.Handle("/", pages)
	return dressed(mux), st
}

// dressed has each page load what fields that suggest need, as its head is to.
func dressed(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		held := httptest.NewRecorder()
		h.ServeHTTP(held, r)
		maps.Copy(w.Header(), held.Header())
		w.Header().Del("Content-Length")
		w.WriteHeader(held.Code)
		w.Write([]byte(strings.Replace(held.Body.String(), "</head>",
			`<link rel="stylesheet" href="`+assetRoot+`search.css"><script src="`+assetRoot+`search.js" defer></script></head>`, 1)))
	})
}

func TestSearchPage(t *testing.T) {
	h, _ := searchPages(t)
	for _, c := range []struct {
		why, path string
		status    int
		shows     []string
	}{
		{"nothing asked", "/search", 200, []string{`<input id="search"`}},
		{"a name", "/search?q=fnatic", 200, []string{"<mark>fnatic</mark>", "Narrow the search", `href="/search?kind=match&amp;q=fnatic"`}},
		{"a name that nobody has", "/search?q=qqqqqqqqq", 200, []string{"Nothing has such a name"}},
		{"no letter", "/search?q=!!", 200, []string{`role="alert"`, "no letter and no digit"}},
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

// TestSearchByKeyboard types a beginning, goes to the second suggestion and back to the
// first, and follows it; and looks for what faults.js finds on the page.
func TestSearchByKeyboard(t *testing.T) {
	h, _ := searchPages(t)
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
  const field = document.querySelector('#search'), told = [];
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
