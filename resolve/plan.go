package resolve

import (
	"cmp"
	"maps"
	"slices"
)

// Weight is a match weight in sixteenths of a bit (log2 of a Bayes factor). Integers,
// so that a sum does not depend on the order of its terms.
type Weight int32

// Bit is one bit of evidence.
const Bit Weight = 16

// Bits gives the weight in bits.
func (w Weight) Bits() float64 { return float64(w) / float64(Bit) }

// Line is one line of evidence: a comparison, both values as told, the level at
// which they agree or differ, and what that is worth.
type Line struct {
	Comparison string `json:"comparison"`        // such as "team 1", "start", "score", "votes", "guard"
	A          string `json:"a,omitempty"`       // the value of the link's A
	B          string `json:"b,omitempty"`       // the value of the link's B
	Level      string `json:"level"`             // such as "exact", "all tokens but common ones"
	Weight     Weight `json:"weight"`            // sixteenths of a bit
	Lines      []Line `json:"lines,omitempty"`   // its own sum, where the weight is itself a result
	Records    []ID   `json:"records,omitempty"` // of a vote, that only Why tells: the match of A's and the one of B's that it rests on
}

// Verdict is what became of a candidate pair.
type Verdict string

// Joined pairs are in one entity. Suggested pairs are not, and the evidence neither
// joins nor parts them. Refused pairs had the weight but a rule kept them apart.
const (
	Joined    Verdict = "joined"
	Suggested Verdict = "suggested"
	Refused   Verdict = "refused"
)

// Link is a candidate pair of records that is worth keeping, A < B.
type Link struct {
	Kind    Kind
	A, B    ID
	Weight  Weight // the sum of Lines, to the last bit
	Verdict Verdict
	Rule    string // why a Refused or Suggested pair was not joined
	Lines   []Line
}

// Fields is what a match entity says, each field chosen from one of its records
// (survivorship). Sides are in the order of the oldest record.
type Fields struct {
	State      *int
	BestOf     *int
	Start      Time
	Title      ID // of the title entity; "" if no record tells one
	Tournament ID
	Sides      [2]SideFields
}

// SideFields is one side of a match entity.
type SideFields struct {
	Team   ID // of the team entity
	Points *float64
	Winner *bool
}

// Entity is a cluster of records with its canonical fields.
type Entity struct {
	Kind    Kind
	ID      ID       // of its oldest record
	Members []Member // oldest first; never empty
	Name    string   // of a title, tournament or team
	Title   ID       // of a tournament or team: its title's entity, or ""
	Match   *Fields  // of a match
	// From says for each canonical field which record it came from. Keys: "name"; for a
	// match "state", "best_of", "start", "title", "tournament", "teams", "score".
	From map[string]ID
	// Overridden has for each field that is set by hand the text that this hides; From is of
	// what is hidden.
	Overridden map[string]string
}

// Member is a record within an entity.
type Member struct {
	Record ID
	// Flipped is set for a match record whose side 1 is the entity's side 2.
	Flipped bool
}

// Act is what happened to an entity.
type Act string

// The acts. Merged and Split are told on the id that stays; Retired on the one that goes.
const (
	Created Act = "created" // a new entity; Others: the entities that its records came from, if any (a split)
	Updated Act = "updated" // its fields or records changed, and no other entity is concerned
	Merged  Act = "merged"  // records of the entities in Others joined it
	Split   Act = "split"   // records left it for the entities in Others
	Retired Act = "retired" // it is no more; Others: its heirs, oldest record's first; none if its records were withdrawn
)

// Change is one thing that a plan does to one entity. One entity may have several in a
// plan (it loses one record and gains another), each told apart.
type Change struct {
	Entity ID
	Kind   Kind
	Act    Act
	Others []ID
}

// Plan is what settling changes: enough to bring a store, or a client's copy, from the
// partition before to the one after. Applying a plan twice changes nothing more.
type Plan struct {
	Put      []Entity // new or changed, in order of Kinds, then of ID
	Retire   []ID     // entities that are no more
	Changes  []Change // in the order in which to tell them
	Link     []Link   // links that are new or changed
	Unlink   []Pair   // links that are no more
	Detached []ID     // records that are in no entity now: withdrawn, or told by no live match
}

// Pair is two records of one kind, A < B.
type Pair struct{ A, B ID }

