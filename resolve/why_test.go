package resolve_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"umpire/resolve"
)

// Whatever the world, the account of any two records sums to their weight at every level, and
// that weight is the one by which they were judged.
func TestWhyIsTheSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := map[resolve.ID]resolve.Match{}
		for n := range rapid.IntRange(2, 40).Draw(t, "records") {
			m := drawMatch(t)
			m.Arrival = int64(n)
			records[m.ID] = m
		}
		e, store := batch(records)
		weights := map[resolve.Pair]resolve.Weight{}
		for w := range e.Weighed() {
			if w.Kind == resolve.KindMatch {
				weights[resolve.Pair{A: w.A, B: w.B}] = w.Weights[len(w.Weights)-1]
			}
		}
		ids := slices.Sorted(recordsOf(store))
		for i, a := range ids {
			for _, b := range ids[i+1:] {
				if a.Kind() == b.Kind() {
					checkWhy(t, e, store, weights, a, b)
				}
			}
		}
	})
}

func recordsOf(store mirror) func(func(resolve.ID) bool) {
	return func(yield func(resolve.ID) bool) {
		for _, entity := range store.Entities {
			for _, m := range entity.Members {
				if !yield(m.Record) {
					return
				}
			}
		}
	}
}

func checkWhy(t *rapid.T, e *resolve.Engine, store mirror, weights map[resolve.Pair]resolve.Weight, a, b resolve.ID) {
	w, err := e.Why(b, a)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sumOf(t, w.Lines); sum != w.Weight {
		t.Errorf("%s and %s weigh %d, their lines sum to %d", a, b, w.Weight, sum)
	}
	if sum := sumOf(t, resolve.Cut(w.Lines, 1)); sum != w.Weight {
		t.Errorf("%s and %s weigh %d, cut short their lines sum to %d", a, b, w.Weight, sum)
	}
	pair := resolve.Pair{A: a, B: b}
	if weight, weighed := weights[pair]; weighed && weight != w.Weight {
		t.Errorf("%s and %s were judged by %d, explained by %d", a, b, weight, w.Weight)
	}
	if link, kept := store.Links[pair]; kept && (link.Weight != w.Weight || link.Verdict != w.Verdict || link.Rule != w.Rule) {
		t.Errorf("the link is %+v, explained as %+v", link, w.Link)
	}
	one, _ := e.EntityOf(a)
	other, _ := e.EntityOf(b)
	if w.Entities != [2]resolve.ID{one, other} || (one == other) != (w.Apart == nil) {
		t.Errorf("%s is in %s and %s in %s, explained as %v, apart by %+v", a, one, b, other, w.Entities, w.Apart)
	}
	checkPairs(t, e, w)
}

func checkPairs(t *rapid.T, e *resolve.Engine, w resolve.Why) {
	for _, p := range w.Pairs {
		link, _ := e.Explain(p.A, p.B)
		if link.Weight != p.Weight {
			t.Errorf("pair %v is explained by %d", p, link.Weight)
		}
		if !slices.Contains(w.Members[0], p.A) && !slices.Contains(w.Members[1], p.A) {
			t.Errorf("pair %v is of neither entity", p)
		}
	}
	for _, id := range slices.Concat(w.Members[0], w.Members[1]) {
		if w.Told[id].Name == "" {
			t.Errorf("%s is told by nothing", id)
		}
	}
}

