package resolve

// weigh gives the marked edges their weight in a stratum: what they agree in, and what the
// belief in their two pairs of teams is worth.
func (e *Engine) weigh(k int) {
	for _, i := range e.reweigh[k].take() {
		f := e.edges.at(i)
		if f.m == none || k == 0 && !f.seeded {
			continue
		}
		beliefs := [2]Weight{e.beliefWithout(k, i, 0), e.beliefWithout(k, i, 1)}
		w := f.static + f.word + e.worth(e.pairs.at(f.pairs[0]), beliefs[0]) + e.worth(e.pairs.at(f.pairs[1]), beliefs[1])
		before := f.weight[k]
		f.weight[k] = w
		switch {
		case k == e.final:
			e.retell(f, before, [2]Weight{e.tellable(beliefs[0]), e.tellable(beliefs[1])})
		case w != before:
			e.ends[k].add(f.m)
			e.ends[k].add(f.n)
		}
	}
}

// retell marks the matches of an edge whose last weight was another before, if clusters or
// what is told of them care.
func (e *Engine) retell(f *edge, before Weight, beliefs [2]Weight) {
	bars, w := &e.model.Match.Bars, f.weight[e.final]
	same := w == before && beliefs == f.beliefs
	f.beliefs = beliefs
	told := max(w, before) >= bars.Suggest || outlawed(w) || outlawed(before) || e.matches.at(f.m).head == e.matches.at(f.n).head
	if max(w, bars.Least) != max(before, bars.Least) || told && !same {
		e.touched.add(f.m)
		e.touched.add(f.n)
	}
}

// worth is what a belief in a pair is worth to a match.
func (e *Engine) worth(q *pair, belief Weight) Weight {
	if q.guarded {
		return e.guarded.of(belief)
	}
	return e.opponent.of(belief)
}

// table is a function of weights between two bounds, told beforehand; beyond them it is flat.
type table struct {
	least  Weight
	values []Weight
}

func newTable(least, most Weight, of func(Weight) Weight) table {
	t := table{least: least}
	for w := least; w <= most; w++ {
		t.values = append(t.values, of(w))
	}
	return t
}

func (t *table) of(w Weight) Weight {
	return t.values[min(max(int(w-t.least), 0), len(t.values)-1)]
}

// rivals finds what of the weight of the edges at a match is explained away: each of its two
// matches may have a better partner in the other's source. It tells the far ends of the
// edges of which that changed.
func (e *Engine) rivals(k int, m int32, changed func(far int32)) {
	for _, i := range e.matches.at(m).edges {
		f := e.edges.at(i)
		if k == 0 && !f.seeded {
			continue
		}
		rival := Weight(0)
		switch {
		case f.word > 0: // no other partner counts,
		case f.word < 0: // nor this one
			rival = lawful
		case !e.model.Votes.Blind:
			rival = weightOfOdds(one + oddsOf(e.best(k, f.m, f.n)) + oddsOf(e.best(k, f.n, f.m)))
		}
		if rival != f.rival[k] {
			f.rival[k] = rival
			changed(f.m + f.n - m)
		}
	}
}

// best is the weight of the best partner of m in the source of n, but for n itself.
func (e *Engine) best(k int, m, n int32) Weight {
	best, source := leastOdds, e.matches.at(n).source
	for _, i := range e.matches.at(m).edges {
		f := e.edges.at(i)
		other := f.m + f.n - m
		if other != n && f.weight[k] > best && e.matches.at(other).source == source {
			best = f.weight[k]
		}
	}
	return best
}
