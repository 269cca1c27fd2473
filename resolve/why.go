package resolve

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Why is the whole account of two records: what they weigh, with the votes that a Link sums up
// opened one by one (whyvotes.go); what the entity rests on that they share; or what keeps
// them apart (whynot.go).
type Why struct {
	Link
	Entities [2]ID        // that A and B are in
	Members  [2][]ID      // their records, oldest first
	Pairs    []PairWeight // the candidate pairs within their entity or, if they are apart, between the two: heaviest first
	Apart    *Reason      // nil: they are one
	Told     map[ID]Told  // what each record that is named here tells
}

// PairWeight is a candidate pair of records, A < B, and what it weighs.
type PairWeight struct {
	A, B   ID
	Weight Weight
}

// Told says in a few words what a record tells.
type Told struct {
	Source string
	Name   string // of a match: "fnatic – NiP, 2015-08-01 14:30"
}

// Why accounts for what became of two records of a kind, as of the last Settle. It is
// computed by the code that decides: at every level lines sum to what they explain.
// ErrUnknown: there is no such record. *InvalidError: they are not two, or not of one kind.
func (e *Engine) Why(a, b ID) (Why, error) {
	for _, id := range [2]ID{a, b} {
		if _, live := e.EntityOf(id); !live {
			return Why{}, fmt.Errorf("%s: %w", id, ErrUnknown)
		}
	}
	if a.Kind() != b.Kind() {
		return Why{}, &InvalidError{"b", fmt.Sprintf("%s is the id of a %s, and %s of a %s", b, b.Kind(), a, a.Kind())}
	}
	if a == b {
		return Why{}, &InvalidError{"b", "is the same record as a"}
	}
	return e.accountOf(min(a, b), max(a, b)).why(), nil
}

// account is of two live records.
type account struct{ between }

func (e *Engine) accountOf(a, b ID) account {
	l := e.roll(a.Kind())
	return account{between{e, l, e.number(l, a), e.number(l, b)}}
}

func (p account) why() Why {
	w := Why{Link: p.opened(), Pairs: p.pairs(), Apart: p.apart()}
	for i, r := range [2]int32{p.x, p.y} {
		w.Members[i] = p.ids(p.members(r))
		w.Entities[i] = w.Members[i][0]
	}
	w.Told = p.e.toldOf(w)
	return w
}

// opened is the link of the two with the votes of their teams opened.
func (p account) opened() Link {
	link := p.judge().link()
	switch p.roll {
	case nil:
		p.openMatch(link)
		return link
	case p.e.teams:
	default:
		return link
	}
	if q, found := p.e.findPair(p.x, p.y); found {
		unfold(link.Lines, p.e.votesFor(q, p.x).lines(none))
	}
	return link
}

func (p account) openMatch(link Link) {
	c := p.e.coupleOf(p.x, p.y, p.e.orientationOf(p.x, p.y))
	for side := range c.a.team {
		if q, found := c.pair(side); found {
			v := p.e.votesFor(q, c.a.team[side])
			lines := v.lines(c.edge())
			if cut := p.e.tellable(c.belief(side)) - c.belief(side); cut != 0 {
				lines = append(lines, Line{Comparison: "bound", Level: "beyond, a match does not care", Weight: cut})
			}
			unfold(link.Lines[1+side].Lines, lines)
		}
	}
}

// unfold gives the line that sums votes up its lines.
func unfold(lines, votes []Line) {
	for i := range lines {
		if lines[i].Comparison == "matches" {
			lines[i].Lines = votes
		}
	}
}

// Cut leaves the loudest votes of each sum of votes and puts one line in place of the rest.
// It changes nothing in lines.
func Cut(lines []Line, most int) []Line {
	var kept []Line
	rest, votes := Line{Comparison: "more matches"}, 0
	place := len(lines)
	for _, l := range lines {
		if l.Lines = Cut(l.Lines, most); l.Comparison != voteLine {
			kept = append(kept, l)
			continue
		}
		if votes++; votes <= most {
			kept = append(kept, l)
			place = len(kept)
			continue
		}
		rest.Weight += l.Weight
	}
	if votes > most {
		rest.Level = fmt.Sprintf("%d, each of which says less", votes-most)
		kept = slices.Insert(kept, min(place, len(kept)), rest)
	}
	return kept
}

