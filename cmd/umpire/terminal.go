package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"umpire/resolve/text"
)

// oneLine is an error as one line that does not steer the terminal.
func oneLine(err error) string {
	return text.Tame(strings.ReplaceAll(err.Error(), "\n", "; "))
}

// drawn is a line, formatted, that does not steer the terminal.
func drawn(format string, args ...any) string { return text.Tame(fmt.Sprintf(format, args...)) }

// jsonLog escapes what JSON leaves as it is and terminals do not, which within JSON changes
// nothing of what is said.
type jsonLog struct{ io.Writer }

// Write writes whole events.
func (l jsonLog) Write(event []byte) (int, error) {
	if _, err := l.Writer.Write(escaped(event)); err != nil {
		return 0, err
	}
	return len(event), nil
}

// escaped is JSON with each unruly character in it escaped, but for the line's end.
func escaped(json []byte) []byte {
	said := string(json)
	if !strings.ContainsFunc(said, wild) {
		return json
	}
	var b strings.Builder
	for _, r := range said {
		if wild(r) {
			fmt.Fprintf(&b, "\\u%04x", r)
		} else {
			b.WriteRune(r)
		}
	}
	return []byte(b.String())
}

func wild(r rune) bool { return r != '\n' && r != utf8.RuneError && text.Unruly(r) }
