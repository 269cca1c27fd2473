package text_test

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/adrg/strutil/metrics"

	"umpire/resolve/text"
)

// frequent is a vocabulary in which some words say little.
var frequent = text.Vocabulary{"team": 3, "esports": 3, "gaming": 4, "fc": 2, "united": 4, "city": 4}

func TestCompare(t *testing.T) {
	tests := []struct {
		a, b   string
		want   text.Level
		reason string
	}{
		{"fnatic", " Fnatic", text.Exact, "case and space do not matter"},
		{"Virtus.pro", "VirtusPro", text.SameLetters, "nor does how words are parted"},
		{"Na'Vi", "NAVI", text.Exact, "an apostrophe parts no word, and vi is no number then"},
		{"M&#268;R 2015", "MČR 2015", text.Exact, "a page's way to write Č"},
		{"D&amp;G", "D & G", text.Exact, "and &"},
		{"Na&#39;Vi", "Na'Vi", text.Exact, "and an apostrophe"},
		{"D&G;", "D&G", text.Exact, "but a semicolon makes no letter of what is none"},
		{"Deportivo La Coruña", "La Coruna Deportivo", text.SameWords, "order"},
		{"Team Dignitas", "Dignitas", text.AllButNoise, "team is frequent"},
		{"Arsenal", "Arsenal FC", text.AllButNoise, "FC is frequent"},
		{"Celta", "Celta Vigo", text.Within, "Vigo is rare"},
		{"Ninjas in Pyjamas", "NiP", text.Initials, "first letters of words"},
		{"HellRaisers", "HR", text.Initials, "capitals"},
		{"Astralis", "Astral", text.Prefix, "one begins the other"},
		{"compLexity", "complexty", text.Alike, "a letter is missing"},
		{"mousesports", "mouz", text.Akin, "first letters"},
		{"Natus Vincere", "NaVi", text.Letters, "letters in order"},
		{"fnatic", "Astralis", text.Different, "nothing in common"},
		{"Team WE", "Team OG", text.Different, "a frequent word in common is nothing"},

		{"Overcooked", "Overcooked 2", text.Successor, "a number makes another game"},
		{"Schalke", "Schalke 04", text.OneNumber, "a year makes no second team"},
		{"Anders", "4 Anders", text.OneNumber, "nor does a number that comes first"},
		{"Köln", "1. FC Köln", text.OneNumber, "nor does a one"},
		{"Season 1", "Season 2", text.OtherNumber, "numbers contradict"},
		{"StarSeries IX", "StarSeries X", text.OtherNumber, "Roman ones too"},
		{"StarSeries IX", "Starseries 9", text.SameWords, "and agree across scripts"},
		{"League 2014/15", "League 2014-2015", text.SameWords, "a season's second year is no number of its own"},
		{"League 2009/10", "League 2009", text.SameWords, "so that its first year is its name"},
		{"League 2014/15", "League 2015/16", text.OtherNumber, "but the next season is another"},
		{"Cup 2001 2", "Cup 2001", text.Successor, "one digit is no year"},
		{"Cup 2015 Season 16", "Cup 2015", text.OneNumber, "nor is what does not come at once"},
		{"Bayes Team 3", "Bayes Esports 3", text.MostWords, "numbers agree: no guard, and the rare word is the same"},
		{"Bayes Team 2", "Bayes Esports 3", text.OtherNumber, "numbers guard what agrees in part, too"},
		{"Astralis", "Astralis Academy", text.OtherMarker, "academy"},
		{"Real Madrid", "Real Madrid B", text.Successor, "second team"},
		{"Real Madrid B", "Real Madrid Castilla", text.OwnName, "which may be its name"},
		{"Fnatic Academy", "Fnatic Rising", text.OwnName, "so may an academy's"},
		{"Fnatic Academy", "Fnatic Women", text.OtherMarker, "but not another mark"},
		{"Real Madrid", "Real Madrid II", text.Successor, "in Roman numerals"},
		{"Real Madrid", "Real Madrid Reserves", text.Successor, "or in words"},
		{"Real Madrid B", "Real Madrid II", text.SameWords, "which all say the same"},
		{"Real Madrid II", "Real Madrid III", text.OtherNumber, "but a third is another"},
		{"MOUZ", "MOUZ NXT", text.Within, "no list knows every second team: what a further rare word says is for the matches to tell"},
		{"Lyon", "Lyon Women", text.OtherMarker, "women"},
		{"Ajax U19", "Ajax U21", text.SameWords, "the same marker, of another age: read as one"},
		{"100", "1337", text.Different, "names that are numbers"},
		{"OG", "BIG", text.Different, "short names survive"},

		{"TBD", "TBD", text.Nobody, "placeholders are nobody, however equal"},
		{"Winner of match 3", "Winner of match 3", text.Nobody, "outcomes too"},
		{"???", "???", text.Nobody, "no letter at all"},
		{"Winners Club", "Winners Club", text.Exact, "but a club may win"},
	}
	for _, test := range tests {
		t.Run(test.a+"|"+test.b, func(t *testing.T) {
			a, b := text.Parse(test.a, frequent), text.Parse(test.b, frequent)
			if got, _ := text.Compare(&a, &b); got != test.want {
				t.Errorf("%q, want %q: %s", got, test.want, test.reason)
			}
		})
	}
}

