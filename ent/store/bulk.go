package store

// Rows in bulk: many go through one statement, as a table that it reads.

import (
	"context"
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/schema/field"
	"github.com/lib/pq"

	"umpire/ent/db/migrate"
)

// rows are to be put into a table.
type rows struct {
	table   string
	columns []string
	key     []string // what tells a row of the table from the others
	replace []string // what a row that is there takes over from its new version; the rest stays
	values  [][]any  // no key twice
	known   bool     // most are there and stay as they are: those are not even locked
}

// listed is how many rows or ids a statement takes at most.
const listed = 10_000

// put inserts rows, in their order, or brings those that are there up to date; rows that
// would stay the same are not written.
func (t *tx) put(ctx context.Context, r rows) error {
	return t.eachPart(ctx, r, func(told string) string {
		if r.known && t.dialect == dialect.Postgres { // on SQLite no other writer waits
			told = r.news(told)
		}
		return fmt.Sprintf("INSERT INTO %q (%s) %s%s", r.table, quoted(r.columns), told, r.onConflict())
	})
}

// news selects of the rows told those that are not there, or differ from what is. To look
// each up by a value of its own keeps their order, which a join would not.
func (r rows) news(told string) string {
	same := make([]string, len(r.key))
	for i, column := range r.key {
		same[i] = fmt.Sprintf("%q.%q = told.%q", r.table, column, column)
	}
	return fmt.Sprintf("SELECT * FROM (%s) AS told (%s) WHERE COALESCE((SELECT %s FROM %q WHERE %s), true)",
		told, quoted(r.columns), r.differs("told"), r.table, strings.Join(same, " AND "))
}

// onConflict says what becomes of a row that is there already.
func (r rows) onConflict() string {
	switch {
	case len(r.key) == 0:
		return ""
	case len(r.replace) == 0:
		return fmt.Sprintf(" ON CONFLICT (%s) DO NOTHING", quoted(r.key))
	}
	set := make([]string, len(r.replace))
	for i, column := range r.replace {
		set[i] = fmt.Sprintf("%q = excluded.%q", column, column)
	}
	return fmt.Sprintf(" ON CONFLICT (%s) DO UPDATE SET %s WHERE %s", quoted(r.key), strings.Join(set, ", "), r.differs("excluded"))
}

// differs is true where a row of the table would change by the row of that name.
func (r rows) differs(by string) string {
	unlike := make([]string, len(r.replace))
	for i, column := range r.replace {
		unlike[i] = fmt.Sprintf("%q.%q IS DISTINCT FROM %s.%q", r.table, column, by, column)
	}
	return strings.Join(unlike, " OR ")
}

// eachPart runs a statement with some of the rows after the other, until all went through.
// The statement is made of the expression that stands for the rows.
func (t *tx) eachPart(ctx context.Context, r rows, statement func(part string) string) error {
	for part, args := range t.parts(r) {
		if _, err := t.ExecContext(ctx, statement(part), args...); err != nil {
			return fmt.Errorf("write %d rows of %s: %w", len(r.values), r.table, err)
		}
	}
	return nil
}

// parts yields some of the rows after the other, as an expression that stands for them, and
// its arguments.
func (v view) parts(r rows) iter.Seq2[string, []any] {
	size, expression := listed, arraysOf
	if v.dialect == dialect.SQLite {
		size, expression = min(listed, parameters/len(r.columns)), valuesOf
	}
	return func(yield func(string, []any) bool) {
		for part := range slices.Chunk(r.values, size) {
			if !yield(expression(r, part)) {
				return
			}
		}
	}
}

// with is what a statement begins with in which a part of the rows is a table of that name.
func (r rows) with(name, part string) string {
	return fmt.Sprintf("WITH %s (%s) AS (%s) ", name, quoted(r.columns), part)
}

// parameters is how many a statement of SQLite may have.
const parameters = 32_766

// valuesOf lists rows one by one.
func valuesOf(r rows, values [][]any) (string, []any) {
	row := "(?" + strings.Repeat(", ?", len(r.columns)-1) + ")"
	return "VALUES " + row + strings.Repeat(", "+row, len(values)-1), slices.Concat(values...)
}

// arraysOf gives each column as one array, as PostgreSQL alone can take it: however many
// rows there are, the statement is short and soon planned.
func arraysOf(r rows, values [][]any) (string, []any) {
	typed, args := make([]string, len(r.columns)), make([]any, len(r.columns))
	var text []byte
	for i, column := range r.columns {
		typed[i] = fmt.Sprintf("$%d::%s[]", i+1, columnTypes[[2]string{r.table, column}])
		text = append(text[:0], '{')
		for n, row := range values {
			if n > 0 {
				text = append(text, ',')
			}
			text = appendElement(text, row[i])
		}
		args[i] = string(append(text, '}'))
	}
	return fmt.Sprintf("SELECT * FROM unnest(%s)", strings.Join(typed, ", ")), args
}

func quoted(columns []string) string { return `"` + strings.Join(columns, `", "`) + `"` }

// columnTypes are PostgreSQL's types of the columns of all tables.
var columnTypes = func() map[[2]string]string {
	of := map[field.Type]string{
		field.TypeString: "text", field.TypeEnum: "text", field.TypeBytes: "bytea", field.TypeJSON: "jsonb",
		field.TypeInt: "bigint", field.TypeInt64: "bigint", field.TypeInt32: "integer",
		field.TypeFloat64: "double precision", field.TypeBool: "boolean", field.TypeTime: "timestamptz",
	}
	types := map[[2]string]string{}
	for _, table := range migrate.Tables {
		for _, column := range table.Columns {
			types[[2]string{table.Name, column.Name}] = of[column.Type]
		}
	}
	return types
}()

// appendElement writes a value as an element of an array.
func appendElement(to []byte, value any) []byte {
	switch v := plain(value).(type) {
	case nil:
		return append(to, "NULL"...)
	case string:
		return appendText(to, v)
	case []byte:
		return append(hex.AppendEncode(append(to, `"\\x`...), v), '"')
	case int64:
		return strconv.AppendInt(to, v, 10)
	case float64:
		return strconv.AppendFloat(to, v, 'g', -1, 64)
	case bool:
		return strconv.AppendBool(to, v)
	case time.Time:
		return append(append(append(to, '"'), pq.FormatTimestamp(v)...), '"')
	}
	return to
}

// plain is a value of a row as one of the types that drivers take.
func plain(value any) driver.Value {
	switch v := value.(type) { // the commonest, without a look at what they are made of
	case nil, string, []byte, int64, float64, bool, time.Time:
		return v
	case int:
		return int64(v)
	}
	plain, err := driver.DefaultParameterConverter.ConvertValue(value)
	if err != nil {
		panic(err) // a programming error: no column holds such a value
	}
	return plain
}

// appendText writes text as an element of an array.
func appendText(to []byte, text string) []byte {
	to = append(to, '"')
	done := 0
	for i := range len(text) {
		if c := text[i]; c == '"' || c == '\\' {
			to = append(append(to, text[done:i]...), '\\')
			done = i
		}
	}
	return append(append(to, text[done:]...), '"')
}
