package api

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestMatchesAreSelected(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		for _, test := range []struct{ why, query, want string }{
			{"all, the latest first", "", "M2 M1"},
			{"the other way round", "sort=date_start", "M1 M2"},
			{"a title by a part of its name", "title=counter-strike", "M2 M1"},
			{"a title by its id", "title={CSGO}", "M2 M1"},
			{"a title that is another", "title=dota", ""},
			{"a tournament, folded", "tournament=esl+one+COLOGNE", "M1"},
			{"a tournament by its id", "tournament={ESL}", "M1"},
			{"a team in any case", "team=FNATIC", "M1"},
			{"a team by a part of its name", "team=virtus", "M2"},
			{"a team by its id", "team={NIP}", "M2 M1"},
			{"a team by an id that was merged away", "team={FNATIC9}", "M1"},
			{"a team by an id that never was", "team=tem_0000000000000000", ""},
			{"finished", "state=2", "M1"},
			{"scheduled", "state=1", "M2"},
			{"a state that is nowhere", "state=0", ""},
			{"a source that tells one of them", "source=beta", "M1"},
			{"a source is named exactly", "source=bet", ""},
			{"a bare date is its day's start", "date_start__gte=2015-08-02", "M2"},
			{"a bare date is its day's end", "date_start__lte=2015-08-01", "M1"},
			{"the end of a day is not the next midnight", "date_start__lte=2015-08-01&date_start__gte=2015-08-01", "M1"},
			{"the challenge's other spelling", "date_start_lte=2015-08-01", "M1"},
			{"and its counterpart", "date_start_gte=2015-08-02", "M2"},
			{"an instant, inclusive from below", "date_start__gte=2015-08-01T14:30:00Z", "M2 M1"},
			{"an instant, just after", "date_start__gte=2015-08-01T14:30:01Z", "M2"},
			{"an instant, inclusive from above", "date_start__lte=2015-08-01T14:30:00Z", "M1"},
			{"an instant in another zone", "date_start__gte=2015-08-02T02:00:00%2B02:00", "M2"},
			{"a plus that the client forgot to escape", "date_start__gte=2015-08-02T02:00:00+02:00", "M2"},
			{"an instant before the day in UTC", "date_start__gte=2015-08-02T00:00:01-01:00", ""},
			{"nothing changed in the far future", "updated__gte=2999-01-01", ""},
			{"all changed since", "updated__gte=2015-08-01T00:00:00Z", "M2 M1"},
			{"all of several filters", "team=nip&state=2&date_start__gte=2015-08-01&source=alpha", "M1"},
			{"an empty filter is none", "team=&state=&date_start__gte=", "M2 M1"},
		} {
			answer, body := w.read(t, "GET", "/v1/matches?"+test.query)
			if answer.StatusCode != 200 {
				t.Errorf("%s: %s: %v", test.why, test.query, body)
				continue
			}
			same(t, test.why+": "+test.query, w.ids(body, "id"), test.want)
		}
	})
}

func (w *world) ids(body any, member string) string {
	var names []string
	for _, id := range column(body, "items", member) {
		names = append(names, w.called(id))
	}
	return strings.Join(names, " ")
}

func TestMatchesAsSourcesTellThem(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		for _, test := range []struct{ why, query, want string }{
			{"each record, withdrawn ones left out, without a start last", "", "M2 M1 M9 M3"},
			{"one source's", "source=beta", "M9"},
			{"a day counts where the instant is within it", "date_start__gte=2015-08-01T15:00:00Z", "M2 M9"},
			{"a day counts to its end", "date_start__lte=2015-08-01T00:00:00Z", "M9"},
		} {
			answer, body := w.read(t, "GET", "/v1/matches?view=sources&"+test.query)
			if answer.StatusCode != 200 {
				t.Errorf("%s: %v", test.why, body)
				continue
			}
			same(t, test.why, w.ids(body, "record"), test.want)
		}
	})
}

