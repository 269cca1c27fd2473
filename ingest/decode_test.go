package ingest_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"umpire/ent/store"
	"umpire/fixtures"
	"umpire/ingest"
	"umpire/resolve"
)

// TestDecodeSamples reads the challenge's own messages, each trailing comma included.
func TestDecodeSamples(t *testing.T) {
	tests := []struct{ file, want string }{
		{"bayes/message1.json", `
match source1 "overcooked" 1: state 1, best of 3, starts 2020-01-07T14:30:00Z to the second, https://www.source1.org/matches/1/
title source1 "" named Overcooked: "Overcooked"
tournament source1 "overcooked" 15: "Overbayes Season 1"
team source1 "overcooked" 1: "Bayes Esports Team 1", points -, winner -
team source1 "overcooked" 2: "Bayes Team 2", points -, winner -
`},
		{"bayes/message2.json", `
match source1 "overcooked" 1: state 2, best of 3, starts 2020-01-07T15:00:00Z to the second, https://www.source1.org/matches/1/
title source1 "" named Overcooked: "Overcooked"
tournament source1 "overcooked" 15: "Overbayes Season 1 - Group Stage"
team source1 "overcooked" 2: "Bayes Team 2", points 2, winner true
team source1 "overcooked" 3: "Bayes Team 3", points 0, winner false
`},
		{"bayes/message3.json", `
match source2 "overcooked" 99: state 1, best of -, starts 2020-01-07T15:15:00Z to the second, https://www.source2.org/matches/99/bayes1-vs-bayes2
title source2 "" named OverCooked: "OverCooked "
tournament source2 "overcooked" named Overbayes Premium Series: "Overbayes Premium Series"
team source2 "overcooked" 2: "Bayes Team 2", points 2, winner true
team source2 "overcooked" 3: "Bayes Esports 3 ", points 1, winner false
`},
		{"bayes/message4.json", `
match source3 "overcooked 2" bayes1-bayes2-overcooked-season-2-group-stage-lower-bracket-seed12: state 1, best of -, starts 2020-01-07T15:00:00Z to the second, https://www.source3.org/matches/bayes1-bayes2-overcooked-season-2-group-stage-lower-bracket-seed12
title source3 "" named Overcooked 2: "Overcooked 2"
tournament source3 "overcooked 2" named Overbayes Tournament Series 2: "Overbayes Tournament Series 2"
team source3 "overcooked 2" 17: "Bayes Team", points 1, winner true
team source3 "overcooked 2" 18: "Bayes Esports Team", points 0, winner false
`},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			body, err := fs.ReadFile(fixtures.FS, tt.file)
			if err != nil {
				t.Fatal(err)
			}
			before := bytes.Clone(body)
			r := ingest.Decode(body, ingest.Defaults)
			if r.Fault != nil || len(r.Warnings) > 0 {
				t.Fatalf("fault %v, warnings %q", r.Fault, r.Warnings)
			}
			if diff := cmp.Diff(strings.TrimSpace(tt.want), told(*r.Match)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if !bytes.Equal(before, body) {
				t.Error("decoding wrote into the body")
			}
		})
	}
}

// TestDecodeBundled: every message of the bundled month is understood, without a warning.
func TestDecodeBundled(t *testing.T) {
	bodies := bundled(t)
	if len(bodies) != 1159 {
		t.Fatalf("%d messages", len(bodies))
	}
	for i, body := range bodies {
		if r := ingest.Decode(body, ingest.Defaults); r.Fault != nil || len(r.Warnings) > 0 {
			t.Errorf("line %d: fault %v, warnings %q", i+1, r.Fault, r.Warnings)
		}
	}
}

// sample is a whole message; the tables below change one thing of it at a time.
const sample = `{"source": "s", "data": {"id": 7, "url": "https://s.example/7", "state": 1,
"teams": [{"id": 1, "name": "Ants"}, {"id": 2, "name": "Bees"}], "bestof": 3,
"scores": [{"team": 1, "score": 2, "winner": true}, {"team": 2, "score": 0, "winner": false}],
"tournament": {"id": 15, "name": "Cup"}, "date_start_text": "2020-01-07 14:30:00", "title": "Chess"}}`

