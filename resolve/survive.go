package resolve

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"
)

// Survivorship: which record's word a canonical field takes. The finished word beats the
// scheduled, the finer time the coarser, then what more sources say, then the older record; or
// a rule that is set for the field comes first. What is set by hand beats it all (override.go).

// Survivorship is how canonical fields are chosen where a curator says so.
type Survivorship struct {
	Rules map[Kind]map[string]Rule // by field, as Entity.From names it; absent: Usual
	Trust map[string]int           // by source; a greater one is trusted more; absent: 0
}

// Rule is what comes first when a field is chosen among what records say; where that leaves
// several, they are chosen among as usual.
type Rule string

// The rules.
const (
	Usual    Rule = "usual"
	Trusted  Rule = "most trusted source"
	Frequent Rule = "most frequent"
	Recent   Rule = "most recent" // of the record that was first told last
	Oldest   Rule = "oldest"
	Longest  Rule = "longest name" // of what has a name
)

// Rules lists the rules.
var Rules = [...]Rule{Usual, Trusted, Frequent, Recent, Oldest, Longest}

// Check tells what is wrong with a survivorship: an *InvalidError, or nil.
func (s Survivorship) Check() error {
	for kind, rules := range s.Rules {
		for field, rule := range rules {
			switch {
			case !slices.Contains(Kinds[:], kind), !slices.Contains(Chosen(kind), field):
				return &InvalidError{"field", fmt.Sprintf("%q is chosen of no %s", field, kind)}
			case !slices.Contains(RulesOf(kind), rule):
				return &InvalidError{"rule", fmt.Sprintf("%q is no rule for the %s of a %s", rule, field, kind)}
			}
		}
	}
	return nil
}

// Chosen lists the fields of a kind that are chosen, as Entity.From names them.
func Chosen(kind Kind) []string {
	if kind != KindMatch {
		return []string{"name"}
	}
	fields := make([]string, len(survivors))
	for i, f := range survivors {
		fields[i] = f.name
	}
	return fields
}

// RulesOf lists the rules that fields of a kind can be chosen by, Usual first.
func RulesOf(kind Kind) []Rule {
	return slices.DeleteFunc(slices.Clone(Rules[:]), func(r Rule) bool { return r == Longest && kind == KindMatch })
}

// Survive sets how canonical fields are chosen; all are chosen anew. Nothing is resolved until Settle.
func (e *Engine) Survive(s Survivorship) {
	e.survivorship = s
	e.rechosen = true
}

// claimant is what rules know of who makes a claim.
type claimant struct {
	source  int32
	arrival int64
	name    string
	times   int // how many say the same
}

// favour is how a rule stands to a claim: a greater one beats.
func (e *Engine) favour(rule Rule, c claimant) int64 {
	switch rule {
	case Trusted:
		return int64(e.survivorship.Trust[e.sources.names[c.source]])
	case Frequent:
		return int64(c.times)
	case Recent:
		return c.arrival
	case Oldest:
		return -c.arrival
	case Longest:
		return int64(utf8.RuneCountInString(c.name))
	}
	return 0
}

// claim is what one record says of a field.
type claim struct {
	record int32
	source int32
	favour int64 // by the rule of the field; a greater one beats
	rank   int   // a greater one beats, whatever the sources say
	value  value
}

// value is anything that is compared with others of its field.
type value [3]int64

// survivor picks among claims, oldest record's first, and returns its place; false if none is made.
func survivor(claims []claim) (int, bool) {
	best := 0
	for i := 1; i < len(claims); i++ {
		x, y := &claims[i], &claims[best]
		more := cmp.Or(cmp.Compare(x.favour, y.favour), cmp.Compare(x.rank, y.rank))
		if more > 0 || more == 0 && support(claims, i) > support(claims, best) {
			best = i
		}
	}
	return best, len(claims) > 0
}

// support counts the sources that claim the value that one of them does.
func support(claims []claim, i int) int {
	sources := 0
	for j, c := range claims {
		same := func(d claim) bool { return d.value == c.value && d.source == c.source }
		if c.value == claims[i].value && !slices.ContainsFunc(claims[:j], same) {
			sources++
		}
	}
	return sources
}

// entity builds the entity that is called by a record.
func (e *Engine) entity(l *roll, head int32) Entity {
	var entity Entity
	if l != nil {
		entity = e.namedEntity(l, head)
	} else {
		entity = e.matchEntity(head)
	}
	e.override(&entity)
	return entity
}

