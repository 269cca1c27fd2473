package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"umpire/ent/db"
	"umpire/resolve"
)

// A match is read alone as it is read in a list, and so are its records.
func TestMatchAlone(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		rapid.Check(t, func(t *rapid.T) {
			w := drawWorld(t)
			if err := w.build(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			for _, m := range w.matches {
				got, err := s.Match(t.Context(), m.ID)
				if diff := gocmp.Diff(m, got); err != nil || diff != "" {
					t.Fatalf("match %s: %v (-want +got):\n%s", m.ID, err, diff)
				}
				want := keep(w.matchRecords, func(r MatchRecord) bool { return r.Entity == m.ID })
				records, err := s.RecordsOf(t.Context(), m.ID)
				if diff := gocmp.Diff(want, records); err != nil || diff != "" {
					t.Fatalf("records of %s: %v (-want +got):\n%s", m.ID, err, diff)
				}
			}
			for _, r := range w.matchRecords {
				for _, title := range []string{"", "CS:GO"} {
					got, err := s.Record(t.Context(), r.Source, r.Key, title)
					if diff := gocmp.Diff(r, got); err != nil || diff != "" {
						t.Fatalf("record %s: %v (-want +got):\n%s", r.ID, err, diff)
					}
				}
			}
		})
	})
}

func TestMatchNotFound(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		for _, id := range []resolve.ID{"", "mch_0000000000000000", "tem_0000000000000000", "mch_\x00", "\xff"} {
			if m, err := s.Match(t.Context(), id); !errors.Is(err, ErrNotFound) {
				t.Errorf("%q is %v, %v", id, m, err)
			}
			if records, err := s.RecordsOf(t.Context(), id); err != nil || len(records) > 0 {
				t.Errorf("records of %q: %v, %v", id, records, err)
			}
		}
		for _, key := range []string{"", "1", "\x00"} {
			if r, err := s.Record(t.Context(), "a", key, ""); !errors.Is(err, ErrNotFound) {
				t.Errorf("%q is %v, %v", key, r, err)
			}
		}
	})
}

// A source's id is its own within a title: without one, two matches of that id are not told apart.
func TestRecordWithinTitle(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		w := newWorld()
		team := w.fillNamed(resolve.KindTeam, "team")
		w.fillPlain(team, worldDay)
		w.fillPlain(team, worldDay)
		w.matchRecords[0].Key, w.matchRecords[1].Key = "100", "100"
		w.matchRecords[0].Scope, w.matchRecords[1].Scope = "cs go", "dota 2"
		if err := w.build(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		_, err := s.Record(t.Context(), "a", "100", "")
		wantInvalid(t, err, "title", "two titles")
		for title, want := range map[string]resolve.ID{"CS:GO": w.matchRecords[0].ID, "Dota 2": w.matchRecords[1].ID} {
			if r, err := s.Record(t.Context(), "a", "100", title); err != nil || r.ID != want {
				t.Errorf("of %s: %s, %v; want %s", title, r.ID, err, want)
			}
		}
		if r, err := s.Record(t.Context(), "a", "100", "chess"); !errors.Is(err, ErrNotFound) {
			t.Errorf("of chess: %v, %v", r, err)
		}
		ofCS, ofDota := string(w.matchRecords[0].ID), w.matchRecords[1].ID
		s.client.MatchRecord.UpdateOneID(ofCS).SetWithdrawn(true).ExecX(t.Context())
		if r, err := s.Record(t.Context(), "a", "100", ""); err != nil || r.ID != ofDota {
			t.Errorf("the live one is meant: %s, %v; want %s", r.ID, err, ofDota)
		}
		if r, err := s.Record(t.Context(), "a", "100", "CS:GO"); err != nil || string(r.ID) != ofCS || !r.Withdrawn {
			t.Errorf("the withdrawn one by its title: %s, %v; want %s", r.ID, err, ofCS)
		}
		s.client.MatchRecord.UpdateOneID(string(ofDota)).SetWithdrawn(true).ExecX(t.Context())
		_, err = s.Record(t.Context(), "a", "100", "")
		wantInvalid(t, err, "title", "both are withdrawn")
	})
}