// How the sample's records are told.
const (
	ants = `team s "chess" 1: "Ants", points 2, winner true`
	bees = `team s "chess" 2: "Bees", points 0, winner false`
	cup  = `tournament s "chess" 15: "Cup"`
)

// reading is the sample with one thing changed, and what is then told among other things.
type reading struct{ why, old, new, want string }

// TestDecodeLenient: what is sloppy but plain is read all the same, as JSON and as values.
func TestDecodeLenient(t *testing.T) {
	readsAs(t, []reading{
		{"as it is", "", "", ants},
		{"a BOM", `{"source"`, "\ufeff{\"source\"", ants},
		{"blanks around it", `{"source"`, "\r\n\t {\"source\"", ants},
		{"comments", `"state": 1,`, `"state": 1, // soon` + "\n /* or not */", ants},
		{"trailing commas", `"name": "Bees"}]`, `"name": "Bees",},]`, bees},
		{"an unknown field, nested", `"state": 1`, `"state": 1, "odds": {"a": [1, {"b": null}]}`, ants},
		{"an unknown field told twice", `"state": 1`, `"state": 1, "odds": 1, "odds": 2`, ants},
		{"a field told twice, the same", `"id": 7`, `"id": 7, "id": 7`, "match s \"chess\" 7:"},
		{"a blank around the source", `"source": "s"`, `"source": " s "`, ants},
		{"a match id as text", `"id": 7`, `"id": " 7 "`, "match s \"chess\" 7:"},
		{"a match id as float", `"id": 7`, `"id": 7.0`, "match s \"chess\" 7:"},
		{"a match id in powers of ten", `"id": 7`, `"id": 7e2`, "match s \"chess\" 700:"},
		{"no digit of a long id is lost", `"id": 7`, `"id": 18446744073709551617`, "match s \"chess\" 18446744073709551617:"},
		{"nor in powers of ten", `"id": 7`, `"id": 9007199254740993e2`, "match s \"chess\" 900719925474099300:"},
		{"a text is not a number", `"id": 7`, `"id": "7.0"`, "match s \"chess\" 7.0:"},
		{"minus nothing is nothing", `"id": 7`, `"id": -0`, "match s \"chess\" 0:"},
		{"state as text", `"state": 1`, `"state": "2"`, "state 2,"},
		{"state null", `"state": 1`, `"state": null`, "state -,"},
		{"another state", `"state": 1`, `"state": 17`, "state 17,"},
		{"best of, as text", `"bestof": 3`, `"bestof": "5"`, "best of 5,"},
		{"best of, in words", `"bestof": 3`, `"bestof": "Best of 5"`, "best of 5,"},
		{"best of, short", `"bestof": 3`, `"bestof": "BO1"`, "best of 1,"},
		{"best of, hyphens", `"bestof": 3`, `"bestof": "best-of-7"`, "best of 7,"},
		{"best of, by the maps", `"bestof": 3`, `"bestof": "2 Maps Series"`, "best of 2,"},
		{"best of null", `"bestof": 3`, `"bestof": null`, "best of -,"},
		{"best of blank", `"bestof": 3`, `"bestof": " "`, "best of -,"},
		{"no best of", `"bestof": 3,`, ``, "best of -,"},
		{"a score as text", `"score": 2`, `"score": "2"`, ants},
		{"half a score", `"score": 2`, `"score": 2.5`, "points 2.5,"},
		{"a score below nothing", `"score": 2`, `"score": -1`, "points -1,"},
		{"a score of minus nothing", `"score": 2`, `"score": -0`, "points 0,"},
		{"a score not told", `"score": 2, "winner": true`, `"score": "", "winner": null`, "points -, winner -"},
		{"a winner as text", `"winner": true`, `"winner": "True"`, ants},
	})
}

