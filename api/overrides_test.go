package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"umpire/resolve"
)

// What is set by hand wins, is shown with what it hides and by whom, and is lifted again.
func TestOverrides(t *testing.T) {
	onEachCurated(t, func(t *testing.T, w *world) {
		for _, test := range []struct {
			path, field, value string
			member             string // of the entity
			is, was            any
			hides              string
		}{
			{"/v1/teams/{NIP}", "name", "Ninjas", "name", "Ninjas", "NiP", "NiP"},
			{"/v1/tournaments/{ESL}", "name", "Cologne 2015", "name", "Cologne 2015", "ESL One: Cologne", "ESL One: Cologne"},
			{"/v1/matches/{M1}", "bestof", "5", "bestof", 5.0, 3.0, "3"},
			{"/v1/matches/{M1}", "state", "1", "state", 1.0, 2.0, "2"},
			{"/v1/matches/{M1}", "score", "2:1", "teams.0.score", 2.0, nil, ""},
			{"/v1/matches/{M1}", "date_start", "2015-08-01 15:00", "date_start", "2015-08-01T15:00:00Z", "2015-08-01T14:30:00Z", "2015-08-01 14:30"},
			{"/v1/matches/{M2}", "tournament", "{ESL}", "tournament.name", "ESL One: Cologne", nil, ""},
		} {
			_, before := w.read(t, "GET", test.path)
			same(t, test.field+" before", at(before, test.member), test.was)
			w.decides(t, ann, "PUT", test.path+"/overrides/"+test.field, `{"value":"`+test.value+`","note":"as the league has it"}`)
			_, now := w.read(t, "GET", test.path)
			same(t, test.field+" by hand", at(now, test.member), test.is)
			for member, want := range map[string]any{
				"field": test.field, "value": w.expand(test.value), "actor": "ann", "note": "as the league has it", "wins": true, "now": test.hides, "hidden": test.hides, "warning": nil,
			} {
				same(t, test.field+": "+member, at(now, "overridden.0."+member), want)
			}
			same(t, test.field+" in what it is", at(now, "by_hand."+test.field), any(test.hides))
			kind, _, _ := strings.Cut(strings.TrimPrefix(test.path, "/v1/"), "/")
			_, all := w.read(t, "GET", "/v1/"+kind)
			listed := 0
			for _, item := range at(all, "items").([]any) {
				if set := at(item, "by_hand"); set != nil {
					listed++
					same(t, test.field+" in the list of all", set, at(now, "by_hand"))
				}
			}
			same(t, test.field+" in the list of all, and no other", listed, 1)
			_, list := w.read(t, "GET", test.path+"/overrides")
			same(t, test.field+" in the list", at(list, "items.0.value"), any(w.expand(test.value)))
			w.decides(t, bo, "DELETE", test.path+"/overrides/"+test.field+"?note=no", "")
			_, now = w.read(t, "GET", test.path)
			same(t, test.field+" lifted", at(now, test.member), test.was)
			same(t, test.field+" lifted", at(now, "by_hand"), nil)
			same(t, test.field+" lifted", len(at(now, "overridden").([]any)), 0)
		}
		w.decides(t, ann, "POST", "/v1/teams/{FNATIC}/merge", `{"entities":["{FNATIC9}"]}`)
		for path, status := range map[string]int{"/v1/teams/{FNATIC9}/overrides": 308, "/v1/teams/tem_0000000000000000/overrides": 404, "/v1/teams/{M1}/overrides": 404} {
			answer, _ := w.read(t, "GET", path)
			same(t, path, answer.StatusCode, status)
		}
	})
}

// An override that hangs on a record which is not the oldest is lifted by the entity's path, too.
func TestOverrideOfWhatWasMerged(t *testing.T) {
	onEachCurated(t, func(t *testing.T, w *world) {
		w.decides(t, ann, "PUT", "/v1/matches/{X}/overrides/bestof", `{"value":"7"}`)
		w.decides(t, ann, "POST", "/v1/matches/{X}/merge", `{"entities":["{M2}"]}`)
		_, m := w.read(t, "GET", "/v1/matches/{M2}")
		same(t, "it came along", at(m, "bestof"), any(7.0))
		w.decides(t, ann, "DELETE", "/v1/matches/{M2}/overrides/bestof", "")
		_, m = w.read(t, "GET", "/v1/matches/{M2}")
		same(t, "it is lifted", at(m, "bestof"), nil)
	})
}

