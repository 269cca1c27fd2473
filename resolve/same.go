package resolve

import (
	"slices"

	"umpire/resolve/text"
)

// The rules that keep two records out of one cluster whatever their weight.
const (
	ruleOnePerSource = "one record per source"
	ruleMet          = "they met each other"
	ruleTitle        = "of different titles"
	ruleTwoSources   = "two sources keep them apart"
	ruleAverage      = "too little on the average of the cluster"
	ruleDoubtful     = "too little to join, too much to drop"
	ruleLeftOver     = "the only ones left over of their fixture"
	ruleJudged       = "judged different"

	// RuleToss is the rule by which neither of two equal readings is taken.
	RuleToss = "another reading is as good"
)

// clusterRoll clusters anew the components of a roll that hold changed records. It settles
// all their records, and those that no match tells any more.
func (e *Engine) clusterRoll(l *roll) {
	e.widen(l)
	for _, r := range l.changed.take() {
		if l.settled.has(r) {
			continue
		}
		if !l.records[r].live() {
			l.settled.add(r)
			l.records[r].head, l.records[r].members = r, nil
			continue
		}
		e.clusterNamed(l, component(r, &l.settled, func(r int32, visit func(int32)) { e.strongNamed(l, r, visit) }))
	}
}

// widen adds to the changed records those that change with them: their candidates, for a pair's
// weight may change with either. Of teams both are marked by the pair; but the matches of one
// may part it from another of its source.
func (e *Engine) widen(l *roll) {
	if l == e.teams {
		for _, x := range l.grown.list {
			if !l.changed.has(x) && e.contested(x) {
				l.changed.add(x)
			}
		}
	}
	for _, r := range slices.Clone(l.changed.list) {
		e.age(&l.records[r])
		if l != e.teams {
			e.partners(l, r, l.changed.add)
		}
	}
}

// contested tells whether a team hangs together with another record of its source, by bonds that
// join or make one ask.
func (e *Engine) contested(x int32) bool {
	source, others := e.teams.records[x].source, 0
	component(x, &e.nearby, func(y int32, visit func(int32)) {
		if e.teams.records[y].source == source {
			others++
		}
		e.bonded(y, min(e.model.Team.Merge, e.model.Team.Suggest), visit)
	})
	e.nearby.take()
	return others > 1
}

// age finds when a record was first told, if the match that told it first is gone.
func (e *Engine) age(r *namedRecord) {
	if !r.aged || !r.live() {
		return
	}
	r.aged, r.arrival = false, e.matches.at(r.matches[0]).told.arrival
	for _, m := range r.matches {
		r.arrival = min(r.arrival, e.matches.at(m).told.arrival)
	}
}

// strongNamed calls visit with the records of a roll that one could be joined with.
func (e *Engine) strongNamed(l *roll, r int32, visit func(int32)) {
	if l == e.teams {
		e.bonded(r, e.model.Team.Merge, visit)
		return
	}
	e.partners(l, r, func(s int32) {
		if p := e.namedPairOf(l, r, s); p.weight() >= e.model.named(l.kind).Merge {
			visit(s)
		}
	})
}

// partners calls visit with the candidates of a record of a roll, each once. Those of a team
// are its pairs; of others those that its matches' partners tell, and those of its name in
// other sources.
func (e *Engine) partners(l *roll, r int32, visit func(int32)) {
	record := &l.records[r]
	if !record.live() {
		return
	}
	if l == e.teams {
		e.opposites(r, visit)
		return
	}
	for _, v := range record.votes {
		visit(v.of)
	}
	e.eachNamedMate(l, r, func(s int32) {
		if counted(record.votes, s) == 0 {
			visit(s)
		}
	})
	if e.names.nobody(record.name) {
		return
	}
	group := l.byName[e.names.letters(record.name)]
	if len(group) > e.model.Crowd {
		return
	}
	for _, s := range group {
		if l.records[s].source != record.source && counted(record.votes, s) == 0 && e.judged.between(record.id, l.records[s].id) != Same {
			visit(s)
		}
	}
}

// opposites calls visit with the teams that one is a pair with.
func (e *Engine) opposites(x int32, visit func(int32)) {
	for _, p := range e.teams.records[x].pairs {
		if q := e.pairs.at(p); e.alive(q) {
			visit(q.x + q.y - x)
		}
	}
}