// TestDecodeShapes: the same may be told in several shapes.
func TestDecodeShapes(t *testing.T) {
	readsAs(t, []reading{
		{"a score by the team's id as text", `{"team": 1,`, `{"team": " 1",`, ants},
		{"a score by the team's name", `{"team": 2,`, `{"team": "Bees",`, bees},
		{"the scores the other way round", `{"team": 1, "score": 2, "winner": true}, {"team": 2, "score": 0, "winner": false}`,
			`{"team": 2, "score": 0, "winner": false}, {"team": 1, "score": 2, "winner": true}`, ants + "\n" + bees},
		{"one score", `{"team": 1, "score": 2, "winner": true}, `, ``, "points -, winner -\n" + bees},
		{"no scores", `"scores": [{"team": 1, "score": 2, "winner": true}, {"team": 2, "score": 0, "winner": false}]`, `"scores": null`, "points -, winner -"},
		{"a score of nobody that tells nothing", `{"team": 1, "score": 2, "winner": true}`, `{"team": null, "score": null, "winner": null}`, bees},
		{"an id beats a name", `{"id": 1, "name": "Ants"}, {"id": 2, "name": "Bees"}`, `{"id": 1, "name": "2"}, {"id": 2, "name": "1"}`,
			`team s "chess" 1: "2", points 2, winner true`},
		{"tournament by name", `{"id": 15, "name": "Cup"}`, `" Cup "`, `tournament s "chess" named Cup: " Cup "`},
		{"tournament without id", `{"id": 15, "name": "Cup"}`, `{"id": null, "name": "Cup"}`, `tournament s "chess" named Cup: "Cup"`},
		{"tournament null", `{"id": 15, "name": "Cup"}`, `null`, "title s \"\" named Chess: \"Chess\"\nteam"},
		{"tournament blank", `{"id": 15, "name": "Cup"}`, `""`, "title s \"\" named Chess: \"Chess\"\nteam"},
		{"tournament empty", `{"id": 15, "name": "Cup"}`, `{}`, "title s \"\" named Chess: \"Chess\"\nteam"},
		{"teams by name", `{"id": 1, "name": "Ants"}, {"id": 2, "name": "Bees"}`, `"1", "2"`, `team s "chess" named 1: "1", points 2, winner true`},
		{"a blank name with an id is no name, but a blank around one stays", `"name": "Ants"`, `"name": "Ants "`, `team s "chess" 1: "Ants ", points 2, winner true`},
		{"no title", `, "title": "Chess"`, ``, `team s "" 1: "Ants", points 2, winner true`},
		{"start null", `"2020-01-07 14:30:00"`, `null`, "starts -,"},
		{"start as a number", `"2020-01-07 14:30:00"`, `1578407400`, "starts 2020-01-07T14:30:00Z to the second,"},
		{"start by the day", `"2020-01-07 14:30:00"`, `"2020-01-07"`, "starts 2020-01-07T00:00:00Z to the day,"},
		{"id 15, and named 15", `{"id": 15, "name": "Cup"}`, `"15"`, `tournament s "chess" named 15: "15"`},
		{"a tournament's id", "", "", cup},
	})
}

func readsAs(t *testing.T, tests []reading) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			r := ingest.Decode(changed(t, tt.old, tt.new), ingest.Defaults)
			if r.Fault != nil || len(r.Warnings) > 0 || r.Source != "s" {
				t.Fatalf("source %q, fault %v, warnings %q", r.Source, r.Fault, r.Warnings)
			}
			if got := told(*r.Match); !strings.Contains(got, tt.want) {
				t.Errorf("got:\n%s\nwant in it:\n%s", got, tt.want)
			}
		})
	}
}

