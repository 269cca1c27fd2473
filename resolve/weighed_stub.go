package resolve

import (
	"cmp"
	"iter"
	"math"
	"slices"
)

// This file is a stand-in until the engine keeps weights by stratum itself. It is deleted when
// that is merged.

// Weighing is what a candidate pair of match or team records weighs.
type Weighing struct {
	Kind        Kind
	A, B        ID // A < B
	Weights     [3]Weight
	Probability float64 // that they are one
}

// Weighed yields every candidate pair of match and team records, in order of Kind, A and B.
func (e *Engine) Weighed() iter.Seq[Weighing] {
	var all []Weighing
	add := func(l Link) {
		odds := math.Exp2(l.Weight.Bits())
		all = append(all, Weighing{l.Kind, l.A, l.B, [3]Weight{l.Weight, l.Weight, l.Weight}, odds / (1 + odds)})
	}
	for i := range e.matches {
		for _, edge := range e.matches[i].edges {
			if r := int32(i); e.matches[r].live && e.matches[r].told.ID < e.matches[edge.to].told.ID {
				add(e.matchLink(r, edge.to))
			}
		}
	}
	for i := range e.teams.records {
		e.partners(e.teams, int32(i), func(s int32) {
			if r := int32(i); e.teams.records[r].id < e.teams.records[s].id {
				add(e.namedLink(e.teams, r, s))
			}
		})
	}
	slices.SortFunc(all, func(a, b Weighing) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	return slices.Values(all)
}
