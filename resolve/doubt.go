package resolve

import "slices"

// Of two readings of who is whom that are equally good neither is taken: it would be the toss
// of a coin, and the scores that come later settle it. A record is doubted if it could change
// places with its source's record in another cluster, or go there where the source has none,
// and less would be lost by that than the model asks for.

// doubted tells which nodes of clustered matches are doubted, nil if none can be.
func (e *Engine) doubted(component []int32, bonds []bond, court *court, cluster []int) []bool {
	if e.model.Match.Doubt <= 0 || !slices.ContainsFunc(cluster, func(c int) bool { return c != cluster[0] }) {
		return nil
	}
	doubted := make([]bool, len(component))
	e.readings.read(e, component, bonds, court, cluster)
	for i := range component {
		doubted[i] = e.readings.doubts(i)
	}
	return doubted
}

// readings compares what is with what might be. It is used again and again, so as to need no new
// memory.
type readings struct {
	model   *MatchModel
	law     *law
	court   *court
	ids     []ID     // by node
	cluster []int    // by node
	sources []int32  // by node
	members [][]int  // by cluster
	weights []Weight // by two nodes; unweighed: no bond
}

func (d *readings) read(e *Engine, component []int32, bonds []bond, court *court, cluster []int) {
	n := len(component)
	d.model, d.law, d.court, d.cluster, d.sources, d.ids = &e.model.Match, &e.judged, court, cluster, d.sources[:0], d.ids[:0]
	for len(d.members) < n {
		d.members = append(d.members, nil)
	}
	for i, r := range component {
		d.sources, d.members[i] = append(d.sources, e.matches.at(r).source), d.members[i][:0]
		d.ids = append(d.ids, e.matches.at(r).told.id)
	}
	for i, c := range cluster {
		d.members[c] = append(d.members[c], i)
	}
	if missing := n*n - len(d.weights); missing > 0 {
		d.weights = append(d.weights, make([]Weight, missing)...)
	}
	for k := range d.weights[:n*n] {
		d.weights[k] = unweighed
	}
	for _, b := range bonds {
		d.weights[b.i*n+b.j], d.weights[b.j*n+b.i] = b.weight, b.weight
	}
}

// between gives the weights of a node with all others.
func (d *readings) between(i int) []Weight { return d.weights[i*len(d.cluster) : (i+1)*len(d.cluster)] }

// doubts tells whether a node is doubted.
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
	return loss < d.model.Doubt
}

// barred tells whether a judgement keeps a node from a cluster that another leaves for it.
func (d *readings) barred(i, cluster, but int) bool {
	if d.court.isBound(i) {
		return true
	}
	return slices.ContainsFunc(d.members[cluster], func(j int) bool {
		return j != but && d.law.between(d.ids[i], d.ids[j]) == Different
	})
}

// fit sums the weights of a node with the nodes of other sources in a cluster, and counts these.
func (d *readings) fit(i, cluster int) (Weight, int) {
	sum, others := Weight(0), 0
	weights := d.between(i)
	for _, j := range d.members[cluster] {
		if d.sources[j] != d.sources[i] {
			sum, others = sum+max(weights[j], d.model.Least), others+1
		}
	}
	return sum, others
}

// counterpart is the first node of i's source in a cluster, or -1.
func (d *readings) counterpart(i, cluster int) int {
	for _, j := range d.members[cluster] {
		if d.sources[j] == d.sources[i] {
			return j
		}
	}
	return -1
}
