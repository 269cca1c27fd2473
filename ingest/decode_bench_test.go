package ingest_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"testing"

	"umpire/fixtures"
	"umpire/ingest"
)

// BenchmarkDecode reads the bundled month, a message an iteration.
func BenchmarkDecode(b *testing.B) {
	bodies := bundled(b)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if r := ingest.Decode(bodies[i%len(bodies)], ingest.Defaults); r.Fault != nil {
			b.Fatal(r.Fault)
		}
		i++
	}
}

// bundled returns the messages of the bundled month.
func bundled(t testing.TB) [][]byte {
	t.Helper()
	f, err := fixtures.FS.Open("csgo/messages.ndjson.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var bodies [][]byte
	lines := bufio.NewScanner(z)
	for lines.Scan() {
		bodies = append(bodies, bytes.Clone(lines.Bytes()))
	}
	if lines.Err() != nil {
		t.Fatal(lines.Err())
	}
	return bodies
}
