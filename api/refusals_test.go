package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// What cannot be done is refused by name, and does nothing.
func TestDecisionsThatCannotBe(t *testing.T) {
	onEachCurated(t, func(t *testing.T, w *world) {
		w.decides(t, ann, "POST", "/v1/judgements", `{"a":"{M2}","b":"{X}","word":"different"}`)
		const word = `{"a":"{M1}","b":"{X}","word":"same"}`
		for _, test := range []struct {
			why, method, path, sent, header string
			status                          int
			says                            string
		}{
			{"nobody", "POST", "/v1/judgements", word, nobody, 401, "needs a token"},
			{"nobody but spaces", "POST", "/v1/judgements", word, "Authorization: Bearer  ", 401, "this token is not known"},
			{"nobody leases", "PUT", "/v1/suggestions/{M1}/{X}/lease", "", nobody, 401, "needs a token"},
			{"nobody releases", "DELETE", "/v1/suggestions/{M1}/{X}/lease", "", nobody, 401, "needs a token"},
			{"nobody previews", "POST", "/v1/judgements?preview=true", word, nobody, 401, "needs a token"},
			{"a word that there is not", "POST", "/v1/judgements", `{"a":"{M1}","b":"{X}","word":"maybe"}`, ann, 422, "body.word"},
			{"no word", "POST", "/v1/judgements", `{"a":"{M1}","b":"{X}"}`, ann, 422, "word"},
			{"one record", "POST", "/v1/judgements", `{"a":"{M1}","b":"{M1}","word":"same"}`, ann, 422, "b: is the same record"},
			{"two kinds", "POST", "/v1/judgements", `{"a":"{M1}","b":"{NIP}","word":"same"}`, ann, 422, "{NIP}"},
			{"an unknown record", "POST", "/v1/judgements", `{"a":"{M1}","b":"mch_0000000000000000","word":"same"}`, ann, 404, "mch_0000000000000000"},
			{"no id", "POST", "/v1/judgements", `{"a":"fnatic","b":"{M1}","word":"same"}`, ann, 422, "fnatic"},
			{"a member that there is not", "POST", "/v1/judgements", `{"a":"{M1}","b":"{X}","word":"same","by":"ann"}`, ann, 422, "by"},
			{"a parameter that there is not", "POST", "/v1/judgements?dry=1", word, ann, 422, "dry"},
			{"no JSON", "POST", "/v1/judgements", `{`, ann, 400, "body"},
			{"no words", "POST", "/v1/judgements/group", `{"judgements":[]}`, ann, 422, "judgements"},
			{"two words on one pair", "POST", "/v1/judgements/group", `{"judgements":[` + word + `,{"a":"{X}","b":"{M1}","word":"different"}]}`, ann, 422, "judgements: give two words"},
			{"a merge with itself", "POST", "/v1/matches/{M1}/merge", `{"entities":["{M1}"]}`, ann, 422, "entities: are one already"},
			{"a merge with another kind", "POST", "/v1/matches/{M1}/merge", `{"entities":["{NIP}"]}`, ann, 422, "{NIP}"},
			{"a merge of another kind", "POST", "/v1/teams/{M1}/merge", `{"entities":["{NIP}"]}`, ann, 404, "to be looked for at /v1/matches/{M1}"},
			{"a merge with nothing known", "POST", "/v1/matches/{M1}/merge", `{"entities":["mch_0000000000000000"]}`, ann, 404, "mch_0000000000000000"},
			{"a split of nothing known", "POST", "/v1/matches/mch_0000000000000000/split", `{"groups":[["{M9}"]]}`, ann, 404, "mch_0000000000000000"},
			{"a split that leaves all together", "POST", "/v1/matches/{M1}/split", `{"groups":[["{M1}","{M9}"]]}`, ann, 422, "groups: leave all"},
			{"a split by a record of others", "POST", "/v1/matches/{M1}/split", `{"groups":[["{M2}"]]}`, ann, 422, "groups: {M2}"},
			{"a split of what is one with another", "POST", "/v1/matches/{M9}/split", `{"groups":[["{M9}"]]}`, ann, 409, "{M9} is called {M1} now"},
			{"a record alone", "POST", "/v1/records/{M2}/detach", ``, ann, 422, "record: is alone"},
			{"a move to where it is", "POST", "/v1/records/{M9}/move", `{"to":"{M1}"}`, ann, 422, "to: is where"},
			{"a move of nothing known", "POST", "/v1/records/mch_0000000000000000/move", `{"to":"{M1}"}`, ann, 404, "mch_0000000000000000"},
			{"a field that there is not", "PUT", "/v1/matches/{M1}/overrides/venue", `{"value":"x"}`, ann, 422, "field"},
			{"a field of another kind", "PUT", "/v1/teams/{NIP}/overrides/score", `{"value":"2:1"}`, ann, 422, "field: "},
			{"a value that is none", "PUT", "/v1/matches/{M1}/overrides/score", `{"value":"two"}`, ann, 422, "value: "},
			{"a field that is not set", "DELETE", "/v1/matches/{M1}/overrides/score", ``, ann, 404, "score"},
			{"a rule that there is not", "PUT", "/v1/survivorship/team/name", `{"rule":"best"}`, ann, 422, "body.rule"},
			{"a rule for no field of a kind", "PUT", "/v1/survivorship/team/score", `{"rule":"oldest"}`, ann, 422, "field: "},
			{"trust in nobody", "PUT", "/v1/sources/nobody/trust", `{"trust":3}`, ann, 404, "nobody"},
			{"no act", "GET", "/v1/acts/99", ``, ann, 404, "act 99"},
			{"an undoing of nothing", "POST", "/v1/acts/99/undo", ``, ann, 404, "act 99"},
			{"an undoing of nothing that somebody did", "POST", "/v1/acts/undo", `{"actor":"bo","since":"2015-08-01"}`, ann, 404, "bo"},
			{"no moment", "POST", "/v1/acts/undo", `{"actor":"ann","since":"yesterday"}`, ann, 422, "body.since"},
			{"an If-Match that is none", "POST", "/v1/matches/{M1}/split", `{"groups":[["{M9}"]]}`, ann + "\nIf-Match: \"abc\"", 422, "If-Match"},
			{"a suggestion that there is not", "GET", "/v1/suggestions/{M1}/{X}", ``, ann, 404, "question"},
			{"a lease on none", "PUT", "/v1/suggestions/{M1}/{X}/lease", ``, ann, 404, "question"},
			{"a weight that is none", "GET", "/v1/suggestions?weight__gte=NaN", ``, ann, 422, "weight__gte"},
			{"a preview of what cannot be", "POST", "/v1/judgements?preview=true", `{"a":"{M2}","b":"{X}","word":"same"}`, ann, 409, "cannot hold"},
		} {
			answer, body := w.send(t, test.method, test.path, test.sent, strings.Split(test.header, "\n")...)
			same(t, test.why, answer.StatusCode, test.status)
			isProblem(t, answer, body)
			if detail, _ := at(body, "detail").(string); !strings.Contains(detail, w.expand(test.says)) {
				t.Errorf("%s: %q does not say %q", test.why, detail, w.expand(test.says))
			}
			if test.status == http.StatusUnauthorized {
				if how := answer.Header.Get("WWW-Authenticate"); !strings.HasPrefix(how, `Bearer realm="umpire"`) {
					t.Errorf("%s: WWW-Authenticate is %q", test.why, how)
				}
			}
		}
		_, log := w.read(t, "GET", "/v1/acts")
		same(t, "acts, after all that was refused", len(column(log, "items", "verb")), 1)
	})
}

