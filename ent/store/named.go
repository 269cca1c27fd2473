package store

// Titles, tournaments and teams: found by any name that a source has for them, and told
// with their records.

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/match"
	"umpire/ent/db/team"
	"umpire/ent/db/teamrecord"
	"umpire/resolve"
	"umpire/resolve/text"
)

// Named returns a title, tournament or team entity by its present id, or ErrNotFound.
func (s *Store) Named(ctx context.Context, id resolve.ID) (Named, error) {
	return look(ctx, s, func(v view) (Named, error) {
		if !hasName(id.Kind()) || !isText(string(id)) {
			return Named{}, fmt.Errorf("%q: %w", id, ErrNotFound)
		}
		found, err := v.named(ctx, id.Kind(), []string{string(id)})
		if err != nil {
			return Named{}, err
		}
		if len(found) == 0 {
			return Named{}, fmt.Errorf("%s %q: %w", id.Kind(), id, ErrNotFound)
		}
		return found[0], nil
	})
}

// NamedList lists titles, tournaments or teams by folded name, ties by id. It returns
// *resolve.InvalidError for a kind, limit, cursor or name that cannot be.
func (s *Store) NamedList(ctx context.Context, f NamedFilter) (Page[Named], error) {
	return look(ctx, s, func(v view) (Page[Named], error) {
		l, err := v.namedList(ctx, f)
		if err != nil {
			return Page[Named]{}, err
		}
		ids, next, err := turn[string](ctx, v, l, f.Cursor, f.Limit, mostMatches)
		if err != nil {
			return Page[Named]{}, err
		}
		items, err := v.named(ctx, f.Kind, ids)
		return Page[Named]{Items: items, Next: next}, err
	})
}

func hasName(kind resolve.Kind) bool {
	return kind == resolve.KindTitle || kind == resolve.KindTournament || kind == resolve.KindTeam
}

// namedList is the list of the entities that a filter selects.
func (v view) namedList(ctx context.Context, f NamedFilter) (listing, error) {
	if !hasName(f.Kind) {
		return listing{}, &resolve.InvalidError{Field: "kind", Reason: "is title, tournament or team"}
	}
	l := listing{table: entityTable(f.Kind), sort: "name", by: []column{byText(team.FieldFolded), byText(team.FieldID)}}
	if err := checkText("source", f.Source); err != nil {
		return l, err
	}
	if f.Name != "" {
		named, err := v.entitiesCalled(ctx, call{"name", f.Kind, f.Name, nil})
		if err != nil {
			return l, err
		}
		l.where = append(l.where, named.in(team.FieldID))
	}
	if f.Title != "" {
		if f.Kind == resolve.KindTitle {
			return l, &resolve.InvalidError{Field: "title", Reason: "is of tournaments and teams"}
		}
		titles, err := v.entitiesCalled(ctx, call{"title", resolve.KindTitle, f.Title, nil})
		if err != nil {
			return l, err
		}
		l.where = append(l.where, titles.in(team.FieldTitleID))
	}
	if f.Twice {
		l.where = append(l.where, twice(f.Kind, f.Source))
	} else if f.Source != "" {
		l.where = append(l.where, namedBySource(f.Kind, f.Source))
	}
	return l, nil
}

// namedBySource selects the entities of a kind of which a source has a record.
func namedBySource(kind resolve.Kind, source string) *sql.Predicate {
	r := sql.Table(recordTable(kind)).As("told")
	return sql.Exists(sql.Select(r.C(teamrecord.FieldID)).From(r).Where(sql.And(
		sql.ColumnsEQ(r.C(teamrecord.FieldEntityID), sql.Table(entityTable(kind)).C(team.FieldID)),
		sql.EQ(r.C(teamrecord.FieldSource), source),
	)))
}

// call is a name or an id by which a filter calls for entities of a kind.
type call struct {
	field string // of the filter
	kind  resolve.Kind
	value string
	found []resolve.ID // present ids that it means; nil: they are to be looked up
}

// names narrows a list of matches by those that its filter calls by name or id: called
// finds them, and columns is where the list refers to them.
func (v view) names(ctx context.Context, f MatchFilter,
	called func(context.Context, call) (idSet, error),
	columns func(resolve.Kind, idSet) *sql.Predicate,
) ([]*sql.Predicate, error) {
	var where []*sql.Predicate
	for _, c := range []call{
		{"title", resolve.KindTitle, f.Title, f.Titles},
		{"tournament", resolve.KindTournament, f.Tournament, f.Tournaments},
		{"team", resolve.KindTeam, f.Team, f.Teams},
	} {
		if c.value == "" {
			continue
		}
		ids, err := called(ctx, c)
		if err != nil {
			return nil, err
		}
		where = append(where, columns(c.kind, ids))
	}
	return where, nil
}

