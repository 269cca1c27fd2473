package resolve

import (
	"cmp"
	"slices"
)

// roll holds the records of one named kind: titles, tournaments or teams, as the live match
// records tell them.
type roll struct {
	kind    Kind
	index   map[ID]int32
	records []namedRecord
	byName  map[string][]int32 // the live ones, by the letters of their names
	changed marks              // whose cluster must be looked at again
	entered marks              // that matches tell, or no more, since the last Settle
	grown   marks              // that they told so between it and the one before
	settled marks              // whose cluster the last Settle looked at again
}

// namedRecord is a title, tournament or team record. It is live while a match record tells it.
type namedRecord struct {
	id      ID
	key     Key
	source  int32
	matches []int32 // the live match records that tell it; twice where it plays itself
	names   []nameUse
	titles  []tally // the titles that they are of
	votes   []tally // the records that its matches' partners tell in its place; not of a team
	name    int32   // what it is called: the name told most often
	first   int64   // its Arrival, as told; 0: not told
	arrival int64   // first, or that of its oldest live match record
	aged    bool    // arrival is to be found anew
	head    int32   // the oldest record of its cluster
	members []int32 // of the cluster that it is the head of, oldest first
	shown   int32   // the head by which the matches that tell it were last planned

	schedule []slot  // of a team: its matches of which a day is told, by day
	pairs    []int32 // of a team
}

// nameUse is a name that matches give a record, how many, and in which time.
type nameUse struct {
	of, n       int32
	first, last int32 // days; noDay while none is told
}

// meets tells whether two names were in use at about one time.
func (u nameUse) meets(v nameUse) bool {
	const about = 30
	return u.first-about <= v.last && v.first-about <= u.last
}

// tally counts a thing by its number.
type tally struct{ of, n int32 }

func newRoll(kind Kind) *roll {
	return &roll{kind: kind, index: map[ID]int32{}, byName: map[string][]int32{}}
}

// intern returns the number of a record, which is as old as it was ever told to be.
func (l *roll) intern(n *Named, source int32) int32 {
	i := l.number(n.ID)
	r := &l.records[i]
	r.key, r.source = n.Key, source
	if n.Arrival > 0 && (r.first == 0 || n.Arrival < r.first) {
		r.first, r.arrival, r.aged = n.Arrival, n.Arrival, false
		l.changed.add(i)
	}
	return i
}

// number returns a record's number, a new one if it has none.
func (l *roll) number(id ID) int32 {
	i, found := l.index[id]
	if !found {
		i = int32(len(l.records))
		l.index[id] = i
		l.records = append(l.records, namedRecord{id: id, name: none, head: i, shown: none})
	}
	return i
}

func (r *namedRecord) live() bool { return len(r.matches) > 0 }

// title is the title that most of its matches are of, none if none tells one.
func (r *namedRecord) title(titles *roll) int32 {
	most := tally{of: none}
	for _, t := range r.titles {
		if t.n > most.n || t.n == most.n && titles.records[t.of].id < titles.records[most.of].id {
			most = t
		}
	}
	return most.of
}

// changeTitle marks the records that a title is told of.
func (l *roll) changeTitle(title int32) {
	for i := range l.records {
		if counted(l.records[i].titles, title) > 0 {
			l.changed.add(int32(i))
		}
	}
}

// coincided counts its matches that coincide with one of a source.
func (l *roll) coincided(r *namedRecord, source int32) int32 {
	n := int32(0)
	for _, v := range r.votes {
		if l.records[v.of].source == source {
			n += v.n
		}
	}
	return n
}

// older orders records by when they were first told, then by id.
func (l *roll) older(a, b int32) int {
	x, y := &l.records[a], &l.records[b]
	return cmp.Or(cmp.Compare(x.arrival, y.arrival), cmp.Compare(x.id, y.id))
}

