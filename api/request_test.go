package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/rs/zerolog"

	"umpire/fixtures/servers"
)

func TestReadingsAreConditional(t *testing.T) {
	w := onSQLite(t)
	for _, path := range []string{
		"/v1/matches", "/v1/matches?view=sources", "/v1/matches/{M1}", "/v1/teams/{NIP}", "/v1/teams", "/v1/matches/{M1}/history",
		"/v1/sources/alpha/matches/1", "/v1/messages/1/body", "/v1/changes", "/v1/stats",
	} {
		path = w.expand(path)
		first, told := fetch(t, w.api, "GET", path, nil)
		tag := first.Header.Get("ETag")
		if !strings.HasPrefix(tag, `"`) || len(told) == 0 {
			t.Fatalf("%s: ETag %s of %d bytes", path, tag, len(told))
		}
		same(t, path, first.Header.Get("Cache-Control"), "no-cache")
		for _, test := range []struct {
			why, match string
			status     int
		}{
			{"the same", tag, 304},
			{"weakly the same", "W/" + tag, 304},
			{"one of several", `"other", ` + tag, 304},
			{"any", "*", 304},
			{"another", `"other"`, 200},
		} {
			answer, body := fetch(t, w.api, "GET", path, http.Header{"If-None-Match": {test.match}})
			if answer.StatusCode != test.status || answer.Header.Get("ETag") != tag || test.status == 304 && len(body) > 0 {
				t.Errorf("%s: %s: %d, ETag %s, %d bytes", path, test.why, answer.StatusCode, answer.Header.Get("ETag"), len(body))
			}
		}
	}
}

// TestETagFollowsNames: a match is told anew when a team of it is renamed, although the
// match's own version stays.
func TestETagFollowsNames(t *testing.T) {
	w := onSQLite(t)
	path := w.expand("/v1/matches/{M1}")
	before, _ := fetch(t, w.api, "GET", path, nil)
	check(t, w.rename(t.Context(), w.m1.Sides[1].Team.ID, "Ninjas"))
	after, told := fetch(t, w.api, "GET", path, http.Header{"If-None-Match": {before.Header.Get("ETag")}})
	same(t, "status", after.StatusCode, 200)
	same(t, "the new name", at(decoded(t, told), "teams.1.name"), any("Ninjas"))
}

func TestHead(t *testing.T) {
	w := onSQLite(t)
	for path, status := range map[string]int{"/v1/matches": 200, "/v1/matches/{M1}": 200, "/v1/matches/{M9}": 308, "/v1/matches/{X}": 410, "/healthz": 200, "/openapi.json": 200} {
		path = w.expand(path)
		get, told := fetch(t, w.api, "GET", path, nil)
		head, body := fetch(t, w.api, "HEAD", path, nil)
		same(t, path, head.StatusCode, status)
		same(t, path, len(body), 0)
		same(t, path+" ETag", head.Header.Get("ETag"), get.Header.Get("ETag"))
		same(t, path+" Location", head.Header.Get("Location"), get.Header.Get("Location"))
		if head.ContentLength >= 0 && status != 410 { // a problem tells its request
			same(t, path+" length", head.ContentLength, int64(len(told)))
		}
	}
}

// logged serves what a function makes of a log, and returns what is logged, an event a line.
func logged(t *testing.T, make func(zerolog.Logger) *API, method, path string, header http.Header) (*http.Response, any, []map[string]any) {
	t.Helper()
	var log bytes.Buffer
	answer, body := fetch(t, make(zerolog.New(&log)), method, path, header)
	var events []map[string]any
	for line := range bytes.Lines(log.Bytes()) {
		var event map[string]any
		check(t, json.Unmarshal(line, &event))
		events = append(events, event)
	}
	return answer, decoded(t, body), events
}

