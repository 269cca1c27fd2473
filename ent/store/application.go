package store

// A plan on its way into the database.

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/change"
	"umpire/ent/db/link"
	"umpire/ent/db/match"
	"umpire/ent/db/placement"
	"umpire/ent/db/team"
	"umpire/ent/db/teamrecord"
	"umpire/ent/db/title"
	"umpire/ent/db/tournament"
	"umpire/resolve"
	"umpire/resolve/text"
)

// application is a plan with what it meets.
type application struct {
	*tx
	plan  resolve.Plan
	cause string
	at    time.Time

	records map[resolve.ID]placed         // the records that the plan places or detaches, as they are
	before  map[resolve.ID]resolve.Entity // the entities that it puts or retires, as they are
	news    map[resolve.ID]resolve.Entity // those that it changes, as they will be; the zero Entity where it retires one
	stamped map[resolve.Kind][][]any      // ids and digests of those that say the same by another digest
	told    []resolve.Change              // what tells of those
	first   int64                         // the number of the first of these
	version map[resolve.ID]int64          // the number of the last of these on each entity
	laid    laid                          // what the tables are without, while they are filled
}

// placed is where a record is.
type placed struct {
	Source  string
	Entity  *string
	Heir    string
	Flipped bool
	known   bool // it has a row that tells so
}

