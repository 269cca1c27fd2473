package web

import (
	"bytes"
	"cmp"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"umpire/api/access"
	"umpire/api/search"
	"umpire/ent/store"
	"umpire/resolve"
	letters "umpire/resolve/text"
)

const (
	hitsShown      = 20
	suggestedShown = 8
)

// wroteCookie says that its browser wrote lately: what it wrote may not be in the index yet.
const (
	wroteCookie = "umpire_wrote"
	wroteKept   = 10 // seconds
)

// note has a browser that writes say so for a while, by wroteCookie.
func note(w http.ResponseWriter, r *http.Request, needs access.Permission) {
	if r.Method == http.MethodPost && needs != access.Anyone {
		http.SetCookie(w, &http.Cookie{Name: wroteCookie, Value: "1", Path: "/search", MaxAge: wroteKept, HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode})
	}
}

// finder asks the index, if there is one, and the database for a reader who has just written.
func (s *site) finder(r *http.Request) search.Finder {
	f := search.Finder{Store: s.Store, Index: s.Search}
	if _, err := r.Cookie(wroteCookie); err == nil {
		f.Index = nil
	}
	return f
}

// searchPage is what a search found.
type searchPage struct {
	Asked  string
	Fault  string // why it was not searched
	Hits   []searchHit
	Total  int
	More   bool
	Next   string
	All    string // the same search, not narrowed; "" it is not
	Facets []searchFacet
}

// searchHit is an entity that was found.
type searchHit struct {
	Path, Kind, Name  string
	Title, Tournament string // the names of what it belongs to
	State             string
	Start             *moment
	Whys              []searchWhy
}

// searchWhy is a name that fits: which source's, and what of it.
type searchWhy struct {
	Source string // "" set by hand
	Marks  []search.Run
}

// Other tells whether a name that fits is not the one that is shown.
func (h searchHit) Other() bool {
	return len(h.Whys) == 1 && textOf(h.Whys[0].Marks) != h.Name && h.Kind != string(resolve.KindMatch)
}

// searchFacet is what a search could be narrowed to, or is.
type searchFacet struct {
	Heading string
	Choices []searchChoice
}

type searchChoice struct {
	Name, Path string
	Count      int
	Chosen     bool // its path leads back
}

