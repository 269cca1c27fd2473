package resolve

import (
	"math"
	"math/bits"
)

// Odds are sums of powers of two. So that they do not depend on the order of their terms,
// they are whole numbers, of units of 2⁻³².

// one is odds of 1.
const one = 1 << 32

// The weights between which odds are told apart.
const (
	leastOdds = -32 * Bit
	mostOdds  = 24 * Bit
)

// roots are 2^(i/16), and halves what lies halfway to the next by weight, 2^((i+½)/16).
var roots, halves = powersOfTwo(0), powersOfTwo(0.5)

func powersOfTwo(above float64) [Bit]uint64 {
	var powers [Bit]uint64
	for i := range powers {
		powers[i] = uint64(math.Round(math.Exp2((float64(i)+above)/float64(Bit)) * one))
	}
	return powers
}

// oddsOf gives 2^w.
func oddsOf(w Weight) uint64 {
	w = min(max(w, leastOdds), mostOdds)
	whole, rest := w>>4, w&(Bit-1)
	if whole < 0 {
		return roots[rest] >> -whole
	}
	return roots[rest] << whole
}

// weightOfOdds gives log2 of odds, to the nearest sixteenth; the least weight for none.
func weightOfOdds(odds uint64) Weight {
	if odds == 0 {
		return leastOdds
	}
	whole := bits.Len64(odds) - 1
	mantissa := odds << (63 - whole) >> 31 // 2³² to 2³³
	rest := Weight(0)
	for step := Bit / 2; step > 0; step /= 2 {
		if mantissa >= halves[rest+step-1] {
			rest += step
		}
	}
	if mantissa >= halves[Bit-1] {
		rest = Bit
	}
	return Weight(whole-32)*Bit + rest
}

// share gives a share of odds, told in 1/65536.
func share(odds uint64, part uint64) uint64 {
	high, low := bits.Mul64(odds, part)
	return high<<48 | low>>16
}