// entitiesCalled finds the entities that a call means: by id, what that is called now; by
// name, those that have it in part, or have a record that does.
func (v view) entitiesCalled(ctx context.Context, c call) (idSet, error) {
	if c.found != nil {
		return idSet{few: arguments(c.found)}, nil
	}
	if id := resolve.ID(c.value); id.Kind() == c.kind {
		present, err := v.called(ctx, c, id)
		return idSet{few: present}, err
	}
	folded, err := c.folded()
	if err != nil {
		return idSet{}, err
	}
	return v.idSet(ctx, v.entitiesNamed(c.kind, folded))
}

// recordsCalled finds the records of the entities that a call means, and those that have
// the name but no entity yet.
func (v view) recordsCalled(ctx context.Context, c call) (idSet, error) {
	records := v.from(recordTable(c.kind), teamrecord.FieldID)
	if id := resolve.ID(c.value); id.Kind() == c.kind {
		present, err := v.called(ctx, c, id)
		if err != nil {
			return idSet{}, err
		}
		return v.idSet(ctx, records.Where(sql.In(teamrecord.FieldEntityID, present...)))
	}
	folded, err := c.folded()
	if err != nil {
		return idSet{}, err
	}
	return v.idSet(ctx, records.
		Where(sql.In(teamrecord.FieldEntityID, v.entitiesNamed(c.kind, folded))).
		Union(v.from(recordTable(c.kind), teamrecord.FieldID).Where(v.contains(recordTable(c.kind), folded))))
}

// called returns the present id of one entity, or none.
func (v view) called(ctx context.Context, c call, id resolve.ID) ([]any, error) {
	if err := checkText(c.field, c.value); err != nil {
		return nil, err
	}
	present, err := v.canonical(ctx, c.kind, []resolve.ID{id})
	if err != nil || present[id] == "" {
		return nil, err
	}
	return []any{string(present[id])}, nil
}

// entitiesNamed selects the entities of a kind that have a folded name in part, or have a
// record that does.
func (v view) entitiesNamed(kind resolve.Kind, folded string) *sql.Selector {
	records := v.from(recordTable(kind), teamrecord.FieldEntityID).
		Where(sql.And(v.contains(recordTable(kind), folded), sql.NotNull(teamrecord.FieldEntityID)))
	return v.from(entityTable(kind), team.FieldID).Where(v.contains(entityTable(kind), folded)).Union(records)
}

// idSet narrows a list to those that refer to a set of ids: if they are few, the ids, so
// that the database plans for just these; else the query that selects them.
type idSet struct {
	few  []any
	many *sql.Selector
}

// fewIDs is how many ids are few.
const fewIDs = 500

// idSet looks up what a query of ids selects, as far as it is few.
func (v view) idSet(ctx context.Context, q *sql.Selector) (idSet, error) {
	ids, err := read[string](ctx, v, sql.Dialect(v.dialect).Select().From(q.As("called")).Limit(fewIDs+1))
	if err != nil {
		return idSet{}, fmt.Errorf("look up names: %w", err)
	}
	if len(ids) > fewIDs {
		return idSet{many: q}, nil
	}
	return idSet{few: arguments(ids)}, nil
}

// in selects the rows whose column is in the set.
func (ids idSet) in(column string) *sql.Predicate {
	if ids.many == nil {
		return sql.In(column, ids.few...)
	}
	return ids.has(func(b *sql.Builder) { b.Ident(column) })
}

// has selects the rows of which an expression is among many ids. The database is kept from
// gathering all rows that refer to one of them only to sort them: by IS TRUE they are no
// way into a table, so it goes through the list in its order, and meets a page of them soon.
func (ids idSet) has(expression func(*sql.Builder)) *sql.Predicate {
	return sql.P(func(b *sql.Builder) {
		b.Wrap(func(b *sql.Builder) {
			expression(b)
			b.WriteString(" IN ").Wrap(func(b *sql.Builder) { b.Join(ids.many) })
		}).WriteString(" IS TRUE")
	})
}

func (c call) folded() (string, error) {
	folded := text.Fold(c.value)
	if folded == "" {
		return "", &resolve.InvalidError{Field: c.field, Reason: "has no letter and no digit to search for"}
	}
	return folded, nil
}

// contains selects the rows of a table whose folded name contains a folded text, from the
// trigrams of the names. What is folded has no wildcards of LIKE.
func (v view) contains(table, folded string) *sql.Predicate {
	like := sql.Like(team.FieldFolded, "%"+folded+"%")
	if v.dialect != dialect.SQLite {
		return like
	}
	return sql.In("rowid", v.from(table+"_names", "rowid").Where(like))
}

// nameRow is a row of any of the tables of entities that have names.
type nameRow struct {
	ID, Name   string
	TitleID    *string `sql:"title_id"`
	Provenance []byte
	Overridden []byte
	Sources    int       `sql:"sources_count"`
	CreatedAt  time.Time `sql:"created_at"`
	UpdatedAt  time.Time `sql:"updated_at"`
	Version    int64
}

