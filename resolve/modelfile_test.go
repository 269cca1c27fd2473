package resolve

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"umpire/resolve/text"
)

// A model that is written and read again is the same, to the last bit, and so is its file.
func TestModelRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Shipped()
		shake(t, reflect.ValueOf(m).Elem())
		content, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		read, err := ParseModel(content)
		if err != nil {
			t.Fatalf("%v in\n%s", err, content)
		}
		if diff := cmp.Diff(m, read); diff != "" {
			t.Errorf("(-written +read):\n%s", diff)
		}
		again, err := read.Encode()
		if err != nil || string(again) != string(content) {
			t.Errorf("%v (-first +second):\n%s", err, cmp.Diff(string(content), string(again)))
		}
	})
}

// shake gives all that a model tells other values, whatever its fields are.
func shake(t *rapid.T, v reflect.Value) {
	if v.Type() == reflect.TypeFor[text.Vocabulary]() {
		word := rapid.OneOf(rapid.StringMatching(`[a-z0-9]{1,8}`), rapid.SampledFrom([]string{"no", "y", "1e3", "null", "0x1f", "<<", "~", "жук", "1_000"}))
		v.Set(reflect.ValueOf(text.Vocabulary(rapid.MapOfN(word, rapid.Float64Range(0, text.Rare), 1, 20).Draw(t, "vocabulary"))))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, field := range v.Fields() {
			shake(t, field)
		}
	case reflect.Map:
		for _, key := range slices.SortedFunc(slices.Values(v.MapKeys()), func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) }) {
			value := reflect.New(v.Type().Elem()).Elem()
			shake(t, value)
			v.SetMapIndex(key, value)
		}
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(rapid.Int32Range(-1<<20, 1<<20).Draw(t, "number")))
	case reflect.Float64:
		v.SetFloat(rapid.Float64Min(0x1p-99).Draw(t, "number"))
	case reflect.String:
		v.SetString(rapid.SampledFrom([]string{"2", "2+trained", "1e1", "yes"}).Draw(t, "text"))
	}
}

// What a program cannot read of a model is refused by name.
func TestParseModelIsStrict(t *testing.T) {
	whole, err := Shipped().Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ reason, old, with, field, says string }{
		{"a level is missing", "\n        exact: 10\n", "\n", "team.names.exact", "missing"},
		{"a level has no weight", "\n        exact: 10\n", "\n        exact:\n", "team.names.exact", "missing"},
		{"a weight is missing", "\n    prior: -3\n", "\n", "match.prior", "missing"},
		{"a table is missing", "\n    best of:\n        different: -1.5\n        same: 1\n", "\n", "match.best of", "missing"},
		{"a level is unknown", "\n        exact: 10\n", "\n        exact: 10\n        exakt: 9\n", "team.names.exakt", "no level"},
		{"a field is unknown", "\ncrowd:", "\ncrowds: 3\ncrowd:", "", "field crowds not found"},
		{"a weight is no number", "prior: -3", "prior: four", "", "four"},
		{"nothing at all", string(whole), "", "", "is no model"},
	} {
		t.Run(test.reason, func(t *testing.T) {
			content := strings.Replace(string(whole), test.old, test.with, 1)
			if content == string(whole) {
				t.Fatalf("there is no %q in\n%s", test.old, content)
			}
			_, err := ParseModel([]byte(content))
			fault, ok := errors.AsType[*InvalidError](err)
			if !ok || fault.Field != test.field || !strings.Contains(fault.Reason, test.says) {
				t.Errorf("%v, want %s of %q", err, test.says, test.field)
			}
		})
	}
}
