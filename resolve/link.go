package resolve

import (
	"cmp"
	"slices"
	"strconv"
)

// A link is a candidate pair that is worth keeping: joined, or heavy enough to ask why not.

// matchLink tells what became of a pair of match records, and why.
func (e *Engine) matchLink(m, n int32) Link {
	if e.matches[m].told.id > e.matches[n].told.id {
		m, n = n, m
	}
	a, b := &e.matches[m], &e.matches[n]
	l := Link{Kind: KindMatch, A: a.told.id, B: b.told.id}
	l.Lines = e.matchLines(m, n)
	for _, line := range l.Lines {
		l.Weight += line.Weight
	}
	l.Verdict, l.Rule = e.matchVerdict(m, n, l.Weight)
	return l
}

// orientationOf is the better orientation of two match records, by an edge or by what it would weigh.
func (e *Engine) orientationOf(m, n int32) bool {
	return e.weightOf(m, n, true) > e.weightOf(m, n, false)
}

// weightOf is the weight of two match records in an orientation.
func (e *Engine) weightOf(m, n int32, turned bool) Weight {
	c := e.coupleOf(m, n, turned)
	return c.static() + c.credit(0) + c.credit(1)
}

// matchLines tells what two match records weigh in their better orientation.
func (e *Engine) matchLines(m, n int32) []Line {
	c := e.coupleOf(m, n, e.orientationOf(m, n))
	lines := []Line{priorLine(e.model.Match.Prior)}
	for side := range c.a.team {
		lines = append(lines, c.teamLine(side))
	}
	for _, of := range comparisons {
		if f := of.find(&c); f.level != "" {
			a, b := of.values(&c)
			lines = append(lines, Line{Comparison: of.name, A: a, B: b, Level: f.level, Weight: f.weight})
		}
	}
	return lines
}

// other is the number of b's side beside a's.
func (c *couple) other(side int) int {
	if c.flipped {
		return 1 - side
	}
	return side
}

// teamLine opens what the belief in the teams on a side is worth: what speaks for it, and
// what of that is left out.
func (c *couple) teamLine(side int) Line {
	line := Line{Comparison: "team " + strconv.Itoa(side+1), Weight: c.credit(side)}
	line.A, line.B = c.e.names.told[c.a.teamName[side]], c.e.names.told[c.b.teamName[c.other(side)]]
	x, y := c.a.team[side], c.b.team[c.other(side)]
	rest := line.Weight - c.belief(side)
	if p, found := c.e.findPair(x, y); found {
		line.Lines = c.e.beliefLines(p, c.e.final)
		if own := c.belief(side) - c.e.pairs[p].belief[c.e.final]; own != 0 {
			line.Lines = append(line.Lines, Line{Comparison: "own vote", Level: "what these two matches say themselves is left out", Weight: own})
		}
	} else {
		l := c.e.names.compare(c.a.teamName[side], c.b.teamName[c.other(side)])
		line.Lines = []Line{{Comparison: "name", A: line.A, B: line.B, Level: string(l.level), Weight: c.belief(side)}}
	}
	line.Level = line.Lines[0].Level
	if rest != 0 {
		line.Lines = append(line.Lines, Line{Comparison: "accident", Level: "an opponent may coincide, or be mistaken", Weight: rest})
	}
	if len(line.Lines) == 1 {
		line.Lines = nil
	}
	return line
}

// belief is the belief that the teams on a's side and beside it are one, but for what these
// two matches say themselves.
func (c *couple) belief(side int) Weight {
	p, found := c.e.findPair(c.a.team[side], c.b.team[c.other(side)])
	if !found {
		l := c.e.names.compare(c.a.teamName[side], c.b.teamName[c.other(side)])
		return l.worth(c.e.model.Team.Names)
	}
	for _, i := range c.e.pairs[p].edges {
		if f := &c.e.edges[i]; f.turned == c.flipped && &c.e.matches[f.m] == c.a && &c.e.matches[f.n] == c.b {
			return c.e.beliefWithout(c.e.final, i, f.slot(p))
		}
	}
	return c.e.pairs[p].belief[c.e.final]
}

func (c *couple) credit(side int) Weight {
	if p, found := c.e.findPair(c.a.team[side], c.b.team[c.other(side)]); found {
		return c.e.worth(&c.e.pairs[p], c.belief(side))
	}
	l := c.e.names.compare(c.a.teamName[side], c.b.teamName[c.other(side)])
	return c.e.worth(&pair{guarded: l.guarded()}, c.belief(side))
}

func (e *Engine) findPair(x, y int32) (int32, bool) {
	if e.teams.records[x].id > e.teams.records[y].id {
		x, y = y, x
	}
	p, found := e.pairIndex[uint64(x)<<32|uint64(uint32(y))]
	return p, found && e.alive(&e.pairs[p])
}

// beliefLines tells what the belief in a pair of teams sums: the names, and the votes of the
// matches of the one that has the better case.
func (e *Engine) beliefLines(p int32, k int) []Line {
	q := &e.pairs[p]
	a, b := &e.teams.records[q.x], &e.teams.records[q.y]
	lines := []Line{{Comparison: "name", A: e.names.text(a.name), B: e.names.text(b.name), Level: string(q.likeness.level), Weight: q.belief[0]}}
	if k == 0 || !q.known || q.voters(k-1) == 0 {
		return lines
	}
	return append(lines, e.voteLine(q, k-1))
}

