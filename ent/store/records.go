package store

// What messages tell of records, and how it is written.

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/mark"
	"umpire/ent/db/matchrecord"
	"umpire/ent/db/nametold"
	"umpire/ent/db/score"
	"umpire/ent/db/teamrecord"
	"umpire/resolve"
	"umpire/resolve/text"
)

// telling gathers what messages say of records, in order: the last word on each record,
// and which message was the first to tell it.
type telling struct {
	named     map[resolve.ID]namedTold
	names     map[toldName]bool // of those, each that was told
	matches   map[resolve.ID]matchTold
	withdrawn map[resolve.ID]int64 // by which message; of records that the telling does not tell
	marks     map[resolve.ID]int64 // match record → the last moment at which it changed
}

// namedTold is a title, tournament or team record.
type namedTold struct {
	resolve.Named
	arrival int64
}

// matchTold is a match record.
type matchTold struct {
	resolve.Match
	message   int64
	withdrawn bool
}

func newTelling() *telling {
	return &telling{
		named: map[resolve.ID]namedTold{}, names: map[toldName]bool{}, matches: map[resolve.ID]matchTold{},
		withdrawn: map[resolve.ID]int64{}, marks: map[resolve.ID]int64{},
	}
}

// tell adds what a message says of a match.
func (t *telling) tell(m resolve.Match, message int64) {
	for named := range namedOf(m) {
		first := message
		if before, told := t.named[named.ID]; told {
			first = before.arrival
		}
		t.named[named.ID] = namedTold{named, first}
		t.names[toldName{named.ID, named.Name}] = true
	}
	m.Arrival = message
	if before, told := t.matches[m.ID]; told {
		m.Arrival = before.Arrival
	}
	t.matches[m.ID] = matchTold{Match: m, message: message}
	delete(t.withdrawn, m.ID)
	t.marks[m.ID] = message
}

// withdraw adds that a message takes a match record back.
func (t *telling) withdraw(record resolve.ID, message int64) {
	if m, told := t.matches[record]; told {
		m.message, m.withdrawn = message, true
		t.matches[record] = m
	} else {
		t.withdrawn[record] = message
	}
	t.marks[record] = message
}

// namedOf yields the title, tournament and team records that a match record tells.
func namedOf(m resolve.Match) func(yield func(resolve.Named) bool) {
	return func(yield func(resolve.Named) bool) {
		for _, named := range []*resolve.Named{m.Title, m.Tournament, &m.Sides[0].Team, &m.Sides[1].Team} {
			if named != nil && !yield(*named) {
				return
			}
		}
	}
}

// naming says what becomes of the name of a record that is there already.
type naming []string

var (
	lastName = naming{teamrecord.FieldName, teamrecord.FieldFolded} // the one told now
	keepName = naming(nil)                                          // the one it has
)

// tell writes a telling. Rows of each table go in order of their keys, and tables in one
// order everywhere, so that writers cannot wait for each other in a circle.
func (t *tx) tell(ctx context.Context, told *telling, names naming) error {
	for _, kind := range []resolve.Kind{resolve.KindTitle, resolve.KindTournament, resolve.KindTeam} {
		if err := t.put(ctx, namedRows(kind, told.named, names)); err != nil {
			return err
		}
	}
	if err := t.put(ctx, nameRows(told.names)); err != nil {
		return err
	}
	if err := t.put(ctx, matchRows(told.matches)); err != nil {
		return err
	}
	if err := t.withdraw(ctx, told.withdrawn); err != nil {
		return err
	}
	if err := t.put(ctx, scoreRows(told.matches)); err != nil {
		return err
	}
	return t.mark(ctx, told.marks)
}

// mark says that match records have changed, and at which moment.
func (t *tx) mark(ctx context.Context, records map[resolve.ID]int64) error {
	marks := rows{
		table:   mark.Table,
		columns: []string{mark.FieldID, mark.FieldMessage},
		key:     []string{mark.FieldID},
		replace: []string{mark.FieldMessage},
	}
	for _, id := range slices.Sorted(maps.Keys(records)) {
		marks.values = append(marks.values, []any{id, records[id]})
	}
	return t.put(ctx, marks)
}

// withdraw takes back records that are there, each by a message.
func (t *tx) withdraw(ctx context.Context, records map[resolve.ID]int64) error {
	for _, id := range slices.Sorted(maps.Keys(records)) {
		err := t.MatchRecord.UpdateOneID(string(id)).SetWithdrawn(true).SetMessage(records[id]).Exec(ctx)
		if err != nil {
			return fmt.Errorf("withdraw %s: %w", id, err)
		}
	}
	return nil
}

