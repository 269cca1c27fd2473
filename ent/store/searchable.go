package store

// What a search index keeps of the entities, and how it learns what has changed. An index
// is a copy: it follows both sequences, since a message may tell a name that changes no
// canonical field and so has no history.

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/change"
	"umpire/ent/db/counter"
	"umpire/ent/db/match"
	"umpire/ent/db/matchrecord"
	"umpire/ent/db/message"
	"umpire/ent/db/nametold"
	"umpire/ent/db/placement"
	"umpire/ent/db/score"
	"umpire/ent/db/team"
	"umpire/ent/db/teamrecord"
	"umpire/resolve"
)

// Head is how far the two sequences have come: of what was committed, the last of each.
type Head struct {
	Changes  int64 `json:"changes"`
	Messages int64 `json:"messages"`
}

// Moment orders states of the database: a later one has a greater moment, and two states
// of one moment are alike in all that is searched for.
func (h Head) Moment() int64 { return h.Changes + h.Messages }

// SearchNamed is a title, tournament or team as an index keeps it.
type SearchNamed struct {
	ID      resolve.ID
	Title   resolve.ID // "" if it has none, or is one
	Names   []string   // its own first, then all that its records are called, or ever were; each once
	Sources []string   // sorted
}

// SearchMatch is a match as an index keeps it.
type SearchMatch struct {
	ID                resolve.ID
	Title, Tournament resolve.ID // "" if it has none
	Teams             [2]resolve.ID
	State             *int
	Start             *time.Time
	Sources           []string // sorted
}

// SearchState is what entities were at one moment.
type SearchState struct {
	At      Head
	Named   map[resolve.ID]SearchNamed // with the teams and tournaments that the matches refer to
	Matches []SearchMatch              // in the order of their ids
}

// Head returns how far the sequences have come.
func (s *Store) Head(ctx context.Context) (Head, error) {
	return look(ctx, s, func(v view) (Head, error) { return v.head(ctx) })
}

func (v view) head(ctx context.Context) (Head, error) {
	rows, err := read[struct {
		ID    string
		Value int64
	}](ctx, v, v.from(counter.Table, counter.FieldID, counter.FieldValue).Where(sql.In(counter.FieldID, arrivals, history)))
	if err != nil {
		return Head{}, fmt.Errorf("look how far the sequences are: %w", err)
	}
	var h Head
	for _, r := range rows {
		if r.ID == history {
			h.Changes = r.Value
		} else {
			h.Messages = r.Value
		}
	}
	return h, nil
}

// Touched are entities, and those that are no more, that something was said of.
type Touched struct {
	IDs     []resolve.ID        // sorted
	Changed map[resolve.ID]bool // those of them that have changes, and not a message alone
}

// Touched returns what up to limit changes and as many messages after a head concern, and
// the head up to which it has looked. It tells nothing, and the same head, when there is
// nothing after it.
func (s *Store) Touched(ctx context.Context, after Head, limit int) (Touched, Head, error) {
	to := after
	touched, err := look(ctx, s, func(v view) (Touched, error) {
		head, err := v.head(ctx)
		if err != nil || head == after {
			return Touched{}, err
		}
		all := map[resolve.ID]bool{}
		if to.Changes, err = v.touchedByChanges(ctx, after.Changes, head.Changes, limit, all); err != nil {
			return Touched{}, err
		}
		changed := maps.Clone(all)
		to.Messages, err = v.touchedByMessages(ctx, after.Messages, head.Messages, limit, all)
		return Touched{slices.Sorted(maps.Keys(all)), changed}, err
	})
	return touched, to, err
}

// touchedByChanges adds what changes concern, and returns how far it has looked.
func (v view) touchedByChanges(ctx context.Context, after, head int64, limit int, touched map[resolve.ID]bool) (int64, error) {
	rows, err := read[struct {
		ID     int64
		Entity string
	}](ctx, v, v.from(change.Table, change.FieldID, change.FieldEntity).
		Where(sql.GT(change.FieldID, after)).OrderBy(change.FieldID).Limit(limit))
	if err != nil {
		return after, fmt.Errorf("changes after %d: %w", after, err)
	}
	for _, r := range rows {
		touched[resolve.ID(r.Entity)], after = true, r.ID
	}
	if len(rows) < limit {
		return head, nil
	}
	return after, nil
}

