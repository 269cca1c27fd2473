package store

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/matchrecord"
	"umpire/ent/db/predicate"
	"umpire/ent/db/score"
	"umpire/ent/db/teamrecord"
	"umpire/resolve"
)

// Canonical returns the id by which the entity of this record or former entity is now
// called: an entity is called by the id of one of its records, so every id that one ever
// had is a record's. Where that record is in no entity, the one that its entity went on
// with stands for it.
//
// ErrNotFound: never heard of, or not settled yet. ErrGone: it was, and all its records
// were withdrawn, or are told by no match any more.
func (s *Store) Canonical(ctx context.Context, id resolve.ID) (resolve.ID, error) {
	if id.Kind() == "" {
		return "", fmt.Errorf("%q: %w", id, ErrNotFound)
	}
	return look(ctx, s, func(v view) (resolve.ID, error) {
		for heir := id; ; {
			at, err := v.placed(ctx, heir)
			switch {
			case err != nil:
				return "", err
			case at.Entity != nil:
				return resolve.ID(*at.Entity), nil
			case at.Heir == "":
				return "", v.gone(ctx, heir)
			}
			heir = resolve.ID(at.Heir)
		}
	})
}

// placed reads where a record is.
func (v view) placed(ctx context.Context, id resolve.ID) (placed, error) {
	at, err := read[placed](ctx, v, v.from(recordTable(id.Kind()), teamrecord.FieldEntityID, teamrecord.FieldHeir).
		Where(sql.EQ(teamrecord.FieldID, id)))
	if err != nil {
		return placed{}, fmt.Errorf("look up %s: %w", id, err)
	}
	if len(at) == 0 {
		return placed{}, fmt.Errorf("%s: %w", id, ErrNotFound)
	}
	return at[0], nil
}

// gone tells why a record is in no entity: no live match record tells it, and ErrGone, or
// one does and is not settled yet, and ErrNotFound.
func (v view) gone(ctx context.Context, id resolve.ID) error {
	var tells predicate.MatchRecord
	switch id.Kind() {
	case resolve.KindTitle:
		tells = matchrecord.TitleRecordID(string(id))
	case resolve.KindTournament:
		tells = matchrecord.TournamentRecordID(string(id))
	case resolve.KindTeam:
		tells = matchrecord.HasScoresWith(score.TeamRecordID(string(id)))
	default:
		tells = matchrecord.ID(string(id))
	}
	live, err := v.MatchRecord.Query().Where(tells, matchrecord.Withdrawn(false)).Exist(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("look up who tells %s: %w", id, err)
	case live:
		return fmt.Errorf("%s: %w", id, ErrNotFound)
	default:
		return fmt.Errorf("%s: %w", id, ErrGone)
	}
}
