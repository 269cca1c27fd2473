package resolve

import (
	"iter"
)

// A link is a candidate pair that is worth keeping: joined, or heavy enough to ask why not.

// between is two records of a kind, x's id the smaller.
type between struct {
	e    *Engine
	roll *roll // nil: of matches
	x, y int32
}

func (e *Engine) between(l *roll, x, y int32) between {
	if e.id(l, x) > e.id(l, y) {
		x, y = y, x
	}
	return between{e, l, x, y}
}

// judged is two records and what became of them; no verdict: nothing that is worth keeping.
type judged struct {
	between
	verdict Verdict
	rule    string
}

func (b between) judge() judged {
	j := judged{between: b}
	if b.roll == nil {
		j.verdict, j.rule = b.e.matchVerdict(b.x, b.y)
	} else {
		p := b.e.namedPairOf(b.roll, b.x, b.y)
		j.verdict, j.rule = p.verdict()
	}
	return j
}

// link tells what became of the two, and why.
func (j judged) link() Link {
	l := Link{A: j.e.id(j.roll, j.x), B: j.e.id(j.roll, j.y), Verdict: j.verdict, Rule: j.rule}
	if j.roll == nil {
		l.Kind, l.Lines = KindMatch, j.e.matchLines(j.x, j.y)
	} else {
		p := j.e.namedPairOf(j.roll, j.x, j.y)
		l.Kind, l.Lines = j.roll.kind, p.lines()
	}
	for _, line := range l.Lines {
		l.Weight += line.Weight
	}
	return l
}

// digested is the link with its digest.
func (j judged) digested() Link {
	l := j.link()
	l.Digest = int64(j.digest())
	return l
}

// digest sums up all that link tells. It is the same in every process, by every model by which
// that is the same.
func (j judged) digest() digest {
	d := emptyDigest
	d.text(string(j.verdict), j.rule)
	if j.roll == nil {
		c := j.e.coupleOf(j.x, j.y, j.e.orientationOf(j.x, j.y))
		c.digest(&d)
	} else {
		p := j.e.namedPairOf(j.roll, j.x, j.y)
		p.digest(&d)
	}
	return d
}

// orientationOf is the better orientation of two match records: of their edges, or of what they
// would weigh if they have none.
func (e *Engine) orientationOf(m, n int32) bool {
	for _, i := range e.matches.at(m).edges {
		if f := e.edges.at(i); f.m+f.n-m == n && e.better(f) {
			return f.turned
		}
	}
	return e.weightOf(m, n, true) > e.weightOf(m, n, false)
}

// weightOf is the weight of two match records in an orientation.
func (e *Engine) weightOf(m, n int32, turned bool) Weight {
	c := e.coupleOf(m, n, turned)
	return c.weight()
}

func (c *couple) weight() Weight {
	static, _ := c.static()
	return static + c.credit(0) + c.credit(1) + c.word()
}

// matchLines tells what two match records weigh in their better orientation.
func (e *Engine) matchLines(m, n int32) []Line {
	c := e.coupleOf(m, n, e.orientationOf(m, n))
	lines := make([]Line, 0, 1+len(c.a.team)+len(comparisons))
	lines = append(lines, priorLine(e.model.Match.Prior))
	for side := range c.a.team {
		lines = append(lines, c.teamLine(side))
	}
	return append(c.lines(lines), e.judgementLines(c.a.told.id, c.b.told.id)...)
}

// digest sums up what the lines of two match records tell.
func (c *couple) digest(d *digest) {
	d.number(int64(c.a.says))
	d.number(int64(c.b.says))
	d.truth(c.flipped)
	d.number(int64(c.findings()))
	c.e.digestJudgement(d, c.a.told.id, c.b.told.id)
	for side := range c.a.team {
		belief := c.belief(side)
		d.numbers(int32(c.e.tellable(belief)), int32(c.worth(side, belief)))
		if p, found := c.pair(side); found {
			c.e.digestNames(d, c.e.pairs.at(p))
		} else {
			d.text(string(c.e.names.compare(c.a.teamName[side], c.b.teamName[c.other(side)]).level))
		}
	}
}

