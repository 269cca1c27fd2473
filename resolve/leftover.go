package resolve

import (
	"cmp"
	"slices"
)

// A source may move a match to a day on which no other looks for it, or date it a year off.
// Where two sources tell who is at home, the same teams play at the same ground in one
// tournament, and exactly one match is left over in each, these two are one, unless their
// scores contradict each other. This comes last: nothing rests on it.

// fixture is what left-over matches agree in: entities, by the numbers of their oldest records.
type fixture struct{ tournament, home, away int32 }

// noFixture is of a match that is not looked for.
var noFixture = fixture{none, none, none}

// fixtureOf is where a match is looked for among left-overs.
func (e *Engine) fixtureOf(m int32) fixture {
	r := &e.matches[m]
	if !r.live || r.tournament == none || e.names.nobody(r.teamName[0]) || e.names.nobody(r.teamName[1]) {
		return noFixture
	}
	return fixture{e.tournaments.records[r.tournament].head, e.teams.records[r.team[0]].head, e.teams.records[r.team[1]].head}
}

// leftOver joins clusters of matches that are left over in their fixtures. It adds to what is
// settled the records whose cluster may be another by that.
func (e *Engine) leftOver(s *settled) {
	again := map[int32]bool{}
	fixtures := map[fixture]bool{}
	for m := range s.stale {
		r := &e.matches[m]
		was, is := r.fixture, e.fixtureOf(m)
		fixtures[was], fixtures[is] = true, true
		if was != is {
			e.fixtures[was] = without(e.fixtures[was], m)
			if len(e.fixtures[was]) == 0 {
				delete(e.fixtures, was)
			}
			if r.fixture = is; is != noFixture {
				e.fixtures[is] = append(e.fixtures[is], m)
			}
		}
		again[m] = true
	}
	delete(fixtures, noFixture)
	for f := range fixtures {
		for _, m := range e.fixtures[f] {
			again[m] = true
		}
	}
	settledBases := map[int32]bool{}
	for m := range again {
		s.matches[m], s.stale[m] = true, true
		if !settledBases[e.matches[m].base] {
			e.joinLeftOver(m, settledBases, s)
		}
	}
}

// joinLeftOver clusters anew the records that a match hangs together with by left-overs.
func (e *Engine) joinLeftOver(m int32, settled map[int32]bool, s *settled) {
	bases := component(e.matches[m].base, settled, func(base int32, visit func(int32)) {
		for _, k := range e.matches[base].kin {
			e.eachLeftOver(k, func(other int32) { visit(e.matches[other].base) })
		}
	})
	if len(bases) == 1 && !e.matches[bases[0]].live {
		e.matches[bases[0]].head, e.matches[bases[0]].members = bases[0], nil
		return
	}
	slices.SortFunc(bases, func(a, b int32) int { return compareIDs(e.matches[a].told.id, e.matches[b].told.id) })
	for _, group := range e.unite(bases) {
		slices.SortFunc(group, e.olderMatch)
		e.head(group, s)
	}
}

// unite puts clusters together that left-overs join, in the order of their bases, unless a
// source would tell two records of one match.
func (e *Engine) unite(bases []int32) [][]int32 {
	var groups [][]int32
	for _, base := range bases {
		kin := slices.Clone(e.matches[base].kin)
		at := slices.IndexFunc(groups, func(g []int32) bool { return e.joins(g, kin) })
		if at < 0 {
			groups = append(groups, kin)
		} else {
			groups[at] = append(groups[at], kin...)
		}
	}
	return groups
}

func (e *Engine) joins(group, kin []int32) bool {
	left := false
	for _, r := range group {
		for _, s := range kin {
			if e.matches[r].source == e.matches[s].source {
				return false
			}
		}
		e.eachLeftOver(r, func(other int32) { left = left || slices.Contains(kin, other) })
	}
	return left
}

// head tells a cluster its head, and its records which way round they are: what is left over
// is so with the same team at home.
func (e *Engine) head(members []int32, s *settled) {
	first := members[0]
	turned := e.matches[first].turned
	for _, m := range members {
		r := &e.matches[m]
		s.matches[m], s.stale[m] = true, true
		r.head, r.members, r.flipped = first, nil, r.turned != turned
	}
	e.matches[first].members = members
}

// eachLeftOver calls visit with the matches that one is left over with.
func (e *Engine) eachLeftOver(m int32, visit func(int32)) {
	r := &e.matches[m]
	if r.fixture == noFixture {
		return
	}
	for _, n := range e.fixtures[r.fixture] {
		if e.leftOverWith(m, n) {
			visit(n)
		}
	}
}

// leftOverWith tells whether two matches of a fixture are the only ones that are left over in
// their sources beside each other.
func (e *Engine) leftOverWith(m, n int32) bool {
	r, s := &e.matches[m], &e.matches[n]
	if r.source == s.source || r.base == s.base || !e.feedsOf(r.source, s.source).oriented {
		return false
	}
	for _, k := range e.fixtures[r.fixture] {
		if source := e.matches[k].source; source != r.source && source != s.source {
			continue
		}
		if alone := !e.told(k, r.source) || !e.told(k, s.source); alone != (k == m || k == n) {
			return false
		}
	}
	return e.agreeable(m, n)
}

// told tells whether a source tells the match of a record, left-overs not counted.
func (e *Engine) told(m, source int32) bool {
	return slices.ContainsFunc(e.matches[e.matches[m].base].kin, func(k int32) bool { return e.matches[k].source == source })
}

// agreeable tells whether the scores of two matches do not contradict each other.
func (e *Engine) agreeable(m, n int32) bool {
	c := e.coupleOf(m, n, false)
	return cmp.Compare(c.score().weight, 0) >= 0
}