// Each vote of a match is there, by itself, opened where it has one candidate.
func TestWhyOpensVotes(t *testing.T) {
	var records []resolve.Match
	for i, day := range []string{"2015-03-01", "2015-03-08", "2015-03-15"} {
		ref := string(rune('1' + i))
		opponent := []string{"Astralis", "Virtus.pro", "Fnatic"}[i]
		records = append(records, told(t, "alpha "+ref, day+" 18:00", "Natus Vincere", opponent, score(2, 1)),
			told(t, "beta "+ref, day+" 18:00", "NaVi Gaming", opponent, score(2, 1)))
	}
	e, _ := resolved(records...)
	a, b := named(resolve.KindTeam, "alpha", "Natus Vincere").ID, named(resolve.KindTeam, "beta", "NaVi Gaming").ID
	w := why(t, e, a, b)
	if w.Apart != nil {
		t.Fatalf("apart: %+v", w.Apart)
	}
	votes := lineOf(t, w.Lines, "matches").Lines
	opened := 0
	for _, v := range votes {
		if v.Comparison == "match" && len(v.Records) == 2 && len(v.Lines) > 2 {
			opened++
		}
	}
	if opened != len(records)/2 {
		t.Errorf("%d votes are opened of %d: %+v", opened, len(records)/2, votes)
	}
	if cut := lineOf(t, resolve.Cut(w.Lines, 1), "matches").Lines; len(cut) != len(votes)-1 || cut[1].Comparison != "more matches" {
		t.Errorf("cut short: %+v", cut)
	}
	match := why(t, e, records[0].ID, records[1].ID)
	team := lineOf(t, match.Lines, "team 1")
	if left := lineOf(t, lineOf(t, team.Lines, "matches").Lines, "left out"); left.Weight >= 0 {
		t.Errorf("their own votes: %+v", left)
	}
}