// touchedByMessages adds what is settled of that which messages tell, and returns how far
// it has looked. What is not settled yet will have a change.
func (v view) touchedByMessages(ctx context.Context, after, head int64, limit int, touched map[resolve.ID]bool) (int64, error) {
	rows, err := read[struct {
		ID     int64
		Record *string `sql:"match_record_id"`
	}](ctx, v, v.from(message.Table, message.FieldID, message.FieldMatchRecordID).
		Where(sql.GT(message.FieldID, after)).OrderBy(message.FieldID).Limit(limit))
	if err != nil {
		return after, fmt.Errorf("messages after %d: %w", after, err)
	}
	records := map[resolve.ID]bool{}
	for _, r := range rows {
		if after = r.ID; r.Record != nil {
			records[resolve.ID(*r.Record)] = true
		}
	}
	if len(rows) < limit { // the last numbers may be of what came without a message
		after = head
	}
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(records)), listed) {
		entities, err := v.toldEntities(ctx, chunk)
		if err != nil {
			return after, err
		}
		for _, id := range entities {
			touched[id] = true
		}
	}
	return after, nil
}

// toldEntities returns the entities of match records and of what these tell.
func (v view) toldEntities(ctx context.Context, records []resolve.ID) ([]resolve.ID, error) {
	within := func() *sql.Predicate { return among(matchrecord.FieldID, records) }
	told := v.from(placement.Table, placement.FieldEntityID).Where(sql.And(within(), sql.NotNull(placement.FieldEntityID)))
	for kind, named := range map[resolve.Kind]*sql.Selector{
		resolve.KindTitle:      v.from(matchrecord.Table, matchrecord.FieldTitleRecordID).Where(within()),
		resolve.KindTournament: v.from(matchrecord.Table, matchrecord.FieldTournamentRecordID).Where(within()),
		resolve.KindTeam:       v.from(score.Table, score.FieldTeamRecordID).Where(among(score.FieldMatchRecordID, records)),
	} {
		told.Union(v.from(recordTable(kind), teamrecord.FieldEntityID).
			Where(sql.And(sql.In(teamrecord.FieldID, named), sql.NotNull(teamrecord.FieldEntityID))))
	}
	ids, err := read[string](ctx, v, told)
	if err != nil {
		return nil, fmt.Errorf("entities of %d match records: %w", len(records), err)
	}
	entities := make([]resolve.ID, len(ids))
	for i, id := range ids {
		entities[i] = resolve.ID(id)
	}
	return entities, nil
}

// Searchable reads what entities are now; of an id that none has, nothing.
func (s *Store) Searchable(ctx context.Context, ids []resolve.ID) (SearchState, error) {
	return look(ctx, s, func(v view) (SearchState, error) {
		state := SearchState{Named: map[resolve.ID]SearchNamed{}}
		var err error
		if state.At, err = v.head(ctx); err != nil {
			return state, err
		}
		kinds := byKind(ids, kindOf)
		for chunk := range slices.Chunk(kinds[resolve.KindMatch], listed) {
			matches, err := v.searchMatches(ctx, among(match.FieldID, chunk), among(placement.FieldEntityID, chunk), 0)
			if err != nil {
				return state, err
			}
			state.Matches = append(state.Matches, matches...)
		}
		named := map[resolve.ID]bool{}
		for _, kind := range resolve.Kinds[:3] {
			for _, id := range kinds[kind] {
				named[id] = true
			}
		}
		for _, m := range state.Matches {
			for _, id := range []resolve.ID{m.Tournament, m.Teams[0], m.Teams[1]} {
				named[id] = true
			}
		}
		for kind, of := range byKind(slices.Sorted(maps.Keys(named)), kindOf) {
			for chunk := range slices.Chunk(of, listed) {
				if err := v.searchNamed(ctx, kind, chunk, state.Named); err != nil {
					return state, err
				}
			}
		}
		return state, nil
	})
}

