package store

// Matches with all that hangs on them: an entity with its teams and records, a record
// with its sides. However many there are, each kind of thing is read by one statement.

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"umpire/ent/db"
	"umpire/ent/db/match"
	"umpire/ent/db/matchrecord"
	"umpire/ent/db/placement"
	"umpire/ent/db/score"
	"umpire/resolve"
	"umpire/resolve/text"
)

// Match returns a match entity by its present id, or ErrNotFound.
func (s *Store) Match(ctx context.Context, id resolve.ID) (Match, error) {
	found, err := s.MatchesOf(ctx, []resolve.ID{id})
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Match{}, fmt.Errorf("match %q: %w", id, err)
	}
	return found[0], nil
}

// MatchesOf returns those of some match entities, by their present ids, that there are.
func (s *Store) MatchesOf(ctx context.Context, ids []resolve.ID) ([]Match, error) {
	var texts []string
	for _, id := range ids {
		if isText(string(id)) {
			texts = append(texts, string(id))
		}
	}
	return look(ctx, s, func(v view) ([]Match, error) {
		var found []Match
		for chunk := range slices.Chunk(texts, listed) {
			some, err := v.matches(ctx, chunk)
			if err != nil {
				return nil, err
			}
			found = append(found, some...)
		}
		return found, nil
	})
}

// RecordsOf returns the live match records of a match entity, oldest first; none if there is no such entity.
func (s *Store) RecordsOf(ctx context.Context, of resolve.ID) ([]MatchRecord, error) {
	if !isText(string(of)) {
		return nil, nil
	}
	return look(ctx, s, func(v view) ([]MatchRecord, error) {
		refs, err := v.refsIn(ctx, resolve.KindMatch, []any{string(of)})
		if err != nil {
			return nil, fmt.Errorf("records of %s: %w", of, err)
		}
		ids := make([]string, len(refs))
		for i, ref := range refs {
			ids[i] = string(ref.ID)
		}
		return v.matchRecords(ctx, ids)
	})
}

// Record returns a match record, withdrawn or not, by its source's own id, or ErrNotFound.
// If the source uses the id in several titles, title says which, or all others are
// withdrawn; *resolve.InvalidError if neither.
func (s *Store) Record(ctx context.Context, source, key, title string) (MatchRecord, error) {
	if !isText(source) || !isText(key) {
		return MatchRecord{}, fmt.Errorf("match record %q of %q: %w", key, source, ErrNotFound)
	}
	return look(ctx, s, func(v view) (MatchRecord, error) {
		q := v.MatchRecord.Query().Where(matchrecord.Source(source), matchrecord.Key(key))
		if title != "" {
			q.Where(matchrecord.Scope(text.Fold(title)))
		}
		rows, err := q.Select(matchrecord.FieldID, matchrecord.FieldWithdrawn).All(ctx)
		if err != nil {
			return MatchRecord{}, fmt.Errorf("record %q of %q: %w", key, source, err)
		}
		ids := meant(rows)
		if len(ids) > 1 {
			return MatchRecord{}, &resolve.InvalidError{Field: "title", Reason: fmt.Sprintf("must say which: %s has %d matches %q", source, len(ids), key)}
		}
		found, err := v.matchRecords(ctx, ids)
		if err == nil && len(found) == 0 {
			err = fmt.Errorf("match record %q of %q: %w", key, source, ErrNotFound)
		}
		if err != nil {
			return MatchRecord{}, err
		}
		return found[0], nil
	})
}

// meant are the ids of the match records that an id may mean: the one that is live, if there
// is but one, or else all.
func meant(rows []*db.MatchRecord) []string {
	var all, live []string
	for _, row := range rows {
		all = append(all, row.ID)
		if !row.Withdrawn {
			live = append(live, row.ID)
		}
	}
	if len(live) == 1 {
		return live
	}
	return all
}

// matches reads match entities, in the order of the ids; those that are not there are left out.
func (v view) matches(ctx context.Context, ids []string) ([]Match, error) {
	rows, err := v.Match.Query().Where(match.IDIn(ids...)).
		WithTitle().WithTournament().WithTeam1().WithTeam2().All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read matches: %w", err)
	}
	refs, err := v.refsIn(ctx, resolve.KindMatch, arguments(ids))
	if err != nil {
		return nil, fmt.Errorf("read the records of matches: %w", err)
	}
	records := map[resolve.ID][]RecordRef{}
	for _, ref := range refs {
		records[ref.Entity] = append(records[ref.Entity], ref)
	}
	rows = inOrder(ids, rows, func(m *db.Match) string { return m.ID })
	matches := make([]Match, len(rows))
	for i, m := range rows {
		matches[i] = entityOf(m)
		matches[i].Records = records[matches[i].ID]
	}
	return matches, nil
}

