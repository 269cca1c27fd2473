package search

import (
	"cmp"
	"context"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"umpire/ent/store"
	"umpire/resolve"
)

// Database proposes candidates from the database itself: PostgreSQL by trigrams, which find
// words with errors in them; SQLite by FTS5, whose trigrams are found whole alone, so that
// a word of four letters with an error in it is not.
type Database struct{ Store *store.Store }

var _ Backend = Database{}

// eachWay is how many names each way of looking names up brings at most.
const eachWay = 200

// Candidates looks up who has names that are like the text, and the matches of those that
// have all words of it together. Errors in words are looked for if nothing is without.
func (db Database) Candidates(ctx context.Context, q Query, most int) ([]resolve.ID, error) {
	ids, err := db.asTyped(ctx, q, most)
	if err == nil && len(ids) == 0 {
		return db.withErrors(ctx, q, most)
	}
	return ids, err
}

func (db Database) asTyped(ctx context.Context, q Query, most int) ([]resolve.ID, error) {
	return db.propose(ctx, q, most, []Fit{Initials, Within}, func(string) bool { return false })
}

func (db Database) withErrors(ctx context.Context, q Query, most int) ([]resolve.ID, error) {
	return db.propose(ctx, q, most, []Fit{Within}, func(word string) bool {
		return len(word) >= shortNear && !strings.ContainsAny(word, "0123456789")
	})
}

// propose looks words up, some of them as they may be misspelt, and matches by names that
// fit so well, and then so.
func (db Database) propose(ctx context.Context, q Query, most int, fits []Fit, misspelt func(string) bool) ([]resolve.ID, error) {
	bounds := boundsOf(q)
	r := newRanker(q)
	if len(r.words) == 0 {
		return db.Store.FindMatches(ctx, []store.MatchSearch{{}}, bounds, most)
	}
	found, err := db.Store.FindNames(ctx, r.names(misspelt), eachWay)
	if err != nil {
		return nil, err
	}
	bearers := r.bearers(found)
	ids := r.named(bearers)
	if !q.asks(resolve.KindMatch) {
		return ids[:min(len(ids), most)], nil
	}
	ids = ids[:min(len(ids), most/2)]
	// Those that fit well first: what fits somehow may be so much that these are lost in it.
	seen := map[resolve.ID]bool{}
	for _, worst := range fits {
		matches, err := db.Store.FindMatches(ctx, r.matches(bearers, worst), bounds, most)
		if err != nil {
			return nil, err
		}
		for _, id := range matches {
			if !seen[id] && len(ids) < most {
				seen[id], ids = true, append(ids, id)
			}
		}
	}
	return ids, nil
}

// names are all that the words may be of, in any run.
func (r *ranker) names(misspelt func(string) bool) store.NameSearch {
	q := store.NameSearch{Begin: r.query.Text, Parts: slices.Compact(slices.Sorted(slices.Values(r.words)))}
	if r.query.Kinds != nil && !r.query.asks(resolve.KindMatch) {
		q.Kinds = r.query.Kinds
	}
	for _, row := range r.joined {
		for _, run := range row {
			q.Whole = append(q.Whole, run)
			if letters := strings.ReplaceAll(run, " ", ""); letters != run {
				q.Whole = append(q.Whole, letters)
			}
		}
	}
	for _, word := range q.Parts {
		if misspelt(word) {
			q.Near = append(q.Near, word)
		}
	}
	return q
}

// bearer is an entity whose names fit words.
type bearer struct {
	id    resolve.ID
	words map[uint]Fit // a bit a word: how well these, and no more, fit
}

// bearers are the entities that have names which fit some run of words, in order.
func (r *ranker) bearers(found []store.FoundName) []bearer {
	of := map[resolve.ID]map[uint]Fit{}
	for _, n := range found {
		for from := range r.words {
			for to := from + 1; to <= len(r.words); to++ {
				fit := r.fit(n.Folded, from, to)
				if fit == Unfit {
					continue
				}
				run := uint(1)<<to - uint(1)<<from
				if of[n.Entity] == nil {
					of[n.Entity] = map[uint]Fit{}
				}
				if known, has := of[n.Entity][run]; !has || fit < known {
					of[n.Entity][run] = fit
				}
			}
		}
	}
	bearers := make([]bearer, 0, len(of))
	for _, id := range slices.Sorted(maps.Keys(of)) {
		bearers = append(bearers, bearer{id, of[id]})
	}
	return bearers
}

