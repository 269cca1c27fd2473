// Package resolve decides which records of several sources are the same title, tournament,
// team and match. It is pure: no I/O, clock, randomness or logging.
//
// The method reads off the files. Names are folded and taken apart (resolve/text), and what
// each record says is entered where it counts (read.go, roll.go). Match records that share a
// part of a team's name on neighbouring days are candidate pairs (block.go). They are compared
// (compare.go), and what the comparisons find sums to a match weight (weigh.go), after Fellegi
// and Sunter (1969): log2 of how much likelier the findings are in one match than in two.
// Pairs are clustered best first (cluster.go). Names are weak and matches are strong: each
// joined pair of matches votes that the titles, tournaments and teams on both are the same
// (vote.go), after Bhattacharya and Getoor (2007); and these are clustered in their turn. Of
// each cluster the canonical fields are chosen (survive.go), and what differs from what a
// store holds is its plan (plan.go). The levels and weights are a readable file (model.yaml).
//
// The outcome is a function of the records and the model alone. Whatever is counted or
// cached is one too, so it does not matter in what order, or how often, the records came;
// the order of arrival only names the entities, which are called by their oldest record.
package resolve

import (
	"iter"
	"maps"
	"slices"
)

// Engine holds match records and keeps them resolved. It is not safe for concurrent use.
type Engine struct {
	model *Model
	names names

	sources map[string]int32
	index   map[ID]int32 // a match record's number
	matches []matchRecord
	blocks  blocks
	seen    []int32 // by match record: the round in which it was last a candidate
	round   int32

	titles, tournaments, teams *roll

	pending map[ID]*Match // put since the last Settle; nil: removed
	ballots map[ballot]int32
	planned ledger
	stats   Stats
}

// Stats counts what an engine holds and has done.
type Stats struct {
	Records map[Kind]int // live
	Blocks  int
	Crowded int // blocks that hold too many records to propose any pair
	Met     int // records met in blocks, some of them several times, since the engine was made
	Weighed int // pairs of match records weighed since the engine was made
	Edges   int // candidate pairs of match records that are worth keeping
}

// New makes an empty engine. A nil model means the one shipped.
func New(model *Model) *Engine {
	if model == nil {
		model = Shipped()
	}
	return &Engine{
		model: model, names: newNames(model), blocks: newBlocks(model.Crowd),
		sources: map[string]int32{}, index: map[ID]int32{},
		titles: newRoll(KindTitle), tournaments: newRoll(KindTournament), teams: newRoll(KindTeam),
		pending: map[ID]*Match{}, ballots: map[ballot]int32{}, planned: newLedger(),
	}
}

// Put gives the engine a match record, new or changed: it replaces what that record said
// before, teams and scores included. Nothing is resolved until Settle.
func (e *Engine) Put(m Match) { e.pending[m.ID] = &m }

// Remove takes a match record out (withdrawn). Unknown ids are ignored.
func (e *Engine) Remove(id ID) { e.pending[id] = nil }

// Restore tells the engine what a store holds already, so that the next Settle plans only
// the difference. To be called once, before the first Settle.
func (e *Engine) Restore(entities iter.Seq[Entity], links iter.Seq[Link]) {
	for entity := range entities {
		e.planned.holdEntity(entity)
	}
	for link := range links {
		e.planned.holdLink(link)
	}
	e.planned.restored = true
}

// Settle resolves what changed since the last Settle and returns the plan that brings a
// store there. The partition that results is a function of the records alone: not of
// their order, of the number of calls, or of restarts.
func (e *Engine) Settle() Plan {
	matches := e.clusterMatches(e.join(e.take()))
	e.tallyVotes()
	s := settled{matches: matches, stale: maps.Clone(matches), rolls: map[*roll]map[int32]bool{}}
	for _, l := range e.rolls() {
		s.rolls[l] = e.clusterRoll(l)
		for r := range s.rolls[l] {
			e.stale(l, r, s.stale)
		}
	}
	return e.plan(s)
}

