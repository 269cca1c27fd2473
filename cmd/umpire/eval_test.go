package main

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"umpire/resolve"
	"umpire/resolve/eval"
)

// What eval is asked wrongly is told in one line, and ends with 2.
func TestEvalAskedWrongly(t *testing.T) {
	one := []string{"eval", "--messages", "a.json"}
	for _, test := range []struct {
		reason string
		args   []string
		says   string
	}{
		{"no truth", nil, "--truth"},
		{"more streams than truths", []string{"--messages", "b.json", "--truth", "a.csv"}, "not 1 for 2"},
		{"two questions at once", []string{"--orders", "2", "--errors"}, "can't be used together"},
		{"orders of less than none", []string{"--orders=-1"}, "--orders"},
		{"a share above all", []string{"--orders", "2", "--withdraw", "1.5"}, "--withdraw"},
		{"growth to nowhere", []string{"--growth", "moons"}, "years weeks"},
		{"links of many feeds", []string{"--truth", "a.csv", "--messages", "b.json", "--truth", "b.csv", "--links", "out.csv"}, "--links"},
		{"links of no outcome", []string{"--orders", "2", "--links", "out.csv"}, "--links"},
	} {
		t.Run(test.reason, func(t *testing.T) {
			var out, log bytes.Buffer
			code := umpire(t.Context(), append(slices.Clone(one), test.args...), streams{strings.NewReader(""), &out, &log})
			if code != 2 || strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), test.says) {
				t.Errorf("ended with %d, says %q, want one line with %q", code, &log, test.says)
			}
		})
	}
}

// A log that is written as messages and read again says what it said: so what is measured of
// a grown stream is not another stream's.
func TestWrittenMessagesSayTheSame(t *testing.T) {
	log, err := readLog(unpack(t, "csgo/messages.ndjson.gz")[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	grown := eval.Grow(log, 2, eval.Years)
	path := filepath.Join(t.TempDir(), "written.gz")
	if err := writeMessages(path, grown); err != nil {
		t.Fatal(err)
	}
	again, err := readLog(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	raw := cmpopts.IgnoreFields(resolve.Time{}, "Raw") // its zone is told with a moved time
	if diff := cmp.Diff(grown, again, raw); diff != "" {
		t.Errorf("(-written +read):\n%.2000s", diff)
	}
}

// The last word on each record is what readRecords makes of the stream, too.
func TestFinalIsWhatRecordsSay(t *testing.T) {
	path := unpack(t, "csgo/messages.ndjson.gz")[0]
	log, err := readLog(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	records, err := readRecords(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(slices.Collect(records.all()), slices.Collect(final(log)), cmpopts.IgnoreFields(resolve.Match{}, "Arrival")); diff != "" {
		t.Errorf("(-records +log):\n%.2000s", diff)
	}
}

func TestMedian(t *testing.T) {
	for reason, test := range map[string]struct {
		of   []int
		want float64
	}{
		"the middle one": {[]int{9, 1, 2}, 2}, "between two": {[]int{4, 1, 2, 9}, 3}, "the only one": {[]int{5}, 5},
	} {
		var costs []cost
		for _, n := range test.of {
			costs = append(costs, cost{records: n})
		}
		if got := median(costs, func(c cost) float64 { return float64(c.records) }); got != test.want {
			t.Errorf("%s: %v, want %v", reason, got, test.want)
		}
	}
}

// Feeds are named by their files, or by their folders if the files are but called messages.
func TestFeedNames(t *testing.T) {
	c := evalCmd{Messages: []string{"sets/csgo/messages.ndjson.gz", "messages.json", "x/late.ndjson.gz", "-"}, Truth: []string{"t.csv"}}
	var got []string
	for _, f := range c.feeds() {
		got = append(got, f.name+" "+f.truth)
	}
	if diff := cmp.Diff([]string{"csgo t.csv", "messages ", "late ", "- "}, got); diff != "" {
		t.Error(diff)
	}
}
