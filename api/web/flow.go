package web

import (
	"cmp"
	"fmt"
	"slices"

	"umpire/ent/store"
	"umpire/resolve"
)

// flow is a drawing of match records on their way from the sources that tell them, on the
// left, into matches that several tell and matches that one alone tells, on the right.
// Lengths are in the units of its view box, which are about a pixel.
type flow struct {
	Width, Height float64
	Nodes         []node
	Bands         []band
}

// node is a source, or an outcome, with its bar.
type node struct {
	Hue                 int // of a source; notASource for others
	Name, Note          string
	X, Y, Width, Height float64
	TextX, TextY        float64
	Anchor              string
}

// band is the records of one source that ended in one outcome.
type band struct {
	Hue  int
	Tip  string
	Path string // of an SVG <path>
}

const (
	barWidth   = 5
	leastBar   = 2  // however few the records
	textAir    = 9  // between a bar and its words
	textHeight = 36 // of a node's two lines
	notASource = -1
)

// flowShape is a flow's layout for one width of screen.
type flowShape struct {
	width       float64
	left, right float64 // for words
	bars        float64 // the length of all bars of a side together
	gap         float64 // between bars
	sources     int     // how many are drawn; the rest are one
	letters     int     // of a source's name
}

var (
	wideFlow   = flowShape{width: 720, left: 150, right: 170, bars: 180, gap: 20, sources: 8, letters: 18}
	narrowFlow = flowShape{width: 340, left: 100, right: 118, bars: 200, gap: 22, sources: 6, letters: 12}
)

// stream is the match records of one source, by where they ended.
type stream struct {
	name    string
	hue     int
	records [2]int64 // in matches that several sources tell, and that it alone tells
}

func (s stream) sum() int64 { return s.records[0] + s.records[1] }

// draw lays out the flow of what these sources sent; without records, the empty flow.
func (shape flowShape) draw(stats store.Stats, sources []store.Source) flow {
	streams := streamsOf(sources, shape.sources)
	var all stream
	for _, s := range streams {
		all.records[0], all.records[1] = all.records[0]+s.records[0], all.records[1]+s.records[1]
	}
	if all.sum() == 0 {
		return flow{}
	}
	unit := shape.bars / float64(all.sum())
	from := shape.sourceNodes(streams, unit)
	into := shape.outcomeNodes(stats, all, unit)
	height := max(bottom(from), bottom(into))
	centre(from, height)
	centre(into, height)
	return flow{Width: shape.width, Height: height, Nodes: slices.Concat(from, into), Bands: bands(streams, from, into, unit)}
}

// streamsOf gives the sources with the most match records, and the others as one.
func streamsOf(sources []store.Source, most int) []stream {
	var streams []stream
	for _, s := range sources {
		if s.Counts.Matches > 0 {
			streams = append(streams, stream{nameOf(s.Name).Text, hueOf(s.Name), [2]int64{s.Counts.Merged, s.Counts.Matches - s.Counts.Merged}})
		}
	}
	slices.SortStableFunc(streams, func(a, b stream) int { return cmp.Compare(b.sum(), a.sum()) })
	if len(streams) <= most {
		return streams
	}
	rest := stream{name: fmt.Sprintf("%d others", len(streams)-most+1), hue: notASource}
	for _, s := range streams[most-1:] {
		rest.records[0], rest.records[1] = rest.records[0]+s.records[0], rest.records[1]+s.records[1]
	}
	return append(streams[:most-1], rest)
}

func (shape flowShape) sourceNodes(streams []stream, unit float64) []node {
	var nodes []node
	for _, s := range streams {
		nodes = append(nodes, node{
			Hue: s.hue, Name: clip(s.name, shape.letters), Note: plural(int(s.sum()), "record", "records"),
			X: shape.left - barWidth, Height: float64(s.sum()) * unit,
			TextX: shape.left - barWidth - textAir, Anchor: "end",
		})
	}
	shape.stack(nodes)
	return nodes
}

func (shape flowShape) outcomeNodes(stats store.Stats, all stream, unit float64) []node {
	several, alone := stats.Merged, stats.Entities[resolve.KindMatch]-stats.Merged
	x := shape.width - shape.right
	nodes := []node{
		{Name: plural(int(several), "match", "matches"), Note: "told by several", Height: float64(all.records[0]) * unit},
		{Name: plural(int(alone), "match", "matches"), Note: "told by one alone", Height: float64(all.records[1]) * unit},
	}
	for i := range nodes {
		nodes[i].Hue, nodes[i].X, nodes[i].TextX, nodes[i].Anchor = notASource, x, x+barWidth+textAir, "start"
	}
	shape.stack(nodes)
	return nodes
}

// stack puts nodes below each other, with room for the words of each.
func (shape flowShape) stack(nodes []node) {
	y := 0.0
	for i := range nodes {
		n := &nodes[i]
		n.Width, n.Height = barWidth, max(n.Height, leastBar)
		room := max(n.Height, textHeight)
		n.Y, n.TextY = y+(room-n.Height)/2, y+room/2
		y += room + shape.gap
	}
}

func bottom(nodes []node) float64 {
	last := nodes[len(nodes)-1]
	return max(last.Y+last.Height, last.TextY+textHeight/2)
}

func centre(nodes []node, height float64) {
	down := (height - bottom(nodes)) / 2
	for i := range nodes {
		nodes[i].Y += down
		nodes[i].TextY += down
	}
}

// bands leave each source from top to bottom and arrive in the order of the sources.
func bands(streams []stream, from, into []node, unit float64) []band {
	var all []band
	arrive := [2]float64{into[0].Y, into[1].Y}
	for i, s := range streams {
		leave := from[i].Y
		for o, records := range s.records {
			if records == 0 {
				continue
			}
			thick := float64(records) * unit
			all = append(all, band{
				Hue: s.hue, Tip: fmt.Sprintf("%s: %s records in matches %s", s.name, number(records), into[o].Note),
				Path: ribbon(from[i].X+barWidth, leave, into[o].X, arrive[o], thick),
			})
			leave, arrive[o] = leave+thick, arrive[o]+thick
		}
	}
	return all
}

// ribbon is a band of even thickness that leaves and arrives level.
func ribbon(x0, y0, x1, y1, thick float64) string {
	mid := (x0 + x1) / 2
	return fmt.Sprintf("M%.1f %.2fC%.1f %.2f %.1f %.2f %.1f %.2fL%.1f %.2fC%.1f %.2f %.1f %.2f %.1f %.2fZ",
		x0, y0, mid, y0, mid, y1, x1, y1, x1, y1+thick, mid, y1+thick, mid, y0+thick, x0, y0+thick)
}
