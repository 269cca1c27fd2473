package store

// Reading. Whatever takes more than one statement reads one consistent state of the
// database, so that no page shows half of what a writer did.

import (
	"context"
	stdsql "database/sql"
	"fmt"
	"iter"
	"math"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"umpire/ent/db"
	"umpire/ent/db/match"
	"umpire/ent/db/matchrecord"
	"umpire/ent/db/placement"
	"umpire/ent/db/team"
	"umpire/ent/db/teamrecord"
	"umpire/ent/db/title"
	"umpire/ent/db/titlerecord"
	"umpire/ent/db/tournament"
	"umpire/ent/db/tournamentrecord"
	"umpire/resolve"
)

// view is one consistent state of the database, to read from.
type view struct {
	*db.Tx
	dialect string
}

// look reads from a view that is made for it.
func look[T any](ctx context.Context, s *Store, read func(view) (T, error)) (T, error) {
	if s.fixed != nil {
		found, err := read(*s.fixed)
		return found, unanswered(err)
	}
	v, err := s.view(ctx)
	if err != nil {
		var none T
		return none, err
	}
	defer v.Rollback()
	found, err := read(v)
	return found, unanswered(err)
}

// view opens a view. It holds a connection until it is rolled back.
func (s *Store) view(ctx context.Context) (view, error) {
	tx, err := s.client.BeginTx(ctx, &stdsql.TxOptions{Isolation: stdsql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return view{}, fmt.Errorf("begin to read: %w", unanswered(err))
	}
	return view{tx, s.dialect}, nil
}

// read runs a query into rows of T: a column's value, or a struct with a field a column.
func read[T any](ctx context.Context, v view, q sql.Querier) ([]T, error) {
	query, args := q.Query()
	rows, err := v.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	defer rows.Close()
	var to []T
	if err := sql.ScanSlice(rows, &to); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return to, nil
}

// each has the rows of a query scanned, one after the other.
func (v view) each(ctx context.Context, q sql.Querier, row func(scan func(...any) error) error) error {
	query, args := q.Query()
	rows, err := v.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// statement is a query that is written already.
type statement struct {
	text string
	args []any
}

// Query gives it as it is.
func (s statement) Query() (string, []any) { return s.text, s.args }

// from starts a query of one table.
func (v view) from(table string, columns ...string) *sql.Selector {
	return sql.Dialect(v.dialect).Select(columns...).From(sql.Table(table))
}

// isText reports whether a database may hold this as text: what it cannot hold is nowhere
// to be found, and PostgreSQL would rather fail than say so.
func isText(s string) bool { return clean(s) == s }

// checkText refuses a filter's value that is no text.
func checkText(field, value string) error {
	if !isText(value) {
		return &resolve.InvalidError{Field: field, Reason: "is not text"}
	}
	return nil
}

// among selects rows whose column holds one of these texts, of which there are no more than
// may be listed.
func among[S ~string](column string, texts []S) *sql.Predicate {
	return sql.P(func(b *sql.Builder) {
		if b.Dialect() != dialect.Postgres {
			b.Join(sql.In(column, arguments(texts)...))
			return
		}
		array := []byte{'{'}
		for i, text := range texts {
			if i > 0 {
				array = append(array, ',')
			}
			array = appendText(array, string(text))
		}
		b.Ident(column).WriteString(" = ANY(").Arg(string(append(array, '}'))).WriteString("::text[])")
	})
}

// most is how many rows it is best to ask for at once: PostgreSQL sees then whether to go
// from row to row, or through the table.
func (v view) most() int {
	if v.dialect == dialect.Postgres {
		return math.MaxInt
	}
	return listed
}

// entityTable names the table of the entities of a kind.
func entityTable(kind resolve.Kind) string {
	switch kind {
	case resolve.KindTitle:
		return title.Table
	case resolve.KindTournament:
		return tournament.Table
	case resolve.KindTeam:
		return team.Table
	default:
		return match.Table
	}
}

// recordTable names the table of the records of a kind.
func recordTable(kind resolve.Kind) string {
	switch kind {
	case resolve.KindTitle:
		return titlerecord.Table
	case resolve.KindTournament:
		return tournamentrecord.Table
	case resolve.KindTeam:
		return teamrecord.Table
	default:
		return matchrecord.Table
	}
}

// value is what a pointer points to, or the zero value.
func value[T any](p *T) T {
	if p == nil {
		var none T
		return none
	}
	return *p
}

// refQuery selects references to records of a kind.
func (v view) refQuery(kind resolve.Kind) *sql.Selector {
	columns := []string{"id", "source", "key", "scope", "named"}
	if kind == resolve.KindMatch {
		return v.from(recordTable(kind), append(columns, "url", "withdrawn")...).
			AppendSelectExprAs(placeOf(placement.FieldEntityID), placement.FieldEntityID)
	}
	return v.from(recordTable(kind), append(columns, "name", "entity_id")...)
}

// eachRef streams the references that a query of refQuery selects.
func (v view) eachRef(ctx context.Context, kind resolve.Kind, q *sql.Selector) iter.Seq2[RecordRef, error] {
	return func(yield func(RecordRef, error) bool) {
		query, args := q.Query()
		rows, err := v.QueryContext(ctx, query, args...)
		if err != nil {
			yield(RecordRef{}, fmt.Errorf("%s records: %w", kind, err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			ref, err := scanRef(rows, kind)
			if err != nil {
				yield(ref, fmt.Errorf("%s records: %w", kind, err))
				return
			}
			if !yield(ref, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(RecordRef{}, fmt.Errorf("%s records: %w", kind, err))
		}
	}
}

func scanRef(rows *stdsql.Rows, kind resolve.Kind) (RecordRef, error) {
	ref := RecordRef{Kind: kind}
	var entity *string
	var withdrawn bool
	to := []any{&ref.ID, &ref.Source, &ref.Key, &ref.Scope, &ref.Named}
	if kind == resolve.KindMatch {
		to = append(to, &ref.URL, &withdrawn)
	} else {
		to = append(to, &ref.Name)
	}
	err := rows.Scan(append(to, &entity)...)
	if !withdrawn {
		ref.Entity = resolve.ID(value(entity))
	}
	return ref, err
}

// refs reads the references that a query of refQuery selects.
func (v view) refs(ctx context.Context, kind resolve.Kind, q *sql.Selector) ([]RecordRef, error) {
	var refs []RecordRef
	for ref, err := range v.eachRef(ctx, kind, q) {
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	return refs, nil
}

// refsOf reads references to records of any kinds, by id: one query a kind.
func (v view) refsOf(ctx context.Context, ids iter.Seq[resolve.ID]) (map[resolve.ID]RecordRef, error) {
	byKind := map[resolve.Kind][]any{}
	seen := map[resolve.ID]bool{}
	for id := range ids {
		if !seen[id] && id.Kind() != "" {
			byKind[id.Kind()] = append(byKind[id.Kind()], string(id))
			seen[id] = true
		}
	}
	found := make(map[resolve.ID]RecordRef, len(seen))
	for kind, of := range byKind {
		refs, err := v.refs(ctx, kind, v.refQuery(kind).Where(sql.In("id", of...)))
		if err != nil {
			return nil, err
		}
		for _, ref := range refs {
			found[ref.ID] = ref
		}
	}
	return found, nil
}

// strings returns ids as the arguments of a query.
func arguments[S ~string](ids []S) []any {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = string(id)
	}
	return args
}

// inOrder returns rows in the order of their ids.
func inOrder[ID comparable, T any](ids []ID, rows []T, id func(T) ID) []T {
	at := make(map[ID]T, len(rows))
	for _, row := range rows {
		at[id(row)] = row
	}
	sorted := make([]T, 0, len(ids))
	for _, id := range ids {
		if row, found := at[id]; found {
			sorted = append(sorted, row)
		}
	}
	return sorted
}
