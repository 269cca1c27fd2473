package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Name is a name taken apart once, so that comparing two allocates nothing.
type Name struct {
	Folded  string
	Words   []Word   // in order, each once; numbers and markers included
	Numbers []Number // each once
	Markers Marker
	Letters string // of all words, in the order told
	// Unknown is set for a name that names nobody: TBD, "winner of match 3", no letter at all.
	Unknown bool

	core     []Word   // Words without numbers and markers
	stem     string   // the letters of core, in the order told
	head     string   // of those, the letters from the first rare word on: "dignitas" of "Team Dignitas"
	initials string   // of core, in the order told; empty if it is one word
	capitals string   // "hr" of "HellRaisers"; empty if there are no small letters
	grams    []uint32 // of head, sorted, each once

	rare     float64 // the rarity of core
	wordBits uint64  // a bit for each word of core
	gramBits uint64  // a bit for each of grams
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

var nobody = map[string]bool{
	"": true, "tbd": true, "tba": true, "tbc": true, "n a": true, "na": true, "bye": true, "unknown": true, "none": true, "null": true,
	"to be determined": true, "to be announced": true, "to be decided": true, "to be confirmed": true, "unknown team": true, "team tbd": true,
}

// Parse folds a name and takes it apart. A nil vocabulary holds every word for rare.
func Parse(name string, vocabulary Vocabulary) Name {
	name = joinAtApostrophes(unescape(name))
	var letters [64]byte
	n := Name{Folded: string(appendFolded(letters[:0], name)), capitals: capitalsOf(name)}
	n.Letters = strings.ReplaceAll(n.Folded, " ", "")

	var told, core [8]Word
	words := appendWords(told[:0], n.Folded, vocabulary)
	n.Words = distinct(words)
	n.Unknown = nobody[n.Folded] || isOutcome(words)
	n.enterCore(n.enterMarks(words, core[:0]))
	return n
}

// enterMarks enters the numbers and markers among words, and appends the other words to core.
func (n *Name) enterMarks(words, core []Word) []Word {
	for i, w := range words {
		switch number, marker := numberOf(w.Text, i), markers[w.Text]; {
		case number.Text != "" && i > 0 && endsSeason(words[i-1].Text, w.Text):
		case number.Text != "":
			n.number(number)
		case marker != 0 && len(words) > 1:
			n.Markers |= marker
		default:
			core = append(core, w)
		}
	}
	return core
}

// enterCore enters the words that are neither numbers nor markers, in the order told.
func (n *Name) enterCore(core []Word) {
	var room, roomOfInitials [64]byte
	stem, initials, head := room[:0], roomOfInitials[:0], -1
	for _, w := range core {
		if head < 0 && w.Rarity > Noise {
			head = len(stem)
		}
		stem, initials = append(stem, w.Text...), append(initials, w.Text[0])
	}
	n.core, n.stem = n.Words, n.Letters
	if len(stem) < len(n.Letters) {
		n.core, n.stem = distinct(core), string(stem)
	}
	if len(core) > 1 {
		n.initials = string(initials)
	}
	n.head = n.stem[max(head, 0):]
	n.grams = gramsOf(n.head)
	n.rare, n.wordBits, n.gramBits = rarity(n.core), bitsOfWords(n.core), bitsOfGrams(n.grams)
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

var apostrophes = strings.NewReplacer("'", "", "’", "", "`", "")

// joinAtApostrophes makes one word of what an apostrophe parts: "Na'Vi".
func joinAtApostrophes(name string) string {
	if strings.Contains(name, "'") || strings.Contains(name, "’") || strings.Contains(name, "`") {
		return apostrophes.Replace(name)
	}
	return name
}

// capitalsOf gives the capital letters of a name that has two at least, and small ones too.
func capitalsOf(name string) string {
	var room [64]byte
	capitals, small := room[:0], false
	for _, r := range name {
		small = small || unicode.IsLower(r)
		if unicode.IsUpper(r) {
			capitals = utf8.AppendRune(capitals, r)
		}
	}
	if !small || len(capitals) < 2 {
		return ""
	}
	return Fold(string(capitals))
}

// isOutcome recognises "winner of …", "loser of …" and whatever has a TBD in it.
func isOutcome(words []Word) bool {
	if slices.ContainsFunc(words, func(w Word) bool { return w.Text == "tbd" || w.Text == "tba" }) {
		return true
	}
	if len(words) < 2 {
		return false
	}
	switch words[0].Text {
	case "winner", "winners", "loser", "losers":
	default:
		return false
	}
	next := words[1].Text
	return next == "of" || next == "match" || next == "group" || numberOf(next, 1).Text != ""
}
