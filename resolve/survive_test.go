package resolve_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"umpire/resolve"
)

// survival tells one match by two or three sources, oldest first, and looks at one field.
type survival struct {
	reason  string
	records []resolve.Match
	field   string
	from    int // the record whose word is taken
	want    any
	get     func(f *resolve.Fields) any
}

func (s survival) check(t *testing.T) {
	t.Helper()
	e, store := resolved(s.records...)
	id, _ := e.EntityOf(s.records[0].ID)
	entity := store.Entities[id]
	if len(entity.Members) != len(s.records) {
		t.Fatalf("%d of %d records joined", len(entity.Members), len(s.records))
	}
	if diff := cmp.Diff(s.want, s.get(entity.Match)); diff != "" {
		t.Error(diff)
	}
	if from := entity.From[s.field]; from != s.records[s.from].ID {
		t.Errorf("from %s, want %s", from, s.records[s.from].ID)
	}
}

func TestSurvivorship(t *testing.T) {
	tests := []survival{
		{
			"the finished word beats the scheduled", []resolve.Match{
				told(t, "alpha 1", day, "fnatic", "Astralis", state(1)), told(t, "beta 1", day, "fnatic", "Astralis", state(1)), told(t, "gamma 1", day, "fnatic", "Astralis", state(2)),
			}, "state", 2, 2, func(f *resolve.Fields) any { return *f.State },
		},
		{
			"the finer time beats the coarser, even of a finished record", []resolve.Match{
				told(t, "alpha 1", day, "fnatic", "Astralis", state(2)), told(t, "beta 1", day+" 18:00", "fnatic", "Astralis", state(1)),
			}, "start", 1, day + " 18:00", func(f *resolve.Fields) any { return f.Start.Raw },
		},
		{
			"of equally fine times the finished record's", []resolve.Match{
				told(t, "alpha 1", day+" 18:00", "fnatic", "Astralis", state(1)), told(t, "beta 1", day+" 18:05", "fnatic", "Astralis", state(2)),
			}, "start", 1, day + " 18:05", func(f *resolve.Fields) any { return f.Start.Raw },
		},
		{
			"what two sources say beats what one says", []resolve.Match{
				told(t, "alpha 1", day, "fnatic", "Astralis", bestOf(1)), told(t, "beta 1", day, "fnatic", "Astralis", bestOf(3)), told(t, "gamma 1", day, "fnatic", "Astralis", bestOf(3)),
			}, "best_of", 1, 3, func(f *resolve.Fields) any { return *f.BestOf },
		},
		{
			"at a tie the older record's word", []resolve.Match{
				told(t, "alpha 1", day, "fnatic", "Astralis", bestOf(1)), told(t, "beta 1", day, "fnatic", "Astralis", bestOf(3)),
			}, "best_of", 0, 1, func(f *resolve.Fields) any { return *f.BestOf },
		},
		{
			"what the older does not tell, the younger does", []resolve.Match{
				told(t, "alpha 1", day, "fnatic", "Astralis"), told(t, "beta 1", day, "fnatic", "Astralis", tournament("Spring Cup")),
			}, "tournament", 1, named(resolve.KindTournament, "beta", "Spring Cup").ID, func(f *resolve.Fields) any { return f.Tournament },
		},
	}
	for _, test := range tests {
		t.Run(test.reason, test.check)
	}
}

func TestSurvivorshipOfSides(t *testing.T) {
	tests := []survival{
		{
			"points beat a bare winner", []resolve.Match{
				told(t, "alpha 1", day, "fnatic", "Astralis", won(0)), told(t, "beta 1", day, "fnatic", "Astralis", score(16, 9)),
			}, "score", 1, [2]float64{16, 9}, points,
		},
		{
			"a score told the other way round is turned to the oldest record's sides", []resolve.Match{
				told(t, "alpha 1", day, "fnatic", "Astralis"), told(t, "beta 1", day, "Astralis", "fnatic", score(9, 16)),
			}, "score", 1, [2]float64{16, 9}, points,
		},
		{
			"teams are in the order of the oldest record", []resolve.Match{
				told(t, "alpha 1", day, "fnatic", "Astralis"), told(t, "beta 1", day, "Astralis", "fnatic", state(2)),
			}, "teams", 1, [2]resolve.ID{named(resolve.KindTeam, "alpha", "fnatic").ID, named(resolve.KindTeam, "alpha", "Astralis").ID}, teams,
		},
	}
	for _, test := range tests {
		t.Run(test.reason, test.check)
	}
}

func points(f *resolve.Fields) any { return [2]float64{*f.Sides[0].Points, *f.Sides[1].Points} }

func teams(f *resolve.Fields) any { return [2]resolve.ID{f.Sides[0].Team, f.Sides[1].Team} }

func TestEntityName(t *testing.T) {
	e, store := resolved(
		told(t, "alpha 1", "2015-03-01", "Na'Vi", "Astralis"), told(t, "beta 1", "2015-03-01", "NaVi", "Astralis"),
		told(t, "gamma 1", "2015-03-01", "Navi", "Astralis"), told(t, "delta 1", "2015-03-01", "NAVI Club", "Astralis"),
	)
	id, _ := e.EntityOf(named(resolve.KindTeam, "alpha", "Na'Vi").ID)
	if entity := store.Entities[id]; entity.Name != "Na'Vi" || len(entity.Members) < 3 {
		t.Errorf("called %q of %d records, want the oldest record's spelling of the name that most sources use", entity.Name, len(entity.Members))
	}
}