// MatchesWith returns the match entities in which teams play or that belong to tournaments.
func (s *Store) MatchesWith(ctx context.Context, named []resolve.ID) ([]resolve.ID, error) {
	return look(ctx, s, func(v view) ([]resolve.ID, error) {
		found := map[resolve.ID]bool{}
		for kind, of := range byKind(named, kindOf) {
			columns := map[resolve.Kind][]string{
				resolve.KindTournament: {match.FieldTournamentID},
				resolve.KindTeam:       {match.FieldTeam1ID, match.FieldTeam2ID},
			}[kind]
			for _, column := range columns {
				for chunk := range slices.Chunk(of, listed) {
					ids, err := read[string](ctx, v, v.from(match.Table, match.FieldID).Where(among(column, chunk)))
					if err != nil {
						return nil, fmt.Errorf("matches of %d of kind %s: %w", len(of), kind, err)
					}
					for _, id := range ids {
						found[resolve.ID(id)] = true
					}
				}
			}
		}
		return slices.Sorted(maps.Keys(found)), nil
	})
}

// EverySearchable reads all entities at one moment: first each that has a name, in one
// state, then the matches, a few thousand at a time. It also tells how many matches there
// are. An error of take ends it.
func (s *Store) EverySearchable(ctx context.Context, take func(state SearchState, matches int64) error) error {
	_, err := look(ctx, s, func(v view) (struct{}, error) { return struct{}{}, v.everySearchable(ctx, take) })
	return err
}

func (v view) everySearchable(ctx context.Context, take func(SearchState, int64) error) error {
	state := SearchState{Named: map[resolve.ID]SearchNamed{}}
	var err error
	if state.At, err = v.head(ctx); err != nil {
		return err
	}
	count, err := read[int64](ctx, v, v.from(match.Table).Select(sql.Count("*")))
	if err != nil {
		return fmt.Errorf("count matches: %w", err)
	}
	for _, kind := range resolve.Kinds[:3] {
		if err := v.searchNamed(ctx, kind, nil, state.Named); err != nil {
			return err
		}
	}
	if err := take(state, count[0]); err != nil {
		return err
	}
	for last := resolve.ID(""); ; {
		matches, err := v.searchMatchesAfter(ctx, last)
		if err != nil || len(matches) == 0 {
			return err
		}
		state.Matches, last = matches, matches[len(matches)-1].ID
		if err := take(state, count[0]); err != nil {
			return err
		}
	}
}

// searchMatchesAfter reads a page of matches in order of their ids.
func (v view) searchMatchesAfter(ctx context.Context, last resolve.ID) ([]SearchMatch, error) {
	ids, err := read[string](ctx, v, v.from(match.Table, match.FieldID).
		Where(sql.GT(match.FieldID, string(last))).OrderBy(match.FieldID).Limit(paged))
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	to := ids[len(ids)-1]
	span := func(column string) *sql.Predicate {
		return sql.And(sql.GT(column, string(last)), sql.LTE(column, to))
	}
	return v.searchMatches(ctx, span(match.FieldID), span(placement.FieldEntityID), len(ids))
}

