package store

// What searches read: names that are like a text, the matches of those who bear them, and
// entities as they are ranked. What is meant by a text is api/search's to know.

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/match"
	"umpire/ent/db/matchrecord"
	"umpire/ent/db/nametold"
	"umpire/ent/db/placement"
	"umpire/ent/db/team"
	"umpire/ent/db/teamrecord"
	"umpire/resolve"
)

// NameSearch says which names are looked for: any that fits in one of the ways.
type NameSearch struct {
	Whole []string       // folded: the name, its letters in one, or a short form of it
	Begin string         // folded: how the name, or its letters in one, begins; "" nothing
	Parts []string       // folded words: what is in the name; of a word of two letters and less, what a word of it begins with
	Near  []string       // folded words: what is in the name but for an error or two
	Kinds []resolve.Kind // nil: all that have names
}

// FoundName is a name that an entity has or ever had.
type FoundName struct {
	Entity resolve.ID
	Folded string
}

// FindNames looks names up, up to most of each way, the shortest first. What belongs to no
// entity now is left out.
func (s *Store) FindNames(ctx context.Context, q NameSearch, most int) ([]FoundName, error) {
	return look(ctx, s, func(v view) ([]FoundName, error) {
		if v.dialect == dialect.Postgres && len(q.Near) > 0 {
			if _, err := v.ExecContext(ctx, nearEnough); err != nil {
				return nil, fmt.Errorf("set how near is near: %w", err)
			}
		}
		ways := v.near(q, most)
		if all := v.nameWays(q, most); all != nil {
			ways = append(ways, all)
		}
		found := map[FoundName]bool{} // by record
		for _, way := range ways {
			rows, err := read[struct{ Record, Folded string }](ctx, v, way)
			if err != nil {
				return nil, fmt.Errorf("look names up: %w", err)
			}
			for _, r := range rows {
				found[FoundName{resolve.ID(r.Record), r.Folded}] = true
			}
		}
		return v.bearers(ctx, slices.Collect(maps.Keys(found)))
	})
}

// nearEnough is which share of a word's trigrams another one has that may be meant, in
// this transaction.
const nearEnough = "SET LOCAL pg_trgm.word_similarity_threshold = 0.39"

// nameWays is the query for names in all ways but the near ones, each as an index serves it.
func (v view) nameWays(q NameSearch, most int) sql.Querier {
	var ways []*sql.Selector
	add := func(such *sql.Predicate) {
		names := v.from(nametold.Table, nametold.FieldRecord, nametold.FieldFolded).Where(such)
		if len(q.Kinds) > 0 {
			names.Where(idsOf(nametold.FieldRecord, q.Kinds))
		}
		ways = append(ways, names.OrderExpr(sql.ExprP("length("+nametold.FieldFolded+"), "+nametold.FieldFolded)).Limit(most))
	}
	if len(q.Whole) > 0 {
		for _, column := range []string{nametold.FieldFolded, nametold.FieldLetters, nametold.FieldInitials, nametold.FieldBeginnings} {
			add(among(column, q.Whole))
		}
	}
	if q.Begin != "" {
		add(v.begins(nametold.FieldFolded, q.Begin))
		add(v.begins(nametold.FieldLetters, strings.ReplaceAll(q.Begin, " ", "")))
	}
	for _, word := range q.Parts {
		if len(word) > 2 {
			add(v.containsPart("%" + word + "%"))
		} else {
			add(v.begins(nametold.FieldFolded, word))
			add(v.containsPart("% " + word + "%"))
		}
	}
	return v.together(ways)
}

// together is one query of several, each with its own order and limit; nil of none.
func (v view) together(ways []*sql.Selector) sql.Querier {
	var all *sql.Selector
	for i, way := range ways {
		one := sql.Dialect(v.dialect).Select().From(way.As(fmt.Sprint("way", i)))
		if all == nil {
			all = one
		} else {
			all.UnionAll(one)
		}
	}
	if all == nil {
		return nil
	}
	return all
}

// idsOf selects by the kind that an id tells.
func idsOf(column string, kinds []resolve.Kind) *sql.Predicate {
	either := make([]*sql.Predicate, len(kinds))
	for i, kind := range kinds {
		either[i] = sql.HasPrefix(column, kind.Prefix())
	}
	return sql.Or(either...)
}

// begins selects the texts that begin so. A folded text has no wildcards.
func (v view) begins(column, with string) *sql.Predicate {
	if v.dialect == dialect.Postgres {
		return sql.Like(column, with+"%")
	}
	return sql.And(sql.GTE(column, with), sql.LT(column, with+"{")) // the sign after z
}

