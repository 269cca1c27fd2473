package resolve

import (
	"cmp"
	"slices"
)

// clusterMatches clusters anew the components of the candidate graph that hold the touched
// records, and settles all their records.
func (e *Engine) clusterMatches() {
	settled := &e.settled.matches
	var components [][]int32
	for _, r := range e.touched.take() {
		if !settled.has(r) {
			components = append(components, component(r, settled, e.closeMatches))
		}
	}
	for _, r := range settled.list { // all votes are taken back before any is cast: a base may stay with other kin
		e.ballot(e.matches.at(r).base, -1)
	}
	bases := make([][]int32, len(components))
	e.share(len(components), func(e *Engine, _, from, to int) {
		for i := from; i < to; i++ {
			bases[i] = e.clusterComponent(components[i])
		}
	})
	for _, some := range bases {
		for _, base := range some {
			e.ballot(base, 1)
		}
	}
}

// closeMatches calls visit with the records that one could be joined with, or that make it
// doubtful with which.
func (e *Engine) closeMatches(r int32, visit func(int32)) {
	for _, i := range e.matches.at(r).edges {
		if f := e.edges.at(i); f.weight[e.final] >= e.model.Match.Merge-e.model.Match.Doubt {
			visit(f.m + f.n - r)
		}
	}
	e.eachTwin(r, visit)
	if e.matches.at(r).live {
		e.eachMate(r, visit)
	}
}

// component walks a graph from a node and marks what it meets. The list is that of the marks.
func component(from int32, met *marks, neighbours func(int32, func(int32))) []int32 {
	start := len(met.list)
	met.add(from)
	for i := start; i < len(met.list); i++ {
		neighbours(met.list[i], met.add)
	}
	return slices.Clip(met.list[start:])
}

// clusterComponent parts the match records of a component into clusters and returns their
// bases. A withdrawn record is in none.
func (e *Engine) clusterComponent(component []int32) []int32 {
	if r := component[0]; !e.matches.at(r).live {
		e.matches.at(r).base, e.matches.at(r).kin = r, nil
		return nil
	}
	bonds, flips, court, cluster := e.partMatches(component)
	if doubted := e.doubted(component, bonds, court, cluster); doubted != nil {
		for i := range cluster {
			if doubted[i] {
				cluster[i] = len(cluster) + i
			}
		}
		recall(cluster)
	}
	flipped := orient(len(component), bonds, flips, cluster)
	bases := gather(component, cluster, e.olderMatch, func(r, base int32, kin []int32) {
		e.matches.at(r).base, e.matches.at(r).kin = base, kin
	})
	for i, r := range component {
		base, _ := e.places.of(component, e.matches.at(r).base)
		e.matches.at(r).turned = flipped[i] != flipped[base]
	}
	return bases
}

// partMatches parts a component, which it puts in order, before anything is doubted.
func (e *Engine) partMatches(component []int32) ([]bond, []bool, *court, []int) {
	slices.SortFunc(component, func(a, b int32) int { return compareIDs(e.matches.at(a).told.id, e.matches.at(b).told.id) })
	bonds, flips, court := e.bonds(component)
	apart := func(a, b []int) string { return eachBetween(component, court, a, b, e.matchesApart) }
	return bonds, flips, court, e.gathering.agglomerate(len(component), bonds, e.model.Match.Bars, court, apart)
}

// recall calls clusters by their smallest nodes again, after that of some has left.
func recall(cluster []int) {
	smallest := map[int]int{}
	for i, c := range cluster {
		if _, found := smallest[c]; !found {
			smallest[c] = i
		}
		cluster[i] = smallest[c]
	}
}

// bonds numbers the pairs within a component, each in its better orientation.
func (e *Engine) bonds(component []int32) ([]bond, []bool, *court) {
	e.places.tell(component)
	if len(component) == 1 {
		return nil, nil, nil
	}
	var bonds []bond
	var flips []bool
	for i, r := range component {
		from := len(bonds)
		add := func(j int, w Weight, turned bool) {
			at := slices.IndexFunc(bonds[from:], func(b bond) bool { return b.j == j })
			switch {
			case at < 0:
				bonds, flips = append(bonds, bond{i, j, w}), append(flips, turned)
			case w > bonds[from+at].weight || w == bonds[from+at].weight && !turned:
				bonds[from+at].weight, flips[from+at] = w, turned
			}
		}
		for _, k := range e.matches.at(r).edges {
			f := e.edges.at(k)
			if j, within := e.places.of(component, f.m+f.n-r); within && i < j {
				add(j, f.weight[e.final], f.turned)
			}
		}
		e.eachTwin(r, func(s int32) {
			if j, within := e.places.of(component, s); within && i < j {
				w, turned := e.twinWeight(r, s)
				add(j, w, turned)
			}
		})
	}
	court := e.courtOf(component, func(r int32) ID { return e.matches.at(r).told.id }, bonds, e.model.Match.Merge, e.matchesApart)
	bonds = court.waived(bonds, e.model.Match.Merge)
	return bonds, append(flips, make([]bool, len(bonds)-len(flips))...), court
}

// matchesApart returns the rule that keeps two match records apart, or "".
func (e *Engine) matchesApart(r, s int32) string {
	if e.judged.between(e.matches.at(r).told.id, e.matches.at(s).told.id) == Different {
		return ruleJudged
	}
	if e.matches.at(r).source == e.matches.at(s).source && !e.twins(r, s) {
		return ruleOnePerSource
	}
	return ""
}

// eachBetween finds a rule between two sets of nodes that no court waives.
func eachBetween(component []int32, court *court, a, b []int, apart func(r, s int32) string) string {
	for _, i := range a {
		for _, j := range b {
			if rule := apart(component[i], component[j]); rule != "" && (rule == ruleJudged || !court.waives(i, j)) {
				return rule
			}
		}
	}
	return ""
}

// olderMatch orders match records by arrival, then by id.
func (e *Engine) olderMatch(a, b int32) int {
	x, y := &e.matches.at(a).told, &e.matches.at(b).told
	return cmp.Or(cmp.Compare(x.arrival, y.arrival), compareIDs(x.id, y.id))
}

// gather tells each node its cluster's head and, the head alone, its members, oldest first.
// It returns the heads.
func gather(component []int32, cluster []int, older func(a, b int32) int, tell func(r, head int32, members []int32)) []int32 {
	groups := make([][]int32, len(component))
	for i, c := range cluster {
		groups[c] = append(groups[c], component[i])
	}
	var heads []int32
	for _, members := range groups {
		if len(members) == 0 {
			continue
		}
		slices.SortFunc(members, older)
		heads = append(heads, members[0])
		for _, r := range members {
			tell(r, members[0], nil)
		}
		tell(members[0], members[0], members)
	}
	return heads
}

func compareIDs(a, b ID) int { return cmp.Compare(a, b) }

// places tells where in a list numbers are.
type places []int32

// tell has the places of a list's numbers told.
func (p *places) tell(list []int32) {
	for i, r := range list {
		if missing := int(r) + 1 - len(*p); missing > 0 {
			*p = append(*p, make(places, missing)...)
		}
		(*p)[r] = int32(i)
	}
}

// of gives the place of a number in the list that was told last, false if it is not in it.
func (p places) of(list []int32, r int32) (int, bool) {
	if int(r) >= len(p) || int(p[r]) >= len(list) || list[p[r]] != r {
		return 0, false
	}
	return int(p[r]), true
}
