// Package resolve decides which records of several sources are the same title, tournament,
// team and match. It is pure: no I/O, clock, randomness or logging.
//
// The method reads off the files. Names are folded and taken apart (resolve/text), and what
// each record says is entered where it counts (read.go, roll.go). Names that share a part are
// compared (block.go); teams whose names are alike propose their matches on the same and on
// neighbouring days (pair.go): the edges of a graph (edge.go). An edge is compared (compare.go,
// feeds.go) and weighed (weigh.go) after Fellegi and Sunter (1969): log2 of how much likelier
// the findings are in one match than in two. Names are weak and matches are strong: the matches
// of a team vote on whom it is one with, but for what a better partner explains and for what a
// pair itself put in (vote.go), after Bhattacharya and Getoor (2007); and with what is then
// believed of their teams the edges are weighed again, twice. Matches are clustered best first
// (cluster.go, agglomerate.go), neither of two equal readings is taken (doubt.go), and a source's
// own duplicates are found (twin.go). The joined matches vote for their titles and tournaments
// (ballot.go); these and the teams are clustered in their turn (same.go); and what is left over
// of a fixture is joined last (leftover.go). Of each cluster the canonical fields are chosen
// (survive.go), and what differs from what a store holds is its plan (link.go, plan.go). The
// levels and weights are a readable file (model.yaml), what is learnt without labels is added to
// it (train.go), and by people's judgements on top if they are asked (teach.go); sums are whole
// numbers of sixteenths of a bit (bits.go). What became of any two records, and why, is told by
// the code that decided (why.go). Records are numbers throughout (kinds.go), and what a store
// holds of them is summed up in a few (ledger.go), so that a message which changes little costs
// little; where there is much to do at once, the processors share it (share.go).
//
// The outcome is a function of the records and the model alone. Whatever is counted or
// cached is one too, so it does not matter in what order, or how often, the records came;
// the order of arrival only names the entities, which are called by their oldest record.
package resolve

import (
	"iter"
	"math"
	"slices"
)

// Engine holds match records and keeps them resolved. It is not safe for concurrent use.
type Engine struct {
	model     *Model
	opponent  table  // what the belief in a pair of teams is worth to a match
	guarded   table  // the same, where a guard is against them
	final     int    // the last stratum
	certain   Weight // from here on it is worth no more,
	hopeless  Weight // and from here down no less
	coverage  uint64 // in 1/65536
	unmatched Weight // the vote of a match without a candidate

	names   names
	sources sources
	feeds   map[[2]int32]*feeds
	blocks  blocks

	index                      map[ID]int32 // a match record's number
	matches                    list[matchRecord]
	titles, tournaments, teams *roll
	pairs                      list[pair]
	ties                       []Weight  // by pair: what clusters know of it; unweighed: it is none
	bookings                   []booking // by team
	pairIndex                  map[uint64]int32
	edges                      list[edge]
	freeEdges                  []int32
	fixtures                   map[fixture][]int32

	judged   law
	unheeded map[ID]bool // records that are judged otherwise since the last Settle

	overrides    map[ID][]Override // by the record that they hang on
	moved        map[ID][]ID       // match records that a tournament record was set for by hand
	survivorship Survivorship
	restyled     map[ID]bool // records of whose entities fields are set otherwise since the last Settle
	rechosen     bool        // survivorship changed since

	entered  marks             // match records whose edges are to be found anew
	rebooked marks             // teams whose schedule changed
	reseeds  marks             // pairs whose names are to be compared anew
	reaches  marks             // pairs whose teams' schedules changed
	reweigh  [strata]marks     // edges to be weighed
	ends     [strata - 1]marks // matches at which an edge changed
	voters   marks             // matches that are to vote anew, within a round
	swayed   [strata - 1]marks // pairs that votes changed of
	expanded marks             // pairs whose first votes changed
	touched  marks             // matches whose cluster may change
	again    marks             // matches that may be left over, or no more
	bases    marks             // clusters that are looked at among left-overs
	nearby   marks             // teams that one hangs together with, while they are looked for
	ballots  map[ballot]int32
	round    int32   // counts the calls of Settle
	settled  settled // what the last Settle looked at again

	gathering gathering // these three are room to cluster in
	readings  readings
	places    places

	planned  [len(Kinds)]ledger
	restored bool // planned comes from a store, and was not compared with the records yet
	stats    Stats
}

