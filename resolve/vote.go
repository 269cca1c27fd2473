package resolve

import "slices"

// Names are weak and matches are strong: each match of a team says what it thinks of a pair
// that the team is in. If the two teams are one, the other source tells this match, too, if
// it covers it; then one of the candidates is that match. So the vote is
//
//	log2( 1−c + c/k · Σ 2^(agreement of the candidate, its other teams, less what is explained away) )
//
// over its k candidates, c being the coverage. A match without a candidate votes log2(1−c).
// What a pair is judged by must not contain what that pair itself put in: the belief in the
// other teams of a candidate is taken without the votes of these two matches.

// vote lets the matches at the marked ends vote anew, in the round that follows a stratum.
func (e *Engine) vote(k int) {
	for _, m := range e.ends[k].take() {
		e.voters.add(m)
		e.rivals(k, m, e.voters.add)
	}
	for _, m := range e.voters.take() {
		e.voteOf(k, m)
	}
}

// voteOf lets a match vote on all pairs that it has a candidate of.
func (e *Engine) voteOf(k int, m int32) {
	edges := e.matches.at(m).edges
	for at, i := range edges {
		for slot, p := range e.edges.at(i).pairs {
			if e.counts(k, i, p) && e.pairs.at(p).known && !e.met(k, edges[:at], p) {
				e.cast(k, m, p, i, slot)
			}
		}
	}
}

// counts tells whether an edge has a part in the votes of a round on a pair.
func (e *Engine) counts(k int, i, p int32) bool {
	f := e.edges.at(i)
	return (k > 0 || f.seeded) && (f.pairs[0] == p || f.pairs[1] == p)
}

func (e *Engine) met(k int, edges []int32, p int32) bool {
	for _, i := range edges {
		if e.counts(k, i, p) {
			return true
		}
	}
	return false
}

// cast replaces the vote of a match on a pair, of which i is its first candidate.
func (e *Engine) cast(k int, m, p, i int32, slot int) {
	vote := e.voteOn(k, m, p)
	before := e.edges.at(i).votes[k][slot][e.end(i, m)]
	if vote == before {
		return
	}
	for _, j := range e.matches.at(m).edges {
		if e.counts(k, j, p) {
			f := e.edges.at(j)
			f.votes[k][f.slot(p)][e.end(j, m)] = vote
		}
	}
	q := e.pairs.at(p)
	q.sums[k][e.side(q, i, slot, m)] += vote - before
	e.swayed[k].add(p)
}

// voteOn is the vote of a match on a pair, above that of a match without a candidate.
func (e *Engine) voteOn(k int, m, p int32) Weight {
	var sum, candidates uint64
	for _, j := range e.matches.at(m).edges {
		if !e.counts(k, j, p) {
			continue
		}
		candidates++
		sum += oddsOf(e.candidate(k, j, p))
	}
	vote := weightOfOdds((one - e.coverage<<16) + share(sum/candidates, e.coverage))
	return min(vote, e.model.Votes.Loudest) - e.unmatched
}

// candidate is what a candidate speaks for a pair by all but that pair itself.
func (e *Engine) candidate(k int, j, p int32) Weight {
	f := e.edges.at(j)
	slot := 1 - f.slot(p)
	return f.static - e.model.Match.Prior + e.worth(e.pairs.at(f.pairs[slot]), e.beliefWithout(k, j, slot)) - f.rival[k]
}

// beliefWithout is the belief in a pair of an edge but for the votes of the edge's own matches.
func (e *Engine) beliefWithout(k int, j int32, slot int) Weight {
	f := e.edges.at(j)
	q := e.pairs.at(f.pairs[slot])
	if k == 0 || !q.known {
		return q.belief[0]
	}
	return q.belief[0] + e.bound(e.swayOf(q, e.sumsWithout(k-1, j, slot)))
}

// sumsWithout are the votes of a round on a pair of an edge but for those of the edge's own matches.
func (e *Engine) sumsWithout(k int, j int32, slot int) [2]Weight {
	f := e.edges.at(j)
	q := e.pairs.at(f.pairs[slot])
	sums, own := q.sums[k], f.votes[k][slot]
	sums[e.side(q, j, slot, f.m)] -= own[0]
	sums[e.side(q, j, slot, f.n)] -= own[1]
	return sums
}

// swayOf is what votes on a pair come to. All that coincides of one may do so with the other,
// which has other matches besides: so the matches of the one count that has the better case.
func (e *Engine) swayOf(q *pair, sums [2]Weight) Weight {
	return max(sums[0]+e.unmatched*Weight(q.within[0]), sums[1]+e.unmatched*Weight(q.within[1]))
}

// bound brings votes between the bounds that they have together.
func (e *Engine) bound(sway Weight) Weight {
	return min(max(sway, e.model.Votes.Least), e.model.Votes.Most)
}

// slot tells which of an edge's pairs p is.
func (f *edge) slot(p int32) int {
	if f.pairs[0] == p {
		return 0
	}
	return 1
}

// end tells which end of an edge a match is.
func (e *Engine) end(i, m int32) int {
	if e.edges.at(i).m == m {
		return 0
	}
	return 1
}

// side tells which team of a pair an edge's match is of: 0 is x.
func (e *Engine) side(q *pair, i int32, slot int, m int32) int {
	f := e.edges.at(i)
	if m == f.n && f.turned {
		slot = 1 - slot
	}
	if e.matches.at(m).team[slot] == q.x {
		return 0
	}
	return 1
}

