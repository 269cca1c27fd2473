package search

import (
	"strings"
	"unicode"

	"umpire/resolve/text"
)

// Run is a piece of a name, as told.
type Run struct {
	Text   string
	Marked bool // it is what was looked for
}

// Marks cuts a name into runs, which together are the name: those of its words that fit
// what was looked for, or that begin with the letters of a short form, are marked.
func (m Matched) Marks() []Run {
	words := wordsOf(m.Name.Name)
	initials := m.Fit == Initials
	joined := strings.Join(m.Words, "")
	var runs []Run
	add := func(text string, marked bool) {
		switch {
		case text == "":
		case len(runs) > 0 && runs[len(runs)-1].Marked == marked:
			runs[len(runs)-1].Text += text
		default:
			runs = append(runs, Run{text, marked})
		}
	}
	each := max(1, len([]rune(joined))/max(1, countWords(words)))
	for _, w := range words {
		switch {
		case !w.Marked:
			add(w.Text, false)
		case initials:
			letters := []rune(w.Text)
			n := min(each, len(letters))
			add(string(letters[:n]), true)
			add(string(letters[n:]), false)
		default:
			add(w.Text, m.fits(text.Fold(w.Text), joined))
		}
	}
	return runs
}

// fits tells whether a word of the name is one that was looked for.
func (m Matched) fits(folded, joined string) bool {
	if m.Fit == Exact {
		return true
	}
	for _, word := range m.Words {
		if oneIn(word, folded, isNear) || len(word) >= leastWithin && strings.Contains(folded, word) {
			return true
		}
	}
	return m.Fit == Begins && folded != "" && strings.HasPrefix(joined, folded)
}

// wordsOf cuts a name into words, which are marked, and what is between.
func wordsOf(name string) []Run {
	var runs []Run
	for _, letter := range name {
		inWord := unicode.IsLetter(letter) || unicode.IsDigit(letter) || unicode.IsMark(letter)
		if len(runs) == 0 || runs[len(runs)-1].Marked != inWord {
			runs = append(runs, Run{Marked: inWord})
		}
		runs[len(runs)-1].Text += string(letter)
	}
	return runs
}

func countWords(runs []Run) int {
	n := 0
	for _, r := range runs {
		if r.Marked {
			n++
		}
	}
	return n
}
