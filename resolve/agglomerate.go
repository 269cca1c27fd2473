package resolve

import (
	"cmp"
	"slices"
)

// bond is a weighed pair of nodes, i < j.
type bond struct {
	i, j   int
	weight Weight
}

// agglomerate parts n nodes into clusters: best pair first, by the average of the weights
// between two clusters, each clipped to [Least, Most], an absent one counting as Least. It
// joins while that average reaches the bar and no rule keeps two of their nodes apart.
// Ties fall to the smaller nodes, so the result is a function of the numbered nodes alone.
// It returns for each node the smallest node of its cluster.
func agglomerate(n int, bonds []bond, bars Bars, apart func(i, j int) string) []int {
	g := gathering{bars: bars, members: make([][]int, n), between: map[[2]int]*linkage{}}
	for i := range n {
		g.members[i] = []int{i}
	}
	for _, b := range bonds {
		g.between[[2]int{b.i, b.j}] = &linkage{sum: int64(min(max(b.weight, bars.Least), bars.Most)), known: 1}
	}
	for {
		best, found := g.best()
		if !found {
			return g.clusters(n)
		}
		if g.rule(best, apart) != "" {
			g.between[best].refused = true
			continue
		}
		g.merge(best)
	}
}

// gathering is the state of agglomerate: clusters called by their smallest node.
type gathering struct {
	bars    Bars
	members [][]int
	between map[[2]int]*linkage
}

// linkage sums the weights known between two clusters.
type linkage struct {
	sum     int64
	known   int
	refused bool
}

// total is the sum over all pairs between two clusters, and how many they are.
func (g *gathering) total(k [2]int) (int64, int64) {
	l := g.between[k]
	pairs := len(g.members[k[0]]) * len(g.members[k[1]])
	return l.sum + int64(pairs-l.known)*int64(g.bars.Least), int64(pairs)
}

// best finds the two clusters of the greatest average that reaches the bar.
func (g *gathering) best() ([2]int, bool) {
	var best [2]int
	var bestSum, bestPairs int64
	found := false
	for k, l := range g.between {
		if l.refused {
			continue
		}
		sum, pairs := g.total(k)
		if sum < int64(g.bars.Merge)*pairs {
			continue
		}
		order := cmp.Compare(sum*bestPairs, bestSum*pairs)
		if !found || order > 0 || order == 0 && slices.Compare(k[:], best[:]) < 0 {
			best, bestSum, bestPairs, found = k, sum, pairs, true
		}
	}
	return best, found
}

func (g *gathering) rule(k [2]int, apart func(i, j int) string) string {
	for _, i := range g.members[k[0]] {
		for _, j := range g.members[k[1]] {
			if rule := apart(min(i, j), max(i, j)); rule != "" {
				return rule
			}
		}
	}
	return ""
}

// merge joins the second cluster of k to the first.
func (g *gathering) merge(k [2]int) {
	into, from := k[0], k[1]
	delete(g.between, k)
	g.members[into] = append(g.members[into], g.members[from]...)
	g.members[from] = nil
	for other, l := range g.between {
		if other[0] != from && other[1] != from {
			continue
		}
		delete(g.between, other)
		third := other[0] + other[1] - from
		key := [2]int{min(into, third), max(into, third)}
		if have := g.between[key]; have != nil {
			have.sum, have.known, have.refused = have.sum+l.sum, have.known+l.known, have.refused || l.refused
		} else {
			g.between[key] = l
		}
	}
}

func (g *gathering) clusters(n int) []int {
	cluster := make([]int, n)
	for _, members := range g.members {
		for _, i := range members {
			cluster[i] = slices.Min(members)
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
