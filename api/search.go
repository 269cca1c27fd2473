package api

// Search: entities by what people type. What is meant by it api/search knows; here it is
// asked and told.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"umpire/api/access"
	"umpire/api/search"
	"umpire/ent/store"
	"umpire/resolve"
	"umpire/resolve/text"
)

func (a *API) routeSearch() {
	a.searches = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "umpire_searches_total", Help: "Searches, by what answered: the index, the database, or the database in the index's place.",
	}, []string{"by"})
	a.metrics.MustRegister(a.searches)
	op := get("/v1/search", "Search", "search", "Search for anything",
		"By every name that an entity has or ever had in any source: from its beginning, by its initials, with an error or two in it, by all words in any order; case and accents do not count. Two names find the match between those who bear them (`fnatic nip`, `fnatic vs nip`), a name and a tournament's the matches there, and a day or a month in the text restricts (`fnatic vs nip 2015-03`). "+
			"The best answers come first: exact names, beginnings, initials, words, errors; then those with more records, and the newer matches. Each tells which source's name fits. Errors are looked for where nothing fits as it was typed. At most 200 are ranked; `more` says that there may be others.")
	handle(a, access.Read, respond(op, "200", "A page of what was found.", "Umpire-Searched",
		"What was searched: index, or database, if there is none or it did not answer.", "database"), a.search)
}

// SearchParams are what is searched for.
type SearchParams struct {
	Q          string       `query:"q" maxLength:"200" doc:"What to search for; left out: what the filters leave, matches alone." example:"fnatic vs nip 2015-03"`
	Kind       resolve.Kind `query:"kind" enum:"title,tournament,team,match" doc:"What to find; left out: all." example:"team"`
	Title      string       `query:"title" maxLength:"200" doc:"The game or sport: a part of its name in any case and with or without accents, or its id." example:"CS:GO"`
	Tournament string       `query:"tournament" maxLength:"200" doc:"The tournament, and its matches: a part of its name, or its id." example:"ESL One Cologne"`
	State      Maybe[int]   `query:"state" doc:"Matches in this state: 1 scheduled, 2 finished, or another number that a source sends." example:"2"`
	Source     string       `query:"source" maxLength:"1000" doc:"The name of a source that tells it, exactly." example:"hltv"`
	From       string       `query:"date_start__gte" doc:"Matches that start then or later: an RFC 3339 time, or a date for the start of its day in UTC." example:"2015-08-01"`
	FromToo    string       `query:"date_start_gte" doc:"Another spelling of date_start__gte." example:"2015-08-01"`
	To         string       `query:"date_start__lte" doc:"Matches that start then or earlier: an RFC 3339 time, or a date for the end of its day in UTC." example:"2015-08-31"`
	ToToo      string       `query:"date_start_lte" doc:"Another spelling of date_start__lte." example:"2015-08-31"`
	Paging
}

// SearchPage is a page of what was found.
type SearchPage struct {
	Page[SearchHit]
	Total  int          `json:"total" doc:"How many were ranked, on all pages." example:"12"`
	More   bool         `json:"more,omitempty" doc:"There may be others than were ranked: say more of what is meant." example:"true"`
	Facets SearchFacets `json:"facets" doc:"What all pages could be narrowed to."`
}

// SearchFacets count what was found, by what it could be narrowed to.
type SearchFacets struct {
	Kind   []SearchFacet `json:"kind" nullable:"false" doc:"By kind."`
	Title  []SearchFacet `json:"title" nullable:"false" doc:"By title."`
	State  []SearchFacet `json:"state" nullable:"false" doc:"Of matches, by state."`
	Source []SearchFacet `json:"source" nullable:"false" doc:"By source that tells it; what several tell counts for each."`
}

// SearchFacet is a value of the parameter of that name, and how many have it.
type SearchFacet struct {
	Value string `json:"value" doc:"What the parameter takes." example:"team"`
	Name  string `json:"name,omitempty" doc:"Of a title: its name." example:"Counter-Strike: Global Offensive"`
	Count int    `json:"count" doc:"How many have it." example:"3"`
}

