package store

// The lists of matches: one filter over the entities, and over the records for the view
// by source.

import (
	"context"
	"time"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/match"
	"umpire/ent/db/matchrecord"
	"umpire/ent/db/message"
	"umpire/ent/db/placement"
	"umpire/ent/db/score"
	"umpire/resolve"
)

// Matches lists match entities. Ties of the order go by id, in its direction. It returns
// *resolve.InvalidError for a limit, a cursor, an order or a name that cannot be.
func (s *Store) Matches(ctx context.Context, f MatchFilter) (Page[Match], error) {
	return look(ctx, s, func(v view) (Page[Match], error) {
		return turnTo(ctx, v, v.entityList, v.matches, f)
	})
}

// MatchRecords lists match records, withdrawn ones left out: the same list as each source
// tells it, and with the same errors. A record is as new as the message that it follows.
func (s *Store) MatchRecords(ctx context.Context, f MatchFilter) (Page[MatchRecord], error) {
	return look(ctx, s, func(v view) (Page[MatchRecord], error) {
		return turnTo(ctx, v, v.recordList, v.matchRecords, f)
	})
}

// turnTo reads the page that a filter asks for: the keys of its rows, then the rows with
// all that hangs on them.
func turnTo[T any](ctx context.Context, v view,
	list func(context.Context, MatchFilter) (listing, error),
	load func(context.Context, []string) ([]T, error),
	f MatchFilter,
) (Page[T], error) {
	if err := checkText("source", f.Source); err != nil {
		return Page[T]{}, err
	}
	l, err := list(ctx, f)
	if err != nil {
		return Page[T]{}, err
	}
	ids, next, err := turn[string](ctx, v, l, f.Cursor, f.Limit, mostMatches)
	if err != nil {
		return Page[T]{}, err
	}
	items, err := load(ctx, ids)
	return Page[T]{Items: items, Next: next}, err
}

// entityList is the list of the match entities that a filter selects.
func (v view) entityList(ctx context.Context, f MatchFilter) (listing, error) {
	l, err := ordered(f.Sort, byInstant(match.FieldUpdatedAt))
	if err != nil {
		return l, err
	}
	names, err := v.names(ctx, f, v.entitiesCalled, entityColumns)
	if err != nil {
		return l, err
	}
	l.table, l.where = match.Table, append(names, f.told()...)
	if f.Twice {
		l.where = append(l.where, twice(resolve.KindMatch, f.Source))
	} else if f.Source != "" {
		told, err := v.toldBy(ctx, f.Source)
		if err != nil {
			return l, err
		}
		l.where = append(l.where, told)
	}
	if f.UpdatedFrom != nil {
		l.where = append(l.where, sql.GTE(match.FieldUpdatedAt, instant(*f.UpdatedFrom)))
	}
	return l, nil
}

// recordList is the list of the match records that a filter selects.
func (v view) recordList(ctx context.Context, f MatchFilter) (listing, error) {
	l, err := ordered(f.Sort, byNumber(matchrecord.FieldMessage, 64))
	if err != nil {
		return l, err
	}
	names, err := v.names(ctx, f, v.recordsCalled, recordColumns)
	if err != nil {
		return l, err
	}
	l.table, l.where = matchrecord.Table, append(names, f.told()...)
	l.where = append(l.where, sql.EQ(matchrecord.FieldWithdrawn, false))
	if f.Source != "" {
		l.where = append(l.where, sql.EQ(matchrecord.FieldSource, f.Source))
	}
	if f.Twice {
		twice, err := v.recordsTwice(ctx, f.Source)
		if err != nil {
			return l, err
		}
		l.where = append(l.where, twice)
	}
	if f.UpdatedFrom != nil {
		l.where = append(l.where, sql.In(matchrecord.FieldMessage, since(*f.UpdatedFrom)))
	}
	return l, nil
}

// ordered is a list in one of the orders that lists of matches have.
func ordered(sort Sort, updated column) (listing, error) {
	if sort == "" {
		sort = ByStartDesc
	}
	l := listing{sort: string(sort), desc: sort == ByStartDesc || sort == ByUpdatedDesc}
	switch sort {
	case ByStart, ByStartDesc:
		l.gaps = true
		l.by = []column{byInstant(match.FieldStart), byText(match.FieldID)}
	case ByUpdated, ByUpdatedDesc:
		l.by = []column{updated, byText(match.FieldID)}
	default:
		return l, &resolve.InvalidError{Field: "sort", Reason: "is date_start, -date_start, updated or -updated"}
	}
	return l, nil
}

