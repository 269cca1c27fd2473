package resolve

import (
	"testing"

	"umpire/resolve/text"
)

// A level that the file does not name would silently be worth nothing.
func TestShippedModelNamesEveryLevel(t *testing.T) {
	m := Shipped()
	tables := map[string]Levels{
		"team": m.Team.Names, "tournament": m.Tournament.Names, "title": m.Title.Names,
		"context of tournament": m.Context.Tournament, "context of title": m.Context.Title,
	}
	for name, table := range tables {
		for _, level := range text.Levels {
			if _, found := table[string(level)]; !found {
				t.Errorf("%s: level %q is missing", name, level)
			}
		}
		if len(table) != len(text.Levels) {
			t.Errorf("%s: %d levels, but names compare in %d", name, len(table), len(text.Levels))
		}
	}
}

// The scores that two records may tell, every pair of them, meet only levels that the file names.
func TestShippedModelNamesEveryScore(t *testing.T) {
	m := Shipped()
	var told []*matchRecord
	for _, points := range [][2]float64{{2, 1}, {1, 2}, {1, 1}, {2, 0}, {16, 12}, {12, 16}, {15, 15}} {
		sides := [2]Side{{Points: &points[0]}, {Points: &points[1]}}
		r := &matchRecord{outcome: outcomeOf(sides)}
		r.sort, r.points = sortOf(sides)
		told = append(told, r)
	}
	met := map[string]bool{}
	for _, a := range told {
		for _, b := range told {
			for _, flipped := range []bool{false, true} {
				level := scoreLevel(a, b, flipped)
				if _, found := m.Match.Score[level]; !found {
					t.Errorf("level %q is missing", level)
				}
				met[level] = true
			}
		}
	}
	if len(met) != len(m.Match.Score) {
		t.Errorf("met %v, but the file has %v", met, m.Match.Score)
	}
}