// What contradicts judgements is refused with those that prove it, by name, author and day.
func TestContradictionsAreProved(t *testing.T) {
	onEachCurated(t, func(t *testing.T, w *world) {
		w.decides(t, ann, "POST", "/v1/judgements", `{"a":"{M1}","b":"{M2}","word":"same"}`)
		w.decides(t, bo, "POST", "/v1/judgements", `{"a":"{M2}","b":"{X}","word":"different"}`)
		answer, body := w.send(t, "POST", "/v1/matches/{X}/merge", `{"entities":["{M1}"]}`, ann)
		same(t, "status", answer.StatusCode, http.StatusConflict)
		isProblem(t, answer, body)
		same(t, "type", at(body, "type"), any("urn:umpire:problem:contradiction"))
		same(t, "the word", at(body, "contradiction.word.word"), any("same"))
		same(t, "the proof", strings.Join(column(body, "contradiction.proof", "actor"), " "), map[bool]string{true: "ann bo", false: "bo ann"}[at(body, "contradiction.word.a") == any(string(w.m1.ID))])
		for i, p := range at(body, "contradiction.proof").([]any) {
			if when, err := time.Parse(time.RFC3339, at(p, "at").(string)); err != nil || time.Since(when) > time.Hour {
				t.Errorf("proof %d: at %v", i, at(p, "at"))
			}
		}
		// The chain leads from one record of the word to the other.
		here := at(body, "contradiction.word.a")
		for _, p := range at(body, "contradiction.proof").([]any) {
			switch here {
			case at(p, "a"):
				here = at(p, "b")
			case at(p, "b"):
				here = at(p, "a")
			default:
				t.Fatalf("the chain breaks at %v: %v", here, body)
			}
		}
		same(t, "where the chain ends", here, at(body, "contradiction.word.b"))
	})
}

