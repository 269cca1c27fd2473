package ingest

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// scanner reads JSON as nearly all of it is: standard and well-formed. It is fast, uses
// its memory again, and declines everything else, which parseStrict then reads or
// refuses. What both read, they read alike.
type scanner struct {
	text   string
	at     int
	open   []value // what was read of the lists and objects that are not at their end yet
	closed []value // what was read of the others; all kids are parts of it
}

// scan reads a text of UTF-8 as one value, which holds until the next reset. It is false
// if it declines.
func (s *scanner) scan(text string) (*value, bool) {
	s.text, s.at = text, 0
	ok := s.value("", 0)
	s.blanks()
	if !ok || s.at < len(text) {
		return nil, false
	}
	return &s.open[0], true
}

// maxKept bounds the values whose memory the next text uses again.
const maxKept = 1 << 10

// reset lets go of the text and of all that was read of it.
func (s *scanner) reset() {
	if cap(s.open)+cap(s.closed) > maxKept {
		*s = scanner{}
		return
	}
	clear(s.open[:cap(s.open)])
	clear(s.closed)
	*s = scanner{open: s.open[:0], closed: s.closed[:0]}
}

// value reads what is next, and adds it to what is open.
func (s *scanner) value(name string, depth int) bool {
	switch s.blanks() {
	case '"':
		text, ok := s.quoted()
		s.open = append(s.open, value{name: name, kind: '"', text: text})
		return ok
	case '{':
		return s.kids(name, '{', '}', depth+1)
	case '[':
		return s.kids(name, '[', ']', depth+1)
	case 't':
		return s.literal(name, "true")
	case 'f':
		return s.literal(name, "false")
	case 'n':
		return s.literal(name, "null")
	}
	return s.number(name)
}

// kids reads a list or object.
func (s *scanner) kids(name string, kind jsontext.Kind, end byte, depth int) bool {
	first := len(s.open)
	s.at++
	if depth > maxDepth {
		return false
	}
	behind := s.blanks()
	for more := behind != end; more; more = behind == ',' {
		if !s.kid(kind, depth) {
			return false
		}
		if behind = s.blanks(); behind == ',' {
			s.at++
		}
	}
	s.at++
	s.close(value{name: name, kind: kind}, first)
	return behind == end
}

// kid reads a value of a list, or a name and a value of an object.
func (s *scanner) kid(of jsontext.Kind, depth int) bool {
	if of == '[' {
		return s.value("", depth)
	}
	if s.blanks() != '"' {
		return false
	}
	name, ok := s.quoted()
	if !ok || s.blanks() != ':' {
		return false
	}
	s.at++
	return s.value(name, depth)
}

// close gives the list or object its kids: what is open from the first one on.
func (s *scanner) close(v value, first int) {
	if from := len(s.closed); first < len(s.open) {
		s.closed = append(s.closed, s.open[first:]...)
		v.kids = s.closed[from:len(s.closed):len(s.closed)]
	}
	s.open = append(s.open[:first], v)
}

// quoted reads a text, or a name.
func (s *scanner) quoted() (string, bool) {
	for i := s.at + 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '"':
			text := s.text[s.at+1 : i]
			s.at = i + 1
			return text, true
		case c == '\\':
			return s.escaped(i)
		case c < ' ':
			return "", false
		}
	}
	return "", false
}

// escaped reads a text whose first backslash is here.
func (s *scanner) escaped(i int) (string, bool) {
	for ; i < len(s.text) && s.text[i] != '"'; i++ {
		if s.text[i] == '\\' {
			i++
		}
	}
	if i >= len(s.text) {
		return "", false
	}
	text, err := jsontext.AppendUnquote(nil, s.text[s.at:i+1])
	s.at = i + 1
	return string(text), err == nil
}

func (s *scanner) literal(name, word string) bool {
	ok := strings.HasPrefix(s.text[s.at:], word)
	s.at += len(word)
	s.open = append(s.open, value{name: name, kind: jsontext.Kind(word[0])})
	return ok
}

func (s *scanner) number(name string) bool {
	from := s.at
	if s.here() == '-' {
		s.at++
	}
	first := s.at
	ok := s.digits() && (s.text[first] != '0' || s.at == first+1)
	if ok && s.here() == '.' {
		s.at++
		ok = s.digits()
	}
	if ok && s.here()|' ' == 'e' {
		s.at++
		if s.here() == '+' || s.here() == '-' {
			s.at++
		}
		ok = s.digits()
	}
	s.open = append(s.open, value{name: name, kind: '0', text: s.text[from:s.at]})
	return ok
}

// here is the byte that is next, 0 if none is.
func (s *scanner) here() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

// digits passes digits, and tells whether there were any.
func (s *scanner) digits() bool {
	from := s.at
	for '0' <= s.here() && s.here() <= '9' {
		s.at++
	}
	return s.at > from
}

// blanks passes blanks, and tells what byte is behind them: 0 if none is.
func (s *scanner) blanks() byte {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}
