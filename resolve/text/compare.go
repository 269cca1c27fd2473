package text

import (
	"slices"
	"strings"
)

// Level is how two names agree or differ, in words for people.
type Level string

// The levels, from the strongest agreement to the strongest guard.
const (
	Exact       Level = "exact"                  // equal when folded
	SameLetters Level = "same letters"           // but for spaces: "Virtus.pro", "virtuspro"
	SameWords   Level = "same words"             // in another order, or with the same numbers elsewhere
	AllButNoise Level = "all but frequent words" // one has all words of the other, and what is left is frequent
	Within      Level = "one within the other"   // one has all words of the other, and rare ones besides
	Initials    Level = "initials"               // "Ninjas in Pyjamas", "NiP"
	Prefix      Level = "one begins the other"   // "Astralis", "Astra"
	Alike       Level = "spelled alike"          // most groups of three letters are shared
	MostWords   Level = "most words"             // more rare words are shared than not
	Akin        Level = "spelled much alike"     // many groups of three letters, or the first letters, are shared
	SharedWord  Level = "a rare word"            // one rare word is shared
	Letters     Level = "letters in order"       // "Natus Vincere", "NaVi"
	Different   Level = "different"

	OtherNumber Level = "another number"        // the rest agrees, and the numbers contradict each other
	OneNumber   Level = "a number on one side"  // the rest agrees, and only one has a (further) number
	Successor   Level = "a second one's number" // the same, and that number is 2 to 9: a second team, a sequel, a later edition
	OtherMarker Level = "another team's mark"   // the rest agrees, and one is an academy, junior or women's team
	Nobody      Level = "unknown"               // one of them names nobody
)

// Levels lists all levels, strongest agreement first.
var Levels = [...]Level{
	Exact, SameLetters, SameWords, AllButNoise, Within, Initials, Prefix, Alike, MostWords, Akin, SharedWord, Letters, Different,
	OtherNumber, OneNumber, Successor, OtherMarker, Nobody,
}

// Noise is the rarity in bits up to which a word is noise beside others.
const Noise = 6.0

// Compare tells how two names agree, and the rarity in bits of the words that they
// share, where it is words that they share: agreement is worth no more than that. It is
// symmetric: Compare(a, b) == Compare(b, a).
func Compare(a, b *Name) (Level, float64) {
	switch {
	case a.Unknown || b.Unknown:
		return Nobody, 0
	case a.Folded == b.Folded:
		return Exact, a.Rarity()
	case a.Letters == b.Letters:
		return SameLetters, max(a.Rarity(), b.Rarity())
	}
	level, shared := compareCores(a, b)
	if level == Different {
		return Different, 0
	}
	if guard := guardOf(a, b); guard != "" {
		return guard, shared
	}
	return level, shared
}

// guardOf tells which mark of identity differs between two names that agree otherwise.
func guardOf(a, b *Name) Level {
	if a.Markers != b.Markers {
		return OtherMarker
	}
	onlyA, laterA := further(a.Numbers, b.Numbers)
	onlyB, laterB := further(b.Numbers, a.Numbers)
	switch {
	case onlyA+onlyB == 0:
		return ""
	case onlyA > 0 && onlyB > 0:
		return OtherNumber
	case laterA || laterB:
		return Successor
	}
	return OneNumber
}

// further counts the numbers that others lack, and tells whether one of them is a second one's.
func further(numbers, others []Number) (int, bool) {
	count, later := 0, false
	for _, n := range numbers {
		if !slices.ContainsFunc(others, func(o Number) bool { return o.Text == n.Text }) {
			count++
			later = later || n.Later
		}
	}
	return count, later
}

// compareCores compares two names without their numbers and markers.
func compareCores(a, b *Name) (Level, float64) {
	if len(a.core) == 0 || len(b.core) == 0 {
		return Different, 0
	}
	shared, restA, restB := overlap(a.core, b.core)
	rest := min(restA, restB)
	switch {
	case a.stem == b.stem:
		return SameWords, max(rarity(a.core), rarity(b.core))
	case restA+restB == 0:
		return SameWords, shared
	case rest == 0 && max(restA, restB) <= Noise:
		return AllButNoise, shared
	case rest == 0:
		return Within, shared
	case isInitials(a, b) || isInitials(b, a):
		return Initials, Rare
	case begins(a.head, b.head):
		return Prefix, Rare
	}
	return compareLetters(a, b, shared, restA+restB)
}

// compareLetters compares two names of which none holds the other.
func compareLetters(a, b *Name, shared, rest float64) (Level, float64) {
	switch dice := Dice(a.grams, b.grams); {
	case dice >= 0.6:
		return Alike, Rare
	case shared > rest/2:
		return MostWords, shared
	case dice >= 0.4 || beginAlike(a.head, b.head):
		return Akin, Rare
	case shared > Noise:
		return SharedWord, shared
	case inOrder(a.head, b.head):
		return Letters, Rare
	}
	return Different, 0
}

// overlap gives the rarity of the words that both have, of those that only a has, and of
// those that only b has.
func overlap(a, b []Word) (float64, float64, float64) {
	var shared, restA, restB float64
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch order := strings.Compare(a[i].Text, b[j].Text); {
		case order == 0:
			shared += a[i].Rarity
			i, j = i+1, j+1
		case order < 0:
			restA += a[i].Rarity
			i++
		default:
			restB += b[j].Rarity
			j++
		}
	}
	return shared, restA + rarity(a[i:]), restB + rarity(b[j:])
}

// Dice is the share of common elements of two sorted sets: 2·|a∩b| / (|a|+|b|).
func Dice(a, b []uint32) float64 {
	if len(a)+len(b) == 0 {
		return 1
	}
	common, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			common++
			i, j = i+1, j+1
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return 2 * float64(common) / float64(len(a)+len(b))
}

func begins(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) >= prefixLetters && strings.HasPrefix(b, a)
}

// beginAlike tells whether two names share their first letters, three at least and most of the shorter.
func beginAlike(a, b string) bool {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n >= prefixLetters && 3*n >= 2*min(len(a), len(b))
}

// inOrder tells whether a short name's letters occur in the other in the same order, from the first on.
func inOrder(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 2 || len(a) > maxInitials || a[0] != b[0] {
		return false
	}
	i := 0
	for j := 0; i < len(a) && j < len(b); j++ {
		if a[i] == b[j] {
			i++
		}
	}
	return i == len(a)
}
