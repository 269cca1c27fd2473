package resolve

import (
	"cmp"
	"slices"
	"strconv"
)

// What votes come to is a sum, and each vote is one where it has a single candidate: here they
// are told line by line, from the same numbers that decided (vote.go).

// voteLine is what a line is called that is the vote of a match.
const voteLine = "match"

// votes are those of the last round on a pair of teams.
type votes struct {
	e     *Engine
	k     int   // the round
	p     int32 // the pair
	first int32 // the team that lines tell of on the left
}

func (e *Engine) votesFor(p, first int32) votes { return votes{e, e.final - 1, p, first} }

// lines tells what the votes on a pair come to, the loudest first: those of the team that has
// the better case. The votes of the two matches of an edge are left out, unless it is none.
func (v votes) lines(but int32) []Line {
	if v.k < 0 {
		return nil
	}
	q := v.e.pairs.at(v.p)
	sums := q.sums[v.k]
	if but != none {
		sums = v.e.sumsWithout(v.k, but, v.e.edges.at(but).slot(v.p))
	}
	side := 0
	sway := v.e.swayOf(q, sums)
	if sway != sums[0]+v.e.unmatched*Weight(q.within[0]) {
		side = 1
	}
	out := sums[side] - q.sums[v.k][side]
	voters := v.voters(side)
	lines := v.ofAll(voters)
	if alone := q.within[side] - int32(len(voters)); alone != 0 {
		lines = append(lines, Line{
			Comparison: "without a candidate", Level: strconv.Itoa(int(alone)) + " of its matches in the other's time",
			Weight: v.e.unmatched * Weight(alone),
		})
	}
	if out != 0 {
		lines = append(lines, Line{Comparison: "left out", Level: "their own votes", Weight: out})
	}
	if bound := v.e.bound(sway) - sway; bound != 0 {
		lines = append(lines, Line{Comparison: "bound", Level: "votes count for no more together", Weight: bound})
	}
	return lines
}

// voters lists the matches of one team of the pair that vote on it.
func (v votes) voters(side int) []int32 {
	q := v.e.pairs.at(v.p)
	var voters []int32
	for _, i := range q.edges {
		f := v.e.edges.at(i)
		for _, m := range [2]int32{f.m, f.n} {
			if v.e.counts(v.k, i, v.p) && v.e.side(q, i, f.slot(v.p), m) == side {
				voters = append(voters, m)
			}
		}
	}
	slices.Sort(voters)
	return slices.Compact(voters)
}

// ofAll tells votes, the loudest first.
func (v votes) ofAll(voters []int32) []Line {
	var lines []Line
	for _, m := range voters {
		lines = append(lines, v.line(m))
	}
	slices.SortFunc(lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(max(b.Weight, -b.Weight), max(a.Weight, -a.Weight)), cmp.Compare(b.Weight, a.Weight), slices.Compare(a.Records, b.Records))
	})
	return lines
}

// line tells the vote of a match, with its best candidate; opened if it is the only one.
func (v votes) line(m int32) Line {
	best, n := v.best(m)
	f := v.e.edges.at(best)
	l := Line{Comparison: voteLine, Level: "its only candidate", Weight: v.e.voteOn(v.k, m, v.p) + v.e.unmatched}
	if n > 1 {
		l.Level = "the best of its " + strconv.Itoa(n) + " candidates"
	} else {
		l.Lines = v.candidate(best, l.Weight)
	}
	one, other := f.m, f.n
	if q := v.e.pairs.at(v.p); (v.e.side(q, best, f.slot(v.p), f.m) == 0) != (q.x == v.first) {
		one, other = other, one
	}
	l.A, l.B = v.e.matchText(one), v.e.matchText(other)
	l.Records = []ID{v.e.matches.at(one).told.id, v.e.matches.at(other).told.id}
	return l
}

// best finds the best candidate of a match for the pair, and counts them.
func (v votes) best(m int32) (int32, int) {
	best, n := none, 0
	var most Weight
	for _, j := range v.e.matches.at(m).edges {
		if !v.e.counts(v.k, j, v.p) {
			continue
		}
		n++
		w := v.e.candidate(v.k, j, v.p)
		if best == none || w > most || w == most && v.e.edgeBefore(j, best) {
			best, most = j, w
		}
	}
	return best, n
}

// edgeBefore orders edges by their matches, then by orientation.
func (e *Engine) edgeBefore(i, j int32) bool {
	f, g := e.edges.at(i), e.edges.at(j)
	order := cmp.Or(compareIDs(e.matches.at(f.m).told.id, e.matches.at(g.m).told.id), compareIDs(e.matches.at(f.n).told.id, e.matches.at(g.n).told.id))
	return order < 0 || order == 0 && !f.turned
}

// candidate tells what makes the vote of a match that has one candidate.
func (v votes) candidate(j int32, vote Weight) []Line {
	e, f := v.e, v.e.edges.at(j)
	c := e.coupleOf(f.m, f.n, f.turned)
	slot := 1 - f.slot(v.p)
	agreement := Line{Comparison: "agreement", Level: "apart from the teams", Weight: f.static - e.model.Match.Prior, Lines: c.lines(nil)}
	other := e.pairs.at(f.pairs[slot])
	opponent := Line{
		Comparison: "other team", A: e.names.text(c.a.teamName[slot]), B: e.names.text(c.b.teamName[c.other(slot)]),
		Level: string(other.likeness.level), Weight: e.worth(other, e.beliefWithout(v.k, j, slot)),
	}
	if q := e.pairs.at(v.p); (e.side(q, j, f.slot(v.p), f.m) == 0) != (q.x == v.first) {
		agreement.Lines = swapped(agreement.Lines)
		opponent.A, opponent.B = opponent.B, opponent.A
	}
	lines := []Line{agreement, opponent}
	if f.rival[v.k] != 0 {
		level := "one of the two has another partner"
		if f.word < 0 {
			level = ruleJudged
		}
		lines = append(lines, Line{Comparison: "explained away", Level: level, Weight: -f.rival[v.k]})
	}
	if rest := vote - e.candidate(v.k, j, v.p); rest != 0 {
		share := strconv.FormatFloat(100*e.model.Votes.Coverage, 'f', -1, 64)
		lines = append(lines, Line{Comparison: "coverage", Level: "one tells " + share + " % of the other's matches", Weight: rest})
	}
	return lines
}

// swapped exchanges the values of lines.
func swapped(lines []Line) []Line {
	for i := range lines {
		lines[i].A, lines[i].B = lines[i].B, lines[i].A
	}
	return lines
}
