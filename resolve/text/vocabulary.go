package text

import (
	"iter"
	"math"
	"strings"
)

// Vocabulary holds the words that are frequent among names, each with its rarity in bits:
// the log2 of how many names there are for one that has it. A word that it lacks is rare.
type Vocabulary map[string]float64

// Rare is the rarity of a word that no vocabulary holds.
const Rare = 10.0

// Rarity gives a word's bits, such as 4 for a word that one name in sixteen has.
func (v Vocabulary) Rarity(word string) float64 {
	if bits, found := v[word]; found {
		return bits
	}
	return Rare
}

// unseen is how many more names Learn supposes, without any of the words, so that what few
// names tell does little. A team's own word comes in as many names as it has spellings, and
// with so many unseen, one that two names have stays rarer than noise however few they are.
// Fewer let a handful of names make noise of it; more keep "gaming" for rare in a month's.
const unseen = 2 << Noise

// Learn counts the words of names, each name once however often it comes. The more names
// there are, the less it matters that it supposes a few more: rarities go to log2(names/n).
func Learn(names iter.Seq[string]) Vocabulary {
	seen, count := map[string]bool{}, map[string]int{}
	for name := range names {
		folded := Fold(name)
		if seen[folded] {
			continue
		}
		seen[folded] = true
		for _, w := range distinctFields(folded) {
			count[w]++
		}
	}
	v := Vocabulary{}
	for w, n := range count {
		bits := math.Round(16*math.Log2(float64(len(seen)+unseen)/float64(n))) / 16
		if n > 1 && bits < Rare {
			v[w] = bits
		}
	}
	return v
}

func distinctFields(folded string) []string {
	var words []string
	seen := map[string]bool{}
	for w := range strings.FieldsSeq(folded) {
		if !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	return words
}
