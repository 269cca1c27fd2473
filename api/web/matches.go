package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"umpire/ent/store"
	"umpire/resolve"
)

// matchRow is a match as lists show it, merged or as one source tells it.
type matchRow struct {
	Path       string
	Start      *moment
	Sides      [2]sideRow
	State      string
	Title      *named
	Tournament *named
	Sources    []string
	Suggested  int // how many suggestions concern it

	records []resolve.ID
}

// sideRow is one side of a match in a list.
type sideRow struct {
	Team   named
	Points *float64
	Won    bool
}

// Scored reports whether any points are told.
func (m matchRow) Scored() bool { return m.Sides[0].Points != nil || m.Sides[1].Points != nil }

// Decided reports whether a winner is told.
func (m matchRow) Decided() bool { return m.Sides[0].Won || m.Sides[1].Won }

// named is a name that leads to its page.
type named struct{ Name, Path string }

// matchDay is the matches of a list that start on one day. Lists that are not in order of
// start are one day without a heading.
type matchDay struct {
	Day  *moment
	Rows []matchRow
}

// matchList is the page of matches.
type matchList struct {
	Form  form
	View  string // viewSources, or "" for merged
	Views []choice
	Days  []matchDay
	Empty bool
	Next  string
}

// viewSources is the view of the list of matches in which each source tells its own.
const viewSources = "sources"

// matches lists matches, merged or as each source tells them.
func (s *site) matches(w http.ResponseWriter, r *http.Request) error {
	sources, err := s.Store.Profiles(r.Context())
	if err != nil {
		return err
	}
	page := matchList{View: r.URL.Query().Get("view")}
	if page.View != viewSources {
		page.View = ""
	}
	page.Views = viewsOf(r.URL, page.View)
	form, filter := readMatchForm(r.URL.Query(), sources)
	page.Form = form
	status := http.StatusOK
	if form.Faulty {
		status = http.StatusBadRequest
	} else if err := s.fillMatches(r, &page, filter); err != nil {
		return err
	}
	return s.render(w, r, status, "matches", view{Title: "Matches", Section: "/matches", Body: page})
}

func (s *site) fillMatches(r *http.Request, page *matchList, filter store.MatchFilter) error {
	if err := s.byPresentIDs(r.Context(), &filter); err != nil {
		return err
	}
	rows, next, err := s.matchRows(r.Context(), page.View, filter)
	if err != nil {
		return err
	}
	page.Days, page.Empty = byDay(rows, filter.Sort), len(rows) == 0
	page.Next = nextPage(r.URL, next)
	return nil
}

// byPresentIDs gives former ids that a filter asks for those by which they are now called.
func (s *site) byPresentIDs(ctx context.Context, f *store.MatchFilter) error {
	for _, id := range []*string{&f.Title, &f.Tournament, &f.Team} {
		if resolve.ID(*id).Kind() == "" {
			continue
		}
		now, err := s.Store.Canonical(ctx, resolve.ID(*id))
		if errors.Is(err, store.ErrNotFound) {
			continue // and nothing will be found
		}
		if err != nil {
			return err
		}
		*id = string(now)
	}
	return nil
}

func (s *site) matchRows(ctx context.Context, view string, filter store.MatchFilter) ([]matchRow, string, error) {
	if view == viewSources {
		told, err := s.Store.MatchRecords(ctx, filter)
		if err != nil {
			return nil, "", err
		}
		rows := each(told.Items, recordRowOf)
		return rows, told.Next, s.markSuggested(ctx, rows)
	}
	merged, err := s.Store.Matches(ctx, filter)
	if err != nil {
		return nil, "", err
	}
	rows := each(merged.Items, rowOf)
	return rows, merged.Next, s.markSuggested(ctx, rows)
}

