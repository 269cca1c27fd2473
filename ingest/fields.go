package ingest

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"umpire/ent/store"
	"umpire/resolve"
)

// The longest texts that are read.
const (
	maxName = 200  // of names and ids, in characters; in bytes they are bounded by store.MaxText
	maxURL  = 2000 // in bytes
)

// object reads the fields of one object of a message, each as the type that it should
// be. A field that is not there is as one that is null: not told.
type object struct {
	*reader
	path string // "" is the message itself
	*value
}

// object takes a value for an object; one that is none is at fault.
func (r *reader) object(path string, v *value) object {
	switch {
	case v.null() && path != "":
		r.fail(path, "is missing")
	case v.kind != '{':
		r.fail(path, "is %s, not an object", v)
	}
	return object{r, path, v}
}

// fail keeps the first fault.
func (r *reader) fail(path, reason string, args ...any) {
	if r.fault == nil {
		r.fault = fault(path, reason, args...)
	}
}

func (r *reader) warn(format string, args ...any) {
	r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
}

// checked refuses a text that no database keeps, and returns none then.
func (r *reader) checked(path, text string) string {
	switch {
	case strings.ContainsRune(text, 0):
		r.fail(path, "holds a NUL")
	case len(text) > store.MaxText || utf8.RuneCountInString(text) > maxName:
		r.fail(path, "is longer than %d characters or %d bytes", maxName, store.MaxText)
	default:
		return text
	}
	return ""
}

func (o object) at(name string) string {
	if o.path == "" {
		return name
	}
	return o.path + "." + name
}

func (o object) fail(name, reason string, args ...any) {
	if o.reader.fault == nil {
		o.reader.fail(o.at(name), reason, args...)
	}
}

func (o object) get(name string) *value {
	v, ok := o.value.get(name)
	if !ok {
		o.fail(name, "is told twice, and not the same")
	}
	return v
}

// name reads a text as sent, blanks around it and all; "" if it is blank or null.
func (o object) name(name string) string {
	v := o.get(name)
	switch {
	case v.null() || v.kind == '"' && strings.TrimSpace(v.text) == "":
		return ""
	case v.kind != '"':
		o.fail(name, "is %s, not a text", v)
	}
	return o.checked(name, v.text)
}

func (o object) checked(name, text string) string {
	if strings.IndexByte(text, 0) < 0 && len(text) <= maxName {
		return text
	}
	return o.reader.checked(o.at(name), text)
}

// id reads a number or text as an id; "" if it is blank or null. A whole number is its
// digits, however written: 7, 7.0, "7" and " 7 " are one id, "7.0" and "07" are others.
func (o object) id(name string) string {
	v := o.get(name)
	switch {
	case v.null():
		return ""
	case v.kind == '"':
		return o.checked(name, strings.TrimSpace(v.text))
	case v.kind != '0':
		o.fail(name, "is %s, neither a number nor a text", v)
		return ""
	}
	id, ok := wholeDigits(v.text)
	if !ok {
		o.fail(name, "is %s, not a whole number", v)
	}
	return id
}

// maxExponent bounds what 1e9 may stand for.
const maxExponent = 30

// wholeDigits writes a JSON number that is whole with its digits alone: no digit of a
// long one is lost.
func wholeDigits(number string) (string, bool) {
	if !strings.ContainsAny(number, ".eE-") {
		return number, len(number) <= maxName
	}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(number), "e")
	if n, err := strconv.Atoi("0" + strings.TrimLeft(exponent, "+-")); err != nil || n > maxExponent || len(mantissa) > maxName {
		return "", false
	}
	r, ok := new(big.Rat).SetString(number)
	if !ok || !r.IsInt() {
		return "", false
	}
	return r.Num().String(), true
}

// jsonNumber is JSON's own form of a number: no hexadecimals, no "Inf".
var jsonNumber = regexp.MustCompile(`^-?\d+(\.\d+)?([eE][+-]?\d+)?$`)

