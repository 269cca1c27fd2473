package search

import "strings"

// Short lists the short forms of a folded name of several words that people type for it,
// each once: the initials ("nip" of "ninjas in pyjamas"), the first two letters of each
// word ("navi" of "natus vincere"), and all letters in one ("teamsecret"). An index that
// keeps these finds a query's words, and all of them in one, among them.
func Short(folded string) []string {
	words := strings.Fields(folded)
	if len(words) < 2 {
		return nil
	}
	forms := []string{beginnings(words, 1)}
	for _, form := range []string{beginnings(words, 2), strings.Join(words, "")} {
		if form != forms[len(forms)-1] {
			forms = append(forms, form)
		}
	}
	return forms
}

// beginnings joins the first letters of words.
func beginnings(words []string, letters int) string {
	var joined strings.Builder
	for _, word := range words {
		joined.WriteString(word[:min(letters, len(word))])
	}
	return joined.String()
}