// named reads entities of a kind, in the order of the ids; those that are not there are left out.
func (v view) named(ctx context.Context, kind resolve.Kind, ids []string) ([]Named, error) {
	columns := []string{team.FieldID, team.FieldName, team.FieldProvenance, team.FieldOverridden, team.FieldSourcesCount,
		team.FieldCreatedAt, team.FieldUpdatedAt, team.FieldVersion}
	if kind != resolve.KindTitle {
		columns = append(columns, team.FieldTitleID)
	}
	rows, err := read[nameRow](ctx, v, v.from(entityTable(kind), columns...).Where(sql.In(team.FieldID, arguments(ids)...)))
	if err != nil {
		return nil, fmt.Errorf("%s entities: %w", kind, err)
	}
	rows = inOrder(ids, rows, func(r nameRow) string { return r.ID })
	named := make([]Named, len(rows))
	for i, r := range rows {
		if named[i], err = r.named(kind); err != nil {
			return nil, err
		}
	}
	return named, v.hang(ctx, kind, named, ids)
}

func (r nameRow) named(kind resolve.Kind) (Named, error) {
	n := Named{
		ID: resolve.ID(r.ID), Kind: kind, Name: r.Name, Sources: r.Sources,
		CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), Version: r.Version,
	}
	if r.TitleID != nil {
		n.Title = &Ref{ID: resolve.ID(*r.TitleID)}
	}
	if err := json.Unmarshal(r.Provenance, &n.From); err != nil {
		return n, fmt.Errorf("provenance of %s: %w", r.ID, err)
	}
	if len(r.Overridden) > 0 {
		if err := json.Unmarshal(r.Overridden, &n.Hides); err != nil {
			return n, fmt.Errorf("what is set by hand of %s: %w", r.ID, err)
		}
	}
	return n, nil
}

// hang gives entities their records, their titles' names and their numbers of matches.
func (v view) hang(ctx context.Context, kind resolve.Kind, named []Named, ids []string) error {
	records, err := v.refsIn(ctx, kind, arguments(ids))
	if err != nil {
		return err
	}
	titles, err := v.titles(ctx, named)
	if err != nil {
		return err
	}
	matches, err := v.countMatches(ctx, kind, ids)
	if err != nil {
		return err
	}
	of := map[resolve.ID][]RecordRef{}
	for _, r := range records {
		of[r.Entity] = append(of[r.Entity], r)
	}
	for i, n := range named {
		named[i].Records, named[i].Matches = of[n.ID], matches[n.ID]
		if n.Title != nil {
			n.Title.Name = titles[n.Title.ID]
		}
	}
	return nil
}

// titles reads the names of the titles of entities.
func (v view) titles(ctx context.Context, of []Named) (map[resolve.ID]string, error) {
	names := map[resolve.ID]string{}
	for _, n := range of {
		if n.Title != nil {
			names[n.Title.ID] = ""
		}
	}
	if len(names) == 0 {
		return names, nil
	}
	rows, err := read[struct{ ID, Name string }](ctx, v, v.from(entityTable(resolve.KindTitle), team.FieldID, team.FieldName).
		Where(sql.In(team.FieldID, arguments(slices.Collect(maps.Keys(names)))...)))
	if err != nil {
		return nil, fmt.Errorf("titles: %w", err)
	}
	for _, r := range rows {
		names[resolve.ID(r.ID)] = r.Name
	}
	return names, nil
}

// countMatches counts the match entities of named entities. A team that plays itself plays one match.
func (v view) countMatches(ctx context.Context, kind resolve.Kind, ids []string) (map[resolve.ID]int, error) {
	within := func(column string) *sql.Selector {
		q := v.from(match.Table)
		return q.Select(sql.As(q.C(column), "id")).Where(sql.In(column, arguments(ids)...))
	}
	var matches *sql.Selector
	switch kind {
	case resolve.KindTitle:
		matches = within(match.FieldTitleID)
	case resolve.KindTournament:
		matches = within(match.FieldTournamentID)
	default:
		matches = within(match.FieldTeam1ID).UnionAll(
			within(match.FieldTeam2ID).Where(sql.ColumnsNEQ(match.FieldTeam1ID, match.FieldTeam2ID)))
	}
	q := sql.Dialect(v.dialect).Select("id", sql.As(sql.Count("*"), "n")).From(matches.As("matched")).GroupBy("id")
	rows, err := read[struct {
		ID string
		N  int
	}](ctx, v, q)
	if err != nil {
		return nil, fmt.Errorf("count matches: %w", err)
	}
	counts := make(map[resolve.ID]int, len(rows))
	for _, r := range rows {
		counts[resolve.ID(r.ID)] = r.N
	}
	return counts, nil
}
