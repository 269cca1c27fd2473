package text

import (
	"math/bits"
	"slices"
)

// gramsOf gives the groups of three letters of a word, its ends marked, as sorted codes.
func gramsOf(letters string) []uint32 {
	if letters == "" {
		return nil
	}
	grams := make([]uint32, 0, len(letters))
	code := uint32('^')<<8 | uint32(letters[0])
	for i := 1; i <= len(letters); i++ {
		next := byte('$')
		if i < len(letters) {
			next = letters[i]
		}
		code = (code<<8 | uint32(next)) & 0xFFFFFF
		grams = append(grams, code)
	}
	slices.Sort(grams)
	return slices.Compact(grams)
}

// bitsOfGrams gives each group of letters one of 64 bits.
func bitsOfGrams(grams []uint32) uint64 {
	set := uint64(0)
	for _, g := range grams {
		set |= 1 << (g * 0x9E3779B1 >> 26) // Fibonacci hashing, Knuth 1973
	}
	return set
}

// Dice is the share of common elements of two sorted sets: 2·|a∩b| / (|a|+|b|) (Dice 1945).
func Dice(a, b []uint32) float64 {
	common, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		switch x, y := a[i], b[j]; {
		case x == y:
			common, i, j = common+1, i+1, j+1
		case x < y:
			i++
		default:
			j++
		}
	}
	return dice(common, len(a)+len(b))
}

func dice(common, total int) float64 {
	if total == 0 {
		return 1
	}
	return 2 * float64(common) / float64(total)
}

// gramsAlike is Dice of two names' groups of letters. Where that does not reach a bar, it may
// be 0 instead: most names differ in so much that their bits show it.
func gramsAlike(a, b *Name, bar float64) float64 {
	// A bit that only one of them has is of a group that the other lacks.
	most := min(
		len(a.grams)-bits.OnesCount64(a.gramBits&^b.gramBits),
		len(b.grams)-bits.OnesCount64(b.gramBits&^a.gramBits))
	if dice(most, len(a.grams)+len(b.grams)) < bar {
		return 0
	}
	return Dice(a.grams, b.grams)
}
