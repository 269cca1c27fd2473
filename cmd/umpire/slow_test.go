package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// dribble says the beginning of a request, then a byte now and then, and returns for how
// long the server listened to it, and what it said.
func (s *server) dribble(first, drop string) (time.Duration, string) {
	s.t.Helper()
	link, err := net.Dial("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	defer link.Close()
	began, ended := time.Now(), make(chan struct{})
	go func() {
		for fmt.Fprint(link, first); ; time.Sleep(200 * time.Millisecond) {
			if _, err := fmt.Fprint(link, drop); err != nil {
				return
			}
			select {
			case <-ended:
				return
			default:
			}
		}
	}()
	_ = link.SetReadDeadline(began.Add(time.Minute))
	said, _ := io.ReadAll(link)
	close(ended)
	return time.Since(began), string(said)
}

// TestSlowClientsAreCut: who dribbles a request does not hold its connection.
func TestSlowClientsAreCut(t *testing.T) {
	s := start(t, "--database", "sqlite::memory:")
	const post = "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
	for _, test := range []struct {
		why, first, drop string
		most             time.Duration
	}{
		{"the header", "GET / HTTP/1.1\r\nHost: x\r\nX-Long: ", "a", 8 * time.Second},
		{"the body of a lookup", fmt.Sprintf(post, "/v1/lookup", s.address), " ", 10 * time.Second},
		{"the body of what is refused", fmt.Sprintf(post, "/v1/messages", "elsewhere.example"), " ", 8 * time.Second},
		{"the body of messages", fmt.Sprintf(post, "/v1/messages", s.address), " ", 40 * time.Second},
	} {
		t.Run(test.why, func(t *testing.T) {
			t.Parallel()
			if took, said := s.dribble(test.first, test.drop); took > test.most {
				t.Errorf("cut after %s: %s", took, said)
			}
		})
	}
}

// TestLongHeadersAreRefused: 431, and the connection ends.
func TestLongHeadersAreRefused(t *testing.T) {
	s := start(t, "--database", "sqlite::memory:")
	for header, status := range map[int]string{mostHeader / 2: "200 OK", mostHeader + 8<<10: "431 Request Header Fields Too Large"} {
		link, err := net.Dial("tcp", s.address)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(link, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: %s\r\n\r\n", strings.Repeat("a", header))
		said, _ := io.ReadAll(link)
		link.Close()
		if !strings.HasPrefix(string(said), "HTTP/1.1 "+status) {
			t.Errorf("%d bytes: %.100s", header, said)
		}
	}
}

// TestRateOfOneClient: the flag is heeded, and a probe of life is let pass.
func TestRateOfOneClient(t *testing.T) {
	s := start(t, "--database", "sqlite::memory:", "--rate", "1")
	fates := map[string]int{}
	for range 15 { // more than ten seconds let pass
		for _, path := range []string{"/healthz", "/v1/stats"} {
			answer, err := http.Get("http://" + s.address + path)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			fates[path+" "+answer.Status]++
		}
	}
	if fates["/healthz 200 OK"] != 15 || fates["/v1/stats 429 Too Many Requests"] < 5 || fates["/v1/stats 200 OK"] == 0 {
		t.Errorf("answers: %v", fates)
	}
}
