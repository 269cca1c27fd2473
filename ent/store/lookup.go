package store

// From a source's own ids to entities and back: what most clients of a canonical feed come for.

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/matchrecord"
	"umpire/ent/db/score"
	"umpire/ent/db/teamrecord"
	"umpire/resolve"
	"umpire/resolve/text"
)

// Lookup maps records to their entities: for each id asked, all records that it fits,
// oldest first, withdrawn ones with no entity. It costs one statement a kind.
func (s *Store) Lookup(ctx context.Context, ids []SourceID) ([][]RecordRef, error) {
	return look(ctx, s, func(v view) ([][]RecordRef, error) {
		found := map[SourceID][]RecordRef{}
		for kind, of := range byKind(ids, SourceID.kind) {
			refs, err := v.refs(ctx, kind, v.refQuery(kind).
				Where(sourced(of)).OrderBy(teamrecord.FieldArrival, teamrecord.FieldID))
			if err != nil {
				return nil, err
			}
			for _, ref := range refs {
				id := SourceID{Source: ref.Source, Kind: kind, ID: ref.Key}
				found[id] = append(found[id], ref)
			}
		}
		answers := make([][]RecordRef, len(ids))
		for i, id := range ids {
			answers[i] = within(id.Title, found[SourceID{Source: id.Source, Kind: id.Kind, ID: id.ID}])
		}
		return answers, nil
	})
}

// kind is what may be looked up, "" for what no record has.
func (id SourceID) kind() resolve.Kind {
	if !isText(id.Source) || !isText(id.ID) {
		return ""
	}
	return id.Kind
}

// sourced selects the records of one kind that have these sources and keys.
func sourced(ids []SourceID) *sql.Predicate {
	return sql.P(func(b *sql.Builder) {
		b.Wrap(func(b *sql.Builder) { b.IdentComma(teamrecord.FieldSource, teamrecord.FieldKey) })
		b.WriteString(" IN ").Wrap(func(b *sql.Builder) {
			b.WriteString("VALUES ")
			for i, id := range ids {
				if i > 0 {
					b.Comma()
				}
				b.Wrap(func(b *sql.Builder) { b.Args(id.Source, id.ID) })
			}
		})
	})
}

// within keeps the records whose ids are within a title, or hold across titles; "" keeps all.
func within(title string, refs []RecordRef) []RecordRef {
	if title == "" {
		return refs
	}
	scope := text.Fold(title)
	var kept []RecordRef
	for _, ref := range refs {
		if ref.Scope == scope || ref.Scope == "" {
			kept = append(kept, ref)
		}
	}
	return kept
}

// LookupEntities maps entities, or former ones, to their present id and records: for each
// id asked, the records of the entity that it is called now, oldest first; none if it is
// unknown or gone. It costs a few statements a kind.
func (s *Store) LookupEntities(ctx context.Context, ids []resolve.ID) ([][]RecordRef, error) {
	return look(ctx, s, func(v view) ([][]RecordRef, error) {
		present, records := map[resolve.ID]resolve.ID{}, map[resolve.ID][]RecordRef{}
		for kind, of := range byKind(ids, kindOf) {
			called, err := v.canonical(ctx, kind, of)
			if err != nil {
				return nil, err
			}
			refs, err := v.refsIn(ctx, kind, arguments(slices.Collect(maps.Values(called))))
			if err != nil {
				return nil, err
			}
			maps.Copy(present, called)
			for _, ref := range refs {
				records[ref.Entity] = append(records[ref.Entity], ref)
			}
		}
		answers := make([][]RecordRef, len(ids))
		for i, id := range ids {
			answers[i] = records[present[id]]
		}
		return answers, nil
	})
}

// kindOf is the kind of an id that may be looked up, "" for what no record has.
func kindOf(id resolve.ID) resolve.Kind {
	if !isText(string(id)) {
		return ""
	}
	return id.Kind()
}

// refsIn reads references to the records of entities of a kind, oldest first.
func (v view) refsIn(ctx context.Context, kind resolve.Kind, entities []any) ([]RecordRef, error) {
	q := v.refQuery(kind).Where(v.placedIn(kind, sql.In(teamrecord.FieldEntityID, entities...)))
	if kind == resolve.KindMatch {
		q.Where(inForce(kind))
	}
	return v.refs(ctx, kind, q.OrderBy(teamrecord.FieldArrival, teamrecord.FieldID))
}

