package migrations

import (
	"context"
	"database/sql"
	"fmt"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/pressly/goose/v3"

	"umpire/resolve/text"
)

// inGo are the migrations that fold names, which SQL cannot.
func inGo(dialectName string) []*goose.Migration {
	const afterSearch = 11
	return []*goose.Migration{goose.NewGoMigration(afterSearch,
		&goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error { return fillNames(ctx, tx, dialectName) }},
		&goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "DELETE FROM names")
			return err
		}})}
}

// toldNames selects each record's names, as of now.
const toldNames = `SELECT id, name FROM title_records UNION SELECT id, name FROM tournament_records UNION SELECT id, name FROM team_records
	UNION SELECT title_record_id, title_name FROM match_records WHERE title_record_id IS NOT NULL
	UNION SELECT tournament_record_id, tournament_name FROM match_records WHERE tournament_record_id IS NOT NULL
	UNION SELECT team_record_id, team_name FROM scores`

// fillNames writes the names that records have, which until now stood with the records alone.
func fillNames(ctx context.Context, tx *sql.Tx, dialectName string) error {
	told, err := readNames(ctx, tx)
	if err != nil {
		return fmt.Errorf("read the names of records: %w", err)
	}
	const atOnce = 1000
	for len(told) > 0 {
		n := min(atOnce, len(told))
		insert := entsql.Dialect(dialectName).Insert("names").
			Columns("record", "name", "folded", "letters", "initials", "beginnings").
			OnConflict(entsql.ConflictColumns("record", "folded"), entsql.DoNothing())
		for _, r := range told[:n] {
			folded := text.Fold(r.name)
			insert.Values(r.record, r.name, folded, text.Joined(folded), text.Beginnings(folded, 1), text.Beginnings(folded, 2))
		}
		query, args := insert.Query()
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("write names: %w", err)
		}
		told = told[n:]
	}
	if dialectName != dialect.Postgres {
		return nil
	}
	_, err = tx.ExecContext(ctx, "ANALYZE names")
	return err
}

type namedRecord struct{ record, name string }

func readNames(ctx context.Context, tx *sql.Tx) ([]namedRecord, error) {
	rows, err := tx.QueryContext(ctx, toldNames)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var told []namedRecord
	for rows.Next() {
		var r namedRecord
		if err := rows.Scan(&r.record, &r.name); err != nil {
			return nil, err
		}
		told = append(told, r)
	}
	return told, rows.Err()
}