// search shows what a text finds. An id leads to its entity.
func (s *site) search(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	page := searchPage{Asked: strings.TrimSpace(query.Get("q"))}
	if id := resolve.ID(page.Asked); id.Kind() != "" {
		now, err := s.Store.Canonical(r.Context(), id)
		if err == nil {
			return &movedError{to: pathOf(now)}
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	if page.Asked != "" {
		if err := s.fillSearch(r, &page); err != nil {
			return err
		}
	}
	return s.show(w, r, "search", view{Title: "Search", Section: "/search", Body: page})
}

func (s *site) fillSearch(r *http.Request, page *searchPage) error {
	query := r.URL.Query()
	q, err := readSearch(query)
	var found search.Page
	if err == nil {
		found, err = s.finder(r).Find(r.Context(), q, query.Get("cursor"), hitsShown)
	}
	if invalid := (*resolve.InvalidError)(nil); errors.As(err, &invalid) {
		page.Fault = invalid.Error()
		return nil
	}
	if err != nil {
		return err
	}
	page.Total, page.More, page.Hits = found.Total, found.More, each(found.Hits, searchHitOf)
	if found.Next != "" {
		page.Next = searchPath(query, "cursor", found.Next)
	}
	if page.Facets = facets(query, found.Facets); len(query) > 1 {
		page.All = searchPath(url.Values{}, "q", page.Asked)
	}
	return nil
}

// readSearch reads what is searched for, and what the search is narrowed to.
func readSearch(query url.Values) (search.Query, error) {
	q, err := search.Parse(strings.TrimSpace(query.Get("q")))
	if err != nil {
		return q, err
	}
	if kind := resolve.Kind(query.Get("kind")); kind != "" {
		if !slices.Contains(resolve.Kinds[:], kind) {
			return q, &resolve.InvalidError{Field: "kind", Reason: "is title, tournament, team or match"}
		}
		q.Kinds = []resolve.Kind{kind}
	}
	if title := query.Get("title"); title != "" {
		q.Titles = []resolve.ID{resolve.ID(title)}
	}
	q.Source = query.Get("source")
	if state := query.Get("state"); state != "" {
		number, err := strconv.Atoi(state)
		if err != nil {
			return q, &resolve.InvalidError{Field: "state", Reason: "is a whole number, such as 1 or 2"}
		}
		q.State = &number
	}
	return q, nil
}

// facets are those that tell anything apart, and those that are chosen.
func facets(query url.Values, found search.Facets) []searchFacet {
	var all []searchFacet
	for _, f := range []struct {
		heading, parameter string
		facets             []search.Facet
		word               func(string) string // for a value; nil: its own
	}{
		{"Kind", "kind", found.Kinds, nil},
		{"Title", "title", found.Titles, nil},
		{"State", "state", found.States, stateWord},
		{"Source", "source", found.Sources, nil},
	} {
		chosen := query.Get(f.parameter)
		if len(f.facets) < 2 && chosen == "" {
			continue
		}
		facet := searchFacet{Heading: f.heading}
		for _, choice := range f.facets {
			shown := searchChoice{Name: cmp.Or(choice.Name, choice.Value), Count: choice.Count, Chosen: choice.Value == chosen}
			if f.word != nil {
				shown.Name = f.word(choice.Value)
			}
			to := choice.Value
			if shown.Chosen {
				to = ""
			}
			shown.Path = searchPath(query, f.parameter, to)
			facet.Choices = append(facet.Choices, shown)
		}
		if len(facet.Choices) > 0 {
			all = append(all, facet)
		}
	}
	return all
}

func stateWord(value string) string {
	n, err := strconv.Atoi(value)
	if err != nil {
		return value
	}
	return stateName(&n)
}

// searchPath is the page of a query with one parameter as said, "" left out.
func searchPath(query url.Values, parameter, value string) string {
	changed := maps.Clone(query)
	changed.Del("cursor")
	changed.Set(parameter, value)
	maps.DeleteFunc(changed, func(_ string, values []string) bool { return len(values) == 0 || values[0] == "" })
	return "/search?" + changed.Encode()
}

func searchHitOf(h search.Hit) searchHit {
	hit := searchHit{Path: pathOf(h.ID), Kind: string(h.Kind), Name: h.Called(), State: stateName(h.State)}
	if h.Title != nil {
		hit.Title = h.Title.Names[0].Name
	}
	if h.Tournament != nil {
		hit.Tournament = h.Tournament.Names[0].Name
	}
	if h.Start != nil {
		hit.Start = startOf(resolve.Time{At: *h.Start, Precision: h.Precision})
	}
	for _, m := range h.Matched {
		hit.Whys = append(hit.Whys, searchWhy{m.Source, shownRuns(m.Marks())})
	}
	return hit
}

// shownRuns are the pieces of a name as pages show it: clipped, and with nothing in it that
// changes the shape of the text.
func shownRuns(runs []search.Run) []search.Run {
	var shown []search.Run
	for left := nameShown; len(runs) > 0 && left > 0; runs = runs[1:] {
		piece := clip(runs[0].Text, left)
		shown = append(shown, search.Run{Text: letters.Tame(piece), Marked: runs[0].Marked})
		left -= utf8.RuneCountInString(piece)
	}
	return shown
}

func textOf(runs []search.Run) string {
	var all strings.Builder
	for _, r := range runs {
		all.WriteString(r.Text)
	}
	return all.String()
}

// suggest lists the best answers to what one has typed so far, as the options of a list box.
func (s *site) suggest(w http.ResponseWriter, r *http.Request) error {
	var hits []searchHit
	q, err := search.Parse(strings.TrimSpace(r.URL.Query().Get("q")))
	if err == nil { // what cannot be searched yet has no suggestions
		found, err := s.finder(r).Find(r.Context(), q, "", suggestedShown)
		if err != nil {
			return err
		}
		hits = each(found.Hits, searchHitOf)
	}
	var options bytes.Buffer
	if err := s.editions[rightsOf(access.From(r.Context()))]["search"].ExecuteTemplate(&options, "options", hits); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = options.WriteTo(w) // who has gone need not be told
	return nil
}
