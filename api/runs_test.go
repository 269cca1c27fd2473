package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"umpire/ent/store"
	"umpire/resolve"
)

// ask sends a request in somebody's name, ann's if none is told, and reads the answer into a map.
func (w *world) ask(t *testing.T, method, path, actor, sent string, want int) map[string]any {
	t.Helper()
	header := http.Header{"Content-Type": {"application/json"}}
	if name, value, told := strings.Cut(actor, ": "); told {
		header.Set(name, value)
	}
	answer, body := fetch(t, w.api, method, path, header, sent)
	if answer.StatusCode != want {
		t.Fatalf("%s %s: %d, want %d: %s", method, path, answer.StatusCode, want, body)
	}
	told := map[string]any{}
	check(t, json.Unmarshal(body, &told))
	return told
}

// plan plans a run as a planner would, that parts alpha 1 and beta b/9.
func (w *world) plan(t *testing.T) {
	t.Helper()
	_, err := w.ClaimRun(t.Context(), 1, "planner")
	check(t, err)
	model, err := w.ModelInUse(t.Context())
	check(t, err)
	stats, err := w.Stats(t.Context())
	check(t, err)
	snap, err := w.Snapshot(t.Context())
	check(t, err)
	at, err := snap.Watermark(t.Context())
	check(t, err)
	snap.Close()
	tip := &resolve.Tip{A: min(w.m1.ID, w.m9.ID), B: max(w.m1.ID, w.m9.ID), After: -32, Line: resolve.Shift{Path: "start", LevelAfter: "days apart", After: -32}}
	both, one, other := []resolve.ID{w.m1.ID, w.m9.ID}, []resolve.ID{w.m1.ID}, []resolve.ID{w.m9.ID}
	_, err = w.KeepPlan(t.Context(), 1, "planner", store.RunPlan{
		Before: stats.Model, After: model, Snapshot: at,
		Causes: []store.RunCause{{Number: 1, Kind: store.CauseEvidence, Key: "evidence", Text: "start", Changes: 2, Counts: map[resolve.Act]int{resolve.Created: 1, resolve.Split: 1}}},
		Changes: []store.RunChange{
			{Number: 1, Cause: 1, Entity: w.m9.ID, Kind: resolve.KindMatch, Act: resolve.Created, Name: "fnatic – Ninjas", Others: one, After: other, Tip: tip},
			{Number: 2, Cause: 1, Entity: w.m1.ID, Kind: resolve.KindMatch, Act: resolve.Split, Name: "fnatic – NiP", Others: other, Before: both, After: one, Tip: tip},
		},
	})
	check(t, err)
}

// A run is asked for by whoever is known, looked through, decided on, and applied when
// nothing has moved.
func TestRuns(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.ask(t, "POST", "/v1/runs", nobody, `{}`, 401)
		w.ask(t, "POST", "/v1/runs", ann, `{"model": "nonesuch"}`, 404)
		run := w.ask(t, "POST", "/v1/runs", ann, `{}`, 202)
		if run["state"] != "waiting" || run["by"] != "ann" {
			t.Errorf("asked for %v", run)
		}
		w.ask(t, "POST", "/v1/runs/1/apply", ann, "", 409)
		w.ask(t, "GET", "/v1/runs/9", "", "", 404)
		w.ask(t, "GET", "/v1/runs/9/changes", "", "", 404)
		w.plan(t)

		run = w.ask(t, "GET", "/v1/runs/1", "", "", 200)
		if run["state"] != "planned" || run["counts"].(map[string]any)["split"] != 1.0 {
			t.Errorf("planned is %v", run)
		}
		causes := w.ask(t, "GET", "/v1/runs/1/causes", "", "", 200)["items"].([]any)
		if len(causes) != 1 || causes[0].(map[string]any)["decided"].(map[string]any)["open"] != 2.0 {
			t.Errorf("causes are %v", causes)
		}
		changes := w.ask(t, "GET", "/v1/runs/1/changes?cause=1&limit=1", "", "", 200)
		if first := changes["items"].([]any)[0].(map[string]any); first["act"] != "created" || first["tip"] == nil || changes["next"] == nil {
			t.Errorf("changes are %v", changes)
		}

		w.ask(t, "POST", "/v1/runs/1/decision", ann, `{"decision": "refused"}`, 422)
		w.ask(t, "POST", "/v1/runs/1/decision", ann, `{"change": 7, "decision": "refused"}`, 404)
		decided := w.ask(t, "POST", "/v1/runs/1/decision", ann, `{"change": 2, "decision": "refused"}`, 202)
		if decided["changes"] != 2.0 || decided["act"] != 1.0 {
			t.Errorf("refused %v, want the split with what it makes", decided)
		}
		judged, err := w.Judgements(t.Context(), store.JudgementFilter{})
		check(t, err)
		if len(judged.Items) != 1 || judged.Items[0].Word != resolve.Same {
			t.Errorf("judged %+v, want that the two are the same", judged.Items)
		}
		decided = w.ask(t, "POST", "/v1/runs/1/decision", ann, `{"cause": 1, "decision": "accepted"}`, 202)
		if judged, err = w.Judgements(t.Context(), store.JudgementFilter{}); err != nil || len(judged.Items) != 0 || decided["act"] != 2.0 {
			t.Errorf("accepted by %v, and judged is still %+v, %v", decided, judged.Items, err)
		}

		if run = w.ask(t, "POST", "/v1/runs/1/apply", bo, "", 202); run["state"] != "applying" || run["asked_by"] != "bo" {
			t.Errorf("asked to apply %v", run)
		}
		if run = w.ask(t, "POST", "/v1/runs/1/cancel", bo, "", 202); run["state"] != "planned" {
			t.Errorf("cancelled is %v", run)
		}
		w.ask(t, "POST", "/v1/runs/1/rollback", bo, "", 409)
		another := told("alpha", "4", "LDLC", "G2", resolve.Time{})
		w.ingest(t, &another)
		if told := w.ask(t, "POST", "/v1/runs/1/apply", bo, "", 409); !strings.Contains(told["detail"].(string), "moved") {
			t.Errorf("refused with %v", told)
		}
		if run = w.ask(t, "POST", "/v1/runs/1/apply?rebase=true", bo, "", 202); run["state"] != "waiting" {
			t.Errorf("to be rebased is %v", run)
		}
		d := w.ask(t, "GET", "/v1/runs/diff?a=1&b=1", "", "", 200)
		if len(d["clusters"].([]any)) != 0 {
			t.Errorf("a run differs from itself: %v", d)
		}
		if all := w.ask(t, "GET", "/v1/runs?state=waiting", "", "", 200)["items"].([]any); len(all) != 1 {
			t.Errorf("runs are %v", all)
		}
	})
}