// SearchHit is an entity that was found, and why.
type SearchHit struct {
	ID         resolve.ID   `json:"id" doc:"Its id." example:"tem_3k9x0m2vqc41ahzt"`
	Kind       resolve.Kind `json:"kind" enum:"title,tournament,team,match" doc:"What it is." example:"team"`
	Href       string       `json:"href" doc:"Where it is." example:"/v1/teams/tem_3k9x0m2vqc41ahzt"`
	Name       string       `json:"name" doc:"Its name; of a match its teams'." example:"Natus Vincere"`
	Title      *Ref         `json:"title,omitempty" doc:"The game or sport that it belongs to."`
	Tournament *Ref         `json:"tournament,omitempty" doc:"Of a match: the tournament."`
	Teams      []Ref        `json:"teams,omitempty" nullable:"false" doc:"Of a match: the two sides."`
	State      *int         `json:"state,omitempty" doc:"Of a match: 1 scheduled, 2 finished; another number is as a source sent it." example:"2"`
	Start
	Sources []string      `json:"sources" nullable:"false" doc:"Who tells it, by name." example:"[\"alpha\",\"beta\"]"`
	Version int64         `json:"version" doc:"The change that it now follows, as /v1/changes numbers it." example:"4217"`
	Matched []SearchMatch `json:"matched" nullable:"false" doc:"The names that the text fits, in the order of its words."`
}

// SearchMatch is a name that words of the text fit.
type SearchMatch struct {
	Part   string       `json:"part" enum:"name,team,tournament,title" doc:"What has the name: the entity itself, or what it refers to." example:"name"`
	Of     resolve.ID   `json:"of" doc:"The entity that has it." example:"tem_3k9x0m2vqc41ahzt"`
	Name   string       `json:"name" doc:"The name as sent." example:"Natus Vincere"`
	Source string       `json:"source,omitempty" doc:"The source that calls it so, or once did; left out of a name that was set by hand." example:"alpha"`
	Fit    string       `json:"fit" enum:"exact,begins,short,words,near,within" doc:"How well it fits. begins: the name does so. short: by its initials, or two letters of each word. words: each is one of its words, or begins one. near: but for an error or two. within: it is in the name." example:"exact"`
	Marks  []SearchMark `json:"marks" nullable:"false" doc:"The name in pieces; those are marked that fit."`
}

// SearchMark is a piece of a name.
type SearchMark struct {
	Text   string `json:"text" doc:"The piece." example:"Natus"`
	Marked bool   `json:"marked,omitempty" doc:"It fits." example:"true"`
}

// found is a page, and what was searched for it.
type found struct {
	Searched string `header:"Umpire-Searched" hidden:"true"`
	Body     SearchPage
}