func entityOf(m *db.Match) Match {
	e := Match{
		ID: resolve.ID(m.ID), State: m.State, BestOf: m.BestOf, Start: startOf(m.Start, m.StartText, m.Precision),
		Sources: m.SourcesCount, From: m.Provenance, Hides: m.Overridden, CreatedAt: m.CreatedAt.UTC(), UpdatedAt: m.UpdatedAt.UTC(), Version: m.Version,
		Sides: [2]Side{{Points: m.Points1, Winner: m.Winner1}, {Points: m.Points2, Winner: m.Winner2}},
	}
	if t := m.Edges.Title; t != nil {
		e.Title = &Ref{resolve.ID(t.ID), t.Name}
	}
	if t := m.Edges.Tournament; t != nil {
		e.Tournament = &Ref{resolve.ID(t.ID), t.Name}
	}
	for i, t := range []*db.Team{m.Edges.Team1, m.Edges.Team2} {
		if t != nil {
			e.Sides[i].Team = Ref{resolve.ID(t.ID), t.Name}
		}
	}
	return e
}

// matchRecords reads match records, in the order of the ids; those that are not there are left out.
func (v view) matchRecords(ctx context.Context, ids []string) ([]MatchRecord, error) {
	rows, err := v.MatchRecord.Query().Where(matchrecord.IDIn(ids...)).
		WithScores(func(q *db.ScoreQuery) { q.Order(score.BySlot()) }).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read match records: %w", err)
	}
	named, err := v.refsOf(ctx, namedBy(rows))
	if err != nil {
		return nil, err
	}
	places, err := v.Placement.Query().Where(placement.IDIn(ids...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read where match records are: %w", err)
	}
	at := make(map[string]*db.Placement, len(places))
	for _, p := range places {
		at[p.ID] = p
	}
	rows = inOrder(ids, rows, func(r *db.MatchRecord) string { return r.ID })
	records := make([]MatchRecord, len(rows))
	for i, r := range rows {
		records[i] = recordOf(r, value(at[r.ID]), named)
	}
	return records, nil
}

// namedBy yields the ids of the titles, tournaments and teams that match records tell.
func namedBy(rows []*db.MatchRecord) iter.Seq[resolve.ID] {
	return func(yield func(resolve.ID) bool) {
		for _, r := range rows {
			ids := []string{value(r.TitleRecordID), value(r.TournamentRecordID)}
			for _, side := range r.Edges.Scores {
				ids = append(ids, side.TeamRecordID)
			}
			for _, id := range ids {
				if !yield(resolve.ID(id)) {
					return
				}
			}
		}
	}
}

func recordOf(r *db.MatchRecord, at db.Placement, named map[resolve.ID]RecordRef) MatchRecord {
	m := MatchRecord{
		RecordRef: refOf(r, at), State: r.State, BestOf: r.BestOf, Start: startOf(r.Start, r.StartText, r.Precision),
		Message: r.Message, Arrival: r.Arrival, Withdrawn: r.Withdrawn, Flipped: at.Flipped,
	}
	if t, told := named[resolve.ID(value(r.TitleRecordID))]; told {
		t.Name = r.TitleName
		m.Title = &t
	}
	if t, told := named[resolve.ID(value(r.TournamentRecordID))]; told {
		t.Name = r.TournamentName
		m.Tournament = &t
	}
	for _, side := range r.Edges.Scores {
		team := named[resolve.ID(side.TeamRecordID)]
		team.Name = side.TeamName
		m.Sides[side.Slot-1] = RecordSide{Team: team, Points: side.Points, Winner: side.Winner}
	}
	return m
}

func refOf(r *db.MatchRecord, at db.Placement) RecordRef {
	ref := RecordRef{
		ID: resolve.ID(r.ID), Kind: resolve.KindMatch, Source: r.Source, Key: r.Key, Scope: r.Scope, Named: r.Named, URL: r.URL,
	}
	if !r.Withdrawn {
		ref.Entity = resolve.ID(value(at.EntityID))
	}
	return ref
}

func startOf(at *time.Time, raw, precision string) resolve.Time {
	return resolve.Time{Raw: raw, At: value(at).UTC(), Precision: resolve.Precision(precision)}
}
