package search

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"umpire/resolve"
)

func TestFits(t *testing.T) {
	for _, c := range []struct {
		words, name string
		want        Fit
		why         string
	}{
		{"natus vincere", "natus vincere", Exact, "the name"},
		{"natusvincere", "natus vincere", Exact, "spaces do not count"},
		{"cs go", "csgo", Exact, "on neither side"},
		{"natus v", "natus vincere", Begins, "as one types"},
		{"natusv", "natus vincere", Begins, "without spaces, too"},
		{"nip", "ninjas in pyjamas", Initials, "the initials"},
		{"navi", "natus vincere", Initials, "two letters each"},
		{"psg", "paris saint germain fc", Initials, "the first three initials"},
		{"nv", "natus vincere esports", Unfit, "two letters may be of too much"},
		{"vincere natus", "natus vincere", Words, "in any order"},
		{"vin", "natus vincere", Words, "the beginning of a word"},
		{"vincera", "natus vincere", Near, "a letter is another"},
		{"fnatci", "fnatic", Near, "letters change places"},
		{"fnati", "fnatic", Begins, "which is no error"},
		{"fatic", "fnatic", Near, "a letter is missing"},
		{"ofg", "og", Unfit, "short words have no errors"},
		{"season 2", "season 1", Unfit, "numbers have none either"},
		{"cloud8", "cloud9", Unfit, "nor has what holds one"},
		{"atic", "fnatic", Within, "somewhere in it"},
		{"ti", "fnatic", Unfit, "but not of two letters"},
		{"x", "", Unfit, "a name without letters"},
	} {
		if got := fitOf(strings.Fields(c.words), c.words, c.name); got != c.want {
			t.Errorf("%s: %q fits %q %v, want %v", c.why, c.words, c.name, got, c.want)
		}
	}
}

// TestWithinIsTheDistance holds the quick distance to its definition.
func TestWithinIsTheDistance(t *testing.T) {
	word := rapid.StringOfN(rapid.SampledFrom([]rune("abc")), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b, most := word.Draw(t, "a"), word.Draw(t, "b"), rapid.IntRange(0, 3).Draw(t, "most")
		if got, want := within(a, b, most), distance(a, b) <= most; got != want {
			t.Fatalf("within(%q, %q, %d) is %v at a distance of %d", a, b, most, got, distance(a, b))
		}
	})
}

// distance is the optimal string alignment, by its definition.
func distance(a, b string) int {
	if a == "" || b == "" {
		return len(a) + len(b)
	}
	x, y := len(a)-1, len(b)-1
	change := distance(a[:x], b[:y])
	if a[x] != b[y] {
		change++
	}
	d := min(change, distance(a[:x], b)+1, distance(a, b[:y])+1)
	if x > 0 && y > 0 && a[x] == b[y-1] && a[x-1] == b[y] {
		d = min(d, distance(a[:x-1], b[:y-1])+1)
	}
	return d
}

func TestParse(t *testing.T) {
	at := func(y, m, d int) *time.Time { return new(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)) }
	end := func(y, m, d int) *time.Time { return new(at(y, m, d).Add(-time.Microsecond)) }
	for _, c := range []struct {
		why, typed string
		want       Query
	}{
		{"folded", " Čeští  LVI ", Query{Text: "cesti lvi"}},
		{"a month", "fnatic 2015-03", Query{Text: "fnatic", From: at(2015, 3, 1), To: end(2015, 4, 1)}},
		{"a day alone", "2015-12-31", Query{From: at(2015, 12, 31), To: end(2016, 1, 1)}},
		{"no such day is words", "x 2015-02-31", Query{Text: "x 2015 02 31"}},
		{"a year is a word: tournaments have it", "cologne 2015", Query{Text: "cologne 2015"}},
		{"vs", "fnatic VS. nip", Query{Text: "fnatic nip", Parts: []string{"fnatic", "nip"}}},
		{"a dash between spaces", "virtus-pro – nip", Query{Text: "virtus pro nip", Parts: []string{"virtus pro", "nip"}}},
		{"a vs that parts nothing", "versus vs ", Query{Text: "versus vs"}},
	} {
		got, err := Parse(c.typed)
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", c.why, err, diff)
		}
	}
	for _, typed := range []string{"", "?!", strings.Repeat("a ", mostWords+1), strings.Repeat("a", mostLength+1)} {
		if _, err := Parse(typed); err == nil {
			t.Errorf("%.20q… is searched for", typed)
		}
	}
}