// digest sums up what entity builds. It is the same in every process.
func (e *Engine) digest(l *roll, head int32) digest {
	d := emptyDigest
	members := e.members(l, head)
	if e.isSet(l, members) {
		return digestEntity(e.entity(l, head))
	}
	for _, m := range members {
		d.text(string(e.id(l, m)))
	}
	if l != nil {
		name := e.canonicalName(l, members)
		d.numbers(int32(slices.Index(members, name)))
		e.names.digest(&d, l.records[name].name)
		if title := e.titleOf(l, members); title != none {
			d.text(string(e.titles.records[title].id))
		}
		return d
	}
	for _, m := range members {
		d.truth(e.matches.at(m).flipped)
	}
	fields, from := e.survive(members)
	d.fields(&fields)
	for _, m := range from {
		d.numbers(int32(slices.Index(members, m)))
	}
	return d
}

func (e *Engine) namedEntity(l *roll, head int32) Entity {
	r := &l.records[head]
	entity := Entity{Kind: l.kind, ID: r.id}
	for _, m := range r.members {
		entity.Members = append(entity.Members, Member{Record: l.records[m].id})
	}
	name := e.canonicalName(l, r.members)
	entity.Name, entity.From = e.names.told[l.records[name].name], map[string]ID{"name": l.records[name].id}
	if title := e.titleOf(l, r.members); title != none {
		entity.Title = e.titles.records[title].id
	}
	return entity
}

// canonicalName picks the record whose name most sources use, then most matches, then the
// oldest.
func (e *Engine) canonicalName(l *roll, members []int32) int32 {
	best, most := members[0], use{favour: math.MinInt64}
	if len(members) == 1 {
		return best
	}
	rule := e.survivorship.Rules[l.kind]["name"]
	for _, m := range members {
		u, r := e.useOf(l, members, m), &l.records[m]
		u.favour = e.favour(rule, claimant{r.source, r.arrival, e.names.told[r.name], u.matches})
		if u.more(most) {
			best, most = m, u
		}
	}
	return best
}

// use is how much use is made of a name.
type use struct {
	favour           int64 // by the rule of names
	sources, matches int
}

func (u use) more(v use) bool {
	return cmp.Or(cmp.Compare(u.favour, v.favour), cmp.Compare(u.sources, v.sources), cmp.Compare(u.matches, v.matches)) > 0
}

// useOf tells what use the records of a cluster make of the name of one of them.
func (e *Engine) useOf(l *roll, members []int32, one int32) use {
	var u use
	var room [few]int32
	sources, letters := room[:0], e.names.letters(l.records[one].name)
	for _, m := range members {
		r := &l.records[m]
		if e.names.letters(r.name) != letters {
			continue
		}
		u.matches += len(r.matches)
		if !slices.Contains(sources, r.source) {
			sources = append(sources, r.source)
		}
	}
	u.sources = len(sources)
	return u
}

// titleOf picks the title that most members of a cluster are of, the oldest's at a tie, and returns
// the record that its entity is called by.
func (e *Engine) titleOf(l *roll, members []int32) int32 {
	if l.kind == KindTitle {
		return none
	}
	var room [few]claim
	claims := room[:0]
	for _, m := range members {
		if t := l.records[m].title(e.titles); t != none {
			title := e.titles.records[t].head
			claims = append(claims, claim{record: title, value: value{int64(title)}, source: l.records[m].source})
		}
	}
	if best, found := survivor(claims); found {
		return claims[best].record
	}
	return none
}

// matchEntity builds the entity of a match cluster, its sides in the order of the oldest record.
func (e *Engine) matchEntity(head int32) Entity {
	r := e.matches.at(head)
	entity := Entity{Kind: KindMatch, ID: r.told.id, From: map[string]ID{}}
	for _, m := range r.members {
		entity.Members = append(entity.Members, Member{Record: e.matches.at(m).told.id, Flipped: e.matches.at(m).flipped})
	}
	fields, from := e.survive(r.members)
	for i, m := range from {
		if m != none {
			entity.From[survivors[i].name] = e.matches.at(m).told.id
		}
	}
	entity.Match = &fields
	return entity
}

// survivors lists the fields of a match.
var survivors = [...]field{
	{"state", (*Engine).claimState, func(_ *Engine, r *matchRecord, f Fields) Fields { f.State = r.told.state; return f }},
	{"best_of", (*Engine).claimBestOf, func(_ *Engine, r *matchRecord, f Fields) Fields { f.BestOf = r.told.bestOf; return f }},
	{"start", (*Engine).claimStart, func(_ *Engine, r *matchRecord, f Fields) Fields { f.Start = r.told.start; return f }},
	{"title", (*Engine).claimTitle, func(e *Engine, r *matchRecord, f Fields) Fields { f.Title = e.titles.entityID(r.title); return f }},
	{"tournament", (*Engine).claimTournament, func(e *Engine, r *matchRecord, f Fields) Fields {
		f.Tournament = e.tournaments.entityID(r.tournament)
		return f
	}},
	{"teams", (*Engine).claimTeams, (*Engine).takeTeams},
	{"score", (*Engine).claimScore, (*Engine).takeScore},
}

// field is one field of a match: what a record claims for it, and how strongly, false if nothing;
// and how it is taken over from it.
type field struct {
	name  string
	claim func(e *Engine, r *matchRecord) (value, int, bool)
	take  func(e *Engine, r *matchRecord, f Fields) Fields
}

