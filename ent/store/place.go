package store

// Where records are. A match record's place has a row of its own, another's is part of it;
// both have the same columns.

import (
	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/matchrecord"
	"umpire/ent/db/placement"
	"umpire/resolve"
)

// placeTable names the table that tells where the records of a kind are.
func placeTable(kind resolve.Kind) string {
	if kind == resolve.KindMatch {
		return placement.Table
	}
	return recordTable(kind)
}

// placeOf is a column of a match record's place, as an expression: to look it up for each
// row leaves the database no choice of how, whatever it believes to know of the tables.
func placeOf(column string) sql.Querier {
	place := sql.Table(placement.Table)
	return sql.ExprFunc(func(b *sql.Builder) {
		b.Wrap(func(b *sql.Builder) {
			b.Join(sql.Select(place.C(column)).From(place).
				Where(sql.ColumnsEQ(place.C(placement.FieldID), sql.Table(matchrecord.Table).C(matchrecord.FieldID))))
		})
	})
}

// placedIn selects the records of a kind whose entity is such.
func (v view) placedIn(kind resolve.Kind, such *sql.Predicate) *sql.Predicate {
	if kind != resolve.KindMatch {
		return such
	}
	return sql.In(matchrecord.FieldID, v.from(placement.Table, placement.FieldID).Where(such))
}
