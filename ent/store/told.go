package store

// Match records as the engine takes them: with the names and keys of all that they tell.

import (
	"context"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/matchrecord"
	"umpire/ent/db/score"
	"umpire/ent/db/teamrecord"
	"umpire/resolve"
)

// teller reads what match records tell. It knows again the titles, tournaments and teams
// that it has met: most match records name the same few.
type teller struct {
	view
	named map[resolve.ID]resolve.Named // without their names, which each match record tells itself
	told  map[toldName]*resolve.Named
	texts map[string]string // the one copy of each text that comes again and again
}

// toldName is a title, tournament or team record as a match record names it; one that has
// no id is not told.
type toldName struct {
	id   resolve.ID
	name string
}

func newTeller() *teller {
	return &teller{named: map[resolve.ID]resolve.Named{}, told: map[toldName]*resolve.Named{}, texts: map[string]string{}}
}

// in is the teller with another view to read from.
func (t *teller) in(v view) *teller {
	t.view = v
	return t
}

// matches reads match records that are not withdrawn; which of them, and in which order, is
// told of the query, and about how many that will be. Its three steps find rows by their keys, each: joined, they would be
// at the mercy of what the database believes to know of tables that have just filled.
func (t *teller) matches(ctx context.Context, about int, which func(*sql.Selector)) ([]resolve.Match, error) {
	told, err := t.rows(ctx, about, which)
	if err != nil {
		return nil, fmt.Errorf("read match records: %w", err)
	}
	if err := t.sides(ctx, told); err != nil {
		return nil, fmt.Errorf("read the sides of match records: %w", err)
	}
	if err := t.meet(ctx, told); err != nil {
		return nil, err
	}
	matches := make([]resolve.Match, len(told))
	for i := range told {
		matches[i] = t.match(&told[i])
	}
	return matches, nil
}

// toldRow is a match record, and the records that it names.
type toldRow struct {
	resolve.Match
	title, tournament toldName
	sides             [2]toldName
}

// toldFields are the columns of what a match record tells, but for its sides.
var toldFields = []string{
	matchrecord.FieldID, matchrecord.FieldSource, matchrecord.FieldScope, matchrecord.FieldKey, matchrecord.FieldNamed,
	matchrecord.FieldArrival, matchrecord.FieldURL, matchrecord.FieldState, matchrecord.FieldBestOf,
	matchrecord.FieldStartText, matchrecord.FieldStart, matchrecord.FieldPrecision,
	matchrecord.FieldTitleRecordID, matchrecord.FieldTitleName,
	matchrecord.FieldTournamentRecordID, matchrecord.FieldTournamentName,
}

func (t *teller) rows(ctx context.Context, about int, which func(*sql.Selector)) ([]toldRow, error) {
	q := t.from(matchrecord.Table, toldFields...).Where(sql.IsFalse(matchrecord.FieldWithdrawn))
	which(q)
	told := make([]toldRow, 0, about)
	err := t.each(ctx, q, func(scan func(...any) error) error {
		r, err := t.row(scan)
		told = append(told, r)
		return err
	})
	return told, err
}

// row takes a match record from its columns, with what else there is to scan.
func (t *teller) row(scan func(...any) error, more ...any) (toldRow, error) {
	var r toldRow
	var id, precision, titleName, tournamentName string
	var start *time.Time
	var title, tournament *string
	err := scan(append([]any{
		&id, &r.Key.Source, &r.Key.Scope, &r.Key.ID, &r.Key.Named, &r.Arrival, &r.URL, &r.State, &r.BestOf,
		&r.Start.Raw, &start, &precision, &title, &titleName, &tournament, &tournamentName,
	}, more...)...)
	r.ID, r.Key.Kind, r.Key.Source, r.Key.Scope = resolve.ID(id), resolve.KindMatch, t.text(r.Key.Source), t.text(r.Key.Scope)
	r.Start.At, r.Start.Precision = value(start).UTC(), resolve.Precision(t.text(precision))
	r.title, r.tournament = t.name(value(title), titleName), t.name(value(tournament), tournamentName)
	return r, err
}

// sides reads both sides of match records.
func (t *teller) sides(ctx context.Context, told []toldRow) error {
	at := make(map[string]*toldRow, len(told))
	ids := make([]resolve.ID, len(told))
	for i := range told {
		ids[i] = told[i].ID
		at[string(ids[i])] = &told[i]
	}
	for part := range slices.Chunk(ids, listed) {
		q := t.from(score.Table, score.FieldMatchRecordID, score.FieldSlot, score.FieldTeamRecordID, score.FieldTeamName, score.FieldPoints, score.FieldWinner).
			Where(among(score.FieldMatchRecordID, part))
		if err := t.each(ctx, q, func(scan func(...any) error) error {
			var match, team, name string
			var slot int
			var side resolve.Side
			if err := scan(&match, &slot, &team, &name, &side.Points, &side.Winner); err != nil {
				return err
			}
			at[match].Sides[slot-1], at[match].sides[slot-1] = side, t.name(team, name)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// meet reads the records that match records name and that were not met before.
func (t *teller) meet(ctx context.Context, told []toldRow) error {
	var strange []resolve.ID
	for _, r := range told {
		for _, n := range [...]toldName{r.title, r.tournament, r.sides[0], r.sides[1]} {
			if _, met := t.named[n.id]; !met && n.id != "" {
				strange = append(strange, n.id)
			}
		}
	}
	for kind, of := range eachKind(strange) {
		for part := range slices.Chunk(of, listed) {
			if err := t.greet(ctx, kind, func(q *sql.Selector) { q.Where(among(teamrecord.FieldID, part)) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// greet reads such records of a kind.
func (t *teller) greet(ctx context.Context, kind resolve.Kind, such func(*sql.Selector)) error {
	q := t.from(recordTable(kind), teamrecord.FieldID, teamrecord.FieldSource, teamrecord.FieldScope, teamrecord.FieldKey,
		teamrecord.FieldNamed, teamrecord.FieldArrival)
	such(q)
	err := t.each(ctx, q, func(scan func(...any) error) error {
		var id string
		n := resolve.Named{Key: resolve.Key{Kind: kind}}
		err := scan(&id, &n.Key.Source, &n.Key.Scope, &n.Key.ID, &n.Key.Named, &n.Arrival)
		n.ID, n.Key.Source, n.Key.Scope = resolve.ID(t.text(id)), t.text(n.Key.Source), t.text(n.Key.Scope)
		t.named[n.ID] = n
		return err
	})
	if err != nil {
		return fmt.Errorf("read %s records: %w", kind, err)
	}
	return nil
}

func (t *teller) match(r *toldRow) resolve.Match {
	m := r.Match
	m.Title, m.Tournament = t.record(r.title), t.record(r.tournament)
	for i := range m.Sides {
		m.Sides[i].Team = *t.record(r.sides[i])
	}
	return m
}

// record is what is named, by the name that it is given; nil if it is not told.
func (t *teller) record(as toldName) *resolve.Named {
	if as.id == "" {
		return nil
	}
	record, known := t.told[as]
	if !known {
		n := t.named[as.id]
		n.Name = as.name
		record = &n
		t.told[as] = record
	}
	return record
}

func (t *teller) name(id, name string) toldName {
	return toldName{resolve.ID(t.text(id)), t.text(name)}
}

func (t *teller) text(s string) string {
	one, known := t.texts[s]
	if !known {
		one = s
		t.texts[s] = s
	}
	return one
}