func namedRows(kind resolve.Kind, told map[resolve.ID]namedTold, names naming) rows {
	r := rows{
		table: recordTable(kind),
		columns: []string{
			teamrecord.FieldID, teamrecord.FieldSource, teamrecord.FieldScope, teamrecord.FieldKey, teamrecord.FieldNamed,
			teamrecord.FieldArrival, teamrecord.FieldName, teamrecord.FieldFolded,
		},
		key:     []string{teamrecord.FieldID},
		replace: names,
		known:   len(names) > 0,
	}
	for _, id := range slices.Sorted(maps.Keys(told)) {
		if n := told[id]; n.Key.Kind == kind {
			r.values = append(r.values, []any{
				id, n.Key.Source, n.Key.Scope, n.Key.ID, n.Key.Named, n.arrival, n.Name, text.Fold(n.Name),
			})
		}
	}
	return r
}

// nameRows are names that records have or ever had, for search. What is there stays.
func nameRows(told map[toldName]bool) rows {
	var r rows
	seen := map[toldName]bool{} // by what is folded
	for _, n := range slices.SortedFunc(maps.Keys(told), func(a, b toldName) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.name, b.name))
	}) {
		folded := text.Fold(n.name)
		if as := (toldName{n.id, folded}); !seen[as] {
			seen[as] = true
			r.values = append(r.values, searchRow(n, folded, givenBySource))
		}
	}
	return r.ofNames()
}

// Who gave a name.
const (
	givenBySource = false
	givenByHand   = true
)

// searchRow is a name as it is searched for.
func searchRow(n toldName, folded string, hand bool) []any {
	return []any{n.id, n.name, folded, text.Joined(folded), text.Beginnings(folded, 1), text.Beginnings(folded, 2), hand}
}

// ofNames says that rows are names.
func (r rows) ofNames() rows {
	r.table = nametold.Table
	r.columns = []string{
		nametold.FieldRecord, nametold.FieldName, nametold.FieldFolded,
		nametold.FieldLetters, nametold.FieldInitials, nametold.FieldBeginnings, nametold.FieldHand,
	}
	r.key = []string{nametold.FieldRecord, nametold.FieldFolded}
	return r
}

func matchRows(told map[resolve.ID]matchTold) rows {
	content := []string{
		matchrecord.FieldURL, matchrecord.FieldState, matchrecord.FieldBestOf,
		matchrecord.FieldStartText, matchrecord.FieldStart, matchrecord.FieldPrecision,
		matchrecord.FieldTitleRecordID, matchrecord.FieldTitleName,
		matchrecord.FieldTournamentRecordID, matchrecord.FieldTournamentName,
		matchrecord.FieldMessage, matchrecord.FieldWithdrawn,
	}
	r := rows{
		table: matchrecord.Table,
		columns: append([]string{
			matchrecord.FieldID, matchrecord.FieldSource, matchrecord.FieldScope, matchrecord.FieldKey,
			matchrecord.FieldNamed, matchrecord.FieldArrival,
		}, content...),
		key:     []string{matchrecord.FieldID},
		replace: content,
	}
	for _, id := range slices.Sorted(maps.Keys(told)) {
		r.values = append(r.values, told[id].row())
	}
	return r
}

func (m matchTold) row() []any {
	title, titleName := told(m.Title)
	tournament, tournamentName := told(m.Tournament)
	return []any{
		m.ID, m.Key.Source, m.Key.Scope, m.Key.ID, m.Key.Named, m.Arrival,
		m.URL, m.State, m.BestOf,
		m.Start.Raw, startColumn(m.Start), string(m.Start.Precision),
		title, titleName,
		tournament, tournamentName,
		m.message, m.withdrawn,
	}
}

// told returns the id and the name of what a match record may tell; nil and "" if it
// does not.
func told(n *resolve.Named) (any, string) {
	if n == nil {
		return nil, ""
	}
	return n.ID, n.Name
}

// startColumn is the instant of a start; nil where it is not told.
func startColumn(start resolve.Time) *time.Time {
	if start.Precision == "" {
		return nil
	}
	at := instant(start.At)
	return &at
}

func scoreRows(told map[resolve.ID]matchTold) rows {
	content := []string{score.FieldTeamRecordID, score.FieldTeamName, score.FieldPoints, score.FieldWinner}
	r := rows{
		table:   score.Table,
		columns: append([]string{score.FieldMatchRecordID, score.FieldSlot}, content...),
		key:     []string{score.FieldMatchRecordID, score.FieldSlot},
		replace: content,
	}
	for _, id := range slices.Sorted(maps.Keys(told)) {
		for i, side := range told[id].Sides {
			r.values = append(r.values, []any{id, i + 1, side.Team.ID, side.Team.Name, side.Points, side.Winner})
		}
	}
	return r
}

// arrived makes the records that a match tells as old as a message, unless they are older.
func (t *tx) arrived(ctx context.Context, m resolve.Match, message int64) error {
	ids := []resolve.ID{m.ID}
	for n := range namedOf(m) {
		ids = append(ids, n.ID)
	}
	for kind, of := range eachKind(ids) {
		query, args := sql.Dialect(t.dialect).Update(recordTable(kind)).Set(matchrecord.FieldArrival, message).
			Where(sql.And(among(matchrecord.FieldID, of), sql.GT(matchrecord.FieldArrival, message))).Query()
		if _, err := t.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("tell when %s records arrived: %w", kind, err)
		}
	}
	return nil
}
