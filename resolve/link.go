package resolve

import (
	"iter"
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

// orientationOf is the better orientation of two match records: of their edges, or of what they
// would weigh if they have none.
func (e *Engine) orientationOf(m, n int32) bool {
	for _, i := range e.matches[m].edges {
		if f := &e.edges[i]; f.m+f.n-m == n && e.better(f) {
			return f.turned
		}
	}
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
	return append(lines, c.lines()...)
}

// lines tells what two match records agree in but for their teams.
func (c *couple) lines() []Line {
	var lines []Line
	for _, of := range comparisons {
		if f := of.find(c); f.level != "" {
			a, b := of.values(c)
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
// what of that is left out. Beyond what changes its worth it is told as so much and no more,
// so that what is told of a match does not change with every other match of its teams.
func (c *couple) teamLine(side int) Line {
	line := Line{Comparison: "team " + strconv.Itoa(side+1), Weight: c.credit(side)}
	line.A, line.B = c.e.names.told[c.a.teamName[side]], c.e.names.told[c.b.teamName[c.other(side)]]
	belief := c.e.tellable(c.belief(side))
	if p, found := c.e.findPair(c.a.team[side], c.b.team[c.other(side)]); found {
		line.Lines = c.e.nameLines(&c.e.pairs[p])
	} else {
		l := c.e.names.compare(c.a.teamName[side], c.b.teamName[c.other(side)])
		line.Lines = []Line{{Comparison: "name", A: line.A, B: line.B, Level: string(l.level), Weight: l.worth(c.e.model.Team.Names)}}
	}
	line.Level = line.Lines[0].Level
	if len(line.Lines) > 1 { // it is judged, which stands for the rest
		line.Lines[1].Weight = belief - line.Lines[0].Weight
	} else if votes := belief - line.Lines[0].Weight; votes != 0 {
		line.Lines = append(line.Lines, Line{Comparison: "matches", Level: "what their other matches say", Weight: votes})
	}
	if rest := line.Weight - belief; rest != 0 {
		line.Lines = append(line.Lines, Line{Comparison: "accident", Level: "an opponent may coincide, or be mistaken", Weight: rest})
	}
	if len(line.Lines) == 1 {
		line.Lines = nil
	}
	return line
}

// tellable is a belief between the bounds beyond which a match does not care.
func (e *Engine) tellable(belief Weight) Weight { return min(max(belief, e.hopeless), e.certain) }

// belief is the belief that the teams on a's side and beside it are one, but for what these
// two matches say themselves.
func (c *couple) belief(side int) Weight {
	p, found := c.e.findPair(c.a.team[side], c.b.team[c.other(side)])
	if !found {
		l := c.e.names.compare(c.a.teamName[side], c.b.teamName[c.other(side)])
		return l.worth(c.e.model.Team.Names)
	}
	if i := c.edge(); i != none {
		return c.e.beliefWithout(c.e.final, i, c.e.edges[i].slot(p))
	}
	return c.e.pairs[p].belief[c.e.final]
}

// edge is the edge of the two in this orientation, none if there is none.
func (c *couple) edge() int32 {
	for _, i := range c.a.edges {
		if f := &c.e.edges[i]; f.turned == c.flipped && &c.e.matches[f.m] == c.a && &c.e.matches[f.n] == c.b {
			return i
		}
	}
	return none
}

func (c *couple) credit(side int) Weight {
	if p, found := c.e.findPair(c.a.team[side], c.b.team[c.other(side)]); found {
		return c.e.worth(&c.e.pairs[p], c.belief(side))
	}
	l := c.e.names.compare(c.a.teamName[side], c.b.teamName[c.other(side)])
	return c.e.worth(&pair{guarded: l.guarded()}, c.belief(side))
}

func (e *Engine) findPair(x, y int32) (int32, bool) {
	key, _, _ := e.pairKey(x, y)
	p, found := e.pairIndex[key]
	return p, found && e.alive(&e.pairs[p])
}

// nameLines tells what the names of a pair are worth.
func (e *Engine) nameLines(q *pair) []Line {
	lines := []Line{{Comparison: "name", A: e.names.text(q.names[0]), B: e.names.text(q.names[1]), Level: string(q.likeness.level), Weight: q.belief[0] - q.judged}}
	return append(lines, e.judgementLines(e.teams.records[q.x].id, e.teams.records[q.y].id)...)
}

func priorLine(prior Weight) Line {
	return Line{Comparison: "prior", Level: "any two records", Weight: prior}
}

// matchVerdict judges a pair of match records. One that a better partner explains gets none.
func (e *Engine) matchVerdict(m, n int32, weight Weight) (Verdict, string) {
	a, b := &e.matches[m], &e.matches[n]
	bars := e.model.Match.Bars
	switch {
	case a.head == b.head && a.base != b.base:
		return Joined, ruleLeftOver
	case a.head == b.head:
		return Joined, ""
	case outlawed(weight):
		return Refused, ruleJudged
	case weight < bars.Suggest:
		return "", ""
	}
	rule := ruleBetween(e.matches[a.head].members, e.matches[b.head].members, e.matchesApart)
	switch {
	case rule != "" && weight >= bars.Merge:
		return Refused, rule
	case rule != "":
		return "", ""
	case !e.speaksFor(m, n, weight):
		return "", ""
	case weight >= bars.Merge:
		return Suggested, ruleToss
	}
	return Suggested, ruleDoubtful
}

// speaksFor tells whether a pair is the one by which to ask about its two entities: none between
// them weighs more, nor as much with smaller ids.
func (e *Engine) speaksFor(m, n int32, weight Weight) bool {
	there := e.matches[n].head
	for _, r := range e.matches[e.matches[m].head].members {
		for _, i := range e.matches[r].edges {
			f := &e.edges[i]
			s := f.m + f.n - r
			if e.matches[s].head != there || f.m == m && f.n == n {
				continue
			}
			w := f.weight[e.final]
			if w > weight || w == weight && (e.laterID(m, f.m) || m == f.m && e.laterID(n, f.n)) {
				return false
			}
		}
	}
	return true
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
	case outlawed(link.Weight):
		link.Verdict, link.Rule = Refused, ruleJudged
	case link.Weight < bars.Suggest:
	case rule() != "" && link.Weight >= bars.Merge:
		link.Verdict, link.Rule = Refused, rule()
	case rule() != "":
	case !e.namedSpeaksFor(l, x, y, link.Weight):
	case link.Weight >= bars.Merge:
		link.Verdict, link.Rule = Suggested, ruleAverage
	default:
		link.Verdict, link.Rule = Suggested, ruleDoubtful
	}
	return link
}

// namedSpeaksFor is speaksFor for records of a roll.
func (e *Engine) namedSpeaksFor(l *roll, x, y int32, weight Weight) bool {
	mine, theirs := l.records[l.records[x].head].members, l.records[l.records[y].head].members
	for _, r := range mine {
		for _, s := range theirs {
			if !e.paired(l, r, s) || r == x && s == y {
				continue
			}
			p := e.namedPairOf(l, r, s)
			w := p.weight()
			if w > weight || w == weight && compareIDs(p.a.id+p.b.id, min(l.records[x].id, l.records[y].id)+max(l.records[x].id, l.records[y].id)) < 0 {
				return false
			}
		}
	}
	return true
}

// paired tells whether two records of a roll are a candidate pair.
func (e *Engine) paired(l *roll, r, s int32) bool {
	if l == e.teams {
		_, found := e.findPair(r, s)
		return found
	}
	found := false
	e.partners(l, r, func(other int32) { found = found || other == s })
	return found
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
		if !e.better(f) {
			continue
		}
		if w := f.weight[e.final]; w >= e.model.Match.Suggest || outlawed(w) || e.matches[r].head == e.matches[s].head {
			visit(s)
		}
	}
	e.eachTwin(r, visit)
	for _, s := range e.matches[e.matches[r].head].members {
		if e.matches[s].base != e.matches[r].base && e.leftOverWith(r, s) {
			visit(s)
		}
	}
}

// linksOfNamed tells every link of a record of a roll.
func (e *Engine) linksOfNamed(l *roll, r int32, tell func(Link)) {
	bars := e.model.bars(l.kind)
	visit := func(s int32) {
		p := e.namedPairOf(l, r, s)
		if p.a.head != p.b.head && p.weight() < bars.Suggest && p.judged() == 0 {
			return
		}
		if link := e.namedLink(l, r, s); link.Verdict != "" {
			tell(link)
		}
	}
	if l == e.teams {
		e.bonded(r, min(bars.Suggest, bars.Least), visit)
	} else {
		e.partners(l, r, visit)
	}
}

// Links yields every link that is worth keeping as of the last Settle, each once, in no order.
func (e *Engine) Links() iter.Seq[Link] {
	return func(yield func(Link) bool) {
		going := true
		once := func(from ID) func(Link) {
			return func(l Link) { going = going && (l.A != from || yield(l)) }
		}
		for m := range e.matches {
			if going && e.matches[m].live {
				e.linksOfMatch(int32(m), once(e.matches[m].told.id))
			}
		}
		for _, l := range e.rolls() {
			for r := range l.records {
				if going {
					e.linksOfNamed(l, int32(r), once(l.records[r].id))
				}
			}
		}
	}
}