// searchMatches reads such matches; placed selects the places that are in them.
func (v view) searchMatches(ctx context.Context, such, placed *sql.Predicate, expected int) ([]SearchMatch, error) {
	sources, err := v.sourcesOf(ctx, placed)
	if err != nil {
		return nil, err
	}
	matches := make([]SearchMatch, 0, expected)
	q := v.from(match.Table, match.FieldID, match.FieldTitleID, match.FieldTournamentID, match.FieldTeam1ID, match.FieldTeam2ID,
		match.FieldState, match.FieldStart).Where(such).OrderBy(match.FieldID)
	err = v.each(ctx, q, func(scan func(...any) error) error {
		var m SearchMatch
		var title, tournament *string
		err := scan(&m.ID, &title, &tournament, &m.Teams[0], &m.Teams[1], &m.State, &m.Start)
		m.Title, m.Tournament, m.Sources = resolve.ID(value(title)), resolve.ID(value(tournament)), sources[m.ID]
		matches = append(matches, m)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read matches to search: %w", err)
	}
	return matches, nil
}

// sourcesOf reads who tells the matches that such places are in.
func (v view) sourcesOf(ctx context.Context, placed *sql.Predicate) (map[resolve.ID][]string, error) {
	r := sql.Table(matchrecord.Table).As("record")
	at := v.from(placement.Table, placement.FieldID, placement.FieldEntityID).Where(placed).As("at")
	q := sql.Dialect(v.dialect).Select(at.C(placement.FieldEntityID), r.C(matchrecord.FieldSource)).Distinct().
		From(at).Join(r).On(at.C(placement.FieldID), r.C(matchrecord.FieldID)).Where(sql.IsFalse(r.C(matchrecord.FieldWithdrawn)))
	sources := map[resolve.ID][]string{}
	err := v.each(ctx, q, func(scan func(...any) error) error {
		var id resolve.ID
		var source string
		err := scan(&id, &source)
		sources[id] = append(sources[id], source)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the sources of matches: %w", err)
	}
	for _, of := range sources {
		slices.Sort(of)
	}
	return sources, nil
}

// searchNamed reads entities of a kind that has names, all where ids is nil.
func (v view) searchNamed(ctx context.Context, kind resolve.Kind, ids []resolve.ID, into map[resolve.ID]SearchNamed) error {
	such := func(column string) *sql.Predicate {
		if ids == nil {
			return sql.NotNull(column)
		}
		return among(column, ids)
	}
	columns := []string{team.FieldID, team.FieldName}
	if kind != resolve.KindTitle {
		columns = append(columns, team.FieldTitleID)
	}
	err := v.each(ctx, v.from(entityTable(kind), columns...).Where(such(team.FieldID)), func(scan func(...any) error) error {
		n := SearchNamed{Names: make([]string, 1)}
		var title *string
		err := scan([]any{&n.ID, &n.Names[0], &title}[:len(columns)]...)
		n.Title = resolve.ID(value(title))
		into[n.ID] = n
		return err
	})
	if err != nil {
		return fmt.Errorf("read %s entities to search: %w", kind, err)
	}
	if err := v.addNames(ctx, v.namesTold(kind, such(teamrecord.FieldEntityID)), into); err != nil {
		return fmt.Errorf("read names of %s entities: %w", kind, err)
	}
	for id, n := range into {
		if id.Kind() == kind {
			slices.Sort(n.Names[1:])
			slices.Sort(n.Sources)
		}
	}
	return nil
}

// namesTold selects what records of such entities are called, or ever were: entity, source, name.
func (v view) namesTold(kind resolve.Kind, such *sql.Predicate) *sql.Selector {
	r := v.from(recordTable(kind), teamrecord.FieldID, teamrecord.FieldEntityID, teamrecord.FieldSource).Where(such).As("of")
	told := sql.Table(nametold.Table).As("told")
	return sql.Dialect(v.dialect).
		Select(r.C(teamrecord.FieldEntityID), r.C(teamrecord.FieldSource), told.C(nametold.FieldName)).
		From(r).Join(told).On(r.C(teamrecord.FieldID), told.C(nametold.FieldRecord))
}

func (v view) addNames(ctx context.Context, q *sql.Selector, into map[resolve.ID]SearchNamed) error {
	return v.each(ctx, q, func(scan func(...any) error) error {
		var id resolve.ID
		var source, name string
		if err := scan(&id, &source, &name); err != nil {
			return err
		}
		n, present := into[id]
		if !present {
			return nil
		}
		if !slices.Contains(n.Names, name) {
			n.Names = append(n.Names, name)
		}
		if !slices.Contains(n.Sources, source) {
			n.Sources = append(n.Sources, source)
		}
		into[id] = n
		return nil
	})
}
