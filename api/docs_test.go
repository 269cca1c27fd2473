package api

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestDocsInABrowser: the page draws every operation, one can be opened, and nothing of it
// breaks its policy, which the browser would say on its console.
func TestDocsInABrowser(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("UMPIRE_TEST_SERVERS") != "required" {
		t.Skip("no chromium on this machine")
	}
	server := httptest.NewServer(New(Config{}))
	t.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	check(t, chromedp.Do(ctx)) // on a context without deadline, or the browser dies at it
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)

	console := chromedp.Console(ctx)
	check(t, chromedp.Do(ctx, chromedp.Navigate(server.URL+"/docs"), chromedp.WaitVisible("#operations-Matches-listMatches"),
		chromedp.Click("#operations-Matches-listMatches .opblock-summary-control"), chromedp.WaitVisible("#operations-Matches-listMatches .parameters")))
	_, err = chromedp.Run(ctx, chromedp.Evaluate[bool](`console.log("seen") || true`))
	check(t, err)
	for message, err := range console {
		check(t, err)
		if message.Text == "seen" {
			return
		}
		if strings.Contains(message.Text, "Content Security Policy") || message.Type == "error" {
			t.Error(message)
		}
	}
}
