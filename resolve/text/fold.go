// Package text folds, splits and compares names. It knows letters and words, and
// nothing of teams, matches or weights.
package text

import (
	"html"
	"strings"
	"unicode"

	"github.com/mozillazg/go-unidecode"
)

// Fold brings a name to the form in which names are searched and compared: HTML entities
// read as what they stand for, transliterated to ASCII, lower case, words of letters and
// digits parted by single spaces. "  Čeští  Lvi-2" and "&#268;e&#353;t&#237; Lvi 2" fold to
// "cesti lvi 2". Fold(Fold(s)) == Fold(s).
func Fold(s string) string {
	var room [64]byte
	return string(appendFolded(room[:0], unescape(s)))
}

// unescape reads HTML entities, once: feeds that scrape pages send "M&#268;R" and "D&amp;G".
// What is none, such as the "D&G;" of a feed that repairs too much, stays.
func unescape(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	return html.UnescapeString(s)
}

// appendFolded appends a name without entities, folded.
func appendFolded(folded []byte, name string) []byte {
	if !isASCII(name) {
		name = unidecode.Unidecode(name)
	}
	start, gap := len(folded), false
	for i := range len(name) {
		letter := lower[name[i]]
		if letter == 0 {
			gap = true
			continue
		}
		if gap && len(folded) > start {
			folded = append(folded, ' ')
		}
		gap = false
		folded = append(folded, letter)
	}
	return folded
}

// lower gives of each letter and digit its small form, and 0 of all else.
var lower = func() [256]byte {
	var table [256]byte
	for c := byte('a'); c <= 'z'; c++ {
		table[c], table[c-'a'+'A'] = c, c
	}
	for c := byte('0'); c <= '9'; c++ {
		table[c] = c
	}
	return table
}()

// isASCII tells whether transliteration changes nothing; it drops DEL, the last of ASCII.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= unicode.MaxASCII {
			return false
		}
	}
	return true
}
