package web

import (
	"fmt"
	"math"

	"umpire/ent/store"
	"umpire/resolve"
)

// graph draws the records of an entity and what links them, to each other and to records
// beside it. Lengths are in the units of its view box, which are about a pixel.
type graph struct {
	Width, Height float64
	Nodes         []graphNode
	Edges         []graphEdge
	More          int // records that are not drawn
}

// graphNode is a record.
type graphNode struct {
	X, Y, TextX, TextY float64
	Anchor             string
	Hue                int
	Name               string
	Other              bool // of another entity
}

// graphEdge is a link of two records, or a word on them.
type graphEdge struct {
	X1, Y1, X2, Y2 float64
	MidX, MidY     float64
	Class          string // "joined", "suggested", "refused"; or "word-" with the word
	Sign           string // of a word
	Thick          float64
	Tip            string
}

const (
	graphWidth  = 560
	graphOwn    = 12 // records that are drawn,
	graphOthers = 6  // and those of others
	nodeRadius  = 7
	labelLong   = 24
)

// graphOf draws records by the links that lead to them, and by what people said of them.
func graphOf(own []store.RecordRef, links []store.Link, judged []store.Judged) graph {
	g := grapher{graph: graph{Width: graphWidth}, at: map[resolve.ID]int{}}
	g.More = max(0, len(own)-graphOwn)
	own = own[:len(own)-g.More]
	others := othersIn(own, links, judged)
	g.Height = max(120, 44*float64(max((len(own)+1)/2, len(others)))+40)
	g.ring(own, len(others) > 0)
	for i, r := range others {
		y := g.Height * (float64(i) + 0.5) / float64(len(others))
		g.add(r, graphNode{X: 390, Y: y, TextX: 390 + 2*nodeRadius, TextY: y, Anchor: "start", Other: true})
	}
	said := map[resolve.Pair]bool{}
	for _, j := range judged {
		said[resolve.Pair{A: j.A, B: j.B}] = true
		g.word(j)
	}
	for _, l := range links {
		if !said[resolve.Pair{A: l.A, B: l.B}] {
			g.link(l)
		}
	}
	return g.graph
}

// othersIn are the first records beside these that are linked to them.
func othersIn(own []store.RecordRef, links []store.Link, judged []store.Judged) []store.RecordRef {
	seen := map[resolve.ID]bool{}
	for _, r := range own {
		seen[r.ID] = true
	}
	var others []store.RecordRef
	add := func(a, b store.RecordRef) {
		for _, r := range []store.RecordRef{a, b} {
			if !seen[r.ID] && (seen[a.ID] || seen[b.ID]) && len(others) < graphOthers {
				others = append(others, r)
			}
		}
	}
	for _, j := range judged {
		add(j.RecordA, j.RecordB)
	}
	for _, l := range links {
		add(l.RecordA, l.RecordB)
	}
	return distinct(others)
}

func distinct(records []store.RecordRef) []store.RecordRef {
	seen := map[resolve.ID]bool{}
	var all []store.RecordRef
	for _, r := range records {
		if !seen[r.ID] {
			all = append(all, r)
		}
		seen[r.ID] = true
	}
	return all
}

type grapher struct {
	graph
	at map[resolve.ID]int
}

func (g *grapher) add(r store.RecordRef, n graphNode) {
	n.Hue, n.Name = hueOf(r.Source), clip(nameOf(r.Source).Text+" "+nameOf(either(r.Name, r.Key)).Text, labelLong)
	g.at[r.ID] = len(g.Nodes)
	g.Nodes = append(g.Nodes, n)
}

// ring puts records on an ellipse, with their names outside.
func (g *grapher) ring(own []store.RecordRef, beside bool) {
	x, rx := 280.0, 90.0
	if beside {
		x = 240
	}
	for i, r := range own {
		turn := 2*math.Pi*float64(i)/float64(len(own)) - math.Pi
		n := graphNode{X: round(x + rx*math.Cos(turn)), Y: round(g.Height/2 + (g.Height/2-24)*math.Sin(turn)), Anchor: "end"}
		n.TextX, n.TextY = n.X-2*nodeRadius, n.Y
		if n.X > x+1 {
			n.Anchor, n.TextX = "start", n.X+2*nodeRadius
		}
		g.add(r, n)
	}
}

func round(x float64) float64 { return math.Round(10*x) / 10 }

// edge joins two records, if both are drawn.
func (g *grapher) edge(a, b resolve.ID, e graphEdge) {
	i, known := g.at[a]
	j, also := g.at[b]
	if !known || !also {
		return
	}
	one, two := g.Nodes[i], g.Nodes[j]
	e.X1, e.Y1, e.X2, e.Y2 = one.X, one.Y, two.X, two.Y
	e.MidX, e.MidY = round((one.X+two.X)/2), round((one.Y+two.Y)/2)
	g.Edges = append(g.Edges, e)
}

func (g *grapher) link(l store.Link) {
	thick := min(max(l.Weight.Bits()/5, 1), 4)
	g.edge(l.A, l.B, graphEdge{Class: string(l.Verdict), Thick: round(thick), Tip: fmt.Sprintf("%s, %s bits", l.Verdict, bits(l.Weight))})
}

var wordSigns = map[resolve.Word]string{resolve.Same: "=", resolve.Different: "≠", resolve.Unsure: "?"}

func (g *grapher) word(j store.Judged) {
	g.edge(j.A, j.B, graphEdge{Class: "word-" + string(j.Word), Sign: wordSigns[j.Word], Thick: 2, Tip: fmt.Sprintf("%s, said %s", j.Word, nameOf(j.Actor).Text)})
}
