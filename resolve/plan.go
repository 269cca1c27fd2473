package resolve

import (
	"cmp"
	"iter"
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
	Digest  int64 // sums up all this
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
	Digest     int64 // sums up all this
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
	for i := range e.planned {
		l := &e.planned[i]
		e.recallGone(l)
		e.planEntities(&p, l)
		e.planLinks(&p, l)
	}
	e.restored = false
	slices.Sort(p.Retire)
	slices.Sort(p.Detached)
	slices.SortFunc(p.Link, func(a, b Link) int { return cmp.Or(compareIDs(a.A, b.A), compareIDs(a.B, b.B)) })
	slices.SortFunc(p.Unlink, func(a, b Pair) int { return cmp.Or(compareIDs(a.A, b.A), compareIDs(a.B, b.B)) })
	return p
}

// recallGone settles, after a restart, the records that the store holds and that are told no more.
func (e *Engine) recallGone(l *ledger) {
	if !e.restored {
		return
	}
	for r := range l.holdings.n {
		switch {
		case e.owner(l.roll, r) != none:
		case l.roll != nil:
			l.roll.settled.add(r)
		default:
			e.settled.matches.add(r)
			e.settled.stale.add(r)
		}
	}
}

// planEntities plans the entities that the settled records are in, or were.
func (e *Engine) planEntities(p *Plan, l *ledger) {
	before, after := e.groups(l)
	for entity := range shared(e, len(after), func(e *Engine, i int, tell func(Entity)) { e.compare(l, &after[i], tell) }) {
		p.Put = append(p.Put, entity)
	}
	for _, c := range l.changes(before, after, func(r int32) int32 { return e.owner(l.roll, r) }) {
		p.Changes = append(p.Changes, Change{e.id(l.roll, c.entity), kindOf(l.roll), c.act, e.ids(l.roll, c.others)})
	}
	for _, head := range before {
		if e.owner(l.roll, head) != head {
			p.Retire = append(p.Retire, e.id(l.roll, head))
			l.at(head).digest = 0
		}
		for r := range l.members(head) {
			if e.owner(l.roll, r) == none {
				p.Detached = append(p.Detached, e.id(l.roll, r))
				l.at(r).head = none
			}
		}
	}
	for _, g := range after {
		l.hold(g)
		l.at(g.head).digest = g.digest
	}
}

// groups gives the entities that the settled records are in, as held by their heads, and as they
// are now; each in order of their ids.
func (e *Engine) groups(l *ledger) ([]int32, []group) {
	visit := func(records []int32) {
		for _, r := range records {
			if head := l.at(r).head; head != none {
				l.before.add(head)
			}
			if head := e.owner(l.roll, r); head != none {
				l.after.add(head)
			}
		}
	}
	if l.roll != nil {
		visit(l.roll.settled.list)
		visit(l.roll.grown.list)
	} else {
		visit(e.settled.stale.list)
	}
	byID := func(x, y int32) int { return compareIDs(e.id(l.roll, x), e.id(l.roll, y)) }
	before, heads := l.before.take(), l.after.take()
	slices.SortFunc(before, byID)
	slices.SortFunc(heads, byID)
	after := l.room[:0]
	for _, head := range heads {
		after = append(after, group{head: head, records: e.members(l.roll, head), digest: l.at(head).digest})
	}
	l.room = after
	return before, after
}

// compare tells an entity that says something else than it is held to say.
func (e *Engine) compare(l *ledger, g *group, tell func(Entity)) {
	now := e.digest(l.roll, g.head)
	if g.differs = now != g.digest; g.differs {
		g.digest = now
		entity := e.entity(l.roll, g.head)
		entity.Digest = int64(now)
		tell(entity)
	}
}

// planLinks plans the links of the settled records, and drops those that are told no more.
func (e *Engine) planLinks(p *Plan, l *ledger) {
	settled := &e.settled.matches
	if l.roll != nil {
		settled = &l.roll.settled
	}
	var differ []said
	for s := range shared(e, len(settled.list), func(e *Engine, i int, tell func(said)) { e.say(l, settled, settled.list[i], tell) }) {
		told := l.link(s.x, s.y)
		if told != nil && told.round == e.round {
			continue
		}
		if s.e = e; !s.digested {
			s.digest = s.judged.digest()
		}
		if told == nil || told.digest != s.digest {
			differ = append(differ, s)
		}
		l.holdLink(s.x, s.y, e.round, s.digest)
	}
	p.Link = append(p.Link, make([]Link, len(differ))...)
	links := p.Link[len(p.Link)-len(differ):]
	e.share(len(differ), func(e *Engine, _, from, to int) {
		for i := from; i < to; i++ {
			differ[i].e = e
			links[i] = differ[i].link()
			links[i].Digest = int64(differ[i].digest)
		}
	})
	for _, r := range settled.list {
		for i := 0; i < len(l.at(r).links); {
			if h := l.at(r).links[i]; h.round != e.round {
				x, y := e.id(l.roll, r), e.id(l.roll, h.other)
				p.Unlink = append(p.Unlink, Pair{min(x, y), max(x, y)})
				l.dropLink(r, h.other)
			} else {
				i++
			}
		}
	}
}

// said is a link with a digest of what it says.
type said struct {
	judged
	digested bool
	digest   digest
}

// say tells the links of a record. Of two records that are both settled the other has digested it.
func (e *Engine) say(l *ledger, settled *marks, r int32, tell func(said)) {
	e.linksOf(l.roll, r, func(j judged) {
		s := said{judged: j}
		if r == j.x || !settled.has(j.x) {
			s.digested, s.digest = true, j.digest()
		}
		tell(s)
	})
}

// change is a Change by numbers.
type change struct {
	entity int32
	act    Act
	others []int32
}

// changes tells what turns the partition of some records that is held into what it is now: their
// entities before and after, and now the entity of each record. A record that only the first
// partition has is withdrawn, one that only the second has is new. The order is that of the acts,
// then of the entities as they are given.
func (l *ledger) changes(before []int32, after []group, now func(r int32) int32) []change {
	held := func(r int32) int32 { return l.at(r).head }
	var list []change
	for _, g := range after {
		came := othersOf(g.head, slices.Values(g.records), held)
		if held(g.head) != g.head {
			list = append(list, change{g.head, Created, came})
			continue
		}
		left := othersOf(g.head, l.members(g.head), now)
		if len(left) > 0 {
			list = append(list, change{g.head, Split, left})
		}
		if len(came) > 0 {
			list = append(list, change{g.head, Merged, came})
		}
		if len(left)+len(came) == 0 && g.differs {
			list = append(list, change{g.head, Updated, nil})
		}
	}
	for _, head := range before {
		if now(head) != head {
			list = append(list, change{head, Retired, othersOf(head, l.members(head), now)})
		}
	}
	slices.SortStableFunc(list, func(a, b change) int { return cmp.Compare(slices.Index(acts, a.act), slices.Index(acts, b.act)) })
	return list
}

// acts lists the acts in the order in which a plan tells them: what is new before what is
// taken from it, and what retires last.
var acts = []Act{Created, Split, Merged, Updated, Retired}

// othersOf lists the owners of an entity's records but for itself, each once, the oldest record's first.
func othersOf(head int32, records iter.Seq[int32], owner func(int32) int32) []int32 {
	var others []int32
	for r := range records {
		if o := owner(r); o != none && o != head && !slices.Contains(others, o) {
			others = append(others, o)
		}
	}
	return others
}