func TestEachRequestIsLoggedOnce(t *testing.T) {
	w := onSQLite(t)
	serve := func(log zerolog.Logger) *API { return New(Config{Store: w.Store, Log: log}) }
	answer, _, events := logged(t, serve, "GET", w.expand("/v1/matches/{M1}?"), http.Header{"X-Request-Id": {"mine-1"}})
	if len(events) != 1 {
		t.Fatalf("events: %v", events)
	}
	for member, want := range map[string]any{
		"method": "GET", "path": "/v1/matches/" + string(w.m1.ID), "route": "/v1/matches/{id}", "status": 200.0,
		"bytes": float64(answer.ContentLength), "request": "mine-1", "level": "info",
	} {
		same(t, member, events[0][member], want)
	}
	if _, timed := events[0]["ms"].(float64); !timed {
		t.Errorf("no time: %v", events[0])
	}
}

func TestRequestIDs(t *testing.T) {
	for _, test := range []struct {
		why, id string
		kept    bool
	}{
		{"a sane one", "a.B-9_", true},
		{"none", "", false},
		{"a forged line of the log", `x" level="error`, false},
		{"too long", strings.Repeat("a", 65), false},
	} {
		answer, _ := fetch(t, New(Config{}), "GET", "/healthz", http.Header{"X-Request-Id": {test.id}})
		got := answer.Header.Get("X-Request-Id")
		if (got == test.id) != test.kept || !saneID.MatchString(got) {
			t.Errorf("%s: %q became %q", test.why, test.id, got)
		}
	}
}

// TestFaultsAreNotShown: what fails inside is in the log, under the id that the client has.
func TestFaultsAreNotShown(t *testing.T) {
	w := empty(t, "sqlite:"+filepath.Join(t.TempDir(), "umpire.db"))
	other := empty(t, "sqlite:"+filepath.Join(t.TempDir(), "closed.db"))
	check(t, other.Close())
	for _, test := range []struct {
		why, path, logs string
		config          Config
	}{
		{"a database that is closed", "/v1/matches", "closed", Config{Store: other.Store}},
		{"a panic", "/readyz", "boom-7", Config{Store: w.Store, Ready: []Check{{Name: "bomb", Ask: func(context.Context) error { panic("boom-7") }}}}},
		{"a page that panics", "/", "boom-8", Config{Store: w.Store, Pages: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom-8") })}},
	} {
		serve := func(log zerolog.Logger) *API {
			test.config.Log = log
			return New(test.config)
		}
		answer, body, events := logged(t, serve, "GET", test.path, nil)
		same(t, test.why, answer.StatusCode, 500)
		isProblem(t, answer, body)
		told, err := json.Marshal(body)
		check(t, err)
		if strings.Contains(string(told), test.logs) || strings.Contains(string(told), "goroutine") {
			t.Errorf("%s: shown: %s", test.why, told)
		}
		if len(events) != 1 || events[0]["level"] != "error" || events[0]["request"] != answer.Header.Get("X-Request-Id") {
			t.Fatalf("%s: logged: %v", test.why, events)
		}
		log, err := json.Marshal(events[0])
		check(t, err)
		if !strings.Contains(string(log), test.logs) {
			t.Errorf("%s: not logged: %s", test.why, log)
		}
	}
}

// TestDatabaseAway: while the database is down, a client is told to come again; where it
// is and what it said is for the log.
func TestDatabaseAway(t *testing.T) {
	server := servers.DurablePostgres(t)
	w := empty(t, server.URL())
	server.Stop()
	serve := func(log zerolog.Logger) *API { return New(Config{Store: w.Store, Log: log}) }
	for _, path := range []string{"/v1/matches", "/v1/matches/mch_0000000000000000", "/v1/changes?wait=5", "/v1/messages/1", "/v1/sources", "/v1/stats"} {
		answer, body, events := logged(t, serve, "GET", path, nil)
		same(t, path, answer.StatusCode, 503)
		isProblem(t, answer, body)
		same(t, path, answer.Header.Get("Retry-After"), soon)
		same(t, path, at(body, "detail"), any("the database does not answer; try again soon"))
		if cause, _ := events[0]["error"].(string); !strings.Contains(cause, "connection refused") {
			t.Errorf("%s: logged: %v", path, events)
		}
	}
}

func TestErrorsHaveTheirStatus(t *testing.T) {
	for _, row := range statuses {
		told, _ := errors.AsType[huma.StatusError](answer(t.Context(), row.err))
		if told == nil || told.GetStatus() != row.status {
			t.Errorf("%v: %v, not %d", row.err, told, row.status)
		}
	}
}
