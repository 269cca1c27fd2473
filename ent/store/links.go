package store

// Candidate pairs with their evidence: what joined two records, what might, what was kept apart.

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db"
	"umpire/ent/db/link"
	"umpire/ent/db/teamrecord"
	"umpire/resolve"
)

// Links lists links, heaviest first. It returns *resolve.InvalidError for a limit or a cursor that cannot be.
func (s *Store) Links(ctx context.Context, f LinkFilter) (Page[Link], error) {
	for field, told := range map[string]string{"kind": string(f.Kind), "verdict": string(f.Verdict), "entity": string(f.Entity)} {
		if err := checkText(field, told); err != nil {
			return Page[Link]{}, err
		}
	}
	return look(ctx, s, func(v view) (Page[Link], error) {
		ids, next, err := turn[int64](ctx, v, v.linkList(f), f.Cursor, f.Limit, mostMatches)
		if err != nil {
			return Page[Link]{}, err
		}
		items, err := v.links(ctx, ids)
		return Page[Link]{Items: items, Next: next}, err
	})
}

func (v view) linkList(f LinkFilter) listing {
	l := listing{
		table: link.Table, sort: "-weight", desc: true,
		by: []column{byNumber(link.FieldWeight, 32), byNumber(link.FieldID, 64)},
	}
	if f.Kind != "" {
		l.where = append(l.where, sql.EQ(link.FieldKind, string(f.Kind)))
	}
	if f.Verdict != "" {
		l.where = append(l.where, sql.EQ(link.FieldVerdict, string(f.Verdict)))
	}
	if f.Entity != "" {
		members := func() *sql.Selector {
			return v.from(placeTable(f.Entity.Kind()), teamrecord.FieldID).Where(sql.EQ(teamrecord.FieldEntityID, string(f.Entity)))
		}
		l.where = append(l.where, sql.Or(sql.In(link.FieldA, members()), sql.In(link.FieldB, members())))
	}
	return l
}

// links reads links with references to both their records, in the order of the ids.
func (v view) links(ctx context.Context, ids []int64) ([]Link, error) {
	numbers := make([]int, len(ids))
	for i, id := range ids {
		numbers[i] = int(id)
	}
	rows, err := v.Link.Query().Where(link.IDIn(numbers...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read links: %w", err)
	}
	records, err := v.refsOf(ctx, func(yield func(resolve.ID) bool) {
		for _, l := range rows {
			if !yield(resolve.ID(l.A)) || !yield(resolve.ID(l.B)) {
				return
			}
		}
	})
	if err != nil {
		return nil, err
	}
	rows = inOrder(numbers, rows, func(l *db.Link) int { return l.ID })
	links := make([]Link, len(rows))
	for i, l := range rows {
		lines, err := unpackLines(l.Evidence)
		if err != nil {
			return nil, fmt.Errorf("read why %s and %s: %w", l.A, l.B, err)
		}
		links[i] = Link{
			Link: resolve.Link{
				Kind: resolve.Kind(l.Kind), A: resolve.ID(l.A), B: resolve.ID(l.B), Weight: resolve.Weight(l.Weight),
				Verdict: resolve.Verdict(l.Verdict), Rule: l.Rule, Lines: lines,
			},
			RecordA: records[resolve.ID(l.A)], RecordB: records[resolve.ID(l.B)],
		}
	}
	return links, nil
}