// rolls lists the rolls in the order in which they rest on each other.
func (e *Engine) rolls() [3]*roll { return [3]*roll{e.titles, e.tournaments, e.teams} }

func (e *Engine) roll(k Kind) *roll {
	for _, l := range e.rolls() {
		if l.kind == k {
			return l
		}
	}
	return nil
}

// stale adds the matches that tell a record whose entity is another now. If it is a title's,
// the teams and tournaments of that title are to be looked at again.
func (e *Engine) stale(l *roll, r int32, stale map[int32]bool) {
	record := &l.records[r]
	if record.head == record.shown {
		return
	}
	record.shown = record.head
	for _, m := range record.matches {
		stale[m] = true
	}
	if l == e.titles {
		e.tournaments.changeTitle(r)
		e.teams.changeTitle(r)
	}
}

// Entities yields every entity as of the last Settle, in order of Kinds, then of ID.
func (e *Engine) Entities() iter.Seq[Entity] {
	return func(yield func(Entity) bool) {
		for _, k := range Kinds {
			for _, head := range e.heads(k) {
				if !yield(e.entity(k, head)) {
					return
				}
			}
		}
	}
}

// heads lists the oldest records of all clusters of a kind, by id.
func (e *Engine) heads(k Kind) []int32 {
	var heads []int32
	if l := e.roll(k); l != nil {
		for i := range l.records {
			if l.records[i].live() && l.records[i].head == int32(i) {
				heads = append(heads, int32(i))
			}
		}
		slices.SortFunc(heads, func(a, b int32) int { return compareIDs(l.records[a].id, l.records[b].id) })
		return heads
	}
	for i := range e.matches {
		if e.matches[i].live && e.matches[i].head == int32(i) {
			heads = append(heads, int32(i))
		}
	}
	slices.SortFunc(heads, func(a, b int32) int { return compareIDs(e.matches[a].told.ID, e.matches[b].told.ID) })
	return heads
}

// EntityOf returns the entity of a record of any kind, or false.
func (e *Engine) EntityOf(record ID) (ID, bool) {
	if l := e.roll(record.Kind()); l != nil {
		r, found := l.index[record]
		if !found || !l.records[r].live() {
			return "", false
		}
		return l.records[l.records[r].head].id, true
	}
	r, found := e.index[record]
	if !found || !e.matches[r].live {
		return "", false
	}
	return e.matches[e.matches[r].head].told.ID, true
}

// Explain returns the weight of any two records of a kind with its evidence, or false if
// one is unknown. It is computed by the code that decides.
func (e *Engine) Explain(a, b ID) (Link, bool) {
	if a > b {
		a, b = b, a
	}
	if a == b || a.Kind() != b.Kind() {
		return Link{}, false
	}
	if l := e.roll(a.Kind()); l != nil {
		x, foundA := l.index[a]
		y, foundB := l.index[b]
		if !foundA || !foundB || !l.records[x].live() || !l.records[y].live() {
			return Link{}, false
		}
		return e.namedLink(l, x, y), true
	}
	x, foundA := e.index[a]
	y, foundB := e.index[b]
	if !foundA || !foundB || !e.matches[x].live || !e.matches[y].live {
		return Link{}, false
	}
	return e.matchLink(x, y), true
}

// Stats counts what the engine holds.
func (e *Engine) Stats() Stats {
	s := e.stats
	s.Blocks, s.Crowded = len(e.blocks.members), e.blocks.crowded
	s.Records = map[Kind]int{}
	for i := range e.matches {
		if e.matches[i].live {
			s.Records[KindMatch]++
			s.Edges += len(e.matches[i].edges)
		}
	}
	s.Edges /= 2
	for _, l := range e.rolls() {
		for i := range l.records {
			if l.records[i].live() {
				s.Records[l.kind]++
			}
		}
	}
	return s
}
