package web

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"umpire/ent/store"
)

func TestReadMatchForm(t *testing.T) {
	day := func(d, h int) *time.Time { return new(time.Date(2015, 3, d, h, 0, 0, 0, time.UTC)) }
	for _, c := range []struct {
		why, query string
		want       store.MatchFilter
		faults     map[string]string
	}{
		{"nothing asks for all, latest first", "", store.MatchFilter{Sort: store.ByStartDesc}, nil},
		{"names are trimmed", "team=+fnatic+&title=CS", store.MatchFilter{Team: "fnatic", Title: "CS", Sort: store.ByStartDesc}, nil},
		{"a day from its start", "date_start__gte=2015-03-14", store.MatchFilter{From: day(14, 0), Sort: store.ByStartDesc}, nil},
		{"and to its last moment", "date_start__lte=2015-03-14", store.MatchFilter{To: new(day(15, 0).Add(-time.Microsecond)), Sort: store.ByStartDesc}, nil},
		{"in the other spelling too", "date_start_lte=2015-03-14", store.MatchFilter{To: new(day(15, 0).Add(-time.Microsecond)), Sort: store.ByStartDesc}, nil},
		{"an instant in any zone", "date_start__gte=2015-03-14T19:00:00%2B01:00", store.MatchFilter{From: day(14, 18), Sort: store.ByStartDesc}, nil},
		{"a state that has no name", "state=7", store.MatchFilter{State: new(7), Sort: store.ByStartDesc}, nil},
		{"a source that there is, in another order", "source=hltv&sort=updated", store.MatchFilter{Source: "hltv", Sort: store.ByUpdated}, nil},
		{"a day that there is not", "date_start__gte=2015-02-31", store.MatchFilter{Sort: store.ByStartDesc}, map[string]string{"date_start__gte": "a day such as 2015-03-14, or an instant such as 2015-03-14T18:30:00Z"}},
		{"the end before the start", "date_start__gte=2015-03-14&date_start__lte=2015-03-13", store.MatchFilter{From: day(14, 0), To: new(day(14, 0).Add(-time.Microsecond)), Sort: store.ByStartDesc}, map[string]string{"date_start__lte": "this is before the start"}},
		{"a state that is no number", "state=done", store.MatchFilter{Sort: store.ByStartDesc}, map[string]string{"state": "a state is a whole number, such as 1 or 2"}},
		{"a source that there is not", "source=nobody", store.MatchFilter{Source: "nobody", Sort: store.ByStartDesc}, map[string]string{"source": "there is no source of this name"}},
		{"an order that there is not", "sort=name", store.MatchFilter{Sort: "name"}, map[string]string{"sort": "there is no order of this name"}},
	} {
		t.Run(c.why, func(t *testing.T) {
			query, err := url.ParseQuery(c.query)
			if err != nil {
				t.Fatal(err)
			}
			form, filter := readMatchForm(query, []store.Source{{Name: "hltv"}, {Name: ""}})
			if diff := cmp.Diff(c.want, filter); diff != "" {
				t.Errorf("filter (-want +got)\n%s", diff)
			}
			var faults map[string]string
			for _, f := range form.Fields {
				if f.Fault != "" {
					faults = map[string]string{f.Param: f.Fault}
				}
			}
			if diff := cmp.Diff(c.faults, faults); diff != "" {
				t.Errorf("faults (-want +got)\n%s", diff)
			}
			if form.Faulty != (c.faults != nil) {
				t.Errorf("faulty is %t", form.Faulty)
			}
		})
	}
}