func why(t *testing.T, e *resolve.Engine, a, b resolve.ID) resolve.Why {
	t.Helper()
	w, err := e.Why(a, b)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func lineOf(t *testing.T, lines []resolve.Line, comparison string) resolve.Line {
	t.Helper()
	i := slices.IndexFunc(lines, func(l resolve.Line) bool { return l.Comparison == comparison })
	if i < 0 {
		t.Fatalf("no line %q in %+v", comparison, lines)
	}
	return lines[i]
}

// whyNot is two records of a few that are apart, and why.
type whyNot struct {
	why     string
	records []resolve.Match
	a, b    resolve.ID // "": the first two records
	cause   resolve.Cause
	text    string
	names   int // the record that it names as the other: its place among the records; -1: none
	level   string
}

func whyNots(t *testing.T) []whyNot {
	const noon, later = "2015-03-01 12:00", "2015-03-01 18:00"
	team := func(source, name string) resolve.ID { return named(resolve.KindTeam, source, name).ID }
	return []whyNot{
		{why: "a source tells a match once", cause: resolve.ByRule, text: "one record per source", names: 1, records: []resolve.Match{
			told(t, "alpha 1", noon, "Astralis", "OG"), told(t, "alpha 2", later, "Astralis", "OG"),
		}},
		{why: "without a start there is no day to look on", cause: resolve.NoCandidate, text: "one of them tells no start", names: -1, level: "not told", records: []resolve.Match{
			told(t, "alpha 1", noon, "Astralis", "OG"), told(t, "beta 1", "", "Astralis", "OG"),
		}},
		{why: "a week is no slip of a clock", cause: resolve.NoCandidate, text: "their starts are more than a day apart", names: -1, level: "days apart", records: []resolve.Match{
			told(t, "alpha 1", noon, "Astralis", "OG"), told(t, "beta 1", "2015-03-08 12:00", "Astralis", "OG"),
		}},
		{
			why: "nothing in their names is alike", cause: resolve.NoCandidate, text: "no name proposes a team of the one beside one of the other",
			names: -1, level: "different, less than the 3.5 bits that propose", records: []resolve.Match{
				told(t, "alpha 1", noon, "Astralis", "OG"), told(t, "beta 1", noon, "Vega Squadron", "Titan"),
			},
		},
		{
			why: "a record has one partner in a source", cause: resolve.ByPartner, text: "a better partner is in its place", names: 2, records: []resolve.Match{
				told(t, "alpha 1", noon, "Astralis", "OG", score(2, 1)), told(t, "beta 2", later, "Astralis", "OG", score(0, 2)),
				told(t, "beta 1", noon, "Astralis", "OG", score(2, 1)),
			},
		},
		{
			why: "a rematch and a source that tells the day alone", cause: resolve.ByDoubt, text: "another reading is as good", names: 2, records: []resolve.Match{
				told(t, "alpha 1", "2015-03-01", "Astralis", "OG"), told(t, "beta 1", noon, "Astralis", "OG"), told(t, "beta 2", later, "Astralis", "OG"),
			},
		},
		{why: "half a day apart, and another winner", cause: resolve.ByLinkage, text: "too little to join", names: -1, records: []resolve.Match{
			told(t, "alpha 1", "2015-03-01 01:00", "Astralis", "OG", score(2, 1)), told(t, "beta 1", later, "Astralis", "OG", score(0, 2)),
		}},
		{
			why: "who meets is two", a: team("alpha", "Astralis"), b: team("alpha", "Astralis A"), cause: resolve.ByRule, text: "they met each other", names: -1,
			records: []resolve.Match{told(t, "alpha 1", noon, "Astralis", "Astralis A")},
		},
		{
			why: "teams of other names that never met in a match", a: team("alpha", "Astralis"), b: team("beta", "Titan"), cause: resolve.NoCandidate,
			text: "their names do not propose them, and no match of the one may be one of the other's", names: -1, level: "different, less than the 3.5 bits that propose",
			records: []resolve.Match{told(t, "alpha 1", noon, "Astralis", "OG"), told(t, "beta 1", later, "Titan", "Lime")},
		},
	}
}

func TestWhyNot(t *testing.T) {
	for _, tt := range whyNots(t) {
		t.Run(tt.why, func(t *testing.T) {
			e, _ := resolved(tt.records...)
			if tt.a == "" {
				tt.a, tt.b = tt.records[0].ID, tt.records[1].ID
			}
			got := why(t, e, tt.a, tt.b).Apart
			if got == nil || got.Cause != tt.cause || got.Text != tt.text {
				t.Fatalf("apart by %+v, want %s: %s", got, tt.cause, tt.text)
			}
			if tt.names >= 0 && !slices.Contains(got.Records, tt.records[tt.names].ID) {
				t.Errorf("it names %v, want %s", got.Records, tt.records[tt.names].ID)
			}
			if tt.level != "" && !slices.ContainsFunc(got.Lines, func(l resolve.Line) bool { return l.Level == tt.level }) {
				t.Errorf("it tells %+v, want a line that says %q", got.Lines, tt.level)
			}
			if tt.cause == resolve.ByLinkage && got.Weight >= 0 {
				t.Errorf("the linkage is %v, and would join them", got.Weight.Bits())
			}
		})
	}
}

// A part of a name that too many have proposes nothing, and is named.
func TestWhyNotCrowded(t *testing.T) {
	records := []resolve.Match{
		told(t, "alpha 1", "2015-03-01 12:00", "Astralis Quux", "OG"), told(t, "beta 1", "2015-03-01 12:00", "Astralis Zed", "Titan"),
		told(t, "gamma 1", "2015-04-01 12:00", "Astralis Red", "Mint"), told(t, "gamma 2", "2015-04-02 12:00", "Astralis Blue", "Lime"),
	}
	m := touchy()
	m.Votes.Seed = 0
	e := resolve.New(m)
	for _, r := range records {
		e.Put(r)
	}
	e.Settle()
	got := why(t, e, records[0].Sides[0].Team.ID, records[1].Sides[0].Team.ID).Apart
	if got == nil || got.Cause != resolve.NoCandidate || len(got.Lines) != 1 || !strings.HasSuffix(got.Lines[0].Level, "too many to propose any") {
		t.Fatalf("apart by %+v", got)
	}
}

func TestWhyOfWhom(t *testing.T) {
	m := told(t, "alpha 1", "2015-03-01", "Astralis", "OG")
	e, _ := resolved(m)
	if _, err := e.Why(m.ID, resolve.Key{Kind: resolve.KindMatch, ID: "nobody's"}.Mint()); !errors.Is(err, resolve.ErrUnknown) {
		t.Errorf("an unknown record: %v", err)
	}
	for _, b := range []resolve.ID{m.ID, m.Sides[0].Team.ID} {
		_, err := e.Why(m.ID, b)
		if fault := (*resolve.InvalidError)(nil); !errors.As(err, &fault) || fault.Field != "b" {
			t.Errorf("with %s: %v", b, err)
		}
	}
	e.Remove(m.ID)
	e.Settle()
	if _, err := e.Why(m.ID, m.Sides[0].Team.ID); !errors.Is(err, resolve.ErrUnknown) {
		t.Errorf("a withdrawn record: %v", err)
	}
}

// Of records with an entity: who else is in it, and what they weigh beside each of them.
func TestWhyNamesMembers(t *testing.T) {
	a := told(t, "alpha 1", "2015-03-01 12:00", "Astralis", "OG", score(2, 1))
	b := told(t, "beta 1", "2015-03-01 12:00", "Astralis", "OG", score(2, 1))
	c := told(t, "gamma 1", "2015-03-01 12:00", "Astralis", "OG", score(2, 1))
	e, _ := resolved(a, b, c)
	w := why(t, e, a.ID, c.ID)
	if diff := cmp.Diff([2][]resolve.ID{{a.ID, b.ID, c.ID}, {a.ID, b.ID, c.ID}}, w.Members); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	if len(w.Pairs) != 3 || !slices.IsSortedFunc(w.Pairs, func(v, w resolve.PairWeight) int { return int(w.Weight - v.Weight) }) {
		t.Errorf("it rests on %+v", w.Pairs)
	}
	if diff := cmp.Diff(resolve.Told{Source: "gamma", Name: "Astralis – OG, 2015-03-01 12:00"}, w.Told[c.ID], cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

// What keeps a record out of a larger cluster is told as that cluster has it: between the
// average of the weights of its pairs and the greatest of these, each clipped to the bars.
func TestWhyLinkage(t *testing.T) {
	bars := resolve.Shipped().Match.Bars
	for _, c := range []struct {
		name    string
		records []resolve.Match
	}{
		{"one of two contradicts it", []resolve.Match{
			told(t, "alpha 1", "2015-03-01 15:00", "Astralis", "Virtus.pro", bestOf(3)),
			told(t, "beta 1", "2015-03-01 15:00", "Astralis", "Virtus.pro", score(2, 0)),
			told(t, "gamma 1", "2015-03-01 22:00", "Astralis", "Virtus.pro", score(0, 2), bestOf(1)),
		}},
		{"two of three contradict it", []resolve.Match{
			told(t, "alpha 1", "2015-03-01", "Astralis", "Virtus.pro", bestOf(3)),
			told(t, "beta 1", "2015-03-01 15:00", "Astralis", "Virtus.pro", score(2, 0)),
			told(t, "delta 1", "2015-03-01 15:00", "Astralis", "Virtus.pro", score(2, 0)),
			told(t, "gamma 1", "2015-03-02 04:00", "Astralis", "Virtus.pro", score(0, 2), bestOf(1)),
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, _ := resolved(c.records...)
			first, last := c.records[0].ID, c.records[len(c.records)-1].ID
			w := why(t, e, first, last)
			if w.Apart == nil || w.Apart.Cause != resolve.ByLinkage {
				t.Fatalf("apart by %+v", w.Apart)
			}
			var sum, top resolve.Weight
			top = bars.Least
			for _, p := range w.Pairs {
				weight := min(max(p.Weight, bars.Least), bars.Most)
				sum, top = sum+weight, max(top, weight)
			}
			pairs := resolve.Weight(len(c.records) - 1)
			sum += (pairs - resolve.Weight(len(w.Pairs))) * bars.Least
			want := math.Floor(float64(sum)/float64(pairs)*(1-bars.Closest) + float64(top)*bars.Closest)
			if got := w.Apart.Weight; float64(got) != want || got >= bars.Merge {
				t.Errorf("the linkage is told as %d, and is %v of %+v", got, want, w.Pairs)
			}
		})
	}
}
