package eval

import (
	"cmp"
	"maps"
	"slices"

	"umpire/resolve"
)

// shelf keeps records as a store does: with when each was first told, by whichever match
// record, and whether or not that was withdrawn since.
type shelf struct {
	records map[resolve.ID]*resolve.Match // the live ones
	first   map[resolve.ID]int64
	named   map[call]*resolve.Named // one for all matches that tell it so
}

// call is a record by a name.
type call struct {
	id   resolve.ID
	name string
}

func newShelf() shelf {
	return shelf{map[resolve.ID]*resolve.Match{}, map[resolve.ID]int64{}, map[call]*resolve.Named{}}
}

// put keeps what an event says at a time, and returns it as a store tells it.
func (s shelf) put(m resolve.Match, at int64) *resolve.Match {
	m.Arrival = s.since(m.ID, at)
	m.Title, m.Tournament = s.aged(m.Title, at), s.aged(m.Tournament, at)
	for i := range m.Sides {
		m.Sides[i].Team.Arrival = s.since(m.Sides[i].Team.ID, at)
	}
	s.records[m.ID] = &m
	return &m
}

func (s shelf) since(id resolve.ID, at int64) int64 {
	first, told := s.first[id]
	if !told {
		s.first[id] = at
		return at
	}
	return first
}

// aged returns a named record with its age. The original is others' as well, and stays.
func (s shelf) aged(n *resolve.Named, at int64) *resolve.Named {
	if n == nil {
		return nil
	}
	kept := s.named[call{n.ID, n.Name}]
	if kept == nil {
		copied := *n
		copied.Arrival = s.since(n.ID, at)
		kept = &copied
		s.named[call{n.ID, n.Name}] = kept
	}
	return kept
}

// all lists the live records, oldest first.
func (s shelf) all() []*resolve.Match {
	return slices.SortedFunc(maps.Values(s.records), func(a, b *resolve.Match) int { return cmp.Compare(a.Arrival, b.Arrival) })
}

// mirror is what a store holds that applied every plan.
type mirror struct {
	entities map[resolve.ID]resolve.Entity
	links    map[resolve.Pair]resolve.Link
}

func newMirror() mirror {
	return mirror{map[resolve.ID]resolve.Entity{}, map[resolve.Pair]resolve.Link{}}
}

func (m mirror) apply(p resolve.Plan) {
	for _, id := range p.Retire {
		delete(m.entities, id)
	}
	for _, e := range p.Put {
		m.entities[e.ID] = e
	}
	for _, pair := range p.Unlink {
		delete(m.links, pair)
	}
	for _, l := range p.Link {
		m.links[resolve.Pair{A: l.A, B: l.B}] = l
	}
}
