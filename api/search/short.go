package search

import (
	"strings"

	"umpire/resolve/text"
)

// Short lists the short forms of a folded name of several words that people type for it,
// each once: the initials ("nip" of "ninjas in pyjamas"), the first two letters of each
// word ("navi" of "natus vincere"), and all letters in one ("teamsecret"). An index that
// keeps these finds a query's words, and all of them in one, among them.
func Short(folded string) []string {
	if !strings.Contains(folded, " ") {
		return nil
	}
	forms := []string{text.Beginnings(folded, 1)}
	for _, form := range []string{text.Beginnings(folded, 2), text.Joined(folded)} {
		if form != forms[len(forms)-1] {
			forms = append(forms, form)
		}
	}
	return forms
}
