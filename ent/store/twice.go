package store

// What a source tells more than once: the entities of which it has several records. Such an
// entity has more records than sources, by which an index finds it: there are few.

import (
	"context"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/match"
	"umpire/ent/db/matchrecord"
	"umpire/ent/db/placement"
	"umpire/ent/db/team"
	"umpire/ent/db/teamrecord"
	"umpire/resolve"
)

// twice selects the entities of a kind of which a source has several records; "" is any source.
func twice(kind resolve.Kind, source string) *sql.Predicate {
	entity := sql.Table(entityTable(kind))
	if source == "" {
		return toldTwice(entity)
	}
	told := sql.ExprFunc(func(b *sql.Builder) { b.Arg(source) })
	return sql.And(toldTwice(entity), several(kind, columnOf(entity, team.FieldID), told))
}

// recordsTwice selects the match records beside which their source has others in the same match,
// which are all one source's; "" is any.
func (v view) recordsTwice(ctx context.Context, source string) (*sql.Predicate, error) {
	entities, err := v.idSet(ctx, v.from(match.Table, match.FieldID).Where(twice(resolve.KindMatch, source)))
	if err != nil {
		return nil, err
	}
	ofTheirs := several(resolve.KindMatch, placeOf(placement.FieldEntityID), columnOf(sql.Table(matchrecord.Table), matchrecord.FieldSource))
	if entities.many != nil {
		return ofTheirs, nil
	}
	return sql.And(v.placedIn(resolve.KindMatch, entities.in(placement.FieldEntityID)), ofTheirs), nil
}

// countTwice counts the entities of a kind of which sources have several records, by source; of all
// sources, if none is named.
func (v view) countTwice(ctx context.Context, kind resolve.Kind, sources []string) ([]sourceCount, error) {
	entities, err := v.idSet(ctx, v.from(entityTable(kind), team.FieldID).Where(toldTwice(sql.Table(entityTable(kind)))))
	if err != nil {
		return nil, err
	}
	place, record := sql.Table(placeTable(kind)).As("place"), sql.Table(recordTable(kind)).As("record")
	entity, source := place.C(teamrecord.FieldEntityID), record.C(teamrecord.FieldSource)
	q := sql.Dialect(v.dialect).Select(source).From(place).Join(record).On(record.C(teamrecord.FieldID), place.C(teamrecord.FieldID)).
		Where(entities.in(entity)).GroupBy(source, entity).Having(sql.GT(sql.Count("*"), 1))
	if kind == resolve.KindMatch {
		q.Where(sql.EQ(record.C(matchrecord.FieldWithdrawn), false))
	}
	if len(sources) > 0 {
		q.Where(sql.In(source, arguments(sources)...))
	}
	return read[sourceCount](ctx, v, sql.Dialect(v.dialect).Select(teamrecord.FieldSource, sql.As(sql.Count("*"), "rows")).
		From(q.As("twice")).GroupBy(teamrecord.FieldSource))
}

// toldTwice selects the entities of which some source has several records.
func toldTwice(entity *sql.SelectTable) *sql.Predicate {
	return sql.ColumnsGT(entity.C(team.FieldRecordsCount), entity.C(team.FieldSourcesCount))
}

// several selects what is of an entity of which a source has several records, each told as an
// expression. To count them one by one leaves the database no choice of how, as in placeOf.
func several(kind resolve.Kind, entity, source sql.Querier) *sql.Predicate {
	place := sql.Table(placeTable(kind)).As("several")
	teller := columnOf(place, teamrecord.FieldSource)
	if kind == resolve.KindMatch {
		record := sql.Table(matchrecord.Table).As("teller")
		teller = wrapped(sql.Select(record.C(matchrecord.FieldSource)).From(record).Where(sql.And(
			sql.ColumnsEQ(record.C(matchrecord.FieldID), place.C(placement.FieldID)), sql.EQ(record.C(matchrecord.FieldWithdrawn), false))))
	}
	records := wrapped(sql.Select(sql.Count("*")).From(place).Where(sql.P(func(b *sql.Builder) {
		b.Ident(place.C(teamrecord.FieldEntityID)).WriteString(" = ").Join(entity).WriteString(" AND ").Join(teller).WriteString(" = ").Join(source)
	})))
	return sql.P(func(b *sql.Builder) { b.Join(records).WriteString(" > 1") })
}

func columnOf(table *sql.SelectTable, column string) sql.Querier {
	return sql.ExprFunc(func(b *sql.Builder) { b.Ident(table.C(column)) })
}

// wrapped is a query of one value as an expression.
func wrapped(q sql.Querier) sql.Querier {
	return sql.ExprFunc(func(b *sql.Builder) { b.Wrap(func(b *sql.Builder) { b.Join(q) }) })
}
