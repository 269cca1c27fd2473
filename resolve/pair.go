package resolve

import (
	"cmp"
	"slices"
	"sort"
)

// slot is a match in the schedule of a team.
type slot struct{ day, match int32 }

// noDay is the day of a match whose start is not told.
const noDay int32 = -1 << 30

// pairOf returns the number of the pair of two team records, a new one if it has none.
func (e *Engine) pairOf(x, y int32) int32 {
	key, x, y := e.pairKey(x, y)
	if p, found := e.pairIndex[key]; found {
		return p
	}
	p := e.pairs.add(pair{x: x, y: y})
	e.ties = append(e.ties, unweighed)
	e.pairIndex[key] = p
	a, b := &e.teams.records[x], &e.teams.records[y]
	a.pairs, b.pairs = append(a.pairs, p), append(b.pairs, p)
	e.liken(p)
	for k := range e.pairs.at(p).belief {
		e.pairs.at(p).belief[k] = e.pairs.at(p).belief[0]
	}
	e.reaches.add(p)
	return p
}

// pairKey tells two team records in one number, and the one with the smaller id first.
func (e *Engine) pairKey(x, y int32) (uint64, int32, int32) {
	if e.teams.records[x].id > e.teams.records[y].id {
		x, y = y, x
	}
	return uint64(x)<<32 | uint64(uint32(y)), x, y
}

// liken finds how alike the names of a pair are: the names that both used at a time, if they
// ever were told at one.
func (e *Engine) liken(p int32) {
	q := e.pairs.at(p)
	a, b := &e.teams.records[q.x], &e.teams.records[q.y]
	q.likeness, q.names, q.known = likeness{}, [2]int32{none, none}, false
	var best Weight
	bestMet := false
	for _, m := range a.names {
		for _, n := range b.names {
			if e.names.nobody(m.of) || e.names.nobody(n.of) {
				continue
			}
			l, names := e.names.compare(m.of, n.of), [2]int32{m.of, n.of}
			w, met := l.worth(e.model.Team.Names), m.meets(n)
			if !q.known || met && !bestMet || met == bestMet && (w > best || w == best && e.earlier(names, q.names)) {
				q.known, q.likeness, q.names, best, bestMet = true, l, names, w, met
			}
		}
	}
	judged := e.judgement(a.id, b.id)
	q.judged = judged.weight
	q.belief[0], q.guarded = best+q.judged, q.likeness.guarded() && q.judged == 0
}

// earlier orders pairs of names.
func (e *Engine) earlier(a, b [2]int32) bool {
	return cmp.Or(cmp.Compare(e.names.told[a[0]], e.names.told[b[0]]), cmp.Compare(e.names.told[a[1]], e.names.told[b[1]])) < 0
}

// reseed looks again at what the names of two teams propose, and tells whether they propose
// them since.
func (e *Engine) reseed(p int32) bool {
	q := e.pairs.at(p)
	before, names, guarded := q.belief[0], q.names, q.guarded
	e.liken(p)
	seeded := q.judged > 0 || q.known && q.belief[0] >= e.model.Votes.Seed && e.proposed(q)
	if q.belief[0] != before || q.names != names || q.guarded != guarded {
		e.teams.changed.add(q.x)
		e.teams.changed.add(q.y)
		e.rebelieve(p)
		for _, i := range q.edges {
			e.touched.add(e.edges.at(i).m)
			e.touched.add(e.edges.at(i).n)
		}
		for k := range e.final + 1 {
			e.spread(k, q)
		}
	}
	if seeded == q.seeded {
		return false
	}
	q.seeded = seeded
	e.rebelieve(p)
	for _, i := range slices.Clone(q.edges) {
		m, n, turned := e.edges.at(i).m, e.edges.at(i).n, e.edges.at(i).turned
		e.cut(i)
		e.tie(m, n, turned)
	}
	return seeded
}

func (e *Engine) proposed(q *pair) bool {
	for _, m := range e.teams.records[q.x].names {
		for _, n := range e.teams.records[q.y].names {
			if e.blocks.proposed(m.of, n.of) {
				return true
			}
		}
	}
	return false
}

// joinPair makes edges of all matches of two teams on the same and on neighbouring days.
func (e *Engine) joinPair(p int32) {
	q := e.pairs.at(p)
	q.joined = e.round
	later := e.teams.records[q.y].schedule
	for _, s := range e.teams.records[q.x].schedule {
		for len(later) > 0 && later[0].day < s.day-1 {
			later = later[1:]
		}
		for _, t := range later {
			if t.day > s.day+1 {
				break
			}
			e.meet(s.match, t.match)
		}
	}
}

// joinMatch makes edges of a match with those of the teams that its teams may be.
func (e *Engine) joinMatch(m int32) {
	r := e.matches.at(m)
	if !r.live {
		return
	}
	e.eachMate(m, func(n int32) { e.meet(m, n) })
	if r.day == noDay {
		return
	}
	for _, x := range r.team {
		for _, p := range e.teams.records[x].pairs {
			q := e.pairs.at(p)
			if !q.seeded && !q.voted || q.joined == e.round {
				continue
			}
			for _, t := range e.teams.records[q.x+q.y-x].around(r.day) {
				e.meet(m, t.match)
			}
		}
	}
}

