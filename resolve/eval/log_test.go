package eval

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"umpire/resolve"
)

// diary is a log of three sources, each of which tells its matches again and again.
func diary() []Event {
	var log []Event
	for i := range 300 {
		key := resolve.Key{Kind: resolve.KindMatch, Source: fmt.Sprint("source ", i*i%3), ID: fmt.Sprint(i % 20)}
		log = append(log, Event{Match: &resolve.Match{Key: key, ID: key.Mint(), URL: fmt.Sprint(i)}})
	}
	return log
}

// lines tells a log by source, the messages in their order.
func lines(log []Event) map[string][]string {
	told := map[string][]string{}
	for _, e := range log {
		told[e.Match.Key.Source] = append(told[e.Match.Key.Source], e.Match.URL)
	}
	return told
}

func TestInterleaveKeepsEachSourcesOrder(t *testing.T) {
	log, orders := diary(), map[string]bool{}
	for seed := range uint64(20) {
		mixed := interleave(log, rand.New(rand.NewPCG(seed, 0)))
		if diff := cmp.Diff(lines(log), lines(mixed)); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
		order := ""
		for _, e := range mixed {
			order += e.Match.URL + " "
		}
		orders[order] = true
	}
	if len(orders) != 20 {
		t.Errorf("%d orders are different, want 20", len(orders))
	}
}

// What is withdrawn was told before, and is told again: so the end is the same.
func TestWithdrawLeavesTheEnd(t *testing.T) {
	log, live, back := diary(), map[resolve.ID]bool{}, 0
	var kept []Event
	for _, e := range withdraw(log, 1, rand.New(rand.NewPCG(1, 0))) {
		if !e.Withdrawn {
			kept = append(kept, e)
		} else if back++; !live[e.Match.ID] {
			t.Fatalf("%s %s is withdrawn, and is not there", e.Match.Key.Source, e.Match.Key.ID)
		}
		live[e.Match.ID] = !e.Withdrawn
	}
	if again := len(log) - len(live); back != again {
		t.Errorf("%d are withdrawn, want all that are told again: %d", back, again)
	}
	if diff := cmp.Diff(lines(log), lines(kept)); diff != "" {
		t.Error(diff)
	}
	for id, there := range live {
		if !there {
			t.Errorf("%s is gone in the end", id)
		}
	}
	if n := len(withdraw(log, 0, rand.New(rand.NewPCG(1, 0)))); n != len(log) {
		t.Errorf("nothing is to be withdrawn, and there are %d events of %d messages", n, len(log))
	}
}

// A record is as old as the first match that ever told it, even if that is withdrawn.
func TestShelfKeepsAges(t *testing.T) {
	team := resolve.Named{ID: "tem_a", Name: "A"}
	match := func(id resolve.ID) resolve.Match {
		return resolve.Match{ID: id, Tournament: &team, Sides: [2]resolve.Side{{Team: team}, {Team: team}}}
	}
	s := newShelf()
	s.put(match("mch_1"), 3)
	delete(s.records, "mch_1")
	s.put(match("mch_2"), 5)
	again := s.put(match("mch_1"), 7)
	if again.Arrival != 3 || again.Sides[1].Team.Arrival != 3 || again.Tournament.Arrival != 3 || s.records["mch_2"].Arrival != 5 {
		t.Errorf("%+v", again)
	}
	if team.Arrival != 0 {
		t.Error("wrote to what is others'")
	}
	if all := s.all(); len(all) != 2 || all[0] != again {
		t.Errorf("not the oldest first: %v", all)
	}
}
