package store

// Lists are read page by page, by key: a page begins after the row at which the one
// before it ended, whatever was written between the two. A cursor is that row's key,
// as the client carries it.

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"entgo.io/ent/dialect/sql"

	"umpire/resolve"
)

// The sizes of pages.
const (
	usualLimit   = 50
	mostMatches  = 500 // also of names and links
	mostMessages = 1000
	mostChanges  = 1000
)

// listing is a list: which rows of a table, in which order.
type listing struct {
	table string
	where []*sql.Predicate
	sort  string   // the order's name, which a cursor carries
	by    []column // compared in turn, all in one direction; the last one is unique
	desc  bool
	gaps  bool // the first column may be null; such rows come last in either direction
}

// column is one that a list is sorted by, and how a cursor tells its value.
type column struct {
	name  string
	parse func(string) (any, error)
}

func byText(name string) column { return column{name, parseText} }

func byInstant(name string) column {
	return column{name, func(s string) (any, error) { return time.Parse(time.RFC3339Nano, s) }}
}

// byNumber is a column of integers of so many bits.
func byNumber(name string, bits int) column {
	return column{name, func(s string) (any, error) { return strconv.ParseInt(s, 10, bits) }}
}

// key is a row's place in a list: the values of the columns that it is sorted by. Only
// the first may be nil.
type key []any

// turn reads the page that follows a cursor ("" is before the first): the last column of
// its rows, which tells them apart, and the cursor of the next page. A limit of 0 is the usual one.
func turn[ID any](ctx context.Context, v view, l listing, after string, limit, most int) ([]ID, string, error) {
	limit, err := bounded(limit, most)
	if err != nil {
		return nil, "", err
	}
	from, err := l.open(after)
	if err != nil {
		return nil, "", err
	}
	keys, err := v.keys(ctx, l, from, limit+1)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(keys) > limit {
		keys = keys[:limit]
		next = l.seal(keys[limit-1])
	}
	ids := make([]ID, len(keys))
	for i, k := range keys {
		ids[i] = k[len(k)-1].(ID)
	}
	return ids, next, nil
}

// keys reads the keys of up to n rows that follow one; nil is before the first.
func (v view) keys(ctx context.Context, l listing, after key, n int) ([]key, error) {
	if !l.gaps {
		return v.run(ctx, l, after, n)
	}
	told, untold := l.parts()
	if after != nil && after[0] == nil {
		return v.pad(ctx, untold, after[1:], n)
	}
	if after != nil {
		told = l // what follows a value has one: to say so again would only mislead the planner
	}
	keys, err := v.run(ctx, told, after, n)
	if err != nil || len(keys) == n {
		return keys, err
	}
	rest, err := v.pad(ctx, untold, nil, n-len(keys))
	return append(keys, rest...), err
}

// parts splits a list with gaps into the rows that have the first column, and those that
// have not, which are sorted by the columns that are left. Each is one range of an index.
func (l listing) parts() (listing, listing) {
	told, untold := l, l
	told.where = append(told.where[:len(l.where):len(l.where)], sql.NotNull(l.by[0].name))
	untold.where = append(untold.where[:len(l.where):len(l.where)], sql.IsNull(l.by[0].name))
	untold.by = l.by[1:]
	return told, untold
}

// pad gives the keys of the rows that lack the first column a nil in its place.
func (v view) pad(ctx context.Context, untold listing, after key, n int) ([]key, error) {
	keys, err := v.run(ctx, untold, after, n)
	for i, k := range keys {
		keys[i] = append(key{nil}, k...)
	}
	return keys, err
}

func (v view) run(ctx context.Context, l listing, after key, n int) ([]key, error) {
	query, args := l.statement(v.dialect, after, n).Query()
	rows, err := v.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list %s by %s: %w", l.table, l.sort, err)
	}
	defer rows.Close()
	var keys []key
	for rows.Next() {
		k := make(key, len(l.by))
		if err := rows.Scan(pointers(k)...); err != nil {
			return nil, fmt.Errorf("list %s by %s: %w", l.table, l.sort, err)
		}
		keys = append(keys, k)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list %s by %s: %w", l.table, l.sort, err)
	}
	return keys, nil
}