func TestMarks(t *testing.T) {
	for _, c := range []struct {
		why, words, name string
		fit              Fit
		want             string
	}{
		{"the name", "natus vincere", "Natus Vincere", Exact, "[Natus] [Vincere]"},
		{"a word of it", "vincere", "Natus Vincere", Words, "Natus [Vincere]"},
		{"initials", "nip", "Ninjas in Pyjamas", Initials, "[N]injas [i]n [P]yjamas"},
		{"two letters each", "navi", "Natus Vincere", Initials, "[Na]tus [Vi]ncere"},
		{"accents", "cesti", "Čeští Lvi", Begins, "[Čeští] Lvi"},
		{"an error", "fnatci", "fnatic!", Near, "[fnatic]!"},
		{"within", "atic", "fnatic", Within, "[fnatic]"},
	} {
		var got strings.Builder
		for _, r := range (Matched{Name: Name{Name: c.name}, Fit: c.fit, Words: strings.Fields(c.words)}).Marks() {
			if r.Marked {
				got.WriteString("[" + r.Text + "]")
			} else {
				got.WriteString(r.Text)
			}
		}
		if got.String() != c.want {
			t.Errorf("%s: %s, want %s", c.why, got.String(), c.want)
		}
	}
}

// TestMarksAreTheName cuts any name in pieces that together are the name.
func TestMarksAreTheName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name, word := rapid.String().Draw(t, "name"), rapid.String().Draw(t, "word")
		fit := Fit(rapid.IntRange(0, int(Within)).Draw(t, "fit"))
		var whole strings.Builder
		for _, r := range (Matched{Name: Name{Name: name}, Fit: fit, Words: strings.Fields(word)}).Marks() {
			whole.WriteString(r.Text)
		}
		if whole.String() != strings.ToValidUTF8(name, "\uFFFD") {
			t.Fatalf("%q became %q", name, whole.String())
		}
	})
}

// TestRankIsAnOrder ranks documents in any order of proposing alike, and goes on from any
// hit where it stands.
func TestRankIsAnOrder(t *testing.T) {
	names := []string{"fnatic", "fnatic academy", "navi", "natus vincere", "team fnatic", "fanatic"}
	rapid.Check(t, func(t *rapid.T) {
		var documents []Document
		for i := range rapid.IntRange(0, 12).Draw(t, "documents") {
			id := resolve.ID("tem_" + string(rune('a'+i)))
			documents = append(documents, Document{
				ID: id, Kind: resolve.KindTeam, Records: rapid.IntRange(1, 3).Draw(t, "records"),
				Names: []Name{{Name: rapid.SampledFrom(names).Draw(t, "name")}},
			})
		}
		q := Query{Text: rapid.SampledFrom([]string{"fnatic", "na", "natus", "fnatci", ""}).Draw(t, "text")}
		hits := newRanker(q).rank(documents)
		again := newRanker(q).rank(rapid.Permutation(documents).Draw(t, "proposed"))
		same := slices.EqualFunc(hits, again, func(a, b Hit) bool { return a.ID == b.ID })
		strict := slices.IsSortedFunc(hits, func(a, b Hit) int { return a.place.compare(b.place) })
		if !same || !strict {
			t.Fatalf("%v and %v", hits, again)
		}
		for _, h := range hits {
			if at, err := open(h.place.seal()); err != nil || *at != h.place {
				t.Fatalf("%+v comes back from its cursor as %+v (%v)", h.place, at, err)
			}
		}
	})
}