// TestDecodeWarns: what is odd, but nothing that a match should wait for.
func TestDecodeWarns(t *testing.T) {
	tests := []struct{ why, old, new, warning, want string }{
		{"a team plays itself: scores in the order of the sides",
			`{"id": 2, "name": "Bees"}], "bestof": 3,
"scores": [{"team": 1, "score": 2, "winner": true}, {"team": 2,`, `{"id": 1, "name": "Ants"}], "bestof": 3,
"scores": [{"team": 1, "score": 2, "winner": true}, {"team": 1,`,
			`data.teams: "Ants" is said to play itself`,
			"team s \"chess\" 1: \"Ants\", points 2, winner true\nteam s \"chess\" 1: \"Ants\", points 0, winner false"},
		{"best of words", `"bestof": 3`, `"bestof": "several"`, `data.bestof: is the text "several", no number of games from 1 to 99; taken as not told`, "best of -,"},
		{"best of nothing", `"bestof": 3`, `"bestof": 0`, `data.bestof: is the number 0, no number of games from 1 to 99; taken as not told`, "best of -,"},
		{"best of half", `"bestof": 3`, `"bestof": 1.5`, `data.bestof: is the number 1.5, no number of games from 1 to 99; taken as not told`, "best of -,"},
		{"best of a list", `"bestof": 3`, `"bestof": [3]`, `data.bestof: is a list, no number of games from 1 to 99; taken as not told`, "best of -,"},
		{"an address that is none", `"https://s.example/7"`, `7`, `data.url: is no address of at most 2000 bytes; taken as not told`, "second, \n"},
		{"a team's id without a name", `{"id": 1, "name": "Ants"}`, `{"id": 1, "name": " "}`, `data.teams[0].name: is missing; its id stands for it`, `team s "chess" 1: "1", points 2`},
		{"two winners", `"winner": false`, `"winner": true`, `data.scores: both sides are said to win`, "points 0, winner true"},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			r := ingest.Decode(changed(t, tt.old, tt.new), ingest.Defaults)
			if r.Fault != nil {
				t.Fatal(r.Fault)
			}
			if diff := cmp.Diff([]string{tt.warning}, r.Warnings); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if got := told(*r.Match); !strings.Contains(got, tt.want) {
				t.Errorf("got:\n%s\nwant in it:\n%s", got, tt.want)
			}
		})
	}
}