// Stats counts what an engine holds and has done.
type Stats struct {
	Records map[Kind]int // live
	Blocks  int
	Crowded int // blocks that hold too many names to propose any pair
	Pairs   int // pairs of teams
	Met     int // pairs of match records that a pair of teams proposed, since the engine was made
	Weighed int // pairs of match records tied, since the engine was made
	Edges   int // candidate pairs of match records, in one orientation each
}

// New makes an empty engine. A nil model means the one shipped.
func New(model *Model) *Engine {
	if model == nil {
		model = Shipped()
	}
	e := &Engine{
		model: model, names: newNames(model), sources: sources{index: map[string]int32{}}, feeds: map[[2]int32]*feeds{},
		index: map[ID]int32{}, titles: newRoll(KindTitle), tournaments: newRoll(KindTournament), teams: newRoll(KindTeam),
		pairIndex: map[uint64]int32{}, fixtures: map[fixture][]int32{},
		judged: newLaw(), unheeded: map[ID]bool{}, overrides: map[ID][]Override{}, moved: map[ID][]ID{}, restyled: map[ID]bool{},
		ballots: map[ballot]int32{},
	}
	e.planned = [...]ledger{{roll: e.titles}, {roll: e.tournaments}, {roll: e.teams}, {}}
	e.final = model.Votes.Rounds
	e.blocks = newBlocks(&e.names, model)
	e.opponent = newTable(leastOdds, -leastOdds, func(w Weight) Weight { return model.opponent(w, model.Mistake) })
	e.guarded = newTable(leastOdds, -leastOdds, func(w Weight) Weight { return model.opponent(w, model.Mislabel) })
	for e.certain = 0; e.opponent.of(e.certain) < e.opponent.of(-leastOdds); e.certain++ {
	}
	for e.hopeless = leastOdds; e.opponent.of(e.hopeless+1) == e.opponent.of(leastOdds) && e.guarded.of(e.hopeless+1) == e.guarded.of(leastOdds); e.hopeless++ {
	}
	e.coverage = uint64(math.Round(model.Votes.Coverage * (1 << 16)))
	e.unmatched = weightOfOdds(one - e.coverage<<16)
	return e
}

// Put gives the engine a match record, new or changed: it replaces what that record said
// before, teams and scores included. Nothing is resolved until Settle, and nothing of it is to be
// asked until then.
func (e *Engine) Put(m Match) { e.tell(e.matchNumber(m.ID), &m) }

// Remove takes a match record out (withdrawn). Unknown ids are ignored.
func (e *Engine) Remove(id ID) {
	if r, found := e.index[id]; found {
		e.tell(r, nil)
	}
}

// Restore tells the engine what a store holds already, so that the next Settle plans only
// the difference: of an entity its kind, id, members in any order, and digest, of a link its kind, records and
// digest are enough. To be called once, after all is put and before the first Settle.
func (e *Engine) Restore(entities iter.Seq[Entity], links iter.Seq[Link]) {
	for entity := range entities {
		l := e.ledger(entity.Kind)
		g := group{head: e.number(l.roll, entity.ID)}
		for _, m := range entity.Members {
			g.records = append(g.records, e.number(l.roll, m.Record))
		}
		slices.SortFunc(g.records, func(x, y int32) int { return e.heldBefore(l, g.head, x, y) })
		l.hold(g)
		l.at(g.head).digest = digest(entity.Digest)
	}
	for link := range links {
		l := e.ledger(link.Kind)
		l.holdLink(e.number(l.roll, link.A), e.number(l.roll, link.B), e.round, digest(link.Digest))
	}
	e.restored = true
}

// heldBefore orders the records of an entity that is held: the one by which it is called, then as they are old.
func (e *Engine) heldBefore(l *ledger, head, x, y int32) int {
	switch {
	case x == y:
		return 0
	case x == head:
		return -1
	case y == head:
		return 1
	case l.roll != nil:
		return l.roll.older(x, y)
	}
	return e.olderMatch(x, y)
}