// meet ties two matches in each orientation that a pair of teams proposes.
func (e *Engine) meet(m, n int32) {
	e.stats.Met++
	if e.laterID(m, n) {
		m, n = n, m
	}
	e.tie(m, n, false)
	e.tie(m, n, true)
}

// tie makes the edge of two matches in an orientation, if a pair of teams proposes it and
// there is none yet.
func (e *Engine) tie(m, n int32, turned bool) {
	r, s := e.matches.at(m), e.matches.at(n)
	if r.source == s.source || r.team[0] == r.team[1] || s.team[0] == s.team[1] || e.tied(m, n, turned) {
		return
	}
	a, b := s.team[0], s.team[1]
	if turned {
		a, b = b, a
	}
	same := e.judged.between(r.told.id, s.told.id) == Same
	if !same && (!e.near(r, s) || !e.active(r.team[0], a) && !e.active(r.team[1], b)) {
		return
	}
	pairs := [2]int32{e.pairOf(r.team[0], a), e.pairOf(r.team[1], b)}
	i := e.newEdge(edge{
		m: m, n: n, pairs: pairs, turned: turned,
		seeded: same || e.pairs.at(pairs[0]).seeded || e.pairs.at(pairs[1]).seeded,
	})
	f := e.edges.at(i)
	f.static, f.findings = e.static(i)
	f.word = e.judgement(r.told.id, s.told.id).weight
	r.edges, s.edges = append(r.edges, i), append(s.edges, i)
	for slot, p := range pairs {
		q := e.pairs.at(p)
		if q.edges = append(q.edges, i); e.edges.at(i).seeded {
			q.seeds++
		}
		e.adopt(i, slot)
	}
	e.stats.Weighed++
	e.weighAnew(i)
}

// active tells whether two teams are a pair of which all matches are looked at.
func (e *Engine) active(x, y int32) bool {
	key, _, _ := e.pairKey(x, y)
	p, found := e.pairIndex[key]
	return found && (e.pairs.at(p).seeded || e.pairs.at(p).voted)
}

func (e *Engine) tied(m, n int32, turned bool) bool {
	for _, i := range e.matches.at(m).edges {
		if f := e.edges.at(i); f.m == m && f.n == n && f.turned == turned {
			return true
		}
	}
	return false
}

func (e *Engine) newEdge(f edge) int32 {
	if last := len(e.freeEdges) - 1; last >= 0 {
		i := e.freeEdges[last]
		e.freeEdges = e.freeEdges[:last]
		*e.edges.at(i) = f
		return i
	}
	return e.edges.add(f)
}

// weighAnew marks an edge to be weighed in all strata.
func (e *Engine) weighAnew(i int32) {
	f := e.edges.at(i)
	for k := range strata {
		f.weight[k] = unweighed
		if k > 0 || f.seeded {
			e.reweigh[k].add(i)
		}
	}
}

// cut takes an edge out, with its votes.
func (e *Engine) cut(i int32) {
	f := e.edges.at(i)
	for slot, p := range f.pairs {
		e.disown(i, slot)
		q := e.pairs.at(p)
		if q.edges = without(q.edges, i); f.seeded {
			q.seeds--
		}
	}
	for _, m := range []int32{f.m, f.n} {
		e.matches.at(m).edges = without(e.matches.at(m).edges, i)
		e.touched.add(m)
	}
	e.reconsider(i)
	f.m, f.n = none, none
	e.freeEdges = append(e.freeEdges, i)
}

// reconsider lets both matches of an edge vote anew.
func (e *Engine) reconsider(i int32) {
	for k := range e.ends {
		e.ends[k].add(e.edges.at(i).m)
		e.ends[k].add(e.edges.at(i).n)
	}
}

// reach counts the matches of each team of a pair that fall into the other's time.
func (e *Engine) reach(p int32) {
	q := e.pairs.at(p)
	if within := [2]int32{e.during(q.x, q.y), e.during(q.y, q.x)}; within != q.within {
		q.within = within
		e.rebelieve(p)
	}
}

// booking is when the matches of a team's schedule are, and how many.
type booking struct{ first, last, n int32 }

// booked tells when a team's matches are.
func (e *Engine) booked(team int32) booking {
	if int(team) < len(e.bookings) {
		return e.bookings[team]
	}
	return booking{}
}

// during counts the matches of one team between the first and the last of another, a day more on
// either side. Most often that are all or none.
func (e *Engine) during(x, y int32) int32 {
	a, b := e.booked(x), e.booked(y)
	switch from, to := b.first-1, b.last+1; {
	case a.n == 0 || b.n == 0 || a.last < from || to < a.first:
		return 0
	case from <= a.first && a.last <= to:
		return a.n
	default:
		schedule := e.teams.records[x].schedule
		return int32(firstFrom(schedule, to+1) - firstFrom(schedule, from))
	}
}

// firstFrom gives the place of the first match from a day on.
func firstFrom(s []slot, day int32) int {
	switch {
	case len(s) == 0 || s[0].day >= day:
		return 0
	case s[len(s)-1].day < day: // most often: what comes is new
		return len(s)
	}
	return sort.Search(len(s), func(i int) bool { return s[i].day >= day })
}

// around gives a team's matches on a day and on its neighbours.
func (r *namedRecord) around(day int32) []slot {
	return r.schedule[firstFrom(r.schedule, day-1):firstFrom(r.schedule, day+2)]
}
