package resolve_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"umpire/fixtures"
	"umpire/resolve"
	"umpire/resolve/text"
)

// message is the challenge's message, as far as the samples go.
type message struct {
	Source string
	Data   struct {
		ID     any
		State  *int
		Bestof *string
		Teams  [2]struct {
			ID   any
			Name string
		}
		Scores [2]struct {
			Score  *float64
			Winner *bool
		}
		Tournament any
		Start      string `json:"date_start_text"`
		Title      string
	}
}

var trailingComma = regexp.MustCompile(`,(\s*[}\]])`)

// sample reads one of the challenge's messages, told at an arrival.
func sample(t *testing.T, number int, arrival int64) resolve.Match {
	t.Helper()
	body, err := fixtures.FS.ReadFile(fmt.Sprintf("bayes/message%d.json", number))
	if err != nil {
		t.Fatal(err)
	}
	var msg message
	if err := json.Unmarshal(trailingComma.ReplaceAll(body, []byte("$1")), &msg); err != nil {
		t.Fatal(err)
	}
	return msg.record(t, arrival)
}

func (msg message) record(t *testing.T, arrival int64) resolve.Match {
	t.Helper()
	d := msg.Data
	title := strings.TrimSpace(d.Title)
	named := func(kind resolve.Kind, scope string, id any, name string) resolve.Named {
		key := resolve.Key{Kind: kind, Source: msg.Source, Scope: scope, ID: strings.TrimSpace(name), Named: true}
		if id != nil {
			key.ID, key.Named = fmt.Sprint(id), false
		}
		return resolve.Named{Key: key, ID: key.Mint(), Name: name}
	}
	scope := text.Fold(title)
	key := resolve.Key{Kind: resolve.KindMatch, Source: msg.Source, Scope: scope, ID: fmt.Sprint(d.ID)}
	start, err := resolve.ParseTime(d.Start, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := resolve.Match{Key: key, ID: key.Mint(), Arrival: arrival, State: d.State, Start: start}
	told := named(resolve.KindTitle, "", nil, title)
	m.Title = &told
	tournament := named(resolve.KindTournament, scope, nil, fmt.Sprint(d.Tournament))
	if object, ok := d.Tournament.(map[string]any); ok {
		tournament = named(resolve.KindTournament, scope, object["id"], object["name"].(string))
	}
	m.Tournament = &tournament
	if d.Bestof != nil {
		n, err := strconv.Atoi(*d.Bestof)
		if err != nil {
			t.Fatal(err)
		}
		m.BestOf = &n
	}
	for i := range m.Sides {
		m.Sides[i] = resolve.Side{
			Team:   named(resolve.KindTeam, scope, d.Teams[i].ID, d.Teams[i].Name),
			Points: d.Scores[i].Score, Winner: d.Scores[i].Winner,
		}
	}
	return m
}

// The challenge's messages: the second updates the first's match, the third is doubtful,
// the fourth is another game.
func TestSamples(t *testing.T) {
	e := resolve.New(nil)
	first, second, third, fourth := sample(t, 1, 1), sample(t, 2, 1), sample(t, 3, 3), sample(t, 4, 4)
	if first.ID != second.ID {
		t.Fatalf("message 2 is record %s, not message 1's %s", second.ID, first.ID)
	}
	for _, m := range []resolve.Match{first, second, third, fourth} {
		e.Put(m)
		e.Settle()
	}
	for _, m := range []resolve.Match{second, third, fourth} {
		if got, _ := e.EntityOf(m.ID); got != m.ID {
			t.Errorf("%s is in entity %s, not alone", m.ID, got)
		}
	}
	if link, _ := e.Explain(second.ID, third.ID); link.Verdict != resolve.Suggested {
		t.Errorf("message 3 is %q (%s) with message 2, not suggested: %+v", link.Verdict, link.Rule, link)
	}
	for _, m := range []resolve.Match{second, third} {
		if link, _ := e.Explain(m.ID, fourth.ID); link.Verdict != "" {
			t.Errorf("message 4 is %q with %s", link.Verdict, m.ID)
		}
	}
	one, _ := e.EntityOf(second.Title.ID)
	if two, _ := e.EntityOf(third.Title.ID); one != two {
		t.Error("Overcooked and OverCooked are two titles")
	}
	if two, _ := e.EntityOf(fourth.Title.ID); one == two {
		t.Error("Overcooked and Overcooked 2 are one title")
	}
}