// Who decides by what he read is told what has happened since, and nothing is done.
func TestWhatHasChangedIsTold(t *testing.T) {
	onEachCurated(t, func(t *testing.T, w *world) {
		seen, _ := w.read(t, "GET", "/v1/matches/{M1}")
		tag := "If-Match: " + seen.Header.Get("ETag")
		split := w.decides(t, bo, "POST", "/v1/matches/{M1}/split", `{"groups":[["{M9}"]]}`)

		for _, test := range []struct{ why, method, path, sent string }{
			{"a merge", "POST", "/v1/matches/{M1}/merge", `{"entities":["{X}"]}`},
			{"a split", "POST", "/v1/matches/{M1}/split", `{"groups":[["{M9}"]]}`},
			{"a record that is elsewhere", "POST", "/v1/records/{M9}/detach", ``},
			{"a move of it", "POST", "/v1/records/{M9}/move", `{"to":"{M2}"}`},
			{"a field", "PUT", "/v1/matches/{M1}/overrides/bestof", `{"value":"5"}`},
			{"a field lifted", "DELETE", "/v1/matches/{M1}/overrides/bestof", ``},
		} {
			answer, body := w.send(t, test.method, test.path, test.sent, ann, tag)
			same(t, test.why, answer.StatusCode, http.StatusConflict)
			isProblem(t, answer, body)
			same(t, test.why, at(body, "type"), any("urn:umpire:problem:stale"))
			if causes := strings.Join(column(body, "stale.changes", "cause"), "; "); !strings.Contains(causes, fmt.Sprintf("act %d by bo", split)) {
				t.Errorf("%s: what happened: %q", test.why, causes)
			}
			answer, foreseen := w.send(t, test.method, test.path+"?preview=true", test.sent, ann, tag)
			same(t, test.why+" foreseen", answer.StatusCode, http.StatusConflict)
			for _, of := range []string{"type", "detail", "stale"} {
				same(t, test.why+" foreseen", at(foreseen, of), at(body, of))
			}
		}
		answer, body := w.send(t, "POST", "/v1/judgements", fmt.Sprintf(`{"a":"{M1}","b":"{X}","word":"different","expect":{"{M1}":%s}}`, versionOf(t, seen)), ann)
		same(t, "a version in the body", answer.StatusCode, http.StatusConflict)
		same(t, "of which entity", at(body, "stale.entity"), any(string(w.m1.ID)))
		answer, body = w.send(t, "POST", "/v1/judgements?preview=true", fmt.Sprintf(`{"a":"{M1}","b":"{X}","word":"different","expect":{"{M1}":%s}}`, versionOf(t, seen)), ann)
		same(t, "a version in a body foreseen", answer.StatusCode, http.StatusConflict)
		same(t, "of which entity", at(body, "stale.entity"), any(string(w.m1.ID)))

		for _, form := range []string{`"v%s-0"`, `W/"v%s-0"`, `"v%s"`, `v%s`, `*`} {
			now, _ := w.read(t, "GET", "/v1/matches/{M2}")
			tag := strings.ReplaceAll(form, "%s", versionOf(t, now))
			answer, body := w.send(t, "PUT", "/v1/matches/{M2}/overrides/bestof", `{"value":"5"}`, ann, "If-Match: "+tag)
			if answer.StatusCode != http.StatusCreated {
				t.Errorf("what has not changed, by %s: %d %v", tag, answer.StatusCode, body)
			}
			w.decides(t, ann, "DELETE", "/v1/matches/{M2}/overrides/bestof", "")
		}
	})
}

