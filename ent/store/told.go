package store

// Match records as the engine takes them: with the names and keys of all that they tell.

import (
	"context"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/matchrecord"
	"umpire/ent/db/score"
	"umpire/ent/db/teamrecord"
	"umpire/ent/db/titlerecord"
	"umpire/ent/db/tournamentrecord"
	"umpire/resolve"
)

// told reads match records that are not withdrawn, in one statement: it is the way of all
// records at a start. Which of them, and in which order, is told of the query and its
// table of match records.
func (v view) told(ctx context.Context, which func(*sql.Selector, *sql.SelectTable)) ([]resolve.Match, error) {
	query, args := v.toldQuery(which).Query()
	rows, err := v.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read match records: %w", err)
	}
	defer rows.Close()
	var matches []resolve.Match
	for rows.Next() {
		var row toldRow
		if err := rows.Scan(row.pointers()...); err != nil {
			return nil, fmt.Errorf("read match records: %w", err)
		}
		matches = append(matches, row.match())
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read match records: %w", err)
	}
	return matches, nil
}

// toldQuery selects what toldRow holds: a match record, joined with its title and its
// tournament, if it tells them, and with its two sides and their teams.
func (v view) toldQuery(which func(*sql.Selector, *sql.SelectTable)) *sql.Selector {
	table := func(name, as string) *sql.SelectTable { return sql.Dialect(v.dialect).Table(name).As(as) }
	m, title, tournament := table(matchrecord.Table, "m"), table(titlerecord.Table, "title"), table(tournamentrecord.Table, "tournament")
	q := sql.Dialect(v.dialect).Select(m.Columns(
		matchrecord.FieldID, matchrecord.FieldSource, matchrecord.FieldScope, matchrecord.FieldKey, matchrecord.FieldNamed,
		matchrecord.FieldArrival, matchrecord.FieldURL, matchrecord.FieldState, matchrecord.FieldBestOf,
		matchrecord.FieldStartText, matchrecord.FieldStart, matchrecord.FieldPrecision)...).
		AppendSelect(append(keyColumns(title), m.C(matchrecord.FieldTitleName))...).
		AppendSelect(append(keyColumns(tournament), m.C(matchrecord.FieldTournamentName))...).
		From(m).
		LeftJoin(title).On(title.C(titlerecord.FieldID), m.C(matchrecord.FieldTitleRecordID)).
		LeftJoin(tournament).On(tournament.C(tournamentrecord.FieldID), m.C(matchrecord.FieldTournamentRecordID))
	for slot := 1; slot <= 2; slot++ {
		side, team := table(score.Table, fmt.Sprint("side", slot)), table(teamrecord.Table, fmt.Sprint("team", slot))
		q.AppendSelect(append(keyColumns(team), side.Columns(score.FieldTeamName, score.FieldPoints, score.FieldWinner)...)...).
			Join(side).OnP(sql.And(
			sql.ColumnsEQ(side.C(score.FieldMatchRecordID), m.C(matchrecord.FieldID)),
			sql.EQ(side.C(score.FieldSlot), slot))).
			Join(team).On(team.C(teamrecord.FieldID), side.C(score.FieldTeamRecordID))
	}
	q.Where(sql.IsFalse(m.C(matchrecord.FieldWithdrawn)))
	which(q, m)
	return q
}

func keyColumns(of *sql.SelectTable) []string {
	return of.Columns(teamrecord.FieldID, teamrecord.FieldScope, teamrecord.FieldKey, teamrecord.FieldNamed, teamrecord.FieldArrival)
}

// toldRow is a match record with all that it tells.
type toldRow struct {
	told              resolve.Match
	start             *time.Time
	title, tournament toldName
	teams             [2]toldName
}

// toldName is a record as a match record tells it. Its pointers are nil where it does not.
type toldName struct {
	id, scope, key *string
	named          *bool
	arrival        *int64
	name           string
}

// pointers are where the columns of toldQuery go.
func (r *toldRow) pointers() []any {
	m := &r.told
	to := []any{
		&m.ID, &m.Key.Source, &m.Key.Scope, &m.Key.ID, &m.Key.Named,
		&m.Arrival, &m.URL, &m.State, &m.BestOf,
		&m.Start.Raw, &r.start, &m.Start.Precision,
	}
	to = append(to, r.title.pointers()...)
	to = append(to, r.tournament.pointers()...)
	for i := range r.teams {
		to = append(to, r.teams[i].pointers()...)
		to = append(to, &m.Sides[i].Points, &m.Sides[i].Winner)
	}
	return to
}

func (r *toldName) pointers() []any {
	return []any{&r.id, &r.scope, &r.key, &r.named, &r.arrival, &r.name}
}

func (r *toldRow) match() resolve.Match {
	m := r.told
	m.Key.Kind = resolve.KindMatch
	m.Start.At = value(r.start).UTC()
	m.Title = r.title.record(resolve.KindTitle, m.Key.Source)
	m.Tournament = r.tournament.record(resolve.KindTournament, m.Key.Source)
	for i, team := range r.teams {
		m.Sides[i].Team = *team.record(resolve.KindTeam, m.Key.Source)
	}
	return m
}

func (r toldName) record(kind resolve.Kind, source string) *resolve.Named {
	if r.id == nil {
		return nil
	}
	key := resolve.Key{Kind: kind, Source: source, Scope: *r.scope, Named: *r.named, ID: *r.key}
	return &resolve.Named{Key: key, ID: resolve.ID(*r.id), Name: r.name, Arrival: *r.arrival}
}
