package eval

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"umpire/resolve"
)

// Mistakes are the pairs that two partitions tell otherwise, each once.
func TestMistakesByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		known, got := Known{entity: map[resolve.ID]string{}}, map[resolve.ID]resolve.ID{}
		for i := range rapid.IntRange(0, 10).Draw(t, "records") {
			id := resolve.ID(fmt.Sprint("tem_", i))
			known.ids = append(known.ids, id)
			known.entity[id] = rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "entity")
			if entity := rapid.SampledFrom([]resolve.ID{"tem_p", "tem_q", ""}).Draw(t, "joined"); entity != "" {
				got[id] = entity
			}
		}
		want := map[Mistake]int{}
		for j, b := range known.ids {
			for _, a := range known.ids[:j] {
				one, joined := known.entity[a] == known.entity[b], got[a] != "" && got[a] == got[b]
				if one != joined {
					want[Mistake{resolve.KindTeam, a, b, joined}]++
				}
			}
		}
		found := map[Mistake]int{}
		for m := range Mistakes(resolve.KindTeam, func(id resolve.ID) (resolve.ID, bool) { e, in := got[id]; return e, in }, known) {
			found[m]++
		}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Error(diff)
		}
	})
}

// The suggestion between a and c mends b–c and a–c, which are missed; not d–e, which is false.
func TestSuggestions(t *testing.T) {
	known := Known{
		ids:    []resolve.ID{"mch_a", "mch_b", "mch_c", "mch_d", "mch_e"},
		entity: map[resolve.ID]string{"mch_a": "x", "mch_b": "x", "mch_c": "x", "mch_d": "y", "mch_e": "z"},
	}
	entity := func(ids ...resolve.ID) resolve.Entity {
		e := resolve.Entity{Kind: ids[0].Kind(), ID: ids[0]}
		for _, id := range ids {
			e.Members = append(e.Members, resolve.Member{Record: id})
		}
		return e
	}
	entities := []resolve.Entity{entity("mch_a", "mch_b"), entity("mch_c"), entity("mch_d", "mch_e"), entity("mch_f"), entity("tem_a", "tem_b")}
	links := []resolve.Link{
		{Kind: resolve.KindMatch, A: "mch_a", B: "mch_c", Verdict: resolve.Suggested},
		{Kind: resolve.KindMatch, A: "mch_c", B: "mch_e", Verdict: resolve.Suggested},
		{Kind: resolve.KindMatch, A: "mch_c", B: "mch_f", Verdict: resolve.Suggested},
		{Kind: resolve.KindMatch, A: "mch_a", B: "mch_b", Verdict: resolve.Joined},
		{Kind: resolve.KindTeam, A: "tem_a", B: "tem_c", Verdict: resolve.Suggested},
	}
	s := Suggestions{Kind: resolve.KindMatch}
	s.Add(slices.Values(entities), links, known)
	want := Suggestions{Kind: resolve.KindMatch, Suggested: 3, Known: 2, Right: 1, Merged: 2, Errors: 3, Within: 2}
	if s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
}