// Who sets a rule or a trust in place of what he read is told what is there since, and nothing is done.
func TestWhatChangedOfRulesIsTold(t *testing.T) {
	onEachCurated(t, func(t *testing.T, w *world) {
		asks := func(method, path, sent, who, was string, want int) any {
			t.Helper()
			answer, body := w.send(t, method, path, sent, who, "If-Match: "+was)
			if answer.StatusCode != want {
				t.Fatalf("%s %s of %s: %d, want %d: %v", method, path, was, answer.StatusCode, want, body)
			}
			if want == http.StatusConflict {
				isProblem(t, answer, body)
				same(t, "its type", at(body, "type"), any("urn:umpire:problem:stale"))
			}
			return body
		}
		for _, of := range []struct{ path, one, other, told, usual string }{
			{"/v1/survivorship/team/name", `{"rule":"oldest"}`, `{"rule":"most recent"}`, "stale_rule.rule.rule", "as usual"},
			{"/v1/sources/beta/trust", `{"trust":3}`, `{"trust":5}`, "stale_rule.trust.trust", "0"},
		} {
			first := fmt.Sprint(at(asks("PUT", of.path, of.one, ann, `"0"`, 201), "act.id"))
			for _, preview := range []string{"", "?preview=true"} {
				refused := asks("PUT", of.path+preview, of.other, bo, "0", 409)
				same(t, "the act", fmt.Sprint(at(refused, "stale_rule.act")), first)
				same(t, "whose", at(refused, "stale_rule.actor"), any("ann"))
				if at(refused, of.told) == nil || !strings.Contains(fmt.Sprint(at(refused, "detail")), "by act "+first+" of ann") {
					t.Errorf("%s: told %v", of.path, refused)
				}
			}
			second := fmt.Sprint(at(asks("PUT", of.path, of.other, bo, first, 201), "act.id"))
			asks("PUT", of.path, of.one, ann, fmt.Sprintf(`"v%s-0"`, first), 409)
			w.decides(t, bo, "POST", "/v1/acts/"+second+"/undo", "")
			asks("PUT", of.path+"?preview=true", of.other, ann, first, 200) // what was looked at is back
			w.decides(t, bo, "POST", "/v1/acts/"+first+"/undo", "")
			refused := asks("PUT", of.path, of.other, ann, first, 409)
			if detail := fmt.Sprint(at(refused, "detail")); at(refused, of.told) != nil || !strings.Contains(detail, "it is "+of.usual+" now") || !strings.Contains(detail, "of bo") {
				t.Errorf("%s, lifted: told %v", of.path, refused)
			}
			asks("PUT", of.path+"?preview=true", of.other, ann, "*", 200)
			asks("PUT", of.path, of.other, ann, "soon", 422)
		}
		asks("DELETE", "/v1/survivorship/team/name", "", ann, "1", 409)
		asks("DELETE", "/v1/survivorship/team/name", "", ann, "0", 200)
	})
}

// versionOf is the version at the head of an answer's ETag.
func versionOf(t *testing.T, answer *http.Response) string {
	t.Helper()
	v, err := versionIn(answer.Header.Get("ETag"))
	check(t, err)
	return fmt.Sprint(v)
}

