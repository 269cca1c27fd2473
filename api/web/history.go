package web

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"umpire/ent/store"
	"umpire/resolve"
)

// event is one change in an entity's history.
type event struct {
	store.Change
	Origin      string // the page of the message, or of the act, that caused it, if one did
	Differences []difference
}

// difference is a canonical field before and after a change; "" where it is not told.
type difference struct{ Field, Before, After string }

// history tells what happened to an entity, newest first.
func (s *site) history(ctx context.Context, id resolve.ID) ([]event, error) {
	changes, err := s.Store.History(ctx, id)
	if err != nil {
		return nil, err
	}
	events := each(changes, eventOf)
	for i := range len(changes) - 1 {
		events[i].Differences = differences(changes[i+1].After, changes[i].After)
	}
	return events, nil
}

var oneCause = regexp.MustCompile(`^(message|act) (\d+)\b`)

func eventOf(c store.Change) event {
	e := event{Change: c}
	if m := oneCause.FindStringSubmatch(c.Cause); m != nil {
		e.Origin = "/" + m[1] + "s/" + m[2]
	}
	return e
}

// differences compares an entity's canonical fields, as changes tell them, in the order in
// which a page shows them.
func differences(before, after map[string]any) []difference {
	if before == nil || after == nil {
		return nil
	}
	var all []difference
	for _, f := range changedFields {
		if b, a := f.read(before), f.read(after); a != b {
			all = append(all, difference{f.label, b, a})
		}
	}
	return all
}

var changedFields = []struct {
	label string
	read  func(map[string]any) string
}{
	{"name", plainly("name")},
	{"state", func(fields map[string]any) string {
		if n, told := fields["state"].(float64); told {
			return stateName(new(int(n)))
		}
		return ""
	}},
	{"start", startIn},
	{"title", plainly("title")},
	{"tournament", plainly("tournament")},
	{"best of", plainly("best_of")},
	{"team 1", plainly("team1")},
	{"team 2", plainly("team2")},
	{"score", func(fields map[string]any) string { return pair(fields, "points1", "points2") }},
	{"winner", func(fields map[string]any) string {
		return winnerTold(flag(fields, "winner1"), flag(fields, "winner2")).Text
	}},
}

func plainly(key string) func(map[string]any) string {
	return func(fields map[string]any) string {
		if v, told := fields[key]; told {
			return fmt.Sprint(v)
		}
		return ""
	}
}

func startIn(fields map[string]any) string {
	text, _ := fields["start"].(string)
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return ""
	}
	m := startOf(resolve.Time{At: at, Precision: resolve.Precision(plainly("precision")(fields))})
	return strings.TrimSpace(m.Day + " " + m.Clock)
}

func pair(fields map[string]any, one, two string) string {
	a, b := plainly(one)(fields), plainly(two)(fields)
	if a == "" && b == "" {
		return ""
	}
	return either(a, "–") + " : " + either(b, "–")
}

func flag(fields map[string]any, key string) *bool {
	if b, told := fields[key].(bool); told {
		return &b
	}
	return nil
}
