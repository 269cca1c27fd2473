package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"umpire/resolve"
)

// queued is a world by hand that asks of two matches, and of two pairs of teams, on which less
// hangs.
func queued(t *testing.T, w *world) {
	t.Helper()
	virtus := w.m2.Sides[0].Team.ID
	w.apply(t, resolve.Plan{Link: []resolve.Link{
		link(w.m1.ID, w.m2.ID, resolve.Suggested, 33),
		link(w.m1.Sides[1].Team.ID, virtus, resolve.Suggested, 8),
		link(w.m1.Sides[0].Team.ID, virtus, resolve.Suggested, -24),
	}}, "run 2")
}

// pairs are the two records of each suggestion, by name.
func (w *world) pairs(body any) string {
	var all []string
	for _, q := range at(body, "items").([]any) {
		names := []string{w.called(at(q, "a.record").(string)), w.called(at(q, "b.record").(string))}
		if names[0] > names[1] {
			names[0], names[1] = names[1], names[0]
		}
		all = append(all, strings.Join(names, "-"))
	}
	return strings.Join(all, " ")
}

func TestQueue(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		queued(t, w)
		for _, test := range []struct{ why, query, want string }{
			{"what teaches most first", "", "M1-M2 NIP-VP FNATIC-VP"},
			{"a kind", "kind=match", "M1-M2"},
			{"a source of one of the two", "source=beta", ""},
			{"a source of all", "source=alpha", "M1-M2 NIP-VP FNATIC-VP"},
			{"a title by a part of its name", "title=counter", "M1-M2 NIP-VP FNATIC-VP"},
			{"a title by a former id", "title={CSGO9}", "M1-M2 NIP-VP FNATIC-VP"},
			{"another title", "title=dota", ""},
			{"a tournament", "tournament=cologne", "M1-M2"},
			{"the heavy ones", "weight__gte=2", "M1-M2"},
			{"the even ones", "weight__gte=-1&weight__lte=1", "NIP-VP"},
			{"a band of one weight", "weight__gte=0.5&weight__lte=0.5", "NIP-VP"},
			{"a band between two weights", "weight__gte=0.51&weight__lte=0.56", ""},
			{"an entity", "entity={NIP}", "NIP-VP"},
			{"an entity by a former id", "entity={FNATIC9}", "FNATIC-VP"},
			{"an entity that there is not", "entity=tem_0000000000000000", ""},
		} {
			_, body := w.read(t, "GET", "/v1/suggestions?"+test.query)
			same(t, test.why, w.pairs(body), test.want)
		}
		var paged []string
		for next := "/v1/suggestions?limit=1"; next != ""; {
			_, body := w.read(t, "GET", next)
			paged = append(paged, w.pairs(body))
			next, _ = at(body, "next").(string)
		}
		same(t, "page by page", strings.Join(paged, " "), "M1-M2 NIP-VP FNATIC-VP")

		_, body := w.read(t, "GET", "/v1/suggestions")
		first := at(body, "items.0")
		for member, want := range map[string]any{"kind": "match", "weight": 2.0625, "hangs": 2.0, "lease": nil, "unsure": nil} {
			same(t, member, at(first, member), want)
		}
		if p := at(first, "priority").(float64); p < 0.31 || p > 0.32 {
			t.Errorf("its priority is %v", p)
		}
		_, one := w.read(t, "GET", at(first, "href").(string))
		same(t, "by itself", one, first)
		for _, query := range []string{"weight__gte=Inf", "weight__lte=-1e99", "title={NIP}", "tournament={CSGO}", "kind=player", "cursor=x"} {
			answer, body := w.read(t, "GET", "/v1/suggestions?"+query)
			same(t, query, answer.StatusCode, http.StatusUnprocessableEntity)
			isProblem(t, answer, body)
		}
	})
}