// Settle resolves what changed since the last Settle and returns the plan that brings a
// store there. The partition that results is a function of the records alone: not of
// their order, of the number of calls, or of restarts.
func (e *Engine) Settle() Plan {
	e.Resolve()
	return e.plan()
}

// Resolve is Settle for who asks for no plan: none of what it changes is in a later one. It
// passes through the layers, from top to bottom.
func (e *Engine) Resolve() {
	e.round++
	e.settled.matches.take()
	e.settled.stale.take()
	for _, l := range e.rolls() {
		l.settled.take()
		l.grown.take()
		l.grown, l.entered = l.entered, l.grown
	}
	e.tieAll()
	for k := range e.final {
		e.weigh(k)
		e.vote(k)
		e.believe(k)
		if k == 0 {
			e.expand()
			e.reachAll()
			e.believe(k) // in the pairs that are new by that
			e.expand()
		}
	}
	if e.final == 0 {
		for _, p := range e.swayed[0].take() {
			e.rebond(p)
		}
	}
	e.weigh(e.final)
	e.clusterMatches()
	e.tallyBallots()
	for _, m := range e.settled.matches.list {
		e.settled.stale.add(m)
	}
	for _, l := range e.rolls() {
		e.clusterRoll(l)
		for _, r := range l.settled.list {
			e.stale(l, r)
		}
	}
	e.leftOver()
	e.restyle()
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

func (e *Engine) ledger(k Kind) *ledger { return &e.planned[slices.Index(Kinds[:], k)] }

// stale adds the matches that tell a record whose entity is another now. If it is a title's,
// the teams and tournaments of that title are to be looked at again.
func (e *Engine) stale(l *roll, r int32) {
	record := &l.records[r]
	if record.head == record.shown {
		return
	}
	record.shown = record.head
	for _, m := range record.matches {
		e.settled.stale.add(m)
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
			l := e.roll(k)
			for _, head := range e.heads(l) {
				entity := e.entity(l, head)
				entity.Digest = int64(e.digest(l, head))
				if !yield(entity) {
					return
				}
			}
		}
	}
}

// heads lists the oldest records of all clusters of a kind, by id.
func (e *Engine) heads(l *roll) []int32 {
	var heads []int32
	for r := range e.numbered(l) {
		if e.owner(l, r) == r {
			heads = append(heads, r)
		}
	}
	slices.SortFunc(heads, func(a, b int32) int { return compareIDs(e.id(l, a), e.id(l, b)) })
	return heads
}

// EntityOf returns the entity of a record of any kind, or false.
func (e *Engine) EntityOf(record ID) (ID, bool) {
	l := e.roll(record.Kind())
	if r, found := e.find(l, record); found && e.owner(l, r) != none {
		return e.id(l, e.owner(l, r)), true
	}
	return "", false
}

// Explain returns the weight of any two records of a kind with its evidence, or false if
// one is unknown. It is computed by the code that decides.
func (e *Engine) Explain(a, b ID) (Link, bool) {
	if a == b || a.Kind() != b.Kind() {
		return Link{}, false
	}
	l := e.roll(a.Kind())
	x, foundA := e.find(l, min(a, b))
	y, foundB := e.find(l, max(a, b))
	if !foundA || !foundB || e.owner(l, x) == none || e.owner(l, y) == none {
		return Link{}, false
	}
	return e.between(l, x, y).judge().digested(), true
}

// Stats counts what the engine holds.
func (e *Engine) Stats() Stats {
	s := e.stats
	s.Blocks, s.Crowded, s.Pairs = len(e.blocks.keys), e.blocks.crowded, int(e.pairs.n)
	s.Edges = int(e.edges.n) - len(e.freeEdges)
	s.Records = map[Kind]int{}
	for i := range e.matches.n {
		if e.matches.at(i).live {
			s.Records[KindMatch]++
		}
	}
	for _, l := range e.rolls() {
		for i := range l.records {
			if l.records[i].live() {
				s.Records[l.kind]++
			}
		}
	}
	return s
}
