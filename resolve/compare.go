package resolve

import (
	"strconv"
	"time"
)

// finding is what one comparison finds: a level and its worth. One with no level found
// nothing to compare.
type finding struct {
	level  string
	weight Weight
}

// comparison compares two match records in one respect.
type comparison struct {
	name   string
	find   func(p *pair) finding
	values func(p *pair) (string, string)
}

// pair is two match records, the second with its sides swapped or not.
type pair struct {
	names   *names
	a, b    *matchRecord
	flipped bool
}

// comparisons lists what a pair of match records is compared in. Its weight is the prior
// and the sum of what they find.
var comparisons = [...]comparison{
	{"team 1", func(p *pair) finding { return p.team(0) }, func(p *pair) (string, string) { return p.teamNames(0) }},
	{"team 2", func(p *pair) finding { return p.team(1) }, func(p *pair) (string, string) { return p.teamNames(1) }},
	{"sides", (*pair).sides, func(*pair) (string, string) { return "", "" }},
	{"start", (*pair).start, func(p *pair) (string, string) { return p.a.told.Start.Raw, p.b.told.Start.Raw }},
	{"score", (*pair).score, func(p *pair) (string, string) { return p.a.scoreText(false), p.b.scoreText(p.flipped) }},
	{"best of", (*pair).bestOf, func(p *pair) (string, string) { return intText(p.a.told.BestOf), intText(p.b.told.BestOf) }},
	{"tournament", (*pair).tournament, func(p *pair) (string, string) { return nameText(p.a.told.Tournament), nameText(p.b.told.Tournament) }},
	{"title", (*pair).title, func(p *pair) (string, string) { return nameText(p.a.told.Title), nameText(p.b.told.Title) }},
}

// side gives the number that a's side has in b.
func (p *pair) side(i int) int {
	if p.flipped {
		return 1 - i
	}
	return i
}

// team compares the names on one of a's sides with those on b's. An opponent may agree by
// accident, so that its name is worth less than it is to the team.
func (p *pair) team(i int) finding {
	l := p.likeness(i)
	return finding{string(l.level), l.opponent}
}

func (p *pair) likeness(i int) likeness {
	return p.names.compare(p.a.teamName[i], p.b.teamName[p.side(i)])
}

func (p *pair) teamNames(i int) (string, string) {
	return p.a.told.Sides[i].Team.Name, p.b.told.Sides[p.side(i)].Team.Name
}

// sides says whether the teams come in the same order.
func (p *pair) sides() finding {
	level := "same order"
	if p.flipped {
		level = "swapped"
	}
	return finding{level, p.names.model.Match.Sides[level]}
}

func (p *pair) tournament() finding {
	return p.context(p.a.tournamentName, p.b.tournamentName, p.names.model.Context.Tournament)
}

func (p *pair) title() finding {
	return p.context(p.a.titleName, p.b.titleName, p.names.model.Context.Title)
}

func (p *pair) context(a, b int32, levels Levels) finding {
	if a == none || b == none {
		return finding{}
	}
	l := p.names.compare(a, b)
	return finding{string(l.level), l.worth(levels)}
}

// start compares when the matches start. A day is its whole day; clocks of two sources may
// be apart by their zones.
func (p *pair) start() finding {
	level := startLevel(p.a, p.b)
	return finding{level, p.names.model.Match.Start[level]}
}

func startLevel(a, b *matchRecord) string {
	if a.told.Start.Precision == PrecisionDay || b.told.Start.Precision == PrecisionDay {
		if a.day == b.day {
			return "same day"
		}
		return "next day"
	}
	switch apart := a.told.Start.At.Sub(b.told.Start.At).Abs(); {
	case apart < time.Minute:
		return "same minute"
	case apart <= 20*time.Minute:
		return "within 20 minutes"
	case apart <= 2*time.Hour:
		return "within 2 hours"
	case apart <= 6*time.Hour:
		return "within 6 hours"
	}
	return "within a day"
}

// near tells whether two matches may be one by their starts: at most a day apart.
func near(a, b *matchRecord) bool {
	if a.told.Start.Precision == PrecisionDay || b.told.Start.Precision == PrecisionDay {
		return a.day-b.day <= 1 && b.day-a.day <= 1
	}
	return a.told.Start.At.Sub(b.told.Start.At).Abs() <= 24*time.Hour
}

func (p *pair) bestOf() finding {
	a, b := p.a.told.BestOf, p.b.told.BestOf
	if a == nil || b == nil {
		return finding{}
	}
	level := "different"
	if *a == *b {
		level = "same"
	}
	return finding{level, p.names.model.Match.BestOf[level]}
}

// score compares scores where both tell one of the same sort, and else who won. A map
// score (16:12) is not a series score (2:1).
func (p *pair) score() finding {
	level := scoreLevel(p.a, p.b, p.flipped)
	return finding{level, p.names.model.Match.Score[level]}
}

func scoreLevel(a, b *matchRecord, flipped bool) string {
	winner := b.outcome.flip(flipped)
	if a.sort != b.sort || a.sort == untold {
		return outcomeLevel(a.outcome, winner)
	}
	x, y := a.points, b.points
	if flipped {
		y[0], y[1] = y[1], y[0]
	}
	switch {
	case x == y && a.sort == mapScore:
		return "same map score"
	case x == y:
		return "same score"
	case a.outcome != winner:
		return outcomeLevel(a.outcome, winner)
	}
	return "other score"
}

func outcomeLevel(a, b outcome) string {
	switch {
	case a == open || b == open:
		return ""
	case a == draw && b == draw:
		return "same draw"
	case a == b:
		return "same winner"
	case a == draw || b == draw:
		return "draw and winner"
	}
	return "other winner"
}

// outcome is who won.
type outcome uint8

const (
	open outcome = iota
	first
	second
	draw
)

func (o outcome) flip(flipped bool) outcome {
	if flipped && (o == first || o == second) {
		return first + second - o
	}
	return o
}

// scoreSort is what a score counts.
type scoreSort uint8

const (
	untold scoreSort = iota
	seriesScore
	mapScore
)

// mapScoreFrom is the least number that the winner of a map has, and more than any series
// or goal score is likely to be.
const mapScoreFrom = 10

func outcomeOf(sides [2]Side) outcome {
	one, two := sides[0].Winner, sides[1].Winner
	switch {
	case one != nil && *one && (two == nil || !*two):
		return first
	case two != nil && *two && (one == nil || !*one):
		return second
	}
	x, y := sides[0].Points, sides[1].Points
	switch {
	case x == nil || y == nil:
		return open
	case *x > *y:
		return first
	case *x < *y:
		return second
	}
	return draw
}

func sortOf(sides [2]Side) (scoreSort, [2]float64) {
	x, y := sides[0].Points, sides[1].Points
	if x == nil || y == nil {
		return untold, [2]float64{}
	}
	if max(*x, *y) >= mapScoreFrom {
		return mapScore, [2]float64{*x, *y}
	}
	return seriesScore, [2]float64{*x, *y}
}

func (r *matchRecord) scoreText(flipped bool) string {
	one, two := r.told.Sides[0], r.told.Sides[1]
	if flipped {
		one, two = two, one
	}
	if one.Points != nil && two.Points != nil {
		return pointsText(*one.Points) + ":" + pointsText(*two.Points)
	}
	switch outcomeOf([2]Side{one, two}) {
	case first:
		return "1 won"
	case second:
		return "2 won"
	}
	return ""
}

func pointsText(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

func intText(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func nameText(n *Named) string {
	if n == nil {
		return ""
	}
	return n.Name
}

// none is the number of what was not told.
const none int32 = -1
