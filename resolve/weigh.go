package resolve

import "slices"

// weigh gives a pair of match records its weight, in the orientation that makes it greater
// (not swapped if neither does).
func (e *Engine) weigh(a, b *matchRecord) (Weight, bool) {
	p := e.pairOf(a, b)
	straight := p.weight()
	p.flipped = true
	if swapped := p.weight(); swapped > straight {
		return swapped, true
	}
	return straight, false
}

// pairOf puts the record with the smaller id first, so that a pair has one reading.
func (e *Engine) pairOf(a, b *matchRecord) pair {
	if a.told.ID > b.told.ID {
		a, b = b, a
	}
	return pair{names: &e.names, a: a, b: b}
}

// weight is the prior and the sum of what the comparisons find.
func (p *pair) weight() Weight {
	sum := p.names.model.Match.Prior
	for i := range comparisons {
		sum += comparisons[i].find(p).weight
	}
	return sum
}

// lines tells what weight sums, comparison by comparison.
func (p *pair) lines() []Line {
	lines := []Line{priorLine(p.names.model.Match.Prior)}
	for i, c := range comparisons {
		f := c.find(p)
		if f.level == "" {
			continue
		}
		line := Line{Comparison: c.name, Level: f.level, Weight: f.weight}
		line.A, line.B = c.values(p)
		if i < len(p.a.team) {
			line.Lines = p.accidentLines(i)
		}
		lines = append(lines, line)
	}
	return lines
}

// accidentLines opens a team's line: what its name is worth, and what of that an accident explains.
func (p *pair) accidentLines(side int) []Line {
	l := p.likeness(side)
	if l.team == l.opponent {
		return nil
	}
	return []Line{
		{Comparison: "name", Level: string(l.level), Weight: l.team},
		{Comparison: "accident", Level: "an opponent may agree by accident", Weight: l.opponent - l.team},
	}
}

func priorLine(prior Weight) Line {
	return Line{Comparison: "prior", Level: "any two records", Weight: prior}
}

// join finds the candidates of match records anew and weighs them. It returns them and
// every record that one could be joined with and now cannot, or could not and now can, or
// by another weight: those whose clusters may change.
func (e *Engine) join(records []int32) map[int32]bool {
	before := make([][]edge, len(records))
	for i, r := range records {
		before[i] = slices.Clone(e.matches[r].edges)
	}
	for _, r := range records {
		for _, edge := range e.matches[r].edges {
			e.dropEdge(edge.to, r)
		}
		e.matches[r].edges = e.matches[r].edges[:0]
	}
	e.seen = append(e.seen, make([]int32, len(e.matches)-len(e.seen))...)
	for _, r := range records {
		if e.matches[r].live {
			e.joinOne(r)
		}
	}
	touched := make(map[int32]bool, len(records))
	for i, r := range records {
		touched[r] = true
		e.touchChanged(before[i], e.matches[r].edges, touched)
		e.touchChanged(e.matches[r].edges, before[i], touched)
	}
	return touched
}

// touchChanged touches the other ends of the strong edges that are not the same in another list.
func (e *Engine) touchChanged(edges, others []edge, touched map[int32]bool) {
	for _, edge := range edges {
		if edge.weight >= e.model.Match.Merge && !slices.Contains(others, edge) {
			touched[edge.to] = true
		}
	}
}

// joinOne weighs a record with its candidates, but for those that it has an edge to already.
func (e *Engine) joinOne(r int32) {
	e.round++
	record := &e.matches[r]
	e.seen[r] = e.round
	for _, edge := range record.edges {
		e.seen[edge.to] = e.round
	}
	e.candidates(record, func(s int32) {
		e.stats.Met++
		other := &e.matches[s]
		if e.seen[s] == e.round || other.source == record.source || !near(record, other) {
			return
		}
		e.seen[s] = e.round
		e.stats.Weighed++
		weight, flipped := e.weigh(record, other)
		if weight <= e.model.Match.Least {
			return
		}
		record.edges = append(record.edges, edge{s, weight, flipped})
		other.edges = append(other.edges, edge{r, weight, flipped})
	})
}

func (e *Engine) dropEdge(from, to int32) {
	edges := e.matches[from].edges
	for i := range edges {
		if edges[i].to == to {
			edges[i] = edges[len(edges)-1]
			e.matches[from].edges = edges[:len(edges)-1]
			return
		}
	}
}
