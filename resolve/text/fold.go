// Package text folds, splits and compares names. It knows letters and words, and
// nothing of teams, matches or weights.
package text

import (
	"strings"

	"github.com/mozillazg/go-unidecode"
)

// Fold brings a name to the form in which names are searched and compared: transliterated
// to ASCII, lower case, words of letters and digits parted by single spaces.
// "  Čeští  Lvi-2" folds to "cesti lvi 2". Fold(Fold(s)) == Fold(s).
func Fold(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(unidecode.Unidecode(s)) {
		if (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9') {
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		} else {
			gap = true
		}
	}
	return b.String()
}