// canonical returns what the entities of records, or former entities, of a kind are called
// now. Those that are unknown, or gone, are left out. A record that is in no entity leads
// to its heir, and so on.
func (v view) canonical(ctx context.Context, kind resolve.Kind, ids []resolve.ID) (map[resolve.ID]resolve.ID, error) {
	record := sql.Dialect(v.dialect).Table(placeTable(kind)).As("record")
	way := sql.WithRecursive("way", "asked", "id")
	way.As(v.from(placeTable(kind)).
		Select(sql.As(teamrecord.FieldID, "asked"), teamrecord.FieldID).
		Where(sql.In(teamrecord.FieldID, arguments(ids)...)).
		Union(sql.Dialect(v.dialect).Select(way.C("asked"), record.C(teamrecord.FieldHeir)).
			From(way).Join(record).On(way.C("id"), record.C(teamrecord.FieldID)).
			Where(sql.And(sql.IsNull(record.C(teamrecord.FieldEntityID)), sql.NEQ(record.C(teamrecord.FieldHeir), "")))))
	rows, err := read[struct {
		Asked  string
		Entity string `sql:"entity_id"`
	}](ctx, v, sql.Dialect(v.dialect).Select(way.C("asked"), record.C(teamrecord.FieldEntityID)).Prefix(way).
		From(way).Join(record).On(way.C("id"), record.C(teamrecord.FieldID)).
		Where(sql.NotNull(record.C(teamrecord.FieldEntityID))))
	if err != nil {
		return nil, fmt.Errorf("present ids of %d %s ids: %w", len(ids), kind, err)
	}
	present := make(map[resolve.ID]resolve.ID, len(rows))
	for _, r := range rows {
		present[resolve.ID(r.Asked)] = resolve.ID(r.Entity)
	}
	return present, nil
}

// byKind groups what is asked by kind; what is of none is left out.
func byKind[T any](all []T, kind func(T) resolve.Kind) map[resolve.Kind][]T {
	groups := map[resolve.Kind][]T{}
	for _, one := range all {
		if k := kind(one); slices.Contains(resolve.Kinds[:], k) {
			groups[k] = append(groups[k], one)
		}
	}
	return groups
}

// Export yields every live record with its entity, in order of kind, source and key, from
// one view of the database.
func (s *Store) Export(ctx context.Context) iter.Seq2[RecordRef, error] {
	return func(yield func(RecordRef, error) bool) {
		v, err := s.view(ctx)
		if err != nil {
			yield(RecordRef{}, err)
			return
		}
		defer v.Rollback()
		for _, kind := range resolve.Kinds {
			q := v.refQuery(kind).Where(v.liveExactly(kind)).
				OrderBy(teamrecord.FieldSource, teamrecord.FieldKey, teamrecord.FieldScope, teamrecord.FieldNamed)
			for ref, err := range v.eachRef(ctx, kind, q) {
				if !yield(ref, err) || err != nil {
					return
				}
			}
		}
	}
}

// liveExactly selects the records of a kind that a live match record tells, settled or not.
func (v view) liveExactly(kind resolve.Kind) *sql.Predicate {
	m := sql.Table(matchrecord.Table)
	id := sql.Table(recordTable(kind)).C(teamrecord.FieldID)
	teller := sql.Select(m.C(matchrecord.FieldID)).From(m).Where(sql.EQ(m.C(matchrecord.FieldWithdrawn), false))
	switch kind {
	case resolve.KindMatch:
		return inForce(kind)
	case resolve.KindTitle:
		teller.Where(sql.ColumnsEQ(m.C(matchrecord.FieldTitleRecordID), id))
	case resolve.KindTournament:
		teller.Where(sql.ColumnsEQ(m.C(matchrecord.FieldTournamentRecordID), id))
	case resolve.KindTeam:
		side := sql.Table(score.Table)
		teller.Join(side).On(side.C(score.FieldMatchRecordID), m.C(matchrecord.FieldID)).
			Where(sql.ColumnsEQ(side.C(score.FieldTeamRecordID), id))
	}
	return sql.Exists(teller)
}
