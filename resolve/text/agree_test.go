package text

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// some is a vocabulary in which some words say little.
var some = Vocabulary{"team": 3, "esports": 3.5, "gaming": 4.0625, "fc": 2, "united": 4, "city": 4, "the": 0}

// nasty are names as feeds send them on a bad day.
var nasty = []string{
	"", " ", "???", "TBD", "\x00", "\xff\xfe", "Na\xc3Vi", "\xf0\x9f\x8f", // no letters, or cut in their midst
	"\u2066NaVi\u2069", "Na\u200dVi", "\ufeffNaVi", "\u202eiVaN", // marks that nobody sees
	"E\u0301quipe", "Équipe", "n\u0303andu", "Z\u0351\u036ba\u0310lgo", // accents of their own
	"Team ２", "ＴＥＡＭ ２", "Team ②", "Team Ⅱ", "Team ²", "Team 2", // digits
	"İstanbul", "ISTANBUL", "ıstanbul", "ẞ", "straße", "ŉ", "ǅ", "ﬁre", "\u212aelvin", "ſeven", // letters that change their number, or their case to ASCII
	"Na'Vi", "Na’Vi", "Naʼvi", "Русь", "Спартак Москва", "中文 Team", "チーム", "الهلال", "🏆 Team 🏆", // other scripts
	"M&#268;R 2015", "MČR 2015", "D&amp;G", "D&G", "D&G;", "D & G", "&#268;", "&", "&#0;", "&#8294;x", "&#xD800;", "&amp;amp;", "Na&#39;Vi", // entities, and none
	"2014/15", "2014-2015", "00", "0", "02", "Team 02", "B", "I", "II B reserves", "winner of match 3", "winners 2", strings.Repeat("long name ", 40),
}

// namesAtRandom draws names that are likely to agree in part.
var namesAtRandom = rapid.Custom(func(t *rapid.T) string {
	name := rapid.StringN(0, 3, -1).Draw(t, "start")
	for range rapid.IntRange(0, 4).Draw(t, "words") {
		name += rapid.SampledFrom([]string{
			"Team", "THE", "Natus", "Vincere", "NaVi", "NAVI", "nat", "Vincer", "natusvincere", "winner of", "FC", "City", "HellRaisers", "HR",
			"2", "02", "II", "B", "3", "IX", "9", "2014", "2015", "15", "Academy", "Junior", "U19", "ladies", "é", "Ж", "x", "'", "&",
		}).Draw(t, "word") + rapid.SampledFrom([]string{" ", "", ".", "-"}).Draw(t, "gap")
	}
	return name
})

// twice is a name taken apart both ways.
type twice struct {
	told  string
	fast  Name
	plain *plainName
}

func takeApart(name string, vocabulary Vocabulary) twice {
	return twice{name, Parse(name, vocabulary), plainParse(name, vocabulary)}
}

// failer is what *testing.T and *rapid.T have in common here.
type failer interface{ Errorf(string, ...any) }

// agree fails unless two names compare as they do plainly, the other way round as well.
func agree(t failer, a, b twice) {
	want, wantShared := plainCompare(a.plain, b.plain)
	for _, pair := range [][2]twice{{a, b}, {b, a}} {
		if got, shared := Compare(&pair[0].fast, &pair[1].fast); got != want || shared != wantShared {
			t.Errorf("%q against %q: %s, %v; plainly %s, %v", pair[0].told, pair[1].told, got, shared, want, wantShared)
		}
	}
	if !slices.Contains(Levels[:], want) {
		t.Errorf("%q is no level", want)
	}
}

// sound fails unless a name is like itself, and folds once and for all, as it does plainly.
func sound(t failer, name string) {
	folded := Fold(name)
	if plain := plainFold(name); folded != plain {
		t.Errorf("Fold(%q) = %q, plainly %q", name, folded, plain)
	}
	if again := Fold(folded); again != folded {
		t.Errorf("Fold(%q) = %q, and folds on to %q", name, folded, again)
	}
	n := Parse(name, some)
	if level, _ := Compare(&n, &n); level != Exact && !n.Unknown {
		t.Errorf("%q is %s to itself", name, level)
	}
}

func TestEveryLetterFoldsByDefinition(t *testing.T) {
	for r := range rune(unicode.MaxRune + 1) {
		if s := "a" + string(r) + "B"; Fold(s) != plainFold(s) {
			t.Errorf("Fold(%q) = %q, plainly %q", s, Fold(s), plainFold(s))
		}
	}
}

func TestRandomNamesCompareByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := namesAtRandom.Draw(t, "a"), namesAtRandom.Draw(t, "b")
		sound(t, a)
		agree(t, takeApart(a, some), takeApart(b, some))
	})
}

// All pairs of the bundled feed's names, and of nasty ones among a few of them.
func TestNamesCompareByDefinition(t *testing.T) {
	feed := feedNames(t)
	for _, names := range [][]string{feed, append(feed[:20:20], nasty...)} {
		vocabulary := Learn(slices.Values(names))
		apart := make([]twice, len(names))
		for i, name := range names {
			sound(t, name)
			apart[i] = takeApart(name, vocabulary)
			for _, other := range apart[:i+1] {
				agree(t, apart[i], other)
			}
		}
	}
}

func FuzzCompare(f *testing.F) {
	for i, name := range nasty {
		f.Add(name, nasty[(i+1)%len(nasty)])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		sound(t, a)
		agree(t, takeApart(a, some), takeApart(b, some))
	})
}