// Each form of an entity's tag names its version.
func TestVersionsInTags(t *testing.T) {
	for tag, want := range map[string]int64{
		`"v4217-9f3a61d20c77"`: 4217, `W/"v4217-9f3a61d20c77"`: 4217, `"v4217"`: 4217, `v4217`: 4217, `4217`: 4217,
		`"9f3a61d20c77"`: 0, `"v0"`: 0, `"v-1"`: 0, `"v1", "v2"`: 0, `""`: 0,
	} {
		got, err := versionIn(tag)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%s: %d, %v, want %d", tag, got, err, want)
		}
	}
}

// A decision that is sent again under its key is made once, also when it would be refused by now.
func TestIdempotency(t *testing.T) {
	onEachCurated(t, func(t *testing.T, w *world) {
		seen, _ := w.read(t, "GET", "/v1/matches/{M1}")
		for i, test := range []struct{ why, method, path, sent, match string }{
			{"a split", "POST", "/v1/matches/{M1}/split", `{"groups":[["{M9}"]]}`, seen.Header.Get("ETag")},
			{"a merge by the id that goes", "POST", "/v1/matches/{X}/merge", `{"entities":["{M2}"]}`, "*"},
			{"a name", "PUT", "/v1/teams/{NIP}/overrides/name", `{"value":"Ninjas"}`, "*"},
			{"its lifting", "DELETE", "/v1/teams/{NIP}/overrides/name", ``, "*"},
			{"an undoing", "POST", "/v1/acts/1/undo", ``, "*"},
		} {
			key := fmt.Sprintf("Idempotency-Key: key-%d", i)
			first, told := w.send(t, test.method, test.path, test.sent, ann, key, "If-Match: "+test.match)
			same(t, test.why, first.StatusCode, http.StatusCreated)
			again, retold := w.send(t, test.method, test.path, test.sent, ann, key, "If-Match: "+test.match)
			same(t, test.why+" again", again.StatusCode, http.StatusCreated)
			same(t, test.why+" again", at(retold, "outcome"), any("repeated"))
			same(t, test.why+" again", at(retold, "act.id"), at(told, "act.id"))
		}
		_, log := w.read(t, "GET", "/v1/acts")
		same(t, "acts", len(column(log, "items", "verb")), 5)
		answer, body := w.send(t, "POST", "/v1/acts/2/undo", ``, ann, "Idempotency-Key: key-0")
		same(t, "the key for something else", answer.StatusCode, http.StatusConflict)
		isProblem(t, answer, body)

		answer, body = w.send(t, "POST", "/v1/judgements", `{"a":"{M2}","b":"{X}","word":"same"}`, bo)
		same(t, "what is in force already", answer.StatusCode, http.StatusOK)
		same(t, "what is in force already", at(body, "outcome"), any("stood"))
		same(t, "by whom", at(body, "act.actor"), any("ann"))
	})
}

// Where nobody resolves, a decision is made all the same, and the answer says that it settles.
func TestDecisionsWhereNobodyResolves(t *testing.T) {
	w := onSQLite(t)
	answer, body := w.send(t, "POST", "/v1/judgements", `{"a":"{M1}","b":"{M2}","word":"different"}`, ann)
	same(t, "status", answer.StatusCode, http.StatusCreated)
	same(t, "state", at(body, "state"), any("settling"))
	same(t, "the act's", at(body, "act.state"), any("settling"))
	same(t, "entities", len(at(body, "entities").([]any)), 2)
	for _, nobody := range []Explainer{nil, elsewhere{}} {
		w.api = New(Config{Store: w.Store, Explainer: nobody})
		answer, body = w.send(t, "POST", "/v1/judgements?preview=true", `{"a":"{M1}","b":"{FNATIC}","word":"same"}`)
		same(t, "a preview of nonsense", answer.StatusCode, http.StatusUnprocessableEntity)
		isProblem(t, answer, body)
		answer, body = w.send(t, "POST", "/v1/matches/{M1}/split?preview=true", `{"groups":[["{M1}"]]}`)
		same(t, "a preview", answer.StatusCode, http.StatusServiceUnavailable)
		isProblem(t, answer, body)
	}
	answer, body = w.send(t, "POST", "/v1/matches/{X}/split", `{"groups":[["{X}"]]}`, ann)
	same(t, "an entity that is gone", answer.StatusCode, http.StatusGone)
	isProblem(t, answer, body)
}