// Empty reports whether the plan changes nothing.
func (p Plan) Empty() bool {
	return len(p.Put) == 0 && len(p.Retire) == 0 && len(p.Link) == 0 && len(p.Unlink) == 0 && len(p.Detached) == 0
}

// settled is what one Settle looked at again, besides the records of rolls: records whose cluster may be another, and
// match records whose entity may say something else.
type settled struct {
	matches marks
	stale   marks // among them all of matches
}

// plan compares what was settled with what the store holds, and holds it for planned.
func (e *Engine) plan() Plan {
	var p Plan
	for _, k := range Kinds {
		e.planKind(&p, k, e.recordsOf(k))
	}
	e.planLinks(&p)
	e.planned.restored = false
	slices.Sort(p.Retire)
	slices.Sort(p.Detached)
	return p
}

// recordsOf lists the records of a kind that are to be planned: after a restart, all that the
// store holds and that are told no more besides.
func (e *Engine) recordsOf(k Kind) []ID {
	var ids []ID
	if l := e.roll(k); l != nil {
		for _, r := range l.settled.list {
			ids = append(ids, l.records[r].id)
		}
	} else {
		for _, r := range e.settled.stale.list {
			ids = append(ids, e.matches[r].told.id)
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
		ids = append(ids, e.matches[r].told.id)
	}
	return ids
}

// planLinks plans the links of the records that were settled.
func (e *Engine) planLinks(p *Plan) {
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
	for _, r := range e.settled.matches.list {
		e.linksOfMatch(r, tell)
	}
	for _, l := range e.rolls() {
		for _, r := range l.settled.list {
			e.linksOfNamed(l, r, tell)
		}
	}
	e.unlink(p, now)
	slices.SortFunc(p.Link, func(a, b Link) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	slices.SortFunc(p.Unlink, func(a, b Pair) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
}

// unlink drops the links held of settled records that are not among those told now.
func (e *Engine) unlink(p *Plan, now map[Pair]bool) {
	var gone []Pair
	check := func(record ID) {
		for _, h := range e.planned.links[record] {
			if pair := (Pair{min(record, h.other), max(record, h.other)}); !now[pair] {
				gone = append(gone, pair)
			}
		}
	}
	for _, r := range e.settled.matches.list {
		check(e.matches[r].told.id)
	}
	for _, l := range e.rolls() {
		for _, r := range l.settled.list {
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

// changes tells what turns one partition of some records into another. Both map entities to
// their records, oldest first; a record that only the first has is withdrawn, one that only
// the second has is new. differs tells which of the entities that stay say something else.
// The order is that of the acts, then of ids.
func changes(kind Kind, before, after map[ID][]ID, differs map[ID]bool) []Change {
	from, to := ownerOf(before), ownerOf(after)
	var list []Change
	tell := func(entity ID, act Act, others []ID) {
		list = append(list, Change{Entity: entity, Kind: kind, Act: act, Others: others})
	}
	for id, records := range after {
		came := othersOf(id, records, from)
		if _, stayed := before[id]; !stayed {
			tell(id, Created, came)
			continue
		}
		left := othersOf(id, before[id], to)
		if len(left) > 0 {
			tell(id, Split, left)
		}
		if len(came) > 0 {
			tell(id, Merged, came)
		}
		if len(left)+len(came) == 0 && differs[id] {
			tell(id, Updated, nil)
		}
	}
	for id, records := range before {
		if _, stays := after[id]; !stays {
			tell(id, Retired, othersOf(id, records, to))
		}
	}
	slices.SortFunc(list, func(a, b Change) int {
		return cmp.Or(cmp.Compare(slices.Index(acts, a.Act), slices.Index(acts, b.Act)), cmp.Compare(a.Entity, b.Entity))
	})
	return list
}

// acts lists the acts in the order in which a plan tells them: what is new before what is
// taken from it, and what retires last.
var acts = []Act{Created, Split, Merged, Updated, Retired}

// ownerOf turns a partition round: each record's entity.
func ownerOf(partition map[ID][]ID) map[ID]ID {
	owner := map[ID]ID{}
	for id, records := range partition {
		for _, r := range records {
			owner[r] = id
		}
	}
	return owner
}

// othersOf lists the owners of some records but for one, each once, the first record's first.
func othersOf(id ID, records []ID, owner map[ID]ID) []ID {
	var others []ID
	for _, r := range records {
		if o, owned := owner[r]; owned && o != id && !slices.Contains(others, o) {
			others = append(others, o)
		}
	}
	return others
}
