package text

import (
	"html"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/mozillazg/go-unidecode"
)

// What this package does fast, said plainly: a name as sets of words, of numbers and of
// groups of letters, and two names compared by what their sets have in common.

var (
	plainWord       = regexp.MustCompile(`[a-z0-9]+`)
	plainDigits     = regexp.MustCompile(`^[0-9]+$`)
	plainSecond     = regexp.MustCompile(`^[2-9]$`)
	plainApostrophe = regexp.MustCompile("['’`]")
	plainOutcome    = regexp.MustCompile(`^(winner|loser)s? (of|match|group)\b|\b(tbd|tba)\b`)
	plainWinner     = regexp.MustCompile(`^(winner|loser)s? `)
)

func plainFold(s string) string { return plainWords(html.UnescapeString(s)) }

func plainWords(s string) string {
	return strings.Join(plainWord.FindAllString(strings.ToLower(unidecode.Unidecode(s)), -1), " ")
}

// plainName is a name taken apart. Its sets hold what each word is worth, 1 for each group
// of letters, and 1 for each number that is a second one's.
type plainName struct {
	folded, letters               string
	unknown                       bool
	words, core, grams, numbers   map[string]float64
	markers                       Marker
	stem, head, initials, capital string
}

func plainParse(name string, vocabulary Vocabulary) *plainName {
	name = plainApostrophe.ReplaceAllString(html.UnescapeString(name), "")
	folded := plainWords(name)
	told := strings.Fields(folded)
	n := &plainName{
		folded: folded, letters: strings.Join(told, ""), capital: plainCapitals(name), unknown: nobody[folded] || plainNobody(told),
		words: map[string]float64{}, core: map[string]float64{}, numbers: map[string]float64{},
	}
	var core []string
	for i, w := range told {
		n.words[w] = vocabulary.Rarity(w)
		switch number, second := plainNumber(w, i); {
		case number != "" && i > 0 && plainSeason(told[i-1], w):
		case number != "":
			n.numbers[number] = max(n.numbers[number], second)
		case markers[w] != 0 && len(told) > 1:
			n.markers |= markers[w]
		default:
			core, n.core[w], n.initials = append(core, w), n.words[w], n.initials+w[:1]
		}
	}
	rare := max(0, slices.IndexFunc(core, func(w string) bool { return n.core[w] > Noise }))
	n.stem, n.head = strings.Join(core, ""), strings.Join(core[rare:], "")
	n.grams = plainGrams(n.head)
	return n
}

func plainNobody(told []string) bool {
	name := strings.Join(told, " ")
	if !plainWinner.MatchString(name) {
		return plainOutcome.MatchString(name)
	}
	number, _ := plainNumber(told[1], 1)
	return number != "" || plainOutcome.MatchString(name)
}

func plainCapitals(name string) string {
	if !strings.ContainsFunc(name, unicode.IsLower) {
		return ""
	}
	return plainWords(strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return r
		}
		return -1
	}, name))
}

// plainNumber reads a word as a number, and tells by 1 that it is a second one's.
func plainNumber(word string, place int) (string, float64) {
	number := ""
	switch {
	case plainDigits.MatchString(word):
		number = strings.TrimLeft(word[:len(word)-1], "0") + word[len(word)-1:]
	case place > 0:
		number = numerals[word]
	}
	if place > 0 && plainSecond.MatchString(number) && word[0] != '0' {
		return number, 1
	}
	return number, 0
}

func plainSeason(first, second string) bool {
	for year := 1900; year < 2100; year++ {
		next := strconv.Itoa(year + 1)
		if first == strconv.Itoa(year) && (second == next || second == next[2:]) {
			return true
		}
	}
	return false
}

func plainGrams(word string) map[string]float64 {
	grams, padded := map[string]float64{}, "^"+word+"$"
	for i := 0; i+3 <= len(padded); i++ {
		grams[padded[i:i+3]] = 1
	}
	return grams
}

func sum(set map[string]float64) float64 {
	all := 0.0
	for _, worth := range set {
		all += worth
	}
	return all
}