func (c *couple) findings() digest {
	if i := c.edge(); i != none {
		return c.e.edges.at(i).findings
	}
	_, findings := c.static()
	return findings
}

// digestNames sums up what nameLines tells.
func (e *Engine) digestNames(d *digest, q *pair) {
	e.names.digest(d, q.names[:]...)
	finding{string(q.likeness.level), q.belief[0] - q.judged}.digest(d)
	e.digestJudgement(d, e.teams.records[q.x].id, e.teams.records[q.y].id)
}

// lines adds what two match records agree in but for their teams.
func (c *couple) lines(lines []Line) []Line {
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
	belief := c.belief(side)
	line := Line{Comparison: [...]string{"team 1", "team 2"}[side], Weight: c.worth(side, belief)}
	line.A, line.B = c.e.names.told[c.a.teamName[side]], c.e.names.told[c.b.teamName[c.other(side)]]
	belief = c.e.tellable(belief)
	if p, found := c.pair(side); found {
		line.Lines = c.e.nameLines(c.e.pairs.at(p))
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
	p, found := c.pair(side)
	if !found {
		l := c.e.names.compare(c.a.teamName[side], c.b.teamName[c.other(side)])
		return l.worth(c.e.model.Team.Names)
	}
	if i := c.edge(); i != none {
		return c.e.beliefWithout(c.e.final, i, c.e.edges.at(i).slot(p))
	}
	return c.e.pairs.at(p).belief[c.e.final]
}

// pair is the pair of the teams on a's side and beside it.
func (c *couple) pair(side int) (int32, bool) {
	if i := c.edge(); i != none {
		p := c.e.edges.at(i).pairs[side]
		return p, c.e.alive(c.e.pairs.at(p))
	}
	return c.e.findPair(c.a.team[side], c.b.team[c.other(side)])
}

// edge is the edge of the two in this orientation, none if there is none.
func (c *couple) edge() int32 {
	for _, i := range c.a.edges {
		if f := c.e.edges.at(i); f.turned == c.flipped && c.e.matches.at(f.m) == c.a && c.e.matches.at(f.n) == c.b {
			return i
		}
	}
	return none
}

// credit is what the teams on a's side and beside it are worth.
func (c *couple) credit(side int) Weight { return c.worth(side, c.belief(side)) }

// worth is what a belief that they are one is worth.
func (c *couple) worth(side int, belief Weight) Weight {
	if p, found := c.pair(side); found {
		return c.e.worth(c.e.pairs.at(p), belief)
	}
	l := c.e.names.compare(c.a.teamName[side], c.b.teamName[c.other(side)])
	return c.e.worth(&pair{guarded: l.guarded()}, belief)
}

func (e *Engine) findPair(x, y int32) (int32, bool) {
	key, _, _ := e.pairKey(x, y)
	p, found := e.pairIndex[key]
	return p, found && e.alive(e.pairs.at(p))
}

// nameLines tells what the names of a pair are worth.
func (e *Engine) nameLines(q *pair) []Line {
	lines := make([]Line, 0, 4) // with a judgement, what matches say, and a guard or accident
	lines = append(lines, Line{Comparison: "name", A: e.names.text(q.names[0]), B: e.names.text(q.names[1]), Level: string(q.likeness.level), Weight: q.belief[0] - q.judged})
	return append(lines, e.judgementLines(e.teams.records[q.x].id, e.teams.records[q.y].id)...)
}

func priorLine(prior Weight) Line {
	return Line{Comparison: "prior", Level: "any two records", Weight: prior}
}

// matchVerdict judges a pair of match records. One that a better partner explains gets none.
func (e *Engine) matchVerdict(m, n int32) (Verdict, string) {
	a, b := e.matches.at(m), e.matches.at(n)
	switch {
	case a.head == b.head && a.base != b.base:
		return Joined, ruleLeftOver
	case a.head == b.head:
		return Joined, ""
	}
	bars, weight := &e.model.Match.Bars, e.weightOf(m, n, e.orientationOf(m, n))
	if outlawed(weight) {
		return Refused, ruleJudged
	}
	if weight < bars.Suggest {
		return "", ""
	}
	rule := ruleBetween(e.matches.at(a.head).members, e.matches.at(b.head).members, e.matchesApart)
	switch {
	case rule != "" && weight >= bars.Merge:
		return Refused, rule
	case rule != "":
		return "", ""
	case !e.speaksFor(m, n, weight):
		return "", ""
	case weight >= bars.Merge:
		return Suggested, RuleToss
	}
	return Suggested, ruleDoubtful
}

// speaksFor tells whether a pair is the one by which to ask about its two entities: none between
// them weighs more, nor as much with smaller ids.
func (e *Engine) speaksFor(m, n int32, weight Weight) bool {
	there := e.matches.at(n).head
	for _, r := range e.matches.at(e.matches.at(m).head).members {
		for _, i := range e.matches.at(r).edges {
			f := e.edges.at(i)
			s := f.m + f.n - r
			if e.matches.at(s).head != there || f.m == m && f.n == n {
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

// verdict judges a pair of records of a roll.
func (p *namedPair) verdict() (Verdict, string) {
	if p.a.head == p.b.head {
		return Joined, ""
	}
	bars, weight := &p.model().Bars, p.weight()
	if outlawed(weight) {
		return Refused, ruleJudged
	}
	if weight < bars.Suggest {
		return "", ""
	}
	mine, theirs := p.roll.records[p.a.head].members, p.roll.records[p.b.head].members
	rule := ruleBetween(mine, theirs, func(r, s int32) string { return p.e.apart(p.roll, r, s) })
	switch {
	case rule != "" && weight >= bars.Merge:
		return Refused, rule
	case rule != "":
		return "", ""
	case !p.e.namedSpeaksFor(p.roll, p.of[0], p.of[1], weight):
		return "", ""
	case weight >= bars.Merge:
		return Suggested, ruleAverage
	}
	return Suggested, ruleDoubtful
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

// linksOf tells every link of a record that is worth keeping.
func (e *Engine) linksOf(l *roll, r int32, tell func(judged)) {
	visit := func(s int32) {
		if j := e.between(l, r, s).judge(); j.verdict != "" {
			tell(j)
		}
	}
	switch l {
	case nil:
		e.linkable(r, visit)
	case e.teams:
		e.linkableTeams(r, visit)
	default:
		e.partners(l, r, visit)
	}
}

// linkable calls visit with the match records that one may have a link with.
func (e *Engine) linkable(r int32, visit func(int32)) {
	for _, i := range e.matches.at(r).edges {
		f := e.edges.at(i)
		s := f.m + f.n - r
		if w := f.weight[e.final]; (w >= e.model.Match.Suggest || outlawed(w) || e.matches.at(r).head == e.matches.at(s).head) && e.better(f) {
			visit(s)
		}
	}
	e.eachTwin(r, visit)
	for _, s := range e.matches.at(e.matches.at(r).head).members {
		if e.matches.at(s).base != e.matches.at(r).base && e.leftOverWith(r, s) {
			visit(s)
		}
	}
}

// linkableTeams calls visit with the team records that one may have a link with.
func (e *Engine) linkableTeams(x int32, visit func(int32)) {
	for _, p := range e.teams.records[x].pairs {
		tie := e.ties[p]
		if tie == unweighed {
			continue
		}
		q := e.pairs.at(p)
		y := q.x + q.y - x
		if tie >= e.model.Team.Suggest || q.judged < 0 || e.teams.records[x].head == e.teams.records[y].head {
			visit(y)
		}
	}
}

// Links yields every link that is worth keeping as of the last Settle, each once, in no order.
func (e *Engine) Links() iter.Seq[Link] {
	return func(yield func(Link) bool) {
		going := true
		for i := range e.planned {
			l := e.planned[i].roll
			for r := int32(0); going && r < e.numbered(l); r++ {
				e.linksOf(l, r, func(j judged) { going = going && (j.x != r || yield(j.digested())) })
			}
		}
	}
}