// Sources that come to agree on something else than what is set by hand make it worth another
// look; those that do not agree, say what they said, or come to what is set, do not.
func TestOverrideThatSourcesLeave(t *testing.T) {
	onEachCurated(t, func(t *testing.T, w *world) {
		bestOf := func(n int) *int {
			if n == 0 {
				return nil
			}
			return &n
		}
		tell := func(bests [2]int) {
			w.m1.BestOf, w.m9.BestOf = bestOf(bests[0]), bestOf(bests[1])
			w.ingest(t, &w.m1, &w.m9)
			w.settled(t)
		}
		for _, test := range []struct {
			why       string
			then, now [2]int // 0: not told
			says      string
		}{
			{"the one that tells it says something else", [2]int{3, 0}, [2]int{1, 0}, `said "3" when it was set, and all that tell it say "1" now`},
			{"both do", [2]int{3, 3}, [2]int{1, 1}, `said "3" when it was set, and all that tell it say "1" now`},
			{"they come to agree on what was hidden already", [2]int{3, 1}, [2]int{3, 3}, `did not agree when it was set, and all that tell it say "3" now`},
			{"they agree as they did", [2]int{3, 3}, [2]int{3, 3}, ""},
			{"another joins them", [2]int{3, 0}, [2]int{3, 3}, ""},
			{"they disagree since", [2]int{3, 0}, [2]int{1, 7}, ""},
			{"they come to what is set", [2]int{3, 3}, [2]int{5, 5}, ""},
			{"they tell it no more", [2]int{3, 1}, [2]int{0, 0}, ""},
		} {
			tell(test.then)
			w.decides(t, ann, "PUT", "/v1/matches/{M1}/overrides/bestof", `{"value":"5"}`)
			_, m := w.read(t, "GET", "/v1/matches/{M1}")
			same(t, test.why+": at once", at(m, "overridden.0.warning"), nil)
			tell(test.now)
			_, m = w.read(t, "GET", "/v1/matches/{M1}")
			same(t, test.why+": it holds", at(m, "bestof"), any(5.0))
			warning, _ := at(m, "overridden.0.warning").(string)
			same(t, test.why, strings.TrimPrefix(warning, "the records "), test.says)
			w.decides(t, ann, "DELETE", "/v1/matches/{M1}/overrides/bestof", "")
		}
	})
}

// Rules and trust are listed with who set them, choose what wins, and are taken back.
func TestSurvivorship(t *testing.T) {
	onEachCurated(t, func(t *testing.T, w *world) {
		name := func(want string) {
			t.Helper()
			_, team := w.read(t, "GET", "/v1/teams/{NIP}")
			same(t, "its name", at(team, "name"), any(want))
		}
		w.decides(t, ann, "POST", "/v1/teams/{NIP}/merge", `{"entities":["{NIP9}"]}`)
		name("NiP")
		w.decides(t, ann, "PUT", "/v1/survivorship/team/name", `{"rule":"longest name","note":"in full"}`)
		name("Ninjas in Pyjamas")
		w.decides(t, ann, "PUT", "/v1/survivorship/match/date_start", `{"rule":"most recent"}`)
		w.decides(t, ann, "PUT", "/v1/survivorship/team/name", `{"rule":"most trusted source"}`)
		w.decides(t, bo, "PUT", "/v1/sources/beta/trust", `{"trust":10}`)
		_, told := w.read(t, "GET", "/v1/survivorship")
		same(t, "rules", strings.Join(column(told, "rules", "field"), " "), "date_start name")
		for path, want := range map[string]any{"rules.1.rule": "most trusted source", "rules.1.actor": "ann", "trust.0.source": "beta", "trust.0.trust": 10.0, "trust.0.actor": "bo"} {
			same(t, path, at(told, path), want)
		}
		name("Ninjas in Pyjamas")
		w.decides(t, bo, "PUT", "/v1/sources/beta/trust", `{"trust":-1}`)
		name("NiP")
		w.decides(t, bo, "DELETE", "/v1/survivorship/team/name", "")
		_, told = w.read(t, "GET", "/v1/survivorship")
		same(t, "rules", strings.Join(column(told, "rules", "field"), " "), "date_start")
		answer, body := w.send(t, "DELETE", "/v1/survivorship/team/name", "", bo)
		same(t, "no rule to take back", answer.StatusCode, 200)
		same(t, "no rule to take back", fmt.Sprint(at(body, "act"), at(body, "outcome"), at(body, "state")), "<nil>stoodsettled")
	})
}

