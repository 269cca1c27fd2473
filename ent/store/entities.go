package store

// Entities as the engine takes them: with their members.

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/go-json-experiment/json"

	"umpire/ent/db/match"
	"umpire/ent/db/matchrecord"
	"umpire/ent/db/placement"
	"umpire/ent/db/team"
	"umpire/ent/db/teamrecord"
	"umpire/resolve"
)

// Entities yields every entity as last applied, in order of Kinds, then of id.
func (s *Store) Entities(ctx context.Context) iter.Seq2[resolve.Entity, error] {
	return func(yield func(resolve.Entity, error) bool) {
		for _, kind := range resolve.Kinds {
			for entity, err := range s.entitiesOf(ctx, kind) {
				if !yield(entity, err) || err != nil {
					return
				}
			}
		}
	}
}

func (s *Store) entitiesOf(ctx context.Context, kind resolve.Kind) iter.Seq2[resolve.Entity, error] {
	if s.dialect == dialect.Postgres && kind == resolve.KindMatch {
		return whole(ctx, s, view.wholeEntities)
	}
	return stream(ctx, s, func(v view, last *resolve.Entity) ([]resolve.Entity, error) {
		return v.entities(ctx, kind, func(q *sql.Selector) {
			if last != nil {
				q.Where(sql.GT(team.FieldID, last.ID))
			}
			q.Limit(paged)
		})
	})
}

// entities reads entities of a kind with their members, by id.
func (v view) entities(ctx context.Context, kind resolve.Kind, which func(*sql.Selector)) ([]resolve.Entity, error) {
	columns := []string{team.FieldID, team.FieldProvenance, team.FieldOverridden, team.FieldDigest}
	switch kind {
	case resolve.KindTitle:
		columns = append(columns, team.FieldName)
	case resolve.KindTournament, resolve.KindTeam:
		columns = append(columns, team.FieldName, team.FieldTitleID)
	case resolve.KindMatch:
		columns = append(columns, matchFields...)
	}
	q := v.from(entityTable(kind), columns...).OrderBy(team.FieldID)
	which(q)
	rows, err := read[appliedRow](ctx, v, q)
	if err != nil {
		return nil, fmt.Errorf("%s entities: %w", kind, err)
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	members, err := v.membersOf(ctx, kind, ids)
	if err != nil {
		return nil, err
	}
	entities := make([]resolve.Entity, len(rows))
	for i, row := range rows {
		if entities[i], err = row.entity(kind, members[row.ID]); err != nil {
			return nil, err
		}
	}
	return entities, nil
}

// membersOf reads the members of entities of a kind, oldest first; the one by which an
// entity is called is its oldest.
func (v view) membersOf(ctx context.Context, kind resolve.Kind, entities []string) (map[string][]resolve.Member, error) {
	type member struct {
		ID      string
		Entity  string `sql:"entity_id"`
		Flipped bool
	}
	of := map[string][]resolve.Member{}
	for chunk := range slices.Chunk(entities, listed) {
		rows, err := read[member](ctx, v, v.members(kind).Where(among(teamrecord.FieldEntityID, chunk)))
		if err != nil {
			return nil, fmt.Errorf("members of %s entities: %w", kind, err)
		}
		for _, row := range rows {
			m := resolve.Member{Record: resolve.ID(row.ID), Flipped: row.Flipped}
			if row.ID == row.Entity {
				of[row.Entity] = slices.Insert(of[row.Entity], 0, m)
			} else {
				of[row.Entity] = append(of[row.Entity], m)
			}
		}
	}
	return of, nil
}

// members selects records of a kind where they are, oldest first.
func (v view) members(kind resolve.Kind) *sql.Selector {
	q := v.from(placeTable(kind), teamrecord.FieldID, teamrecord.FieldEntityID)
	if kind != resolve.KindMatch {
		return q.OrderBy(teamrecord.FieldArrival, teamrecord.FieldID)
	}
	record := sql.Table(matchrecord.Table)
	arrival := sql.Select(record.C(matchrecord.FieldArrival)).From(record).
		Where(sql.ColumnsEQ(record.C(matchrecord.FieldID), sql.Table(placement.Table).C(placement.FieldID)))
	return q.AppendSelect(placement.FieldFlipped).
		OrderExprFunc(func(b *sql.Builder) { b.Wrap(func(b *sql.Builder) { b.Join(arrival) }) }).OrderBy(placement.FieldID)
}

// matchFields are the columns of a match's canonical fields.
var matchFields = []string{
	match.FieldTitleID, match.FieldTournamentID, match.FieldTeam1ID, match.FieldTeam2ID,
	match.FieldPoints1, match.FieldPoints2, match.FieldWinner1, match.FieldWinner2,
	match.FieldState, match.FieldBestOf, match.FieldStartText, match.FieldStart, match.FieldPrecision,
}

// appliedRow is an entity of any kind. It has of what follows what its kind has.
type appliedRow struct {
	ID         string
	Provenance []byte
	Overridden []byte
	Digest     int64
	Name       string
	Title      *string `sql:"title_id"`
	Tournament *string `sql:"tournament_id"`
	Team1      string  `sql:"team1_id"`
	Team2      string  `sql:"team2_id"`
	Points1    *float64
	Points2    *float64
	Winner1    *bool
	Winner2    *bool
	State      *int
	BestOf     *int   `sql:"best_of"`
	StartText  string `sql:"start_text"`
	Start      *time.Time
	Precision  string
}

func (r appliedRow) entity(kind resolve.Kind, members []resolve.Member) (resolve.Entity, error) {
	e := resolve.Entity{Kind: kind, ID: resolve.ID(r.ID), Members: members, Digest: r.Digest}
	if err := json.Unmarshal(r.Provenance, &e.From); err != nil {
		return e, fmt.Errorf("provenance of %s: %w", r.ID, err)
	}
	if len(r.Overridden) > 0 {
		if err := json.Unmarshal(r.Overridden, &e.Overridden); err != nil {
			return e, fmt.Errorf("what is set by hand of %s: %w", r.ID, err)
		}
	}
	if kind != resolve.KindMatch {
		e.Name, e.Title = r.Name, resolve.ID(value(r.Title))
		return e, nil
	}
	e.Match = &resolve.Fields{
		State: r.State, BestOf: r.BestOf,
		Start: resolve.Time{Raw: r.StartText, At: value(r.Start).UTC(), Precision: resolve.Precision(r.Precision)},
		Title: resolve.ID(value(r.Title)), Tournament: resolve.ID(value(r.Tournament)),
		Sides: [2]resolve.SideFields{
			{Team: resolve.ID(r.Team1), Points: r.Points1, Winner: r.Winner1},
			{Team: resolve.ID(r.Team2), Points: r.Points2, Winner: r.Winner2},
		},
	}
	return e, nil
}
