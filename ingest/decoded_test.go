package ingest_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"umpire/fixtures"
	"umpire/ingest"
)

// TestDecodedIsDecodeInOrder: what is decoded by all processors is what one would decode,
// message by message, what is quarantined and the error at the end included.
func TestDecodedIsDecodeInOrder(t *testing.T) {
	feed := mixedFeed(t)
	whole := strings.Join(feed, "\n")
	packed := string(pack(t, whole))
	tests := []struct{ why, content string }{
		{"nothing", ""},
		{"blank lines", "\n \n"},
		{"one message over many lines", sample + "\n"},
		{"one that is broken", sample[:100]},
		{"many, some of them at fault", whole},
		{"the same, packed", packed},
		{"packed, and cut off", packed[:len(packed)/2]},
		{"messages of all sizes", strings.Join([]string{feed[0], strings.Repeat("x", 3<<20), feed[1], feed[2] + strings.Repeat(" ", 200<<10), feed[3]}, "\n")},
		{"a line too long to be a message", feed[0] + "\n" + strings.Repeat("x", 64<<20+1) + "\n" + feed[1]},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			f := open(t, tt.content, false)
			want, wantErr := oneByOne(f)
			got, gotErr := decoded(f)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-one by one +decoded:\n%.2000s", diff)
			}
			if fmt.Sprint(wantErr) != fmt.Sprint(gotErr) {
				t.Errorf("ends with %v, want %v", gotErr, wantErr)
			}
		})
	}
}

// TestDecodedStops: who has enough leaves nothing behind, and may begin again.
func TestDecodedStops(t *testing.T) {
	feed := mixedFeed(t)
	f := open(t, strings.Join(feed, "\n"), false)
	before := goleak.IgnoreCurrent()
	for range 3 {
		seen := 0
		for r, err := range f.Decoded(ingest.Defaults) {
			if seen++; err != nil || r.Line != seen {
				t.Fatalf("message %d is said to be of line %d, and %v", seen, r.Line, err)
			}
			if seen == len(feed)/3 {
				break
			}
		}
		goleak.VerifyNone(t, before)
	}
}

// mixedFeed is the bundled month several times over, with faults of all kinds between.
func mixedFeed(t *testing.T) []string {
	var feed []string
	for _, body := range slices.Repeat(bundled(t), 2) {
		feed = append(feed, string(body))
		if bad := refused[len(feed)%len(refused)]; len(feed)%3 == 0 {
			feed = append(feed, strings.ReplaceAll(string(changed(t, bad.old, bad.new)), "\n", " "))
		}
	}
	return feed
}

// oneByOne decodes a file as Decoded might be written.
func oneByOne(f *ingest.File) ([]ingest.FileReading, error) {
	var all []ingest.FileReading
	for m, err := range f.Messages() {
		if err != nil {
			return all, err
		}
		all = append(all, ingest.FileReading{Line: m.Line, Reading: ingest.Decode(m.Body, ingest.Defaults)})
	}
	return all, nil
}

func decoded(f *ingest.File) ([]ingest.FileReading, error) {
	var all []ingest.FileReading
	for r, err := range f.Decoded(ingest.Defaults) {
		if err != nil {
			return all, err
		}
		all = append(all, r)
	}
	return all, nil
}

// BenchmarkDecoded reads the bundled month from a file, unpacking included.
func BenchmarkDecoded(b *testing.B) {
	content, err := fixtures.FS.ReadFile("csgo/messages.ndjson.gz")
	path := filepath.Join(b.TempDir(), "messages")
	if err := errors.Join(err, os.WriteFile(path, content, 0o600)); err != nil {
		b.Fatal(err)
	}
	f, err := ingest.Open(path, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range f.Decoded(ingest.Defaults) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