// What is asked of a run again under its key is done once, and not at all where the run is not
// what was looked at.
func TestRunsOnceAndUnchanged(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		asks := func(path, sent string, want int, head ...string) any {
			t.Helper()
			answer, body := w.send(t, "POST", path, sent, append([]string{ann}, head...)...)
			if answer.StatusCode != want {
				t.Fatalf("POST %s %v: %d, want %d: %v", path, head, answer.StatusCode, want, body)
			}
			return body
		}
		for range 2 {
			same(t, "the run", at(asks("/v1/runs", `{}`, 202, "Idempotency-Key: one"), "id"), any(1.0))
		}
		asks("/v1/runs", `{"model":"train"}`, 409, "Idempotency-Key: one")
		if answer, body := w.send(t, "POST", "/v1/runs", `{}`, bo, "Idempotency-Key: one"); at(body, "id") != any(2.0) {
			t.Errorf("another's key is mine: %d %v", answer.StatusCode, body)
		}
		w.plan(t)
		seen, _ := w.read(t, "GET", "/v1/runs/1")
		tag := "If-Match: " + seen.Header.Get("ETag")

		refusal := `{"change":2,"decision":"refused"}`
		first := asks("/v1/runs/1/decision", refusal, 202, "Idempotency-Key: two", tag)
		same(t, "refused again", asks("/v1/runs/1/decision", refusal, 202, "Idempotency-Key: two", tag), first)
		refused := asks("/v1/runs/1/apply", ``, 409, tag)
		if detail := at(refused, "detail"); !strings.Contains(fmt.Sprint(detail), "has changed") || at(refused, "type") != any("urn:umpire:problem:stale") {
			t.Errorf("of a run that changed: %v", refused)
		}
		for _, of := range []string{"decision", "rollback", "cancel", "plan"} {
			if detail := at(asks("/v1/runs/1/"+of, map[string]string{"decision": refusal}[of], 409, tag), "detail"); !strings.Contains(fmt.Sprint(detail), "has changed") {
				t.Errorf("%s of a run that changed: %v", of, detail)
			}
		}
		asks("/v1/runs/1/apply", ``, 422, "If-Match: \"abc\"")
		asks("/v1/runs/1/decision", `{"cause":1,"decision":"open"}`, 202, "If-Match: *")
		now, run := w.read(t, "GET", "/v1/runs/1")
		same(t, "its version", fmt.Sprint(at(run, "version")), versionOf(t, now))

		tag = "If-Match: " + now.Header.Get("ETag")
		same(t, "applied", at(asks("/v1/runs/1/apply", ``, 202, "Idempotency-Key: three", tag), "state"), any("applying"))
		same(t, "applied again", at(asks("/v1/runs/1/apply", ``, 202, "Idempotency-Key: three", tag), "state"), any("applying"))
		same(t, "cancelled", at(asks("/v1/runs/1/cancel", ``, 202, "Idempotency-Key: four"), "state"), any("planned"))
		same(t, "asked before that to apply", at(asks("/v1/runs/1/apply", ``, 202, "Idempotency-Key: three", tag), "state"), any("planned"))
		asks("/v1/runs/1/apply?rebase=true", ``, 409, "Idempotency-Key: three")
		ran, err := w.ClaimRun(t.Context(), 2, "planner")
		check(t, err)
		check(t, w.BeatRun(t.Context(), 2, "planner", store.RunProgress{Stage: "reading", Done: 1, Total: 2}))
		asks("/v1/runs/2/cancel", ``, 202, fmt.Sprint("If-Match: ", ran.Version)) // how far it is makes it no other
		same(t, "planned anew", at(asks("/v1/runs/1/plan", ``, 202, "Idempotency-Key: five"), "state"), any("waiting"))
		same(t, "and no more than once", at(asks("/v1/runs/1/plan", ``, 202, "Idempotency-Key: five"), "state"), any("waiting"))
	})
}