// few is how many records most entities have at most.
const few = 8

// survive chooses the fields of a match, and tells which record each comes from.
func (e *Engine) survive(members []int32) (Fields, [len(survivors)]int32) {
	var fields Fields
	var from [len(survivors)]int32
	var room [few]claim
	for i := range survivors {
		f, claims := &survivors[i], room[:0]
		for _, m := range members {
			r := e.matches.at(m)
			if v, rank, made := f.claim(e, r); made {
				claims = append(claims, claim{record: m, source: r.source, rank: rank, value: v})
			}
		}
		if rule := e.survivorship.Rules[KindMatch][f.name]; rule != "" {
			for j := range claims {
				c := &claims[j]
				c.favour = e.favour(rule, claimant{c.source, e.matches.at(c.record).told.arrival, "", times(claims, j)})
			}
		}
		from[i] = none
		if best, found := survivor(claims); found {
			from[i] = claims[best].record
			fields = f.take(e, e.matches.at(from[i]), fields)
		}
	}
	return fields, from
}

// times counts the claims that say what one says.
func times(claims []claim, i int) int {
	n := 0
	for _, c := range claims {
		if c.value == claims[i].value {
			n++
		}
	}
	return n
}

// finished ranks a record that tells the end above one that tells what is to come.
func (r *matchRecord) finished() int {
	if r.told.state != nil && *r.told.state == StateFinished {
		return 1
	}
	return 0
}

func (e *Engine) claimState(r *matchRecord) (value, int, bool) {
	if r.told.state == nil {
		return value{}, 0, false
	}
	return value{int64(*r.told.state)}, r.finished(), true
}

func (e *Engine) claimBestOf(r *matchRecord) (value, int, bool) {
	if r.told.bestOf == nil {
		return value{}, 0, false
	}
	return value{int64(*r.told.bestOf)}, r.finished(), true
}

// fineness ranks precisions.
func (p Precision) fineness() int {
	return 1 + slices.Index([]Precision{PrecisionDay, PrecisionMinute, PrecisionSecond}, p)
}

func (e *Engine) claimStart(r *matchRecord) (value, int, bool) {
	if r.told.start.Precision == "" {
		return value{}, 0, false
	}
	return value{r.told.start.At.Unix()}, 2*r.told.start.Precision.fineness() + r.finished(), true
}

func (e *Engine) claimTitle(r *matchRecord) (value, int, bool) {
	if r.title == none {
		return value{}, 0, false
	}
	return value{int64(e.titles.records[r.title].head)}, 0, true
}

func (e *Engine) claimTournament(r *matchRecord) (value, int, bool) {
	if r.tournament == none {
		return value{}, 0, false
	}
	return value{int64(e.tournaments.records[r.tournament].head)}, r.finished(), true
}

// teamsOf gives a record's team entities, in the order of its entity's sides.
func (e *Engine) teamsOf(r *matchRecord) [2]int32 {
	return inOrder(r, [2]int32{e.teams.records[r.team[0]].head, e.teams.records[r.team[1]].head})
}

// claimTeams ranks named teams above placeholders.
func (e *Engine) claimTeams(r *matchRecord) (value, int, bool) {
	rank := r.finished()
	for _, name := range r.teamName {
		if !e.names.nobody(name) {
			rank += 2
		}
	}
	teams := e.teamsOf(r)
	return value{int64(teams[0]), int64(teams[1])}, rank, true
}

func (e *Engine) takeTeams(r *matchRecord, f Fields) Fields {
	for i, team := range e.teamsOf(r) {
		f.Sides[i].Team = e.teams.records[team].id
	}
	return f
}

// claimScore ranks a score with points above a bare winner.
func (e *Engine) claimScore(r *matchRecord) (value, int, bool) {
	if r.sort == untold && r.outcome == open {
		return value{}, 0, false
	}
	rank := 2 * r.finished()
	if r.sort != untold {
		rank++
	}
	points := inOrder(r, r.points)
	return value{int64(math.Float64bits(points[0])), int64(math.Float64bits(points[1])), int64(r.outcome.flip(r.flipped))}, rank, true
}

func (e *Engine) takeScore(r *matchRecord, f Fields) Fields {
	points, winner := inOrder(r, r.told.points), inOrder(r, r.told.winner)
	for i := range f.Sides {
		f.Sides[i].Points, f.Sides[i].Winner = points[i], winner[i]
	}
	return f
}

// inOrder brings a pair told by a record into the order of its entity's sides.
func inOrder[T any](r *matchRecord, pair [2]T) [2]T {
	if r.flipped {
		pair[0], pair[1] = pair[1], pair[0]
	}
	return pair
}

// entityID is the id of a record's entity.
func (l *roll) entityID(r int32) ID { return l.records[l.records[r].head].id }
