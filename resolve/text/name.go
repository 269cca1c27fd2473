package text

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Name is a name taken apart once, so that comparing two allocates nothing.
type Name struct {
	Folded  string
	Words   []Word   // by text, each once; numbers and markers included
	Numbers []Number // each once
	Markers Marker
	Letters string // of all words, in the order told
	// Unknown is set for a name that names nobody: TBD, "winner of match 3", no letter at all.
	Unknown bool

	core     []Word   // Words without numbers and markers
	stem     string   // the letters of core, in the order told
	head     string   // of those, the letters from the first rare word on: "dignitas" of "Team Dignitas"
	initials string   // of core, in the order told
	capitals string   // "hr" of "HellRaisers"; empty if there are no small letters
	grams    []uint32 // of head, sorted, each once
}

// Word is a word with its rarity in bits.
type Word struct {
	Text   string
	Rarity float64
}

// Number is a number in a name, without leading zeros: "II", "B" and "reserves" read "2".
type Number struct {
	Text string
	// Later is set for 2 to 9 behind a word: a second team, a sequel, a later edition. A year,
	// such as "Schalke 04" has, and a number that comes first, as in "4 Anders", are not.
	Later bool
}

// Marker is a set of words that tell an academy's, a junior or a women's team from the first.
type Marker uint8

// The markers.
const (
	Academy Marker = 1 << iota
	Junior
	Women
)

var markers = map[string]Marker{
	"academy": Academy, "acad": Academy,
	"junior": Junior, "juniors": Junior, "jr": Junior, "jrs": Junior, "youth": Junior, "young": Junior,
	"u16": Junior, "u17": Junior, "u18": Junior, "u19": Junior, "u20": Junior, "u21": Junior, "u23": Junior,
	"women": Women, "woman": Women, "female": Women, "ladies": Women, "girls": Women, "fe": Women, "fem": Women,
}

// seconds are the words that say of a team what "II" does.
var seconds = map[string]bool{"b": true, "second": true, "reserve": true, "reserves": true}

var numerals = map[string]string{
	"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10",
	"xi": "11", "xii": "12", "xiii": "13", "xiv": "14", "xv": "15",
}

var nobody = map[string]bool{
	"": true, "tbd": true, "tba": true, "tbc": true, "n a": true, "na": true, "bye": true, "unknown": true, "none": true, "null": true,
	"to be determined": true, "to be announced": true, "to be decided": true, "to be confirmed": true, "unknown team": true, "team tbd": true,
}

// Parse folds a name and takes it apart. A nil vocabulary holds every word for rare.
func Parse(name string, vocabulary Vocabulary) Name {
	name = apostrophes.Replace(name) // "Na'Vi" is a word
	n := Name{Folded: Fold(name), capitals: capitalsOf(name)}
	words := strings.Fields(n.Folded)
	n.Unknown = nobody[n.Folded] || isOutcome(words)
	var core, initials strings.Builder
	for i, w := range words {
		word := Word{Text: w, Rarity: vocabulary.Rarity(w)}
		n.Words = append(n.Words, word)
		switch number, marker := numberOf(w, i), markers[w]; {
		case number.Text != "" && endsSeason(words[:i+1]):
		case number.Text != "":
			n.number(number)
		case marker != 0 && len(words) > 1:
			n.Markers |= marker
		default:
			n.core = append(n.core, word)
			core.WriteString(w)
			initials.WriteByte(w[0])
		}
	}
	n.Letters, n.stem, n.initials = strings.Join(words, ""), core.String(), initials.String()
	n.head = headOf(n.core)
	n.Words, n.core = distinct(n.Words), distinct(n.core)
	n.grams = gramsOf(n.head)
	return n
}

// Rarity is what agreeing on the whole name is worth: the bits of its words.
func (n *Name) Rarity() float64 { return rarity(n.Words) }

