package api

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"umpire/resolve"
)

// fetch asks a handler over a real connection, and follows no redirect. Unless the header tells
// who asks, it is ann, who may do everything.
func fetch(t *testing.T, h http.Handler, method, path string, header http.Header, sent ...string) (*http.Response, []byte) {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(strings.Join(sent, "")))
	check(t, err)
	name, value, _ := strings.Cut(ann, ": ")
	r.Header.Set(name, value)
	maps.Copy(r.Header, header)
	if r.Header.Get(name) == "" {
		r.Header.Del(name)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	check(t, err)
	defer answer.Body.Close()
	told, err := io.ReadAll(answer.Body)
	check(t, err)
	return answer, told
}

// read fetches JSON from a world. {M1} and the like stand for the world's ids.
func (w *world) read(t *testing.T, method, path string, sent ...string) (*http.Response, any) {
	t.Helper()
	header := http.Header{}
	if len(sent) > 0 {
		header.Set("Content-Type", "application/json")
	}
	answer, body := fetch(t, w.api, method, w.expand(path), header, w.expand(strings.Join(sent, "")))
	return answer, decoded(t, body)
}

func (w *world) expand(s string) string {
	for name, id := range w.names() {
		s = strings.ReplaceAll(s, "{"+name+"}", string(id))
	}
	return s
}

// called gives the world's ids the names by which a test calls them.
func (w *world) called(id string) string {
	for name, other := range w.names() {
		if resolve.ID(id) == other {
			return name
		}
	}
	return id
}

func decoded(t *testing.T, body []byte) any {
	t.Helper()
	if len(body) == 0 {
		return nil
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("not JSON: %v\n%.300s", err, body)
	}
	return v
}

// at is the value at a path such as "items.0.id"; nil if there is none.
func at(v any, path string) any {
	for step := range strings.SplitSeq(path, ".") {
		switch of := v.(type) {
		case map[string]any:
			v = of[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(of) {
				return nil
			}
			v = of[i]
		default:
			return nil
		}
	}
	return v
}

// column is one member of each of a list's items.
func column(v any, list, member string) []string {
	items, _ := at(v, list).([]any)
	values := []string{}
	for _, item := range items {
		s, _ := at(item, member).(string)
		values = append(values, s)
	}
	return values
}

func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestNothingElsewhere(t *testing.T) {
	for _, test := range []struct {
		why, method, path, allow string
		status                   int
	}{
		{"no such noun", "GET", "/v1/games", "", 404},
		{"the API has no page of its own", "GET", "/v1", "", 404},
		{"one path too deep", "GET", "/v1/stats/more", "", 404},
		{"a page, where there are none", "GET", "/matches", "", 404},
		{"readings only", "POST", "/v1/matches", "GET, HEAD", 405},
		{"a method that few know", "PATCH", "/v1/sources/alpha", "GET, HEAD, PUT", 405},
		{"a method that none knows", "BREW", "/v1/messages", "GET, HEAD, POST", 405},
	} {
		answer, body := fetch(t, New(Config{}), test.method, test.path, nil)
		if answer.StatusCode != test.status || answer.Header.Get("Allow") != test.allow {
			t.Errorf("%s: %s %s: %d, Allow %q", test.why, test.method, test.path, answer.StatusCode, answer.Header.Get("Allow"))
		}
		isProblem(t, answer, decoded(t, body))
	}
}

// isProblem tests that an answer is a problem of RFC 9457 that tells its own status.
func isProblem(t *testing.T, answer *http.Response, body any) {
	t.Helper()
	same(t, "media type", answer.Header.Get("Content-Type"), "application/problem+json")
	same(t, "status told", at(body, "status"), any(float64(answer.StatusCode)))
	same(t, "instance told", at(body, "instance"), any("urn:umpire:request:"+answer.Header.Get("X-Request-Id")))
	for _, member := range []string{"title", "detail"} {
		if s, _ := at(body, member).(string); s == "" {
			t.Errorf("a problem without a %s: %v", member, body)
		}
	}
}

func TestPagesAreAllElse(t *testing.T) {
	pages := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "page "+r.URL.Path) })
	api := New(Config{Pages: pages})
	for _, test := range []struct{ why, path, want string }{
		{"the front page", "/", "page /"},
		{"a page with the name of a noun", "/matches/1", "page /matches/1"},
		{"what only begins like the API", "/v1beta", "page /v1beta"},
		{"the API's own", "/healthz", `{"status":"ok"}`},
	} {
		_, got := fetch(t, api, "GET", test.path, nil)
		same(t, test.why, strings.TrimSpace(string(got)), test.want)
	}
	answer, body := fetch(t, api, "GET", "/v1/games", nil)
	same(t, "no page under /v1", answer.StatusCode, http.StatusNotFound)
	isProblem(t, answer, decoded(t, body))
}
