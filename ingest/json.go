package ingest

import (
	"bytes"
	"cmp"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/tailscale/hujson"

	"umpire/resolve"
)

// What a message may be, so that no message can cost more than a message is worth.
const (
	MaxBody     = 1 << 20 // bytes; what is longer is kept, but not read
	maxDepth    = 64      // objects and lists within each other
	maxBrackets = 10_000  // in what is not standard JSON: its parser knows no depth
)

// value is a JSON value: the zero value is null.
type value struct {
	name string        // of a member of an object
	kind jsontext.Kind // 0 or 'n', 't', 'f', '0', '"', '[' or '{'
	text string        // of a text, unescaped; of a number, its digits as sent
	kids []value       // of a list or object, in the order sent
}

// absent is what an object lacks.
var absent = new(value)

func (v *value) null() bool { return v.kind == 0 || v.kind == 'n' }

// get returns an object's member, null if there is none; false if it is told twice and
// the two disagree.
func (v *value) get(name string) (*value, bool) {
	found := absent
	for i := range v.kids {
		m := &v.kids[i]
		if m.name != name || v.kind != '{' {
			continue
		}
		if found != absent && !reflect.DeepEqual(found, m) {
			return absent, false
		}
		found = m
	}
	return found, true
}

// parse reads one JSON value: with a BOM, comments and trailing commas if need be. The
// value holds until the scanner is reset.
func (s *scanner) parse(body string) (*value, *resolve.InvalidError) {
	body = strings.TrimPrefix(body, "\ufeff")
	switch {
	case strings.TrimSpace(body) == "":
		return nil, fault("", "is empty")
	case len(body) > MaxBody:
		return nil, fault("", "is %d bytes long; at most %d are read", len(body), MaxBody)
	case !utf8.ValidString(body):
		return nil, fault("", "is not UTF-8")
	}
	if v, ok := s.scan(body); ok {
		return v, nil
	}
	v, err := parseStrict([]byte(body))
	if err == nil || err == errTooDeep {
		return &v, err
	}
	standard, err := standardize([]byte(body))
	if err != nil {
		return nil, err
	}
	v, err = parseStrict(standard)
	return &v, err
}

var errTooDeep = fault("", "is nested deeper than %d", maxDepth)

// standardize blanks comments and trailing commas out, in the body itself.
func standardize(body []byte) ([]byte, *resolve.InvalidError) {
	if bytes.Count(body, []byte("["))+bytes.Count(body, []byte("{")) > maxBrackets {
		return nil, fault("", "is not JSON, and holds more than %d brackets", maxBrackets)
	}
	standard, err := hujson.Standardize(body)
	if err != nil {
		return nil, notJSON(err)
	}
	return standard, nil
}

// parseStrict reads one value of standard JSON, or tells what is wrong with it.
func parseStrict(body []byte) (value, *resolve.InvalidError) {
	p := parser{jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true)), make([]value, 0, 16)}
	v, err := p.value()
	if err == nil && (p.PeekKind() != 0 || len(bytes.TrimSpace(p.UnreadBuffer())) > 0) {
		err = fault("", "is more than one JSON value")
	}
	return v, err
}

type parser struct {
	*jsontext.Decoder
	open []value // what was read of the lists and objects that are not at their end yet
}

func (p *parser) value() (value, *resolve.InvalidError) {
	token, err := p.ReadToken()
	switch {
	case err != nil:
		return value{}, notJSON(err)
	case p.StackDepth() > maxDepth:
		return value{}, errTooDeep
	}
	switch kind := token.Kind(); kind {
	case '"', '0':
		return value{kind: kind, text: token.String()}, nil
	case '[':
		return p.kids(kind, ']')
	case '{':
		return p.kids(kind, '}')
	default:
		return value{kind: kind}, nil
	}
}

// kids reads the rest of a list or object.
func (p *parser) kids(kind, end jsontext.Kind) (value, *resolve.InvalidError) {
	first := len(p.open)
	for p.PeekKind() != end {
		var name value
		var err *resolve.InvalidError
		if kind == '{' {
			name, err = p.value()
		}
		v, err2 := p.value()
		if err = cmp.Or(err, err2); err != nil {
			return value{}, err
		}
		v.name = name.text
		p.open = append(p.open, v)
	}
	if _, err := p.ReadToken(); err != nil {
		return value{}, notJSON(err)
	}
	v := value{kind: kind, kids: append([]value(nil), p.open[first:]...)}
	p.open = p.open[:first]
	return v, nil
}

func notJSON(err error) *resolve.InvalidError {
	_, reason, _ := strings.Cut(err.Error(), ": ") // without the parser's name
	return fault("", "is not JSON: %s", reason)
}

func fault(field, reason string, args ...any) *resolve.InvalidError {
	return &resolve.InvalidError{Field: field, Reason: fmt.Sprintf(reason, args...)}
}
