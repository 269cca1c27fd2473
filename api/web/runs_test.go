package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/resolve"
	"umpire/resolve/run"
)

// A run is asked for, planned, decided on, applied and rolled back by forms alone: a curator decides, and all else is an operator's.
func TestRunByForms(t *testing.T) {
	s, err := makeWorld(context.Background(), "sqlite:"+t.TempDir()+"/umpire.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	pages := New(Config{Store: s})
	h := as(curator, access.Operator, pages)
	post := func(path string, role access.Role, form url.Values) *http.Response {
		t.Helper()
		return postAs(t, pages, path, role, form)
	}
	leads := func(res *http.Response, status int, to string) {
		t.Helper()
		if res.StatusCode != status || res.Header.Get("Location") != to {
			t.Fatalf("%d to %q, want %d to %q", res.StatusCode, res.Header.Get("Location"), status, to)
		}
	}
	state := func(want store.RunState) store.Run {
		t.Helper()
		r, err := s.Run(t.Context(), 1)
		if err != nil || r.State != want {
			t.Fatalf("the run is %s, %v; want %s", r.State, err, want)
		}
		return r
	}
	train := url.Values{"model": {store.WantsTraining}}
	leads(post("/runs", "", train), http.StatusSeeOther, "/sign-in?back=%2Fruns%3Fstate%3Dplanned")
	leads(post("/runs", access.Curator, train), http.StatusForbidden, "")
	leads(post("/runs", access.Operator, train), http.StatusSeeOther, "/runs/1")
	leads(post("/runs/1", access.Operator, url.Values{"do": {"apply"}}), http.StatusConflict, "")
	leads(post("/runs/1", access.Operator, url.Values{"do": {"cancel"}}), http.StatusSeeOther, "/runs/1")
	leads(post("/runs/1", access.Operator, url.Values{"do": {"plan"}}), http.StatusSeeOther, "/runs/1")
	if _, err := run.Plan(t.Context(), s, 1, nil); err != nil {
		t.Fatal(err)
	}
	changes, err := s.RunChanges(t.Context(), store.RunChangeFilter{Run: 1})
	if err != nil || len(changes.Items) == 0 {
		t.Fatal("nothing would change: ", err)
	}
	leads(post("/runs/1", access.Operator, url.Values{"do": {"dance"}}), http.StatusBadRequest, "")
	for _, do := range []string{"apply", "rebase", "rollback", "cancel", "plan"} {
		leads(post("/runs/1", access.Curator, url.Values{"do": {do}}), http.StatusForbidden, "")
	}
	leads(post("/runs/1", access.Curator, url.Values{"do": {"refuse"}, "cause": {"1"}, "back": {"/runs/1?cause=1"}}), http.StatusSeeOther, "/runs/1?cause=1")
	judged, err := s.Judgements(t.Context(), store.JudgementFilter{})
	if err != nil || len(judged.Items) == 0 || judged.Items[0].Word == resolve.Unsure {
		t.Errorf("refused by %+v, %v", judged.Items, err)
	}
	if page := body(t, get(t, h, "/runs/1?cause=1")); !strings.Contains(page, "refused") {
		t.Error("the page does not tell what is refused")
	}
	leads(post("/runs/1", access.Operator, url.Values{"do": {"apply"}}), http.StatusSeeOther, "/runs/1")
	if page := body(t, get(t, h, "/runs/1")); !strings.Contains(page, `hx-trigger="every 2s"`) {
		t.Error("the page of a run that is being applied does not keep up")
	}
	if _, err := run.Turned(t.Context(), s, 1); err != nil {
		t.Fatal(err)
	}
	state(store.RunApplied)
	leads(post("/runs/1", access.Operator, url.Values{"do": {"rollback"}}), http.StatusSeeOther, "/runs/1")
	if _, err := run.Turned(t.Context(), s, 1); err != nil && !errors.Is(err, store.ErrConflict) {
		t.Fatal(err)
	}
	state(store.RunReverted)
}

// Forms are for the run as their page showed it: once something was done to it, each is refused by
// a page that says what it is by now, and the page that one looks at again has forms that do.
func TestRunFormsAreOfAVersion(t *testing.T) {
	s, err := makeWorld(t.Context(), "sqlite:"+t.TempDir()+"/umpire.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	asked, err := s.AskRun(t.Context(), store.Signature{Actor: curator}, store.WantsTraining)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.Plan(t.Context(), s, asked.ID, nil); err != nil {
		t.Fatal(err)
	}
	pages := New(Config{Store: s})
	h := as(curator, access.Operator, pages)
	shown := func(path string) string {
		t.Helper()
		versions := formVersions.FindAllStringSubmatch(body(t, get(t, h, path)), -1)
		forms := strings.Count(body(t, get(t, h, path)), `action="/runs/1"`)
		if len(versions) != forms || forms == 0 {
			t.Fatalf("%s has %d forms and %d versions", path, forms, len(versions))
		}
		return versions[0][1]
	}
	post := func(do, version string) *http.Response {
		return postAs(t, pages, "/runs/1", access.Operator, url.Values{"do": {do}, "version": {version}, "change": {"1"}})
	}
	before := shown("/runs/1?cause=1")
	if res := post("accept", before); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("as shown: %d", res.StatusCode)
	}
	for _, do := range []string{"apply", "rebase", "rollback", "cancel", "plan", "accept", "refuse", "open"} {
		res := post(do, before)
		if page := body(t, res); res.StatusCode != http.StatusConflict || !strings.Contains(page, "Run 1 has changed since version "+before) || !strings.Contains(page, "is planned") {
			t.Errorf("%s of another version: %d\n%s", do, res.StatusCode, page)
		}
	}
	for _, step := range []struct {
		do   string
		then store.RunState
	}{{"apply", store.RunApplying}, {"cancel", store.RunPlanned}, {"rebase", store.RunWaiting}, {"cancel", store.RunCancelled}, {"plan", store.RunWaiting}} {
		res := post(step.do, shown("/runs/1"))
		if r, err := s.Run(t.Context(), 1); res.StatusCode != http.StatusSeeOther || err != nil || r.State != step.then {
			t.Errorf("%s as shown: %d, %s, %v", step.do, res.StatusCode, r.State, err)
		}
	}
	if res := post("cancel", "soon"); res.StatusCode != http.StatusBadRequest {
		t.Errorf("no version: %d", res.StatusCode)
	}
}

var formVersions = regexp.MustCompile(`name="version" value="(\d+)"`)

// postAs sends a form to a page in the name of a role, or of nobody.
func postAs(t *testing.T, pages http.Handler, path string, role access.Role, form url.Values) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Referer", "http://example.com/runs?state=planned")
	if role != "" {
		pages = as(curator, role, pages)
	}
	w := httptest.NewRecorder()
	pages.ServeHTTP(w, r)
	return w.Result()
}
