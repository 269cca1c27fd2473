package resolve_test

import (
	"fmt"
	"testing"

	"umpire/resolve"
)

// entwined is a world, and two of its records of which one asks whether they are one.
type entwined struct {
	reason  string
	records []resolve.Match
	a, b    resolve.ID
}

func (w entwined) check(t *testing.T, one bool) {
	t.Helper()
	e, _ := resolved(w.records...)
	a, foundA := e.EntityOf(w.a)
	b, foundB := e.EntityOf(w.b)
	if !foundA || !foundB || (a == b) != one {
		link, _ := e.Explain(w.a, w.b)
		t.Errorf("in %q and %q: %+v", a, b, link)
	}
}

func team(source, name string) resolve.ID { return named(resolve.KindTeam, source, name).ID }

func cup(source, name string) resolve.ID { return named(resolve.KindTournament, source, name).ID }

// madrid is a match of Real Madrid's, and one that differs in that name alone.
func madrid(t *testing.T, name string) []resolve.Match {
	var words []word
	return []resolve.Match{
		told(t, "alpha 1", day+" 18:00", "Real Madrid", "Getafe", words...),
		told(t, "beta 1", day+" 18:00", name, "Getafe", words...),
	}
}

// seasons are two matches at one minute of one season and the next.
func seasons(t *testing.T, one, other string) []resolve.Match {
	return []resolve.Match{
		told(t, "alpha 1", day+" 18:00", one, "fnatic", tournament("League Season 1"), bestOf(3)),
		told(t, "beta 1", day+" 18:00", other, "fnatic", tournament("League Season 2"), bestOf(3)),
	}
}

// coinciding are matches of MOUZ's that coincide with as many of MOUZ NXT's.
func coinciding(t *testing.T, days int) []resolve.Match {
	var matches []resolve.Match
	for i := range days {
		id, start, opponent := i+1, fmt.Sprintf("2015-03-%02d 18:00", i+1), []string{"fnatic", "Titan"}[i]
		matches = append(matches,
			told(t, fmt.Sprint("alpha ", id), start, "MOUZ", opponent), told(t, fmt.Sprint("beta ", id), start, "MOUZ NXT", opponent))
	}
	return matches
}

// day is when the tests' matches are, if it does not matter.
const day = "2015-03-01"

// What must not become one, however much else agrees.
func TestStayApart(t *testing.T) {
	alpha, beta := told(t, "alpha 1", day, "", "").ID, told(t, "beta 1", day, "", "").ID
	tests := []entwined{
		{
			"an academy is not the first team", []resolve.Match{told(t, "alpha 1", day, "Astralis", "fnatic"), told(t, "beta 1", day, "Astralis Academy", "fnatic")},
			team("alpha", "Astralis"), team("beta", "Astralis Academy"),
		},
		{
			"nor in a match that agrees in all else", []resolve.Match{told(t, "alpha 1", day+" 18:00", "Astralis", "fnatic"), told(t, "beta 1", day+" 18:00", "Astralis Academy", "fnatic")},
			alpha, beta,
		},
		{
			"teams of other numbers are others", []resolve.Match{told(t, "alpha 1", day, "Bayes Team 1", "fnatic"), told(t, "beta 1", day, "Bayes Team 2", "fnatic")},
			team("alpha", "Bayes Team 1"), team("beta", "Bayes Team 2"),
		},
		{
			"a second team is not the first", madrid(t, "Real Madrid II"), team("alpha", "Real Madrid"), team("beta", "Real Madrid II"),
		},
		{
			"nor are their matches one by one opponent at one minute", madrid(t, "Real Madrid II"), alpha, beta,
		},
		{
			"however it is numbered", madrid(t, "Real Madrid 3"), alpha, beta,
		},
		{
			"or called", madrid(t, "Real Madrid Reserves"), alpha, beta,
		},
		{
			"an academy's match is another, whoever it is against", madrid(t, "Real Madrid Academy"), alpha, beta,
		},
		{
			"a further word is no alias in another season's match", seasons(t, "MOUZ", "MOUZ NXT"), team("alpha", "MOUZ"), team("beta", "MOUZ NXT"),
		},
		{
			"nor is that match the same", seasons(t, "MOUZ", "MOUZ NXT"), alpha, beta,
		},
		{
			"whatever the word", seasons(t, "Vitality", "Vitality Bee"), alpha, beta,
		},
		{
			"seasons are others, whoever plays them", seasons(t, "MOUZ", "MOUZ"), cup("alpha", "League Season 1"), cup("beta", "League Season 2"),
		},
		{
			"nor is a further word an alias by one match that coincides", coinciding(t, 1), team("alpha", "MOUZ"), team("beta", "MOUZ NXT"),
		},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) { test.check(t, false) })
	}
}