func (a *API) search(ctx context.Context, in *SearchParams) (*found, error) {
	q, err := a.query(ctx, in)
	if err != nil {
		return nil, err
	}
	p, err := search.Finder{Store: a.Store, Index: a.Search}.Find(ctx, q, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	told := SearchPage{
		Page: page(&in.Paging, store.Page[search.Hit]{Items: p.Hits, Next: p.Next}, hitOf).Body, Total: p.Total, More: p.More,
		Facets: SearchFacets{each(p.Facets.Kinds, facetOf), each(p.Facets.Titles, facetOf), each(p.Facets.States, facetOf), each(p.Facets.Sources, facetOf)},
	}
	return &found{a.searched(p.Aside), told}, nil
}

// searched counts a search, and tells what answered it.
func (a *API) searched(aside error) string {
	by, counted := "index", "index"
	if a.Search == nil || aside != nil {
		by, counted = "database", "database"
	}
	if aside != nil {
		counted = "fallback"
	}
	a.searches.WithLabelValues(counted).Inc()
	return by
}

// query reads the parameters.
func (a *API) query(ctx context.Context, in *SearchParams) (search.Query, error) {
	var q search.Query
	var from, to *time.Time
	faults := []error{
		nameOrID("title", in.Title, resolve.KindTitle),
		nameOrID("tournament", in.Tournament, resolve.KindTournament),
		either(&from, dayStart, "date_start__gte", in.From, "date_start_gte", in.FromToo),
		either(&to, dayEnd, "date_start__lte", in.To, "date_start_lte", in.ToToo),
	}
	if in.Q != "" {
		parsed, err := search.Parse(in.Q)
		q, faults = parsed, append(faults, err)
	} else {
		q.Kinds = []resolve.Kind{resolve.KindMatch}
	}
	if err := errors.Join(faults...); err != nil {
		return q, err
	}
	if in.Kind != "" {
		q.Kinds = []resolve.Kind{in.Kind}
	}
	q.Source, q.State = in.Source, in.State.orNil()
	q.Within(from, to)
	var err error
	if q.Titles, err = a.meant(ctx, "title", resolve.KindTitle, in.Title); err != nil {
		return q, err
	}
	q.Tournaments, err = a.meant(ctx, "tournament", resolve.KindTournament, in.Tournament)
	return q, err
}

// mostCalled is how many entities a name may mean.
const mostCalled = 1000

// meant returns the present ids that a name or an id means; nil if none is given.
func (a *API) meant(ctx context.Context, field string, kind resolve.Kind, nameOrID string) ([]resolve.ID, error) {
	if nameOrID == "" {
		return nil, nil
	}
	ids, err := a.Store.Called(ctx, field, kind, nameOrID, mostCalled+1)
	if len(ids) > mostCalled {
		return nil, invalid(field, fmt.Sprintf("is a part of the names of more than %d", mostCalled))
	}
	return ids, err
}

// mostNamed is how many a name of a list's filter may mean for the index to find them.
const mostNamed = 400

// findNames has the index find what a filter of a list names, of which that is left which
// the database calls so. What it does not find, or too much of, and all if it does not
// answer, is left to the database.
func (a *API) findNames(ctx context.Context, f *store.MatchFilter) error {
	if a.Search == nil {
		return nil
	}
	for _, named := range []struct {
		kind resolve.Kind
		name string
		ids  *[]resolve.ID
	}{
		{resolve.KindTitle, f.Title, &f.Titles},
		{resolve.KindTournament, f.Tournament, &f.Tournaments},
		{resolve.KindTeam, f.Team, &f.Teams},
	} {
		folded := text.Fold(named.name)
		if folded == "" || resolve.ID(named.name).Kind() == named.kind {
			continue
		}
		found, err := a.Search.Candidates(ctx, search.Query{Text: folded, Kinds: []resolve.Kind{named.kind}, Part: true}, mostNamed)
		a.searched(err)
		if err != nil || len(found) >= mostNamed {
			continue
		}
		if *named.ids, err = a.Store.CalledOf(ctx, named.kind, found, folded); err != nil {
			return err
		}
	}
	return nil
}

func facetOf(f search.Facet) SearchFacet { return SearchFacet(f) }

func hitOf(h search.Hit) SearchHit {
	told := SearchHit{
		ID: h.ID, Kind: h.Kind, Href: href(h.ID), Name: h.Called(), Title: documentRef(h.Title), Tournament: documentRef(h.Tournament),
		State: h.State, Sources: each(h.Sources, func(s string) string { return s }), Version: h.Version,
		Matched: each(h.Matched, func(m search.Matched) SearchMatch {
			return SearchMatch{m.Part, m.Of, m.Name.Name, m.Name.Source, m.Fit.String(), each(m.Marks(), func(r search.Run) SearchMark { return SearchMark(r) })}
		}),
	}
	if h.Start != nil {
		told.DateStart, told.DateStartPrecision = utc(h.Start), h.Precision
	}
	for _, t := range h.Teams {
		told.Teams = append(told.Teams, *documentRef(t))
	}
	return told
}

func documentRef(d *search.Document) *Ref {
	if d == nil {
		return nil
	}
	return &Ref{d.ID, d.Names[0].Name, href(d.ID)}
}
