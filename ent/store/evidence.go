package store

// Evidence as a link's row holds it: a match's nine lines and theirs say the same few words
// again and again, and there are as many links as matches. Packed they take a tenth of
// what JSON takes, and the database has nothing to parse.
//
// Packed lines begin with the format's version and their number; then, a line after the
// other: comparison, level, a, b, weight, the number of its lines and those, the number of
// its records and those. A text is the number of one that came before, or 0, its length and its
// bytes; the version's usual words, 1 the empty one, came before all. Numbers are those of
// encoding/binary, the weight's a varint.

import (
	"encoding/binary"
	"errors"
	"slices"

	"umpire/resolve"
)

// usualWords are those of each version of the format, from the first on. What is written has the
// last; a version's words stay as they are for ever.
var usualWords = [...][]string{
	{""},
	{
		"", "prior", "any two records", "team 1", "team 2", "name", "matches", "what their other matches say", "accident",
		"an opponent may coincide, or be mistaken", "sides", "same order", "swapped", "start", "score", "best of", "tournament", "title",
		"exact", "same letters", "same words", "all but frequent words", "one within the other", "initials", "one begins the other",
		"spelled alike", "most words", "spelled much alike", "a rare word", "letters in order", "different", "another number",
		"a number on one side", "a second one's number", "another team's mark", "unknown",
		"same minute", "within 5 minutes", "within 15 minutes", "within 30 minutes", "within an hour", "within 2 hours", "within 4 hours",
		"within 8 hours", "within a day", "same day", "next day", "day before", "days apart",
		"same score", "same map score", "same winner", "same draw", "draw and winner", "other score", "other winner", "same",
		"what their matches say", "guard", "votes do not overcome it", "one match alone does not settle it",
		"coincide", "coincide with others", "0", "1", "2", "3", "bound", "no more than so much", "judgement",
		"1:0", "0:1", "1:1", "2:0", "0:2", "2:1", "1:2", "0:0", "2:2", "3:0", "0:3", "3:1", "1:3", "1 won", "2 won",
	},
}

// evidenceVersion is that of what is written.
const evidenceVersion = byte(len(usualWords))

// wordNumber numbers the usual words, from 1 on.
var wordNumber = func() map[string]int {
	places := map[string]int{}
	for i, word := range usualWords[evidenceVersion-1] {
		places[word] = i + 1
	}
	return places
}()

// errEvidence says that bytes are no packed lines.
var errEvidence = errors.New("evidence is damaged, or of a newer program")

// packLines packs the lines of a link.
func packLines(lines []resolve.Line) []byte {
	p := packer{to: make([]byte, 1, 256), texts: make([]string, 0, 16)}
	p.to[0] = evidenceVersion
	p.lines(lines)
	return p.to
}

type packer struct {
	to    []byte
	texts []string // that came before, but for the usual words
}

func (p *packer) lines(lines []resolve.Line) {
	p.number(len(lines))
	for i := range lines {
		l := &lines[i]
		p.text(l.Comparison)
		p.text(l.Level)
		p.text(l.A)
		p.text(l.B)
		p.to = binary.AppendVarint(p.to, int64(l.Weight))
		p.lines(l.Lines)
		p.number(len(l.Records))
		for _, r := range l.Records {
			p.text(string(r))
		}
	}
}

func (p *packer) number(n int) { p.to = binary.AppendUvarint(p.to, uint64(n)) }

func (p *packer) text(s string) {
	if place, usual := wordNumber[s]; usual {
		p.number(place)
		return
	}
	if i := slices.Index(p.texts, s); i >= 0 {
		p.number(len(wordNumber) + i + 1)
		return
	}
	p.texts = append(p.texts, s)
	p.number(0)
	p.number(len(s))
	p.to = append(p.to, s...)
}

// unpackLines returns what packLines packed; no lines are an empty list.
func unpackLines(packed []byte) ([]resolve.Line, error) {
	if len(packed) == 0 || packed[0] == 0 || packed[0] > evidenceVersion {
		return nil, errEvidence
	}
	u := unpacker{from: string(packed[1:]), texts: slices.Clip(usualWords[packed[0]-1])}
	lines := u.lines()
	if u.damaged || u.from != "" {
		return nil, errEvidence
	}
	if lines == nil {
		lines = []resolve.Line{}
	}
	return lines, nil
}

type unpacker struct {
	from    string // what is left
	texts   []string
	damaged bool
}

func (u *unpacker) lines() []resolve.Line {
	n := u.count()
	if n == 0 {
		return nil
	}
	lines := make([]resolve.Line, n)
	for i := range lines {
		l := &lines[i]
		l.Comparison, l.Level, l.A, l.B = u.text(), u.text(), u.text(), u.text()
		zigzag := u.number()
		l.Weight = resolve.Weight(int64(zigzag>>1) ^ -int64(zigzag&1))
		l.Lines = u.lines()
		for range u.count() {
			l.Records = append(l.Records, resolve.ID(u.text()))
		}
	}
	return lines
}

// count is the number of things that follow, each of a byte at least.
func (u *unpacker) count() int {
	n := u.number()
	if n > uint64(len(u.from)) {
		u.damaged = true
		return 0
	}
	return int(n)
}

func (u *unpacker) number() uint64 {
	var n uint64
	for i := 0; i < len(u.from) && i < binary.MaxVarintLen64; i++ {
		c := u.from[i]
		n |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			u.from = u.from[i+1:]
			return n
		}
	}
	u.from, u.damaged = "", true
	return 0
}

func (u *unpacker) text() string {
	n := u.number()
	switch {
	case n > uint64(len(u.texts)):
		u.damaged = true
		return ""
	case n > 0:
		return u.texts[n-1]
	}
	length := u.count()
	s := u.from[:length]
	u.from = u.from[length:]
	u.texts = append(u.texts, s)
	return s
}
