package resolve

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Odds and weights are each other's inverse, and what log2 and 2^x are by definition.
func TestOddsByDefinition(t *testing.T) {
	for w := leastOdds + 10*Bit; w <= mostOdds; w++ {
		if got, want := float64(oddsOf(w)), math.Exp2(w.Bits())*one; math.Abs(got-want) > 1+1e-9*want {
			t.Errorf("2^%v is %v, want %v", w.Bits(), got, want)
		}
		if back := weightOfOdds(oddsOf(w)); back != w {
			t.Errorf("log2(2^%v) is %v", w.Bits(), back.Bits())
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		odds := rapid.Uint64Min(1).Draw(t, "odds")
		want := math.Log2(float64(odds)) - 32
		if got := weightOfOdds(odds).Bits(); math.Abs(got-want) > 0.5/16+1e-6 {
			t.Errorf("log2(%d units) is %v, want %v", odds, got, want)
		}
	})
}
