package store

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	gocmp "github.com/google/go-cmp/cmp"

	"umpire/resolve"
)

// Whatever a list of matches filters on, an index finds it. Run with -v for the plans.
func TestListsUseIndexes(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		w := fullWorld()
		if err := w.build(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		settle := map[string]string{dialect.SQLite: "ANALYZE", dialect.Postgres: "VACUUM ANALYZE"} // what comes by itself, in time
		if _, err := s.db.Exec(settle[s.dialect]); err != nil {
			t.Fatal(err)
		}
		manyNamesAsNone(t, s)
		v, err := s.view(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer v.Rollback()
		t.Run("teams by name", func(t *testing.T) { namesUseTrigrams(t, v) })
		t.Run("teams told twice", func(t *testing.T) {
			l, err := v.namedList(t.Context(), NamedFilter{Kind: resolve.KindTeam, Twice: true, Source: "usual"})
			if err != nil {
				t.Fatal(err)
			}
			usesIndexes(t, v, l, []string{"team_twice"})
		})
		t.Run("names in time", func(t *testing.T) { spansUseIndexes(t, v, w.of(resolve.KindTeam)[0].ID) })
		for name, c := range w.filters() {
			t.Run("matches by "+name, func(t *testing.T) {
				l, err := v.entityList(t.Context(), c.filter)
				if err != nil {
					t.Fatal(err)
				}
				usesIndexes(t, v, l, c.entities)
			})
			t.Run("match records by "+name, func(t *testing.T) {
				l, err := v.recordList(t.Context(), c.filter)
				if err != nil {
					t.Fatal(err)
				}
				usesIndexes(t, v, l, c.records)
			})
		}
	})
}

// usesIndexes tells whether the statements of a list read no table from end to end, and
// the first page is found by the indexes named.
func usesIndexes(t *testing.T, v view, l listing, indexes []string) {
	t.Helper()
	for i, q := range statements(v, l) {
		plan := explain(t, v, q)
		t.Log(plan)
		if scan := scans(v.dialect, l.table).FindString(plan); scan != "" {
			t.Errorf("reads the whole table: %s", scan)
		}
		for _, index := range indexes {
			if i == 0 && !strings.Contains(plan, index) {
				t.Errorf("does not use %s", index)
			}
		}
	}
}

// namesUseTrigrams tells whether a part of a name is found without reading all names.
func namesUseTrigrams(t *testing.T, v view) {
	t.Helper()
	plan := explain(t, v, v.entitiesNamed(resolve.KindTeam, "4711"))
	t.Log(plan)
	for _, table := range []string{"teams", "team_records"} {
		index := table + "_folded_trgm"
		if v.dialect == dialect.SQLite {
			index = table + "_names VIRTUAL TABLE INDEX 0:L0" // L0: by LIKE on its first column
		}
		if !strings.Contains(plan, index) {
			t.Errorf("does not use %s", index)
		}
	}
}

// spansUseIndexes tells whether the names of a team are found from its records alone.
func spansUseIndexes(t *testing.T, v view, team resolve.ID) {
	t.Helper()
	plan := explain(t, v, v.nameSpans(team))
	t.Log(plan)
	if scan := regexp.MustCompile(`(?m)SCAN \w+$|Seq Scan on .*`).FindString(plan); scan != "" {
		t.Errorf("reads the whole table: %s", scan)
	}
	for _, index := range []string{"teamrecord_entity_id", "score_team_record_id"} {
		if !strings.Contains(plan, index) {
			t.Errorf("does not use %s", index)
		}
	}
}

// manyNamesAsNone tells whether names that all teams have narrow nothing, though they are
// too many to be looked up first.
func manyNamesAsNone(t *testing.T, s *Store) {
	t.Helper()
	all, err := s.Matches(t.Context(), MatchFilter{})
	if err != nil {
		t.Fatal(err)
	}
	named, err := s.Matches(t.Context(), MatchFilter{Team: "team"})
	if diff := gocmp.Diff(all, named); err != nil || diff != "" {
		t.Errorf("matches of all teams: %v (-want +got):\n%s", err, diff)
	}
	told, err := s.MatchRecords(t.Context(), MatchFilter{})
	if err != nil {
		t.Fatal(err)
	}
	toldNamed, err := s.MatchRecords(t.Context(), MatchFilter{Team: "team"})
	if diff := gocmp.Diff(told, toldNamed); err != nil || diff != "" {
		t.Errorf("match records of all teams: %v (-want +got):\n%s", err, diff)
	}
}

