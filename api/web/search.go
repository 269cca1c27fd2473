package web

import (
	"bytes"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"umpire/api/search"
	"umpire/ent/store"
	"umpire/resolve"
)

const (
	hitsShown      = 20
	suggestedShown = 8
)

// searchRoutes are the page of searches, and what a field for them suggests as one types.
func (s *site) searchRoutes() map[string]handler {
	return map[string]handler{"GET /search": s.search, "GET /search/suggestions": s.suggest}
}

// finder searches the database: what a reader has just written is found on the next page.
func (s *site) finder() search.Finder { return search.Finder{Store: s.Store} }

// searchPage is what a search found.
type searchPage struct {
	Asked  string
	Fault  string // why it was not searched
	Hits   []searchHit
	Total  int
	More   bool
	Next   string
	Facets []searchFacet
}

// searchHit is an entity that was found.
type searchHit struct {
	Path, Kind, Name string
	Title            string // the name of the title that it belongs to
	Tournament       string
	Start            resolve.Time
	Whys             []searchWhy
}

// searchWhy is a name that fits: which source's, and what of it.
type searchWhy struct {
	Source string // "" set by hand
	Part   string
	Marks  []search.Run
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
	return s.show(w, r, "search", view{Title: "Search", Body: page})
}

func (s *site) fillSearch(r *http.Request, page *searchPage) error {
	query := r.URL.Query()
	q, err := search.Parse(page.Asked)
	if err == nil {
		err = narrow(&q, query)
	}
	var found search.Page
	if err == nil {
		found, err = s.finder().Find(r.Context(), q, query.Get("cursor"), hitsShown)
	}
	if invalid := (*resolve.InvalidError)(nil); errors.As(err, &invalid) {
		page.Fault = invalid.Error()
		return nil
	}
	if err != nil {
		return err
	}
	page.Total, page.More = found.Total, found.More
	for i := range found.Hits {
		page.Hits = append(page.Hits, searchHitOf(&found.Hits[i]))
	}
	if found.Next != "" {
		page.Next = searchPath(query, "cursor", found.Next)
	}
	page.Facets = facets(query, found.Facets)
	return nil
}

// narrow reads what a search is narrowed to.
func narrow(q *search.Query, query url.Values) error {
	if kind := query.Get("kind"); kind != "" {
		q.Kinds = []resolve.Kind{resolve.Kind(kind)}
	}
	if title := query.Get("title"); title != "" {
		q.Titles = []resolve.ID{resolve.ID(title)}
	}
	q.Source = query.Get("source")
	if state := query.Get("state"); state != "" {
		number, err := strconv.Atoi(state)
		if err != nil {
			return &resolve.InvalidError{Field: "state", Reason: "is a whole number, such as 1 or 2"}
		}
		q.State = &number
	}
	return nil
}

// facets are those that tell anything apart, and those that are chosen.
func facets(query url.Values, found search.Facets) []searchFacet {
	var all []searchFacet
	for _, f := range []struct {
		heading, parameter string
		facets             []search.Facet
	}{
		{"Kind", "kind", found.Kinds}, {"Title", "title", found.Titles}, {"State", "state", found.States}, {"Source", "source", found.Sources},
	} {
		chosen := query.Get(f.parameter)
		if len(f.facets) < 2 && chosen == "" {
			continue
		}
		facet := searchFacet{Heading: f.heading}
		for _, choice := range f.facets {
			shown := searchChoice{Name: choice.Name, Count: choice.Count, Chosen: choice.Value == chosen}
			if shown.Name == "" {
				shown.Name = choice.Value
			}
			shown.Path = searchPath(query, f.parameter, map[bool]string{false: choice.Value}[shown.Chosen])
			facet.Choices = append(facet.Choices, shown)
		}
		all = append(all, facet)
	}
	return all
}

// searchPath is the page of a query with one parameter as said, "" left out.
func searchPath(query url.Values, parameter, value string) string {
	changed := maps.Clone(query)
	changed.Del("cursor")
	changed.Set(parameter, value)
	maps.DeleteFunc(changed, func(_ string, values []string) bool { return len(values) == 0 || values[0] == "" })
	return "/search?" + changed.Encode()
}

func searchHitOf(h *search.Hit) searchHit {
	hit := searchHit{Path: pathOf(h.ID), Kind: string(h.Kind), Name: h.Called()}
	if h.Title != nil {
		hit.Title = h.Title.Names[0].Name
	}
	if h.Tournament != nil {
		hit.Tournament = h.Tournament.Names[0].Name
	}
	if h.Start != nil {
		hit.Start = resolve.Time{At: *h.Start, Precision: h.Precision, Raw: h.Start.Format(time.DateOnly)}
	}
	for _, m := range h.Matched {
		hit.Whys = append(hit.Whys, searchWhy{Source: m.Source, Part: m.Part, Marks: m.Marks()})
	}
	return hit
}

// suggest lists the best answers to what one has typed so far, each name once, as the
// options of a list box.
func (s *site) suggest(w http.ResponseWriter, r *http.Request) error {
	var hits []searchHit
	q, err := search.Parse(strings.TrimSpace(r.URL.Query().Get("q")))
	if err == nil { // what cannot be searched yet has no suggestions
		found, err := s.finder().Find(r.Context(), q, "", suggestedShown)
		if err != nil {
			return err
		}
		for i := range found.Hits {
			hits = append(hits, searchHitOf(&found.Hits[i]))
		}
	}
	var options bytes.Buffer
	if err := s.pages["search"].ExecuteTemplate(&options, "options", slices.Clip(hits)); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, err = options.WriteTo(w)
	return err
}