// containsPart selects names by a pattern that their trigrams serve, if it has three signs.
func (v view) containsPart(pattern string) *sql.Predicate {
	like := sql.Like(nametold.FieldFolded, pattern)
	if v.dialect == dialect.Postgres {
		return like
	}
	return sql.In(nametold.FieldID, v.from("names_names", "rowid").Where(like))
}

// near are the queries for names that share much of a word, those first that share most.
// SQLite finds trigrams whole: of a word too short for any there is none.
func (v view) near(q NameSearch, most int) []sql.Querier {
	such := ""
	if len(q.Kinds) > 0 {
		of := make([]string, len(q.Kinds))
		for i, kind := range q.Kinds {
			of[i] = "record LIKE '" + kind.Prefix() + "%'"
		}
		such = " AND (" + strings.Join(of, " OR ") + ")"
	}
	var ways []sql.Querier
	for _, word := range q.Near {
		if v.dialect == dialect.Postgres {
			ways = append(ways, statement{
				"SELECT record, folded FROM names WHERE $1 <% folded" + such + " ORDER BY word_similarity($1, folded) DESC, length(folded), folded LIMIT $2",
				[]any{word, most},
			})
			continue
		}
		var grams []string
		for i := range len(word) - 2 {
			grams = append(grams, `"`+word[i:i+3]+`"`)
		}
		if len(grams) > 0 {
			ways = append(ways, statement{
				"SELECT n.record, n.folded FROM names_names JOIN names n ON n.id = names_names.rowid WHERE names_names MATCH ?" +
					such + " ORDER BY names_names.rank LIMIT ?",
				[]any{strings.Join(grams, " OR "), most},
			})
		}
	}
	return ways
}

// bearers are the entities that names of records are of now, in order.
func (v view) bearers(ctx context.Context, named []FoundName) ([]FoundName, error) {
	of := map[resolve.ID]resolve.ID{}
	for kind, ids := range byKind(named, func(n FoundName) resolve.Kind { return n.Entity.Kind() }) {
		records := map[resolve.ID]bool{}
		for _, n := range ids {
			records[n.Entity] = true
		}
		rows, err := read[struct {
			ID     string
			Entity string `sql:"entity_id"`
		}](ctx, v, v.from(recordTable(kind), teamrecord.FieldID, teamrecord.FieldEntityID).
			Where(sql.And(among(teamrecord.FieldID, slices.Collect(maps.Keys(records))), sql.NotNull(teamrecord.FieldEntityID))))
		if err != nil {
			return nil, fmt.Errorf("find who bears %d names: %w", len(named), err)
		}
		for _, r := range rows {
			of[resolve.ID(r.ID)] = resolve.ID(r.Entity)
		}
	}
	found := map[FoundName]bool{}
	for _, n := range named {
		if entity := of[n.Entity]; entity != "" {
			found[FoundName{entity, n.Folded}] = true
		}
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b FoundName) int {
		return strings.Compare(a.Folded+" "+string(a.Entity), b.Folded+" "+string(b.Entity))
	}), nil
}

// MatchSearch says which matches are looked for. Nil lists narrow nothing.
type MatchSearch struct {
	Teams       [2][]resolve.ID // one of these plays, and one of those, on whichever side
	Tournaments []resolve.ID
	Titles      []resolve.ID
}

// MatchBounds are what all matches looked for have.
type MatchBounds struct {
	Titles, Tournaments []resolve.ID // nil: any
	Source              string
	State               *int
	From, To            *time.Time
}

// FindMatches looks matches up by each search, up to most of each, the newest first.
func (s *Store) FindMatches(ctx context.Context, searches []MatchSearch, in MatchBounds, most int) ([]resolve.ID, error) {
	return look(ctx, s, func(v view) ([]resolve.ID, error) {
		var ways []*sql.Selector
		for _, search := range searches {
			ways = append(ways, v.matchWays(search, in, most)...)
		}
		all := v.together(ways)
		if all == nil {
			return nil, nil
		}
		rows, err := read[string](ctx, v, all)
		if err != nil {
			return nil, fmt.Errorf("look matches up: %w", err)
		}
		var found []resolve.ID
		seen := map[string]bool{}
		for _, id := range rows {
			if !seen[id] {
				seen[id] = true
				found = append(found, resolve.ID(id))
			}
		}
		return found, nil
	})
}

