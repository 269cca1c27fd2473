package store

// What a rebuilt engine has to know of what is written: who is one, and a digest of all else.

import (
	"context"
	"fmt"
	"iter"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/link"
	"umpire/ent/db/team"
	"umpire/ent/db/teamrecord"
	"umpire/resolve"
)

// Held yields every entity as last applied, in no order: its kind, id, members in no order, and
// digest, and nothing else of it.
func (s *Store) Held(ctx context.Context) iter.Seq2[resolve.Entity, error] {
	return func(yield func(resolve.Entity, error) bool) {
		for _, kind := range resolve.Kinds {
			all, err := look(ctx, s, func(v view) ([]heldEntity, error) { return v.held(ctx, kind) })
			if err != nil {
				yield(resolve.Entity{}, fmt.Errorf("read %s entities: %w", kind, err))
				return
			}
			for _, is := range all {
				if !yield(is.entity(kind), nil) {
					return
				}
			}
		}
	}
}

type heldEntity struct {
	id      resolve.ID
	digest  int64
	members []resolve.ID
}

func (h heldEntity) entity(kind resolve.Kind) resolve.Entity {
	e := resolve.Entity{Kind: kind, ID: h.id, Digest: h.digest, Members: make([]resolve.Member, len(h.members))}
	for i, id := range h.members {
		e.Members[i].Record = id
	}
	return e
}

func (v view) held(ctx context.Context, kind resolve.Kind) ([]heldEntity, error) {
	var all []heldEntity
	at := map[resolve.ID]int{}
	err := v.each(ctx, v.from(entityTable(kind), team.FieldID, team.FieldDigest), func(scan func(...any) error) error {
		var is heldEntity
		err := scan(&is.id, &is.digest)
		at[is.id] = len(all)
		all = append(all, is)
		return err
	})
	if err != nil {
		return nil, err
	}
	placed := v.from(placeTable(kind), teamrecord.FieldID, teamrecord.FieldEntityID).Where(sql.NotNull(teamrecord.FieldEntityID))
	err = v.each(ctx, placed, func(scan func(...any) error) error {
		var record, entity resolve.ID
		err := scan(&record, &entity)
		if i, there := at[entity]; there {
			all[i].members = append(all[i].members, record)
		}
		return err
	})
	return all, err
}

// HeldLinks yields every link as last applied, in no order: its kind, records and digest, and
// nothing else of it.
func (s *Store) HeldLinks(ctx context.Context) iter.Seq2[resolve.Link, error] {
	return stream(ctx, s, func(v view, last *resolve.Link) ([]resolve.Link, error) {
		q := v.from(link.Table, link.FieldKind, link.FieldA, link.FieldB, link.FieldDigest).OrderBy(link.FieldA, link.FieldB).Limit(paged)
		if last != nil {
			q.Where(sql.CompositeGT([]string{link.FieldA, link.FieldB}, last.A, last.B))
		}
		links := make([]resolve.Link, 0, paged)
		err := v.each(ctx, q, func(scan func(...any) error) error {
			var l resolve.Link
			err := scan(&l.Kind, &l.A, &l.B, &l.Digest)
			links = append(links, l)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read links: %w", err)
		}
		return links, nil
	})
}
