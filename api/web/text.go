package web

import (
	"fmt"
	"hash/fnv"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"umpire/resolve"
	letters "umpire/resolve/text"
)

// The longest name that a page writes out, and the longest that it keeps to show on
// hover, in code points. Sources have sent longer ones.
const (
	nameShown = 120
	nameKept  = 1000
)

// name is a name as a page shows it.
type name struct {
	Text string
	Full string // to show on hover, where Text is not all of it; else ""
	Odd  bool   // Text describes a name that cannot be seen
}

// nameOf makes a name that a source sent fit to show: clipped, and described by its code
// points where there is nothing to see or where it would turn round what stands beside it.
// A <bdi> does not hold that in: an isolate that a name opens and does not close would
// swallow the one that the <bdi> closes.
func nameOf(sent string) name {
	if !visible(sent) {
		return name{Text: codePoints(clip(sent, 8)), Odd: true}
	}
	full := letters.Tame(clip(sent, nameKept))
	if shown := clip(full, nameShown); shown != full {
		return name{Text: shown, Full: full}
	}
	return name{Text: full}
}

// blanks are letters and symbols by their category, and nothing to the eye: the Hangul
// fillers and the empty Braille cell.
const blanks = "\u115f\u1160\u3164\uffa0\u2800"

func visible(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.Is(unicode.M, r) && !strings.ContainsRune(blanks, r)
	})
}

func codePoints(s string) string {
	if s == "" {
		return "no name"
	}
	var points []string
	for _, r := range s {
		points = append(points, fmt.Sprintf("U+%04X", r))
	}
	return strings.Join(points, " ")
}

// clip cuts a text to a number of code points, the last then being an ellipsis.
func clip(s string, longest int) string {
	if len(s) <= longest || utf8.RuneCountInString(s) <= longest {
		return s
	}
	runes := 0
	for i := range s {
		if runes++; runes == longest {
			return s[:i] + "…"
		}
	}
	return s
}

// moment is a time as a page shows it, in UTC.
type moment struct {
	Machine string // for <time datetime>
	Day     string // such as "Sun 15 Mar 2015"
	Clock   string // such as "18:30"; "" where only the day is known
	Raw     string // the source's own text, if it says more than the above
}

func instantOf(t time.Time) moment {
	t = t.UTC()
	return moment{Machine: t.Format(time.RFC3339), Day: t.Format("Mon 2 Jan 2006"), Clock: t.Format("15:04")}
}

// startOf shows a start as finely as it is known; nil where it is not.
func startOf(t resolve.Time) *moment {
	if t.Precision == "" {
		if t.Raw == "" {
			return nil
		}
		return &moment{Raw: t.Raw}
	}
	m := instantOf(t.At)
	m.Raw = t.Raw
	switch t.Precision {
	case resolve.PrecisionDay:
		m.Machine, m.Clock = t.At.UTC().Format(time.DateOnly), ""
	case resolve.PrecisionSecond:
		if t.At.Second() != 0 {
			m.Clock = t.At.UTC().Format(time.TimeOnly)
		}
	}
	return &m
}

// number groups thousands, as in 33 022, with narrow spaces that do not break.
func number[N int | int64](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// anyNumber is number for templates, which know no type parameters.
func anyNumber(n any) string {
	if n, small := n.(int); small {
		return number(n)
	}
	return number(n.(int64))
}

// plural is a count with its noun, as in "1 record" and "3 matches".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// points writes a score; "–" where there is none.
func points(p *float64) string {
	if p == nil {
		return "–"
	}
	return strconv.FormatFloat(*p, 'f', -1, 64)
}

// bits writes a weight with its sign, as in "+7.25" or "−3.5": exactly, since sixteenths
// end within four decimals, but for zeros at the end beyond the first.
func bits(w resolve.Weight) string {
	s := strings.TrimRight(strconv.FormatFloat(w.Bits(), 'f', 4, 64), "0")
	if strings.HasSuffix(s, ".") {
		s += "0"
	}
	switch {
	case w > 0:
		return "+" + s
	case w < 0:
		return "−" + s[1:]
	}
	return s
}

// share writes a part of a whole in percent, "" where there is no whole.
func share(part, whole int64) string {
	if whole == 0 {
		return ""
	}
	return strconv.FormatInt((200*part+whole)/(2*whole), 10) + "\u202f%"
}

// size writes a number of bytes for people.
func size(n int) string {
	switch {
	case n < 10_000:
		return number(n) + " bytes"
	case n < 10_000_000:
		return number(n/1000) + " kB"
	}
	return number(n/1_000_000) + " MB"
}

// hues is how many colours the style sheet has to tell sources apart.
const hues = 12

// hueOf gives a source its colour, the same on every page. It comes from the high bits of
// the hash: the low ones of FNV are little more than the last letters.
func hueOf(source string) int {
	h := fnv.New32a()
	h.Write([]byte(source))
	return int(h.Sum32() >> 20 % hues)
}

// external is the address of a source's own page if it is one to link to, else "".
func external(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return address
}

// host is where an address leads, for people.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return nameOf(strings.TrimPrefix(u.Host, "www.")).Text
}
