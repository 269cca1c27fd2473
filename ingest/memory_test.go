package ingest

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"umpire/resolve"
)

// TestMemoryIsBoundedAndTrue: more names than are remembered are told apart all the same.
func TestMemoryIsBoundedAndTrue(t *testing.T) {
	var m memory
	for i := range 3 * maxRemembered {
		for _, named := range []bool{false, true, false} {
			key := resolve.Key{Kind: resolve.KindTeam, Source: "s", Scope: "chess", Named: named, ID: fmt.Sprint(i / 2)}
			want := resolve.Named{Key: key, ID: key.Mint(), Name: fmt.Sprint("name ", i)}
			if got := m.record(key, want.Name); *got != want {
				t.Fatal(cmp.Diff(want, *got))
			}
		}
		if n := m.number(float64(i) / 2); *n != float64(i)/2 {
			t.Fatalf("%v is said to be %v", float64(i)/2, *n)
		}
	}
	if len(m.named) > maxRemembered || len(m.texts) > maxRemembered || len(m.numbers) > maxRemembered {
		t.Errorf("%d names, %d texts and %d numbers are remembered; %d are the most", len(m.named), len(m.texts), len(m.numbers), maxRemembered)
	}
	if one, other := m.record(resolve.Key{Source: "a", Scope: "b"}, "c"), m.record(resolve.Key{Source: "a"}, "bc"); one == other {
		t.Error("two records are one")
	}
}

// TestDecodeKeepsLittle: of a long message its match is kept, and not the rest.
func TestDecodeKeepsLittle(t *testing.T) {
	const size, messages = 500 << 10, 40
	before := inUse()
	var kept []Reading
	for i := range messages {
		body := fmt.Appendf(nil, `{"source": "s%d", "data": {"id": "m%d", "url": "u%d", "date_start_text": "2020-01-07", "title": "t%d",
			"teams": ["a%d", {"id": "b%d", "name": "c%d"}], "tournament": "x%d", "unknown": "%s"}}`,
			i, i, i, i, i, i, i, i, bytes.Repeat([]byte("y"), size))
		r := Decode(body, Defaults)
		if r.Match == nil || !strings.HasSuffix(r.Match.URL, fmt.Sprint(i)) {
			t.Fatalf("got %+v", r)
		}
		kept = append(kept, r)
	}
	if grown := inUse() - before; grown > size*messages/4 {
		t.Errorf("%d messages of %d bytes take %d", messages, size, grown)
	}
	runtime.KeepAlive(kept)
}

// inUse is the memory in use.
func inUse() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
