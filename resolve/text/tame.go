package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Tame draws what has no shape of its own but changes the shape of the text around it:
// control characters, by which terminals are steered, too, and the marks that turn its
// direction.
func Tame(s string) string {
	if !strings.ContainsFunc(s, Unruly) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if Unruly(r) {
			b.WriteString("‹" + Picture(r) + "›")
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Unruly tells what Tame draws.
func Unruly(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' ||
		r == '\u2028' || r == '\u2029' || r == utf8.RuneError
}

// Picture stands for a code point that cannot be seen.
func Picture(r rune) string {
	if r < ' ' {
		return string('␀' + r)
	}
	return fmt.Sprintf("U+%04X", r)
}
