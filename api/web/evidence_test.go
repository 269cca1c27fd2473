package web

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"umpire/resolve"
)

// Bars must tell the sum by their lengths: each begins where the one before ended, all are
// on one scale, none leaves the picture, and the total is as long as what they come to.
func TestWaterfallAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Int32Range(-40*16, 40*16), 1, 20).Draw(t, "weights")
		var lines []resolve.Line
		sum := resolve.Weight(0)
		for _, w := range weights {
			lines = append(lines, resolve.Line{Weight: resolve.Weight(w)})
			sum += resolve.Weight(w)
		}
		w := waterfallOf("sum", lines)
		if w.Total.Weight != sum {
			t.Fatalf("the total is %d, and the lines come to %d", w.Total.Weight, sum)
		}
		at, unit := w.Total.Zero, 0.0
		for _, b := range append(w.Bars, w.Total) {
			if b.From != at && b.Comparison == "" {
				t.Fatalf("a bar begins at %s, and the one before ends at %s", b.From, at)
			}
			at = b.End
			if left, right := share100(b.Left), share100(b.Left)+share100(b.Width); left < 0 || right > 100.02 {
				t.Fatalf("a bar lies from %f to %f percent", left, right)
			}
			if n := max(b.Weight, -b.Weight); n >= resolve.Bit {
				here := share100(b.Width) / float64(n)
				if unit != 0 && (here/unit > 1.2 || unit/here > 1.2) && share100(b.Width) > 1 {
					t.Fatalf("one bar has %f percent a weight, another %f", here, unit)
				}
				if share100(b.Width) > 1 {
					unit = here
				}
			}
		}
		if len(w.Bars) > 0 && w.Bars[len(w.Bars)-1].End != w.Total.End {
			t.Fatalf("the bars end at %s, their total at %s", w.Bars[len(w.Bars)-1].End, w.Total.End)
		}
	})
}

func share100(percent string) float64 {
	f, err := strconv.ParseFloat(strings.TrimSuffix(percent, "%"), 64)
	if err != nil {
		panic(err)
	}
	return f
}
