package ingest_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"umpire/ingest"
)

func TestFileMessages(t *testing.T) {
	const a, b = `{"source": "a"}`, `{"source": "b"}`
	pretty := "{\n  \"source\": \"a\",\n  \"data\": {},\n}\n"
	type line struct {
		Line int
		Body string
	}
	tests := []struct {
		why, content string
		want         []line
	}{
		{"nothing", "", nil},
		{"blank lines", "\n \r\n\n", nil},
		{"a message", a, []line{{1, a}}},
		{"a message and its line feed", a + "\n", []line{{1, a}}},
		{"a message a line", a + "\n" + b + "\n", []line{{1, a}, {2, b}}},
		{"the last line may lack its end", a + "\n" + b, []line{{1, a}, {2, b}}},
		{"blank lines are counted", "\n" + a + "\n\n" + b + "\n", []line{{2, a}, {4, b}}},
		{"a carriage return is the message's", a + "\r\n" + b + "\r\n", []line{{1, a + "\r"}, {2, b + "\r"}}},
		{"a BOM too", "\ufeff" + a + "\n" + b, []line{{1, "\ufeff" + a}, {2, b}}},
		{"a message over many lines, with all its bytes", pretty, []line{{1, pretty}}},
		{"and a BOM, and blanks", "\ufeff\n" + pretty + "\n", []line{{1, "\ufeff\n" + pretty + "\n"}}},
		{"a line is whole, but the whole is one value", "{\"teams\": [\n{\"id\": 1}\n]}", []line{{1, "{\"teams\": [\n{\"id\": 1}\n]}"}}},
		{"a broken message over many lines", "{\n\"source\": \"a\",\n", []line{{1, "{\n\"source\": \"a\",\n"}}},
		{"a broken first line", `{"source": "a"` + "\n" + b + "\n", []line{{1, `{"source": "a"`}, {2, b}}},
		{"a broken line in the middle", a + "\n}{\n" + b, []line{{1, a}, {2, "}{"}, {3, b}}},
		{"a first line that is no JSON at all", "source,data\n" + a + "\n" + b, []line{{1, "source,data"}, {2, a}, {3, b}}},
		{"every line is broken", `{"source": "a"` + "\n" + `{"source": "b"` + "\n", []line{{1, `{"source": "a"`}, {2, `{"source": "b"`}}},
		{"trailing commas and comments", a + "// one\n" + `{"source": "b",}`, []line{{1, a + "// one"}, {2, `{"source": "b",}`}}},
		{"a line beyond what is read", a + "\n" + strings.Repeat("x", 3<<20) + "\n" + b, []line{{1, a}, {2, strings.Repeat("x", 3<<20)}, {3, b}}},
		{"a first line beyond what is read", strings.Repeat("{", 3<<20) + "\n" + b, []line{{1, strings.Repeat("{", 3<<20)}, {2, b}}},
		{"a message over many lines, beyond what is read", "{\n\"a\":\n\"" + strings.Repeat("x", 3<<20) + "\"\n}", []line{{1, "{\n\"a\":\n\"" + strings.Repeat("x", 3<<20) + "\"\n}"}}},
	}
	for _, tt := range tests {
		for _, packed := range []bool{false, true} {
			name := map[bool]string{false: tt.why, true: tt.why + ", packed"}[packed]
			t.Run(name, func(t *testing.T) {
				f := open(t, tt.content, packed)
				var got []line
				for m, err := range f.Messages() {
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, line{m.Line, string(m.Body)})
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("-want +got:\n%.500s", diff)
				}
				if f.Read() != f.Size {
					t.Errorf("%d of %d bytes read", f.Read(), f.Size)
				}
			})
		}
	}
}

// TestFileIdentity: an id is the file's bytes and the line, and nothing else.
func TestFileIdentity(t *testing.T) {
	ids := func(f *ingest.File) []string {
		var ids []string
		for m, err := range f.Messages() {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, m.ID)
		}
		return ids
	}
	const content = "{}\n{}\n{}\n"
	first := ids(open(t, content, false))
	if len(first) != 3 || first[0] == first[1] || len(first[0]) > 60 {
		t.Errorf("ids %q", first)
	}
	if diff := cmp.Diff(first, ids(open(t, content, false))); diff != "" {
		t.Errorf("another file of the same bytes: -first +second:\n%s", diff)
	}
	stdin, err := ingest.Open("-", strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	if diff := cmp.Diff(first, ids(stdin)); diff != "" {
		t.Errorf("stdin: -first +second:\n%s", diff)
	}
	if diff := cmp.Diff(first, ids(stdin)); diff != "" {
		t.Errorf("a second pass: -first +second:\n%s", diff)
	}
	if other := ids(open(t, content+"{}", false)); other[0] == first[0] {
		t.Errorf("the first line of another file has the same id %s", other[0])
	}
}

// TestFileFaults: an error is told once, with the line, after what is good.
func TestFileFaults(t *testing.T) {
	t.Run("no such file", func(t *testing.T) {
		if _, err := ingest.Open(filepath.Join(t.TempDir(), "none"), nil); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a directory", func(t *testing.T) {
		if _, err := ingest.Open(t.TempDir(), nil); err == nil {
			t.Error("opened")
		}
	})
	t.Run("packed, and cut off", func(t *testing.T) {
		content := string(pack(t, strings.Repeat(sample[:50]+"\n", 100_000)))
		f := open(t, content[:len(content)-20], false)
		good, last := 0, error(nil)
		for _, err := range f.Messages() {
			if last = err; err == nil {
				good++
			}
		}
		if good < 1000 || !errors.Is(last, io.ErrUnexpectedEOF) {
			t.Errorf("%d messages, then %v", good, last)
		}
	})
	t.Run("packed, short, and cut off", func(t *testing.T) {
		content := string(pack(t, "{}\n{}\n{}\n"))
		f := open(t, content[:len(content)-5], false) // within what ends it: all lines are there
		lines, err := linesOf(f)
		if diff := cmp.Diff([]int{1, 2, 3}, lines); diff != "" || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("then %v\n%s", err, diff)
		}
	})
	t.Run("lines too long to be messages", func(t *testing.T) {
		long := strings.Repeat("x", 64<<20+1)
		lines, err := linesOf(open(t, "{}\n"+long+"\n{}\n"+long[2:]+"\n"+long, true))
		if diff := cmp.Diff([]int{1, 3, 4}, lines); diff != "" {
			t.Error(diff)
		}
		if err == nil || strings.Count(err.Error(), "longer than 67108864 bytes; skipped") != 2 || !strings.Contains(err.Error(), "line 5") {
			t.Errorf("got %v", err)
		}
	})
}

// linesOf returns where the messages of a file begin, and the error after them.
func linesOf(f *ingest.File) ([]int, error) {
	var lines []int
	for m, err := range f.Messages() {
		if err != nil {
			return lines, err
		}
		lines = append(lines, m.Line)
	}
	return lines, nil
}

func open(t *testing.T, content string, packed bool) *ingest.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "messages")
	data := []byte(content)
	if packed {
		data = pack(t, content)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := ingest.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func pack(t *testing.T, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(content))
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
