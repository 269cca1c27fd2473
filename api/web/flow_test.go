package web

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"umpire/ent/store"
	"umpire/resolve"
)

// However many sources send however much, nothing leaves the drawing and no words touch.
func TestFlowFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var sources []store.Source
		for i := range rapid.IntRange(1, 20).Draw(t, "sources") {
			matches := rapid.Int64Range(0, 1_000_000).Draw(t, "matches")
			sources = append(sources, store.Source{
				Name:   fmt.Sprintf("source %d of a long name", i),
				Counts: store.SourceCounts{Matches: matches, Merged: rapid.Int64Range(0, matches).Draw(t, "merged")},
			})
		}
		stats := store.Stats{Entities: map[resolve.Kind]int64{resolve.KindMatch: 10}, Merged: 4}
		for _, shape := range []flowShape{wideFlow, narrowFlow} {
			checkFlow(t, shape, shape.draw(stats, sources))
		}
	})
}

func checkFlow(t *rapid.T, shape flowShape, f flow) {
	if len(f.Nodes) > shape.sources+2 {
		t.Fatalf("%d nodes", len(f.Nodes))
	}
	below := map[float64]float64{}
	for _, n := range f.Nodes {
		if n.Y < -0.01 || n.Y+n.Height > f.Height+0.01 {
			t.Fatalf("%s lies from %f to %f in %f", n.Name, n.Y, n.Y+n.Height, f.Height)
		}
		if at, found := below[n.X]; found && n.TextY-at < textHeight {
			t.Fatalf("the words of %s touch those above", n.Name)
		}
		below[n.X] = n.TextY
	}
}

func TestFlowOfNothing(t *testing.T) {
	if f := wideFlow.draw(store.Stats{}, []store.Source{{Name: "silent"}}); len(f.Bands) > 0 || len(f.Nodes) > 0 {
		t.Errorf("something flows: %+v", f)
	}
}
