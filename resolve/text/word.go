package text

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Word is a word with its rarity in bits.
type Word struct {
	Text   string
	Rarity float64 // a multiple of 1/16, so that sums are exact and have no order

	// start holds the first eight letters, the first one highest and zeros behind a short
	// word: words are ordered by it, and nearly always told apart.
	start uint64
}

// appendWords appends the words of a folded name, in the order told.
func appendWords(words []Word, folded string, vocabulary Vocabulary) []Word {
	for rest, more := folded, folded != ""; more; {
		var w string
		w, rest, more = strings.Cut(rest, " ")
		bits := math.Round(16*vocabulary.Rarity(w)) / 16
		words = append(words, Word{Text: w, Rarity: bits, start: startOf(w)})
	}
	return words
}

func startOf(word string) uint64 {
	start := uint64(0)
	for i := range min(8, len(word)) {
		start |= uint64(word[i]) << (56 - 8*i)
	}
	return start
}

// compareWords orders words as their texts are.
func compareWords(a, b *Word) int {
	if a.start != b.start {
		return cmp.Compare(a.start, b.start)
	}
	return strings.Compare(a.Text, b.Text)
}

// distinct gives words in order, each once.
func distinct(words []Word) []Word {
	list := slices.Clone(words)
	slices.SortFunc(list, func(a, b Word) int { return compareWords(&a, &b) })
	return slices.CompactFunc(list, func(a, b Word) bool { return a.Text == b.Text })
}

func rarity(words []Word) float64 {
	sum := 0.0
	for i := range words {
		sum += words[i].Rarity
	}
	return sum
}

// overlap gives the rarity of the words that two ordered lists share.
func overlap(a, b []Word) float64 {
	shared, i, j := 0.0, 0, 0
	for i < len(a) && j < len(b) {
		switch order := compareWords(&a[i], &b[j]); {
		case order == 0:
			shared += a[i].Rarity
			i, j = i+1, j+1
		case order < 0:
			i++
		default:
			j++
		}
	}
	return shared
}

// bitsOfWords gives each word one of 64 bits: words without a common bit have no common word.
func bitsOfWords(words []Word) uint64 {
	set := uint64(0)
	for i := range words {
		set |= 1 << (words[i].start * 0x9E3779B97F4A7C15 >> 58) // Fibonacci hashing, Knuth 1973
	}
	return set
}