// voteLine opens the votes of a round on a pair, the loudest first.
func (e *Engine) voteLine(q *pair, k int) Line {
	sums := q.sums[k]
	of := 0
	if sums[1]+e.unmatched*Weight(q.within[1]) > sums[0]+e.unmatched*Weight(q.within[0]) {
		of = 1
	}
	line := Line{Comparison: "matches", Weight: q.belief[k+1] - q.belief[0]}
	votes := e.votesOn(q, k, of)
	sum := Weight(0)
	for _, v := range votes {
		sum += v.weight
		line.Lines = append(line.Lines, e.ballotLine(v))
	}
	if without := q.within[of] - int32(len(votes)); without != 0 {
		w := e.unmatched * Weight(without)
		sum += w
		line.Lines = append(line.Lines, Line{Comparison: "no candidate", Level: strconv.Itoa(int(without)) + " matches", Weight: w})
	}
	line.Level = strconv.Itoa(len(votes)) + " of " + strconv.Itoa(int(q.within[of])) + " matches have a candidate"
	if rest := line.Weight - sum; rest != 0 {
		line.Lines = append(line.Lines, Line{Comparison: "bound", Level: "votes count for no more and no less", Weight: rest})
	}
	return line
}

// aVote is what a match says of a pair, and by which candidate.
type aVote struct {
	match, candidate int32
	weight           Weight
}

// votesOn lists the votes of a round on a pair by the matches of one of its teams, loudest first.
func (e *Engine) votesOn(q *pair, k, of int) []aVote {
	at := map[int32]aVote{}
	for _, i := range q.edges {
		f := &e.edges[i]
		slot := 0
		if f.pairs[0] != e.pairIndexOf(q) {
			slot = 1
		}
		for end, m := range [2]int32{f.m, f.n} {
			if e.side(q, i, slot, m) != of || k == 0 && !f.seeded {
				continue
			}
			v := aVote{m, f.m + f.n - m, f.votes[k][slot][end] + e.unmatched}
			if have, found := at[m]; !found || e.matches[v.candidate].told.id < e.matches[have.candidate].told.id {
				at[m] = v
			}
		}
	}
	var list []aVote
	for _, v := range at {
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b aVote) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), compareIDs(e.matches[a.match].told.id, e.matches[b.match].told.id))
	})
	return list
}

func (e *Engine) pairIndexOf(q *pair) int32 { return e.pairOf(q.x, q.y) }

func (e *Engine) ballotLine(v aVote) Line {
	return Line{
		Comparison: "vote", A: string(e.matches[v.match].told.id), B: string(e.matches[v.candidate].told.id),
		Level: "a match and its candidate", Weight: v.weight,
	}
}

func priorLine(prior Weight) Line {
	return Line{Comparison: "prior", Level: "any two records", Weight: prior}
}

// matchVerdict judges a pair of match records. One that a better partner explains gets none.
func (e *Engine) matchVerdict(m, n int32, weight Weight) (Verdict, string) {
	a, b := &e.matches[m], &e.matches[n]
	bars := e.model.Match.Bars
	switch {
	case a.head == b.head:
		return Joined, ""
	case weight < bars.Suggest:
		return "", ""
	}
	rule := ruleBetween(e.matches[a.head].members, e.matches[b.head].members, e.matchesApart)
	switch {
	case rule != "" && weight >= bars.Merge:
		return Refused, rule
	case rule != "":
		return "", ""
	case weight >= bars.Merge:
		return Suggested, ruleToss
	}
	return Suggested, ruleDoubtful
}

// namedLink tells what became of a pair of records of a roll, and why.
func (e *Engine) namedLink(l *roll, x, y int32) Link {
	p := e.namedPairOf(l, x, y)
	link := Link{Kind: l.kind, A: p.a.id, B: p.b.id, Weight: p.weight(), Lines: p.lines()}
	bars := e.model.bars(l.kind)
	switch rule := func() string {
		return ruleBetween(l.records[p.a.head].members, l.records[p.b.head].members, func(r, s int32) string { return e.apart(l, r, s) })
	}; {
	case p.a.head == p.b.head:
		link.Verdict = Joined
	case link.Weight < bars.Suggest:
	case rule() != "" && link.Weight >= bars.Merge:
		link.Verdict, link.Rule = Refused, rule()
	case rule() != "":
	case link.Weight >= bars.Merge:
		link.Verdict, link.Rule = Suggested, ruleAverage
	default:
		link.Verdict, link.Rule = Suggested, ruleDoubtful
	}
	return link
}

// ruleBetween finds a rule that keeps two clusters apart; of several the first by its letters,
// whatever the order of their records.
func ruleBetween(a, b []int32, apart func(r, s int32) string) string {
	found := ""
	for _, r := range a {
		for _, s := range b {
			if rule := apart(r, s); rule != "" && (found == "" || rule < found) {
				found = rule
			}
		}
	}
	return found
}

// linksOfMatch tells every link of a match record.
func (e *Engine) linksOfMatch(r int32, tell func(Link)) {
	visit := func(s int32) {
		if link := e.matchLink(r, s); link.Verdict != "" {
			tell(link)
		}
	}
	for _, i := range e.matches[r].edges {
		f := &e.edges[i]
		s := f.m + f.n - r
		if f.weight[e.final] >= e.model.Match.Suggest || e.matches[r].head == e.matches[s].head {
			visit(s)
		}
	}
	e.eachTwin(r, visit)
}

// linksOfNamed tells every link of a record of a roll.
func (e *Engine) linksOfNamed(l *roll, r int32, tell func(Link)) {
	bars := e.model.bars(l.kind)
	e.partners(l, r, func(s int32) {
		p := e.namedPairOf(l, r, s)
		if p.weight() < bars.Suggest && p.a.head != p.b.head {
			return
		}
		if link := e.namedLink(l, r, s); link.Verdict != "" {
			tell(link)
		}
	})
}
