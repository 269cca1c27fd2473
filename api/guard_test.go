package api

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// pagesThatSay answer every page by what its handler was given.
var pagesThatSay = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	fmt.Fprintln(w, r.Method, len(body), err)
})

// TestOtherOriginsDoNotWrite: a browser tells whose page wants a thing; who is no browser
// tells nothing, and may.
func TestOtherOriginsDoNotWrite(t *testing.T) {
	api := New(Config{Pages: pagesThatSay})
	for _, test := range []struct {
		why, method, path string
		header            http.Header
		refused           bool
	}{
		{"another site's form", "POST", "/decisions", http.Header{"Sec-Fetch-Site": {"cross-site"}}, true},
		{"another site's script", "PUT", "/v1/sources/alpha", http.Header{"Sec-Fetch-Site": {"cross-site"}}, true},
		{"another host of this site", "POST", "/v1/judgements", http.Header{"Sec-Fetch-Site": {"same-site"}}, true},
		{"an old browser", "DELETE", "/v1/judgements/1", http.Header{"Origin": {"https://evil.example"}}, true},
		{"an origin that is hidden", "POST", "/v1/messages", http.Header{"Origin": {"null"}}, true},
		{"a path that there is not", "POST", "/v1/nowhere", http.Header{"Sec-Fetch-Site": {"cross-site"}}, true},
		{"a link from another site", "GET", "/matches", http.Header{"Sec-Fetch-Site": {"cross-site"}}, false},
		{"our own form", "POST", "/decisions", http.Header{"Sec-Fetch-Site": {"same-origin"}}, false},
		{"no browser", "POST", "/decisions", nil, false},
	} {
		answer, body := fetch(t, api, test.method, test.path, test.header)
		if (answer.StatusCode == http.StatusForbidden) != test.refused {
			t.Errorf("%s: %d %s", test.why, answer.StatusCode, body)
		}
		if test.refused {
			isProblem(t, answer, decoded(t, body))
		}
	}
}

// TestEveryAnswerIsGuarded walks the routes: whatever the answer, browsers are told.
func TestEveryAnswerIsGuarded(t *testing.T) {
	w := onSQLite(t)
	w.api = New(Config{Store: w.Store, Pages: pagesThatSay, Rate: 1000})
	for _, path := range []string{
		"/", "/matches", "/v1/matches", "/v1/matches/{M1}", "/v1/matches/{M9}", "/v1/matches/{X}", "/v1/nowhere", "/v1/matches?limit=many",
		"/v1/messages/1/body", "/docs", "/docs/docs.js", "/docs/nothing", "/openapi.json", "/healthz", "/readyz", "/metrics",
	} {
		answer, _ := fetch(t, w.api, "GET", w.expand(path), nil)
		policy := answer.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy has no %s: %q", path, part, policy)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: %s", path, policy)
		}
		for header, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "", // not without TLS
		} {
			same(t, path+" "+header, answer.Header.Get(header), want)
		}
	}
}

// TestStrictTransport: once by TLS, always by TLS.
func TestStrictTransport(t *testing.T) {
	server := httptest.NewTLSServer(New(Config{}))
	defer server.Close()
	answer, err := server.Client().Get(server.URL + "/healthz")
	check(t, err)
	defer answer.Body.Close()
	same(t, "HSTS", answer.Header.Get("Strict-Transport-Security"), "max-age=31536000")
}

// TestBodiesAreBounded: what is too long is refused before it is read where it tells its
// length, and not read to its end where it does not.
func TestBodiesAreBounded(t *testing.T) {
	api := New(Config{Pages: pagesThatSay})
	long := bytes.Repeat([]byte(" "), mostBody+1)
	for _, path := range []string{"/v1/messages", "/v1/lookup", "/decisions", "/v1/nowhere"} {
		answer, body := fetch(t, api, "POST", path, nil, string(long))
		same(t, path, answer.StatusCode, http.StatusRequestEntityTooLarge)
		isProblem(t, answer, decoded(t, body))
	}
	server := httptest.NewServer(api)
	defer server.Close()
	answer, err := http.Post(server.URL+"/decisions", "", io.MultiReader(bytes.NewReader(long))) // in chunks, of no told length
	check(t, err)
	defer answer.Body.Close()
	told, _ := io.ReadAll(answer.Body)
	same(t, "what was read", strings.TrimSpace(string(told)), fmt.Sprintf("POST %d http: request body too large", mostBody))
}