// matchWays are the queries for matches: teams on either side.
func (v view) matchWays(search MatchSearch, in MatchBounds, most int) []*sql.Selector {
	var ways []*sql.Selector
	one, two := search.Teams[0], search.Teams[1]
	for _, sides := range [][2][]resolve.ID{{one, two}, {two, one}} {
		q := v.from(match.Table, match.FieldID)
		for column, ids := range map[string][]resolve.ID{
			match.FieldTeam1ID: sides[0], match.FieldTeam2ID: sides[1],
			match.FieldTournamentID: search.Tournaments, match.FieldTitleID: search.Titles,
		} {
			if ids != nil {
				q.Where(among(column, ids))
			}
		}
		for _, p := range v.within(in) {
			q.Where(p)
		}
		ways = append(ways, q.OrderExpr(sql.ExprP("start DESC NULLS LAST, id")).Limit(most))
		if one == nil && two == nil {
			break
		}
	}
	return ways
}

func (v view) within(in MatchBounds) []*sql.Predicate {
	where := MatchFilter{State: in.State, From: in.From, To: in.To}.told()
	if in.Titles != nil {
		where = append(where, among(match.FieldTitleID, in.Titles))
	}
	if in.Tournaments != nil {
		where = append(where, among(match.FieldTournamentID, in.Tournaments))
	}
	if in.Source != "" {
		r, place := sql.Table(matchrecord.Table).As("told"), sql.Table(placement.Table).As("place")
		where = append(where, sql.Exists(sql.Dialect(v.dialect).Select(place.C(placement.FieldEntityID)).From(place).
			Join(r).On(r.C(matchrecord.FieldID), place.C(placement.FieldID)).
			Where(sql.And(sql.EQ(r.C(matchrecord.FieldSource), in.Source), sql.IsFalse(r.C(matchrecord.FieldWithdrawn)),
				sql.ColumnsEQ(place.C(placement.FieldEntityID), sql.Table(match.Table).C(match.FieldID))))))
	}
	return where
}

// SearchDocument is an entity as it is searched for.
type SearchDocument struct {
	ID   resolve.ID
	Kind resolve.Kind
	// Names are all that it has or ever had, those it has first; of a match none.
	Names []SearchName
	// Title, Tournament and Teams have the same of those that it refers to: a match of all,
	// a team or a tournament of its title. Their own references are left out. Nil: none.
	Title      *SearchDocument
	Tournament *SearchDocument
	Teams      []*SearchDocument

	State     *int
	Start     *time.Time
	Precision resolve.Precision // of the start
	Sources   []string          // who tells it now, in order of name
	Records   int               // how many records it has
	Version   int64             // the change that it follows
}

// SearchName is a name, and the source that has or had it. What no source says is set by hand.
type SearchName struct {
	Name   string
	Source string
}

// SearchDocuments reads entities as they are now, in the order of their ids, each with what
// it refers to; those that are no more are left out. However many there are, it costs a few
// statements a kind.
func (s *Store) SearchDocuments(ctx context.Context, ids []resolve.ID) ([]SearchDocument, error) {
	return look(ctx, s, func(v view) ([]SearchDocument, error) {
		of := byKind(ids, kindOf)
		matches, refers, err := v.matchDocuments(ctx, of[resolve.KindMatch])
		if err != nil {
			return nil, err
		}
		found := map[resolve.ID]*SearchDocument{}
		maps.Copy(found, matches)
		for _, kind := range []resolve.Kind{resolve.KindTeam, resolve.KindTournament, resolve.KindTitle} {
			titles, err := v.namedDocuments(ctx, kind, append(of[kind], refers[kind]...), found)
			if err != nil {
				return nil, err
			}
			refers[resolve.KindTitle] = append(refers[resolve.KindTitle], titles...)
		}
		documents := make([]SearchDocument, 0, len(ids))
		for _, id := range ids {
			if d, there := found[id]; there {
				documents = append(documents, d.joined(found))
			}
		}
		return documents, nil
	})
}

// joined is a document with what it refers to, whose own references are left out.
func (d SearchDocument) joined(found map[resolve.ID]*SearchDocument) SearchDocument {
	alone := func(of *SearchDocument) *SearchDocument {
		if of == nil || found[of.ID] == nil {
			return nil
		}
		other := *found[of.ID]
		other.Title = nil
		return &other
	}
	d.Title, d.Tournament = alone(d.Title), alone(d.Tournament)
	teams := d.Teams
	d.Teams = nil
	for _, t := range teams {
		if t = alone(t); t != nil {
			d.Teams = append(d.Teams, t)
		}
	}
	return d
}

