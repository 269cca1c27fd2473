package api

import (
	"strings"
	"testing"
)

func TestLookup(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		answer, body := w.read(t, "POST", "/v1/lookup", `{
			"records": [
				{"source":"beta","kind":"match","id":"b/9"},
				{"source":"beta","kind":"match","id":"b/9","title":"CS:GO"},
				{"source":"beta","kind":"match","id":"b/9","title":"Dota 2"},
				{"source":"alpha","kind":"team","id":"NiP"},
				{"source":"beta","kind":"match","id":"x"},
				{"source":"nobody","kind":"title","id":"'; DROP TABLE matches"}
			],
			"entities": ["{M1}", "{M9}", "{FNATIC9}", "{X}", "mch_0000000000000000", "what", ""]
		}`)
		same(t, "status", answer.StatusCode, 200)
		for path, want := range map[string]string{
			"records.0.found.0.entity": "M1", "records.0.found.0.record": "M9", "records.0.asked.id": "b/9",
			"records.1.found.0.entity": "M1", "records.2.found.0.entity": "",
			"records.3.found.0.entity": "NIP",
			"records.4.found.0.record": "X", "records.4.found.0.entity": "", "records.5.found.0.entity": "",
			"entities.0.entity": "M1", "entities.0.records.1.record": "M9",
			"entities.1.entity": "M1", "entities.1.asked": "M9", "entities.2.entity": "FNATIC",
			"entities.3.entity": "", "entities.4.entity": "", "entities.5.entity": "", "entities.6.entity": "",
		} {
			got, _ := at(body, path).(string)
			same(t, path, w.called(got), want)
		}
	})
}

func TestLookupIsBounded(t *testing.T) {
	w := onSQLite(t)
	entities := func(n int) string {
		return `"entities":[` + strings.TrimSuffix(strings.Repeat(`"{M1}",`, n), ",") + `]`
	}
	records := func(n int) string {
		return `"records":[` + strings.TrimSuffix(strings.Repeat(`{"source":"alpha","kind":"match","id":"1"},`, n), ",") + `]`
	}
	for _, test := range []struct {
		why, body string
		status    int
		names     string
	}{
		{"nothing is asked, nothing is answered", `{}`, 200, ""},
		{"as many as may be", `{` + entities(400) + `,` + records(600) + `}`, 200, ""},
		{"one too many", `{` + entities(401) + `,` + records(600) + `}`, 422, "body"},
		{"far too many", `{` + entities(1001) + `}`, 422, "body.entities"},
		{"a kind that there is not", `{"records":[{"source":"a","kind":"player","id":"1"}]}`, 422, "body.records[0].kind"},
		{"no id", `{"records":[{"source":"a","kind":"team"}]}`, 422, "body.records[0]"},
		{"a number for an id", `{"records":[{"source":"a","kind":"team","id":1}]}`, 422, "body.records[0].id"},
		{"a NUL", `{"records":[{"source":"a","kind":"team","id":"\u0000"}]}`, 422, "body.records[0].id"},
		{"a NUL for an entity", `{"entities":["tem_\u0000"]}`, 422, "body.entities[0]"},
		{"no JSON", `{"entities":`, 400, "body"},
		{"another member", `{"ids":[]}`, 422, "body.ids"},
	} {
		answer, body := w.read(t, "POST", "/v1/lookup", test.body)
		same(t, test.why, answer.StatusCode, test.status)
		if test.status != 200 {
			isProblem(t, answer, body)
			same(t, test.why, column(body, "errors", "location")[0], test.names)
		}
	}
}
