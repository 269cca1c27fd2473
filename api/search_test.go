package api

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"umpire/api/search"
	"umpire/resolve"
)

func TestSearch(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		for _, test := range []struct{ why, query, want string }{
			{"a name that one source has", "q=ninjas+in+pyjamas", "NIP M1 M2"},
			{"and one that another has", "q=nip", "NIP M1 M2"},
			{"a title", "q=csgo", "CSGO"},
			{"two teams find their match", "q=fnatic+nip", "M1"},
			{"on either side", "q=nip+vs+fnatic", "M1"},
			{"a day in the text restricts", "q=nip+2015-08-02", "M2"},
			{"of a kind", "q=nip&kind=team", "NIP"},
			{"of a title by its name", "q=nip&kind=match&title=counter", "M2 M1"},
			{"of a tournament", "q=nip&tournament=cologne", "M1"},
			{"in a state", "q=nip&state=1", "M2"},
			{"of a source", "q=nip&source=beta", "NIP M1"},
			{"since then", "q=nip&date_start__gte=2015-08-02", "M2"},
			{"until then, by the other spelling", "q=nip&date_start_lte=2015-08-01", "M1"},
			{"no text", "date_start__gte=2015-08-01&limit=1", "M2"},
			{"what is gone is not found", "q=g2", ""},
			{"nor what is not resolved yet", "q=ldlc", ""},
		} {
			answer, body := w.read(t, "GET", "/v1/search?"+test.query)
			if answer.StatusCode != 200 {
				t.Errorf("%s: %s: %v", test.why, test.query, body)
				continue
			}
			same(t, test.why+": "+test.query, inOrderOf(w.ids(body, "id")), inOrderOf(test.want))
			same(t, test.why, answer.Header.Get("Umpire-Searched"), "database")
		}
	})
}

// inOrderOf puts names in order: which comes first is the conformance suite's to look at.
func inOrderOf(names string) string {
	words := strings.Fields(names)
	slices.Sort(words)
	return strings.Join(words, " ")
}

func TestSearchTellsWhy(t *testing.T) {
	w := onSQLite(t)
	_, body := w.read(t, "GET", "/v1/search?q=ninjas+pyjamas&kind=team")
	same(t, "part", at(body, "items.0.matched.0.part"), any("name"))
	same(t, "name", at(body, "items.0.matched.0.name"), any("Ninjas in Pyjamas"))
	same(t, "source", at(body, "items.0.matched.0.source"), any("beta"))
	same(t, "fit", at(body, "items.0.matched.0.fit"), any("words"))
	same(t, "marks", at(body, "items.0.matched.0.marks.0.text"), any("Ninjas"))
	same(t, "marked", at(body, "items.0.matched.0.marks.0.marked"), any(true))
	same(t, "between", at(body, "items.0.matched.0.marks.1.text"), any(" in "))
	same(t, "facet", at(body, "facets.source.0.count"), any(1.0))
	same(t, "total", at(body, "total"), any(1.0))
}

func TestSearchPages(t *testing.T) {
	w := onSQLite(t)
	var all []string
	for at := "/v1/search?q=nip&limit=1"; at != ""; {
		_, body := w.read(t, "GET", at)
		all = append(all, w.ids(body, "id"))
		at, _ = body.(map[string]any)["next"].(string)
	}
	same(t, "pages", strings.Join(all, " "), "NIP M2 M1")
}

func TestSearchRefuses(t *testing.T) {
	w := onSQLite(t)
	for query, field := range map[string]string{
		"q=%21%21":                    "q",
		"q=a+b+c+d+e+f+g+h+i+j+k+l+m": "q",
		"q=nip&cursor=x":              "cursor",
		"q=nip&kind=player":           "kind",
		"q=nip&title={NIP}":           "title",
		"q=nip&date_start__gte=x":     "date_start__gte",
	} {
		answer, body := w.read(t, "GET", "/v1/search?"+query)
		same(t, query, answer.StatusCode, 422)
		same(t, query, at(body, "errors.0.location"), any(field))
	}
}

// index is an index that proposes some ids, or does not answer.
type index struct {
	ids   []resolve.ID
	fault error
	asked []search.Query
}

func (x *index) Candidates(_ context.Context, q search.Query, _ int) ([]resolve.ID, error) {
	x.asked = append(x.asked, q)
	return x.ids, x.fault
}

// TestIndexProposes has an index propose too much, and nothing: what is told is read from
// the database, which takes its place while it does not answer.
func TestIndexProposes(t *testing.T) {
	w := onSQLite(t)
	x := &index{ids: []resolve.ID{w.m1.Sides[0].Team.ID, w.m1.Sides[1].Team.ID, w.x.ID, "tem_0000000000000000"}}
	w.api = New(Config{Store: w.Store, Search: x})
	answer, body := w.read(t, "GET", "/v1/search?q=nip")
	same(t, "only what fits", w.ids(body, "id"), "NIP")
	same(t, "by", answer.Header.Get("Umpire-Searched"), "index")
	_, body = w.read(t, "GET", "/v1/matches?team=nin")
	same(t, "a list's names are found in the index", w.ids(body, "id"), "M2 M1")
	if q := x.asked[1]; !q.Part || q.Text != "nin" {
		t.Errorf("asked %+v", q)
	}
	x.ids = slices.Collect(maps.Values(w.names()))
	for _, part := range []string{"ni", "in", "virtus"} {
		_, found := w.read(t, "GET", "/v1/matches?team="+part)
		w.api = New(Config{Store: w.Store})
		_, want := w.read(t, "GET", "/v1/matches?team="+part)
		w.api = New(Config{Store: w.Store, Search: x})
		same(t, "a list is the same with an index, and without: "+part, w.ids(found, "id"), w.ids(want, "id"))
	}
	x.fault = errors.New("away")
	answer, body = w.read(t, "GET", "/v1/search?q=nip&kind=match")
	same(t, "the database takes its place", w.ids(body, "id"), "M2 M1")
	same(t, "by", answer.Header.Get("Umpire-Searched"), "database")
	_, body = w.read(t, "GET", "/v1/matches?team=virtus")
	same(t, "for lists, too", w.ids(body, "id"), "M2")
	answer, told := fetch(t, w.api, "GET", "/metrics", nil)
	if same(t, "metrics", answer.StatusCode, 200); !strings.Contains(string(told), `umpire_searches_total{by="fallback"} 2`) {
		t.Error("the metrics do not tell that the index was away")
	}
}
