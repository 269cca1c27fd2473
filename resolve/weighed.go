package resolve

import (
	"cmp"
	"iter"
	"slices"
)

// Weighing is a candidate pair of match or team records with what it weighs in each stratum:
// by names alone, after the first votes, after the second.
type Weighing struct {
	Kind        Kind
	A, B        ID // A < B
	Weights     [strata]Weight
	Probability float64 // that the two are one, as the last weight and its rivals have it
}

// Weighed yields all candidate pairs of match and of team records, as of the last Settle, in
// order of Kind, A and B; match records in the orientation that weighs more in the end.
func (e *Engine) Weighed() iter.Seq[Weighing] {
	var list []Weighing
	for p := range e.pairs.n {
		if q := e.pairs.at(p); e.alive(q) {
			list = append(list, e.weighingOfPair(q))
		}
	}
	for i := range e.edges.n {
		if f := e.edges.at(i); f.m != none && e.better(f) {
			list = append(list, e.weighingOfEdge(f))
		}
	}
	slices.SortFunc(list, func(a, b Weighing) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), compareIDs(a.A, b.A), compareIDs(a.B, b.B))
	})
	return slices.Values(list)
}

func (e *Engine) weighingOfPair(q *pair) Weighing {
	w := Weighing{Kind: KindTeam, A: e.teams.records[q.x].id, B: e.teams.records[q.y].id}
	for k, belief := range q.belief {
		w.Weights[k] = belief + e.model.Team.Prior
	}
	w.Probability = probability(w.Weights[e.final])
	return w
}

// better tells whether an edge is the heavier of those between its matches.
func (e *Engine) better(f *edge) bool {
	for _, i := range e.matches.at(f.m).edges {
		g := e.edges.at(i)
		if g.m == f.m && g.n == f.n && g.turned != f.turned {
			return f.weight[e.final] > g.weight[e.final] || f.weight[e.final] == g.weight[e.final] && !f.turned
		}
	}
	return true
}

func (e *Engine) weighingOfEdge(f *edge) Weighing {
	w := Weighing{Kind: KindMatch, A: e.matches.at(f.m).told.id, B: e.matches.at(f.n).told.id, Weights: f.weight}
	w.Probability = probability(f.weight[e.final] - e.alternative(f))
	return w
}

// alternative weighs what else may be true of an edge: that it is nothing, or that one of its
// matches has another partner in the other's source. If both have, that is often one reading:
// they change places.
func (e *Engine) alternative(f *edge) Weight {
	return weightOfOdds(one + oddsOf(max(e.best(e.final, f.m, f.n), e.best(e.final, f.n, f.m))))
}

// probability is that of odds.
func probability(w Weight) float64 {
	odds := float64(oddsOf(w)) / one
	return odds / (1 + odds)
}
