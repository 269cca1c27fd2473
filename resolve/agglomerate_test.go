package resolve

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// naive is agglomerate as it is defined: it looks at all pairs of clusters each time.
func naive(n int, weights map[[2]int]Weight, bars Bars, apart func(i, j int) string) []int {
	clusters := make([][]int, n)
	for i := range n {
		clusters[i] = []int{i}
	}
	for {
		bestA, bestB, best := -1, -1, 0.0
		for a := range clusters {
			for b := a + 1; b < len(clusters); b++ {
				sum, known, allowed := 0.0, false, true
				for _, i := range clusters[a] {
					for _, j := range clusters[b] {
						w, found := weights[[2]int{min(i, j), max(i, j)}]
						if !found {
							w = bars.Least
						}
						known = known || found
						allowed = allowed && apart(min(i, j), max(i, j)) == ""
						sum += float64(min(max(w, bars.Least), bars.Most))
					}
				}
				average := sum / float64(len(clusters[a])*len(clusters[b]))
				if known && allowed && average >= float64(bars.Merge) && (bestA < 0 || average > best) {
					bestA, bestB, best = a, b, average
				}
			}
		}
		if bestA < 0 {
			break
		}
		clusters[bestA] = append(clusters[bestA], clusters[bestB]...)
		clusters = slices.Delete(clusters, bestB, bestB+1)
	}
	of := make([]int, n)
	for _, c := range clusters {
		for _, i := range c {
			of[i] = slices.Min(c)
		}
	}
	return of
}

func TestAgglomerateByDefinition(t *testing.T) {
	bars := Bars{Merge: 0, Least: -96, Most: 384}
	var g gathering
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "nodes")
		source := rapid.SliceOfN(rapid.IntRange(0, 4), n, n).Draw(t, "sources")
		apart := func(i, j int) string {
			if source[i] == source[j] {
				return ruleOnePerSource
			}
			return ""
		}
		between := func(a, b []int) string {
			for _, i := range a {
				for _, j := range b {
					if rule := apart(i, j); rule != "" {
						return rule
					}
				}
			}
			return ""
		}
		weights := map[[2]int]Weight{}
		var bonds []bond
		for i := range n {
			for j := i + 1; j < n; j++ {
				if rapid.Bool().Draw(t, "bonded") {
					w := Weight(rapid.IntRange(-8, 30).Draw(t, "weight") * 16)
					weights[[2]int{i, j}] = w
					bonds = append(bonds, bond{i, j, w})
				}
			}
		}
		want := naive(n, weights, bars, apart)
		if diff := cmp.Diff(want, g.agglomerate(n, bonds, bars, nil, between)); diff != "" {
			t.Fatalf("-by definition +agglomerate:\n%s", diff)
		}
		bonds = rapid.Permutation(bonds).Draw(t, "in another order")
		if diff := cmp.Diff(want, g.agglomerate(n, bonds, bars, nil, between)); diff != "" {
			t.Fatalf("in another order:\n%s", diff)
		}
	})
}

// Along any strongest bonds, a cluster's orientations are those that its nodes have.
func TestOrient(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "nodes")
		turned := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "turned")
		var bonds []bond
		var flipped []bool
		for i := range n {
			for j := i + 1; j < n; j++ {
				bonds, flipped = append(bonds, bond{i, j, Weight(rapid.IntRange(0, 9).Draw(t, "weight"))}), append(flipped, turned[i] != turned[j])
			}
		}
		got := orient(n, bonds, flipped, make([]int, n))
		for i := range n {
			if (got[i] != got[0]) != (turned[i] != turned[0]) {
				t.Errorf("node %d against node 0: %v", i, got)
			}
		}
	})
}