// believe brings the belief in the swayed pairs up to date with a round of votes, and marks
// what rests on it.
func (e *Engine) believe(k int) {
	for _, p := range e.swayed[k].take() {
		q := e.pairs.at(p)
		quiet := q.quiet[k]
		q.belief[k+1], q.quiet[k] = q.belief[0], aloud
		if q.known {
			sway := e.swayOf(q, q.sums[k])
			q.belief[k+1], q.quiet[k] = q.belief[0]+e.bound(sway), e.quietOf(q, sway)
		}
		if k == 0 {
			e.expanded.add(p)
		}
		if k+1 == e.final {
			e.rebond(p)
		}
		if quiet == aloud || quiet != q.quiet[k] {
			e.spread(k+1, q)
		}
	}
}

// rebond marks two teams to be clustered anew if what speaks for their being one is another, as
// far as clusters and suggestions care.
func (e *Engine) rebond(p int32) {
	q := e.pairs.at(p)
	bond, votes := unweighed, Weight(0)
	if e.alive(q) {
		believed, why := e.believedOf(p)
		bond = max(believed+e.model.Team.Prior, e.model.Team.Least)
		if why != "" || q.judged < 0 { // what is held back is told as well
			votes = q.belief[e.final]
		}
	}
	if bond != e.ties[p] || votes != q.heldBack {
		e.ties[p], q.heldBack = bond, votes
		e.teams.changed.add(q.x)
		e.teams.changed.add(q.y)
	}
}

// spread marks what rests on the belief in a pair in a stratum.
func (e *Engine) spread(k int, q *pair) {
	for _, i := range q.edges {
		e.reweigh[k].add(i)
		if k < e.final {
			e.ends[k].add(e.edges.at(i).m)
			e.ends[k].add(e.edges.at(i).n)
		}
	}
}

// quiet says that the belief in a pair is beyond doubt: no votes of one edge's matches, left
// out, change what it is worth to a match.
type quiet int8

const (
	aloud quiet = iota
	sure
	ruledOut
)

func (e *Engine) quietOf(q *pair, sway Weight) quiet {
	loudest := e.model.Votes.Loudest - e.unmatched
	switch {
	case sway <= e.model.Votes.Least:
		return ruledOut
	case q.belief[0]+e.bound(sway-loudest) >= e.certain:
		return sure
	}
	return aloud
}

// expand looks at all matches of the pairs that the first votes are for, and no longer at
// those of pairs that they are for no more. The pairs that the new edges are of besides have
// no first votes, and so are not expanded in their turn.
func (e *Engine) expand() {
	for _, p := range e.expanded.take() {
		q := e.pairs.at(p)
		voted := q.known && q.seeds > 0 && q.belief[1] >= e.model.Votes.Expand && e.model.Votes.Rounds > 1
		if voted == q.voted {
			continue
		}
		q.voted = voted
		switch {
		case q.seeded:
		case voted:
			e.joinPair(p)
		default:
			for _, i := range slices.Clone(q.edges) {
				if e.unlooked(i) {
					e.cut(i)
				}
			}
		}
	}
}

// unlooked tells whether neither pair of an edge is looked at, nor a person says that its matches are one.
func (e *Engine) unlooked(i int32) bool {
	f := e.edges.at(i)
	return !e.looked(f.pairs[0]) && !e.looked(f.pairs[1]) && e.judged.between(e.matches.at(f.m).told.id, e.matches.at(f.n).told.id) != Same
}

func (e *Engine) looked(p int32) bool { return e.pairs.at(p).seeded || e.pairs.at(p).voted }

// adopt gives a new edge the votes that its matches have cast on a pair already.
func (e *Engine) adopt(i int32, slot int) {
	f := e.edges.at(i)
	p := f.pairs[slot]
	for end, m := range [2]int32{f.m, f.n} {
		for k := range f.votes {
			f.votes[k][slot][end] = 0
			if !e.counts(k, i, p) {
				continue
			}
			e.swayed[k].add(p)
			for _, j := range e.matches.at(m).edges {
				if j != i && e.counts(k, j, p) {
					g := e.edges.at(j)
					f.votes[k][slot][end] = g.votes[k][g.slot(p)][e.end(j, m)]
					break
				}
			}
		}
	}
}

// disown takes the votes of an edge's matches on a pair back where it is their last candidate.
func (e *Engine) disown(i int32, slot int) {
	f := e.edges.at(i)
	p := f.pairs[slot]
	q := e.pairs.at(p)
	for end, m := range [2]int32{f.m, f.n} {
		for k := range f.votes {
			if e.counts(k, i, p) {
				e.swayed[k].add(p)
			}
			if vote := f.votes[k][slot][end]; vote != 0 && !e.metBesides(k, m, p, i) {
				q.sums[k][e.side(q, i, slot, m)] -= vote
			}
		}
	}
}

func (e *Engine) metBesides(k int, m, p, i int32) bool {
	for _, j := range e.matches.at(m).edges {
		if j != i && e.counts(k, j, p) {
			return true
		}
	}
	return false
}

// rebelieve marks a pair whose belief is to be found anew in all strata.
func (e *Engine) rebelieve(p int32) {
	for k := range e.swayed {
		e.swayed[k].add(p)
	}
}
