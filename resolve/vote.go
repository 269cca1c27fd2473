package resolve

import (
	"strconv"
	"time"
)

// Matches are strong evidence for names: two records of one match say that the teams on its
// sides, its tournaments and its titles are the same. A match votes only for the partners
// that it was joined with, so that a match that has a better partner is no evidence for
// another (it is explained away).

// ballot is a pair of records of one roll, by their numbers, x < y.
type ballot struct {
	roll *roll
	x, y int32
}

// vote counts the votes of a match cluster, or takes them back, once.
func (e *Engine) vote(head int32, n int32) {
	members := e.matches[head].members
	if e.matches[head].voted == (n > 0) {
		return
	}
	e.matches[head].voted = n > 0
	for i, r := range members {
		for _, s := range members[i+1:] {
			e.voteOf(&e.matches[r], &e.matches[s], n)
		}
	}
}

func (e *Engine) voteOf(r, s *matchRecord, n int32) {
	if r.source == s.source {
		return
	}
	e.ballot(e.titles, r.title, s.title, n)
	e.ballot(e.tournaments, r.tournament, s.tournament, n)
	for side := range r.team {
		other := side
		if r.flipped != s.flipped {
			other = 1 - side
		}
		if !e.nobody(r.teamName[side]) && !e.nobody(s.teamName[other]) {
			e.ballot(e.teams, r.team[side], s.team[other], n)
		}
	}
}

func (e *Engine) nobody(name int32) bool { return e.names.parsed[name].Unknown }

func (e *Engine) ballot(l *roll, x, y, n int32) {
	if x != none && y != none {
		e.ballots[ballot{l, min(x, y), max(x, y)}] += n
	}
}

// tallyVotes brings the rolls' counts up to date with the ballots cast and taken back.
func (e *Engine) tallyVotes() {
	for b, n := range e.ballots {
		if n == 0 {
			continue
		}
		x, y := &b.roll.records[b.x], &b.roll.records[b.y]
		x.votes, y.votes = count(x.votes, b.y, n), count(y.votes, b.x, n)
		b.roll.changed[b.x], b.roll.changed[b.y] = true, true
	}
	clear(e.ballots)
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
	return p.model().Prior + p.nameOf().weight + p.votes().weight
}

func (p *namedPair) model() *NamedModel { return p.e.model.named(p.roll.kind) }

// lines tells what weight sums.
func (p *namedPair) lines() []Line {
	lines := []Line{priorLine(p.model().Prior)}
	if f := p.nameOf(); f.level != "" {
		names := &p.e.names
		lines = append(lines, Line{Comparison: "name", A: names.told[p.a.name], B: names.told[p.b.name], Level: f.level, Weight: f.weight})
	}
	if v := p.votes(); v.together+v.elsewhere > 0 {
		lines = append(lines, v.line())
	}
	return lines
}

func (p *namedPair) nameOf() finding {
	l := p.e.names.compare(p.a.name, p.b.name)
	return finding{string(l.level), l.worth(p.model().Names)}
}

// tallied is what the matches of two records say of them.
type tallied struct {
	together  int32 // matches of both that coincide
	elsewhere int32 // matches of one that coincide with those of another record of the other's source
	forThem   Weight
	against   Weight
	weight    Weight // their sum within bounds
}

// votes counts the matches of the two that coincide against those that do not. Where all
// that coincides of one does so with the other, it is an alias, or one record of several
// that the other's source has; so the matches count of the one that has fewer elsewhere.
func (p *namedPair) votes() tallied {
	t := tallied{together: counted(p.a.votes, p.of[1])}
	t.elsewhere = min(p.roll.coincided(p.a, p.b.source), p.roll.coincided(p.b, p.a.source)) - t.together
	m := p.model()
	t.forThem, t.against = Weight(t.together)*m.For, Weight(t.elsewhere)*m.Against
	t.weight = min(max(t.forThem+t.against, -m.Bound), m.Bound)
	return t
}

func (t tallied) line() Line {
	line := Line{
		Comparison: "matches", Weight: t.weight,
		Level: strconv.Itoa(int(t.together)) + " coincide, " + strconv.Itoa(int(t.elsewhere)) + " coincide with others",
		Lines: []Line{
			{Comparison: "coincide", Level: strconv.Itoa(int(t.together)), Weight: t.forThem},
			{Comparison: "coincide with others", Level: strconv.Itoa(int(t.elsewhere)), Weight: t.against},
		},
	}
	if bound := t.weight - t.forThem - t.against; bound != 0 {
		line.Lines = append(line.Lines, Line{Comparison: "bound", Level: "no more than so much", Weight: bound})
	}
	return line
}

// The rules that keep two records out of one cluster whatever their weight.
const (
	ruleOnePerSource = "one record per source"
	ruleMet          = "they met each other"
	ruleTitle        = "of different titles"
	ruleAverage      = "too little on the average of the cluster"
	ruleDoubtful     = "too little to join, too much to drop"
)

// apart returns the rule that keeps two records of a roll apart, or "".
func (e *Engine) apart(l *roll, a, b int32) string {
	x, y := &l.records[a], &l.records[b]
	if l.kind != KindTitle {
		if s, t := x.title(e.titles), y.title(e.titles); s != none && t != none && e.titles.records[s].head != e.titles.records[t].head {
			return ruleTitle
		}
	}
	if x.source != y.source {
		return ""
	}
	if l.kind == KindTeam {
		return e.teamsApart(x, y)
	}
	if e.names.letters(x.name) == e.names.letters(y.name) {
		return ""
	}
	return ruleOnePerSource
}

// teamsApart judges two team records of one source. A source that keys teams by name holds
// every alias as another record; one that keys them by id may hold a team twice, under names
// that say so, or under others if it used each for many matches and never both on one day.
func (e *Engine) teamsApart(x, y *namedRecord) string {
	meets, sameDay := e.shareMatches(x, y)
	likeness := e.names.compare(x.name, y.name).team
	many := len(x.matches) >= enoughMatches && len(y.matches) >= enoughMatches
	switch {
	case meets:
		return ruleMet
	case x.key.Named && y.key.Named:
		return ""
	case sameDay:
		return ruleOnePerSource
	case likeness >= e.model.Team.Merge-e.model.Team.Prior || likeness > 0 && many:
		return ""
	case many && (e.succeeds(x, y) || e.succeeds(y, x)):
		return ""
	}
	return ruleOnePerSource
}

// shareMatches tells whether two teams have a match, or a day on which both play, in common.
func (e *Engine) shareMatches(x, y *namedRecord) (bool, bool) {
	var meets, sameDay bool
	days := make(map[int32]bool, len(x.matches))
	matches := make(map[int32]bool, len(x.matches))
	for _, m := range x.matches {
		matches[m] = true
		if e.matches[m].told.Start.Precision != "" {
			days[e.matches[m].day] = true
		}
	}
	for _, m := range y.matches {
		meets = meets || matches[m]
		sameDay = sameDay || days[e.matches[m].day]
	}
	return meets, sameDay
}

// succeeds tells whether y's matches all come after x's.
func (e *Engine) succeeds(x, y *namedRecord) bool {
	last, begins := e.matches[x.matches[0]].told.Start.At, e.matches[y.matches[0]].told.Start.At
	for _, m := range x.matches {
		last = latest(last, e.matches[m].told.Start.At)
	}
	for _, m := range y.matches {
		begins = earliest(begins, e.matches[m].told.Start.At)
	}
	return begins.After(last)
}

// enoughMatches are enough to trust that a record was in use for a while.
const enoughMatches = 10

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