// matchDocuments reads matches, and the ids of what they refer to.
func (v view) matchDocuments(ctx context.Context, ids []resolve.ID) (map[resolve.ID]*SearchDocument, map[resolve.Kind][]resolve.ID, error) {
	found, refers := map[resolve.ID]*SearchDocument{}, map[resolve.Kind][]resolve.ID{}
	refer := func(id *string) *SearchDocument {
		if id == nil {
			return nil
		}
		d := &SearchDocument{ID: resolve.ID(*id)}
		refers[d.ID.Kind()] = append(refers[d.ID.Kind()], d.ID)
		return d
	}
	for chunk := range slices.Chunk(ids, listed) {
		q := v.from(match.Table, match.FieldID, match.FieldTitleID, match.FieldTournamentID, match.FieldTeam1ID, match.FieldTeam2ID,
			match.FieldState, match.FieldStart, match.FieldPrecision, match.FieldRecordsCount, match.FieldVersion).
			Where(among(match.FieldID, chunk))
		err := v.each(ctx, q, func(scan func(...any) error) error {
			d := SearchDocument{Kind: resolve.KindMatch}
			var id string
			var title, tournament, one, two *string
			if err := scan(&id, &title, &tournament, &one, &two, &d.State, &d.Start, &d.Precision, &d.Records, &d.Version); err != nil {
				return err
			}
			if d.Start != nil {
				d.Start = new(d.Start.UTC())
			}
			d.ID, d.Title, d.Tournament = resolve.ID(id), refer(title), refer(tournament)
			d.Teams = []*SearchDocument{refer(one), refer(two)}
			found[d.ID] = &d
			return nil
		})
		if err != nil {
			return nil, nil, fmt.Errorf("read matches to rank: %w", err)
		}
		if err := v.matchSources(ctx, chunk, found); err != nil {
			return nil, nil, err
		}
	}
	return found, refers, nil
}