// statements are those that read the first page of a list, one in its middle, and its end.
func statements(v view, l listing) []*sql.Selector {
	if !l.gaps {
		return []*sql.Selector{l.statement(v.dialect, nil, 51)}
	}
	told, untold := l.parts()
	return []*sql.Selector{
		told.statement(v.dialect, nil, 51),
		l.statement(v.dialect, key{worldDay.Add(fullSpan / 2), "mch_m"}, 51),
		untold.statement(v.dialect, nil, 51),
	}
}

// scans finds where a plan reads a table from end to end. To read an index in the order
// of the list, up to the limit, is none.
func scans(dialectName, table string) *regexp.Regexp {
	if dialectName == dialect.SQLite {
		return regexp.MustCompile(`(?m)SCAN ` + table + `$`)
	}
	return regexp.MustCompile(`Seq Scan on ` + table + `\b.*`)
}

func explain(t *testing.T, v view, q *sql.Selector) string {
	t.Helper()
	query, args := q.Query()
	how := "EXPLAIN "
	if v.dialect == dialect.SQLite {
		how = "EXPLAIN QUERY PLAN "
	}
	rows, err := v.QueryContext(t.Context(), how+query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	plan := []string{query}
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		line := make(key, len(columns))
		if err := rows.Scan(pointers(line)...); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, fmt.Sprint(line[len(line)-1]))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(plan, "\n  ")
}

// planned is a filter, and the indexes by which it is to find matches and match records;
// none where what it asks for is so common that to go through the list is as good.
type planned struct {
	filter            MatchFilter
	entities, records []string
}

// filters are some for each field of a filter: by what is seldom, and by what is common.
func (w *world) filters() map[string]planned {
	title, tournament, team := w.of(resolve.KindTitle)[1], w.of(resolve.KindTournament)[7], w.of(resolve.KindTeam)[70]
	early, late := worldDay.Add(24*time.Hour), worldDay.Add(fullSpan-24*time.Hour)
	by := func(f MatchFilter, entities, records string) planned {
		return planned{f, strings.Fields(entities), strings.Fields(records)}
	}
	return map[string]planned{
		"nothing":           by(MatchFilter{}, "match_start_id", "matchrecord_start_id"),
		"title id":          by(MatchFilter{Title: string(title.ID)}, "match_title_id", "matchrecord_title_record_id"),
		"title name":        by(MatchFilter{Title: title.Records[0].Name}, "match_title_id", "matchrecord_title_record_id"),
		"tournament id":     by(MatchFilter{Tournament: string(tournament.ID)}, "match_tournament_id", "matchrecord_tournament_record_id"),
		"tournament name":   by(MatchFilter{Tournament: tournament.Records[0].Name}, "match_tournament_id", "matchrecord_tournament_record_id"),
		"team id":           by(MatchFilter{Team: string(team.ID)}, "match_team1_id match_team2_id", "score_team_record_id"),
		"team name":         by(MatchFilter{Team: team.Records[0].Name}, "match_team1_id match_team2_id", "score_team_record_id"),
		"many tournaments":  by(MatchFilter{Tournament: "no"}, "", ""),
		"many teams":        by(MatchFilter{Team: "team"}, "", ""),
		"state":             by(MatchFilter{State: new(3)}, "match_state_start", "matchrecord_state_start"),
		"usual state":       by(MatchFilter{State: new(1)}, "", ""),
		"source":            by(MatchFilter{Source: "seldom"}, "matches", "matchrecord_source"),
		"usual source":      by(MatchFilter{Source: "usual"}, "placement_entity_id", ""),
		"twice":             by(MatchFilter{Twice: true, Source: "seldom"}, "match_twice", ""),
		"twice by any":      by(MatchFilter{Twice: true}, "match_twice", ""),
		"date from":         by(MatchFilter{From: &late}, "match_start_id", "matchrecord_start_id"),
		"date to":           by(MatchFilter{To: &early}, "match_start_id", "matchrecord_start_id"),
		"a day":             by(MatchFilter{From: &early, To: new(early.Add(24 * time.Hour))}, "match_start_id", "matchrecord_start_id"),
		"updated":           by(MatchFilter{UpdatedFrom: &late}, "match_updated_at", "message_received_at"),
		"updated, by it":    by(MatchFilter{UpdatedFrom: &late, Sort: ByUpdated}, "match_updated_at", "message_received_at"),
		"nothing, by it":    by(MatchFilter{Sort: ByUpdatedDesc}, "match_updated_at", "matchrecord_message"),
		"team and a source": by(MatchFilter{Team: team.Records[0].Name, Source: "usual", From: &early}, "", ""),
	}
}

