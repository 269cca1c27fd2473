package resolve

import (
	"cmp"
	"hash/fnv"
	"iter"
	"math"
	"slices"

	"umpire/resolve/text"
)

// Train returns the shipped model with what can be learnt from records without labels: which
// words are frequent in names, and of each two sources, from matches of theirs that are
// plainly one, how their clocks and days differ and whether they tell the teams in one order.
// It is a function of the set of records.
func Train(records iter.Seq[Match]) *Model {
	m := Shipped()
	m.Vocabulary = text.Learn(func(yield func(string) bool) {
		for r := range records {
			for _, n := range []*Named{&r.Sides[0].Team, &r.Sides[1].Team, r.Tournament} {
				if n != nil && !yield(n.Name) {
					return
				}
			}
		}
	})
	m.Feeds = learnFeeds(m, records)
	m.Version += "+trained"
	return m
}

// enoughToLearn is how many records say all that is to be learnt of feeds. Of more, some weeks
// are looked at.
const enoughToLearn = 60_000

// learnFeeds ties matches by the names of their teams, and looks at those that are plainly one.
func learnFeeds(m *Model, records iter.Seq[Match]) []Feeds {
	n := uint32(0)
	for range records {
		n++
	}
	e := New(m)
	for r := range records {
		if week := floorDiv(r.Start.At.Unix(), 7*minutesOfDay*60); scattered(uint64(week))%(1+n/enoughToLearn) == 0 {
			e.Put(r)
		}
	}
	e.tieAll()
	plain := map[[2]int32][]int32{}
	for i := range e.edges.n {
		if e.plain(i) {
			f := e.feedsOf(e.matches.at(e.edges.at(i).m).source, e.matches.at(e.edges.at(i).n).source)
			key := [2]int32{f.a, f.b}
			plain[key] = append(plain[key], i)
		}
	}
	var learnt []Feeds
	for key, edges := range plain {
		if len(edges) >= enoughPlain {
			learnt = append(learnt, e.learn(e.feedsOf(key[0], key[1]), edges))
		}
	}
	slices.SortFunc(learnt, func(a, b Feeds) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	return learnt
}

// enoughPlain is how many matches that are plainly one it takes to learn from them.
const enoughPlain = 20

func scattered(n uint64) uint32 {
	h := fnv.New32a()
	for ; n > 0; n >>= 8 {
		h.Write([]byte{byte(n)})
	}
	return h.Sum32()
}

// plain tells whether an edge is of one match whenever that is: both names are alike, what else
// is told does not speak against it, and nothing else near is like it.
func (e *Engine) plain(i int32) bool {
	if !e.named(i) {
		return false
	}
	f := e.edges.at(i)
	c := e.coupleOf(f.m, f.n, f.turned)
	if c.score().weight < 0 || c.tournament().weight+c.title().weight <= -2*Bit {
		return false // labels that share no word do not speak against it; another season's number does
	}
	for _, m := range [2]int32{f.m, f.n} {
		for _, j := range e.matches.at(m).edges {
			other := e.edges.at(j).m + e.edges.at(j).n - m
			if j != i && e.matches.at(other).source == e.matches.at(f.m+f.n-m).source && e.named(j) {
				return false
			}
		}
	}
	return true
}

// named tells whether the names on both sides of an edge are plainly alike.
func (e *Engine) named(i int32) bool {
	seed := e.model.Votes.Seed
	return e.pairs.at(e.edges.at(i).pairs[0]).belief[0] >= seed && e.pairs.at(e.edges.at(i).pairs[1]).belief[0] >= seed
}

// learn looks at matches of two sources that are plainly one.
func (e *Engine) learn(f *feeds, edges []int32) Feeds {
	learnt := Feeds{A: e.sources.names[f.a], B: e.sources.names[f.b], Matches: len(edges)}
	same, clocks, days := 0, []int32(nil), [3]int{}
	for _, i := range edges {
		r, s := e.matches.at(e.edges.at(i).m), e.matches.at(e.edges.at(i).n)
		if r.source != f.a {
			r, s = s, r
		}
		if !e.edges.at(i).turned {
			same++
		}
		if r.minute != noDay && s.minute != noDay {
			clocks = append(clocks, r.minute-s.minute)
		} else {
			days[s.day-r.day+1]++
		}
	}
	share := (float64(same) + 2) / (float64(len(edges)) + 4)
	learnt.Sides = Levels{"same order": weightOf(math.Log2(share / 0.5)), "swapped": weightOf(math.Log2((1 - share) / 0.5))}
	learnt.Start = Levels{}
	if len(clocks) >= enoughPlain {
		slices.Sort(clocks)
		learnt.Offset = int(clocks[len(clocks)/2])
		e.learnClocks(f, &learnt, clocks)
	}
	if n := days[0] + days[1] + days[2]; n >= enoughPlain {
		for i, level := range dayLevels {
			learnt.Start[level] = weightOf(math.Log2((float64(days[i]) + 0.5) / (float64(n) + 1.5) * 3))
		}
	}
	return learnt
}

// learnClocks weighs how far apart the clocks of one match are against those of any two that
// have no team's name in common.
func (e *Engine) learnClocks(f *feeds, learnt *Feeds, clocks []int32) {
	var same, strange [len(clockLevels)]float64
	for _, c := range clocks {
		if l := clockLevel(c - int32(learnt.Offset)); l >= 0 {
			same[l]++
		}
	}
	strangers := 0.0
	for apart := range e.strangers(f, int32(learnt.Offset)) {
		if l := clockLevel(apart); l >= 0 {
			strange[l]++
			strangers++
		}
	}
	n := float64(len(clocks))
	for l := range clockLevels {
		chance := (strange[l] + 1) / (strangers + float64(len(clockLevels)))
		learnt.Start[clockLevels[l].level] = weightOf(math.Log2((same[l] + 4*chance) / (n + 4) / chance))
	}
}

// clockLevel gives the place of the level of two clocks so many minutes apart, or -1.
func clockLevel(apart int32) int {
	return slices.IndexFunc(clockLevels[:], func(l clockSpan) bool { return max(apart, -apart) <= l.up })
}

// strangers yields how far apart the clocks are of matches of two sources that have no name in
// common, on the same and on neighbouring days; some thousands of the first source are looked at.
func (e *Engine) strangers(f *feeds, offset int32) iter.Seq[int32] {
	onDay := map[int32][]int32{}
	firsts := uint32(0)
	for m := range e.matches.n {
		switch r := e.matches.at(m); {
		case r.minute == noDay:
		case r.source == f.a:
			firsts++
		case r.source == f.b:
			onDay[r.day] = append(onDay[r.day], m)
		}
	}
	return func(yield func(int32) bool) {
		for m := range e.matches.n {
			r := e.matches.at(m)
			if r.source != f.a || r.minute == noDay || scattered(uint64(uint32(r.minute)))%(1+firsts/5000) != 0 {
				continue
			}
			for day := r.day - 1; day <= r.day+1; day++ {
				for _, n := range onDay[day] {
					s := e.matches.at(n)
					if !slices.Contains(s.teamName[:], r.teamName[0]) && !slices.Contains(s.teamName[:], r.teamName[1]) && !yield(r.minute-s.minute-offset) {
						return
					}
				}
			}
		}
	}
}
