package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"umpire/fixtures/servers"
	"umpire/resolve"
	"umpire/resolve/run"
)

// onEachCurated runs a test in a world whose engine is at work, on each database.
func onEachCurated(t *testing.T, test func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) { test(t, curated(t, "sqlite:"+t.TempDir()+"/umpire.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, curated(t, servers.Postgres(t))) })
}

// curated is a world without the hand of a test: what it tells is resolved by a resolver, who
// finds M1 and M9 to be one, and all else alone.
func curated(t *testing.T, url string) *world {
	t.Helper()
	w := empty(t, url)
	w.m1 = told("alpha", "1", "fnatic", "NiP", resolve.Time{Raw: "2015-08-01 14:30", At: day(1).Add(14*time.Hour + 30*time.Minute), Precision: resolve.PrecisionMinute})
	w.m1.State, w.m1.BestOf = new(2), new(3)
	w.m1.Tournament = named(resolve.KindTournament, "alpha", "ESL One: Cologne")
	w.m9 = told("beta", "b/9", "fnatic", "Ninjas in Pyjamas", resolve.Time{Raw: "2015-08-01 14:30", At: w.m1.Start.At, Precision: resolve.PrecisionMinute})
	w.m9.State = new(2)
	w.m2 = told("alpha", "2", "Virtus.pro", "NiP", resolve.Time{Raw: "2015-08-02", At: day(2), Precision: resolve.PrecisionDay})
	w.x = told("beta", "x", "G2", "Ninjas in Pyjamas", resolve.Time{Raw: "2015-08-03", At: day(3), Precision: resolve.PrecisionDay})
	w.ingest(t, &w.m1, &w.m9, &w.m2, &w.x)

	r := run.New(w.Store, nil)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		check(t, <-ended)
	})
	w.api = New(Config{Store: w.Store, Intake: intake{w.Store}, Explainer: r})
	w.settled(t)
	return w
}

