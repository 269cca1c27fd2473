package text

import "strings"

// Joined is a folded name in one word.
func Joined(folded string) string { return strings.ReplaceAll(folded, " ", "") }

// Beginnings joins the first n letters of each word of a folded name: "nip" of "ninjas in
// pyjamas", or, of two letters, "navi" of "natus vincere". Of one word it is "".
func Beginnings(folded string, n int) string {
	if !strings.Contains(folded, " ") {
		return ""
	}
	var joined strings.Builder
	for word := range strings.SplitSeq(folded, " ") {
		joined.WriteString(word[:min(n, len(word))])
	}
	return joined.String()
}
