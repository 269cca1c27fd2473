package resolve_test

import (
	"slices"
	"testing"

	"umpire/resolve"
)

// A judged pair is an example by its evidence alone: unsure says nothing, two words on one pair
// cancel out, and a judgement that waits for its record is none.
func TestExamplesOfJudgements(t *testing.T) {
	const at = "2024-05-01 18:00"
	a, b, c := told(t, "alpha 1", at, "Astralis", "fnatic"), told(t, "beta 1", at, "Astralis", "fnatic"), told(t, "gamma 1", at, "Astralis", "fnatic")
	e := resolve.New(nil)
	for _, m := range []resolve.Match{a, b, c} {
		e.Put(m)
	}
	e.Resolve()
	examples := e.Examples(slices.Values([]resolve.Judgement{
		{A: a.ID, B: b.ID, Word: resolve.Same}, {A: a.ID, B: c.ID, Word: resolve.Unsure},
		{A: b.ID, B: c.ID, Word: resolve.Same}, {A: c.ID, B: b.ID, Word: resolve.Different},
		{A: a.ID, B: resolve.Key{Kind: resolve.KindMatch, Source: "delta", ID: "1"}.Mint(), Word: resolve.Same},
	}))
	link, _ := e.Explain(a.ID, b.ID)
	if len(examples) != 1 || !examples[0].Same || examples[0].Weight != link.Weight ||
		!slices.Contains(examples[0].Found, resolve.Level{Table: "match.start", Level: "same minute"}) {
		t.Errorf("they are %+v", examples)
	}
}
