package house

import (
	"os/exec"
	"strings"
	"testing"
)

// TestTallyAcceptsOnlyWhatRanAndPassed runs what "make test" counts by.
func TestTallyAcceptsOnlyWhatRanAndPassed(t *testing.T) {
	const passed = `{"Action":"pass","Package":"p","Test":"TestA"}`
	tests := []struct {
		why, events, last string
		ok                bool
	}{
		{"all passed", passed, "1 passed, 0 failed, 0 skipped", true},
		{"one failed", passed + `{"Action":"fail","Package":"p","Test":"TestB"}`, "1 passed, 1 failed, 0 skipped", false},
		{"a skipped test shows nothing", passed + `{"Action":"skip","Package":"p","Test":"TestB"}`, "1 passed, 0 failed, 1 skipped", false},
		{"a package without tests is no skipped test", passed + `{"Action":"skip","Package":"q"}`, "1 passed, 0 failed, 0 skipped", true},
		{"a package that does not compile", passed + `{"Action":"fail","Package":"q"}`, "1 passed, 0 failed, 0 skipped", false},
		{"nothing ran", "", "0 passed, 0 failed, 0 skipped", false},
		{"go test itself broke off", passed + "{", "", false},
	}
	for _, test := range tests {
		t.Run(test.why, func(t *testing.T) {
			tally := exec.Command("go", "run", "./.ci/tally")
			tally.Dir, tally.Stdin = root, strings.NewReader(test.events)
			out, err := tally.Output()
			if lines := strings.Split(strings.TrimSpace(string(out)), "\n"); lines[len(lines)-1] != test.last || (err == nil) != test.ok {
				t.Errorf("printed %q, with error %v", out, err)
			}
		})
	}
}
