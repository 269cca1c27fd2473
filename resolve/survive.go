package resolve

import (
	"cmp"
	"fmt"
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
			case !survives(kind, field):
				return &InvalidError{"field", fmt.Sprintf("%q is chosen of no %s", field, kind)}
			case !slices.Contains(Rules[:], rule), rule == Longest && kind == KindMatch:
				return &InvalidError{"rule", fmt.Sprintf("%q is no rule for the %s of a %s", rule, field, kind)}
			}
		}
	}
	return nil
}

// survives tells whether a field of a kind is chosen.
func survives(kind Kind, field string) bool {
	if kind != KindMatch {
		return kind != "" && field == "name"
	}
	return slices.Contains([]string{"state", "best_of", "start", "title", "tournament", "teams", "score"}, field)
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

// standing is how a claim stands by a rule: a greater one beats.
func (e *Engine) standing(rule Rule, c claimant) int64 {
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
	record   int32
	value    any   // comparable
	standing int64 // by the rule of the field; a greater one beats
	rank     int   // a greater one beats, whatever the sources say
	source   int32
}

// survivor picks among claims, oldest record's first, and returns its place; false if none is made.
func survivor(claims []claim) (int, bool) {
	best, found := 0, false
	support := func(i int) int {
		sources := map[int32]bool{}
		for _, c := range claims {
			if c.value == claims[i].value {
				sources[c.source] = true
			}
		}
		return len(sources)
	}
	for i := range claims {
		if !found || cmp.Or(cmp.Compare(claims[i].standing, claims[best].standing), cmp.Compare(claims[i].rank, claims[best].rank), cmp.Compare(support(i), support(best))) > 0 {
			best, found = i, true
		}
	}
	return best, found
}

// entity builds the entity of a cluster.
func (e *Engine) entity(k Kind, head int32) Entity {
	var entity Entity
	if l := e.roll(k); l != nil {
		entity = e.namedEntity(l, head)
	} else {
		entity = e.matchEntity(head)
	}
	e.override(&entity)
	return entity
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
		entity.Title = e.titles.records[e.titles.records[title].head].id
	}
	return entity
}

// canonicalName picks the record whose name most sources use, then most matches, then the
// oldest.
func (e *Engine) canonicalName(l *roll, members []int32) int32 {
	type use struct{ sources, matches int }
	uses := map[string]use{}
	seen := map[string]map[int32]bool{}
	for _, m := range members {
		r := &l.records[m]
		letters := e.names.letters(r.name)
		if seen[letters] == nil {
			seen[letters] = map[int32]bool{}
		}
		seen[letters][r.source] = true
		uses[letters] = use{len(seen[letters]), uses[letters].matches + len(r.matches)}
	}
	rule := e.survivorship.Rules[l.kind]["name"]
	stands := func(r *namedRecord, times int) int64 {
		return e.standing(rule, claimant{r.source, r.arrival, e.names.told[r.name], times})
	}
	return slices.MaxFunc(members, func(a, b int32) int {
		r, s := &l.records[a], &l.records[b]
		x, y := uses[e.names.letters(r.name)], uses[e.names.letters(s.name)]
		return cmp.Or(cmp.Compare(stands(r, x.matches), stands(s, y.matches)), cmp.Compare(x.sources, y.sources), cmp.Compare(x.matches, y.matches))
	})
}

// titleOf picks the title record that most members of a cluster are of, the oldest's at a tie.
func (e *Engine) titleOf(l *roll, members []int32) int32 {
	if l.kind == KindTitle {
		return none
	}
	var claims []claim
	for _, m := range members {
		if t := l.records[m].title(e.titles); t != none {
			claims = append(claims, claim{record: t, value: e.titles.records[t].head, source: l.records[m].source})
		}
	}
	if best, found := survivor(claims); found {
		return claims[best].record
	}
	return none
}

// matchEntity builds the entity of a match cluster, its sides in the order of the oldest record.
func (e *Engine) matchEntity(head int32) Entity {
	r := &e.matches[head]
	fields := &Fields{}
	entity := Entity{Kind: KindMatch, ID: r.told.id, Match: fields, From: map[string]ID{}}
	for _, m := range r.members {
		entity.Members = append(entity.Members, Member{Record: e.matches[m].told.id, Flipped: e.matches[m].flipped})
	}
	for _, f := range survivors {
		e.survive(f, r.members, &entity)
	}
	return entity
}

