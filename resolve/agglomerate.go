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

// gathering parts nodes into clusters, which it calls by their smallest node. It is used again
// and again, so as to need no new memory.
type gathering struct {
	n       int
	bars    Bars
	closest int64   // in sixteenths
	members [][]int // by cluster
	size    []int64 // by cluster: what of its members counts
	links   []linkage
	at      []int32 // by two clusters, the smaller first: the place of their linkage, from 1 on; 0: there is none
	cluster []int
}

// linkage sums the weights known between two clusters, a < b.
type linkage struct {
	a, b     int
	sum, top int64
	known    int64 // how many
	refused  bool
}

// agglomerate parts n nodes into clusters: best linkage first, joining while that reaches the
// bar and no rule keeps two clusters apart. The linkage of two clusters is the average of the
// weights between them, each clipped to [Least, Most], an absent one counting as Least, and of
// the closest of these, in the share that the bars say. Ties fall to the smaller nodes, so the
// result is a function of the numbered nodes alone. It returns for each node the smallest node
// of its cluster; the list is good until the next call. What is judged to be one is one node from
// the beginning, as close to others as the closest of it.
func (g *gathering) agglomerate(n int, bonds []bond, bars Bars, court *court, apart func(a, b []int) string) []int {
	g.start(n, bonds, bars, court)
	for {
		l := g.best()
		if l == nil {
			return g.clusters()
		}
		if apart(g.members[l.a], g.members[l.b]) != "" {
			l.refused = true
			continue
		}
		g.merge(l.a, l.b)
	}
}

// start has each node in a cluster of its own, but for those that are judged to be one.
func (g *gathering) start(n int, bonds []bond, bars Bars, court *court) {
	for len(g.links) > 0 {
		g.drop(&g.links[0])
	}
	g.n, g.bars, g.closest = n, bars, int64(bars.Closest*16)
	for len(g.members) < n {
		g.members, g.size = append(g.members, nil), append(g.size, 0)
	}
	for i := range n {
		g.members[i], g.size[i] = append(g.members[i][:0], i), 1
	}
	if missing := n*n - len(g.at); missing > 0 {
		g.at = append(g.at, make([]int32, missing)...)
	}
	for _, b := range bonds {
		w := int64(min(max(b.weight, bars.Least), bars.Most))
		g.add(linkage{a: b.i, b: b.j, sum: w, top: w, known: 1})
	}
	if court != nil {
		for i, first := range court.bound {
			if first != i {
				g.bind(first, i)
			}
		}
	}
}

// place is where the linkage of two clusters is told.
func (g *gathering) place(a, b int) *int32 { return &g.at[min(a, b)*g.n+max(a, b)] }

// between is the linkage of two clusters, nil if there is none.
func (g *gathering) between(a, b int) *linkage {
	if i := *g.place(a, b); i > 0 {
		return &g.links[i-1]
	}
	return nil
}

// add sums a linkage up with that of the same two clusters.
func (g *gathering) add(l linkage) {
	into := g.between(l.a, l.b)
	if into == nil {
		g.links = append(g.links, l)
		*g.place(l.a, l.b) = int32(len(g.links))
		return
	}
	into.sum, into.known, into.top = into.sum+l.sum, into.known+l.known, max(into.top, l.top)
	into.refused = into.refused || l.refused
}

// drop takes a linkage out; the last one takes its place.
func (g *gathering) drop(l *linkage) {
	at := g.place(l.a, l.b)
	last := len(g.links) - 1
	if *l = g.links[last]; *at <= int32(last) {
		*g.place(l.a, l.b) = *at
	}
	*at, g.links = 0, g.links[:last]
}

// height is a linkage as a fraction: sixteen times it, and its divisor.
func (g *gathering) height(l *linkage) (int64, int64) {
	pairs := g.size[l.a] * g.size[l.b]
	sum := l.sum + (pairs-l.known)*int64(g.bars.Least)
	return (16-g.closest)*sum + g.closest*pairs*l.top, pairs
}

// best finds the greatest linkage that reaches the bar and is not refused, nil if there is none.
func (g *gathering) best() *linkage {
	var best *linkage
	var bestHeight, bestPairs int64
	for i := range g.links {
		l := &g.links[i]
		height, pairs := g.height(l)
		if l.refused || height < 16*int64(g.bars.Merge)*pairs {
			continue
		}
		if best != nil {
			more := cmp.Compare(height*bestPairs, bestHeight*pairs)
			if cmp.Or(-more, cmp.Compare(l.a, best.a), cmp.Compare(l.b, best.b)) > 0 {
				continue
			}
		}
		best, bestHeight, bestPairs = l, height, pairs
	}
	return best
}

// merge joins cluster b to the smaller a.
func (g *gathering) merge(a, b int) {
	g.size[a] += g.size[b]
	g.unite(a, b, g.add)
}

// bind makes node b one with the smaller a, as close to others as the closer of the two.
func (g *gathering) bind(a, b int) {
	g.unite(a, b, func(l linkage) {
		if into := g.between(l.a, l.b); into == nil {
			g.add(l)
		} else if l.top > into.top {
			*into = l
		}
	})
}

// unite brings the members of b to a, and its linkages as tell has it.
func (g *gathering) unite(a, b int, tell func(linkage)) {
	g.members[a] = append(g.members[a], g.members[b]...)
	g.members[b] = g.members[b][:0]
	if l := g.between(a, b); l != nil {
		g.drop(l)
	}
	for i := 0; i < len(g.links); {
		l := g.links[i]
		if l.a != b && l.b != b {
			i++
			continue
		}
		c := l.a + l.b - b
		g.drop(&g.links[i])
		l.a, l.b = min(a, c), max(a, c)
		tell(l)
	}
}

func (g *gathering) clusters() []int {
	g.cluster = append(g.cluster[:0], make([]int, g.n)...)
	for c, members := range g.members[:g.n] {
		for _, i := range members {
			g.cluster[i] = c
		}
	}
	return g.cluster
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
