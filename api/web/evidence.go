package web

import (
	"strconv"

	"umpire/ent/store"
	"umpire/resolve"
)

// evidence is a link as a page opens it: the two records, and what each line adds.
type evidence struct {
	store.Link
	Open      bool // shown unfolded
	Waterfall waterfall
	Whole     string // the page that opens its votes; "" where nobody can tell
}

func (s *site) evidenceOf(l store.Link) evidence {
	e := evidence{Link: l, Waterfall: waterfallOf("match weight", l.Lines)}
	if s.Explainer != nil {
		e.Whole = whyPath(l.A, l.B)
	}
	return e
}

// waterfall draws a sum: each bar starts where the one before it ended, and the last one,
// from nothing, is their total.
type waterfall struct {
	Bars  []bar
	Total bar
}

// bar is one line of a waterfall, from where the line before it ended; in percent of the
// width, as is where no evidence lies.
type bar struct {
	resolve.Line
	Zero, Left, Width, From, End string
	Against                      bool
	Sub                          *waterfall // the sum that the line itself is
}

// waterfallOf lays out lines from left to right on one scale, wide enough for every
// partial sum, nothing included.
func waterfallOf(sumName string, lines []resolve.Line) waterfall {
	low, high, sum := resolve.Weight(0), resolve.Weight(0), resolve.Weight(0)
	for _, l := range lines {
		sum += l.Weight
		low, high = min(low, sum), max(high, sum)
	}
	on := scale{low, high}
	w := waterfall{Total: on.bar(resolve.Line{Comparison: sumName, Weight: sum}, 0)}
	at := resolve.Weight(0)
	for _, l := range lines {
		b := on.bar(l, at)
		if len(l.Lines) > 0 {
			sub := waterfallOf("sum", l.Lines)
			b.Sub = &sub
		}
		w.Bars = append(w.Bars, b)
		at += l.Weight
	}
	return w
}

// scale maps weights from low to high to 0 to 100 %.
type scale struct{ low, high resolve.Weight }

func (s scale) bar(l resolve.Line, from resolve.Weight) bar {
	to := from + l.Weight
	left, right := min(from, to), max(from, to)
	return bar{
		Line:    l,
		Zero:    s.percent(0),
		Left:    s.percent(left),
		Width:   percent(s.share(right) - s.share(left)),
		From:    s.percent(from),
		End:     s.percent(to),
		Against: l.Weight < 0,
	}
}

func (s scale) percent(w resolve.Weight) string { return percent(s.share(w)) }

func (s scale) share(w resolve.Weight) float64 {
	if s.high == s.low {
		return 0
	}
	return 100 * float64(w-s.low) / float64(s.high-s.low)
}

func percent(share float64) string { return strconv.FormatFloat(share, 'f', 2, 64) + "%" }
