package ingest

import (
	"bytes"
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
	kind    jsontext.Kind // 0 or 'n', 't', 'f', '0', '"', '[' or '{'
	text    string        // of a text, unescaped; of a number, its digits as sent
	items   []value       // of a list
	members []member      // of an object, in the order sent
}

type member struct {
	name string
	value
}

func (v value) null() bool { return v.kind == 0 || v.kind == 'n' }

// get returns an object's member, null if there is none; false if it is told twice and
// the two disagree.
func (v value) get(name string) (value, bool) {
	var found value
	told := false
	for _, m := range v.members {
		if m.name != name {
			continue
		}
		if told && !reflect.DeepEqual(found, m.value) {
			return value{}, false
		}
		found, told = m.value, true
	}
	return found, true
}

// parse reads one JSON value: with a BOM, comments and trailing commas if need be. It
// leaves the body as it is.
func parse(body []byte) (value, *resolve.InvalidError) {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return value{}, fault("", "is empty")
	case len(body) > MaxBody:
		return value{}, fault("", "is %d bytes long; at most %d are read", len(body), MaxBody)
	case !utf8.Valid(body):
		return value{}, fault("", "is not UTF-8")
	}
	v, strict := parseStrict(body)
	if strict == nil || strict == tooDeep {
		return v, strict
	}
	standard, err := standardize(body)
	if err != nil {
		return value{}, err
	}
	return parseStrict(standard)
}

var tooDeep = fault("", "is nested deeper than %d", maxDepth)

// standardize blanks comments and trailing commas out of a copy: hujson would write into
// the body itself.
func standardize(body []byte) ([]byte, *resolve.InvalidError) {
	if bytes.Count(body, []byte("["))+bytes.Count(body, []byte("{")) > maxBrackets {
		return nil, fault("", "is not JSON, and holds more than %d brackets", maxBrackets)
	}
	standard, err := hujson.Standardize(bytes.Clone(body))
	if err != nil {
		return nil, notJSON(err)
	}
	return standard, nil
}

// parseStrict reads one value of standard JSON.
func parseStrict(body []byte) (value, *resolve.InvalidError) {
	d := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true))
	v, err := readValue(d)
	if err != nil {
		return value{}, err
	}
	if d.PeekKind() != 0 || len(bytes.TrimSpace(d.UnreadBuffer())) > 0 {
		return value{}, fault("", "is more than one JSON value")
	}
	return v, nil
}

func readValue(d *jsontext.Decoder) (value, *resolve.InvalidError) {
	token, err := d.ReadToken()
	switch {
	case err != nil:
		return value{}, notJSON(err)
	case d.StackDepth() > maxDepth:
		return value{}, tooDeep
	}
	switch kind := token.Kind(); kind {
	case '"', '0':
		return value{kind: kind, text: token.String()}, nil
	case '[':
		return readItems(d)
	case '{':
		return readMembers(d)
	default:
		return value{kind: kind}, nil
	}
}

func readItems(d *jsontext.Decoder) (value, *resolve.InvalidError) {
	list := value{kind: '['}
	for d.PeekKind() != ']' {
		item, err := readValue(d)
		if err != nil {
			return value{}, err
		}
		list.items = append(list.items, item)
	}
	return list, end(d)
}

func readMembers(d *jsontext.Decoder) (value, *resolve.InvalidError) {
	object := value{kind: '{', members: make([]member, 0, 8)}
	for d.PeekKind() != '}' {
		name, err := readValue(d)
		if err != nil {
			return value{}, err
		}
		v, err := readValue(d)
		if err != nil {
			return value{}, err
		}
		object.members = append(object.members, member{name.text, v})
	}
	return object, end(d)
}

// end reads the bracket that closes a list or object.
func end(d *jsontext.Decoder) *resolve.InvalidError {
	if _, err := d.ReadToken(); err != nil {
		return notJSON(err)
	}
	return nil
}

func notJSON(err error) *resolve.InvalidError {
	_, reason, _ := strings.Cut(err.Error(), ": ") // without the parser's name
	return fault("", "is not JSON: %s", reason)
}

func fault(field, reason string, args ...any) *resolve.InvalidError {
	return &resolve.InvalidError{Field: field, Reason: fmt.Sprintf(reason, args...)}
}