// pairs weighs the candidate pairs within the entity of the two, or between their entities.
func (p account) pairs() []PairWeight {
	var pairs []PairWeight
	add := func(r, s int32) {
		if q := p.of(r, s); q.candidates() {
			pairs = append(pairs, PairWeight{q.id(q.x), q.id(q.y), q.weight()})
		}
	}
	members, others := p.members(p.x), p.members(p.y)
	for i, r := range members {
		if p.one() {
			others = members[i+1:]
		}
		for _, s := range others {
			add(r, s)
		}
	}
	slices.SortFunc(pairs, func(v, w PairWeight) int {
		return cmp.Or(cmp.Compare(w.Weight, v.Weight), compareIDs(v.A, w.A), compareIDs(v.B, w.B))
	})
	return pairs
}

// of is the account of two other records of the kind.
func (p account) of(r, s int32) account {
	return account{p.e.between(p.roll, r, s)}
}

func (p account) one() bool { return p.head(p.x) == p.head(p.y) }

func (p account) id(r int32) ID { return p.e.id(p.roll, r) }

func (p account) ids(records []int32) []ID { return p.e.ids(p.roll, records) }

func (p account) source(r int32) int32 { return p.e.source(p.roll, r) }

func (p account) head(r int32) int32 { return p.e.owner(p.roll, r) }

func (p account) members(r int32) []int32 { return p.e.members(p.roll, p.head(r)) }

// candidates tells whether the two were ever looked at beside each other.
func (p account) candidates() bool {
	if p.roll == nil {
		return p.e.tied(p.x, p.y, false) || p.e.tied(p.x, p.y, true) || p.e.twins(p.x, p.y) || p.one() && p.e.leftOverWith(p.x, p.y)
	}
	if p.roll == p.e.teams {
		_, found := p.e.findPair(p.x, p.y)
		return found
	}
	found := false
	p.e.partners(p.roll, p.x, func(s int32) { found = found || s == p.y })
	return found
}

func (p account) weight() Weight {
	if p.roll == nil {
		return p.e.weightOf(p.x, p.y, p.e.orientationOf(p.x, p.y))
	}
	q := p.e.namedPairOf(p.roll, p.x, p.y)
	return q.weight()
}

// toldOf says what each record tells that an account names.
func (e *Engine) toldOf(w Why) map[ID]Told {
	ids := map[ID]Told{w.A: {}, w.B: {}}
	add := func(more ...ID) {
		for _, id := range more {
			ids[id] = Told{}
		}
	}
	add(w.Members[0]...)
	add(w.Members[1]...)
	if w.Apart != nil {
		add(w.Apart.Records...)
	}
	eachVote(w.Lines, add)
	for id := range maps.Keys(ids) {
		ids[id] = e.toldBy(id)
	}
	return ids
}

func eachVote(lines []Line, visit func(...ID)) {
	for _, l := range lines {
		visit(l.Records...)
		eachVote(l.Lines, visit)
	}
}

func (e *Engine) toldBy(id ID) Told {
	l := e.roll(id.Kind())
	r := e.number(l, id)
	told := Told{Source: e.sources.names[e.source(l, r)]}
	if l != nil {
		told.Name = e.names.text(l.records[r].name)
	} else {
		told.Name = e.matchText(r)
	}
	return told
}

// matchText says in a few words what a match record tells.
func (e *Engine) matchText(m int32) string {
	r := e.matches.at(m)
	text := e.names.text(r.teamName[0]) + " – " + e.names.text(r.teamName[1])
	switch r.told.start.Precision {
	case "":
		return text
	case PrecisionDay:
		return text + ", " + r.told.start.At.Format("2006-01-02")
	}
	return text + ", " + r.told.start.At.Format("2006-01-02 15:04")
}
