package resolve

import (
	"cmp"
	"slices"
)

// This clusters as hierarchical agglomeration does (Sneath 1957 by the closest, Sokal and
// Michener 1958 by the average): between the two, and with rules.

// bond is a weighed pair of nodes, i < j.
type bond struct {
	i, j   int
	weight Weight
}

// agglomerate parts n nodes into clusters: best linkage first, joining while that reaches the
// bar and no rule keeps two clusters apart. The linkage of two clusters is the average of the
// weights between them, each clipped to [Least, Most], an absent one counting as Least, and of
// the closest of these, in the share that the bars say. Ties fall to the smaller nodes, so the
// result is a function of the numbered nodes alone. It returns for each node the smallest node
// of its cluster. What is judged to be one is one node from the beginning, as close to others as
// the closest of it.
func agglomerate(n int, bonds []bond, bars Bars, court *court, apart func(a, b []int) string) []int {
	g := newGathering(n, bonds, bars, court)
	for {
		a, b, found := g.best()
		if !found {
			return g.clusters()
		}
		if apart(g.members[a], g.members[b]) != "" {
			g.between(a, b).refused = true
			continue
		}
		g.merge(a, b)
	}
}

// gathering is the state of agglomerate: clusters called by their smallest node.
type gathering struct {
	n       int
	bars    Bars
	closest int64 // in sixteenths
	members [][]int
	size    []int64   // what of them counts
	links   []linkage // by two clusters, the smaller first
}

// newGathering has each node in a cluster of its own.
func newGathering(n int, bonds []bond, bars Bars, court *court) gathering {
	g := gathering{n: n, bars: bars, closest: int64(bars.Closest * 16), members: make([][]int, n), size: make([]int64, n), links: make([]linkage, n*n)}
	for i := range n {
		g.members[i], g.size[i] = []int{i}, 1
	}
	for _, b := range bonds {
		w := min(max(b.weight, bars.Least), bars.Most)
		*g.between(b.i, b.j) = linkage{sum: int64(w), top: int64(w), known: 1}
	}
	if court != nil {
		for i, first := range court.bound {
			if first != i {
				g.bind(first, i)
			}
		}
	}
	return g
}

// linkage sums the weights known between two clusters.
type linkage struct {
	sum, top int64
	known    int64 // how many; 0: no linkage
	refused  bool
}

func (g *gathering) between(a, b int) *linkage { return &g.links[min(a, b)*g.n+max(a, b)] }

// height is the linkage of two clusters as a fraction: sixteen times it, and its divisor.
func (g *gathering) height(a, b int) (int64, int64) {
	l := g.between(a, b)
	pairs := g.size[a] * g.size[b]
	sum := l.sum + (pairs-l.known)*int64(g.bars.Least)
	return (16-g.closest)*sum + g.closest*pairs*l.top, pairs
}

// best finds the two clusters of the greatest linkage that reaches the bar.
func (g *gathering) best() (int, int, bool) {
	bestA, bestB, found := 0, 0, false
	var bestHeight, bestPairs int64
	for a := range g.n {
		for b := a + 1; b < g.n; b++ {
			if l := g.links[a*g.n+b]; l.known == 0 || l.refused {
				continue
			}
			height, pairs := g.height(a, b)
			if height >= 16*int64(g.bars.Merge)*pairs && (!found || height*bestPairs > bestHeight*pairs) {
				bestA, bestB, bestHeight, bestPairs, found = a, b, height, pairs, true
			}
		}
	}
	return bestA, bestB, found
}

// merge joins cluster b to the smaller a.
func (g *gathering) merge(a, b int) {
	g.members[a] = append(g.members[a], g.members[b]...)
	g.members[b] = nil
	g.size[a] += g.size[b]
	*g.between(a, b) = linkage{}
	for c := range g.n {
		if c == a || c == b || g.between(b, c).known == 0 {
			continue
		}
		from, into := g.between(b, c), g.between(a, c)
		if into.known == 0 {
			into.top = from.top
		}
		into.sum, into.known, into.top = into.sum+from.sum, into.known+from.known, max(into.top, from.top)
		into.refused = into.refused || from.refused
		*from = linkage{}
	}
}

// bind makes node b one with the smaller a, as close to others as the closer of the two.
func (g *gathering) bind(a, b int) {
	g.members[a] = append(g.members[a], g.members[b]...)
	g.members[b] = nil
	*g.between(a, b) = linkage{}
	for c := range g.n {
		if c == a || c == b || g.between(b, c).known == 0 {
			continue
		}
		from, into := g.between(b, c), g.between(a, c)
		if into.known == 0 || from.top > into.top {
			*into = *from
		}
		*from = linkage{}
	}
}

func (g *gathering) clusters() []int {
	cluster := make([]int, g.n)
	for c, members := range g.members {
		for _, i := range members {
			cluster[i] = c
		}
	}
	return cluster
}

// orient gives each node its orientation relative to the first of its cluster, along the
// strongest bonds (a maximum spanning forest).
func orient(n int, bonds []bond, flipped []bool, cluster []int) []bool {
	order := make([]int, 0, len(bonds))
	for k, b := range bonds {
		if cluster[b.i] == cluster[b.j] {
			order = append(order, k)
		}
	}
	slices.SortFunc(order, func(x, y int) int {
		a, b := bonds[x], bonds[y]
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.i, b.i), cmp.Compare(a.j, b.j))
	})
	tree, flip := make([]int, n), make([]bool, n)
	for i := range tree {
		tree[i] = i
	}
	for _, k := range order {
		i, j := bonds[k].i, bonds[k].j
		from, into := tree[j], tree[i]
		if from == into {
			continue
		}
		turn := flip[i] != flip[j] != flipped[k]
		for node := range tree {
			if tree[node] == from {
				tree[node] = into
				flip[node] = flip[node] != turn
			}
		}
	}
	return flip
}
