package text

import "strings"

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
	OwnName     Level = "a word for a mark"     // the rest agrees, and one has a rare word where the other has a second team's number or mark
	Nobody      Level = "unknown"               // one of them names nobody
)

// Levels lists all levels, strongest agreement first.
var Levels = [...]Level{
	Exact, SameLetters, SameWords, AllButNoise, Within, Initials, Prefix, Alike, MostWords, Akin, SharedWord, Letters, Different,
	OtherNumber, OneNumber, Successor, OtherMarker, OwnName, Nobody,
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
		if a.Markers == 0 && ownName(b, a) || b.Markers == 0 && ownName(a, b) {
			return OwnName
		}
		return OtherMarker
	}
	onlyA, laterA := further(a.Numbers, b.Numbers)
	onlyB, laterB := further(b.Numbers, a.Numbers)
	switch {
	case onlyA+onlyB == 0:
		return ""
	case onlyA > 0 && onlyB > 0:
		return OtherNumber
	case laterA && ownName(a, b) || laterB && ownName(b, a):
		return OwnName
	case laterA || laterB:
		return Successor
	}
	return OneNumber
}

// ownName tells whether a name has a rare word that a marked one lacks: "Real Madrid Castilla" of "Real Madrid B".
func ownName(marked, other *Name) bool {
	return other.rare-overlap(marked.core, other.core) > Noise
}

// compareCores compares two names without their numbers and markers.
func compareCores(a, b *Name) (Level, float64) {
	if len(a.core) == 0 || len(b.core) == 0 {
		return Different, 0
	}
	shared := 0.0
	if a.wordBits&b.wordBits != 0 {
		shared = overlap(a.core, b.core)
	}
	restA, restB := a.rare-shared, b.rare-shared
	rest := min(restA, restB)
	switch {
	case a.stem == b.stem:
		return SameWords, max(a.rare, b.rare)
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
	const alike, akin = 0.6, 0.4
	switch dice := gramsAlike(a, b, akin); {
	case dice >= alike:
		return Alike, Rare
	case shared > rest/2:
		return MostWords, shared
	case dice >= akin || beginAlike(a.head, b.head):
		return Akin, Rare
	case shared > Noise:
		return SharedWord, shared
	case inOrder(a.head, b.head):
		return Letters, Rare
	}
	return Different, 0
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

// isInitials tells whether a name is made of another's first letters, or of its capitals.
func isInitials(short, long *Name) bool {
	return len(short.stem) >= 2 && (short.stem == long.initials || short.stem == long.capitals)
}