// asks sends a request from an address, and bearing a token.
func asks(t *testing.T, h http.Handler, from, token, path string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "GET", path, nil)
	r.RemoteAddr = from
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// TestRateIsLimited: by the token, else by the address.
func TestRateIsLimited(t *testing.T) {
	const rate = 2
	const most = rate * int(window/time.Second)
	api := New(Config{Rate: rate, Pages: pagesThatSay})
	for range most {
		same(t, "within the rate", asks(t, api, "192.0.2.1:1", "", "/").StatusCode, 200)
	}
	for _, test := range []struct {
		why, from, token, path string
		status                 int
	}{
		{"once too often", "192.0.2.1:1", "", "/", 429},
		{"from another port", "192.0.2.1:2", "", "/v1/stats", 429},
		{"for a probe of life", "192.0.2.1:1", "", "/healthz", 200},
		{"from another address", "192.0.2.2:1", "", "/", 200},
		{"with a token", "192.0.2.1:1", "a", "/", 200},
	} {
		answer := asks(t, api, test.from, test.token, test.path)
		same(t, test.why, answer.StatusCode, test.status)
		if test.status == 429 {
			told, err := io.ReadAll(answer.Body)
			check(t, err)
			isProblem(t, answer, decoded(t, told))
			same(t, test.why, answer.Header.Get("Retry-After"), "10")
		}
	}
	for range most - 1 {
		asks(t, api, "192.0.2.1:1", "a", "/")
	}
	same(t, "with the same token from elsewhere", asks(t, api, "198.51.100.9:1", "a", "/").StatusCode, 429)
	for range most {
		asks(t, api, "[2001:db8::1]:1", "", "/")
	}
	same(t, "from the same network", asks(t, api, "[2001:db8::2]:1", "", "/").StatusCode, 429)
	refused := 0
	for i := range most * (neighbours + 1) {
		if asks(t, api, "203.0.113.1:1", fmt.Sprint("guess", i), "/").StatusCode == 429 {
			refused++
		}
	}
	same(t, "guesses refused", refused, most)
}

// TestFewWait: neither one caller nor all of them hold every connection by waiting.
func TestFewWait(t *testing.T) {
	w := empty(t, "sqlite::memory:")
	var line waiting
	var leave []func()
	for i := range mostWaiting {
		out, err := line.enter(fmt.Sprint("caller", i/mostWaitingEach))
		check(t, err)
		leave = append(leave, out)
	}
	if _, err := line.enter("another"); !errors.Is(err, errCrowded) {
		t.Errorf("one too many: %v", err)
	}
	leave[0]()
	if _, err := line.enter("caller1"); !errors.Is(err, errCrowded) {
		t.Errorf("one caller's one too many: %v", err)
	}
	again, err := line.enter("caller0")
	check(t, err)
	for _, out := range append(leave[1:], again) {
		out()
	}
	same(t, "who waits in the end", len(line.by)+line.all, 0)

	w.api.Guard.OpenReading = true
	for range mostWaitingEach {
		_, err := w.api.waiting.enter("192.0.2.1")
		check(t, err)
	}
	answer := asks(t, w.api, "192.0.2.1:1", "", "/v1/changes?wait=1")
	told, err := io.ReadAll(answer.Body)
	check(t, err)
	same(t, "one too many", answer.StatusCode, http.StatusTooManyRequests)
	isProblem(t, answer, decoded(t, told))
	same(t, "when to come again", answer.Header.Get("Retry-After"), "10")
	same(t, "who does not wait", asks(t, w.api, "192.0.2.1:1", "", "/v1/changes").StatusCode, 200)
}

// endless writes until it cannot, and tells when that was.
type endless struct{ failed chan error }

func (e endless) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	for {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			e.failed <- err
			return
		}
	}
}

// TestWhoDoesNotReadIsCut: an answer that is not taken ends, and one that is taken slowly,
// or waited for, does not.
func TestWhoDoesNotReadIsCut(t *testing.T) {
	const short = 300 * time.Millisecond
	stuck := endless{make(chan error, 1)}
	slow := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 4 {
			time.Sleep(short / 2) // in all, twice as long as a client may stall
			io.WriteString(w, "on ")
			check(t, http.NewResponseController(w).Flush())
		}
	})
	mux := http.NewServeMux()
	mux.Handle("/stuck", stuck)
	mux.Handle("/slow", slow)
	server := httptest.NewServer(patient(0, short)(mux))
	defer server.Close()

	link, err := net.Dial("tcp", server.Listener.Addr().String())
	check(t, err)
	defer link.Close()
	fmt.Fprint(link, "GET /stuck HTTP/1.1\r\nHost: x\r\n\r\n")
	select {
	case err := <-stuck.failed:
		if timeout := net.Error(nil); !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("cut by %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("a client that does not read is not cut")
	}
	answer, err := http.Get(server.URL + "/slow")
	check(t, err)
	defer answer.Body.Close()
	told, err := io.ReadAll(answer.Body)
	check(t, err)
	same(t, "what is slow", string(told), "on on on on ")
}

// timed notes until when an answer may be written.
type timed struct {
	*httptest.ResponseRecorder
	until []time.Duration
}

// SetWriteDeadline is for http.ResponseController.
func (w *timed) SetWriteDeadline(at time.Time) error {
	w.until = append(w.until, time.Until(at).Round(time.Second))
	return nil
}

// TestRequestsHaveADeadline: to be worked on, and then, piece by piece, to be taken.
func TestRequestsHaveADeadline(t *testing.T) {
	var works time.Duration
	api := New(Config{Pages: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		until, _ := r.Context().Deadline()
		works = time.Until(until)
		w.Write(make([]byte, 2*piece+1))
	})})
	w := &timed{ResponseRecorder: httptest.NewRecorder()}
	api.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/", nil))
	if works <= 0 || works > deadline {
		t.Errorf("a page has %s", works)
	}
	same(t, "to be taken in", w.until, []time.Duration{deadline + stall, stall, stall, stall, stall})
	same(t, "bytes", w.Body.Len(), 2*piece+1)
}
