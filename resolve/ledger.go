package resolve

import (
	"iter"
	"maps"
	"math"
	"math/bits"
	"slices"
)

// ledger is what the engine knows a store to hold of one kind, by the numbers of its records:
// the partition, and a digest of all else.
type ledger struct {
	roll          *roll // nil: of matches
	holdings      list[holding]
	before, after marks   // entities that are planned, within a plan
	room          []group // for these
}

// holding is what is held of one record.
type holding struct {
	head   int32  // the record that its entity is called by; none: it is in no entity
	next   int32  // the next oldest of that entity; none: it is the youngest
	digest digest // of the entity that is called by it
	links  []held // told on both of their ends
}

// held is a link as one of its records sees it.
type held struct {
	other  int32
	round  int32 // of Settle, in which it was told last
	digest digest
}

// at gives what is held of a record.
func (l *ledger) at(r int32) *holding {
	for l.holdings.n <= r {
		l.holdings.add(holding{head: none, next: none})
	}
	return l.holdings.at(r)
}

// group is an entity, called by its oldest record, with its records, oldest first.
type group struct {
	head    int32
	records []int32
	digest  digest // as it is held
	differs bool   // from that
}

// members yields the records of an entity that is held, oldest first.
func (l *ledger) members(head int32) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for r := head; r != none && yield(r); r = l.at(r).next {
		}
	}
}

// hold enters an entity's records.
func (l *ledger) hold(g group) {
	next := none
	for _, r := range slices.Backward(g.records) {
		h := l.at(r)
		h.head, h.next, next = g.head, next, r
	}
}

// link finds a link that is held at a record, nil if it is not.
func (l *ledger) link(at, other int32) *held {
	h := l.at(at)
	if i := slices.IndexFunc(h.links, func(x held) bool { return x.other == other }); i >= 0 {
		return &h.links[i]
	}
	return nil
}

// holdLink enters a link.
func (l *ledger) holdLink(x, y, round int32, d digest) {
	for range 2 {
		if told := l.link(x, y); told != nil {
			told.round, told.digest = round, d
		} else {
			h := l.at(x)
			h.links = append(h.links, held{y, round, d})
		}
		x, y = y, x
	}
}

func (l *ledger) dropLink(x, y int32) {
	for range 2 {
		h := l.at(x)
		h.links = slices.DeleteFunc(h.links, func(t held) bool { return t.other == y })
		if len(h.links) == 0 {
			h.links = nil
		}
		x, y = y, x
	}
}

// digest sums content up, in the order in which it is told, by multiplying and folding
// (Wang Yi's wyhash, 2019).
type digest uint64

// emptyDigest is the digest of nothing. Stores keep digests: it has to be another one when the
// same findings are told in other words, so that what is written is written anew.
const emptyDigest digest = 0xa0761d6478bd642f

// digestFactor is odd, and its bits have no order.
const digestFactor = 0xe7037ed1a0b428db

func digestEntity(e Entity) digest {
	d := emptyDigest
	d.text(string(e.Kind), string(e.ID), e.Name, string(e.Title))
	for _, m := range e.Members {
		d.text(string(m.Record))
		d.truth(m.Flipped)
	}
	if e.Match != nil {
		d.fields(e.Match)
	}
	d.text(string(e.From["name"]))
	for _, f := range survivors {
		d.text(string(e.From[f.name]))
	}
	for _, field := range slices.Sorted(maps.Keys(e.Overridden)) {
		d.text("overridden", field, e.Overridden[field])
	}
	return d
}

func (d *digest) fields(f *Fields) {
	d.optional(f.State)
	d.optional(f.BestOf)
	d.text(f.Start.Raw, string(f.Start.Precision), string(f.Title), string(f.Tournament))
	d.number(f.Start.At.Unix())
	for i := range f.Sides {
		s := &f.Sides[i]
		d.text(string(s.Team))
		d.score(s.Points, s.Winner)
	}
}

func (d *digest) score(points *float64, winner *bool) {
	if d.truth(points != nil); points != nil {
		d.number(int64(math.Float64bits(*points)))
	}
	if d.truth(winner != nil); winner != nil {
		d.truth(*winner)
	}
}

// text takes texts in by eight letters.
func (d *digest) text(texts ...string) {
	for _, t := range texts {
		d.number(int64(len(t)))
		for ; len(t) >= 8; t = t[8:] {
			d.number(int64(t[0]) | int64(t[1])<<8 | int64(t[2])<<16 | int64(t[3])<<24 |
				int64(t[4])<<32 | int64(t[5])<<40 | int64(t[6])<<48 | int64(t[7])<<56)
		}
		if len(t) > 0 {
			rest := int64(0)
			for i := range len(t) {
				rest = rest<<8 | int64(t[i])
			}
			d.number(rest)
		}
	}
}

// number takes a number in as one.
func (d *digest) number(n int64) {
	high, low := bits.Mul64(uint64(*d)^uint64(n), digestFactor)
	*d = digest(high ^ low)
}

// numbers takes small numbers in.
func (d *digest) numbers(numbers ...int32) {
	for _, n := range numbers {
		d.number(int64(n))
	}
}

func (d *digest) optional(n *int) {
	if d.truth(n != nil); n != nil {
		d.number(int64(*n))
	}
}

func (d *digest) truth(t bool) {
	if t {
		d.number(1)
	} else {
		d.number(0)
	}
}