// Keys are the parts that two names of one thing are likely to share: words, the first
// letters, and initials. Frequent words, of less than common bits, are left out unless the
// name has nothing else.
func (n *Name) Keys(common float64) []string {
	if n.Unknown {
		return nil
	}
	var keys []string
	for _, w := range n.core {
		if w.Rarity >= common {
			keys = append(keys, w.Text)
		}
	}
	if len(keys) == 0 {
		keys = append(keys, n.Folded)
	}
	if len(n.head) >= prefixLetters {
		keys = append(keys, n.head[:prefixLetters]+"-")
	}
	if len(n.initials) >= 2 {
		keys = append(keys, "="+n.initials)
	} else if len(n.stem) >= 2 && len(n.stem) <= maxInitials {
		keys = append(keys, "="+n.stem)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

const (
	prefixLetters = 3
	maxInitials   = 5
)

// headOf joins words from the first rare one on, all of them if none is rare.
func headOf(words []Word) string {
	start := max(0, slices.IndexFunc(words, func(w Word) bool { return w.Rarity > Noise }))
	var letters strings.Builder
	for _, w := range words[start:] {
		letters.WriteString(w.Text)
	}
	return letters.String()
}

var apostrophes = strings.NewReplacer("'", "", "’", "", "`", "")

// capitalsOf gives the capital letters of a name that has small ones too.
func capitalsOf(name string) string {
	var capitals strings.Builder
	small := false
	for _, r := range name {
		small = small || unicode.IsLower(r)
		if unicode.IsUpper(r) {
			capitals.WriteRune(r)
		}
	}
	if !small {
		return ""
	}
	return Fold(capitals.String())
}

// isInitials tells whether a name is made of another's first letters, or of its capitals.
func isInitials(short, long *Name) bool {
	return len(short.stem) >= 2 && (short.stem == long.initials || short.stem == long.capitals)
}

// numberOf reads a word as a number: digits, or a Roman numeral or a word for a second that
// is not the first word.
func numberOf(word string, place int) Number {
	if word[0] >= '0' && word[0] <= '9' && strings.Trim(word, "0123456789") == "" {
		n := strings.TrimLeft(word, "0")
		if n == "" {
			return Number{Text: "0"}
		}
		return Number{n, place > 0 && len(word) == 1 && n != "1"}
	}
	n := numerals[word]
	if seconds[word] {
		n = "2"
	}
	if n == "" || place == 0 {
		return Number{}
	}
	return Number{n, len(n) == 1 && n != "1"}
}

// endsSeason tells whether the last of some words is the second year of a season, and the one
// before it the first: such a season, "2014/15" or "2014-2015", is called by its first year.
func endsSeason(words []string) bool {
	if len(words) < 2 || len(words[len(words)-2]) != len("2014") {
		return false
	}
	year, err := strconv.Atoi(words[len(words)-2])
	next := strconv.Itoa(year + 1)
	second := words[len(words)-1]
	return err == nil && year >= 1900 && year < 2100 && (second == next || second == next[len("20"):])
}

// number enters a number, once.
func (n *Name) number(number Number) {
	for i := range n.Numbers {
		if n.Numbers[i].Text == number.Text {
			n.Numbers[i].Later = n.Numbers[i].Later || number.Later
			return
		}
	}
	n.Numbers = append(n.Numbers, number)
}

// isOutcome recognises "winner of …", "loser of …" and whatever has a TBD in it.
func isOutcome(words []string) bool {
	if slices.Contains(words, "tbd") || slices.Contains(words, "tba") {
		return true
	}
	return len(words) > 1 && (words[0] == "winner" || words[0] == "loser" || words[0] == "winners" || words[0] == "losers") &&
		(words[1] == "of" || words[1] == "match" || words[1] == "group" || numberOf(words[1], 1).Text != "")
}

func distinct(words []Word) []Word {
	slices.SortFunc(words, func(a, b Word) int { return strings.Compare(a.Text, b.Text) })
	return slices.CompactFunc(words, func(a, b Word) bool { return a.Text == b.Text })
}

func rarity(words []Word) float64 {
	sum := 0.0
	for _, w := range words {
		sum += w.Rarity
	}
	return sum
}

// gramsOf gives the groups of three letters of a word, its ends marked, as sorted codes.
func gramsOf(letters string) []uint32 {
	if letters == "" {
		return nil
	}
	padded := "^" + letters + "$"
	grams := make([]uint32, 0, len(letters))
	for i := 0; i+3 <= len(padded); i++ {
		grams = append(grams, uint32(padded[i])<<16|uint32(padded[i+1])<<8|uint32(padded[i+2]))
	}
	slices.Sort(grams)
	return slices.Compact(grams)
}