// bonded calls visit with the teams that one is a pair with that weighs so much at least.
func (e *Engine) bonded(x int32, least Weight, visit func(int32)) {
	for _, p := range e.teams.records[x].pairs {
		if e.ties[p] >= least {
			q := e.pairs.at(p)
			visit(q.x + q.y - x)
		}
	}
}

// alive tells whether a pair has a name or a match that proposes it.
func (e *Engine) alive(q *pair) bool {
	return (q.known && (q.seeded || len(q.edges) > 0) || q.judged > 0) && e.teams.records[q.x].live() && e.teams.records[q.y].live()
}

// believed is what speaks for two team records being one, and why it is not all that their
// names and matches say. Votes never overcome a guard. Where the names do not agree, or one has a
// further rare word that may be a second team's, one match alone does not settle it.
func (e *Engine) believed(x, y int32) (Weight, string) {
	p, found := e.findPair(x, y)
	if !found {
		a, b := &e.teams.records[x], &e.teams.records[y]
		return e.names.compare(a.name, b.name).worth(e.model.Team.Names) + e.judgement(a.id, b.id).weight, ""
	}
	return e.believedOf(p)
}

func (e *Engine) believedOf(p int32) (Weight, string) {
	q := e.pairs.at(p)
	belief := q.belief[e.final]
	short := e.model.Team.Merge - e.model.Team.Prior - 1
	switch {
	case q.judged != 0:
		return belief, ""
	case q.guarded && belief > q.belief[0]:
		return q.belief[0], "votes do not overcome it"
	case (q.belief[0] <= 0 || q.likeness.level == text.Within) && belief > short && !e.backed(p):
		return short, "one match alone does not settle it"
	}
	return belief, ""
}

// backed tells whether two matches at least speak for a pair.
func (e *Engine) backed(p int32) bool {
	first := none
	for _, i := range e.pairs.at(p).edges {
		f := e.edges.at(i)
		if e.final == 0 || f.votes[e.final-1][f.slot(p)][0] <= -e.unmatched {
			continue
		}
		if first != none && first != f.m {
			return true
		}
		first = f.m
	}
	return false
}

// teamLines tells what speaks for two team records being one.
func (e *Engine) teamLines(x, y int32) []Line {
	believed, why := e.believed(x, y)
	p, found := e.findPair(x, y)
	if !found {
		a, b := &e.teams.records[x], &e.teams.records[y]
		l := e.names.compare(a.name, b.name)
		lines := []Line{{Comparison: "name", A: e.names.text(a.name), B: e.names.text(b.name), Level: string(l.level), Weight: l.worth(e.model.Team.Names)}}
		return append(lines, e.judgementLines(a.id, b.id)...)
	}
	q := e.pairs.at(p)
	lines := e.nameLines(q)
	if votes := q.belief[e.final] - q.belief[0]; votes != 0 {
		lines = append(lines, Line{Comparison: "matches", Level: "what their matches say", Weight: votes})
	}
	if why != "" {
		lines = append(lines, Line{Comparison: "guard", Level: why, Weight: believed - q.belief[e.final]})
	}
	return lines
}

// clusterNamed parts the records of a component of a roll into clusters.
func (e *Engine) clusterNamed(l *roll, component []int32) {
	slices.SortFunc(component, func(a, b int32) int { return compareIDs(l.records[a].id, l.records[b].id) })
	bonds, court := e.namedBonds(l, component)
	apart := func(a, b []int) string { return e.clustersApart(l, component, court, a, b) }
	cluster := e.gathering.agglomerate(len(component), bonds, e.model.bars(l.kind), court, apart)
	gather(component, cluster, l.older, func(r, head int32, members []int32) {
		l.records[r].head, l.records[r].members = head, members
	})
}