// both is what two sets share; only is what of the first the second lacks.
func both(a, b map[string]float64) map[string]float64 { return pick(a, b, true) }
func only(a, b map[string]float64) map[string]float64 { return pick(a, b, false) }

func pick(a, b map[string]float64, wanted bool) map[string]float64 {
	picked := maps.Clone(a)
	maps.DeleteFunc(picked, func(x string, _ float64) bool {
		_, found := b[x]
		return found != wanted
	})
	return picked
}

func plainCompare(a, b *plainName) (Level, float64) {
	switch {
	case a.unknown || b.unknown:
		return Nobody, 0
	case a.folded == b.folded:
		return Exact, sum(a.words)
	case a.letters == b.letters:
		return SameLetters, max(sum(a.words), sum(b.words))
	}
	level, shared := plainCores(a, b)
	onlyA, onlyB := only(a.numbers, b.numbers), only(b.numbers, a.numbers)
	switch {
	case level == Different:
		return Different, 0
	case a.markers != b.markers && (a.markers == 0 && plainOwn(b, a) || b.markers == 0 && plainOwn(a, b)):
		return OwnName, shared
	case a.markers != b.markers:
		return OtherMarker, shared
	case len(onlyA) > 0 && len(onlyB) > 0:
		return OtherNumber, shared
	case sum(onlyA) > 0 && plainOwn(a, b), sum(onlyB) > 0 && plainOwn(b, a):
		return OwnName, shared
	case sum(onlyA)+sum(onlyB) > 0:
		return Successor, shared
	case len(onlyA)+len(onlyB) > 0:
		return OneNumber, shared
	}
	return level, shared
}

// plainOwn tells whether a name has a rare word that one with a mark has not.
func plainOwn(marked, other *plainName) bool { return sum(only(other.core, marked.core)) > Noise }

func plainCores(a, b *plainName) (Level, float64) {
	if len(a.core) == 0 || len(b.core) == 0 {
		return Different, 0
	}
	shared, restA, restB := sum(both(a.core, b.core)), sum(only(a.core, b.core)), sum(only(b.core, a.core))
	short, long := a.head, b.head
	if len(short) > len(long) {
		short, long = long, short
	}
	dice := 2 * sum(both(a.grams, b.grams)) / (sum(a.grams) + sum(b.grams))
	switch {
	case a.stem == b.stem:
		return SameWords, max(sum(a.core), sum(b.core))
	case restA+restB == 0:
		return SameWords, shared
	case min(restA, restB) == 0 && max(restA, restB) <= Noise:
		return AllButNoise, shared
	case min(restA, restB) == 0:
		return Within, shared
	case plainInitials(a, b) || plainInitials(b, a):
		return Initials, Rare
	case len(short) >= 3 && strings.HasPrefix(long, short):
		return Prefix, Rare
	case dice >= 0.6:
		return Alike, Rare
	case shared > (restA+restB)/2:
		return MostWords, shared
	case dice >= 0.4 || plainBegin(short, long):
		return Akin, Rare
	case shared > Noise:
		return SharedWord, shared
	case plainInOrder(a.head, b.head) || plainInOrder(b.head, a.head):
		return Letters, Rare
	}
	return Different, 0
}

func plainInitials(short, long *plainName) bool {
	return len(short.stem) >= 2 && (short.stem == long.initials || short.stem == long.capital)
}

// plainBegin tells whether two thirds of the shorter, and three letters, begin the longer.
func plainBegin(short, long string) bool {
	twoThirds := max(3, (2*len(short)+2)/3)
	return len(short) >= twoThirds && strings.HasPrefix(long, short[:twoThirds])
}

// plainInOrder tells whether a longer name begins as a short one does, and goes on with its letters in their order.
func plainInOrder(short, long string) bool {
	letters := "^" + strings.Join(strings.Split(short, ""), ".*")
	return len(short) >= 2 && len(short) <= 5 && len(short) <= len(long) && regexp.MustCompile(letters).MatchString(long)
}