// markSuggested counts what waits for a person in each row.
func (s *site) markSuggested(ctx context.Context, rows []matchRow) error {
	var records []resolve.ID
	for _, row := range rows {
		records = append(records, row.records...)
	}
	counts, err := s.Store.Suggested(ctx, records)
	if err != nil {
		return err
	}
	for i := range rows {
		for _, r := range rows[i].records {
			rows[i].Suggested += counts[r]
		}
	}
	return nil
}

func each[A, B any](all []A, f func(A) B) []B {
	out := make([]B, len(all))
	for i, a := range all {
		out[i] = f(a)
	}
	return out
}

func rowOf(m store.Match) matchRow {
	row := matchRow{Path: pathOf(m.ID), Start: startOf(m.Start), State: stateName(m.State), Title: refNamed(m.Title), Tournament: refNamed(m.Tournament)}
	for i, side := range m.Sides {
		row.Sides[i] = sideRow{Team: named{side.Team.Name, pathOf(side.Team.ID)}, Points: side.Points, Won: side.Winner != nil && *side.Winner}
	}
	for _, r := range m.Records {
		row.records = append(row.records, r.ID)
		row.Sources = append(row.Sources, r.Source)
	}
	slices.Sort(row.Sources)
	row.Sources = slices.Compact(row.Sources)
	return row
}

// recordRowOf leads to the matches and teams that a record's are part of; their ids lead there.
func recordRowOf(r store.MatchRecord) matchRow {
	row := matchRow{
		Path: pathOf(r.ID), Start: startOf(r.Start), State: stateName(r.State),
		Title: recordNamed(r.Title), Tournament: recordNamed(r.Tournament), Sources: []string{r.Source},
		records: []resolve.ID{r.ID},
	}
	for i, side := range r.Sides {
		row.Sides[i] = sideRow{Team: *recordNamed(&side.Team), Points: side.Points, Won: side.Winner != nil && *side.Winner}
	}
	return row
}

func refNamed(r *store.Ref) *named {
	if r == nil || r.ID == "" {
		return nil
	}
	return &named{r.Name, pathOf(r.ID)}
}

func recordNamed(r *store.RecordRef) *named {
	if r == nil {
		return nil
	}
	return &named{r.Name, pathOf(r.ID)}
}

// byDay groups rows that follow each other on one day.
func byDay(rows []matchRow, sort store.Sort) []matchDay {
	if sort == store.ByUpdated || sort == store.ByUpdatedDesc {
		return []matchDay{{Rows: rows}}
	}
	var days []matchDay
	for _, row := range rows {
		day := row.Start
		if day == nil {
			day = &moment{}
		}
		if len(days) == 0 || days[len(days)-1].Day.Day != day.Day {
			days = append(days, matchDay{Day: dayOnly(day)})
		}
		last := &days[len(days)-1]
		last.Rows = append(last.Rows, row)
	}
	return days
}

func dayOnly(m *moment) *moment {
	if m.Day == "" {
		return &moment{}
	}
	return &moment{Day: m.Day, Machine: m.Machine[:len("2006-01-02")]}
}

func viewsOf(here *url.URL, view string) []choice {
	merged, told := choiceOf(here, "view", "", ""), choiceOf(here, "view", viewSources, view)
	merged.Name, merged.Current = "merged", !told.Current
	told.Name = "as each source tells it"
	return []choice{merged, told}
}

// latest lists matches that a page shows a few of.
func (s *site) latest(ctx context.Context, f store.MatchFilter) ([]matchRow, error) {
	rows, _, err := s.matchRows(ctx, "", f)
	return rows, err
}

// filterBy selects the matches of an entity.
func filterBy(id resolve.ID, limit int) store.MatchFilter {
	f := store.MatchFilter{Limit: limit}
	switch id.Kind() {
	case resolve.KindTitle:
		f.Title = string(id)
	case resolve.KindTournament:
		f.Tournament = string(id)
	case resolve.KindTeam:
		f.Team = string(id)
	}
	return f
}
