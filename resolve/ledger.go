package resolve

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
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

// settled is what one Settle looked at again: records whose cluster may be another, and
// match records whose entity may say something else.
type settled struct {
	matches map[int32]bool
	stale   map[int32]bool // among them all of matches
	rolls   map[*roll]map[int32]bool
}

// plan compares what was settled with what the store holds, and holds it for planned.
func (e *Engine) plan(s settled) Plan {
	var p Plan
	for _, k := range Kinds {
		e.planKind(&p, k, e.recordsOf(k, s))
	}
	e.planLinks(&p, s)
	e.planned.restored = false
	slices.Sort(p.Retire)
	slices.Sort(p.Detached)
	return p
}

// recordsOf lists the records of a kind that are to be planned: after a restart, all that the
// store holds and that are told no more besides.
func (e *Engine) recordsOf(k Kind, s settled) []ID {
	var ids []ID
	if l := e.roll(k); l != nil {
		for r := range s.rolls[l] {
			ids = append(ids, l.records[r].id)
		}
	} else {
		for r := range s.stale {
			ids = append(ids, e.matches[r].told.ID)
		}
	}
	if e.planned.restored {
		for id := range e.planned.entityOf {
			if _, live := e.EntityOf(id); !live && id.Kind() == k {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// planKind plans the entities that some records of a kind are in, or were.
func (e *Engine) planKind(p *Plan, k Kind, records []ID) {
	before, after := e.partitions(records)
	p.Detached = append(p.Detached, e.detach(before, ownerOf(after))...)
	differs := map[ID]bool{}
	for _, id := range slices.Sorted(maps.Keys(after)) {
		entity := e.entity(k, e.headOf(id))
		if differs[id] = e.planned.holdEntity(entity); differs[id] {
			p.Put = append(p.Put, entity)
		}
	}
	for id := range before {
		if _, stays := after[id]; !stays {
			p.Retire = append(p.Retire, id)
			e.planned.dropEntity(id)
		}
	}
	p.Changes = append(p.Changes, changes(k, before, after, differs)...)
}

// partitions gives the entities that some records are in, as held and as they are now, with
// all of their records.
func (e *Engine) partitions(records []ID) (map[ID][]ID, map[ID][]ID) {
	before, after := map[ID][]ID{}, map[ID][]ID{}
	for _, record := range records {
		if from, held := e.planned.entityOf[record]; held {
			before[from] = e.planned.members[from]
		}
		if to, live := e.EntityOf(record); live && after[to] == nil {
			after[to] = e.membersOf(to)
		}
	}
	return before, after
}

// detach forgets the records that have an owner no more, and lists them.
func (e *Engine) detach(before map[ID][]ID, owner map[ID]ID) []ID {
	var detached []ID
	for _, records := range before {
		for _, record := range records {
			if _, owned := owner[record]; !owned {
				detached = append(detached, record)
				delete(e.planned.entityOf, record)
			}
		}
	}
	return detached
}

// headOf gives the number of a record of any kind.
func (e *Engine) headOf(id ID) int32 {
	if l := e.roll(id.Kind()); l != nil {
		return l.index[id]
	}
	return e.index[id]
}

// membersOf lists the records of an entity, oldest first.
func (e *Engine) membersOf(id ID) []ID {
	var ids []ID
	if l := e.roll(id.Kind()); l != nil {
		for _, r := range l.records[l.index[id]].members {
			ids = append(ids, l.records[r].id)
		}
		return ids
	}
	for _, r := range e.matches[e.index[id]].members {
		ids = append(ids, e.matches[r].told.ID)
	}
	return ids
}

// planLinks plans the links of the records that were settled.
func (e *Engine) planLinks(p *Plan, s settled) {
	now := map[Pair]bool{}
	tell := func(link Link) {
		pair := Pair{link.A, link.B}
		if now[pair] {
			return
		}
		now[pair] = true
		if e.planned.holdLink(link) {
			p.Link = append(p.Link, link)
		}
	}
	for r := range s.matches {
		e.linksOfMatch(r, tell)
	}
	for l, records := range s.rolls {
		for r := range records {
			e.linksOfNamed(l, r, tell)
		}
	}
	e.unlink(p, s, now)
	slices.SortFunc(p.Link, func(a, b Link) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	slices.SortFunc(p.Unlink, func(a, b Pair) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
}

// unlink drops the links held of settled records that are not among those told now.
func (e *Engine) unlink(p *Plan, s settled, now map[Pair]bool) {
	var gone []Pair
	check := func(record ID) {
		for _, h := range e.planned.links[record] {
			if pair := (Pair{min(record, h.other), max(record, h.other)}); !now[pair] {
				gone = append(gone, pair)
			}
		}
	}
	for r := range s.matches {
		check(e.matches[r].told.ID)
	}
	for l, records := range s.rolls {
		for r := range records {
			check(l.records[r].id)
		}
	}
	if e.planned.restored {
		for record := range e.planned.links {
			check(record)
		}
	}
	slices.SortFunc(gone, func(a, b Pair) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	p.Unlink = slices.Compact(gone)
	for _, pair := range p.Unlink {
		e.planned.dropLink(pair.A, pair.B)
	}
}

// digest sums content up, in the order in which it is told (FNV-1a).
type digest struct {
	sum interface{ Write([]byte) (int, error) }
}

func digestEntity(e Entity) uint64 {
	h := fnv.New64a()
	d := digest{h}
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
	return h.Sum64()
}

func digestLink(l Link) uint64 {
	h := fnv.New64a()
	d := digest{h}
	d.text(string(l.Kind), string(l.A), string(l.B), string(l.Verdict), l.Rule)
	d.number(int64(l.Weight))
	d.lines(l.Lines)
	return h.Sum64()
}

func (d digest) lines(lines []Line) {
	d.number(int64(len(lines)))
	for _, l := range lines {
		d.text(l.Comparison, l.A, l.B, l.Level)
		d.number(int64(l.Weight))
		d.lines(l.Lines)
	}
}

func (d digest) fields(f *Fields) {
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

func (d digest) text(texts ...string) {
	for _, t := range texts {
		d.number(int64(len(t)))
		d.sum.Write([]byte(t))
	}
}

func (d digest) number(n int64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(n))
	d.sum.Write(b[:])
}

func (d digest) optional(n *int) {
	if d.truth(n != nil); n != nil {
		d.number(int64(*n))
	}
}

func (d digest) truth(t bool) {
	if t {
		d.number(1)
	} else {
		d.number(0)
	}
}
