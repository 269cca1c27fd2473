package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestIDsAreForEver(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		for _, test := range []struct {
			why, path string
			status    int
			tells     string // where it is, or what the detail says
		}{
			{"a present id", "/v1/matches/{M1}", 200, ""},
			{"a match that was merged away", "/v1/matches/{M9}", 308, "/v1/matches/{M1}"},
			{"its records went with it", "/v1/matches/{M9}/records", 308, "/v1/matches/{M1}/records"},
			{"its history is its own", "/v1/matches/{M9}/history", 200, ""},
			{"a team that was merged away", "/v1/teams/{FNATIC9}", 308, "/v1/teams/{FNATIC}"},
			{"a title that was merged away", "/v1/titles/{CSGO9}/records", 308, "/v1/titles/{CSGO}/records"},
			{"a match that was withdrawn", "/v1/matches/{X}", 410, "withdrawn"},
			{"its records", "/v1/matches/{X}/records", 410, "withdrawn"},
			{"its history stays", "/v1/matches/{X}/history", 200, ""},
			{"a record that is not resolved yet", "/v1/matches/{M3}", 404, "not found"},
			{"an id that never was", "/v1/matches/mch_0000000000000000", 404, "not found"},
			{"the history of an id that never was", "/v1/teams/tem_0000000000000000/history", 404, "not found"},
			{"an id of another kind", "/v1/matches/{FNATIC}", 404, "is a team, to be looked for at /v1/teams/{FNATIC}"},
			{"no id of ours", "/v1/tournaments/1", 404, "no id of Umpire's"},
			{"hostile text", "/v1/teams/%3Cscript%3E", 404, "no id of Umpire's"},
			{"far too much text", "/v1/teams/" + strings.Repeat("a", 101), 422, "id: "},
		} {
			answer, body := w.read(t, "GET", test.path)
			same(t, test.why, answer.StatusCode, test.status)
			want := w.expand(test.tells)
			switch {
			case answer.StatusCode == http.StatusPermanentRedirect:
				same(t, test.why, answer.Header.Get("Location"), want)
				same(t, test.why, answer.Header.Get("Cache-Control"), "no-cache")
				same(t, test.why, at(body, "href"), any(want))
			case answer.StatusCode >= 400:
				isProblem(t, answer, body)
				if detail, _ := at(body, "detail").(string); !strings.Contains(detail, want) {
					t.Errorf("%s: %q does not say %q", test.why, detail, want)
				}
			}
		}
	})
}

func TestNamesAreListed(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		for _, test := range []struct{ why, path, want string }{
			{"by name", "/v1/teams", "fnatic NiP Virtus.pro"},
			{"a part of a name", "/v1/teams?name=IR", "Virtus.pro"},
			{"by what another source calls it", "/v1/teams?name=ninjas+in", "NiP"},
			{"those of a source", "/v1/teams?source=beta", "fnatic NiP"},
			{"those of a title", "/v1/teams?title={CSGO}", "fnatic NiP Virtus.pro"},
			{"those of a title by an id that was merged away", "/v1/teams?title={CSGO9}", "fnatic NiP Virtus.pro"},
			{"none of another title", "/v1/teams?title=dota", ""},
			{"titles", "/v1/titles", "Counter-Strike: Global Offensive"},
			{"tournaments", "/v1/tournaments?name=cologne", "ESL One: Cologne"},
		} {
			_, body := w.read(t, "GET", test.path)
			same(t, test.why, strings.Join(column(body, "items", "name"), " "), test.want)
		}
	})
}

func TestTeamInFull(t *testing.T) {
	w := onSQLite(t)
	answer, body := w.read(t, "GET", "/v1/teams/{NIP}")
	same(t, "status", answer.StatusCode, 200)
	for path, want := range map[string]any{
		"kind": "team", "name": "NiP", "matches": 2.0, "title.id": string(w.m1.Title.ID),
		"sources.1": "beta", "records.1.name": "Ninjas in Pyjamas", "records.1.named": true,
		"provenance.name": string(w.m1.Sides[1].Team.ID),
	} {
		same(t, path, at(body, path), want)
	}
	_, records := w.read(t, "GET", "/v1/teams/{NIP}/records")
	same(t, "records", strings.Join(column(records, "items", "id"), ", "), "NiP, Ninjas in Pyjamas")
}

// A team tells what each source called it, and when.
func TestNamesInTime(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		_, body := w.read(t, "GET", "/v1/teams/{NIP}")
		var told []string
		for _, n := range at(body, "names").([]any) {
			told = append(told, fmt.Sprintf("%v as %v, %v to %v", at(n, "source"), at(n, "name"), at(n, "first"), at(n, "last")))
		}
		same(t, "names", strings.Join(told, "; "), "beta as Ninjas in Pyjamas, 2015-08-01 to 2015-08-01; alpha as NiP, 2015-08-01 to 2015-08-02")
		_, body = w.read(t, "GET", "/v1/titles/{CSGO}")
		same(t, "a title's", at(body, "names"), nil)
	})
}