// refused are messages at fault: the sample with one text for another.
var refused = []struct{ why, old, new, field, reason string }{
	{"not JSON", `"state": 1`, `"state": one`, "", "is not JSON: line 1, column 74: invalid literal: one"},
	{"cut off", `"title": "Chess"}}`, `"title": "Chess"}`, "", "is not JSON: line 4, column 101: parsing object after value: unexpected EOF"},
	{"two messages in one", `{"source"`, `{} {"source"`, "", "is not JSON: line 1, column 4: invalid character '{' after top-level value"},
	{"not UTF-8", "Ants", "Ant\xff", "", "is not UTF-8"},
	{"half a character, escaped", "Ants", `Ant\ud800`, "", `is not JSON: invalid surrogate pair `},
	{"a list", sample, "[" + sample + "]", "", "is a list, not an object"},
	{"null", sample, "null", "", "is null, not an object"},
	{"nothing", sample, " \n", "", "is empty"},
	{"no source", `"source": "s", `, ``, "source", "is missing"},
	{"a blank source", `"source": "s"`, `"source": " "`, "source", "is missing"},
	{"a source that is no text", `"source": "s"`, `"source": 5`, "source", "is the number 5, not a text"},
	{"two sources", `"source": "s"`, `"source": "s", "source": "t"`, "source", "is told twice, and not the same"},
	{"no data", `"data"`, `"date"`, "data", "is missing"},
	{"data that are none", sample, `{"source": "s", "data": []}`, "data", "is a list, not an object"},
	{"no match id", `"id": 7, `, ``, "data.id", "is missing"},
	{"a match id null", `"id": 7`, `"id": null`, "data.id", "is missing"},
	{"a blank match id", `"id": 7`, `"id": " "`, "data.id", "is missing"},
	{"half a match id", `"id": 7`, `"id": 7.5`, "data.id", "is the number 7.5, not a whole number"},
	{"a match id beyond measure", `"id": 7`, `"id": 1e400`, "data.id", "is the number 1e400, not a whole number"},
	{"a match id that would fill the memory", `"id": 7`, `"id": 1e-999999999`, "data.id", "is the number 1e-999999999, not a whole number"},
	{"a match id that is a truth", `"id": 7`, `"id": true`, "data.id", "is true, neither a number nor a text"},
	{"a match id beyond length", `"id": 7`, `"id": "` + strings.Repeat("é", 201) + `"`, "data.id", "is longer than 200 characters or 512 bytes"},
	{"two match ids", `"id": 7`, `"id": 7, "id": 8`, "data.id", "is told twice, and not the same"},
	{"a state in words", `"state": 1`, `"state": "soon"`, "data.state", `is the text "soon", not a number`},
	{"half a state", `"state": 1`, `"state": 1.5`, "data.state", "is the number 1.5, not a whole number in range"},
	{"a state beyond range", `"state": 1`, `"state": 4294967297`, "data.state", "is the number 4294967297, not a whole number in range"},
	{"no teams", `"teams"`, `"team"`, "data.teams", "are 0, not 2"},
	{"one team", `, {"id": 2, "name": "Bees"}`, ``, "data.teams", "are 1, not 2"},
	{"three teams", `{"id": 2, "name": "Bees"}`, `{"id": 2, "name": "Bees"}, {"id": 3}`, "data.teams", "are 3, not 2"},
	{"teams that are no list", `[{"id": 1, "name": "Ants"}, {"id": 2, "name": "Bees"}]`, `"Ants, Bees"`, "data.teams", `is the text "Ants, Bees", not a list`},
	{"a team that is a number", `{"id": 2, "name": "Bees"}`, `2`, "data.teams[1]", "is the number 2, not an object"},
	{"a team without id and name", `{"id": 2, "name": "Bees"}`, `{"id": "", "name": null}`, "data.teams[1]", "has no id and no name"},
	{"a team that is null", `{"id": 2, "name": "Bees"}`, `null`, "data.teams[1]", "has no id and no name"},
	{"a name with a NUL", `"name": "Bees"`, `"name": "Bee\u0000s"`, "data.teams[1].name", "holds a NUL"},
	{"a name beyond length", `"name": "Bees"`, `"name": "` + strings.Repeat("b", 201) + `"`, "data.teams[1].name", "is longer than 200 characters or 512 bytes"},
	{"a name of too many bytes", `"name": "Bees"`, `"name": "` + strings.Repeat("🏆", 200) + `"`, "data.teams[1].name", "is longer than 200 characters or 512 bytes"},
	{"a title that is short until it is folded", `"title": "Chess"`, `"title": "` + strings.Repeat("床", 170) + `"`, "data.title", "is longer than 512 letters in ASCII"},
	{"a name that is a number", `"name": "Bees"`, `"name": 5`, "data.teams[1].name", "is the number 5, not a text"},
	{"two names", `"name": "Bees"`, `"name": "Bees", "name": "Wasps"`, "data.teams[1].name", "is told twice, and not the same"},
	{"a score of a team that does not play", `{"team": 2,`, `{"team": 3,`, "data.scores[1].team", `"3" does not play here`},
	{"a score of nobody", `{"team": 2,`, `{`, "data.scores[1].team", "is missing"},
	{"two scores of a side", `{"team": 2,`, `{"team": 1,`, "data.scores[1].team", `"1" has a score already`},
	{"two teams with one name, and a score by that", `{"id": 1, "name": "Ants"}, {"id": 2, "name": "Bees"}`, `"1", "3"`, "data.scores[1].team", `"2" does not play here`},
	{"scores that are no list", `"scores": [{"team": 1, "score": 2, "winner": true}, {"team": 2, "score": 0, "winner": false}]`, `"scores": {"1": 2}`, "data.scores", "is an object, not a list"},
	{"a score that is no number", `"score": 2`, `"score": "two"`, "data.scores[0].score", `is the text "two", not a number`},
	{"an infinite score", `"score": 2`, `"score": "Inf"`, "data.scores[0].score", `is the text "Inf", not a number`},
	{"a hexadecimal score", `"score": 2`, `"score": "0x10"`, "data.scores[0].score", `is the text "0x10", not a number`},
	{"a score beyond measure", `"score": 2`, `"score": 1e400`, "data.scores[0].score", "is the number 1e400, out of range"},
	{"a winner by number", `"winner": true`, `"winner": 1`, "data.scores[0].winner", "is the number 1, neither true nor false"},
	{"a tournament that is a number", `{"id": 15, "name": "Cup"}`, `15`, "data.tournament", "is the number 15, not an object"},
	{"an impossible date", `2020-01-07 14:30:00`, `2020-02-31 14:30:00`, "data.date_start_text", "there is no day 31 in February 2020"},
	{"a date in words", `2020-01-07 14:30:00`, `soon`, "data.date_start_text", `"soon" is no time such as 2020-01-07 14:30:00`},
	{"a title that is an object", `"Chess"`, `{"name": "Chess"}`, "data.title", "is an object, not a text"},
	{"nesting", `"state": 1`, `"state": ` + strings.Repeat("[", 100) + strings.Repeat("]", 100), "", "is nested deeper than 64"},
}

