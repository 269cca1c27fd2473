// Command tally reads the events of "go test -json" and tells them plainly: a line a
// package, the output of what failed or was skipped, and a last line of counts. It exits
// with 1 unless every test ran and passed: a test that was skipped has shown nothing.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is one line of "go test -json" (see "go doc test2json").
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
}

// tally is what the events have told so far.
type tally struct {
	passed, failed, skipped int
	broken                  bool             // a package failed, as by not compiling
	output                  map[event]string // of tests still running, by package and test
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	t := tally{output: map[event]string{}}
	for events := json.NewDecoder(in); ; {
		var e event
		if err := events.Decode(&e); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("read the events: %w", err)
		}
		if _, err := io.WriteString(out, t.hear(e)); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped); err != nil {
		return err
	}
	if t.broken || t.failed > 0 || t.skipped > 0 || t.passed == 0 {
		return errors.New("not every test ran and passed")
	}
	return nil
}

// hear counts an event and returns what there is to print of it.
func (t *tally) hear(e event) string {
	if e.Test == "" {
		return t.hearPackage(e)
	}
	test := event{Package: e.Package, Test: e.Test}
	switch e.Action {
	case "output":
		t.output[test] += e.Output
		return ""
	case "pass":
		t.passed++
		delete(t.output, test)
		return ""
	case "fail":
		t.failed++
		return t.output[test]
	case "skip":
		t.skipped++
		return t.output[test]
	}
	return ""
}

// hearPackage passes on what is said of a package as a whole, save a lone PASS.
func (t *tally) hearPackage(e event) string {
	t.broken = t.broken || e.Action == "fail" || e.Action == "build-fail"
	if strings.TrimSpace(e.Output) == "PASS" {
		return ""
	}
	return e.Output
}
