package eval

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"umpire/resolve"
)

// Event is one step of a log: what a source says of a match or, if Withdrawn, that it takes
// that back; then only Key and ID of the match count.
type Event struct {
	Match     *resolve.Match
	Withdrawn bool
}

// interleave plays the sources' own streams into each other at random, each in its order. Some
// sources are hasty: they may be through before another one has well begun.
func interleave(log []Event, chance *rand.Rand) []Event {
	streams := bySource(log)
	haste := make([]float64, len(streams))
	for i := range haste {
		haste[i] = math.Exp2(8*chance.Float64() - 4)
	}
	mixed := make([]Event, 0, len(log))
	for len(mixed) < len(log) {
		i := next(streams, haste, chance)
		mixed = append(mixed, streams[i][0])
		streams[i] = streams[i][1:]
	}
	return mixed
}

// next draws a stream: the more it has left, and the hastier it is, the likelier.
func next(streams [][]Event, haste []float64, chance *rand.Rand) int {
	total := 0.
	for i, s := range streams {
		total += haste[i] * float64(len(s))
	}
	drawn, last := chance.Float64()*total, 0
	for i, s := range streams {
		if len(s) == 0 {
			continue
		}
		if drawn -= haste[i] * float64(len(s)); drawn < 0 {
			return i
		}
		last = i
	}
	return last // what is left of rounding
}

// bySource parts a log into the sources' own streams.
func bySource(log []Event) [][]Event {
	var streams [][]Event
	at := map[string]int{}
	for _, e := range log {
		source := e.Match.Key.Source
		i, found := at[source]
		if !found {
			i = len(streams)
			at[source], streams = i, append(streams, nil)
		}
		streams[i] = append(streams[i], e)
	}
	return streams
}

// withdraw has sources take back what they tell again later: so large a share of what is told
// again, somewhere between the two. What they say in the end stays as it is.
func withdraw(log []Event, share float64, chance *rand.Rand) []Event {
	type taken struct {
		before int
		event  Event
	}
	var back []taken
	last := map[resolve.ID]int{}
	for i, e := range log {
		if j, told := last[e.Match.ID]; told && !e.Withdrawn && chance.Float64() < share {
			back = append(back, taken{j + 1 + chance.IntN(i-j), Event{e.Match, true}})
		}
		last[e.Match.ID] = i
	}
	slices.SortStableFunc(back, func(a, b taken) int { return cmp.Compare(a.before, b.before) })
	all := make([]Event, 0, len(log)+len(back))
	for i, e := range log {
		for len(back) > 0 && back[0].before == i {
			all, back = append(all, back[0].event), back[1:]
		}
		all = append(all, e)
	}
	return all
}
