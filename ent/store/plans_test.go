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

	"umpire/ent/db/match"
	"umpire/ent/db/matchrecord"
	"umpire/resolve"
)

// Whatever a list of matches filters on, an index finds it. Run with -v for the plans.
func TestListsUseIndexes(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		w := fullWorld()
		if err := w.build(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if _, err := s.db.Exec("ANALYZE"); err != nil {
			t.Fatal(err)
		}
		v, err := s.view(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer v.Rollback()
		manyNamesAsNone(t, s)
		for name, f := range w.filters() {
			for table, list := range map[string]func(MatchFilter) (listing, error){
				match.Table:       func(f MatchFilter) (listing, error) { return v.entityList(t.Context(), f) },
				matchrecord.Table: func(f MatchFilter) (listing, error) { return v.recordList(t.Context(), f) },
			} {
				t.Run(table+" by "+name, func(t *testing.T) {
					l, err := list(f)
					if err != nil {
						t.Fatal(err)
					}
					for _, q := range statements(v, l) {
						plan := explain(t, v, q)
						t.Logf("%s", plan)
						if scan := scans(v.dialect, table).FindString(plan); scan != "" {
							t.Errorf("reads the whole table: %s", scan)
						}
					}
				})
			}
		}
	})
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

// filters are one for each field of a filter, each with what is seldom and what is common.
func (w *world) filters() map[string]MatchFilter {
	title, tournament, team := w.of(resolve.KindTitle)[1], w.of(resolve.KindTournament)[7], w.of(resolve.KindTeam)[70]
	early, late := worldDay.Add(24*time.Hour), worldDay.Add(24*300*time.Hour)
	return map[string]MatchFilter{
		"nothing":           {},
		"title id":          {Title: string(title.ID)},
		"title name":        {Title: title.Name},
		"tournament id":     {Tournament: string(tournament.ID)},
		"tournament name":   {Tournament: tournament.Name},
		"team id":           {Team: string(team.ID)},
		"team name":         {Team: team.Name},
		"many tournaments":  {Tournament: "no"},
		"many teams":        {Team: "team"},
		"state":             {State: new(3)},
		"usual state":       {State: new(1)},
		"source":            {Source: "seldom"},
		"usual source":      {Source: "usual"},
		"date from":         {From: &late},
		"date to":           {To: &early},
		"a day":             {From: &early, To: new(early.Add(24 * time.Hour))},
		"updated":           {UpdatedFrom: &late},
		"updated, by it":    {UpdatedFrom: &late, Sort: ByUpdated},
		"nothing, by it":    {Sort: ByUpdatedDesc},
		"team and a source": {Team: team.Name, Source: "usual", From: &early},
	}
}

// fullWorld has tens of thousands of rows, spread as they are in life: few titles, many
// tournaments, more teams, a source that tells half and one that tells next to nothing.
func fullWorld() *world {
	w := newWorld()
	names := map[resolve.Kind][]Named{}
	for kind, n := range map[resolve.Kind]int{resolve.KindTitle: 3, resolve.KindTournament: 600, resolve.KindTeam: 5000} {
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
	w.matches = append(w.matches, m)
}