// And what must not, though the names agree.
func TestStayApartDespiteTheirNames(t *testing.T) {
	alpha, beta := told(t, "alpha 1", day, "", "").ID, told(t, "beta 1", day, "", "").ID
	tests := []entwined{
		{
			"placeholders are nobody", []resolve.Match{told(t, "alpha 1", day, "TBD", "fnatic"), told(t, "beta 1", day, "TBD", "fnatic")},
			team("alpha", "TBD"), team("beta", "TBD"),
		},
		{
			"and two matches of nobody are not one", []resolve.Match{told(t, "alpha 1", day, "TBD", "TBD"), told(t, "beta 1", day, "TBD", "TBD")},
			alpha, beta,
		},
		{
			"two matches of one source are two", []resolve.Match{told(t, "alpha 1", day, "Astralis", "fnatic"), told(t, "alpha 2", day, "Astralis", "fnatic"), told(t, "beta 1", day, "Astralis", "fnatic")},
			told(t, "alpha 1", day, "", "").ID, told(t, "alpha 2", day, "", "").ID,
		},
		{
			"teams that met are two", []resolve.Match{
				told(t, "alpha 1", day, "Astralis", "astralis"), told(t, "beta 1", day, "Astralis", "Astralis."),
			},
			team("alpha", "Astralis"), team("alpha", "astralis"),
		},
		{
			"teams of different titles are two", []resolve.Match{
				told(t, "alpha 1", day, "Astralis", "fnatic", title("Overcooked")), told(t, "beta 1", "2015-05-01", "Astralis", "mouz", title("Quake")),
			},
			team("alpha", "Astralis"), team("beta", "Astralis"),
		},
		{
			"a title with a number is another, whoever plays it", []resolve.Match{
				told(t, "alpha 1", day, "Astralis", "fnatic", title("Overcooked")), told(t, "beta 1", day, "Astralis", "fnatic", title("Overcooked 2")),
				told(t, "alpha 2", day, "Cloud9", "Titan", title("Overcooked")), told(t, "beta 2", day, "Cloud9", "Titan", title("Overcooked 2")),
			},
			named(resolve.KindTitle, "alpha", "Overcooked").ID, named(resolve.KindTitle, "beta", "Overcooked 2").ID,
		},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) { test.check(t, false) })
	}
}

// The guards are not merely deaf: what must become one.
func TestBecomeOne(t *testing.T) {
	alpha, beta := told(t, "alpha 1", day, "", "").ID, told(t, "beta 1", day, "", "").ID
	tests := []entwined{
		{
			"names of one title that share no letter become one by their matches", []resolve.Match{
				told(t, "alpha 1", day, "Arsenal", "Chelsea", title("Football")), told(t, "beta 1", day, "Arsenal", "Chelsea", title("Soccer")),
				told(t, "alpha 2", day, "Fulham", "Everton", title("Football")), told(t, "beta 2", day, "Fulham", "Everton", title("Soccer")),
				told(t, "alpha 3", day, "Watford", "Burnley", title("Football")), told(t, "beta 3", day, "Watford", "Burnley", title("Soccer")),
				told(t, "alpha 4", day, "Reading", "Swansea", title("Football")), told(t, "beta 4", day, "Reading", "Swansea", title("Soccer")),
				told(t, "alpha 5", day, "Wigan", "Bolton", title("Football")), told(t, "beta 5", day, "Wigan", "Bolton", title("Soccer")),
				told(t, "alpha 6", day, "Derby", "Millwall", title("Football")), told(t, "beta 6", day, "Derby", "Millwall", title("Soccer")),
			},
			named(resolve.KindTitle, "alpha", "Football").ID, named(resolve.KindTitle, "beta", "Soccer").ID,
		},
		{
			"an alias with no letter in common becomes one by its matches", []resolve.Match{
				told(t, "alpha 1", day+" 18:00", "compLexity", "fnatic", score(2, 0)), told(t, "beta 1", day+" 18:00", "Max Effort", "fnatic", score(2, 0)),
				told(t, "alpha 2", "2015-03-02 18:00", "compLexity", "Titan", score(1, 2)), told(t, "beta 2", "2015-03-02 18:00", "Max Effort", "Titan", score(1, 2)),
				told(t, "alpha 3", "2015-03-03 18:00", "compLexity", "Cloud9", score(2, 1)), told(t, "beta 3", "2015-03-03 18:00", "Max Effort", "Cloud9", score(2, 1)),
				told(t, "alpha 4", "2015-03-04 18:00", "compLexity", "mouz", score(0, 2)), told(t, "beta 4", "2015-03-04 18:00", "Max Effort", "mouz", score(0, 2)),
			},
			team("alpha", "compLexity"), team("beta", "Max Effort"),
		},
		{
			"a further word is an alias by two matches that coincide", coinciding(t, 2), team("alpha", "MOUZ"), team("beta", "MOUZ NXT"),
		},
		{
			"both teams at the very minute outweigh a season that one source has wrong", seasons(t, "MOUZ", "MOUZ"), alpha, beta,
		},
		{
			"a second team is one, in numerals or letters", []resolve.Match{
				told(t, "alpha 1", day, "Real Madrid II", "Getafe"), told(t, "beta 1", day, "Real Madrid B", "Getafe"),
			},
			team("alpha", "Real Madrid II"), team("beta", "Real Madrid B"),
		},
		{
			"a season is one by its first year", []resolve.Match{
				told(t, "alpha 1", day+" 18:00", "Getafe", "Real Madrid", tournament("League 2014/15")), told(t, "beta 1", day+" 18:00", "Getafe", "Real Madrid", tournament("League 2014-2015")),
			},
			cup("alpha", "League 2014/15"), cup("beta", "League 2014-2015"),
		},
		{
			"sides swapped are one match", []resolve.Match{told(t, "alpha 1", day, "Astralis", "fnatic", score(2, 1)), told(t, "beta 1", day, "fnatic", "Astralis", score(1, 2))},
			alpha, beta,
		},
		{
			"a map's score does not contradict its series", []resolve.Match{told(t, "alpha 1", day, "Astralis", "fnatic", score(16, 12)), told(t, "beta 1", day, "Astralis", "fnatic", score(1, 0))},
			alpha, beta,
		},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) { test.check(t, true) })
	}
}

// One match that coincides is worth a question, where a name has a further rare word.
func TestOneCoincidenceSuggests(t *testing.T) {
	e, _ := resolved(coinciding(t, 1)...)
	if link, _ := e.Explain(team("alpha", "MOUZ"), team("beta", "MOUZ NXT")); link.Verdict != resolve.Suggested {
		t.Errorf("%q, not suggested: %+v", link.Verdict, link)
	}
}
