package eval

import (
	"iter"

	"umpire/resolve"
)

// Mistake is a pair of records that the engine got wrong: joined, and not one in truth, or
// the other way round.
type Mistake struct {
	Kind  resolve.Kind
	A, B  resolve.ID // A is told before B
	False bool       // it was joined
}

// Mistakes yields every pair of records of a kind that the truth knows otherwise: the false
// ones cluster by cluster, then the missed ones entity by entity. A record in no entity is alone.
func Mistakes(kind resolve.Kind, entityOf func(resolve.ID) (resolve.ID, bool), truth Known) iter.Seq[Mistake] {
	joined := func(id resolve.ID) string {
		if entity, found := entityOf(id); found {
			return string(entity)
		}
		return string(id)
	}
	one := func(id resolve.ID) string { return truth.entity[id] }
	return func(yield func(Mistake) bool) {
		for a, b := range split(truth.of(kind), joined, one) {
			if !yield(Mistake{kind, a, b, true}) {
				return
			}
		}
		for a, b := range split(truth.of(kind), one, joined) {
			if !yield(Mistake{kind, a, b, false}) {
				return
			}
		}
	}
}

// split yields the pairs that are in one group by the first partition, in two by the second.
func split(ids []resolve.ID, first, second func(resolve.ID) string) iter.Seq2[resolve.ID, resolve.ID] {
	return func(yield func(a, b resolve.ID) bool) {
		for _, group := range grouped(ids, first) {
			for i, a := range group {
				for _, b := range group[i+1:] {
					if second(a) != second(b) && !yield(a, b) {
						return
					}
				}
			}
		}
	}
}

// grouped gathers ids, both groups and ids in the order in which they come.
func grouped(ids []resolve.ID, by func(resolve.ID) string) [][]resolve.ID {
	var groups [][]resolve.ID
	at := map[string]int{}
	for _, id := range ids {
		key := by(id)
		i, found := at[key]
		if !found {
			i = len(groups)
			at[key], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], id)
	}
	return groups
}

// of lists the records of a kind.
func (k Known) of(kind resolve.Kind) []resolve.ID {
	var ids []resolve.ID
	for _, id := range k.ids {
		if id.Kind() == kind {
			ids = append(ids, id)
		}
	}
	return ids
}

// Suggestions is what the engine asks people about in one kind, and what that is worth.
type Suggestions struct {
	Kind      resolve.Kind
	Suggested int // pairs of records that are suggested
	Known     int // of those, the ones of which the truth knows both records
	Right     int // of those, the ones that are one
	Merged    int // pairs of records that are joined
	Errors    int // pairs that the truth knows otherwise
	Within    int // of those, the ones that a suggestion would mend: their entities are suggested to be one
}

// Add counts what is suggested of a kind among links, and the mistakes within. It may be called for
// several streams, which are pooled.
func (s *Suggestions) Add(entities iter.Seq[resolve.Entity], links []resolve.Link, truth Known) {
	owner := map[resolve.ID]resolve.ID{}
	for e := range entities {
		if e.Kind == s.Kind {
			s.Merged += len(e.Members) * (len(e.Members) - 1) / 2
			for _, m := range e.Members {
				owner[m.Record] = e.ID
			}
		}
	}
	between := map[resolve.Pair]bool{} // entities
	for _, l := range links {
		if l.Kind == s.Kind && l.Verdict == resolve.Suggested {
			s.count(truth.Same(l.A, l.B))
			between[pairOf(owner[l.A], owner[l.B])] = true
		}
	}
	entityOf := func(id resolve.ID) (resolve.ID, bool) { e, found := owner[id]; return e, found }
	for m := range Mistakes(s.Kind, entityOf, truth) {
		s.Errors++
		if between[pairOf(owner[m.A], owner[m.B])] {
			s.Within++
		}
	}
}

func (s *Suggestions) count(one, known bool) {
	s.Suggested++
	if known {
		s.Known++
	}
	if one {
		s.Right++
	}
}

func pairOf(a, b resolve.ID) resolve.Pair { return resolve.Pair{A: min(a, b), B: max(a, b)} }