// all is the run of all words.
func (r *ranker) all() uint { return 1<<len(r.words) - 1 }

// named are the bearers that may be meant themselves: those that all words fit, the better
// first, then those that a title makes whole.
func (r *ranker) named(bearers []bearer) []resolve.ID {
	const never = 2 * Unfit
	titles := map[uint]bool{}
	for _, b := range bearers {
		for run := range b.words {
			titles[run] = titles[run] || b.id.Kind() == resolve.KindTitle
		}
	}
	fits := map[resolve.ID]Fit{}
	var ids []resolve.ID
	for _, b := range bearers {
		best := never
		for run, fit := range b.words {
			if run == r.all() {
				best = min(best, fit)
			} else if titles[r.all()&^run] {
				best = min(best, fit+Unfit)
			}
		}
		if best < never && r.query.asks(b.id.Kind()) {
			fits[b.id], ids = best, append(ids, b.id)
		}
	}
	slices.SortStableFunc(ids, func(a, b resolve.ID) int { return cmp.Compare(fits[a], fits[b]) })
	return ids
}

// groups are bearers of a kind by the words that they fit.
type groups map[uint][]resolve.ID

// matches are the ways in which all words are found in a match: in a team, or a team and
// another, or the tournament, and the title; each with no more than it takes.
func (r *ranker) matches(bearers []bearer, worst Fit) []store.MatchSearch {
	of := map[resolve.Kind]groups{}
	for _, kind := range resolve.Kinds {
		of[kind] = groups{0: nil}
	}
	for fit := Exact; fit <= worst; fit++ {
		for _, b := range bearers {
			for run, fits := range b.words {
				if group := of[b.id.Kind()]; fits == fit && len(group[run]) < mostAlike {
					group[run] = append(group[run], b.id)
				}
			}
		}
	}
	var searches []store.MatchSearch
	r.combine(of, func(s store.MatchSearch) { searches = append(searches, s) })
	slices.SortStableFunc(searches, func(a, b store.MatchSearch) int { return cmp.Compare(slots(a), slots(b)) })
	return searches[:min(len(searches), mostSearches)]
}

const (
	mostSearches = 16 // ways that are followed
	mostAlike    = 50 // of those that fit the same words, the matches of which are looked for: the best
)

func slots(s store.MatchSearch) int {
	n := 0
	for _, ids := range [][]resolve.ID{s.Teams[0], s.Teams[1], s.Tournaments, s.Titles} {
		n += bits.OnesCount(uint(min(len(ids), 1)))
	}
	return n
}

// combine yields what together fits all words, each once. What has a "vs" between has a
// team on either side of it.
func (r *ranker) combine(of map[resolve.Kind]groups, yield func(store.MatchSearch)) {
	left := uint(1)<<r.boundary - 1
	teams, tournaments, titles := of[resolve.KindTeam], of[resolve.KindTournament], of[resolve.KindTitle]
	for _, one := range slices.Sorted(maps.Keys(teams)) {
		for _, two := range slices.Sorted(maps.Keys(teams)) {
			if one > two || one&two != 0 || r.boundary > 0 && (one == 0 || one&^left != 0 || two&left != 0) {
				continue
			}
			for _, tournament := range slices.Sorted(maps.Keys(tournaments)) {
				title := r.all() &^ (one | two | tournament)
				ids, has := titles[title]
				if (one|two)&tournament != 0 || !has || two|tournament == 0 {
					continue
				}
				yield(store.MatchSearch{Teams: [2][]resolve.ID{teams[two], teams[one]}, Tournaments: tournaments[tournament], Titles: ids})
			}
		}
	}
}

// boundsOf are what a query asks of matches besides the text.
func boundsOf(q Query) store.MatchBounds {
	return store.MatchBounds{Titles: q.Titles, Tournaments: q.Tournaments, Source: q.Source, State: q.State, From: q.From, To: q.To}
}
