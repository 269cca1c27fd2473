package eval_test

import (
	"cmp"
	"runtime"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"umpire/resolve"
	"umpire/resolve/eval"
)

// What several processors plan together is what one plans, in its order, and so is what they
// plan when a part of it is told otherwise.
func TestSharedOut(t *testing.T) {
	log := eval.Grow(season(t), 40, eval.Years)
	plans := func(processors int) [2]resolve.Plan {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		e, first := resolved(log)
		for i := range log {
			if i%3 == 0 {
				e.Remove(log[i].Match.ID)
			}
		}
		return [2]resolve.Plan{first, e.Settle()}
	}
	one := plans(1)
	if len(one[0].Put) < 2000 || len(one[1].Unlink) < 600 {
		t.Fatalf("%d entities and %d links less: too few to be shared out", len(one[0].Put), len(one[1].Unlink))
	}
	kind := func(e resolve.Entity) int { return slices.Index(resolve.Kinds[:], e.Kind) }
	if !slices.IsSortedFunc(one[0].Put, func(a, b resolve.Entity) int { return cmp.Or(cmp.Compare(kind(a), kind(b)), cmp.Compare(a.ID, b.ID)) }) {
		t.Error("entities are in no order")
	}
	if diff := gocmp.Diff(one, plans(4)); diff != "" {
		t.Errorf("(-one +four):\n%.3000s", diff)
	}
}
