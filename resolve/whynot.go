package resolve

import (
	"fmt"
	"slices"
	"strconv"
)

// Cause is the sort of a Reason.
type Cause string

// What keeps two records apart.
const (
	ByRule      Cause = "rule"         // one that holds between them, or between their entities
	ByLinkage   Cause = "linkage"      // what their clusters weigh together is too little
	ByDoubt     Cause = "doubt"        // another reading is as good, so neither is taken
	ByPartner   Cause = "partner"      // one has a better partner, beside which the other cannot be
	NoCandidate Cause = "no candidate" // they were never looked at beside each other
)

// Reason says why two records are not one.
type Reason struct {
	Cause   Cause
	Text    string // a clause for people
	Records []ID   // those between which the rule holds; the one with another reading, or partner, and that
	Weight  Weight // of these Records, but for a rule; the linkage
	Lines   []Line // what there would have to be: the names of no pair, the starts
}

// apart finds what keeps the two apart; nil if they are one.
func (p account) apart() *Reason {
	if p.one() {
		return nil
	}
	if rule := p.rule(p.x, p.y); rule != "" {
		return &Reason{Cause: ByRule, Text: rule, Records: p.ids([]int32{p.x, p.y})}
	}
	if !p.candidates() {
		return p.missed()
	}
	if r := p.doubt(); r != nil {
		return r
	}
	if rule := p.ruleBetween(); rule != "" {
		if r := p.partner(); r != nil {
			return r
		}
		return &Reason{Cause: ByRule, Text: rule, Records: p.ids(p.ruled(rule))}
	}
	text := ruleAverage
	if len(p.members(p.x))+len(p.members(p.y)) == 2 {
		text = "too little to join"
	}
	return &Reason{Cause: ByLinkage, Text: text, Weight: p.linkage()}
}

// rule is the rule that keeps two records apart, or "".
func (p account) rule(r, s int32) string {
	if p.roll == nil {
		return p.e.matchesApart(r, s)
	}
	return p.e.apart(p.roll, r, s)
}

// ruleBetween is the rule that keeps the two entities apart, or "".
func (p account) ruleBetween() string {
	a, b := p.members(p.x), p.members(p.y)
	if rule := ruleBetween(a, b, p.rule); rule != "" || p.roll == nil {
		return rule
	}
	both := slices.Concat(a, b)
	places := make([]int, len(both))
	for i := range places {
		places[i] = i
	}
	return p.e.clustersApart(p.roll, both, nil, places[:len(a)], places[len(a):])
}

// ruled are the two records of the entities that a rule keeps apart.
func (p account) ruled(rule string) []int32 {
	for _, r := range p.members(p.x) {
		for _, s := range p.members(p.y) {
			if p.rule(r, s) == rule {
				return []int32{r, s}
			}
		}
	}
	return nil
}

// partner finds the better partner that one of the two has in the other's source.
func (p account) partner() *Reason {
	var best *Reason
	most := p.weight()
	for _, ends := range [2][2]int32{{p.x, p.y}, {p.y, p.x}} {
		for _, s := range p.members(ends[0]) {
			if s == ends[0] || p.source(s) != p.source(ends[1]) || p.rule(s, ends[1]) == "" {
				continue
			}
			if w := p.of(ends[0], s).weight(); w > most {
				most = w
				best = &Reason{Cause: ByPartner, Text: "a better partner is in its place", Records: p.ids([]int32{ends[0], s}), Weight: w}
			}
		}
	}
	return best
}

// doubt finds the reading of two matches that is as good as that they are one, or that they
// are not.
func (p account) doubt() *Reason {
	if p.roll != nil {
		return nil
	}
	component := component(p.x, &marks{}, p.e.closeMatches)
	bonds, _, court, cluster := p.e.partMatches(component)
	x, y := slices.Index(component, p.x), slices.Index(component, p.y)
	if y < 0 || len(component) < 3 || p.e.model.Match.Doubt <= 0 {
		return nil
	}
	d := &readings{}
	d.read(p.e, component, bonds, court, cluster)
	for _, ends := range [2][2]int{{x, y}, {y, x}} {
		if other := d.otherReading(ends[0], ends[1]); other >= 0 {
			r, s := component[ends[0]], component[other]
			return &Reason{Cause: ByDoubt, Text: RuleToss, Records: p.ids([]int32{r, s}), Weight: p.of(r, s).weight()}
		}
	}
	return nil
}

// otherReading finds whom a node may as well be with as with another; -1: it is not doubted.
func (d *readings) otherReading(i, with int) int {
	stays, others := d.fit(i, d.cluster[i])
	if others == 0 {
		return -1
	}
	for c := range d.cluster {
		if d.cluster[c] != c || c == d.cluster[i] || !d.asGood(i, c, stays) {
			continue
		}
		if d.cluster[with] == d.cluster[i] {
			return d.closest(i, c)
		}
		if d.cluster[with] == c {
			return d.closest(i, d.cluster[i])
		}
	}
	return -1
}

// closest is the node of a cluster that weighs most with another of another source.
func (d *readings) closest(i, cluster int) int {
	best := -1
	most := unweighed
	for _, j := range d.members[cluster] {
		if w := d.between(i)[j]; j != i && w > most {
			best, most = j, w
		}
	}
	return best
}