// number reads a number, or a text of one; nil if it is blank or null.
func (o object) number(name string) *float64 {
	v := o.get(name)
	digits := strings.TrimSpace(v.text)
	switch {
	case v.null() || v.kind == '"' && digits == "":
		return nil
	case v.kind != '0' && (v.kind != '"' || !jsonNumber.MatchString(digits)):
		o.fail(name, "is %s, not a number", v)
		return nil
	}
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		o.fail(name, "is %s, out of range", v)
		return nil
	}
	return o.memory.number(n + 0) // -0 is 0
}

// whole reads a whole number of 32 bits, or a text of one; nil if it is blank or null.
func (o object) whole(name string) *int {
	n := o.number(name)
	if n == nil {
		return nil
	}
	whole := int(int32(*n))
	if float64(whole) != *n {
		o.fail(name, "is %s, not a whole number in range", o.get(name))
	}
	return o.memory.whole(whole)
}

// truth reads true or false, or a text of one; nil if it is blank or null.
func (o object) truth(name string) *bool {
	v := o.get(name)
	said := strings.ToLower(strings.TrimSpace(v.text))
	yes := v.kind == 't' || said == "true"
	switch {
	case v.null() || v.kind == '"' && said == "":
		return nil
	case !yes && v.kind != 'f' && said != "false":
		o.fail(name, "is %s, neither true nor false", v)
	}
	return truths[yes]
}

// truths are places that hold a truth.
var truths = map[bool]*bool{false: new(bool), true: new(true)}

// bestOfText is how a number of games is written: 3, "3", "bo3", "Best of 3", "2 Maps Series".
var bestOfText = regexp.MustCompile(`(?i)^(?:(?:bo|best[ -]?of)[ -]?)?([1-9]\d?)(?: (?:maps?|games?)(?: series)?)?$`)

// bestOf reads the number of games that a match may have. It is too small a thing to
// refuse a match for: what cannot be read is not told.
func (o object) bestOf(name string) *int {
	v := o.get(name)
	said := strings.TrimSpace(v.text)
	if v.null() || v.kind == '"' && said == "" {
		return nil
	}
	if n, err := strconv.Atoi(said); err == nil && '1' <= said[0] && said[0] <= '9' && len(said) <= 2 {
		return o.memory.whole(n) // as below, faster
	}
	if parts := bestOfText.FindStringSubmatch(said); parts != nil {
		n, _ := strconv.Atoi(parts[1]) // one or two digits
		return o.memory.whole(n)
	}
	o.warn("%s: is %s, no number of games from 1 to 99; taken as not told", o.at(name), v)
	return nil
}

// url reads an address as sent. It is shown, never fetched; one that is none is not told.
func (o object) url(name string) string {
	v := o.get(name)
	switch {
	case v.null():
		return ""
	case v.kind != '"' || len(v.text) > maxURL || strings.ContainsRune(v.text, 0):
		o.warn("%s: is no address of at most %d bytes; taken as not told", o.at(name), maxURL)
		return ""
	}
	return strings.TrimSpace(v.text)
}

// start reads a time; see resolve.ParseTime.
func (o object) start(name string, zone *time.Location) resolve.Time {
	v := o.get(name)
	if !v.null() && v.kind != '"' && v.kind != '0' {
		o.fail(name, "is %s, not a text", v)
	}
	start, err := resolve.ParseTime(o.checked(name, v.text), zone)
	if err != nil {
		o.fail(name, "%s", err.Error())
	}
	return start
}

// list reads a list; none if it is null.
func (o object) list(name string) []value {
	v := o.get(name)
	if !v.null() && v.kind != '[' {
		o.fail(name, "is %s, not a list", v)
		return nil
	}
	return v.kids
}

// String tells people what kind of value it is, and a short one itself.
func (v *value) String() string {
	switch v.kind {
	case 't':
		return "true"
	case 'f':
		return "false"
	case '0':
		return fmt.Sprintf("the number %.40s", v.text)
	case '"':
		return fmt.Sprintf("the text %.40q", v.text)
	case '[':
		return "a list"
	case '{':
		return "an object"
	}
	return "null"
}
