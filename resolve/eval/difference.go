package eval

import (
	"cmp"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"umpire/resolve"
)

// DifferenceError says that an outcome is not what it is to be.
type DifferenceError struct {
	Order, At, Of int    // which order, from 1, and after how many of how many events
	Again         bool   // it is the first order, played again
	One, Other    string // what is compared
	Findings      []Finding
}

// Finding is one way in which two outcomes differ.
type Finding struct {
	What  string // "weights", "partition", "links", "entities", "mirror", "restart"
	Count int    // of pairs, entities and so on
	First string // the first of them, over several lines
}

// Error tells it in one line; Findings tells all.
func (d *DifferenceError) Error() string {
	var what []string
	for _, f := range d.Findings {
		what = append(what, f.What)
	}
	again := ""
	if d.Again {
		again = ", played again"
	}
	return fmt.Sprintf("order %d%s, after %d of %d events: %s and %s differ in %s", d.Order, again, d.At, d.Of, d.One, d.Other, strings.Join(what, ", "))
}

// differs returns the findings that found something as an error.
func (p *play) differs(at int, one, other string, findings ...Finding) error {
	found := slices.DeleteFunc(findings, func(f Finding) bool { return f.Count == 0 })
	if len(found) == 0 {
		return nil
	}
	return &DifferenceError{Order: p.order, At: at, Of: len(p.log), Again: p.again, One: one, Other: other, Findings: found}
}

// outcomes compares what does not depend on when records came: weights, partition and links.
func outcomes(one, other iter.Seq[resolve.Weighing], a, b mirror, describe func(resolve.ID) string) []Finding {
	return []Finding{weights(one, other, describe), partition(a.entities, b.entities, describe), links(a.links, b.links, describe)}
}

// weights compares two engines' weights bit by bit.
func weights(one, other iter.Seq[resolve.Weighing], describe func(resolve.ID) string) Finding {
	if alike(one, other) {
		return Finding{}
	}
	a, b := weighings(one), weighings(other)
	var found []resolve.Pair
	for pair := range union(a, b) {
		if stratum(a, b, pair) < same {
			found = append(found, pair)
		}
	}
	if len(found) == 0 {
		return Finding{"weights", 1, "the same, in another order"}
	}
	first := slices.MinFunc(found, func(x, y resolve.Pair) int { // what went wrong first made others go wrong
		return cmp.Or(cmp.Compare(stratum(a, b, x), stratum(a, b, y)), comparePairs(x, y))
	})
	tell := func(m map[resolve.Pair]resolve.Weighing) string {
		w, found := m[first]
		if !found {
			return "no candidate pair"
		}
		return fmt.Sprintf("%+.4f %+.4f %+.4f bits, probability %.17g", w.Weights[0].Bits(), w.Weights[1].Bits(), w.Weights[2].Bits(), w.Probability)
	}
	return Finding{"weights", len(found), describe(first.A) + "\n" + describe(first.B) + "\n" + both(tell(a), tell(b))}
}

// alike tells whether two engines weigh the same pairs, in the same order, to the same bits.
func alike(one, other iter.Seq[resolve.Weighing]) bool {
	next, stop := iter.Pull(other)
	defer stop()
	for x := range one {
		if y, more := next(); !more || !sameBits(x, y) {
			return false
		}
	}
	_, more := next()
	return !more
}

func sameBits(x, y resolve.Weighing) bool {
	p, q := math.Float64bits(x.Probability), math.Float64bits(y.Probability)
	x.Probability, y.Probability = 0, 0
	return x == y && p == q
}

// same is the stratum of a pair in which nothing differs: one after the last, and after the
// probability.
const same = len(resolve.Weighing{}.Weights) + 1

// stratum is the first in which a pair weighs otherwise; -1 if only one engine weighs it.
func stratum(a, b map[resolve.Pair]resolve.Weighing, pair resolve.Pair) int {
	x, foundA := a[pair]
	y, foundB := b[pair]
	if foundA != foundB {
		return -1
	}
	for i := range x.Weights {
		if x.Weights[i] != y.Weights[i] {
			return i
		}
	}
	if !sameBits(x, y) {
		return same - 1
	}
	return same
}

func weighings(all iter.Seq[resolve.Weighing]) map[resolve.Pair]resolve.Weighing {
	m := map[resolve.Pair]resolve.Weighing{}
	for w := range all {
		m[resolve.Pair{A: w.A, B: w.B}] = w
	}
	return m
}

// partition compares which records are together, whatever their entities are called.
func partition(a, b map[resolve.ID]resolve.Entity, describe func(resolve.ID) string) Finding {
	of := make(map[resolve.ID]resolve.ID, len(b)*2)
	for id, e := range b {
		for _, m := range e.Members {
			of[m.Record] = id
		}
	}
	var found []resolve.ID
	records := 0
	for id, e := range a {
		other := of[e.Members[0].Record]
		records += len(e.Members)
		if len(b[other].Members) != len(e.Members) || slices.ContainsFunc(e.Members, func(m resolve.Member) bool { return of[m.Record] != other }) {
			found = append(found, id)
		}
	}
	if len(found) == 0 && records == len(of) {
		return Finding{}
	}
	if len(found) == 0 {
		return Finding{"partition", len(of) - records, fmt.Sprintf("%d records against %d", records, len(of))}
	}
	first := a[slices.MinFunc(found, compareIDs)]
	tell := func(e resolve.Entity) string { return together(e, describe) }
	return Finding{"partition", len(found), both(tell(first), tell(b[of[first.Members[0].Record]]))}
}

