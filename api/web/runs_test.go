package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"umpire/ent/store"
	"umpire/resolve"
	"umpire/resolve/run"
)

// A run is asked for, planned, decided on, applied and rolled back by forms alone; each needs a name.
func TestRunByForms(t *testing.T) {
	s, err := makeWorld(context.Background(), "sqlite:"+t.TempDir()+"/umpire.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	h := New(Config{Store: s})
	post := func(path, actor string, form url.Values) *http.Response {
		t.Helper()
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		if actor != "" {
			r.AddCookie(&http.Cookie{Name: actorCookie, Value: actor})
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result()
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
	leads(post("/runs", "", train), http.StatusSeeOther, "/who?back=%2Fruns")
	leads(post("/runs", curator, train), http.StatusSeeOther, "/runs/1")
	leads(post("/runs/1", curator, url.Values{"do": {"apply"}}), http.StatusConflict, "")
	leads(post("/runs/1", curator, url.Values{"do": {"cancel"}}), http.StatusSeeOther, "/runs/1")
	leads(post("/runs/1", curator, url.Values{"do": {"plan"}}), http.StatusSeeOther, "/runs/1")
	if _, err := run.Plan(t.Context(), s, 1, nil); err != nil {
		t.Fatal(err)
	}
	changes, err := s.RunChanges(t.Context(), store.RunChangeFilter{Run: 1})
	if err != nil || len(changes.Items) == 0 {
		t.Fatal("nothing would change: ", err)
	}
	leads(post("/runs/1", curator, url.Values{"do": {"dance"}}), http.StatusBadRequest, "")
	leads(post("/runs/1", curator, url.Values{"do": {"refuse"}, "cause": {"1"}, "back": {"/runs/1?cause=1"}}), http.StatusSeeOther, "/runs/1?cause=1")
	judged, err := s.Judgements(t.Context(), store.JudgementFilter{})
	if err != nil || len(judged.Items) == 0 || judged.Items[0].Word == resolve.Unsure {
		t.Errorf("refused by %+v, %v", judged.Items, err)
	}
	if page := body(t, get(t, h, "/runs/1?cause=1")); !strings.Contains(page, "refused") {
		t.Error("the page does not tell what is refused")
	}
	leads(post("/runs/1", curator, url.Values{"do": {"apply"}}), http.StatusSeeOther, "/runs/1")
	if page := body(t, get(t, h, "/runs/1")); !strings.Contains(page, `hx-trigger="every 2s"`) {
		t.Error("the page of a run that is being applied does not keep up")
	}
	if _, err := run.Turned(t.Context(), s, 1); err != nil {
		t.Fatal(err)
	}
	state(store.RunApplied)
	leads(post("/runs/1", curator, url.Values{"do": {"rollback"}}), http.StatusSeeOther, "/runs/1")
	if _, err := run.Turned(t.Context(), s, 1); err != nil && !errors.Is(err, store.ErrConflict) {
		t.Fatal(err)
	}
	state(store.RunReverted)
}
