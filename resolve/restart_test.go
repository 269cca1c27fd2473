package resolve_test

import (
	"cmp"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"umpire/resolve"
)

// A store tells the records of an entity by when they were first told. After any edits and
// withdrawals an engine that restarts from that finds nothing to do.
func TestRestartPlansNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := shelf{map[resolve.ID]resolve.Match{}, map[resolve.ID]int64{}}
		e, store := resolve.New(touchy()), newMirror()
		for now := range rapid.Int64Range(1, 40).Draw(t, "steps") {
			ids := slices.Sorted(maps.Keys(s.records))
			switch step := rapid.IntRange(0, 9).Draw(t, "step"); {
			case step < 3 && len(ids) > 0:
				id := rapid.SampledFrom(ids).Draw(t, "withdrawn")
				delete(s.records, id)
				e.Remove(id)
			case step < 5:
				store.apply(e.Settle())
			case step < 6: // an old message replayed ages what it names
				e.Put(s.put(drawMatch(t), rapid.Int64Range(1, now+1).Draw(t, "replayed")))
				store.apply(e.Settle())
			default:
				e.Put(s.put(drawMatch(t), now+1))
			}
		}
		store.apply(e.Settle())
		again := restart(s.all(), s.ordered(store))
		if p := again.Settle(); !p.Empty() || len(p.Changes) > 0 {
			t.Fatalf("nothing changed, and yet plans %+v", p)
		}
	})
}

// shelf keeps records as a store does, with when each record was first told: by a match that
// may say otherwise since, or be withdrawn.
type shelf struct {
	records map[resolve.ID]resolve.Match
	first   map[resolve.ID]int64
}

// put keeps what a source says, first told at a time unless it was told already.
func (s shelf) put(m resolve.Match, at int64) resolve.Match {
	s.tell(m.ID, at)
	for _, n := range namedOf(&m) {
		s.tell(n.ID, at)
	}
	s.records[m.ID] = m
	return s.read(m)
}

func (s shelf) tell(id resolve.ID, at int64) {
	if first, told := s.first[id]; !told || at < first {
		s.first[id] = at
	}
}

// read tells a match record with the ages of all that it tells.
func (s shelf) read(m resolve.Match) resolve.Match {
	m.Arrival = s.first[m.ID]
	for _, of := range []**resolve.Named{&m.Title, &m.Tournament} {
		if *of != nil {
			aged := **of
			*of = &aged
		}
	}
	for _, n := range namedOf(&m) {
		n.Arrival = s.first[n.ID]
	}
	return m
}

// all reads every record.
func (s shelf) all() map[resolve.ID]resolve.Match {
	records := map[resolve.ID]resolve.Match{}
	for id, m := range s.records {
		records[id] = s.read(m)
	}
	return records
}

// ordered gives what is held with the records of each entity as a store tells them: by age.
func (s shelf) ordered(held mirror) mirror {
	ordered := mirror{map[resolve.ID]resolve.Entity{}, held.Links}
	for id, e := range held.Entities {
		e.Members = slices.SortedFunc(slices.Values(e.Members), func(a, b resolve.Member) int {
			return cmp.Or(cmp.Compare(s.first[a.Record], s.first[b.Record]), cmp.Compare(a.Record, b.Record))
		})
		ordered.Entities[id] = e
	}
	return ordered
}

// namedOf lists the named records that a match record tells.
func namedOf(m *resolve.Match) []*resolve.Named {
	list := []*resolve.Named{&m.Sides[0].Team, &m.Sides[1].Team}
	for _, n := range []*resolve.Named{m.Title, m.Tournament} {
		if n != nil {
			list = append(list, n)
		}
	}
	return list
}