// matchSources adds who tells matches.
func (v view) matchSources(ctx context.Context, ids []resolve.ID, found map[resolve.ID]*SearchDocument) error {
	r, place := sql.Table(matchrecord.Table).As("told"), sql.Table(placement.Table).As("place")
	q := sql.Dialect(v.dialect).Select(place.C(placement.FieldEntityID), r.C(matchrecord.FieldSource)).Distinct().From(place).
		Join(r).On(r.C(matchrecord.FieldID), place.C(placement.FieldID)).
		Where(sql.And(among(place.C(placement.FieldEntityID), ids), sql.IsFalse(r.C(matchrecord.FieldWithdrawn)))).
		OrderBy(r.C(matchrecord.FieldSource))
	err := v.each(ctx, q, func(scan func(...any) error) error {
		var id, source string
		if err := scan(&id, &source); err != nil {
			return err
		}
		if d := found[resolve.ID(id)]; d != nil {
			d.Sources = append(d.Sources, source)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read who tells matches: %w", err)
	}
	return nil
}

// namedDocuments adds titles, tournaments or teams with their names, and returns the titles
// that they refer to.
func (v view) namedDocuments(ctx context.Context, kind resolve.Kind, ids []resolve.ID, found map[resolve.ID]*SearchDocument) ([]resolve.ID, error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var titles []resolve.ID
	columns := []string{team.FieldID, team.FieldName, team.FieldRecordsCount, team.FieldVersion}
	if kind != resolve.KindTitle {
		columns = append(columns, team.FieldTitleID)
	}
	for chunk := range slices.Chunk(ids, listed) {
		names := map[resolve.ID]string{}
		err := v.each(ctx, v.from(entityTable(kind), columns...).Where(among(team.FieldID, chunk)), func(scan func(...any) error) error {
			var id, name string
			var title *string
			d := SearchDocument{Kind: kind}
			if err := scan([]any{&id, &name, &d.Records, &d.Version, &title}[:len(columns)]...); err != nil {
				return err
			}
			d.ID = resolve.ID(id)
			if title != nil {
				d.Title = &SearchDocument{ID: resolve.ID(*title)}
				titles = append(titles, d.Title.ID)
			}
			found[d.ID], names[d.ID] = &d, name
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read %s entities to rank: %w", kind, err)
		}
		if err := v.nameDocuments(ctx, kind, chunk, names, found); err != nil {
			return nil, fmt.Errorf("read names of %s entities: %w", kind, err)
		}
	}
	return titles, nil
}

// nameDocuments adds all names of entities: first what each is called, then what its
// records are called, then what they were; and who tells them.
func (v view) nameDocuments(ctx context.Context, kind resolve.Kind, ids []resolve.ID, called map[resolve.ID]string, found map[resolve.ID]*SearchDocument) error {
	r, n := sql.Table(recordTable(kind)).As("record"), sql.Table(nametold.Table).As("n")
	q := sql.Dialect(v.dialect).Select(r.C(teamrecord.FieldEntityID), r.C(teamrecord.FieldSource), r.C(teamrecord.FieldName), r.C(teamrecord.FieldFolded),
		n.C(nametold.FieldName), n.C(nametold.FieldFolded), n.C(nametold.FieldHand)).
		From(r).LeftJoin(n).On(n.C(nametold.FieldRecord), r.C(teamrecord.FieldID)).
		Where(among(r.C(teamrecord.FieldEntityID), ids)).
		OrderBy(r.C(teamrecord.FieldArrival), r.C(teamrecord.FieldID), n.C(nametold.FieldID))
	current, former := map[resolve.ID][]SearchName{}, map[resolve.ID][]SearchName{}
	err := v.each(ctx, q, func(scan func(...any) error) error {
		var entity, source, present, presentFolded string
		var name, folded *string
		var hand *bool
		if err := scan(&entity, &source, &present, &presentFolded, &name, &folded, &hand); err != nil {
			return err
		}
		id := resolve.ID(entity)
		if d := found[id]; d != nil && !slices.Contains(d.Sources, source) {
			d.Sources = append(d.Sources, source)
		}
		current[id] = append(current[id], SearchName{present, source})
		if name == nil || value(folded) == presentFolded && !value(hand) {
			return nil
		}
		if value(hand) {
			source = ""
		}
		former[id] = append(former[id], SearchName{value(name), source})
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if d := found[id]; d != nil {
			d.Names = ranged(called[id], current[id], former[id])
			slices.Sort(d.Sources)
		}
	}
	return nil
}

// ranged are names in their order, each once: first what the entity is called, as the first
// source tells it that does.
func ranged(called string, lists ...[]SearchName) []SearchName {
	all := slices.Concat(lists...)
	at := slices.IndexFunc(all, func(n SearchName) bool { return n.Name == called })
	if at < 0 {
		all = slices.Insert(all, 0, SearchName{Name: called})
	} else {
		all = slices.Insert(slices.Delete(all, at, at+1), 0, SearchName{called, all[at].Source})
	}
	seen := map[SearchName]bool{}
	return slices.DeleteFunc(all, func(n SearchName) bool {
		known := seen[n]
		seen[n] = true
		return known
	})
}

// Called returns the present ids of the entities of a kind that a name or an id means, as
// the filters of lists do, up to most.
func (s *Store) Called(ctx context.Context, field string, kind resolve.Kind, nameOrID string, most int) ([]resolve.ID, error) {
	return look(ctx, s, func(v view) ([]resolve.ID, error) {
		set, err := v.entitiesCalled(ctx, call{field, kind, nameOrID, nil})
		if err != nil {
			return nil, err
		}
		ids := make([]resolve.ID, 0, len(set.few))
		for _, id := range set.few {
			ids = append(ids, resolve.ID(id.(string)))
		}
		if set.many != nil {
			many, err := read[string](ctx, v, sql.Dialect(v.dialect).Select().From(set.many.As("called")).Limit(most))
			if err != nil {
				return nil, fmt.Errorf("look up %s: %w", field, err)
			}
			for _, id := range many {
				ids = append(ids, resolve.ID(id))
			}
		}
		return ids, nil
	})
}

// CalledOf returns those of some entities of a kind that have a folded name in part, or have
// a record that does, as the filters of lists have it; nil if there are none.
func (s *Store) CalledOf(ctx context.Context, kind resolve.Kind, ids []resolve.ID, folded string) ([]resolve.ID, error) {
	return look(ctx, s, func(v view) ([]resolve.ID, error) {
		like := sql.Like(team.FieldFolded, "%"+folded+"%")
		var called []resolve.ID
		for chunk := range slices.Chunk(ids, listed) {
			records := v.from(recordTable(kind), teamrecord.FieldEntityID).Where(sql.And(among(teamrecord.FieldEntityID, chunk), like))
			found, err := read[string](ctx, v, v.from(entityTable(kind), team.FieldID).Where(sql.And(among(team.FieldID, chunk), like)).Union(records))
			if err != nil {
				return nil, fmt.Errorf("look which of %d have a name: %w", len(ids), err)
			}
			for _, id := range found {
				called = append(called, resolve.ID(id))
			}
		}
		return called, nil
	})
}