// linkage is that of the clusters of the two, as agglomerate has it; rounded down.
func (p account) linkage() Weight {
	met := &marks{}
	nodes := component(p.x, met, p.close)
	if !met.has(p.y) {
		nodes = append(nodes, component(p.y, met, p.close)...)
	}
	slices.SortFunc(nodes, func(r, s int32) int { return compareIDs(p.id(r), p.id(s)) })
	bars := p.e.model.Match.Bars
	var bonds []bond
	var court *court
	if p.roll == nil {
		bonds, _, court = p.e.bonds(nodes)
	} else {
		bars = p.e.model.bars(p.roll.kind)
		bonds, court = p.e.namedBonds(p.roll, nodes)
	}
	g := &gathering{}
	g.start(len(nodes), bonds, bars, court)
	a, b := g.gather(nodes, p.kin(p.x)), g.gather(nodes, p.kin(p.y))
	l := g.between(a, b)
	if l == nil {
		return bars.Least
	}
	height, pairs := g.height(l)
	return Weight(floorDiv(height, 16*pairs))
}

// close calls visit with the records that one could be joined with.
func (p account) close(r int32, visit func(int32)) {
	if p.roll == nil {
		p.e.closeMatches(r, visit)
	} else {
		p.e.strongNamed(p.roll, r, visit)
	}
}

// kin are the records that one is clustered with, left-overs not counted.
func (p account) kin(r int32) []int32 {
	if p.roll == nil {
		return p.e.matches.at(p.e.matches.at(r).base).kin
	}
	return p.members(r)
}

// gather merges some of the nodes into one cluster, and gives what it is called.
func (g *gathering) gather(nodes, some []int32) int {
	into := -1
	for i, r := range nodes {
		switch {
		case !slices.Contains(some, r) || len(g.members[i]) == 0: // bound to one before it
		case into < 0:
			into = i
		default:
			g.merge(into, i)
		}
	}
	return into
}

// missed says why the two were never looked at beside each other.
func (p account) missed() *Reason {
	if p.roll == nil {
		return p.missedMatch()
	}
	r, s := &p.roll.records[p.x], &p.roll.records[p.y]
	if p.roll == p.e.teams {
		return &Reason{
			Cause: NoCandidate, Text: "their names do not propose them, and no match of the one may be one of the other's",
			Lines: []Line{p.e.missedName(p.x, p.y)},
		}
	}
	l := p.e.names.compare(r.name, s.name)
	why := "they are not called the same"
	if group := p.roll.byName[p.e.names.letters(r.name)]; len(group) > p.e.model.Crowd && slices.Contains(group, p.y) {
		why = fmt.Sprintf("%d are called so, too many to look at", len(group))
	}
	return &Reason{
		Cause: NoCandidate, Text: "no match of the one coincides with one of the other's, and " + why,
		Lines: []Line{{Comparison: "name", A: p.e.names.text(r.name), B: p.e.names.text(s.name), Level: string(l.level), Weight: l.worth(p.e.model.named(p.roll.kind).Names)}},
	}
}

func (p account) missedMatch() *Reason {
	r, s := p.e.matches.at(p.x), p.e.matches.at(p.y)
	starts := []Line{{Comparison: "start", A: r.told.start.Raw, B: s.told.start.Raw, Level: daysApart}}
	switch {
	case r.team[0] == r.team[1] || s.team[0] == s.team[1]:
		return &Reason{Cause: NoCandidate, Text: "in one of them a team plays itself"}
	case r.day == noDay || s.day == noDay:
		starts[0].Level = "not told"
		return &Reason{Cause: NoCandidate, Text: "one of them tells no start", Lines: starts}
	case r.day-s.day > 1 || s.day-r.day > 1 || !p.e.near(r, s):
		return &Reason{Cause: NoCandidate, Text: "their starts are more than a day apart", Lines: starts}
	}
	reason := &Reason{Cause: NoCandidate, Text: "no name proposes a team of the one beside one of the other"}
	for _, x := range r.team {
		for _, y := range s.team {
			reason.Lines = append(reason.Lines, p.e.missedName(x, y))
		}
	}
	return reason
}

// missedName says why the names of two teams do not propose them, by the most alike of them.
func (e *Engine) missedName(x, y int32) Line {
	line := Line{Comparison: "name", Level: "names of nobody", Weight: unweighed}
	for _, m := range e.teams.records[x].names {
		for _, n := range e.teams.records[y].names {
			if e.names.nobody(m.of) || e.names.nobody(n.of) {
				continue
			}
			l := e.names.compare(m.of, n.of)
			if w := l.worth(e.model.Team.Names); w > line.Weight {
				line = Line{Comparison: "name", A: e.names.text(m.of), B: e.names.text(n.of), Level: string(l.level) + e.blocks.missed(m.of, n.of, w), Weight: w}
			}
		}
	}
	if line.Weight == unweighed {
		line.A, line.B, line.Weight = e.names.text(e.teams.records[x].name), e.names.text(e.teams.records[y].name), 0
	}
	return line
}

// missed says why two names do not propose the teams that go by them.
func (b *blocks) missed(name, other int32, worth Weight) string {
	if worth < b.seed {
		return ", less than the " + strconv.FormatFloat(b.seed.Bits(), 'f', -1, 64) + " bits that propose"
	}
	parts := b.parts(other)
	for _, key := range b.parts(name) {
		if slices.Contains(parts, key) {
			return fmt.Sprintf(", but “%s” is a part of %d names, too many to propose any", key, len(b.keys[key]))
		}
	}
	return ", but they share no part to be looked for by"
}