// A page shows one moment, whatever is written while it is read.
func TestPageOfOneMoment(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		w := newWorld()
		w.fillPlain(w.fillNamed(resolve.KindTeam, "team"), worldDay)
		if err := w.build(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		statements := 0
		driver := dialect.DebugWithContext(sql.OpenDB(s.dialect, s.db), func(ctx context.Context, _ ...any) {
			if statements++; statements != 3 { // begin, the keys, and then what hangs on them
				return
			}
			if _, err := s.db.Exec("UPDATE teams SET name = 'renamed'"); err != nil {
				t.Error(err)
			}
			if _, err := s.db.Exec("UPDATE match_records SET withdrawn = true"); err != nil {
				t.Error(err)
			}
		})
		meddled := &Store{db: s.db, client: db.NewClient(db.Driver(driver)), dialect: s.dialect}
		page, err := meddled.Matches(t.Context(), MatchFilter{})
		if err != nil || len(page.Items) != 1 {
			t.Fatalf("%d matches, %v", len(page.Items), err)
		}
		if m := page.Items[0]; m.Sides[0].Team.Name != "team" || len(m.Records) != 1 {
			t.Errorf("half of what was written shows: team %q and %d records", m.Sides[0].Team.Name, len(m.Records))
		}
		if page, err := s.Matches(t.Context(), MatchFilter{}); err != nil || page.Items[0].Sides[0].Team.Name != "renamed" {
			t.Errorf("nothing was written meanwhile: %+v, %v", page, err)
		}
	})
}

// A page costs as many statements as it costs for one row, however many rows it has.
func TestPagesCostTheSame(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		w := newWorld()
		names := map[resolve.Kind][]Named{}
		for _, kind := range resolve.Kinds[:3] {
			for i := range 9 {
				names[kind] = append(names[kind], w.fillNamed(kind, fmt.Sprintf("%s no %d", kind, i)))
			}
		}
		chance := rand.New(rand.NewPCG(1, 2))
		for range 60 {
			w.fillMatch(chance, names, worldDay)
		}
		for i := range 60 {
			a, b := w.matchRecords[2*i].RecordRef, w.matchRecords[2*i+1].RecordRef
			w.links = append(w.links, Link{RecordA: a, RecordB: b, Link: resolve.Link{Kind: a.Kind, A: a.ID, B: b.ID, Lines: []resolve.Line{{}}}})
		}
		if err := w.build(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		n := 0
		driver := dialect.DebugWithContext(sql.OpenDB(s.dialect, s.db), func(context.Context, ...any) { n++ })
		counted := &Store{db: s.db, client: db.NewClient(db.Driver(driver)), dialect: s.dialect}
		for name, list := range map[string]func(limit int) (int, error){
			"matches": func(limit int) (int, error) {
				p, err := counted.Matches(t.Context(), MatchFilter{Limit: limit, Team: "no", Source: "usual"})
				return len(p.Items), err
			},
			"match records": func(limit int) (int, error) {
				p, err := counted.MatchRecords(t.Context(), MatchFilter{Limit: limit, Team: "no", Source: "usual"})
				return len(p.Items), err
			},
			"teams": func(limit int) (int, error) {
				p, err := counted.NamedList(t.Context(), NamedFilter{Kind: resolve.KindTeam, Limit: limit})
				return len(p.Items), err
			},
			"links": func(limit int) (int, error) {
				p, err := counted.Links(t.Context(), LinkFilter{Limit: limit})
				return len(p.Items), err
			},
			"messages": func(limit int) (int, error) {
				p, err := counted.Messages(t.Context(), MessageFilter{Limit: limit})
				return len(p.Items), err
			},
		} {
			n = 0
			if got, err := list(1); err != nil || got != 1 {
				t.Fatalf("%s: %d, %v", name, got, err)
			}
			one := n
			n = 0
			if got, err := list(40); err != nil || got < 9 {
				t.Fatalf("%s: %d, %v", name, got, err)
			}
			if n != one || n == 0 {
				t.Errorf("%s: one row costs %d statements, a page %d", name, one, n)
			}
		}
	})
}
