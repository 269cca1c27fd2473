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
	r := e.matches.at(m)
	if !r.live || r.tournament == none || e.names.nobody(r.teamName[0]) || e.names.nobody(r.teamName[1]) {
		return noFixture
	}
	return fixture{e.tournaments.records[r.tournament].head, e.teams.records[r.team[0]].head, e.teams.records[r.team[1]].head}
}

// leftOver joins clusters of matches that are left over in their fixtures. It adds to what is
// settled the records whose cluster may be another by that.
func (e *Engine) leftOver() {
	for _, m := range e.settled.stale.list {
		e.again.add(m)
		e.look(e.matches.at(m).fixture)
		e.move(m)
	}
	for _, m := range e.settled.stale.list {
		e.look(e.matches.at(m).fixture)
	}
	for _, m := range e.again.take() {
		if base := e.matches.at(m).base; !e.bases.has(base) {
			e.joinLeftOver(base)
		}
	}
	e.bases.take()
}

// look marks all matches of a fixture.
func (e *Engine) look(f fixture) {
	if f != noFixture {
		for _, m := range e.fixtures[f] {
			e.again.add(m)
		}
	}
}

// move brings a match to the fixture where it is looked for.
func (e *Engine) move(m int32) {
	was, is := e.matches.at(m).fixture, e.fixtureOf(m)
	if was == is {
		return
	}
	if left := without(e.fixtures[was], m); len(left) > 0 {
		e.fixtures[was] = left
	} else {
		delete(e.fixtures, was)
	}
	if e.matches.at(m).fixture = is; is != noFixture {
		e.fixtures[is] = append(e.fixtures[is], m)
	}
}

// joinLeftOver clusters anew the clusters that one hangs together with by left-overs.
func (e *Engine) joinLeftOver(base int32) {
	bases := component(base, &e.bases, func(base int32, visit func(int32)) {
		for _, k := range e.matches.at(base).kin {
			e.eachLeftOver(k, func(other int32) { visit(e.matches.at(other).base) })
		}
	})
	if len(bases) == 1 && !e.matches.at(bases[0]).live {
		e.matches.at(bases[0]).head, e.matches.at(bases[0]).members = bases[0], nil
		return
	}
	slices.SortFunc(bases, func(a, b int32) int { return compareIDs(e.matches.at(a).told.id, e.matches.at(b).told.id) })
	for _, group := range e.unite(bases) {
		slices.SortFunc(group, e.olderMatch)
		e.head(group)
	}
}

// unite puts clusters together that left-overs join, in the order of their bases, unless a
// source would tell two records of one match.
func (e *Engine) unite(bases []int32) [][]int32 {
	var groups [][]int32
	for _, base := range bases {
		kin := slices.Clone(e.matches.at(base).kin)
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
			if a, b := e.matches.at(r), e.matches.at(s); a.source == b.source || e.judged.between(a.told.id, b.told.id) == Different {
				return false
			}
		}
		e.eachLeftOver(r, func(other int32) { left = left || slices.Contains(kin, other) })
	}
	return left
}

// head tells a cluster its head, and its records which way round they are: what is left over
// is so with the same team at home.
func (e *Engine) head(members []int32) {
	first := members[0]
	turned := e.matches.at(first).turned
	for _, m := range members {
		r := e.matches.at(m)
		e.settled.matches.add(m)
		e.settled.stale.add(m)
		r.head, r.members, r.flipped = first, nil, r.turned != turned
	}
	e.matches.at(first).members = members
}

// eachLeftOver calls visit with the matches that one is left over with.
func (e *Engine) eachLeftOver(m int32, visit func(int32)) {
	r := e.matches.at(m)
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
	r, s := e.matches.at(m), e.matches.at(n)
	if r.source == s.source || r.base == s.base || !e.feedsOf(r.source, s.source).oriented {
		return false
	}
	for _, k := range e.fixtures[r.fixture] {
		if source := e.matches.at(k).source; source != r.source && source != s.source {
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
	return slices.ContainsFunc(e.matches.at(e.matches.at(m).base).kin, func(k int32) bool { return e.matches.at(k).source == source })
}

// agreeable tells whether the scores of two matches do not contradict each other.
func (e *Engine) agreeable(m, n int32) bool {
	c := e.coupleOf(m, n, false)
	return cmp.Compare(c.score().weight, 0) >= 0
}
