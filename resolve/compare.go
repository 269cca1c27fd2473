package resolve

import (
	"strconv"
)

// finding is what one comparison finds: a level and its worth. One with no level found
// nothing to compare.
type finding struct {
	level  string
	weight Weight
}

func (f finding) digest(d *digest) {
	d.text(f.level)
	d.numbers(int32(f.weight))
}

// comparison compares two match records in one respect.
type comparison struct {
	name   string
	find   func(c *couple) finding
	values func(c *couple) (string, string)
}

// couple is two match records, the second with its sides swapped or not.
type couple struct {
	e       *Engine
	a, b    *matchRecord // a's id is the smaller
	flipped bool
	feeds   *feeds
}

// comparisons lists what two match records are compared in besides their teams. The weight of
// an edge is the prior, the sum of what they find, and what its teams are worth.
var comparisons = [...]comparison{
	{"sides", (*couple).sides, func(*couple) (string, string) { return "", "" }},
	{"start", (*couple).start, func(c *couple) (string, string) { return c.a.told.start.Raw, c.b.told.start.Raw }},
	{"score", (*couple).score, func(c *couple) (string, string) { return c.a.scoreText(false), c.b.scoreText(c.flipped) }},
	{"best of", (*couple).bestOf, func(c *couple) (string, string) { return intText(c.a.told.bestOf), intText(c.b.told.bestOf) }},
	{"tournament", (*couple).tournament, func(c *couple) (string, string) { return c.nameTexts(c.a.tournamentName, c.b.tournamentName) }},
	{"title", (*couple).title, func(c *couple) (string, string) { return c.nameTexts(c.a.titleName, c.b.titleName) }},
}

// coupleOf puts the record with the smaller id first, so that two records have one reading.
func (e *Engine) coupleOf(m, n int32, flipped bool) couple {
	a, b := e.matches.at(m), e.matches.at(n)
	if a.told.id > b.told.id {
		a, b = b, a
	}
	return couple{e, a, b, flipped, e.feedsOf(a.source, b.source)}
}

// static is what an edge agrees in but for its teams, and its prior; and a digest of that.
func (e *Engine) static(i int32) (Weight, digest) {
	c := e.coupleOf(e.edges.at(i).m, e.edges.at(i).n, e.edges.at(i).turned)
	return c.static()
}

func (c *couple) static() (Weight, digest) {
	sum, d := c.e.model.Match.Prior, emptyDigest
	for i := range comparisons {
		f := comparisons[i].find(c)
		sum += f.weight
		f.digest(&d)
	}
	d.numbers(int32(sum))
	return sum, d
}

// sides says whether the teams come in the same order.
func (c *couple) sides() finding {
	level := "same order"
	if c.flipped {
		level = "swapped"
	}
	return finding{level, c.feeds.sides[level]}
}

func (c *couple) tournament() finding {
	return c.context(c.a.tournamentName, c.b.tournamentName, c.e.model.Context.Tournament)
}

func (c *couple) title() finding {
	return c.context(c.a.titleName, c.b.titleName, c.e.model.Context.Title)
}

func (c *couple) context(a, b int32, levels Levels) finding {
	if a == none || b == none {
		return finding{}
	}
	l := c.e.names.compare(a, b)
	return finding{string(l.level), l.worth(levels)}
}

// start compares when the matches start. A day is its whole day; the clocks of two sources may
// be apart by what was learnt of them.
func (c *couple) start() finding {
	level := c.feeds.startLevel(c.a, c.b)
	return finding{level, c.feeds.start[level]}
}

// clockLevels are the levels of two clocks, and the minutes up to which they hold.
var clockLevels = [...]clockSpan{
	{"same minute", 1}, {"within 5 minutes", 5}, {"within 15 minutes", 15}, {"within 30 minutes", 30}, {"within an hour", 60},
	{"within 2 hours", 120}, {"within 4 hours", 240}, {"within 8 hours", 480}, {"within a day", minutesOfDay},
}

type clockSpan struct {
	level string
	up    int32
}

const minutesOfDay = 24 * 60

// dayLevels are the levels of two days of which one at least is told without a clock.
var dayLevels = [...]string{"day before", "same day", "next day"}

func (f *feeds) startLevel(a, b *matchRecord) string {
	if a.day == noDay || b.day == noDay {
		return ""
	}
	if a.minute == noDay || b.minute == noDay {
		if days := f.later(a, b.day-a.day); days >= -1 && days <= 1 {
			return dayLevels[days+1]
		}
		return daysApart
	}
	apart := f.apart(a, b)
	for _, l := range clockLevels {
		if apart <= l.up {
			return l.level
		}
	}
	return daysApart
}

// daysApart is the level of starts so far from each other that no edge has it.
const daysApart = "days apart"

// later is how many days the record of the feed B is later, if b is so many than a.
func (f *feeds) later(a *matchRecord, days int32) int32 {
	if a.source == f.a {
		return days
	}
	return -days
}

// apart is how many minutes are between two clocks that show the same.
func (f *feeds) apart(a, b *matchRecord) int32 {
	apart := a.minute - b.minute
	if a.source == f.a {
		apart -= f.offset
	} else {
		apart += f.offset
	}
	return max(apart, -apart)
}

// near tells whether two matches may be one by their starts: at most a day apart.
func (e *Engine) near(a, b *matchRecord) bool {
	if a.minute == noDay || b.minute == noDay {
		return a.day-b.day <= 1 && b.day-a.day <= 1
	}
	return e.feedsOf(a.source, b.source).apart(a, b) <= minutesOfDay
}

func (c *couple) bestOf() finding {
	a, b := c.a.told.bestOf, c.b.told.bestOf
	if a == nil || b == nil {
		return finding{}
	}
	level := "different"
	if *a == *b {
		level = "same"
	}
	return finding{level, c.e.model.Match.BestOf[level]}
}

// score compares scores where both tell one of the same sort, and else who won. A map
// score (16:12) is not a series score (2:1).
func (c *couple) score() finding {
	level := scoreLevel(c.a, c.b, c.flipped)
	return finding{level, c.e.model.Match.Score[level]}
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
	points, won := r.points, r.outcome.flip(flipped)
	if flipped {
		points[0], points[1] = points[1], points[0]
	}
	switch {
	case r.sort != untold:
		return pointsText(points[0]) + ":" + pointsText(points[1])
	case won == first:
		return "1 won"
	case won == second:
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

func (c *couple) nameTexts(a, b int32) (string, string) {
	return c.e.names.text(a), c.e.names.text(b)
}

// none is the number of what was not told.
const none int32 = -1
