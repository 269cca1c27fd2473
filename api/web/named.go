package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"umpire/ent/store"
	"umpire/resolve"
)

const (
	namedShown   = 100
	matchesShown = 25
	partsShown   = 12
)

// namedPage is a title, tournament or team.
type namedPage struct {
	store.Named
	NameFrom    string // the source that its name was taken from
	BySource    []sourceNames
	Names       []nameSpan // of a team
	Within      []evidence
	Suggestions []suggestion
	Apart       []evidence
	Latest      []matchDay
	AllMatches  string
	Parts       []part // of a title
	History     []event
	Curation    curation
}

// sourceNames is what one source calls an entity.
type sourceNames struct {
	Source  string
	Records []store.RecordRef
}

// named makes the page of a title, tournament or team.
func (s *site) named(kind resolve.Kind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := s.canonical(r, kind)
		if err != nil {
			return err
		}
		page, err := s.namedPage(r.Context(), id)
		if err != nil {
			return err
		}
		return s.show(w, r, "named", view{Title: nameOf(page.Name).Text, Section: sectionOf(kind), Body: page})
	}
}

func (s *site) namedPage(ctx context.Context, id resolve.ID) (namedPage, error) {
	n, err := s.Store.Named(ctx, id)
	if err != nil {
		return namedPage{}, err
	}
	page := namedPage{Named: n, BySource: bySource(n.Records), AllMatches: "/matches?" + string(n.Kind) + "=" + string(id)}
	for _, r := range n.Records {
		if n.From["name"] == r.ID {
			page.NameFrom = r.Source
		}
	}
	if page.Names, err = s.nameSpans(ctx, n); err != nil {
		return namedPage{}, err
	}
	if err := s.namedEvidence(ctx, &page); err != nil {
		return namedPage{}, err
	}
	if err := s.namedParts(ctx, &page); err != nil {
		return namedPage{}, err
	}
	matches, err := s.latest(ctx, filterBy(id, matchesShown))
	if err != nil {
		return namedPage{}, err
	}
	page.Latest = byDay(matches, store.ByStartDesc)
	page.History, err = s.history(ctx, id)
	return page, err
}

func (s *site) namedEvidence(ctx context.Context, page *namedPage) error {
	links, err := s.Store.Links(ctx, store.LinkFilter{Entity: page.ID, Limit: linksShown})
	if err != nil {
		return err
	}
	sorted := s.sortLinks(page.ID, links.Items)
	page.Within, page.Apart = sorted.within, sorted.apart
	if page.Suggestions, err = s.suggested(ctx, sorted.suggested); err != nil {
		return err
	}
	page.Curation, err = s.curationOf(ctx, page.ID, page.Version, page.Records, links.Items)
	return err
}

// nameSpan is a name that a source used for a team, and when.
type nameSpan struct {
	store.NameSpan
	When string // such as "until 2015-06-28, from 2012-08-19"; "" if no day is known
}

// nameSpans reads what a team was called, and when; of other entities nothing.
func (s *site) nameSpans(ctx context.Context, n store.Named) ([]nameSpan, error) {
	if n.Kind != resolve.KindTeam {
		return nil, nil
	}
	spans, err := s.Store.NameSpans(ctx, n.ID)
	last := map[resolve.ID]time.Time{}
	for _, span := range spans {
		if span.Last != nil {
			last[span.Record] = *span.Last
		}
	}
	return each(spans, func(span store.NameSpan) nameSpan { return nameSpan{span, whenOf(span, last[span.Record])} }), err
}

// whenOf tells a span in words: one that ended before the record's last match did so for good.
func whenOf(s store.NameSpan, last time.Time) string {
	switch {
	case s.First == nil:
		return ""
	case s.First.Equal(*s.Last):
		return "on " + s.Last.Format(time.DateOnly)
	case s.Last.Before(last):
		return "until " + s.Last.Format(time.DateOnly) + ", from " + s.First.Format(time.DateOnly)
	}
	return "from " + s.First.Format(time.DateOnly) + ", last on " + s.Last.Format(time.DateOnly)
}