// told selects by the columns that entities and records have alike.
func (f MatchFilter) told() []*sql.Predicate {
	var where []*sql.Predicate
	if f.State != nil {
		where = append(where, sql.EQ(match.FieldState, *f.State))
	}
	if f.From != nil {
		where = append(where, startsFrom(instant(*f.From)))
	}
	if f.To != nil {
		where = append(where, sql.LTE(match.FieldStart, instant(*f.To)))
	}
	return where
}

// startsFrom also selects a start of which only the day is known, if that is the day.
func startsFrom(from time.Time) *sql.Predicate {
	return sql.And(
		sql.GTE(match.FieldStart, from.Truncate(24*time.Hour)),
		sql.Or(sql.GTE(match.FieldStart, from), sql.EQ(match.FieldPrecision, string(resolve.PrecisionDay))),
	)
}

// toldBy selects the match entities of which a source has a live record.
func (v view) toldBy(ctx context.Context, source string) (*sql.Predicate, error) {
	r, place := sql.Table(matchrecord.Table).As("told"), sql.Table(placement.Table).As("place")
	told := sql.Dialect(v.dialect).Select(place.C(placement.FieldEntityID)).From(place).
		Join(r).On(r.C(matchrecord.FieldID), place.C(placement.FieldID)).
		Where(sql.And(sql.EQ(r.C(matchrecord.FieldSource), source), sql.EQ(r.C(matchrecord.FieldWithdrawn), false)))
	entities, err := v.idSet(ctx, told.Clone().Where(sql.NotNull(place.C(placement.FieldEntityID))))
	if err != nil || entities.many == nil {
		return entities.in(match.FieldID), err
	}
	return sql.Exists(told.Where(
		sql.ColumnsEQ(place.C(placement.FieldEntityID), sql.Table(match.Table).C(match.FieldID)))), nil
}

// since selects the messages that came since then.
func since(then time.Time) *sql.Selector {
	return sql.Select(message.FieldID).From(sql.Table(message.Table)).
		Where(sql.GTE(message.FieldReceivedAt, instant(then)))
}

// entityColumns selects the match entities of named entities.
func entityColumns(kind resolve.Kind, named idSet) *sql.Predicate {
	switch kind {
	case resolve.KindTitle:
		return named.in(match.FieldTitleID)
	case resolve.KindTournament:
		return named.in(match.FieldTournamentID)
	default:
		return sql.Or(named.in(match.FieldTeam1ID), named.in(match.FieldTeam2ID))
	}
}

// recordColumns selects the match records that tell named records.
func recordColumns(kind resolve.Kind, named idSet) *sql.Predicate {
	switch kind {
	case resolve.KindTitle:
		return named.in(matchrecord.FieldTitleRecordID)
	case resolve.KindTournament:
		return named.in(matchrecord.FieldTournamentRecordID)
	default:
		return playedBy(named)
	}
}

// playedBy selects the match records that have one of these teams on a side.
func playedBy(teams idSet) *sql.Predicate {
	if teams.many == nil {
		return sql.In(matchrecord.FieldID, sql.Select(score.FieldMatchRecordID).From(sql.Table(score.Table)).
			Where(teams.in(score.FieldTeamRecordID)))
	}
	return sql.Or(teams.has(teamOf(1)), teams.has(teamOf(2)))
}

// teamOf is the team record on a side of a match record, as an expression.
func teamOf(slot int) func(*sql.Builder) {
	side := sql.Table(score.Table)
	return func(b *sql.Builder) {
		b.Wrap(func(b *sql.Builder) {
			b.Join(sql.Select(score.FieldTeamRecordID).From(side).Where(sql.And(
				sql.ColumnsEQ(side.C(score.FieldMatchRecordID), sql.Table(matchrecord.Table).C(matchrecord.FieldID)),
				sql.EQ(score.FieldSlot, slot))))
		})
	}
}

// instant is a time as the columns hold it: UTC, so that SQLite's text sorts as time does.
func instant(t time.Time) time.Time { return t.UTC().Round(0) }
