package resolve

import "slices"

// Of two readings of who is whom that are equally good neither is taken: it would be the toss
// of a coin, and the scores that come later settle it. A record is doubted if it could change
// places with its source's record in another cluster, or go there where the source has none,
// and less would be lost by that than the model asks for.

// doubted tells which nodes of clustered matches are doubted.
func (e *Engine) doubted(component []int32, bonds []bond, court *court, cluster []int) []bool {
	doubted := make([]bool, len(component))
	if e.model.Match.Doubt <= 0 || !slices.ContainsFunc(cluster, func(c int) bool { return c != cluster[0] }) {
		return doubted
	}
	d := e.readingsOf(component, bonds, court, cluster)
	for i := range component {
		doubted[i] = d.doubts(i)
	}
	return doubted
}

// readings compares what is with what might be.
type readings struct {
	e         *Engine
	component []int32
	court     *court
	cluster   []int
	weights   map[[2]int]Weight
}

func (e *Engine) readingsOf(component []int32, bonds []bond, court *court, cluster []int) readings {
	d := readings{e: e, component: component, court: court, cluster: cluster, weights: map[[2]int]Weight{}}
	for _, b := range bonds {
		d.weights[[2]int{b.i, b.j}] = b.weight
	}
	return d
}

func (d *readings) doubts(i int) bool {
	stays, others := d.fit(i, d.cluster[i])
	if others == 0 {
		return false
	}
	for c := range d.cluster {
		if d.cluster[c] == c && c != d.cluster[i] && d.asGood(i, c, stays) {
			return true
		}
	}
	return false
}

// asGood tells whether little is lost if a node, which fits so well where it is, goes to a cluster.
func (d *readings) asGood(i, c int, stays Weight) bool {
	goes, others := d.fit(i, c)
	j := d.counterpart(i, c)
	if others == 0 || d.barred(i, c, j) || j >= 0 && d.barred(j, d.cluster[i], i) {
		return false
	}
	loss := stays - goes
	if j >= 0 {
		staysThere, _ := d.fit(j, c)
		comes, _ := d.fit(j, d.cluster[i])
		loss += max(staysThere, 0) - max(comes, 0)
	}
	return loss < d.e.model.Match.Doubt
}

// barred tells whether a judgement keeps a node from a cluster that another leaves for it.
func (d *readings) barred(i, cluster, but int) bool {
	if d.court.isBound(i) {
		return true
	}
	for j, c := range d.cluster {
		if c == cluster && j != but && d.e.judged.between(d.id(i), d.id(j)) == Different {
			return true
		}
	}
	return false
}

func (d *readings) id(i int) ID { return d.e.matches[d.component[i]].told.id }

// fit sums the weights of a node with the nodes of other sources in a cluster, and counts these.
func (d *readings) fit(i, cluster int) (Weight, int) {
	sum, others := Weight(0), 0
	for j, c := range d.cluster {
		if c != cluster || j == i || d.source(j) == d.source(i) {
			continue
		}
		w, found := d.weights[[2]int{min(i, j), max(i, j)}]
		if !found {
			w = d.e.model.Match.Least
		}
		sum, others = sum+max(w, d.e.model.Match.Least), others+1
	}
	return sum, others
}

// counterpart is the first node of i's source in a cluster, or -1.
func (d *readings) counterpart(i, cluster int) int {
	for j, c := range d.cluster {
		if c == cluster && d.source(j) == d.source(i) {
			return j
		}
	}
	return -1
}

func (d *readings) source(i int) int32 { return d.e.matches[d.component[i]].source }
