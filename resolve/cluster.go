package resolve

import (
	"cmp"
	"slices"
)

// clusterMatches clusters anew the components of the candidate graph that hold the touched
// records, and casts the votes of the clusters that result. It returns all their records.
func (e *Engine) clusterMatches(touched map[int32]bool) map[int32]bool {
	settled := make(map[int32]bool, len(touched))
	var components [][]int32
	for r := range touched {
		if !settled[r] {
			components = append(components, component(r, settled, e.strongMatches))
		}
	}
	for r := range settled { // all votes are taken back before any is cast: a head may stay with other members
		e.vote(e.matches[r].head, -1)
	}
	for _, c := range components {
		for _, head := range e.clusterComponent(c) {
			e.vote(head, 1)
		}
	}
	return settled
}

// strongMatches calls visit with the records that one could be joined with.
func (e *Engine) strongMatches(r int32, visit func(int32)) {
	for _, edge := range e.matches[r].edges {
		if edge.weight >= e.model.Match.Merge {
			visit(edge.to)
		}
	}
}

// component walks a graph from a node and marks what it meets.
func component(from int32, met map[int32]bool, neighbours func(int32, func(int32))) []int32 {
	met[from] = true
	nodes := []int32{from}
	for i := 0; i < len(nodes); i++ {
		neighbours(nodes[i], func(next int32) {
			if !met[next] {
				met[next] = true
				nodes = append(nodes, next)
			}
		})
	}
	return nodes
}

// clusterComponent parts the match records of a component into clusters and returns their
// heads. A withdrawn record is in none.
func (e *Engine) clusterComponent(component []int32) []int32 {
	if r := component[0]; !e.matches[r].live {
		e.matches[r].head, e.matches[r].members = r, nil
		return nil
	}
	slices.SortFunc(component, func(a, b int32) int { return compareIDs(e.matches[a].told.ID, e.matches[b].told.ID) })
	bonds, flips := e.bonds(component)
	cluster := agglomerate(len(component), bonds, e.model.Match.Bars, func(i, j int) string {
		return e.matchesApart(component[i], component[j])
	})
	flipped := orient(len(component), bonds, flips, cluster)
	heads := gather(component, cluster, e.olderMatch, func(r, head int32, members []int32) {
		e.matches[r].head, e.matches[r].members = head, members
	})
	for i, r := range component {
		head := slices.IndexFunc(component, func(s int32) bool { return s == e.matches[r].head })
		e.matches[r].flipped = flipped[i] != flipped[head]
	}
	return heads
}

// bonds numbers the edges within a component.
func (e *Engine) bonds(component []int32) ([]bond, []bool) {
	if len(component) == 1 {
		return nil, nil
	}
	place := make(map[int32]int, len(component))
	for i, r := range component {
		place[r] = i
	}
	var bonds []bond
	var flips []bool
	for i, r := range component {
		for _, edge := range e.matches[r].edges {
			if j, within := place[edge.to]; within && i < j {
				bonds = append(bonds, bond{i, j, edge.weight})
				flips = append(flips, edge.flipped)
			}
		}
	}
	return bonds, flips
}

// matchesApart returns the rule that keeps two match records apart, or "".
func (e *Engine) matchesApart(r, s int32) string {
	if e.matches[r].source == e.matches[s].source {
		return ruleOnePerSource
	}
	return ""
}

// olderMatch orders match records by arrival, then by id.
func (e *Engine) olderMatch(a, b int32) int {
	x, y := &e.matches[a].told, &e.matches[b].told
	return cmp.Or(cmp.Compare(x.Arrival, y.Arrival), compareIDs(x.ID, y.ID))
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

// clusterRoll clusters anew the components of a roll that hold changed records. It returns
// all their records, and those that no match tells any more.
func (e *Engine) clusterRoll(l *roll) map[int32]bool {
	changed := e.withPartners(l)
	settled := make(map[int32]bool, len(changed))
	for r := range changed {
		if settled[r] {
			continue
		}
		if !l.records[r].live() {
			settled[r] = true
			l.records[r].head, l.records[r].members = r, nil
			continue
		}
		e.clusterNamed(l, component(r, settled, func(r int32, visit func(int32)) { e.strongNamed(l, r, visit) }))
	}
	clear(l.changed)
	return settled
}

// withPartners gives the changed records and their candidates: a pair's weight may change
// with either.
func (e *Engine) withPartners(l *roll) map[int32]bool {
	changed := make(map[int32]bool, 2*len(l.changed))
	for r := range l.changed {
		e.age(&l.records[r])
		changed[r] = true
		e.partners(l, r, func(s int32) { changed[s] = true })
	}
	return changed
}

// age finds when a record was first told, if the match that told it first is gone.
func (e *Engine) age(r *namedRecord) {
	if !r.aged || !r.live() {
		return
	}
	r.aged, r.arrival = false, e.matches[r.matches[0]].told.Arrival
	for _, m := range r.matches {
		r.arrival = min(r.arrival, e.matches[m].told.Arrival)
	}
}

// strongNamed calls visit with the records of a roll that one could be joined with.
func (e *Engine) strongNamed(l *roll, r int32, visit func(int32)) {
	e.partners(l, r, func(s int32) {
		if p := e.namedPairOf(l, r, s); p.weight() >= e.model.named(l.kind).Merge {
			visit(s)
		}
	})
}

// partners calls visit with the candidates of a record of a roll, each once: those that its
// matches' partners tell, and those of its name in other sources.
func (e *Engine) partners(l *roll, r int32, visit func(int32)) {
	record := &l.records[r]
	if !record.live() {
		return
	}
	for _, v := range record.votes {
		visit(v.of)
	}
	if e.nobody(record.name) {
		return
	}
	group := l.byName[e.names.letters(record.name)]
	if len(group) > e.model.Crowd {
		return
	}
	for _, s := range group {
		if l.records[s].source != record.source && counted(record.votes, s) == 0 {
			visit(s)
		}
	}
}

// clusterNamed parts the records of a component of a roll into clusters.
func (e *Engine) clusterNamed(l *roll, component []int32) {
	slices.SortFunc(component, func(a, b int32) int { return compareIDs(l.records[a].id, l.records[b].id) })
	apart := func(i, j int) string { return e.apart(l, component[i], component[j]) }
	cluster := agglomerate(len(component), e.namedBonds(l, component), e.model.bars(l.kind), apart)
	gather(component, cluster, l.older, func(r, head int32, members []int32) {
		l.records[r].head, l.records[r].members = head, members
	})
}

// namedBonds weighs the candidate pairs within a component of a roll. Two records of one
// source that may be one are neither for nor against it: just short of the bar.
func (e *Engine) namedBonds(l *roll, component []int32) []bond {
	var bonds []bond
	for i, r := range component {
		for j := i + 1; j < len(component); j++ {
			s := component[j]
			if l.records[r].source == l.records[s].source {
				bonds = append(bonds, bond{i, j, e.model.named(l.kind).Merge - 1})
			} else if e.paired(l, r, s) {
				p := e.namedPairOf(l, r, s)
				bonds = append(bonds, bond{i, j, p.weight()})
			}
		}
	}
	return bonds
}

// paired tells whether two records of a roll are a candidate pair.
func (e *Engine) paired(l *roll, r, s int32) bool {
	found := false
	e.partners(l, r, func(other int32) { found = found || other == s })
	return found
}

func compareIDs(a, b ID) int { return cmp.Compare(a, b) }

func sorted(set map[int32]bool) []int32 {
	list := make([]int32, 0, len(set))
	for x := range set {
		list = append(list, x)
	}
	slices.Sort(list)
	return list
}