// namedBonds weighs the candidate pairs within a component of a roll. Two records of one
// source that another record is one with are neither for nor against it: just short of the bar.
func (e *Engine) namedBonds(l *roll, component []int32) ([]bond, *court) {
	if len(component) == 1 {
		return nil, nil
	}
	e.places.tell(component)
	var bonds []bond
	shared := map[[2]int]bool{}
	for i, r := range component {
		var strong []int
		e.partners(l, r, func(s int32) {
			j, within := e.places.of(component, s)
			if !within {
				return
			}
			p := e.namedPairOf(l, r, s)
			w := p.weight()
			if i < j {
				bonds = append(bonds, bond{i, j, w})
			}
			if w >= e.model.named(l.kind).Merge {
				strong = append(strong, j)
			}
		})
		for n, j := range strong {
			for _, k := range strong[n+1:] {
				if l.records[component[j]].source == l.records[component[k]].source {
					shared[[2]int{min(j, k), max(j, k)}] = true
				}
			}
		}
	}
	merge := e.model.named(l.kind).Merge
	for pair := range shared {
		bonds = append(bonds, bond{pair[0], pair[1], merge - 1})
	}
	court := e.courtOf(component, func(r int32) ID { return l.records[r].id }, bonds, merge, func(r, s int32) string { return e.apart(l, r, s) })
	return court.waived(bonds, merge), court
}

// clustersApart returns the rule that keeps two clusters of a roll apart, or "".
func (e *Engine) clustersApart(l *roll, component []int32, court *court, a, b []int) string {
	if rule := eachBetween(component, court, a, b, func(r, s int32) string { return e.apart(l, r, s) }); rule != "" || l != e.teams {
		return rule
	}
	both := none
	for _, i := range a {
		for _, j := range b {
			x, y := &l.records[component[i]], &l.records[component[j]]
			if x.source != y.source || x.key.Named || court.waives(i, j) {
				continue
			}
			if both != none && both != x.source {
				return ruleTwoSources
			}
			both = x.source
		}
	}
	return ""
}

// apart returns the rule that keeps two records of a roll apart, or "".
func (e *Engine) apart(l *roll, a, b int32) string {
	x, y := &l.records[a], &l.records[b]
	if e.judged.between(x.id, y.id) == Different {
		return ruleJudged
	}
	if l.kind != KindTitle {
		if s, t := x.title(e.titles), y.title(e.titles); s != none && t != none && e.titles.records[s].head != e.titles.records[t].head {
			return ruleTitle
		}
	}
	if x.source != y.source {
		return ""
	}
	if l.kind == KindTeam {
		return e.teamsApart(x, y)
	}
	if e.names.letters(x.name) == e.names.letters(y.name) {
		return ""
	}
	return ruleOnePerSource
}

// teamsApart judges two team records of one source. A source that keys teams by name holds
// every alias as another record; one that keys them by id may hold a team twice, under names
// that say so, or under others if it used each for many matches and one before the other,
// and never both on one day.
func (e *Engine) teamsApart(x, y *namedRecord) string {
	meets, sameDay := shareMatches(x, y)
	l := e.names.compare(x.name, y.name)
	alike := l.worth(e.model.Team.Names)
	many := len(x.matches) >= enoughMatches && len(y.matches) >= enoughMatches
	switch {
	case meets:
		return ruleMet
	case x.key.Named && y.key.Named:
		return ""
	case sameDay:
		return ruleOnePerSource
	case alike >= e.model.Team.Merge-e.model.Team.Prior || alike > 0 && many:
		return ""
	case many && (succeeds(x, y) || succeeds(y, x)):
		return ""
	}
	return ruleOnePerSource
}

// shareMatches tells whether two teams have a match, or a day on which both play, in common.
func shareMatches(x, y *namedRecord) (bool, bool) {
	sameDay := false
	a, b := x.schedule, y.schedule
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].day < b[0].day:
			a = a[1:]
		case a[0].day > b[0].day:
			b = b[1:]
		default:
			sameDay = true
			for _, t := range b {
				if t.match == a[0].match {
					return true, true
				}
				if t.day > a[0].day {
					break
				}
			}
			a = a[1:]
		}
	}
	if len(x.schedule) == len(x.matches) {
		return false, sameDay
	}
	return slices.ContainsFunc(x.matches, func(m int32) bool { return slices.Contains(y.matches, m) }), sameDay
}

// succeeds tells whether y's matches all come after x's.
func succeeds(x, y *namedRecord) bool {
	return len(x.schedule) > 0 && len(y.schedule) > 0 && y.schedule[0].day > x.schedule[len(x.schedule)-1].day
}

// enoughMatches are enough to trust that a record was in use for a while.
const enoughMatches = 3