func TestMatchesPageByPage(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		for _, view := range []string{"merged", "sources"} {
			_, all := w.read(t, "GET", "/v1/matches?view="+view)
			var got []any
			next := "/v1/matches?limit=1&team=&view=" + view
			for next != "" {
				answer, body := w.read(t, "GET", next)
				if answer.StatusCode != 200 || len(at(body, "items").([]any)) > 1 {
					t.Fatalf("%s: %v", next, body)
				}
				got = append(got, at(body, "items").([]any)...)
				next, _ = at(body, "next").(string)
			}
			same(t, view+" page by page", got, at(all, "items").([]any))
		}
	})
}

func TestMatchInFull(t *testing.T) {
	w := onSQLite(t)
	_, body := w.read(t, "GET", "/v1/matches/{M1}")
	for path, want := range map[string]any{
		"id": string(w.m1.ID), "href": "/v1/matches/" + string(w.m1.ID),
		"title.name": "Counter-Strike: Global Offensive", "tournament.name": "ESL One: Cologne",
		"teams.0.name": "fnatic", "teams.0.score": 2.0, "teams.0.winner": true, "teams.1.winner": false,
		"teams.1.href": "/v1/teams/" + string(w.m1.Sides[1].Team.ID),
		"state":        2.0, "bestof": 3.0,
		"date_start": "2015-08-01T14:30:00Z", "date_start_precision": "minute", "date_start_text": "2015-08-01 16:30",
		"urls.0": "https://alpha.example/1", "sources.0": "alpha", "sources.1": "beta",
		"records.1.source": "beta", "records.1.id": "b/9", "records.1.record": string(w.m9.ID), "records.1.entity": string(w.m1.ID),
		"records.1.href":        "/v1/sources/beta/matches/b%2F9?title=cs+go",
		"provenance.date_start": string(w.m1.ID), "provenance.bestof": string(w.m1.ID),
		"links.0.verdict": "joined", "links.0.weight": 18.5, "links.0.lines.1.weight": 2.5, "links.1": nil,
	} {
		same(t, path, at(body, path), want)
	}
	_, records := w.read(t, "GET", "/v1/matches/{M1}/records")
	same(t, "records", w.ids(records, "record"), "M1 M9")
	same(t, "a record's own words", at(records, "items.1.teams.1.name"), any("Ninjas in Pyjamas"))
	_, history := w.read(t, "GET", "/v1/matches/{M1}/history")
	same(t, "history", strings.Join(column(history, "items", "act"), " "), "merged created")
	for path, want := range map[string]any{
		"cause": "run 1", "others.0": string(w.m9.ID), "records.1": string(w.m9.ID),
		"fields.state": 2.0, "fields.bestof": 3.0, "fields.tournament": string(w.m1.Tournament.ID),
		"fields.teams.0.id": string(w.m1.Sides[0].Team.ID), "fields.teams.0.score": 2.0, "fields.teams.1.winner": false,
		"fields.date_start": "2015-08-01T14:30:00Z", "fields.date_start_precision": "minute",
	} {
		same(t, path, at(history, "items.0."+path), want)
	}
	_, retired := w.read(t, "GET", "/v1/matches/{M9}/history")
	same(t, "what is no more has no fields", at(retired, "items.0.fields"), nil)
}

