package resolve

// What a match record says is taken apart here, and entered where it counts: in the
// blocks, and in the rolls of the records that it tells.

// matchRecord is a match record as told, with what its comparisons rest on.
type matchRecord struct {
	told   Match
	live   bool
	source int32
	day    int32 // of the start, since 1970; meaningless where no start is told

	team, teamName             [2]int32 // in the roll of teams, in names
	tournament, tournamentName int32    // none: not told
	title, titleName           int32
	outcome                    outcome
	sort                       scoreSort
	points                     [2]float64

	edges   []edge
	head    int32   // the oldest record of its cluster
	flipped bool    // its side 1 is its head's side 2
	members []int32 // of the cluster that it is the head of, oldest first
	voted   bool    // that cluster's votes are counted
}

// edge is a candidate pair as one of its records sees it.
type edge struct {
	to      int32
	weight  Weight
	flipped bool
}

// take reads what was put and removed. It returns the records whose candidates are to be
// found anew: those, and the ones of blocks that it made crowded or uncrowded.
func (e *Engine) take() []int32 {
	for id := range e.pending {
		if r, found := e.index[id]; found {
			e.vote(e.matches[r].head, -1)
		}
	}
	again := map[int32]bool{}
	for id, told := range e.pending {
		r, found := e.index[id]
		switch {
		case told != nil:
			r = e.number(id)
		case !found:
			continue
		}
		again[r] = true
		for _, other := range e.tell(r, told) {
			again[other] = true
		}
	}
	clear(e.pending)
	return sorted(again)
}

// number returns a match record's number, a new one if it has none.
func (e *Engine) number(id ID) int32 {
	if r, found := e.index[id]; found {
		return r
	}
	r := int32(len(e.matches))
	e.index[id] = r
	e.matches = append(e.matches, matchRecord{told: Match{ID: id}, head: r})
	return r
}

// tell replaces what a match record says; nil withdraws it. It returns the records of blocks
// that became crowded, or uncrowded, by it.
func (e *Engine) tell(r int32, told *Match) []int32 {
	var again []int32
	record := &e.matches[r]
	before := *record
	if before.live {
		for _, key := range e.keysOf(&before) {
			again = append(again, e.blocks.leave(blockKey{before.day, key}, r)...)
		}
	}
	if told != nil {
		e.read(record, told)
	} else {
		record.live = false
	}
	if record.live {
		for _, key := range e.keysOf(record) {
			again = append(again, e.blocks.enter(blockKey{record.day, key}, r)...)
		}
	}
	if !before.sameRolls(record) {
		e.enlist(&before, r, -1)
		e.enlist(record, r, 1)
	}
	return again
}

// read takes a match record apart.
func (e *Engine) read(r *matchRecord, m *Match) {
	r.told, r.live = *m, true
	r.source = e.source(m.Key.Source)
	r.day = int32(floorDiv(m.Start.At.Unix(), 24*60*60))
	for i := range m.Sides {
		r.team[i] = e.teams.intern(&m.Sides[i].Team, r.source)
		r.teamName[i] = e.names.intern(m.Sides[i].Team.Name)
	}
	r.tournament, r.tournamentName = e.readNamed(e.tournaments, m.Tournament, r.source)
	r.title, r.titleName = e.readNamed(e.titles, m.Title, r.source)
	r.outcome = outcomeOf(m.Sides)
	r.sort, r.points = sortOf(m.Sides)
}

func (e *Engine) readNamed(l *roll, n *Named, source int32) (int32, int32) {
	if n == nil {
		return none, none
	}
	return l.intern(n, source), e.names.intern(n.Name)
}

func (e *Engine) source(name string) int32 {
	s, found := e.sources[name]
	if !found {
		s = int32(len(e.sources))
		e.sources[name] = s
	}
	return s
}

// sameRolls tells whether two readings of a match record say the same of every roll.
func (r *matchRecord) sameRolls(s *matchRecord) bool {
	return r.live == s.live && r.team == s.team && r.teamName == s.teamName && r.told.Arrival == s.told.Arrival &&
		r.tournament == s.tournament && r.tournamentName == s.tournamentName && r.title == s.title && r.titleName == s.titleName &&
		r.day == s.day && r.told.Start.At.Equal(s.told.Start.At) && r.told.Start.Precision == s.told.Start.Precision
}

// enlist enters a live match record in the rolls of what it tells, or with -1 strikes it out.
func (e *Engine) enlist(r *matchRecord, number, n int32) {
	if !r.live {
		return
	}
	e.enter(e.titles, r.title, r.titleName, number, n, r)
	e.enter(e.tournaments, r.tournament, r.tournamentName, number, n, r)
	for i := range r.team {
		e.enter(e.teams, r.team[i], r.teamName[i], number, n, r)
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