// enter counts a match, n times, for a record of a roll that it tells under a name.
func (e *Engine) enter(l *roll, of, name, match, n int32, m *matchRecord) {
	if of == none {
		return
	}
	r := &l.records[of]
	title, arrival := r.title(e.titles), r.arrival
	if n > 0 {
		if len(r.matches) == 0 {
			r.arrival, r.aged = m.told.arrival, false
		}
		r.matches, r.arrival = append(r.matches, match), min(r.arrival, m.told.arrival)
	} else {
		r.matches, r.aged = without(r.matches, match), r.aged || m.told.arrival == r.arrival
	}
	if r.first > 0 {
		r.arrival, r.aged = r.first, false
	}
	if m.title != none && l.kind != KindTitle {
		r.titles = count(r.titles, m.title, n)
	}
	if len(r.matches) == int(max(n, 0)) { // its first, or its last was taken back
		for _, id := range e.judged.mates(r.id) {
			e.unheeded[id] = true
		}
		l.changed.add(of)
		for _, p := range r.pairs {
			e.rebelieve(p)
		}
	}
	if l.entered.add(of); r.aged || r.arrival != arrival || r.title(e.titles) != title {
		l.changed.add(of)
	}
	e.use(l, of, name, n, m.day)
	e.rename(l, of)
}

// use counts a name that a match gives a record on a day.
func (e *Engine) use(l *roll, of, name, n, day int32) {
	r := &l.records[of]
	i := slices.IndexFunc(r.names, func(u nameUse) bool { return u.of == name })
	if i < 0 {
		i = len(r.names)
		r.names = append(r.names, nameUse{of: name, first: noDay, last: noDay})
		if l == e.teams {
			e.blocks.enter(name, of)
		}
	}
	u := &r.names[i]
	u.n += n
	switch {
	case u.n == 0:
		r.names = slices.Delete(r.names, i, i+1)
		if l == e.teams {
			e.blocks.leave(name, of)
		}
	case n < 0 && l == e.teams && (day == u.first || day == u.last):
		e.date(of, u)
	case n > 0:
		u.extend(day)
	}
}

func (u *nameUse) extend(day int32) {
	if day == noDay {
		return
	}
	if u.first == noDay {
		u.first = day
	}
	u.first, u.last = min(u.first, day), max(u.last, day)
}

// date finds in which time a team goes by a name.
func (e *Engine) date(team int32, u *nameUse) {
	u.first, u.last = noDay, noDay
	for _, m := range e.teams.records[team].matches {
		s := e.matches.at(m)
		for side := range s.team {
			if side > 0 && s.team[0] == team {
				break // it plays itself, and goes by its first name
			}
			if s.team[side] == team && s.teamName[side] == u.of {
				u.extend(s.day)
			}
		}
	}
}

// rename calls a record by the name that it is told under most often, and moves it to the
// others of that name.
func (e *Engine) rename(l *roll, of int32) {
	r := &l.records[of]
	most := tally{of: none}
	for _, u := range r.names {
		if u.n > most.n || u.n == most.n && e.names.told[u.of] < e.names.told[most.of] {
			most = tally{u.of, u.n}
		}
	}
	if most.of == r.name {
		return
	}
	l.changed.add(of)
	if r.name != none {
		e.regroup(l, e.names.letters(r.name), of, -1)
	}
	if r.name = most.of; r.name != none {
		e.regroup(l, e.names.letters(r.name), of, 1)
	}
}

// regroup puts a record with those of the same letters, or takes it from them. All of them
// are to be looked at again.
func (e *Engine) regroup(l *roll, letters string, of, n int32) {
	group := l.byName[letters]
	if n > 0 {
		group = append(group, of)
	} else {
		group = without(group, of)
	}
	l.byName[letters] = group
	if len(group) == 0 {
		delete(l.byName, letters)
	}
	if len(group) <= e.model.Crowd+1 {
		for _, other := range group {
			l.changed.add(other)
		}
	}
}

// count changes a tally by n and drops what comes to nothing.
func count(list []tally, of, n int32) []tally {
	for i := range list {
		if list[i].of != of {
			continue
		}
		if list[i].n += n; list[i].n == 0 {
			return slices.Delete(list, i, i+1)
		}
		return list
	}
	return append(list, tally{of, n})
}

func counted(list []tally, of int32) int32 {
	for _, t := range list {
		if t.of == of {
			return t.n
		}
	}
	return 0
}
