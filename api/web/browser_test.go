package web

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"umpire/ent/store"
	"umpire/resolve"
)

// openBrowser starts Chromium, or skips the test where there is none and none is required.
func openBrowser(t *testing.T) context.Context {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("UMPIRE_TEST_SERVERS") != "required" {
		t.Skip("no chromium on this machine")
	}
	if err != nil {
		t.Fatal("chromium is required: ", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // on a context without deadline, or the browser dies at it
		t.Fatal("start chromium: ", err)
	}
	ctx, cancel = context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// screen is a way of looking at a page.
type screen struct {
	width  int64
	scheme string
}

var screens = []screen{{1280, "light"}, {1280, "dark"}, {390, "light"}, {390, "dark"}}

// betweens are other widths, at which pages that have a layout of their own are looked at.
var betweens = []screen{{768, "light"}, {1920, "dark"}}

var laidOut = []string{"front", "match", "team", "question-match", "question-team", "acts", "source", "survivorship", "preview-split"}

func (s screen) String() string { return fmt.Sprintf("%d-%s", s.width, s.scheme) }

func (s screen) use(ctx context.Context, t *testing.T) {
	t.Helper()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: s.scheme}},
	})
	if err != nil {
		t.Fatal("emulate ", s, ": ", err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(s.width, 900)); err != nil {
		t.Fatal("emulate ", s, ": ", err)
	}
}

// screenshots is the folder that keeps what the browser shows; "" where nobody looks.
func screenshots(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("UMPIRE_SCREENSHOTS")
	if dir == "" {
		return ""
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func keepScreenshot(ctx context.Context, t *testing.T, dir, name string) {
	t.Helper()
	if dir == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal("screenshot ", name, ": ", err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestPagesInBrowser looks at every page as four readers would: on a desk and on a phone,
// by day and by night; and at some on screens between and beyond. What they see is kept (UMPIRE_SCREENSHOTS).
func TestPagesInBrowser(t *testing.T) {
	h, s := worldPages(t)
	pages := places(t, s)
	ctx := openBrowser(t)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	dir := screenshots(t)
	for i, screen := range slices.Concat(screens, betweens) {
		t.Run(screen.String(), func(t *testing.T) {
			screen.use(ctx, t)
			for _, p := range pages {
				if i >= len(screens) && !slices.Contains(laidOut, p.name) {
					continue
				}
				for _, fault := range visit(ctx, t, server.URL+p.path) {
					t.Errorf("%s (%s): %s", p.name, p.path, fault)
				}
				keepScreenshot(ctx, t, dir, p.name+"-"+screen.String())
			}
		})
	}
}

//go:embed testdata/faults.js
var faultsScript string

// visit opens a page, with all that folds unfolded, and returns what is wrong with it:
// what the console says, and what testdata/faults.js finds.
func visit(ctx context.Context, t *testing.T, address string) []string {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	console := chromedp.Console(ctx)
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		t.Fatalf("open %s: %v", address, err)
	}
	faults, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](faultsScript))
	if err != nil {
		t.Fatalf("examine %s: %v", address, err)
	}
	for message, err := range console {
		if err != nil {
			t.Fatalf("console of %s: %v", address, err)
		}
		if message.Text == "examined" { // by faults.js, last
			break
		}
		if !expected(message) {
			faults = append(faults, message.String())
		}
	}
	return faults
}

// expected are the console's lines about a page that is meant to be an error.
func expected(m chromedp.ConsoleMessage) bool {
	return strings.Contains(m.Text, "status of 404") || strings.Contains(m.Text, "status of 400") || strings.Contains(m.Text, "status of 409")
}

// Whoever has only a keyboard gets everywhere, and always sees where they are.
func TestKeyboard(t *testing.T) {
	h, s := worldPages(t)
	ctx := openBrowser(t)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	merged := findMatch(t, s, store.MatchFilter{Sort: store.ByStart, Limit: 500}, func(m store.Match) bool { return m.Sources > 2 })
	for _, c := range []struct {
		path    string
		reaches []string // selectors
	}{
		{"/matches", []string{"a.wordmark", ".sections a", ".choice", "#team", "#date_start__gte", "#sort", ".primary", ".match .side a", ".match .score a"}},
		{pathOf(merged.ID), []string{".find input", ".who", ".crumbs a", ".board a", ".tipped", ".comparison a", ".tick input", ".pieces button", ".pair > summary", ".waterfall summary", "#with", "#field", ".messages a"}},
		{"/suggestions", []string{".narrow > summary", ".keys > summary", ".steps a", ".beside a", "#say-same", "#say-different", "#say-unsure", "#note", ".words a", ".waiting-list a"}},
		{"/search?q=fnatic", []string{"#find", ".asks .primary", ".facets .choice", ".hits .what a"}},
		{"/acts", []string{"#actor", ".act-head a", ".acts button", "#by", "#range-since"}},
	} {
		screens[0].use(ctx, t)
		if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+c.path)); err != nil {
			t.Fatal(err)
		}
		reached := tabThrough(ctx, t, c.reaches)
		for _, selector := range c.reaches {
			if !reached[selector] {
				t.Errorf("%s: no Tab leads to %s", c.path, selector)
			}
		}
	}
}

