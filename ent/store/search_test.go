package store

import (
	"slices"
	"strings"
	"testing"

	"entgo.io/ent/dialect/sql"
	"github.com/google/go-cmp/cmp"

	"umpire/resolve"
)

// TestNamesStay has a source call a team otherwise, and a person, and then merges it: it is
// found by every name that it ever had, and by no other; what it is called comes first.
func TestNamesStay(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		a, b := m("a", "1", "mousesports", "NiP"), m("b", "9", "Mouz Gaming", "NiP")
		ingest(t, s, delivers(a, "1"), delivers(b, "2"))
		again := *a
		again.Sides[0].Team.Name = "MOUZ"
		ingest(t, s, delivers(&again, "3"))
		r := owning(t, s)
		r.settle(t, clustered([]*resolve.Match{&again, b}))
		team := r.at[a.Sides[0].Team.ID]
		team.Name, team.Overridden = "mousesports GmbH", map[string]string{"name": team.Name}
		merged := b.Sides[0].Team.ID
		team.Members = append(team.Members, resolve.Member{Record: merged})
		if err := s.Apply(t.Context(), resolve.Plan{
			Put: []resolve.Entity{team}, Retire: []resolve.ID{merged},
			Changes: []resolve.Change{
				{Entity: team.ID, Kind: team.Kind, Act: resolve.Merged, Others: []resolve.ID{merged}},
				{Entity: merged, Kind: team.Kind, Act: resolve.Retired, Others: []resolve.ID{team.ID}},
			},
		}, nil, "test"); err != nil {
			t.Fatal(err)
		}

		documents, err := s.SearchDocuments(t.Context(), []resolve.ID{a.ID, team.ID, "tem_0000000000000000"})
		if err != nil || len(documents) != 2 {
			t.Fatalf("documents %v, %v", documents, err)
		}
		want := []SearchName{{"mousesports GmbH", ""}, {"MOUZ", "a"}, {"Mouz Gaming", "b"}, {"mousesports", "a"}}
		if diff := cmp.Diff(want, documents[1].Names); diff != "" {
			t.Errorf("names (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want, documents[0].Teams[0].Names); diff != "" {
			t.Errorf("names of the match's team (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"a", "b"}, documents[0].Sources); diff != "" {
			t.Errorf("sources (-want +got):\n%s", diff)
		}
		for why, q := range map[string]NameSearch{
			"a name that it had":            {Whole: []string{"mousesports"}, Kinds: []resolve.Kind{resolve.KindTeam}},
			"the name by hand, in one":      {Whole: []string{"mousesportsgmbh"}},
			"initials":                      {Whole: []string{"mg"}},
			"two letters each":              {Whole: []string{"moga"}},
			"as one types":                  {Begin: "mous"},
			"a part":                        {Parts: []string{"gaming"}},
			"a short part begins a word":    {Parts: []string{"ga"}},
			"all but a letter, by trigrams": {Near: []string{"mousespotts"}},
		} {
			found, err := s.FindNames(t.Context(), q, 10)
			if err != nil || len(found) == 0 {
				t.Errorf("%s: %v, %v", why, found, err)
			}
			for _, f := range found {
				if f.Entity != team.ID {
					t.Errorf("%s finds %v", why, f)
				}
			}
		}
		calledAlike(t, s, team.ID)
		for why, q := range map[string]NameSearch{
			"a tournament by a team's name": {Whole: []string{"mouz"}, Kinds: []resolve.Kind{resolve.KindTournament}},
			"a name that none has":          {Whole: []string{"astralis"}, Begin: "astralis", Parts: []string{"astralis"}},
			"nothing":                       {},
		} {
			if found, err := s.FindNames(t.Context(), q, 10); err != nil || len(found) > 0 {
				t.Errorf("%s: %v, %v", why, found, err)
			}
		}
	})
}

// calledAlike holds what is asked of some entities to what is asked of all.
func calledAlike(t *testing.T, s *Store, team resolve.ID) {
	t.Helper()
	for _, part := range []string{"mouz", "ports g", "mousesports", "gaming", "nip", "sports sports"} {
		want, err := s.Called(t.Context(), "team", resolve.KindTeam, part, 10)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.CalledOf(t.Context(), resolve.KindTeam, []resolve.ID{team}, part)
		if want = slices.DeleteFunc(want, func(id resolve.ID) bool { return id != team }); err != nil || !slices.Equal(got, want) {
			t.Errorf("called %q are %v, of those that are called so %v, %v", part, want, got, err)
		}
	}
}

// TestSearchesUseIndexes tells whether names are found without reading all of them, in
// every way but the nearness of SQLite, which reads what shares a trigram.
func TestSearchesUseIndexes(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		deliveries, _ := batch(0)
		ingest(t, s, deliveries...)
		v, err := s.view(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer v.Rollback()
		if v.dialect == "postgres" { // a table that is so small is read whole, unless that is forbidden
			if _, err := v.ExecContext(t.Context(), "SET LOCAL enable_seqscan = off"); err != nil {
				t.Fatal(err)
			}
		}
		all := v.nameWays(NameSearch{Whole: []string{"team 1"}, Begin: "te", Parts: []string{"team", "te"}}, 10)
		plan := explain(t, v, all.(*sql.Selector))
		if strings.Contains(plan, "Seq Scan on names") || strings.Contains(plan, "SCAN names\n") {
			t.Errorf("reads all names:\n%s", plan)
		}
	})
}
