package resolve

import (
	"math"
	"slices"
)

// What a match record says is taken apart here, and entered where it counts: in the schedules
// of its teams, in the rolls of all that it names, and in the blocks of its teams' names.

// tieAll ties the edges that follow from what was told and judged since it was last called.
func (e *Engine) tieAll() {
	e.heed()
	e.propose()
	for _, r := range e.entered.take() {
		e.joinMatch(r)
	}
	e.reachAll()
}

// matchNumber returns a match record's number, a new one if it has none.
func (e *Engine) matchNumber(id ID) int32 {
	if r, found := e.index[id]; found {
		return r
	}
	r := e.matches.n
	e.index[id] = r
	return e.matches.add(matchRecord{told: told{id: id}, order: orderOf(id), base: r, head: r, day: noDay, minute: noDay, fixture: noFixture})
}

// orderOf reads the letters behind an id's prefix as a number.
func orderOf(id ID) uint64 {
	var order uint64
	for i := len("mch_"); i < min(len(id), len("mch_")+8); i++ {
		order |= uint64(id[i]) << (8 * (len("mch_") + 7 - i))
	}
	return order
}

// laterID tells whether the id of a match is the greater.
func (e *Engine) laterID(m, n int32) bool {
	a, b := e.matches.at(m), e.matches.at(n)
	return a.order > b.order || a.order == b.order && a.told.id > b.told.id
}

// tell replaces what a match record says, and cuts its edges where they may be others now; nil
// withdraws it.
func (e *Engine) tell(r int32, m *Match) {
	e.touched.add(r)
	e.eachMate(r, e.touched.add)
	told := e.matches.at(r)
	before := *told
	if m != nil {
		e.read(told, m)
	} else {
		told.live = false
	}
	after := *told
	if before.sameRolls(&after) {
		e.restate(r)
		return
	}
	*told = before
	for len(told.edges) > 0 {
		e.cut(told.edges[0])
	}
	e.ballot(before.base, -1) // while it tells still what it voted for
	e.enlist(&before, r, -1)
	after.edges, after.voted = told.edges, told.voted
	*told = after
	e.enlist(&after, r, 1)
	e.entered.add(r)
}

// restate weighs the edges of a match anew that says other things of its score alone.
func (e *Engine) restate(r int32) {
	for _, i := range e.matches.at(r).edges {
		f := e.edges.at(i)
		before := f.static
		if f.static, f.findings = e.static(i); f.static != before {
			e.reconsider(i)
			for k := range strata {
				e.reweigh[k].add(i)
			}
		}
	}
}

// read takes a match record apart.
func (e *Engine) read(r *matchRecord, m *Match) {
	r.told, r.live = told{id: m.ID, arrival: m.Arrival, state: m.State, bestOf: m.BestOf, start: m.Start}, true
	for i := range m.Sides {
		r.told.points[i], r.told.winner[i] = m.Sides[i].Points, m.Sides[i].Winner
		r.teamName[i] = e.names.intern(m.Sides[i].Team.Name)
	}
	r.source = e.sources.intern(m.Key.Source)
	for i := range m.Sides {
		r.team[i] = e.teams.intern(&m.Sides[i].Team, r.source)
	}
	r.day, r.minute = noDay, noDay
	if m.Start.Precision != "" {
		r.day = int32(floorDiv(m.Start.At.Unix(), minutesOfDay*60))
	}
	if m.Start.Precision != "" && m.Start.Precision != PrecisionDay {
		r.minute = int32(floorDiv(m.Start.At.Unix(), 60))
	}
	r.tournament, r.tournamentName = e.readNamed(e.tournaments, m.Tournament, r.source)
	r.title, r.titleName = e.readNamed(e.titles, m.Title, r.source)
	r.outcome = outcomeOf(m.Sides)
	r.sort, r.points = sortOf(m.Sides)
	r.says = e.digestOf(r)
}

// digestOf sums up what a match record says that links tell.
func (e *Engine) digestOf(r *matchRecord) digest {
	d := emptyDigest
	d.text(r.told.start.Raw)
	d.numbers(r.day, r.minute, int32(r.outcome), int32(r.sort))
	e.names.digest(&d, r.teamName[0], r.teamName[1], r.tournamentName, r.titleName)
	d.number(int64(math.Float64bits(r.points[0])))
	d.number(int64(math.Float64bits(r.points[1])))
	d.optional(r.told.bestOf)
	return d
}

func (e *Engine) readNamed(l *roll, n *Named, source int32) (int32, int32) {
	if n == nil {
		return none, none
	}
	return l.intern(n, source), e.names.intern(n.Name)
}

// sameRolls tells whether two readings of a match record say the same of every roll, and of time.
func (r *matchRecord) sameRolls(s *matchRecord) bool {
	return r.live == s.live && r.team == s.team && r.teamName == s.teamName && r.told.arrival == s.told.arrival &&
		r.tournament == s.tournament && r.tournamentName == s.tournamentName && r.title == s.title && r.titleName == s.titleName &&
		r.day == s.day && r.minute == s.minute
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
		e.book(r.team[i], slot{r.day, number}, n)
		if r.team[0] == r.team[1] {
			break // it plays itself
		}
	}
}

// book enters a match in the schedule of a team, or with -1 takes it out.
func (e *Engine) book(team int32, s slot, n int32) {
	e.rebooked.add(team)
	if s.day == noDay {
		return
	}
	t := &e.teams.records[team]
	if n > 0 {
		t.schedule = slices.Insert(t.schedule, firstFrom(t.schedule, s.day+1), s)
	} else {
		i := firstFrom(t.schedule, s.day)
		for t.schedule[i] != s {
			i++
		}
		t.schedule = slices.Delete(t.schedule, i, i+1)
	}
	for len(e.bookings) <= int(team) {
		e.bookings = append(e.bookings, booking{})
	}
	e.bookings[team] = booking{}
	if n := len(t.schedule); n > 0 {
		e.bookings[team] = booking{t.schedule[0].day, t.schedule[n-1].day, int32(n)}
	}
}

// propose looks again at the pairs of teams whose names, or the times of these, changed.
func (e *Engine) propose() {
	for _, m := range e.blocks.moved {
		for _, p := range e.teams.records[m[1]].pairs {
			e.reseeds.add(p)
		}
	}
	e.blocks.changed(func(x, y int32) {
		if e.teams.records[x].source != e.teams.records[y].source {
			e.reseeds.add(e.pairOf(x, y))
		}
	})
	for _, x := range e.rebooked.take() {
		for _, p := range e.teams.records[x].pairs {
			e.reaches.add(p)
			q := e.pairs.at(p)
			if len(e.teams.records[q.x].names)+len(e.teams.records[q.y].names) > 2 {
				e.reseeds.add(p)
			}
		}
	}
	var since []int32
	for _, p := range e.reseeds.take() {
		if e.reseed(p) {
			since = append(since, p)
		}
	}
	for _, p := range since {
		e.joinPair(p)
	}
}

// reachAll counts anew what the teams of pairs play in each other's time, where that may have changed.
func (e *Engine) reachAll() {
	for _, p := range e.reaches.take() {
		e.reach(p)
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