//go:embed testdata/focus.js
var focusScript string

// focus is where the keyboard is, as testdata/focus.js tells it.
type focus struct {
	What    string
	Visible bool
	Fits    []string // which of the selectors it fits
}

// tabThrough presses Tab until it has been everywhere that is asked for, or long enough.
func tabThrough(ctx context.Context, t *testing.T, selectors []string) map[string]bool {
	t.Helper()
	wanted, err := json.Marshal(selectors)
	if err != nil {
		t.Fatal(err)
	}
	reached := map[string]bool{}
	for press := range 150 {
		if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Tab)); err != nil {
			t.Fatal(err)
		}
		at, err := chromedp.Run(ctx, chromedp.Evaluate[focus](fmt.Sprintf("(%s)(%s)", focusScript, wanted)))
		if err != nil {
			t.Fatal(err)
		}
		if press == 0 && at.What != "a.skip" {
			t.Errorf("the first Tab leads to %s", at.What)
		}
		if !at.Visible {
			t.Errorf("nothing shows that the keyboard is at %s", at.What)
		}
		for _, selector := range at.Fits {
			reached[selector] = true
		}
		if len(reached) == len(selectors) {
			break
		}
	}
	return reached
}

// Times are the reader's own, where there is a script to know what they are; a source's own
// text is not touched, nor is a day without a clock.
func TestTimesInTheReadersZone(t *testing.T) {
	h, s := worldPages(t)
	ctx := openBrowser(t)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	match := findMatch(t, s, store.MatchFilter{Limit: 500}, func(m store.Match) bool {
		return m.Start.Precision == resolve.PrecisionSecond && m.Start.At.UTC().Hour() >= 16 && m.Sources > 1
	})
	if _, err := chromedp.Call(ctx, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "Asia/Tokyo"}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+pathOf(match.ID))); err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]string{
		`document.querySelector('.facts time').textContent`: match.Start.At.Add(9 * time.Hour).UTC().Format("Mon 2 Jan 2006, 15:04"),
		`document.querySelector('.facts time').title`:       match.Start.At.UTC().Format("Mon 2 Jan 2006, 15:04") + " UTC",
		`document.querySelector('.facts q').textContent`:    match.Start.Raw,
		`document.querySelector('#zone').textContent`:       "in your zone (Asia/Tokyo), days of lists in UTC",
	} {
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](what))
		if err != nil || got != want {
			t.Errorf("%s: %q, want %q, %v", what, got, want, err)
		}
	}
}

// Where a merged value comes from is told to who points at it, and to who tabs to it.
func TestProvenanceOnFocus(t *testing.T) {
	h, s := worldPages(t)
	ctx := openBrowser(t)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	screens[0].use(ctx, t)
	merged := findMatch(t, s, store.MatchFilter{Sort: store.ByStart, Limit: 500}, func(m store.Match) bool { return m.Sources > 2 })
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+pathOf(merged.ID))); err != nil {
		t.Fatal(err)
	}
	tabThrough(ctx, t, []string{".tipped"})
	seen, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(() => {
	  const tip = document.activeElement.querySelector('.tip'), box = tip.getBoundingClientRect();
	  const top = document.elementFromPoint(box.right - 4, box.bottom - 4);
	  return tip.contains(top) ? tip.textContent : 'covered by ' + top.className;
	})()`))
	if err != nil || !strings.HasPrefix(seen, "From ") {
		t.Errorf("the tip is %q, %v", seen, err)
	}
	keepScreenshot(ctx, t, screenshots(t), "match-provenance")
}
