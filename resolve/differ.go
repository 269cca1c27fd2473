package resolve

import (
	"cmp"
	"iter"
	"slices"
)

// Difference is one thing in which two states of all entities differ: a change, with what its
// entity was and is.
type Difference struct {
	Change
	Before, After *Entity // nil: it was not, and is no more
}

// Differ lists what turns one state of all entities into another, in the order of Kinds, and
// within a kind in that of a Plan's changes. Both states come in order of Kinds, then of ID.
func Differ(before, after iter.Seq[Entity]) []Difference {
	was, is := map[ID]*Entity{}, map[ID]*Entity{}
	besides(before, after, func(b, a *Entity) {
		switch {
		case b == nil:
			is[a.ID] = a
		case a == nil:
			was[b.ID] = b
		case digestEntity(*b) != digestEntity(*a):
			was[b.ID], is[a.ID] = b, a
		}
	})
	var all []Difference
	for _, k := range Kinds {
		all = append(all, differences(of(was, k), of(is, k))...)
	}
	return all
}

// of picks the entities of a kind.
func of(entities map[ID]*Entity, k Kind) map[ID]*Entity {
	picked := map[ID]*Entity{}
	for id, e := range entities {
		if e.Kind == k {
			picked[id] = e
		}
	}
	return picked
}

// differences tells what turns entities of a kind into others, as a Plan tells it.
func differences(was, is map[ID]*Entity) []Difference {
	from, to := ownersIn(was), ownersIn(is)
	var all []Difference
	tell := func(id ID, act Act, others []ID) {
		e := is[id]
		if e == nil {
			e = was[id]
		}
		all = append(all, Difference{Change{id, e.Kind, act, others}, was[id], is[id]})
	}
	for id, e := range is {
		came := elsewhere(id, e.Records(), from)
		if was[id] == nil {
			tell(id, Created, came)
			continue
		}
		left := elsewhere(id, was[id].Records(), to)
		if len(left) > 0 {
			tell(id, Split, left)
		}
		if len(came) > 0 {
			tell(id, Merged, came)
		}
		if len(left)+len(came) == 0 {
			tell(id, Updated, nil)
		}
	}
	for id, e := range was {
		if is[id] == nil {
			tell(id, Retired, elsewhere(id, e.Records(), to))
		}
	}
	slices.SortFunc(all, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(slices.Index(acts, a.Act), slices.Index(acts, b.Act)), compareIDs(a.Entity, b.Entity))
	})
	return all
}

// ownersIn gives each record its entity.
func ownersIn(entities map[ID]*Entity) map[ID]ID {
	owner := map[ID]ID{}
	for id, e := range entities {
		for _, m := range e.Members {
			owner[m.Record] = id
		}
	}
	return owner
}

// elsewhere lists the owners of records but for one, each once, the oldest record's first.
func elsewhere(id ID, records []ID, owner map[ID]ID) []ID {
	var others []ID
	for _, r := range records {
		if o := owner[r]; o != "" && o != id && !slices.Contains(others, o) {
			others = append(others, o)
		}
	}
	return others
}

// besides walks two lists in their one order; what is in both is visited together.
func besides(before, after iter.Seq[Entity], visit func(before, after *Entity)) {
	nextBefore, stopBefore := iter.Pull(before)
	defer stopBefore()
	nextAfter, stopAfter := iter.Pull(after)
	defer stopAfter()
	b, moreBefore := nextBefore()
	a, moreAfter := nextAfter()
	for moreBefore || moreAfter {
		var order int
		switch {
		case !moreAfter:
			order = -1
		case !moreBefore:
			order = 1
		default:
			order = compareEntities(&b, &a)
		}
		x, y := b, a
		switch {
		case order < 0:
			visit(&x, nil)
		case order > 0:
			visit(nil, &y)
		default:
			visit(&x, &y)
		}
		if order <= 0 {
			b, moreBefore = nextBefore()
		}
		if order >= 0 {
			a, moreAfter = nextAfter()
		}
	}
}

func compareEntities(a, b *Entity) int {
	if a.Kind != b.Kind {
		return slices.Index(Kinds[:], a.Kind) - slices.Index(Kinds[:], b.Kind)
	}
	return compareIDs(a.ID, b.ID)
}

// Records lists the records of an entity, oldest first.
func (e *Entity) Records() []ID {
	if e == nil {
		return nil
	}
	ids := make([]ID, len(e.Members))
	for i, m := range e.Members {
		ids[i] = m.Record
	}
	return ids
}

// PairsOf lists the candidate pairs within the entity of two live records of a kind or, if they
// are apart, between their entities: heaviest first.
func (e *Engine) PairsOf(a, b ID) []PairWeight {
	for _, id := range [2]ID{a, b} {
		if _, live := e.EntityOf(id); !live {
			return nil
		}
	}
	if a == b || a.Kind() != b.Kind() {
		return nil
	}
	return e.accountOf(min(a, b), max(a, b)).pairs()
}

// Bar is the weight from which on a pair of a kind is joined.
func (m *Model) Bar(k Kind) Weight { return m.bars(k).Merge }
