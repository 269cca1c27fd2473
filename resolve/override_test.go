package resolve_test

import (
	"testing"

	"umpire/resolve"
)

// What is set by hand holds for the entity that its record is in, says what it hides, and goes
// when it is lifted; of a match in the order of its sides.
func TestOverride(t *testing.T) {
	a, b := told(t, "alpha 1", "2015-03-01 18:00", "Astralis", "Virtus.pro", score(2, 1)), told(t, "beta 1", "2015-03-01 18:00", "Virtus.pro", "Astralis", score(1, 2))
	a.Arrival, b.Arrival = 1, 2
	e, m := resolved(a, b)
	team := named(resolve.KindTeam, "beta", "Astralis").ID
	e.Override(resolve.Override{Record: b.ID, Field: "score", Value: "0:16", By: "ann", Order: 1})
	e.Override(resolve.Override{Record: team, Field: "name", Value: "Astralis A/S", By: "ann", Order: 2})
	m.apply(e.Settle())
	match := m.Entities[a.ID]
	if len(match.Members) != 2 || *match.Match.Sides[0].Points != 16 || !*match.Match.Sides[0].Winner || match.Overridden["score"] != "2:1" {
		t.Errorf("the match is %+v, %+v", match, match.Match)
	}
	entity, _ := e.EntityOf(team)
	if got := m.Entities[entity]; got.Name != "Astralis A/S" || got.Overridden["name"] != "Astralis" {
		t.Errorf("the team is %+v", got)
	}
	e.Lift(b.ID, "score")
	e.Lift(team, "name")
	m.apply(e.Settle())
	if match = m.Entities[a.ID]; *match.Match.Sides[0].Points != 2 || match.Overridden != nil || m.Entities[entity].Name != "Astralis" {
		t.Errorf("lifted, it is %+v", match)
	}
}

// Bad values are told of by field and reason.
func TestOverrideCheck(t *testing.T) {
	match, team := told(t, "alpha 1", "2015-03-01", "a", "b").ID, named(resolve.KindTeam, "alpha", "a").ID
	for _, c := range []struct {
		o    resolve.Override
		want string
	}{
		{resolve.Override{Record: "x", Field: "name", Value: "a"}, `record: "x" is no record's id`},
		{resolve.Override{Record: team, Field: "start", Value: "2015-01-01"}, `field: "start" of a team cannot be set by hand`},
		{resolve.Override{Record: team, Field: "name", Value: " "}, "value: is empty"},
		{resolve.Override{Record: match, Field: "score", Value: "2-1"}, `value: "2-1" is no score such as 2:1`},
		{resolve.Override{Record: match, Field: "score", Value: "2:x"}, `value: "2:x" is no score such as 2:1`},
		{resolve.Override{Record: match, Field: "score", Value: "Inf:1"}, `value: "Inf:1" is no score such as 2:1`},
		{resolve.Override{Record: match, Field: "score", Value: "1:+infinity"}, `value: "1:+infinity" is no score such as 2:1`},
		{resolve.Override{Record: match, Field: "score", Value: "NaN:1"}, `value: "NaN:1" is no score such as 2:1`},
		{resolve.Override{Record: match, Field: "score", Value: "2:-1"}, `value: "2:-1" is no score such as 2:1`},
		{resolve.Override{Record: match, Field: "tournament", Value: string(team)}, `value: "` + string(team) + `" is no tournament's id`},
		{resolve.Override{Record: match, Field: "best_of", Value: "-1"}, `value: "-1" is no number`},
	} {
		if err := c.o.Check(); err == nil || err.Error() != c.want {
			t.Errorf("%+v: %v, want %s", c.o, err, c.want)
		}
	}
}

// Each rule chooses by itself; what it leaves open is chosen as usual.
func TestSurvivorshipRules(t *testing.T) {
	records := []resolve.Match{
		told(t, "alpha 1", "2015-03-01 18:00", "Astralis", "Virtus.pro"), told(t, "beta 1", "2015-03-01 18:05", "Astralis", "Virtus.pro"),
		told(t, "gamma 1", "2015-03-01 18:05", "Astralis", "Virtus.pro"),
	}
	e, m := resolved(records...)
	for rule, want := range map[resolve.Rule]string{
		"": "2015-03-01 18:05", resolve.Usual: "2015-03-01 18:05", resolve.Oldest: "2015-03-01 18:00", resolve.Recent: "2015-03-01 18:05",
		resolve.Trusted: "2015-03-01 18:00", resolve.Frequent: "2015-03-01 18:05",
	} {
		s := resolve.Survivorship{Rules: map[resolve.Kind]map[string]resolve.Rule{resolve.KindMatch: {"start": rule}}, Trust: map[string]int{"alpha": 1}}
		if err := s.Check(); err != nil && rule != "" {
			t.Fatal(err)
		}
		e.Survive(s)
		m.apply(e.Settle())
		if got := m.Entities[records[0].ID].Match.Start.Raw; got != want {
			t.Errorf("%q chooses %s, want %s", rule, got, want)
		}
	}
	if err := (resolve.Survivorship{Rules: map[resolve.Kind]map[string]resolve.Rule{resolve.KindMatch: {"start": resolve.Longest}}}).Check(); err == nil {
		t.Error("the longest start?")
	}
}
