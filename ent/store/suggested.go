package store

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/link"
	"umpire/resolve"
)

// Suggested counts the suggestions that each of these records is in, so that a list can
// mark what waits for a person, and of the records that they are paired with there.
func (s *Store) Suggested(ctx context.Context, records []resolve.ID) (map[resolve.ID]int, error) {
	return look(ctx, s, func(v view) (map[resolve.ID]int, error) {
		q := v.from(link.Table, link.FieldA, link.FieldB).Where(sql.And(
			sql.EQ(link.FieldVerdict, string(resolve.Suggested)),
			sql.Or(sql.In(link.FieldA, arguments(records)...), sql.In(link.FieldB, arguments(records)...)),
		))
		pairs, err := read[struct{ A, B resolve.ID }](ctx, v, q)
		if err != nil {
			return nil, fmt.Errorf("suggestions of %d records: %w", len(records), err)
		}
		all := map[resolve.ID]int{}
		for _, p := range pairs {
			all[p.A]++
			all[p.B]++
		}
		return all, nil
	})
}
