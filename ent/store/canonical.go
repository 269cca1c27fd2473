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
	if id.Kind() == "" || !isText(string(id)) {
		return "", fmt.Errorf("%q: %w", id, ErrNotFound)
	}
	return look(ctx, s, func(v view) (resolve.ID, error) {
		present, err := v.canonical(ctx, id.Kind(), []resolve.ID{id})
		if err != nil {
			return "", err
		}
		if entity, found := present[id]; found {
			return entity, nil
		}
		return "", v.gone(ctx, id)
	})
}

// gone tells why a record leads to no entity: there is none of that id, or a live match
// record tells it and is not settled yet, and ErrNotFound; or none does any more, and ErrGone.
func (v view) gone(ctx context.Context, id resolve.ID) error {
	known, err := read[string](ctx, v, v.from(recordTable(id.Kind()), teamrecord.FieldID).Where(sql.EQ(teamrecord.FieldID, id)))
	if err != nil {
		return fmt.Errorf("look up %s: %w", id, err)
	}
	if len(known) == 0 {
		return fmt.Errorf("%s: %w", id, ErrNotFound)
	}
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
