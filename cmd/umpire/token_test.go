package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"umpire/fixtures/servers"
)

// asks asks a server for a page or reading, by a token or none, and returns the status.
func asks(t *testing.T, address, path, token string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// Where others can come, the first token is that of a file; it is made once, and the file is not
// asked again. Tokens that a command makes and revokes are heeded at once.
func TestFirstToken(t *testing.T) {
	for name, database := range map[string]func() string{
		"sqlite":   func() string { return "sqlite:" + t.TempDir() + "/umpire.db" },
		"postgres": func() string { return servers.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			at, file := database(), filepath.Join(t.TempDir(), "first")
			first, second := "umpire_first_"+strings.Repeat("1f", 32), "umpire_next_"+strings.Repeat("2e", 32)
			answers := func(why, address, token string, want int) {
				t.Helper()
				if got := asks(t, address, "/v1/stats", token); got != want {
					t.Errorf("%s: %d, want %d", why, got, want)
				}
			}
			serveWith := func(token string) (string, func()) {
				t.Helper()
				if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				return serveAll(t, "--database", at, "--first-token-file", file)
			}
			address, stop := serveWith(first)
			answers("by no token", address, "", http.StatusUnauthorized)
			answers("by the file's", address, first, http.StatusOK)
			ann := strings.TrimSpace(do(t, "token", "create", "--database", at, "--role", "reader", "--name", "ann"))
			answers("by one that was just made", address, ann, http.StatusOK)
			do(t, "token", "revoke", "--database", at, "first")
			answers("by one that was just revoked", address, first, http.StatusUnauthorized)
			stop()
			for _, token := range []string{first, second} {
				address, stop = serveWith(token)
				answers("by the revoked one, started anew", address, first, http.StatusUnauthorized)
				answers("by another that the file holds by now", address, second, http.StatusUnauthorized)
				stop()
			}
		})
	}
}

// Reading can be open, and then only that is.
func TestServeOpenReading(t *testing.T) {
	at := "sqlite:" + t.TempDir() + "/umpire.db"
	do(t, "token", "create", "--database", at, "--role", "admin", "--name", "ann")
	address, _ := serveAll(t, "--database", at, "--open-reading")
	for path, want := range map[string]int{"/v1/stats": 200, "/": 200, "/metrics": 401, "/preview?do=undo&act=1": 303} {
		if got := asks(t, address, path, ""); got != want {
			t.Errorf("%s answers %d, want %d", path, got, want)
		}
	}
}

// serveAll serves on all addresses of this machine, and returns one.
func serveAll(t *testing.T, flags ...string) (string, func()) {
	t.Helper()
	address := freeAddress(t)
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan int, 1)
	var log strings.Builder
	go func() {
		ended <- umpire(ctx, append([]string{"serve", "--listen", "0.0.0.0:" + port}, flags...), streams{strings.NewReader(""), &log, &log})
	}()
	stop := func() {
		if cancel == nil {
			return
		}
		cancel()
		cancel = nil
		if code := <-ended; code != 0 {
			t.Errorf("serve ended with %d", code)
		}
		if strings.Contains(log.String(), strings.Repeat("1f", 32)) {
			t.Errorf("the log tells the token: %s", log.String())
		}
	}
	t.Cleanup(stop)
	await(t, "ready", func() bool {
		return umpire(t.Context(), []string{"ready", "--listen", address}, streams{strings.NewReader(""), io.Discard, io.Discard}) == 0
	})
	return address, stop
}