func TestBadParametersAreNamed(t *testing.T) {
	w := onSQLite(t)
	for _, test := range []struct{ why, path, names, says string }{
		{"a day that there is not", "/v1/matches?date_start__gte=2015-02-30", "date_start__gte", "2015-02-30"},
		{"no date at all", "/v1/matches?date_start__lte=yesterday", "date_start__lte", "RFC 3339"},
		{"a month is no day", "/v1/matches?date_start_lte=2015-08", "date_start_lte", "RFC 3339"},
		{"a time without a zone", "/v1/matches?date_start_gte=2015-08-01T10:00:00", "date_start_gte", "RFC 3339"},
		{"a year that databases have not", "/v1/matches?updated__gte=0000-01-01", "updated__gte", "0000-01-01"},
		{"two spellings at once", "/v1/matches?date_start__lte=2015-08-01&date_start_lte=2015-08-02", "date_start_lte", "another spelling"},
		{"an end before its beginning", "/v1/matches?date_start__lte=2015-08-01&date_start__gte=2015-08-02", "date_start__lte", "before"},
		{"a word for a number", "/v1/matches?state=finished", "state", "integer"},
		{"no item", "/v1/matches?limit=0", "limit", ""},
		{"too many items", "/v1/matches?limit=501", "limit", "500"},
		{"an order that there is not", "/v1/matches?sort=name", "sort", "-date_start"},
		{"a view that there is not", "/v1/matches?view=both", "view", "merged"},
		{"a cursor that no list gave", "/v1/matches?cursor=bm9uZQ", "cursor", ""},
		{"an id of another kind", "/v1/matches?team={M1}", "team", "match"},
		{"a mistyped filter, not passed over", "/v1/matches?date_start__lt=2015-08-01", "date_start__lt", "is date_start__lte meant?"},
		{"a filter of elsewhere", "/v1/matches?publisher=valve", "publisher", "there are view, title, tournament"},
		{"a parameter where there are none", "/v1/stats?state=1", "state", "there are none"},
		{"a filter given twice", "/v1/matches?team=fnatic&team=nip", "team", "twice"},
		{"bytes that are no text", "/v1/matches?team=%ff", "team", "not text"},
		{"a NUL", "/v1/messages?source=a%00b", "source", "not text"},
		{"a NUL in a path", "/v1/sources/a%00b", "source", "not text"},
		{"all that are wrong at once", "/v1/matches?date_start__gte=x&updated__gte=y", "date_start__gte updated__gte", "RFC 3339"},
		{"a fate that there is not", "/v1/messages?fate=lost", "fate", "quarantined"},
		{"a kind that there is not", "/v1/suggestions?kind=player", "kind", "tournament"},
		{"a number that is none", "/v1/messages/one", "id", "integer"},
		{"a change before the first", "/v1/changes?after=-1", "after", ""},
		{"more patience than there is", "/v1/changes?wait=60", "wait", "25"},
		{"titles have no title", "/v1/titles?title=x", "title", "no parameter here"},
	} {
		answer, body := w.read(t, "GET", test.path)
		if answer.StatusCode != 422 {
			t.Errorf("%s: %s: %d %v", test.why, test.path, answer.StatusCode, body)
			continue
		}
		isProblem(t, answer, body)
		same(t, test.why, strings.Join(column(body, "errors", "location"), " "), test.names)
		detail, _ := at(body, "detail").(string)
		if !strings.HasPrefix(detail, strings.Fields(test.names)[0]+": ") || !strings.Contains(detail, test.says) {
			t.Errorf("%s: %s: %q does not say %q", test.why, test.path, detail, test.says)
		}
	}
}

func TestQueriesThatCannotBeRead(t *testing.T) {
	w := onSQLite(t)
	for _, query := range []string{"team=%zz", "team=a;b"} {
		answer, body := w.read(t, "GET", "/v1/matches?"+query)
		same(t, query, answer.StatusCode, http.StatusBadRequest)
		isProblem(t, answer, body)
	}
}

// FuzzQueries: whatever is asked, the answer is a list or a problem, never a fault.
func FuzzQueries(f *testing.F) {
	for _, seed := range []string{
		"", "team=fnatic", "title=%27%3B+DROP+TABLE+matches", "cursor=eyJ2IjoxLCJzIjoiLWRhdGVfc3RhcnQiLCJrIjpbXX0",
		"state=99999999999999999999", "state=-9223372036854775808", "limit=1e3", "date_start__lte=9999-12-31T23:59:59-23:00",
		"team=%25%5F%5C", "source=\xff", "sort=-updated&cursor=%00", "team=mch_&tournament=trn_&title=ttl_",
	} {
		f.Add("/v1/matches", seed)
		f.Add("/v1/teams/tem_%2e%2e", seed)
	}
	w := onSQLite(f)
	f.Fuzz(func(t *testing.T, path, query string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL = &url.URL{Path: "/" + strings.TrimPrefix(path, "/"), RawQuery: query}
		answer := httptest.NewRecorder()
		w.api.ServeHTTP(answer, r)
		if answer.Code >= 500 {
			t.Errorf("%s?%s: %d %s", path, query, answer.Code, answer.Body)
		}
	})
}
