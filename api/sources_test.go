package api

import (
	"fmt"
	"strings"
	"testing"

	"umpire/ent/store"
	"umpire/resolve"
)

func TestSources(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		_, all := w.read(t, "GET", "/v1/sources")
		same(t, "all", strings.Join(column(all, "items", "name"), " "), "alpha beta")
		_, beta := w.read(t, "GET", "/v1/sources/beta")
		for path, want := range map[string]any{"name": "beta", "zone": "UTC", "counts.messages": 3.0, "counts.merged": 1.0, "href": "/v1/sources/beta"} {
			same(t, path, at(beta, path), want)
		}
		answer, body := w.read(t, "GET", "/v1/sources/gamma")
		same(t, "unknown", answer.StatusCode, 404)
		isProblem(t, answer, body)
	})
}

func TestProfiles(t *testing.T) {
	w := onSQLite(t)
	for _, test := range []struct {
		why, path, body string
		status          int
		says            string
	}{
		{"a new source, with defaults", "/v1/sources/gamma", `{}`, 200, `UTC`},
		{"a name that needs escaping", "/v1/sources/a%2Fb%20c", `{"zone":"Europe/Berlin"}`, 200, `Europe/Berlin`},
		{"meanings of ids", "/v1/sources/gamma", `{"zone":"UTC","ids":{"team":"none"}}`, 200, `UTC`},
		{"a zone that there is not", "/v1/sources/gamma", `{"zone":"Mars/Olympus"}`, 422, "zone"},
		{"a meaning that there is not", "/v1/sources/gamma", `{"ids":{"team":"maybe"}}`, 422, "ids"},
		{"a kind that there is not", "/v1/sources/gamma", `{"ids":{"player":"source"}}`, 422, "ids"},
		{"another meaning once it has records", "/v1/sources/alpha", `{"ids":{"match":"source"}}`, 409, "alpha"},
		{"a member that there is not", "/v1/sources/gamma", `{"timezone":"UTC"}`, 422, "timezone"},
		{"no JSON", "/v1/sources/gamma", `{`, 400, "body"},
		{"nothing", "/v1/sources/gamma", ``, 400, "body"},
	} {
		answer, body := w.read(t, "PUT", test.path, test.body)
		same(t, test.why, answer.StatusCode, test.status)
		told, _ := at(body, "zone").(string)
		if answer.StatusCode >= 400 {
			isProblem(t, answer, body)
			told, _ = at(body, "detail").(string)
		}
		if !strings.Contains(told, test.says) {
			t.Errorf("%s: %q does not say %q", test.why, told, test.says)
		}
	}
	_, body := w.read(t, "GET", "/v1/sources/gamma")
	same(t, "the last profile that was taken", at(body, "ids.team"), any("none"))
}

func TestMatchesOfASource(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		_, body := w.read(t, "GET", "/v1/sources/beta/matches")
		same(t, "matches", w.ids(body, "record"), "M9")
		answer, body := w.read(t, "GET", "/v1/sources/gamma/matches")
		same(t, "of an unknown source", answer.StatusCode, 404)
		isProblem(t, answer, body)

		_, one := w.read(t, "GET", "/v1/sources/beta/matches/b%2F9")
		same(t, "a key with a slash", at(one, "record"), any(string(w.m9.ID)))
		same(t, "its entity", at(one, "entity"), any(string(w.m1.ID)))
		_, one = w.read(t, "GET", "/v1/sources/beta/matches/b%2F9?title=cs:go")
		same(t, "within a title", at(one, "id"), any("b/9"))
		answer, _ = w.read(t, "GET", "/v1/sources/beta/matches/b%2F9?title=dota")
		same(t, "within another title", answer.StatusCode, 404)

		_, withdrawn := w.read(t, "GET", "/v1/sources/beta/matches/x")
		same(t, "withdrawn", at(withdrawn, "withdrawn"), any(true))
		_, messages := w.read(t, "GET", "/v1/sources/beta/matches/x/messages")
		same(t, "its messages", strings.Join(column(messages, "items", "act"), " "), "withdraw tell")
	})
}

func TestWithdraw(t *testing.T) {
	w := onSQLite(t)
	for _, test := range []struct {
		why, path string
		status    int
	}{
		{"a match", "/v1/sources/alpha/matches/2", 200},
		{"the same again", "/v1/sources/alpha/matches/2", 410},
		{"one that never was", "/v1/sources/alpha/matches/9", 404},
	} {
		answer, body := w.read(t, "DELETE", test.path)
		same(t, test.why, answer.StatusCode, test.status)
		if answer.StatusCode == 200 {
			same(t, test.why, at(body, "fate"), any("applied"))
		} else {
			isProblem(t, answer, body)
		}
	}
	_, body := w.read(t, "GET", "/v1/sources/alpha/matches/2")
	same(t, "afterwards", at(body, "withdrawn"), any(true))
}

// What a source tells more than once is counted with it, and listed page by page, however much it is.
func TestSourceTellsTwice(t *testing.T) {
	const many = 230
	onEach(t, func(t *testing.T, w *world) {
		var echoes partition
		var deliveries []store.Delivery
		for i := range many {
			one, other := told("echo", fmt.Sprint(i), fmt.Sprint("team ", i), "b", resolve.Time{}), told("echo", fmt.Sprint(i, "again"), fmt.Sprint("TEAM ", i), "b", resolve.Time{})
			echoes.matches = append(echoes.matches, one, other)
			echoes.same = append(echoes.same, []resolve.ID{one.ID, other.ID}, []resolve.ID{one.Sides[0].Team.ID, other.Sides[0].Team.ID})
		}
		for i := range echoes.matches {
			deliveries = append(deliveries, store.Delivery{Source: "echo", Body: []byte("{}"), ReceivedAt: day(5), Via: "http", Match: &echoes.matches[i]})
		}
		_, err := w.Ingest(t.Context(), deliveries)
		check(t, err)
		w.apply(t, echoes.plan(), "messages of echo")

		_, source := w.read(t, "GET", "/v1/sources/echo")
		same(t, "matches counted", at(source, "counts.twice.match"), any(float64(many)))
		same(t, "teams counted", at(source, "counts.twice.team"), any(float64(many)))
		same(t, "titles counted", at(source, "counts.twice.title"), any(0.0))
		for list, want := range map[string]int{
			"/v1/matches?source=echo&twice=true": many, "/v1/teams?source=echo&twice=true": many, "/v1/matches?view=sources&source=echo&twice=true": 2 * many,
			"/v1/matches?source=alpha&twice=true": 0, "/v1/titles?source=echo&twice=true": 0, "/v1/tournaments?twice=true": 0,
		} {
			listed := 0
			for next := list; next != ""; {
				_, body := w.read(t, "GET", next)
				listed += len(at(body, "items").([]any))
				next, _ = at(body, "next").(string)
			}
			same(t, list, listed, want)
		}
	})
}