// apply goes in an order in which every row that is referred to is there.
func (a *application) apply(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		a.find, a.compare, a.fit, a.lay,
		a.putEntities, a.stamp, a.putNames, a.place, a.retire, a.restore(entityTables),
		a.relink, a.tellChanges, a.restore(linkTables),
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// find reads the records that the plan is about. Nobody else changes where they are: the
// term of this resolver lasts to the commit.
func (a *application) find(ctx context.Context) error {
	ids := slices.Clone(a.plan.Detached)
	for _, e := range a.plan.Put {
		for _, m := range e.Members {
			ids = append(ids, m.Record)
		}
	}
	a.records = make(map[resolve.ID]placed, len(ids))
	for kind, of := range eachKind(ids) {
		for chunk := range slices.Chunk(of, a.most()) {
			if err := a.findRecords(ctx, kind, chunk); err != nil {
				return err
			}
		}
	}
	for _, id := range ids {
		if _, found := a.records[id]; !found {
			return fmt.Errorf("%w: there is no record %s", ErrStale, id)
		}
	}
	return nil
}

func (a *application) findRecords(ctx context.Context, kind resolve.Kind, ids []resolve.ID) error {
	columns := []string{teamrecord.FieldID, teamrecord.FieldSource}
	if kind != resolve.KindMatch {
		columns = append(columns, teamrecord.FieldEntityID, teamrecord.FieldHeir)
	}
	sources := map[string]string{} // the one copy of each
	err := a.each(ctx, a.from(recordTable(kind), columns...).Where(among(teamrecord.FieldID, ids)), func(scan func(...any) error) error {
		var id resolve.ID
		var source string
		var is placed
		err := scan([]any{&id, &source, &is.Entity, &is.Heir}[:len(columns)]...)
		if _, met := sources[source]; !met {
			sources[source] = source
		}
		is.Source = sources[source]
		a.records[id] = is
		return err
	})
	if err != nil {
		return fmt.Errorf("find %s records: %w", kind, err)
	}
	if kind != resolve.KindMatch {
		return nil
	}
	q := a.from(placement.Table, placement.FieldID, placement.FieldEntityID, placement.FieldHeir, placement.FieldFlipped).
		Where(among(placement.FieldID, ids))
	err = a.each(ctx, q, func(scan func(...any) error) error {
		var id resolve.ID
		var is placed
		err := scan(&id, &is.Entity, &is.Heir, &is.Flipped)
		is.Source, is.known = a.records[id].Source, true
		a.records[id] = is
		return err
	})
	if err != nil {
		return fmt.Errorf("find where match records are: %w", err)
	}
	return nil
}

// compare finds what of the plan is news, and numbers the changes that tell of it.
func (a *application) compare(ctx context.Context) error {
	if err := a.readBefore(ctx); err != nil {
		return err
	}
	a.news, a.stamped = map[resolve.ID]resolve.Entity{}, map[resolve.Kind][][]any{}
	for _, e := range a.plan.Put {
		before, there := a.before[e.ID]
		switch {
		case !there || !same(before, e):
			a.news[e.ID] = e
		case before.Digest != e.Digest:
			a.stamped[e.Kind] = append(a.stamped[e.Kind], []any{string(e.ID), e.Digest})
		}
	}
	for _, id := range a.plan.Retire {
		if _, there := a.before[id]; there {
			a.news[id] = resolve.Entity{}
		}
	}
	for _, c := range a.plan.Changes {
		if _, isNews := a.news[c.Entity]; isNews {
			a.told = append(a.told, c)
		}
	}
	return a.number(ctx)
}

func (a *application) readBefore(ctx context.Context) error {
	ids := slices.Clone(a.plan.Retire)
	for _, e := range a.plan.Put {
		ids = append(ids, e.ID)
	}
	a.before = make(map[resolve.ID]resolve.Entity, len(ids))
	for kind, of := range eachKind(ids) {
		for chunk := range slices.Chunk(of, a.most()) {
			found, err := a.entities(ctx, kind, func(q *sql.Selector) { q.Where(among(team.FieldID, chunk)) })
			if err != nil {
				return err
			}
			for _, e := range found {
				a.before[e.ID] = e
			}
		}
	}
	return nil
}

// number takes numbers for the changes that are told.
func (a *application) number(ctx context.Context) error {
	if len(a.told) == 0 {
		return nil
	}
	last, err := a.count(ctx, history, len(a.told))
	if err != nil {
		return err
	}
	a.first = last - int64(len(a.told)) + 1
	a.version = make(map[resolve.ID]int64, len(a.told))
	for i, c := range a.told {
		a.version[c.Entity] = a.first + int64(i)
	}
	return nil
}

// fit returns an error if the plan leaves out what it ought to speak of.
func (a *application) fit(context.Context) error {
	for id := range a.news {
		if a.version[id] == 0 {
			return fmt.Errorf("the plan changes %s and does not tell of it", id)
		}
	}
	spoken := map[resolve.ID]bool{}
	for _, e := range a.plan.Put {
		spoken[e.ID] = true
	}
	for _, id := range a.plan.Retire {
		spoken[id] = true
	}
	for id, record := range a.records {
		if from := resolve.ID(value(record.Entity)); from != "" && !spoken[from] {
			return fmt.Errorf("%w: record %s would leave %s, of which the plan does not speak", ErrStale, id, from)
		}
	}
	for id, e := range a.before {
		for _, m := range e.Members {
			if _, there := a.records[m.Record]; !there {
				return fmt.Errorf("%w: %s has the record %s, of which the plan does not speak", ErrStale, id, m.Record)
			}
		}
	}
	return nil
}

// lay readies empty tables for many rows.
func (a *application) lay(ctx context.Context) error {
	if a.dialect != dialect.Postgres || len(a.news)+len(a.plan.Link) < a.indexedAfter {
		return nil
	}
	var err error
	a.laid, err = a.tx.lay(ctx, slices.Concat(entityTables, linkTables))
	return err
}

// The tables that a plan fills: what follows counts what hangs on entities.
var (
	entityTables = []string{title.Table, tournament.Table, team.Table, match.Table, placement.Table}
	linkTables   = []string{link.Table, change.Table}
)

func (a *application) restore(tables []string) func(context.Context) error {
	return func(ctx context.Context) error { return a.laid.restore(ctx, a.tx, tables) }
}

func (a *application) putEntities(ctx context.Context) error {
	ids := slices.Collect(maps.Keys(a.news))
	for kind, of := range eachKind(ids) {
		r := entityRows(kind)
		var fresh []resolve.Entity
		for _, id := range of {
			if _, there := a.before[id]; !there {
				fresh = append(fresh, a.news[id])
			} else if e := a.news[id]; e.ID != "" {
				r.values = append(r.values, a.row(e))
			}
		}
		if err := a.put(ctx, r); err != nil {
			return err
		}
		if err := a.fill(ctx, entityRows(kind), rowsOf(fresh, a.row)); err != nil {
			return err
		}
	}
	return nil
}

// stamp writes the digests of entities of which nothing else is news.
func (a *application) stamp(ctx context.Context) error {
	for _, kind := range resolve.Kinds {
		r := rows{table: entityTable(kind), columns: []string{team.FieldID, team.FieldDigest}, values: a.stamped[kind]}
		err := a.eachPart(ctx, r, func(part string) string {
			return r.with("stamped", part) + fmt.Sprintf("UPDATE %q SET digest = stamped.digest FROM stamped WHERE %[1]q.id = stamped.id", r.table)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// putNames keeps the names that people gave, beside those that sources tell.
func (a *application) putNames(ctx context.Context) error {
	var r rows
	for _, kind := range resolve.Kinds[:3] {
		for _, e := range a.plan.Put {
			if _, byHand := e.Overridden["name"]; byHand && e.Kind == kind {
				r.values = append(r.values, searchRow(toldName{e.ID, e.Name}, text.Fold(e.Name), givenByHand))
			}
		}
	}
	return a.put(ctx, r.ofNames())
}

// rowsOf yields the rows of what is to be put, made one after the other.
func rowsOf[T any](all []T, row func(T) []any) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, one := range all {
			if !yield(row(one)) {
				return
			}
		}
	}
}

// entityRows are rows of the entities of a kind, without their values.
func entityRows(kind resolve.Kind) rows {
	kept := []string{team.FieldID, team.FieldCreatedAt}
	content := []string{team.FieldProvenance, team.FieldOverridden, team.FieldRecordsCount, team.FieldSourcesCount, team.FieldUpdatedAt, team.FieldVersion, team.FieldDigest}
	switch kind {
	case resolve.KindTitle:
		content = append(content, team.FieldName, team.FieldFolded)
	case resolve.KindTournament, resolve.KindTeam:
		content = append(content, team.FieldName, team.FieldFolded, team.FieldTitleID)
	case resolve.KindMatch:
		content = append(content, matchFields...)
	}
	return rows{table: entityTable(kind), columns: append(kept, content...), key: []string{team.FieldID}, replace: content}
}

func (a *application) row(e resolve.Entity) []any {
	sources := map[string]bool{}
	for _, m := range e.Members {
		sources[a.records[m.Record].Source] = true
	}
	row := []any{e.ID, a.at, jsonText(e.From), jsonColumn(e.Overridden), len(e.Members), len(sources), a.at, a.version[e.ID], e.Digest}
	switch e.Kind {
	case resolve.KindTitle:
		return append(row, e.Name, text.Fold(e.Name))
	case resolve.KindTournament, resolve.KindTeam:
		return append(row, e.Name, text.Fold(e.Name), idColumn(e.Title))
	default:
		f, one, two := e.Match, e.Match.Sides[0], e.Match.Sides[1]
		return append(row, idColumn(f.Title), idColumn(f.Tournament), one.Team, two.Team,
			one.Points, two.Points, one.Winner, two.Winner,
			f.State, f.BestOf, f.Start.Raw, startColumn(f.Start), string(f.Start.Precision))
	}
}

// place brings records to their entities, and leaves those that are detached with an heir:
// the oldest record that the entity they leave goes on with.
func (a *application) place(ctx context.Context) error {
	moved := make(map[resolve.ID]placed, len(a.records))
	for _, e := range a.news {
		entity := idColumn(e.ID)
		for _, m := range e.Members {
			if is := a.records[m.Record]; value(is.Entity) != string(e.ID) || is.Flipped != m.Flipped || is.Heir != "" {
				moved[m.Record] = placed{Entity: entity, Flipped: m.Flipped}
			}
		}
	}
	detached := map[resolve.ID]bool{}
	for _, id := range a.plan.Detached {
		detached[id] = true
	}
	for id := range detached {
		if from := a.records[id].Entity; from != nil {
			moved[id] = placed{Heir: heir(a.before[resolve.ID(*from)], detached)}
		}
	}
	for kind, ids := range eachKind(slices.Collect(maps.Keys(moved))) {
		if err := a.move(ctx, kind, ids, moved); err != nil {
			return err
		}
	}
	return nil
}

// heir is the oldest record that an entity goes on with; "" if it does not.
func heir(of resolve.Entity, detached map[resolve.ID]bool) string {
	for _, m := range of.Members {
		if !detached[m.Record] {
			return string(m.Record)
		}
	}
	return ""
}

// move writes where records are now.
func (a *application) move(ctx context.Context, kind resolve.Kind, ids []resolve.ID, to map[resolve.ID]placed) error {
	r := rows{table: placeTable(kind), columns: []string{teamrecord.FieldID, teamrecord.FieldEntityID, teamrecord.FieldHeir}}
	if kind == resolve.KindMatch {
		r.columns = append(r.columns, placement.FieldFlipped)
	}
	row := func(id resolve.ID) []any {
		return []any{string(id), to[id].Entity, to[id].Heir, to[id].Flipped}[:len(r.columns)]
	}
	var fresh []resolve.ID
	for _, id := range ids {
		if kind == resolve.KindMatch && !a.records[id].known {
			fresh = append(fresh, id)
		} else {
			r.values = append(r.values, row(id))
		}
	}
	if err := a.fill(ctx, rows{table: r.table, columns: r.columns}, rowsOf(fresh, row)); err != nil {
		return err
	}
	set := make([]string, len(r.columns)-1)
	for i, column := range r.columns[1:] {
		set[i] = fmt.Sprintf("%q = placed.%[1]q", column)
	}
	return a.eachPart(ctx, r, func(part string) string {
		return r.with("placed", part) + fmt.Sprintf("UPDATE %q SET %s FROM placed WHERE %[1]q.id = placed.id", r.table, strings.Join(set, ", "))
	})
}

// retire deletes the entities that are no more: matches before what they refer to.
func (a *application) retire(ctx context.Context) error {
	of := maps.Collect(eachKind(a.plan.Retire))
	for _, kind := range slices.Backward(resolve.Kinds[:]) {
		if err := remove(ctx, a.tx, entityTable(kind), team.FieldID, of[kind]); err != nil {
			return err
		}
	}
	return nil
}

func (a *application) relink(ctx context.Context) error {
	gone := rows{table: link.Table, columns: []string{link.FieldA, link.FieldB}}
	for _, pair := range a.plan.Unlink {
		gone.values = append(gone.values, []any{pair.A, pair.B})
	}
	err := a.eachPart(ctx, gone, func(part string) string {
		return gone.with("gone", part) + "DELETE FROM links WHERE (a, b) IN (SELECT a, b FROM gone)"
	})
	if err != nil {
		return err
	}
	content := []string{
		link.FieldWeight, link.FieldUnjudged, link.FieldVerdict, link.FieldRule, link.FieldEvidence, link.FieldHangs, link.FieldPriority, link.FieldDigest,
	}
	r := rows{
		table:   link.Table,
		columns: append([]string{link.FieldKind, link.FieldA, link.FieldB}, content...),
		key:     []string{link.FieldA, link.FieldB},
		replace: content,
	}
	there, err := a.linked(ctx)
	if err != nil {
		return err
	}
	places, err := a.queue(ctx, a.plan.Link)
	if err != nil {
		return err
	}
	var fresh []resolve.Link
	for _, l := range a.plan.Link {
		if there[resolve.Pair{A: l.A, B: l.B}] {
			r.values = append(r.values, linkRow(l, places))
		} else {
			fresh = append(fresh, l)
		}
	}
	if err := a.put(ctx, r); err != nil {
		return err
	}
	return a.fill(ctx, rows{table: r.table, columns: r.columns}, rowsOf(fresh, func(l resolve.Link) []any { return linkRow(l, places) }))
}

func linkRow(l resolve.Link, places map[resolve.Pair]queued) []any {
	place := places[resolve.Pair{A: l.A, B: l.B}]
	return []any{
		string(l.Kind), string(l.A), string(l.B), int64(l.Weight), int64(evidenceOf(l)), string(l.Verdict), l.Rule, packLines(l.Lines),
		int64(place.hangs), place.column(), l.Digest,
	}
}

// linked tells which links of the plan are there already.
func (a *application) linked(ctx context.Context) (map[resolve.Pair]bool, error) {
	some, err := a.Link.Query().Exist(ctx)
	if err != nil || !some {
		return nil, err
	}
	told := rows{table: link.Table, columns: []string{link.FieldA, link.FieldB}}
	for _, l := range a.plan.Link {
		told.values = append(told.values, []any{string(l.A), string(l.B)})
	}
	there := map[resolve.Pair]bool{}
	for part, args := range a.parts(told) {
		pairs, err := read[resolve.Pair](ctx, a.view, statement{
			told.with("told", part) + "SELECT links.a, links.b FROM told CROSS JOIN links WHERE links.a = told.a AND links.b = told.b", args,
		})
		if err != nil {
			return nil, fmt.Errorf("look for links: %w", err)
		}
		for _, pair := range pairs {
			there[pair] = true
		}
	}
	return there, nil
}

// tellChanges writes the history: what happened, and what each entity is now.
func (a *application) tellChanges(ctx context.Context) error {
	r := rows{
		table: change.Table,
		columns: []string{
			change.FieldID, change.FieldAt, change.FieldKind, change.FieldEntity, change.FieldAct,
			change.FieldOthers, change.FieldRecords, change.FieldCause, change.FieldAfter,
		},
	}
	n := a.first - 1
	return a.fill(ctx, r, rowsOf(a.told, func(c resolve.Change) []any {
		var records []resolve.ID
		e := a.news[c.Entity]
		for _, m := range e.Members {
			records = append(records, m.Record)
		}
		n++
		return []any{
			n, a.at, string(c.Kind), string(c.Entity), string(c.Act),
			jsonColumn(c.Others), jsonColumn(records), a.cause, jsonColumn(after(e)),
		}
	}))
}

// eachKind yields ids by their kind, in order of Kinds and then of id, each once.
func eachKind(ids []resolve.ID) iter.Seq2[resolve.Kind, []resolve.ID] {
	return func(yield func(resolve.Kind, []resolve.ID) bool) {
		of := map[resolve.Kind][]resolve.ID{}
		for _, id := range ids {
			of[id.Kind()] = append(of[id.Kind()], id)
		}
		for _, kind := range resolve.Kinds {
			slices.Sort(of[kind])
			if sorted := slices.Compact(of[kind]); len(sorted) > 0 && !yield(kind, sorted) {
				return
			}
		}
	}
}
