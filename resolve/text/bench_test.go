package text

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"umpire/fixtures"
)

// feedNames gives every name of a team or a tournament in the bundled feed, each once, in order.
func feedNames(tb testing.TB) []string {
	tb.Helper()
	file, err := fixtures.FS.Open("csgo/messages.ndjson.gz")
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		tb.Fatal(err)
	}
	type named struct{ Name string }
	names := map[string]bool{}
	for lines := bufio.NewScanner(unzipped); lines.Scan(); {
		var message struct {
			Data struct {
				Teams      []named
				Tournament named
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &message); err != nil {
			tb.Fatal(err)
		}
		for _, n := range append(message.Data.Teams, message.Data.Tournament) {
			names[n.Name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// parsed takes names apart, with the vocabulary that they make.
func parsed(names []string) []Name {
	vocabulary := Learn(slices.Values(names))
	list := make([]Name, len(names))
	for i, name := range names {
		list[i] = Parse(name, vocabulary)
	}
	return list
}

// pairs gives, in no order that a processor could learn, all pairs of names of which share
// tells that they are to be compared.
func pairs(names []Name, share func(a, b *Name) bool) [][2]*Name {
	var list [][2]*Name
	for i := range names {
		for j := range names[:i] {
			if share(&names[i], &names[j]) {
				list = append(list, [2]*Name{&names[i], &names[j]})
			}
		}
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func everything(_, _ *Name) bool { return true }

func shareKey(a, b *Name) bool {
	const common = 4 // as the shipped model has it
	keys := b.Keys(common)
	return slices.ContainsFunc(a.Keys(common), func(key string) bool { return slices.Contains(keys, key) })
}

func TestCompareAllocatesNothing(t *testing.T) {
	list := pairs(parsed(feedNames(t)), everything)
	allocated := testing.AllocsPerRun(1, func() {
		for _, pair := range list {
			Compare(pair[0], pair[1])
		}
	})
	if allocated > 0 {
		t.Errorf("%v allocations for %d pairs, want none", allocated, len(list))
	}
}

func BenchmarkCompare(b *testing.B) {
	benchmarkCompare(b, "all pairs", everything)
	benchmarkCompare(b, "pairs that share a key", shareKey)
}

func benchmarkCompare(b *testing.B, name string, share func(a, b *Name) bool) {
	b.Run(name, func(b *testing.B) {
		list := pairs(parsed(feedNames(b)), share)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			pair := list[i%len(list)]
			Compare(pair[0], pair[1])
		}
	})
}

func BenchmarkParse(b *testing.B) {
	names := feedNames(b)
	vocabulary := Learn(slices.Values(names))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Parse(names[i%len(names)], vocabulary)
	}
}

func BenchmarkFold(b *testing.B) {
	benchmarkFold(b, "ASCII", feedNames(b))
	benchmarkFold(b, "other letters", []string{"Čeští Lvi", "Beşiktaş", "Fröcskölök", "Málaga"})
}

func benchmarkFold(b *testing.B, name string, names []string) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			folded = Fold(names[i%len(names)])
		}
	})
}

// folded keeps what a benchmark folds from living on the stack.
var folded string