// fullWorld has tens of thousands of rows, spread as they are in life: some titles, many
// tournaments, more teams, a source that tells half and one that tells next to nothing.
func fullWorld() *world {
	w := newWorld()
	names := map[resolve.Kind][]Named{}
	for kind, n := range map[resolve.Kind]int{resolve.KindTitle: 40, resolve.KindTournament: 600, resolve.KindTeam: 5000} {
		for i := range n {
			names[kind] = append(names[kind], w.fillNamed(kind, fmt.Sprintf("%s no %d", kind, i)))
		}
	}
	chance := rand.New(rand.NewPCG(2015, 3))
	for i := range fullMatches {
		w.fillMatch(chance, names, worldDay.Add(time.Duration(i)*fullSpan/fullMatches))
	}
	return w
}

const (
	fullMatches = 12_000
	fullSpan    = 365 * 24 * time.Hour
)

func (w *world) fillMatch(chance *rand.Rand, names map[resolve.Kind][]Named, at time.Time) {
	any := func(kind resolve.Kind) Named { return names[kind][chance.IntN(len(names[kind]))] }
	m := Match{
		Title: &Ref{ID: any(resolve.KindTitle).ID}, Tournament: &Ref{ID: any(resolve.KindTournament).ID},
		Sides: [2]Side{{Team: Ref{ID: any(resolve.KindTeam).ID}}, {Team: Ref{ID: any(resolve.KindTeam).ID}}},
		State: new(1 + chance.IntN(2)), Start: resolve.Time{At: at, Precision: resolve.PrecisionMinute},
		From: map[string]resolve.ID{}, CreatedAt: at, UpdatedAt: at,
	}
	if chance.IntN(500) == 0 {
		m.State, m.Start = new(3), resolve.Time{}
	}
	for range 2 {
		r := m.asTold(w.key(resolve.KindMatch, []string{"usual", "usual", "other", "third"}[chance.IntN(4)], false))
		if chance.IntN(2000) == 0 {
			r.Source = "seldom"
		}
		m.ID = cmp.Or(m.ID, r.ID)
		r.Entity = m.ID
		m.Records = append(m.Records, r.RecordRef)
		w.matchRecords = append(w.matchRecords, r)
	}
	m.Sources = sourcesOf(m.Records)
	w.matches = append(w.matches, m)
}

// The queue is read from its index in its order, whatever waits besides: the first page of
// 20,000 questions meets no other row.
func TestTheQueueIsAnIndex(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		if _, err := s.db.Exec(`WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
			INSERT INTO links (kind, a, b, weight, unjudged, verdict, evidence, hangs, priority)
			SELECT CASE WHEN i % 2 = 0 THEN 'team' ELSE 'match' END, 'a' || i, 'b' || i, i % 100, i % 100, 'suggested', '', 1, CASE WHEN i % 3 = 0 THEN i % 1000 END FROM n`); err != nil {
			t.Fatal(err)
		}
		settle := map[string]string{dialect.SQLite: "ANALYZE", dialect.Postgres: "VACUUM ANALYZE"}
		if _, err := s.db.Exec(settle[s.dialect]); err != nil {
			t.Fatal(err)
		}
		v, err := s.view(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer v.Rollback()
		for _, c := range []struct {
			filter QuestionFilter
			index  string
		}{{QuestionFilter{}, "link_priority_id"}, {QuestionFilter{Kind: resolve.KindTeam}, "link_kind_priority_id"}} {
			l, err := v.questionList(t.Context(), c.filter)
			if err != nil {
				t.Fatal(err)
			}
			usesIndexes(t, v, l, []string{c.index})
			plan := explain(t, v, statements(v, l)[0])
			if sorts := regexp.MustCompile(`(?i)sort|temp b-tree`).FindString(plan); sorts != "" {
				t.Errorf("%+v is sorted: %s", c.filter, plan)
			}
		}
	})
}