// together tells the records of an entity.
func together(e resolve.Entity, describe func(resolve.ID) string) string {
	var told []string
	for _, m := range e.Members {
		told = append(told, describe(m.Record))
	}
	slices.Sort(told)
	if len(told) == 0 {
		return "in no entity"
	}
	return "together: " + strings.Join(told, "; ")
}

// links compares the pairs that are kept, to the last line of their evidence.
func links(a, b map[resolve.Pair]resolve.Link, describe func(resolve.ID) string) Finding {
	found := unequal(a, b)
	if len(found) == 0 {
		return Finding{}
	}
	first := slices.MinFunc(found, comparePairs)
	tell := func(m map[resolve.Pair]resolve.Link) string {
		l, found := m[first]
		if !found {
			return "no link"
		}
		return written(l)
	}
	return Finding{"links", len(found), describe(first.A) + "\n" + describe(first.B) + "\n" + both(tell(a), tell(b))}
}

// entities compares entities, their ids and all that they say.
func entities(a, b map[resolve.ID]resolve.Entity) Finding {
	found := unequal(a, b)
	if len(found) == 0 {
		return Finding{}
	}
	first := slices.MinFunc(found, compareIDs)
	tell := func(m map[resolve.ID]resolve.Entity) string {
		e, found := m[first]
		if !found {
			return "no entity " + string(first)
		}
		return written(e)
	}
	return Finding{"entities", len(found), both(tell(a), tell(b))}
}

// mirrored compares what the plans built with what the engine tells.
func mirrored(store map[resolve.ID]resolve.Entity, engine iter.Seq[resolve.Entity]) Finding {
	told := make(map[resolve.ID]resolve.Entity, len(store))
	for e := range engine {
		told[e.ID] = e
	}
	f := entities(store, told)
	if f.Count > 0 {
		f.What = "mirror"
	}
	return f
}

// unequal lists the keys at which two maps differ.
func unequal[K comparable, V any](a, b map[K]V) []K {
	var found []K
	for k := range union(a, b) {
		x, foundA := a[k]
		y, foundB := b[k]
		if foundA != foundB || !reflect.DeepEqual(x, y) {
			found = append(found, k)
		}
	}
	return found
}

// union yields the keys of two maps, each once.
func union[K comparable, V any](a, b map[K]V) iter.Seq[K] {
	return func(yield func(K) bool) {
		for k := range a {
			if !yield(k) {
				return
			}
		}
		for k := range b {
			if _, had := a[k]; !had && !yield(k) {
				return
			}
		}
	}
}

// planned finds fault with a plan that is to change nothing.
func planned(p resolve.Plan) Finding {
	var first string
	switch {
	case len(p.Put) > 0:
		first = "puts " + written(p.Put[0])
	case len(p.Link) > 0:
		first = "links " + written(p.Link[0])
	default:
		first = fmt.Sprint("retires ", p.Retire, ", unlinks ", p.Unlink, ", detaches ", p.Detached)
	}
	return Finding{"restart", len(p.Put) + len(p.Link) + len(p.Retire) + len(p.Unlink) + len(p.Detached), first}
}

// both sets two outcomes below each other.
func both(one, other string) string { return "- " + one + "\n+ " + other }

// written tells any value in full.
func written(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%+v", v)
	}
	return string(text)
}

func compareIDs(a, b resolve.ID) int {
	return cmp.Or(cmp.Compare(slices.Index(resolve.Kinds[:], a.Kind()), slices.Index(resolve.Kinds[:], b.Kind())), cmp.Compare(a, b))
}

func comparePairs(x, y resolve.Pair) int {
	return cmp.Or(compareIDs(x.A, y.A), compareIDs(x.B, y.B))
}

// ordered yields a map's values in the order of its keys.
func ordered[K comparable, V any](m map[K]V, compare func(a, b K) int) iter.Seq[V] {
	return func(yield func(V) bool) {
		for _, k := range slices.SortedFunc(maps.Keys(m), compare) {
			if !yield(m[k]) {
				return
			}
		}
	}
}

// describe tells a record in words; it looks for it in all that is told now.
func (p *play) describe(id resolve.ID) string {
	if m, live := p.shelf.records[id]; live {
		return fmt.Sprintf("%s match %s, %s, %s – %s (%s)", m.Key.Source, m.Key.ID, m.Start.Raw, m.Sides[0].Team.Name, m.Sides[1].Team.Name, id)
	}
	for _, m := range p.shelf.records {
		for _, n := range [...]*resolve.Named{m.Title, m.Tournament, &m.Sides[0].Team, &m.Sides[1].Team} {
			if n != nil && n.ID == id {
				return fmt.Sprintf("%s %s %s, %s (%s)", n.Key.Source, id.Kind(), n.Key.ID, n.Name, id)
			}
		}
	}
	return string(id)
}
