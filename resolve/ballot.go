package resolve

import (
	"fmt"
	"strconv"
)

// Titles and tournaments have no matches against each other: they are one or not by the
// matches that became one. Each of these votes that the tournaments and titles that its
// records tell are the same.

// ballot is a pair of records of one roll, by their numbers, x < y.
type ballot struct {
	roll *roll
	x, y int32
}

// ballot counts the votes of a match cluster, or takes them back, once.
func (e *Engine) ballot(base int32, n int32) {
	kin := e.matches.at(base).kin
	if e.matches.at(base).voted == (n > 0) {
		return
	}
	e.matches.at(base).voted = n > 0
	for i, r := range kin {
		for _, s := range kin[i+1:] {
			a, b := e.matches.at(r), e.matches.at(s)
			if a.source != b.source {
				e.count(e.titles, a.title, b.title, n)
				e.count(e.tournaments, a.tournament, b.tournament, n)
			}
		}
	}
}

func (e *Engine) count(l *roll, x, y, n int32) {
	if x != none && y != none {
		e.ballots[ballot{l, min(x, y), max(x, y)}] += n
	}
}

// tallyBallots brings the rolls' counts up to date with the ballots cast and taken back.
func (e *Engine) tallyBallots() {
	for b, n := range e.ballots {
		if n == 0 {
			continue
		}
		x, y := &b.roll.records[b.x], &b.roll.records[b.y]
		forX, forY := e.standing(b.roll, b.x, y.source), e.standing(b.roll, b.y, x.source)
		x.votes, y.votes = count(x.votes, b.y, n), count(y.votes, b.x, n)
		if e.standing(b.roll, b.x, y.source) != forX || e.standing(b.roll, b.y, x.source) != forY {
			b.roll.changed.add(b.x)
			b.roll.changed.add(b.y)
		}
	}
	clear(e.ballots)
}

// standing sums up what matches say of a record of a roll beside its candidates of a source.
func (e *Engine) standing(l *roll, r, source int32) digest {
	all := digest(0)
	e.partners(l, r, func(s int32) {
		if l.records[s].source == source {
			p := e.namedPairOf(l, r, s)
			d := emptyDigest
			d.numbers(s)
			v := p.votes()
			d.numbers(v.together, v.elsewhere, int32(v.weight))
			all += d
		}
	})
	return all
}

// namedPair is two records of a roll, the one with the smaller id first.
type namedPair struct {
	e    *Engine
	roll *roll
	a, b *namedRecord
	of   [2]int32
}

func (e *Engine) namedPairOf(l *roll, a, b int32) namedPair {
	if l.records[a].id > l.records[b].id {
		a, b = b, a
	}
	return namedPair{e, l, &l.records[a], &l.records[b], [2]int32{a, b}}
}

// weight is the prior, the name's worth and the votes'.
func (p *namedPair) weight() Weight {
	if p.roll == p.e.teams {
		believed, _ := p.e.believed(p.of[0], p.of[1])
		return p.model().Prior + believed
	}
	return p.model().Prior + p.nameOf().weight + p.votes().weight + p.judged()
}

// judged is what a judgement on the two weighs.
func (p *namedPair) judged() Weight { return p.e.judgement(p.a.id, p.b.id).weight }

func (p *namedPair) model() *NamedModel { return p.e.model.named(p.roll.kind) }

// lines tells what weight sums.
func (p *namedPair) lines() []Line {
	lines := []Line{priorLine(p.model().Prior)}
	if p.roll == p.e.teams {
		return append(lines, p.e.teamLines(p.of[0], p.of[1])...)
	}
	if f := p.nameOf(); f.level != "" {
		names := &p.e.names
		lines = append(lines, Line{Comparison: "name", A: names.told[p.a.name], B: names.told[p.b.name], Level: f.level, Weight: f.weight})
	}
	if v := p.votes(); v.together+v.elsewhere > 0 {
		lines = append(lines, v.line())
	}
	return append(lines, p.e.judgementLines(p.a.id, p.b.id)...)
}

// digest sums up what lines tells.
func (p *namedPair) digest(d *digest) {
	d.numbers(int32(p.model().Prior))
	if p.roll == p.e.teams {
		if i, found := p.e.findPair(p.of[0], p.of[1]); found {
			q := p.e.pairs.at(i)
			believed, why := p.e.believedOf(i)
			p.e.digestNames(d, q)
			d.numbers(int32(q.belief[p.e.final]), int32(believed))
			d.text(why)
			return
		}
	}
	p.e.names.digest(d, p.a.name, p.b.name)
	p.nameOf().digest(d)
	p.e.digestJudgement(d, p.a.id, p.b.id)
	if p.roll != p.e.teams {
		v := p.votes()
		d.numbers(v.together, v.elsewhere, int32(v.forThem), int32(v.against), int32(v.weight))
		d.truth(v.bounded)
	}
}

func (p *namedPair) nameOf() finding {
	l := p.e.names.compare(p.a.name, p.b.name)
	return finding{string(l.level), l.worth(p.model().Names)}
}

// tallied is what the matches of two records say of them.
type tallied struct {
	together  int32 // matches of both that coincide
	elsewhere int32 // matches of one that coincide with those of another record of the other's source
	bounded   bool  // more of them say no more
	forThem   Weight
	against   Weight
	weight    Weight // their sum within bounds
}

// votes counts the matches of the two that coincide against those that do not. Where all
// that coincides of one does so with the other, it is one record of several that the
// other's source has; so the matches count of the one that has fewer elsewhere.
func (p *namedPair) votes() tallied {
	t := tallied{together: counted(p.a.votes, p.of[1])}
	t.elsewhere = min(p.roll.coincided(p.a, p.b.source), p.roll.coincided(p.b, p.a.source)) - t.together
	m := p.model()
	t.forThem, t.against = Weight(t.together)*m.For, Weight(t.elsewhere)*m.Against
	t.weight = min(max(t.forThem+t.against, -m.Bound), m.Bound)
	t.cut(m)
	return t
}

// cut leaves as many matches as it takes to reach the bound, so that what is told of two records
// does not change with every other match of theirs.
func (t *tallied) cut(m *NamedModel) {
	sum := t.forThem + t.against
	if t.bounded = max(sum, -sum) >= m.Bound; !t.bounded {
		return
	}
	switch {
	case sum > 0 && m.For > 0:
		t.together -= int32((sum - m.Bound) / m.For)
	case sum < 0 && m.Against < 0:
		t.elsewhere -= int32((sum + m.Bound) / m.Against)
	}
	t.forThem, t.against = Weight(t.together)*m.For, Weight(t.elsewhere)*m.Against
}

func (t *tallied) line() Line {
	line := Line{
		Comparison: "matches", Weight: t.weight, Level: fmt.Sprintf("%d coincide, %d coincide with others", t.together, t.elsewhere),
		Lines: []Line{
			{Comparison: "coincide", Level: strconv.Itoa(int(t.together)), Weight: t.forThem},
			{Comparison: "coincide with others", Level: strconv.Itoa(int(t.elsewhere)), Weight: t.against},
		},
	}
	if t.bounded {
		line.Level += ", or more, which say no more"
	}
	if bound := t.weight - t.forThem - t.against; bound != 0 {
		line.Lines = append(line.Lines, Line{Comparison: "bound", Level: "no more than so much", Weight: bound})
	}
	return line
}