// TestDecodeRefuses: where meaning is at stake, the field and the reason are told.
func TestDecodeRefuses(t *testing.T) {
	for _, tt := range refused {
		t.Run(tt.why, func(t *testing.T) {
			r := ingest.Decode(changed(t, tt.old, tt.new), ingest.Defaults)
			if r.Match != nil || r.Fault == nil {
				t.Fatalf("got %+v", r)
			}
			got := *r.Fault
			got.Reason = got.Reason[:min(len(got.Reason), len(tt.reason))]
			if diff := cmp.Diff(resolve.InvalidError{Field: tt.field, Reason: tt.reason}, got); diff != "" {
				t.Errorf("-want +got:\n%s\nwhole reason: %s", diff, r.Fault.Reason)
			}
		})
	}
}

// TestDecodeSourceRefused: a name that cannot be a source's is nobody's.
func TestDecodeSourceRefused(t *testing.T) {
	tests := []struct{ why, source, reason string }{
		{"a NUL", `s\u0000`, "holds a NUL"},
		{"too many characters", strings.Repeat("s", 201), "is longer than 200 characters or 512 bytes"},
		{"too many bytes", strings.Repeat("🏆", 200), "is longer than 200 characters or 512 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			want := ingest.Reading{Fault: &resolve.InvalidError{Field: "source", Reason: tt.reason}}
			got := ingest.Decode(changed(t, `"source": "s"`, `"source": "`+tt.source+`"`), ingest.Defaults)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestDecodeBombs: size and nesting are refused before they cost anything.
func TestDecodeBombs(t *testing.T) {
	tests := []struct {
		why    string
		body   []byte
		reason string
	}{
		{"2 MB of nesting", bytes.Repeat([]byte("["), 2<<20), "is 2097152 bytes long; at most 1048576 are read"},
		{"1 MB of nesting", bytes.Repeat([]byte("["), 1<<20), "is nested deeper than 64"},
		{"nesting behind a comment", append([]byte("//\n"), bytes.Repeat([]byte("["), 1<<19)...), "is not JSON, and holds more than 10000 brackets"},
		{"nesting of objects", bytes.Repeat([]byte(`{"a":`), 1<<17), "is nested deeper than 64"},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			want := ingest.Reading{Fault: &resolve.InvalidError{Reason: tt.reason}}
			if diff := cmp.Diff(want, ingest.Decode(tt.body, ingest.Defaults)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestDecodeKeys: what a source's ids mean is in its profile.
func TestDecodeKeys(t *testing.T) {
	all := map[resolve.Kind]string{resolve.KindMatch: store.IDsWithinAll, resolve.KindTeam: store.IDsWithinAll, resolve.KindTournament: store.IDsWithinAll}
	none := map[resolve.Kind]string{resolve.KindTeam: store.IDsMeanNothing, resolve.KindTournament: store.IDsMeanNothing}
	tests := []struct {
		why, old, new string
		ids           map[resolve.Kind]string
		want          string
	}{
		{"within the title, by default", "", "", nil, `match s "chess" 7; tournament s "chess" 15; team s "chess" 1; team s "chess" 2`},
		{"across titles", "", "", all, `match s "" 7; tournament s "" 15; team s "" 1; team s "" 2`},
		{"a name stays within the title", `"id": 1, "name"`, `"name"`, all, `match s "" 7; tournament s "" 15; team s "chess" named Ants; team s "" 2`},
		{"ids that mean nothing", "", "", none, `match s "chess" 7; tournament s "chess" named Cup; team s "chess" named Ants; team s "chess" named Bees`},
		{"titles fold", `"Chess"`, `" CHESS! "`, nil, `match s "chess" 7; tournament s "chess" 15; team s "chess" 1; team s "chess" 2`},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			body := changed(t, tt.old, tt.new)
			body = bytes.ReplaceAll(body, []byte(`{"team": 1,`), []byte(`{"team": "Ants",`))
			r := ingest.Decode(body, func(string) ingest.Profile { return ingest.Profile{IDs: tt.ids} })
			if r.Fault != nil {
				t.Fatal(r.Fault)
			}
			m := r.Match
			got := strings.Join([]string{key(m.Key), key(m.Tournament.Key), key(m.Sides[0].Team.Key), key(m.Sides[1].Team.Key)}, "; ")
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			for _, n := range []resolve.Named{*m.Tournament, m.Sides[0].Team, m.Sides[1].Team, *m.Title} {
				if n.ID != n.Key.Mint() {
					t.Errorf("%s has the id %s", key(n.Key), n.ID)
				}
			}
		})
	}
}

// TestDecodeZone: a clock time is in the zone of its source's profile.
func TestDecodeZone(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	asked := ""
	r := ingest.Decode([]byte(sample), func(source string) ingest.Profile {
		asked = source
		return ingest.Profile{Zone: berlin}
	})
	if got := r.Match.Start.At.Format(time.RFC3339); got != "2020-01-07T13:30:00Z" || asked != "s" {
		t.Errorf("got %s, by the profile of %q", got, asked)
	}
}

// FuzzDecode: no bytes make it panic; the same bytes read the same; what is read is a
// match or a fault, and its texts are such as a database keeps.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(strings.ReplaceAll(sample, "}", ",}")))
	f.Add([]byte("\ufeff{\"source\": \"s\", /* */ \"data\": {\"id\": 1e2, \"teams\": [\"a\", \"a\"], \"scores\": [{\"team\": \"a\"}]}}"))
	f.Add([]byte(`{"source": "s", "data": {"id": "\u0000", "id": 1e-9}}`))
	f.Add(bytes.Repeat([]byte("["), 100))
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		r := ingest.Decode(body, ingest.Defaults)
		if !bytes.Equal(before, body) {
			t.Fatal("decoding wrote into the body")
		}
		if diff := cmp.Diff(r, ingest.Decode(body, ingest.Defaults)); diff != "" {
			t.Fatalf("read twice:\n%s", diff)
		}
		if (r.Match == nil) == (r.Fault == nil) {
			t.Fatalf("got %+v", r)
		}
		if r.Match == nil {
			return
		}
		m := *r.Match
		for _, n := range []*resolve.Named{m.Title, m.Tournament, &m.Sides[0].Team, &m.Sides[1].Team} {
			if n != nil && (strings.TrimSpace(n.Name) == "" || strings.TrimSpace(n.Key.ID) == "" || strings.ContainsRune(n.Name+n.Key.ID, 0)) {
				t.Fatalf("got %+v", *n)
			}
		}
		if m.Key.ID == "" || m.Key.Source != r.Source || m.ID != m.Key.Mint() {
			t.Fatalf("got %+v", m)
		}
	})
}

// changed is the sample with one thing changed.
func changed(t *testing.T, old, new string) []byte {
	t.Helper()
	if strings.Count(sample, old) != 1 && old != "" {
		t.Fatalf("%q is %d times in the sample", old, strings.Count(sample, old))
	}
	if old == "" {
		return []byte(sample)
	}
	return []byte(strings.Replace(sample, old, new, 1))
}

// told writes a match as a reader of a test would.
func told(m resolve.Match) string {
	var b strings.Builder
	start := "-"
	if m.Start.Precision != "" {
		start = fmt.Sprintf("%s to the %s", m.Start.At.Format(time.RFC3339), m.Start.Precision)
	}
	fmt.Fprintf(&b, "%s: state %s, best of %s, starts %s, %s\n", key(m.Key), maybe(m.State), maybe(m.BestOf), start, m.URL)
	for _, n := range []*resolve.Named{m.Title, m.Tournament} {
		if n != nil {
			fmt.Fprintf(&b, "%s: %q\n", key(n.Key), n.Name)
		}
	}
	for _, s := range m.Sides {
		fmt.Fprintf(&b, "%s: %q, points %s, winner %s\n", key(s.Team.Key), s.Team.Name, maybe(s.Points), maybe(s.Winner))
	}
	return strings.TrimSpace(b.String())
}

func key(k resolve.Key) string {
	named := ""
	if k.Named {
		named = "named "
	}
	return fmt.Sprintf("%s %s %q %s%s", k.Kind, k.Source, k.Scope, named, k.ID)
}

func maybe[T any](v *T) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprint(*v)
}