// settled waits until nothing is dirty.
func (w *world) settled(t *testing.T) {
	t.Helper()
	for range 500 {
		s, err := w.Stats(t.Context())
		check(t, err)
		if s.Dirty == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it does not settle")
}

// send is read with headers, such as "Umpire-Actor: ann".
func (w *world) send(t *testing.T, method, path, sent string, headers ...string) (*http.Response, any) {
	t.Helper()
	header := http.Header{}
	if sent != "" {
		header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		header.Set(name, w.expand(value))
	}
	answer, body := fetch(t, w.api, method, w.expand(path), header, w.expand(sent))
	return answer, decoded(t, body)
}

const ann, bo = "Umpire-Actor: ann", "Umpire-Actor: bo"

// decides makes a decision that is to succeed and settle, and returns the number of its act.
func (w *world) decides(t *testing.T, who, method, path, sent string) int {
	t.Helper()
	answer, body := w.send(t, method, path, sent, who)
	if answer.StatusCode != http.StatusCreated || at(body, "state") != "settled" || at(body, "outcome") != "made" {
		t.Fatalf("%s %s %s: %d, %v", method, path, sent, answer.StatusCode, body)
	}
	id := int(at(body, "act.id").(float64))
	same(t, "where the act is", answer.Header.Get("Location"), fmt.Sprintf("/v1/acts/%d", id))
	return id
}

// clusters are the records of each entity of a kind.
func (w *world) clusters(t *testing.T, list string) string {
	t.Helper()
	_, body := w.read(t, "GET", "/v1/"+list)
	var all []string
	for _, e := range at(body, "items").([]any) {
		var names []string
		for _, r := range column(e, "records", "record") {
			names = append(names, w.called(r))
		}
		all = append(all, strings.Join(names, "+"))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// Each act does what it says, and its undoing brings back what was, ids included.
func TestActsAndTheirUndoing(t *testing.T) {
	onEachCurated(t, func(t *testing.T, w *world) {
		const before = "M1+M9 M2 X"
		same(t, "matches", w.clusters(t, "matches"), before)
		for _, test := range []struct{ why, path, sent, then string }{
			{"a judgement", "/v1/judgements", `{"a":"{M1}","b":"{M9}","word":"different","note":"another day"}`, "M1 M2 M9 X"},
			{"a split", "/v1/matches/{M1}/split", `{"groups":[["{M9}"]]}`, "M1 M2 M9 X"},
			{"a record detached", "/v1/records/{M9}/detach", ``, "M1 M2 M9 X"},
			{"a record moved", "/v1/records/{M9}/move", `{"to":"{M2}"}`, "M1 M2+M9 X"},
			{"a merge", "/v1/matches/{M2}/merge", `{"entities":["{X}"]}`, "M1+M9 M2+X"},
			{"a merge of all", "/v1/matches/{X}/merge", `{"entities":["{M2}","{M1}"]}`, "M1+M9+M2+X"},
			{"many words at once", "/v1/judgements/group", `{"judgements":[{"a":"{M1}","b":"{M9}","word":"different"},{"a":"{M2}","b":"{M9}","word":"same"}]}`, "M1 M2+M9 X"},
		} {
			act := w.decides(t, ann, "POST", test.path, test.sent)
			if got := w.clusters(t, "matches"); sorted(got) != sorted(test.then) {
				t.Errorf("%s: %s, want %s", test.why, got, test.then)
			}
			w.decides(t, bo, "POST", fmt.Sprintf("/v1/acts/%d/undo", act), "")
			same(t, test.why+", undone", w.clusters(t, "matches"), before)
			_, told := w.read(t, "GET", fmt.Sprintf("/v1/acts/%d", act))
			same(t, "who undid it", at(told, "undone_by"), any(float64(act+1)))
			same(t, "it is told in full", len(at(told, "effects").([]any)), int(at(told, "made").(float64)))
		}
		_, log := w.read(t, "GET", "/v1/acts?limit=2")
		same(t, "the audit log", strings.Join(column(log, "items", "actor"), " "), "bo ann")
		_, log = w.read(t, "GET", "/v1/acts?actor=ann&verb=split&since=2015-08-01&subject={M9}")
		same(t, "selected", strings.Join(column(log, "items", "verb"), " "), "split")
		_, log = w.read(t, "GET", "/v1/acts?until=2015-08-01")
		same(t, "before all", len(column(log, "items", "verb")), 0)
	})
}

// sorted is a partition in one order, whichever record is the oldest.
func sorted(partition string) string {
	clusters := strings.Fields(partition)
	for i, c := range clusters {
		records := strings.Split(c, "+")
		slices.Sort(records)
		clusters[i] = strings.Join(records, "+")
	}
	slices.Sort(clusters)
	return strings.Join(clusters, " ")
}

// All that somebody did since a moment is undone as one act, and nothing of what others did.
func TestUndoOfARange(t *testing.T) {
	onEachCurated(t, func(t *testing.T, w *world) {
		w.decides(t, ann, "POST", "/v1/matches/{M2}/merge", `{"entities":["{X}"]}`)
		w.decides(t, bo, "POST", "/v1/records/{M9}/detach", ``)
		w.decides(t, bo, "PUT", "/v1/teams/{NIP}/overrides/name", `{"value":"Ninjas"}`)
		act := w.decides(t, ann, "POST", "/v1/acts/undo", `{"actor":"bo","since":"2015-08-01","note":"not his field"}`)
		same(t, "afterwards", sorted(w.clusters(t, "matches")), "M1+M9 M2+X")
		_, told := w.read(t, "GET", fmt.Sprintf("/v1/acts/%d", act))
		same(t, "undoes", fmt.Sprint(at(told, "undoes")), "[3 2]")
		answer, body := w.send(t, "POST", "/v1/acts/undo", `{"actor":"bo","since":"2015-08-01"}`, ann)
		same(t, "again", answer.StatusCode, http.StatusNotFound)
		isProblem(t, answer, body)
	})
}

// A preview tells the very changes that the decision then brings about, and writes nothing.
func TestPreviewIsWhatHappens(t *testing.T) {
	onEachCurated(t, func(t *testing.T, w *world) {
		for _, test := range []struct {
			why, method, path, sent string
			then                    string // how many entities appear, vanish and change, and how many of all these are matches
		}{
			{"a split", "POST", "/v1/matches/{M1}/split", `{"groups":[["{M9}"]]}`, "1 0 1 2"},
			{"a merge of three", "POST", "/v1/matches/{M2}/merge", `{"entities":["{X}","{M1}"]}`, "0 2 1 3"},
			{"a name by hand", "PUT", "/v1/teams/{NIP}/overrides/name", `{"value":"Ninjas"}`, "0 0 1 0"},
		} {
			_, stats := w.read(t, "GET", "/v1/stats")
			last := at(stats, "last_change").(float64)
			answer, told := w.send(t, test.method, test.path+"?preview=true", test.sent)
			same(t, test.why, answer.StatusCode, http.StatusOK)
			same(t, test.why, fmt.Sprint(at(told, "appear"), at(told, "vanish"), at(told, "change"), at(told, "matches")), test.then)
			if len(at(told, "effects").([]any)) == 0 {
				t.Errorf("%s: nothing is said: %v", test.why, told)
			}
			_, stats = w.read(t, "GET", "/v1/stats")
			same(t, test.why+": nothing changed", at(stats, "last_change").(float64), last)

			w.decides(t, ann, test.method, test.path, test.sent)
			_, feed := w.read(t, "GET", fmt.Sprintf("/v1/changes?after=%.0f", last))
			same(t, test.why, w.tell(told, "changes"), w.tell(feed, "items"))
		}
	})
}

// tell are changes in few words, in their order.
func (w *world) tell(body any, list string) []string {
	var all []string
	for _, c := range at(body, list).([]any) {
		all = append(all, fmt.Sprint(at(c, "act"), " ", w.called(at(c, "entity").(string)), " ", at(c, "others"), " ", at(c, "records"), " ", at(c, "fields.name")))
	}
	return all
}