// An entity shows the judgements on its records, and lists select them.
func TestJudgementsAreShown(t *testing.T) {
	onEachCurated(t, func(t *testing.T, w *world) {
		w.decides(t, ann, "POST", "/v1/judgements", `{"a":"{M1}","b":"{M9}","word":"same","note":"seen it"}`)
		w.decides(t, bo, "POST", "/v1/judgements", `{"a":"{M9}","b":"{X}","word":"different"}`)
		lifted := w.decides(t, bo, "POST", "/v1/judgements", `{"a":"{M2}","b":"{X}","word":"unsure"}`)
		w.decides(t, bo, "POST", "/v1/acts/3/undo", "")
		_, m := w.read(t, "GET", "/v1/matches/{M1}")
		same(t, "on the entity", strings.Join(column(m, "judgements", "word"), " "), "different same")
		for _, test := range []struct{ why, query, want string }{
			{"all in force", "", "different same"},
			{"those lifted as well", "?lifted=true", "unsure different same"},
			{"by whom", "?actor=ann", "same"},
			{"a word", "?word=different", "different"},
			{"a kind", "?kind=team", ""},
			{"a record", "?record={X}", "different"},
			{"an entity", "?entity={M1}", "different same"},
			{"an entity by a former id", "?entity={M9}", "different same"},
			{"none against the evidence", "?review=true&word=different", ""},
			{"a page", "?limit=1", "different"},
		} {
			_, list := w.read(t, "GET", "/v1/judgements"+test.query)
			same(t, test.why, strings.Join(column(list, "items", "word"), " "), test.want)
		}
		_, list := w.read(t, "GET", "/v1/judgements?lifted=true&actor=bo&word=unsure")
		same(t, "who lifted it", at(list, "items.0.lifted_by"), any(float64(lifted+1)))
		_, list = w.read(t, "GET", "/v1/judgements?actor=ann")
		same(t, "its record", at(list, "items.0.record_a.record"), at(list, "items.0.a"))
		if now, then := at(list, "items.0.now"), at(list, "items.0.evidence"); now == nil || now != then {
			t.Errorf("the evidence was %v, and is %v", then, now)
		}
		answer, body := w.read(t, "GET", "/v1/judgements?word=maybe")
		same(t, "no word", answer.StatusCode, 422)
		isProblem(t, answer, body)
	})
}

// A judgement against heavy evidence that came after it is for review.
func TestJudgementsForReview(t *testing.T) {
	onEachCurated(t, func(t *testing.T, w *world) {
		w.decides(t, ann, "POST", "/v1/judgements", `{"a":"{M2}","b":"{X}","word":"different"}`)
		_, list := w.read(t, "GET", "/v1/judgements?review=true")
		same(t, "before", len(at(list, "items").([]any)), 0)
		at9 := resolve.Time{Raw: "2015-08-02 09:10", At: day(2).Add(9*time.Hour + 10*time.Minute), Precision: resolve.PrecisionMinute}
		w.m2.Start, w.x = at9, told("beta", "x", "Virtus.pro", "NiP", at9)
		w.m2.Tournament, w.x.Tournament = named(resolve.KindTournament, "alpha", "ESL One: Cologne"), named(resolve.KindTournament, "beta", "ESL One: Cologne")
		w.ingest(t, &w.m2, &w.x)
		w.settled(t)
		_, list = w.read(t, "GET", "/v1/judgements?review=true")
		same(t, "after", strings.Join(column(list, "items", "word"), " "), "different")
		if now, _ := at(list, "items.0.now").(float64); now < 10 {
			t.Errorf("the evidence is %v now", at(list, "items.0"))
		}
	})
}
