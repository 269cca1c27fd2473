package web

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"umpire/ent/store"
)

func TestDifferences(t *testing.T) {
	for _, c := range []struct {
		why, before, after string
		want               []difference
	}{
		{"nothing differs", `{"state": 1}`, `{"state": 1}`, nil},
		{"a match is played", `{"state": 1, "team1": "tem_a"}`, `{"state": 2, "team1": "tem_a", "points1": 16, "points2": 9, "winner1": true, "winner2": false}`,
			[]difference{{"state", "scheduled", "finished"}, {"score", "", "16 : 9"}, {"winner", "", "team 1"}}},
		{"a time is told more finely", `{"start": "2015-03-14T00:00:00Z", "precision": "day"}`, `{"start": "2015-03-14T18:30:00Z", "precision": "minute"}`,
			[]difference{{"start", "Sat 14 Mar 2015", "Sat 14 Mar 2015 18:30"}}},
		{"a score is taken back", `{"points1": 1.5}`, `{}`, []difference{{"score", "1.5 : –", ""}}},
		{"it is no more", `{"state": 1}`, `null`, nil},
		{"fields of a kind that is yet to come are passed over", `{"x": [1]}`, `{"x": {}}`, nil},
		{"as is what is of another form than it should be", `{"start": 7, "state": "1"}`, `{"start": "soon", "state": true}`, nil},
	} {
		if diff := cmp.Diff(c.want, differences(fields(t, c.before), fields(t, c.after))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.why, diff)
		}
	}
}

// What one message brought about leads to it.
func TestEventLeadsToItsMessage(t *testing.T) {
	for cause, page := range map[string]string{
		"message 12 under model 2":       "/messages/12",
		"message 12":                     "/messages/12",
		"messages 3 to 12 under model 2": "",
		"everything under model 2":       "",
	} {
		if got := eventOf(store.Change{Cause: cause}).Origin; got != page {
			t.Errorf("%s leads to %q, want %q", cause, got, page)
		}
	}
}

func fields(t *testing.T, text string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	return m
}
