package search

import (
	"strings"

	"umpire/resolve/text"
)

// Fit is how well some words fit a name. Less is better.
type Fit int

// The fits.
const (
	Exact    Fit = iota // the name, spaces aside
	Begins              // the name begins so
	Initials            // a short form of the name: its initials, or two letters of each word
	Words               // each is a word of the name, or the beginning of one
	Near                // so, but for an error or two
	Within              // somewhere in the name
	Unfit
)

// String is the fit's name on the wire.
func (f Fit) String() string {
	return [...]string{"exact", "begins", "short", "words", "near", "within", ""}[f]
}

// Words that are shorter than shortNear have no errors in them that anyone could tell; up
// to longNear they may have one, and else two.
const (
	shortNear   = 4
	longNear    = 8
	shortForm   = 2 // letters of the shortest short form
	mostInitial = 3 // letters from which on initials may leave out what follows: "psg" of "paris saint germain esports"
	leastWithin = 3
)

// fitOf tells how words fit a folded name. They are told as a list and joined by spaces.
func fitOf(words []string, joined, name string) Fit {
	letters, all := text.Joined(joined), text.Joined(name)
	switch {
	case name == "":
		return Unfit
	case letters == all:
		return Exact
	case strings.HasPrefix(name, joined), len(letters) > 2 && strings.HasPrefix(all, letters):
		return Begins
	case isShort(letters, name):
		return Initials
	case eachIn(words, name, isBeginning):
		return Words
	case eachIn(words, name, isNear), isNear(letters, all):
		return Near
	case len(joined) >= leastWithin && strings.Contains(name, joined):
		return Within
	}
	return Unfit
}

func isShort(letters, name string) bool {
	if len(letters) < shortForm {
		return false
	}
	initials := text.Beginnings(name, 1)
	return letters == initials || len(letters) >= mostInitial && strings.HasPrefix(initials, letters) || letters == text.Beginnings(name, 2)
}

// eachIn tells whether each of some words is like a word of a name.
func eachIn(words []string, name string, like func(word, of string) bool) bool {
	for _, word := range words {
		if !oneIn(word, name, like) {
			return false
		}
	}
	return true
}

func oneIn(word, name string, like func(word, of string) bool) bool {
	for of := range strings.SplitSeq(name, " ") {
		if like(word, of) {
			return true
		}
	}
	return false
}

func isBeginning(word, of string) bool { return strings.HasPrefix(of, word) }

// isNear tells whether a word, or its beginning, may be meant by one with an error. Another
// number is another thing.
func isNear(word, of string) bool {
	if isBeginning(word, of) {
		return true
	}
	if len(word) < shortNear || strings.ContainsAny(word, "0123456789") {
		return false
	}
	most := 1
	if len(word) >= longNear {
		most = 2
	}
	if within(word, of, most) {
		return true
	}
	return len(of) > len(word) && within(word, of[:len(word)], most)
}

// within tells whether two words are at most so many errors apart: a letter more, less or
// other, or two letters that change places (Damerau 1964, optimal string alignment).
func within(a, b string, most int) bool {
	if max(len(a)-len(b), len(b)-len(a)) > most {
		return false
	}
	var rooms [3][64]int
	if len(b) >= len(rooms[0]) {
		return false
	}
	before, last, now := &rooms[0], &rooms[1], &rooms[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			now[j] = min(change, last[j]+1, now[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
			least = min(least, now[j])
		}
		if least > most {
			return false
		}
		before, last, now = last, now, before
	}
	return last[len(b)] <= most
}
