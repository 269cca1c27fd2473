package resolve

import (
	"maps"
	"math"
	"slices"
)

// ledger is what the engine knows a store to hold: the partition, and a digest of all else.
type ledger struct {
	entityOf map[ID]ID     // a record's entity
	members  map[ID][]ID   // an entity's records, oldest first
	entities map[ID]uint64 // an entity's digest
	links    map[ID][]held // a record's links, told on both of its ends
	restored bool          // from a store, and not compared with the records yet
}

// held is a link as one of its records sees it.
type held struct {
	other  ID
	digest uint64
}

func newLedger() ledger {
	return ledger{entityOf: map[ID]ID{}, members: map[ID][]ID{}, entities: map[ID]uint64{}, links: map[ID][]held{}}
}

// holdEntity enters an entity and tells whether it is new or other than before.
func (l *ledger) holdEntity(entity Entity) bool {
	records := make([]ID, len(entity.Members))
	for i, m := range entity.Members {
		records[i] = m.Record
		l.entityOf[m.Record] = entity.ID
	}
	l.members[entity.ID] = records
	digest := digestEntity(entity)
	before, held := l.entities[entity.ID]
	l.entities[entity.ID] = digest
	return !held || before != digest
}

func (l *ledger) dropEntity(id ID) {
	delete(l.members, id)
	delete(l.entities, id)
}

// holdLink enters a link and tells whether it is new or other than before.
func (l *ledger) holdLink(link Link) bool {
	digest := digestLink(link)
	changed := l.holdEnd(link.A, link.B, digest)
	l.holdEnd(link.B, link.A, digest)
	return changed
}

func (l *ledger) holdEnd(at, other ID, digest uint64) bool {
	for i, h := range l.links[at] {
		if h.other == other {
			l.links[at][i].digest = digest
			return h.digest != digest
		}
	}
	l.links[at] = append(l.links[at], held{other, digest})
	return true
}

func (l *ledger) dropLink(a, b ID) {
	l.dropEnd(a, b)
	l.dropEnd(b, a)
}

func (l *ledger) dropEnd(at, other ID) {
	rest := slices.DeleteFunc(l.links[at], func(h held) bool { return h.other == other })
	if l.links[at] = rest; len(rest) == 0 {
		delete(l.links, at)
	}
}

// digest sums content up, in the order in which it is told (FNV-1a; Fowler, Noll and Vo 1991).
type digest uint64

const (
	emptyDigest digest = 14695981039346656037
	digestPrime digest = 1099511628211
)

func digestEntity(e Entity) uint64 {
	d := emptyDigest
	d.text(string(e.Kind), string(e.ID), e.Name, string(e.Title))
	for _, m := range e.Members {
		d.text(string(m.Record))
		d.truth(m.Flipped)
	}
	if e.Match != nil {
		d.fields(e.Match)
	}
	for _, field := range slices.Sorted(maps.Keys(e.From)) {
		d.text(field, string(e.From[field]))
	}
	for _, field := range slices.Sorted(maps.Keys(e.Overridden)) {
		d.text("overridden", field, e.Overridden[field])
	}
	return uint64(d)
}

func digestLink(l Link) uint64 {
	d := emptyDigest
	d.text(string(l.Kind), string(l.A), string(l.B), string(l.Verdict), l.Rule)
	d.number(int64(l.Weight))
	d.lines(l.Lines)
	return uint64(d)
}

func (d *digest) lines(lines []Line) {
	d.number(int64(len(lines)))
	for i := range lines {
		l := &lines[i]
		d.text(l.Comparison, l.A, l.B, l.Level)
		d.number(int64(l.Weight))
		d.lines(l.Lines)
	}
}

func (d *digest) fields(f *Fields) {
	d.optional(f.State)
	d.optional(f.BestOf)
	d.text(f.Start.Raw, string(f.Start.Precision), string(f.Title), string(f.Tournament))
	d.number(f.Start.At.Unix())
	for _, s := range f.Sides {
		d.text(string(s.Team))
		if d.truth(s.Points != nil); s.Points != nil {
			d.number(int64(math.Float64bits(*s.Points)))
		}
		if d.truth(s.Winner != nil); s.Winner != nil {
			d.truth(*s.Winner)
		}
	}
}

func (d *digest) text(texts ...string) {
	for _, t := range texts {
		d.number(int64(len(t)))
		for i := range len(t) {
			*d = (*d ^ digest(t[i])) * digestPrime
		}
	}
}

// number takes a number in as one.
func (d *digest) number(n int64) { *d = (*d ^ digest(n)) * digestPrime }

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
