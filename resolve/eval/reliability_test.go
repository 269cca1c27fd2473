package eval

import (
	"math"
	"slices"
	"testing"

	"umpire/resolve"
)

// The examples of Newcombe (1998), table I, method 3; and what is plain.
func TestWilson(t *testing.T) {
	tests := []struct {
		reason      string
		part, whole int
		low, high   float64
	}{
		{"many", 81, 263, .2553, .3662},
		{"few of some", 15, 148, .0624, .1605},
		{"none of some is not impossible", 0, 20, 0, .1611},
		{"one of some", 1, 29, .0061, .1718},
		{"all is the mirror of none", 20, 20, .8389, 1},
		{"of nothing one knows nothing", 0, 0, 0, 1},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			low, high := wilson(test.part, test.whole)
			if math.Abs(low-test.low) > 5e-5 || math.Abs(high-test.high) > 5e-5 {
				t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", test.part, test.whole, low, high, test.low, test.high)
			}
		})
	}
}

func TestReliability(t *testing.T) {
	truth := Known{entity: map[resolve.ID]string{"mch_a": "x", "mch_b": "x", "mch_c": "y", "tem_a": "x", "tem_b": "x"}}
	weigh := func(a, b resolve.ID, p float64) resolve.Weighing {
		return resolve.Weighing{Kind: a.Kind(), A: a, B: b, Probability: p}
	}
	weighed := []resolve.Weighing{
		weigh("mch_a", "mch_b", .8), weigh("mch_a", "mch_c", .4), weigh("mch_b", "mch_c", .02), weigh("mch_a", "mch_b", 1), weigh("mch_b", "mch_c", 0),
		weigh("mch_a", "mch_unknown", .5), weigh("tem_a", "tem_b", .5),
	}
	r := NewReliability()
	r.Add(slices.Values(weighed[:2]), truth)
	r.Add(slices.Values(weighed[2:]), truth)
	want := map[[2]float64][2]int{{0, .02}: {1, 0}, {.02, .1}: {1, 0}, {.4, .5}: {1, 0}, {.8, .9}: {1, 1}, {.98, 1}: {1, 1}}
	for _, b := range r.Buckets {
		if got := [2]int{b.Count, b.Right}; got != want[[2]float64{b.From, b.To}] {
			t.Errorf("%v to %v: %d pairs, %d are one", b.From, b.To, b.Count, b.Right)
		}
	}
	if brier := (.2*.2 + .4*.4 + .02*.02) / 5; r.Count() != 5 || math.Abs(r.Brier()-brier) > 1e-15 {
		t.Errorf("Brier score of %d pairs: %v, want %v of 5", r.Count(), r.Brier(), brier)
	}
	if b := r.Buckets[5]; math.Abs(b.Predicted()-.4) > 1e-15 || b.Share() != 0 || !math.IsNaN(r.Buckets[3].Share()) {
		t.Errorf("%+v", b)
	}
	if !math.IsNaN(NewReliability().Brier()) {
		t.Error("of nothing there is a score")
	}
}