// What hangs on an answer is listed, and said with it by one act that one undo takes back.
func TestImplied(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		queued(t, w)
		for path, want := range map[string]string{"{NIP}/{VP}": "M1-M2", "{VP}/{NIP}": "M1-M2", "{FNATIC}/{VP}": "M1-M2", "{M1}/{M2}": ""} {
			_, body := w.read(t, "GET", "/v1/suggestions/"+path+"/implied")
			same(t, path, w.pairs(body), want)
		}
		answer, _ := w.read(t, "GET", "/v1/suggestions/{NIP}/{FNATIC}/implied")
		same(t, "of what does not wait", answer.StatusCode, http.StatusNotFound)

		w.api = New(Config{Store: w.Store, Explainer: settler{asked{}, w, t}})
		_, body := w.read(t, "GET", "/v1/suggestions/{NIP}/{VP}/implied")
		implied := at(body, "items.0")
		act := w.decides(t, ann, "POST", "/v1/judgements/group", fmt.Sprintf(`{"judgements":[{"a":"{NIP}","b":"{VP}","word":"unsure"},{"a":%q,"b":%q,"word":"unsure"}]}`,
			at(implied, "a.record"), at(implied, "b.record")))
		_, body = w.read(t, "GET", "/v1/suggestions")
		same(t, "decided", w.pairs(body), "FNATIC-VP")
		w.decides(t, ann, "POST", fmt.Sprintf("/v1/acts/%d/undo", act), "")
		_, body = w.read(t, "GET", "/v1/suggestions")
		same(t, "undone", w.pairs(body), "M1-M2 NIP-VP FNATIC-VP")
	})
}

// A suggestion that one looks at is decided by no other, until it is given back or decided.
func TestLeases(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		queued(t, w)
		const at2 = "/v1/suggestions/{M2}/{M1}"
		answer, lease := w.send(t, "PUT", at2+"/lease?seconds=60", "", ann)
		same(t, "a lease", answer.StatusCode, http.StatusOK)
		same(t, "its holder", at(lease, "holder"), any("ann"))
		answer, _ = w.send(t, "PUT", at2+"/lease", "", ann)
		same(t, "renewed", answer.StatusCode, http.StatusOK)

		for _, test := range []struct{ why, method, path, sent string }{
			{"a lease", "PUT", "/v1/suggestions/{M1}/{M2}/lease", ""},
			{"a word", "POST", "/v1/judgements", `{"a":"{M1}","b":"{M2}","word":"same"}`},
			{"a group", "POST", "/v1/judgements/group", `{"judgements":[{"a":"{M1}","b":"{M2}","word":"same"}]}`},
		} {
			answer, body := w.send(t, test.method, test.path, test.sent, bo)
			same(t, test.why, answer.StatusCode, http.StatusConflict)
			isProblem(t, answer, body)
			same(t, test.why, at(body, "type"), any("urn:umpire:problem:leased"))
			same(t, test.why, at(body, "leased.holder"), any("ann"))
		}
		_, q := w.read(t, "GET", at2)
		same(t, "who looks at it", at(q, "lease.holder"), any("ann"))
		answer, body := w.send(t, "DELETE", at2+"/lease", "", bo)
		same(t, "another gives back what he has not", fmt.Sprint(answer.StatusCode, body), "204 <nil>")
		_, q = w.read(t, "GET", at2)
		same(t, "it is kept", at(q, "lease.holder"), any("ann"))
		answer, _ = w.send(t, "DELETE", at2+"/lease", "", ann)
		same(t, "given back", answer.StatusCode, http.StatusNoContent)

		w.api = New(Config{Store: w.Store, Explainer: settler{asked{}, w, t}})
		act := w.decides(t, bo, "POST", "/v1/judgements", `{"a":"{M1}","b":"{M2}","word":"unsure"}`)
		answer, _ = w.read(t, "GET", at2)
		same(t, "it waits no more", answer.StatusCode, http.StatusNotFound)
		answer, _ = w.send(t, "PUT", at2+"/lease", "", ann)
		same(t, "nor is it kept", answer.StatusCode, http.StatusNotFound)
		w.decides(t, bo, "POST", fmt.Sprintf("/v1/acts/%d/undo", act), "")
		answer, _ = w.read(t, "GET", at2)
		same(t, "undone, it waits again", answer.StatusCode, http.StatusOK)
		for _, seconds := range []string{"0", "3601", "x"} {
			answer, body := w.send(t, "PUT", at2+"/lease?seconds="+seconds, "", ann)
			same(t, seconds+" seconds", answer.StatusCode, http.StatusUnprocessableEntity)
			isProblem(t, answer, body)
		}
	})
}

// settler notes that acts are settled, and changes nothing.
type settler struct {
	asked
	w *world
	t *testing.T
}

func (s settler) Nudge() {
	acts, err := s.w.Unsettled(s.t.Context(), 0, 100)
	check(s.t, err)
	for _, a := range acts {
		check(s.t, s.w.Apply(s.t.Context(), resolve.Plan{}, nil, a.Cause(), a.ID))
	}
}