// survivors lists the fields of a match: what a record claims for each, and how it is taken over.
var survivors = [...]field{
	{"state", (*Engine).claimState, func(e *Engine, r *matchRecord, f *Fields) { f.State = r.told.state }},
	{"best_of", (*Engine).claimBestOf, func(e *Engine, r *matchRecord, f *Fields) { f.BestOf = r.told.bestOf }},
	{"start", (*Engine).claimStart, func(e *Engine, r *matchRecord, f *Fields) { f.Start = r.told.start }},
	{"title", (*Engine).claimTitle, func(e *Engine, r *matchRecord, f *Fields) { f.Title = e.titles.entityID(r.title) }},
	{"tournament", (*Engine).claimTournament, func(e *Engine, r *matchRecord, f *Fields) { f.Tournament = e.tournaments.entityID(r.tournament) }},
	{"teams", (*Engine).claimTeams, (*Engine).takeTeams},
	{"score", (*Engine).claimScore, (*Engine).takeScore},
}

// field is one field of a match: what a record claims for it, nil if nothing, and how
// strongly; and how the entity takes it.
type field struct {
	name  string
	claim func(e *Engine, r *matchRecord) (any, int)
	take  func(e *Engine, r *matchRecord, f *Fields)
}

func (e *Engine) survive(f field, members []int32, entity *Entity) {
	var claims []claim
	for _, m := range members {
		r := &e.matches[m]
		if value, rank := f.claim(e, r); value != nil {
			claims = append(claims, claim{record: m, value: value, rank: rank, source: r.source})
		}
	}
	if rule := e.survivorship.Rules[KindMatch][f.name]; rule != "" {
		for i := range claims {
			claims[i].standing = e.standing(rule, claimant{claims[i].source, e.matches[claims[i].record].told.arrival, "", times(claims, i)})
		}
	}
	best, found := survivor(claims)
	if !found {
		return
	}
	r := &e.matches[claims[best].record]
	f.take(e, r, entity.Match)
	entity.From[f.name] = r.told.id
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

func (e *Engine) claimState(r *matchRecord) (any, int) {
	if r.told.state == nil {
		return nil, 0
	}
	return *r.told.state, r.finished()
}

func (e *Engine) claimBestOf(r *matchRecord) (any, int) {
	if r.told.bestOf == nil {
		return nil, 0
	}
	return *r.told.bestOf, r.finished()
}

var fineness = map[Precision]int{PrecisionDay: 1, PrecisionMinute: 2, PrecisionSecond: 3}

func (e *Engine) claimStart(r *matchRecord) (any, int) {
	if r.told.start.Precision == "" {
		return nil, 0
	}
	return r.told.start.At.Unix(), 2*fineness[r.told.start.Precision] + r.finished()
}

func (e *Engine) claimTitle(r *matchRecord) (any, int) {
	if r.title == none {
		return nil, 0
	}
	return e.titles.records[r.title].head, 0
}

func (e *Engine) claimTournament(r *matchRecord) (any, int) {
	if r.tournament == none {
		return nil, 0
	}
	return e.tournaments.records[r.tournament].head, r.finished()
}

// teamsOf gives a record's team entities, in the order of its entity's sides.
func (e *Engine) teamsOf(r *matchRecord) [2]int32 {
	return inOrder(r, [2]int32{e.teams.records[r.team[0]].head, e.teams.records[r.team[1]].head})
}

// claimTeams ranks named teams above placeholders.
func (e *Engine) claimTeams(r *matchRecord) (any, int) {
	rank := r.finished()
	for _, name := range r.teamName {
		if !e.names.nobody(name) {
			rank += 2
		}
	}
	return e.teamsOf(r), rank
}

func (e *Engine) takeTeams(r *matchRecord, f *Fields) {
	for i, team := range e.teamsOf(r) {
		f.Sides[i].Team = e.teams.records[team].id
	}
}

// claimScore ranks a score with points above a bare winner.
func (e *Engine) claimScore(r *matchRecord) (any, int) {
	if r.sort == untold && r.outcome == open {
		return nil, 0
	}
	rank := 2 * r.finished()
	if r.sort != untold {
		rank++
	}
	type score struct {
		points [2]float64
		winner outcome
	}
	return score{inOrder(r, r.points), r.outcome.flip(r.flipped)}, rank
}

func (e *Engine) takeScore(r *matchRecord, f *Fields) {
	points, winner := inOrder(r, r.told.points), inOrder(r, r.told.winner)
	for i := range f.Sides {
		f.Sides[i].Points, f.Sides[i].Winner = points[i], winner[i]
	}
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
