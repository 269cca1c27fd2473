package api

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"umpire/ent/store"
	"umpire/resolve"
)

func TestReadiness(t *testing.T) {
	w := onSQLite(t)
	unmigrated, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "umpire.db"))
	check(t, err)
	defer unmigrated.Close()
	broker := func(err error) []Check {
		return []Check{{Name: "broker", Ask: func(context.Context) error { return err }}}
	}
	for _, test := range []struct {
		why    string
		config Config
		status int
		store  string
		broker any
	}{
		{"all is well", Config{Store: w.Store, Ready: broker(nil)}, 200, "ok", "ok"},
		{"the broker is away", Config{Store: w.Store, Ready: broker(errors.New("no answer"))}, 503, "ok", "no answer"},
		{"what is spared is away", Config{Store: w.Store, Ready: []Check{{Name: "broker", Ask: broker(errors.New("no answer"))[0].Ask, Spare: true}}}, 200, "ok", "no answer"},
		{"the schema is not there", Config{Store: unmigrated}, 503, "", nil},
	} {
		api := New(test.config)
		answer, told := fetch(t, api, "GET", "/readyz", nil)
		body := decoded(t, told)
		same(t, test.why, answer.StatusCode, test.status)
		same(t, test.why, at(body, "checks.broker"), test.broker)
		if said, _ := at(body, "checks.store").(string); said == "" || test.store != "" && said != test.store {
			t.Errorf("%s: store %q", test.why, said)
		}
		alive, _ := fetch(t, api, "GET", "/healthz", nil)
		same(t, test.why, alive.StatusCode, 200)
	}
}

func TestMetrics(t *testing.T) {
	w := onSQLite(t)
	w.read(t, "GET", "/v1/matches/{M1}")
	w.read(t, "GET", "/v1/matches/{X}")
	w.read(t, "GET", "/nowhere/at/all")
	fetch(t, w.api, "BREW", "/v1/matches", nil)
	_, told := fetch(t, w.api, "GET", "/metrics", nil)
	for _, line := range []string{
		`umpire_http_request_seconds_count{method="GET",route="/v1/matches/{id}",status="200"} 1`,
		`umpire_http_request_seconds_count{method="GET",route="/v1/matches/{id}",status="410"} 1`,
		`umpire_http_request_seconds_count{method="GET",route="other",status="404"} 1`,
		`umpire_http_request_seconds_count{method="other",route="other",status="405"} 1`,
		`umpire_messages{fate="applied"} 6`,
		`umpire_entities{kind="match"} 2`,
		`umpire_merged_matches 1`,
		`umpire_dirty_records 1`,
	} {
		if !strings.Contains(string(told), line+"\n") {
			t.Errorf("no %s in\n%s", line, regexp.MustCompile(`(?m)^(go_|#|umpire_http).*\n`).ReplaceAll(told, nil))
		}
	}
}

func TestStats(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		_, body := w.read(t, "GET", "/v1/stats")
		for path, want := range map[string]float64{"messages.applied": 6, "entities.match": 2, "entities.team": 3, "merged": 1, "dirty": 1} {
			same(t, path, at(body, path), any(want))
		}
		same(t, "model", at(body, "model"), any(resolve.Shipped().Version))
	})
}

// TestDocsAreLocal follows what the page loads: all of it is here, and the policy forbids
// anything else.
func TestDocsAreLocal(t *testing.T) {
	api := New(Config{})
	for _, page := range []string{"/docs", "/docs/"} {
		answer, html := fetch(t, api, "GET", page, nil)
		same(t, page, answer.StatusCode, http.StatusOK)
		same(t, page, answer.Header.Get("Content-Security-Policy"), docsPolicy)
		if regexp.MustCompile(`(?i)<script>|<style|\sstyle=|\son\w+=`).Match(html) {
			t.Errorf("%s has a script or a style within it: %s", page, html)
		}
		if remote := regexp.MustCompile(`(?i)(src|href)\s*=\s*["']?(https?:)?//`).Find(html); remote != nil {
			t.Errorf("%s loads from elsewhere: %s", page, remote)
		}
		loaded := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllSubmatch(html, -1)
		if len(loaded) < 4 {
			t.Fatalf("%s is not the page: %s", page, html)
		}
		for _, file := range loaded {
			answer, content := fetch(t, api, "GET", string(file[1]), nil)
			if answer.StatusCode != http.StatusOK || len(content) == 0 {
				t.Errorf("%s: %d", file[1], answer.StatusCode)
			}
		}
	}
}
