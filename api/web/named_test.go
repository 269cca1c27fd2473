package web

import (
	"testing"
	"time"

	"umpire/ent/store"
)

// A name that a source gave up is told by when it did.
func TestWhenANameWasUsed(t *testing.T) {
	day := func(n int) *time.Time { at := time.Date(2015, 6, n, 0, 0, 0, 0, time.UTC); return &at }
	for _, c := range []struct {
		why         string
		first, last *time.Time
		want        string
	}{
		{"no match has a start", nil, nil, ""},
		{"one day", day(3), day(3), "on 2015-06-03"},
		{"its record goes by another name later", day(1), day(20), "until 2015-06-20, from 2015-06-01"},
		{"its record goes by it now", day(21), day(28), "from 2015-06-21, last on 2015-06-28"},
	} {
		if got := whenOf(store.NameSpan{First: c.first, Last: c.last}, *day(28)); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}
