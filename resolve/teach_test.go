package resolve

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// labelled are judged match pairs of a weight in bits that find some levels of starts.
func labelled(n int, same bool, bits float64, starts ...string) []Example {
	var all []Example
	for i := range n {
		x := Example{Kind: KindMatch, A: ID(fmt.Sprintf("mat_a%s%t%d", starts[0], same, i)), B: ID(fmt.Sprintf("mat_b%s%t%d", starts[0], same, i)), Same: same, Weight: weightOf(bits)}
		for _, s := range starts {
			x.Found = append(x.Found, Level{"match.start", s})
		}
		all = append(all, x)
	}
	return all
}

// mixed are labels of both words: hours apart speak against.
func mixed(n int) []Example {
	return slices.Concat(labelled(n, true, 0, "same minute"), labelled(n, false, 0, "within 2 hours"), labelled(3, true, 1, "same day"))
}

func TestNoLabelsTeachNothing(t *testing.T) {
	m := Shipped()
	m.Feeds = []Feeds{{A: "a", B: "b", Start: Levels{"same minute": 3, "same day": 40}}}
	taught, moves := Teach(m, nil)
	if diff := cmp.Diff(m, taught); diff != "" || len(moves) > 0 {
		t.Errorf("it moved %v (-before +after):\n%s", moves, diff)
	}
}

func TestTeachingIsOrderFree(t *testing.T) {
	examples, m := mixed(20), Shipped()
	want, _ := Teach(m, examples)
	held := HoldBack(m, examples)
	for seed := range uint64(10) {
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(examples), func(i, j int) { examples[i], examples[j] = examples[j], examples[i] })
		if got, _ := Teach(m, examples); cmp.Diff(want, got) != "" {
			t.Errorf("another order teaches something else (-want +got):\n%s", cmp.Diff(want, got))
		}
		if got := HoldBack(m, examples); got != held {
			t.Errorf("held back in another order: %+v, want %+v", got, held)
		}
	}
	if diff := cmp.Diff(Shipped(), m); diff != "" {
		t.Errorf("the model that was taught changed itself:\n%s", diff)
	}
}

// The more labels speak for a level the farther it moves, and never too far: a handful moves
// it by less than a bit.
func TestLabelsMoveTheirWay(t *testing.T) {
	shipped := Shipped().Match.Start
	last := [2]Weight{shipped["same minute"], shipped["within 2 hours"]}
	for n := 1; n <= 1000; n = 2*n + 1 {
		taught, _ := Teach(Shipped(), mixed(n))
		now := [2]Weight{taught.Match.Start["same minute"], taught.Match.Start["within 2 hours"]}
		if now[0] < last[0] || now[1] > last[1] {
			t.Errorf("%d labels make %d of what was %d", n, now, last)
		}
		far := max(now[0]-shipped["same minute"], shipped["within 2 hours"]-now[1])
		if n < 8 && far >= Bit || far > weightOf(farthest) || n > 30 && far < Bit/2 {
			t.Errorf("%d labels move a level by %v bits", n, far.Bits())
		}
		last = now
	}
}

// As many labels for a level as against it, where the model is in doubt, leave it alone.
func TestLabelsCancel(t *testing.T) {
	examples := slices.Concat(labelled(15, true, 0, "same minute"), labelled(15, false, 0, "same minute"))
	if _, moves := Teach(Shipped(), examples); len(moves) > 0 {
		t.Errorf("it moved %v", moves)
	}
}

// Closer clocks are never worth less, whatever the labels; feeds move as the model does.
func TestClocksStayInOrder(t *testing.T) {
	m := Shipped()
	m.Feeds = []Feeds{{A: "a", B: "b", Start: Levels{"same minute": 3 * Bit}}}
	perverse := slices.Concat(labelled(25, false, 2, "same minute"), labelled(25, true, -2, "within 8 hours"), labelled(25, true, -2, "within 30 minutes"))
	taught, moves := Teach(m, perverse)
	if len(moves) == 0 || !falls(taught.Match.Start) {
		t.Errorf("the clocks are worth %v", taught.Match.Start)
	}
	if taught.Feeds[0].Start["same minute"] >= 3*Bit {
		t.Errorf("the feeds' clocks stay at %v", taught.Feeds[0].Start)
	}
}

// What names propose matches is not for judgements to say, which are on what was proposed.
func TestTeachingProposesTheSame(t *testing.T) {
	m := Shipped()
	var examples []Example
	for level := range m.Team.Names {
		for i := range 60 {
			examples = append(examples, Example{
				Kind: KindTeam, A: ID(fmt.Sprint("tem_a", level, i)), B: ID(fmt.Sprint("tem_b", level, i)),
				Same: m.Team.Names[level] < m.Votes.Seed, Found: []Level{{"team.name", level}},
			})
		}
	}
	taught, moves := Teach(m, examples)
	if len(moves) == 0 {
		t.Fatal("nothing moved: the test shows nothing")
	}
	for level, before := range m.Team.Names {
		if after := taught.Team.Names[level]; (before >= m.Votes.Seed) != (after >= m.Votes.Seed) {
			t.Errorf("%q proposes by %v what it did by %v", level, after.Bits(), before.Bits())
		}
	}
}