func pointers(k key) []any {
	to := make([]any, len(k))
	for i := range k {
		to[i] = &k[i]
	}
	return to
}

// statement selects the keys of up to n rows that follow one.
func (l listing) statement(dialect string, after key, n int) *sql.Selector {
	names := make([]string, len(l.by))
	for i, c := range l.by {
		names[i] = c.name
	}
	q := sql.Dialect(dialect).Select(names...).From(sql.Table(l.table)).Limit(n)
	for _, p := range l.where {
		q.Where(p)
	}
	if after != nil {
		q.Where(l.beyond(names, after))
	}
	for _, name := range names {
		q.OrderBy(l.direction(name))
	}
	return q
}

func (l listing) beyond(names []string, after key) *sql.Predicate {
	if l.desc {
		return sql.CompositeLT(names, after...)
	}
	return sql.CompositeGT(names, after...)
}

func (l listing) direction(name string) string {
	if l.desc {
		return sql.Desc(name)
	}
	return sql.Asc(name)
}

// cursorVersion changes when what a cursor says is no longer read as it was.
const cursorVersion = 1

// cursor is what a client carries from one page to the next, as base64url of JSON.
type cursor struct {
	Version int       `json:"v"`
	Sort    string    `json:"s"`
	Key     []*string `json:"k"`
}

// seal makes the cursor of the page that follows this row.
func (l listing) seal(last key) string {
	c := cursor{Version: cursorVersion, Sort: l.sort, Key: make([]*string, len(last))}
	for i, value := range last {
		c.Key[i] = sealed(value)
	}
	told, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	return base64.RawURLEncoding.EncodeToString(told)
}

func sealed(value any) *string {
	var s string
	switch value := value.(type) {
	case nil:
		return nil
	case time.Time:
		s = value.UTC().Format(time.RFC3339Nano)
	default:
		s = fmt.Sprint(value)
	}
	return &s
}

// open reads a cursor that seal made for a list of this order; "" gives nil.
func (l listing) open(sealed string) (key, error) {
	if sealed == "" {
		return nil, nil
	}
	var c cursor
	told, err := base64.RawURLEncoding.DecodeString(sealed)
	if err == nil {
		err = json.Unmarshal(told, &c)
	}
	if err != nil || c.Version != cursorVersion {
		return nil, &resolve.InvalidError{Field: "cursor", Reason: "is not one that a list gave"}
	}
	if c.Sort != l.sort {
		return nil, &resolve.InvalidError{Field: "cursor", Reason: fmt.Sprintf("belongs to a list sorted by %q, not by %q", c.Sort, l.sort)}
	}
	return l.key(c.Key)
}

func (l listing) key(values []*string) (key, error) {
	damaged := &resolve.InvalidError{Field: "cursor", Reason: "is damaged"}
	if len(values) != len(l.by) {
		return nil, damaged
	}
	k := make(key, len(values))
	for i, value := range values {
		if value == nil && l.gaps && i == 0 {
			continue
		}
		if value == nil {
			return nil, damaged
		}
		parsed, err := l.by[i].parse(*value)
		if err != nil {
			return nil, damaged
		}
		k[i] = parsed
	}
	return k, nil
}

// bounded gives a limit of a list its default, and refuses one out of bounds.
func bounded(limit, most int) (int, error) {
	if limit == 0 {
		return usualLimit, nil
	}
	if limit < 0 || limit > most {
		return 0, &resolve.InvalidError{Field: "limit", Reason: fmt.Sprintf("is from 1 to %d", most)}
	}
	return limit, nil
}

// parseText refuses what no database takes for text.
func parseText(s string) (any, error) { return s, checkText("", s) }