// Dice over sorted sets agrees with the measure as strutil has it, on the groups of three
// letters of words that repeat none.
func TestDiceByDefinition(t *testing.T) {
	reference := &metrics.SorensenDice{CaseSensitive: true, NgramSize: 3}
	for _, pair := range [][2]string{{"astralis", "astral"}, {"complexity", "complexty"}, {"mousesports", "mouz"}, {"abcdef", "ghijkl"}, {"same", "same"}} {
		got := text.Dice(grams(pair[0]), grams(pair[1]))
		if want := reference.Compare(pair[0], pair[1]); math.Abs(got-want) > 1e-9 {
			t.Errorf("Dice%q = %v, by definition %v", pair, got, want)
		}
	}
}

func grams(word string) []uint32 {
	var list []uint32
	for i := 0; i+3 <= len(word); i++ {
		list = append(list, uint32(word[i])<<16|uint32(word[i+1])<<8|uint32(word[i+2]))
	}
	slices.Sort(list)
	return list
}

func TestLearn(t *testing.T) {
	v := text.Learn(slices.Values([]string{"FC Basel", "FC Thun", "FC Thun", "Servette FC", "Sion", "Basel Basel"}))
	const names = 5 + 128 // those that are supposed besides
	if got, want := v.Rarity("fc"), math.Round(16*math.Log2(names/3.))/16; got != want {
		t.Errorf("fc, in three of five names, has %v bits, want %v", got, want)
	}
	if got := v.Rarity("thun"); got != text.Rare {
		t.Errorf("thun, in one name told twice, has %v bits, want %v", got, text.Rare)
	}
	if got, want := v.Rarity("basel"), math.Round(16*math.Log2(names/2.))/16; got != want {
		t.Errorf("basel, in two names, twice in one, has %v bits, want %v", got, want)
	}
}

// A team's own word is no noise because it is spelled in two ways, however few names there
// are; and what many names tell counts alone.
func TestLearnFromFewAndFromMany(t *testing.T) {
	names := []string{"Virtus.pro", "Virtus Pro"}
	for count := 3; count <= 6000; count *= 2 {
		for i := len(names); i < count; i++ {
			names = append(names, "Team "+strconv.Itoa(i))
		}
		v := text.Learn(slices.Values(names))
		if got := v.Rarity("virtus"); got <= text.Noise {
			t.Errorf("virtus, in two of %d names, has %v bits, which is noise", count, got)
		}
		if got, want := v.Rarity("team"), math.Log2(float64(count)/float64(count-2)); count > 5000 && got > want+1./16 {
			t.Errorf("team, in all of %d names but two, has %v bits, want about %v", count, got, want)
		}
	}
}