// part is a few of the entities that belong to a title.
type part struct {
	Heading, Name string
	All           string // the page of all of them
	Items         []store.Named
}

// namedParts reads what belongs to a title.
func (s *site) namedParts(ctx context.Context, page *namedPage) error {
	if page.Kind != resolve.KindTitle {
		return nil
	}
	for _, kind := range []resolve.Kind{resolve.KindTournament, resolve.KindTeam} {
		list, err := s.Store.NamedList(ctx, store.NamedFilter{Kind: kind, Title: string(page.ID), Limit: partsShown})
		if err != nil {
			return err
		}
		page.Parts = append(page.Parts, part{headings[kind], strings.ToLower(headings[kind]), sectionOf(kind) + "?title=" + string(page.ID), list.Items})
	}
	return nil
}

// bySource groups records by their source, in order of first appearance.
func bySource(records []store.RecordRef) []sourceNames {
	var groups []sourceNames
	at := map[string]int{}
	for _, r := range records {
		i, found := at[r.Source]
		if !found {
			i = len(groups)
			at[r.Source] = i
			groups = append(groups, sourceNames{Source: r.Source})
		}
		groups[i].Records = append(groups[i].Records, r)
	}
	return groups
}

// namedList is the page of all titles, tournaments or teams.
type namedList struct {
	Heading, Path string
	Titles        bool // each is of a title
	Fields        []formField
	Narrowed      bool
	Items         []namedRow
	Next          string
}

// namedRow is an entity in a list with the sources that tell it.
type namedRow struct {
	store.Named
	Sources []sourceNames
	Others  []string // its other names
}

// namedList makes the list of titles, tournaments or teams.
func (s *site) namedList(kind resolve.Kind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		sources, err := s.Store.Profiles(r.Context())
		if err != nil {
			return err
		}
		form, filter := readNamedForm(r.URL.Query(), kind, sources)
		list, err := s.Store.NamedList(r.Context(), filter)
		if err != nil {
			return err
		}
		page := namedList{
			Heading: headings[kind], Path: sectionOf(kind), Titles: kind != resolve.KindTitle,
			Fields: form.Fields, Narrowed: form.Narrowed,
			Items: each(list.Items, namedRowOf), Next: nextPage(r.URL, list.Next),
		}
		return s.show(w, r, "namedlist", view{Title: page.Heading, Section: page.Path, Body: page})
	}
}

func readNamedForm(query url.Values, kind resolve.Kind, sources []store.Source) (form, store.NamedFilter) {
	in := formReader{query: query}
	f := store.NamedFilter{Kind: kind, Cursor: query.Get("cursor"), Limit: namedShown}
	f.Name = in.text("name", "Name", "in part")
	if kind != resolve.KindTitle {
		f.Title = in.text("title", "Title", "game or sport")
	}
	f.Source = in.choose("source", "Source", sourceOptions(sources))
	f.Twice = in.choose("twice", "Told", twiceOptions) != ""
	return in.form, f
}

func namedRowOf(n store.Named) namedRow {
	row := namedRow{Named: n, Sources: bySource(n.Records)}
	seen := map[string]bool{n.Name: true}
	for _, r := range n.Records {
		if !seen[r.Name] {
			row.Others = append(row.Others, r.Name)
		}
		seen[r.Name] = true
	}
	return row
}

var headings = map[resolve.Kind]string{
	resolve.KindTitle: "Titles", resolve.KindTournament: "Tournaments", resolve.KindTeam: "Teams", resolve.KindMatch: "Matches",
}

// sectionOf is the navigation's entry of a kind.
func sectionOf(kind resolve.Kind) string { return "/" + strings.ToLower(headings[kind]) }

// Section is the list that the page is one of.
func (p namedPage) Section() string { return sectionOf(p.Kind) }
