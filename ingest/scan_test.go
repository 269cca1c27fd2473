package ingest

import (
	"reflect"
	"strings"
	"testing"
)

// standard are texts, each of which is or is not one value of standard JSON.
var standard = []string{
	`{"a": [1, -2.5e+3, "x\n\u00e9\ud83c\udfc6", true, false, null, {}, []], "a": {"b": ""}}`,
	` "\\\"" `, `0`, `-0.0E-0`, "\t[\r\n]\n",
	``, `{`, `[1,]`, `{"a":1,}`, `{"a"}`, `{1:2}`, `[1 2]`, `[1]]`, `1 2`, `true1`, `tru`, `nul`,
	`01`, `-`, `1.`, `.5`, `1e`, `+1`, "\"\x01\"", `"`, `"\`, `"\x"`, `"\ud800"`, "1\x00", "[1\x00]", `// c`, `{"a":1}//`,
}

// TestScanTakesStandardJSON: the scanner is for something.
func TestScanTakesStandardJSON(t *testing.T) {
	for _, text := range standard[:5] {
		if _, ok := new(scanner).scan(text); !ok {
			t.Errorf("declines %s", text)
		}
	}
}

// FuzzScan: what the scanner reads is what parseStrict reads, and nothing of the text
// before it; it takes nothing that parseStrict refuses, by fault or by depth.
func FuzzScan(f *testing.F) {
	for _, text := range standard {
		f.Add(text)
	}
	for _, depth := range []int{maxDepth, maxDepth + 1} {
		text := make([]byte, 2*depth)
		for i := range depth {
			text[i], text[2*depth-1-i] = '[', ']'
		}
		f.Add(string(text))
	}
	var used scanner
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "?")
		got, ok := used.scan(text)
		want, err := parseStrict([]byte(text))
		if ok && err != nil {
			t.Fatalf("read, though it %v", err)
		}
		if ok && !reflect.DeepEqual(&want, got) {
			t.Fatalf("strict: %+v\nscanned: %+v", want, got)
		}
		used.reset()
	})
}
