package search

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"umpire/ent/store"
	"umpire/resolve"
)

// Finder finds what queries ask for.
type Finder struct {
	Store *store.Store
	Index Backend // asked first; nil: there is none
}

// mostCandidates is how many a query ranks: what is behind them is not found without more words.
const mostCandidates = 200

// Page is a page of what a query finds.
type Page struct {
	Hits   []Hit
	Next   string // the cursor of the next page; "" on the last
	Facets Facets // of all pages
	Total  int    // of all pages
	More   bool   // there may be more than were ranked
	Aside  error  // why the index was not asked, or did not answer; nil: it did, or there is none
}

// Find returns the page behind a cursor; "" is the first. A cursor that no page gave is
// *resolve.InvalidError.
func (f Finder) Find(ctx context.Context, q Query, cursor string, limit int) (Page, error) {
	after, err := open(cursor)
	if err != nil {
		return Page{}, err
	}
	hits, p, err := f.hits(ctx, q)
	if err != nil {
		return Page{}, err
	}
	from := 0
	if after != nil {
		from, _ = slices.BinarySearchFunc(hits, *after, func(h Hit, at place) int {
			if h.place.compare(at) <= 0 {
				return -1
			}
			return 1
		})
	}
	p.Hits = hits[from:min(from+limit, len(hits))]
	if from+limit < len(hits) {
		p.Next = p.Hits[limit-1].place.seal()
	}
	return p, nil
}

// hits are all that is found, in order, and what a page tells of all: by the index, or by
// the database if that does not answer.
func (f Finder) hits(ctx context.Context, q Query) ([]Hit, Page, error) {
	var aside error
	if f.Index != nil {
		hits, p, err := f.proposed(ctx, q, f.Index.Candidates)
		if err == nil {
			return hits, p, nil
		}
		if ended := ctx.Err(); ended != nil {
			return nil, Page{}, fmt.Errorf("search: %w", ended)
		}
		aside = err
	}
	hits, p, err := f.proposed(ctx, q, Database{f.Store}.asTyped)
	if err == nil && len(hits) == 0 {
		hits, p, err = f.proposed(ctx, q, Database{f.Store}.withErrors)
	}
	p.Aside = aside
	return hits, p, err
}

// proposed ranks what is proposed.
func (f Finder) proposed(ctx context.Context, q Query,
	propose func(context.Context, Query, int) ([]resolve.ID, error),
) ([]Hit, Page, error) {
	ids, err := propose(ctx, q, mostCandidates)
	if err != nil {
		return nil, Page{}, err
	}
	documents, err := f.Store.SearchDocuments(ctx, ids)
	if err != nil {
		return nil, Page{}, err
	}
	hits := newRanker(q).rank(documents)
	return hits, Page{Facets: facetsOf(hits), Total: len(hits), More: len(ids) >= mostCandidates}, nil
}

// Facets count what was found, by what it could be narrowed to; those first that are most.
type Facets struct {
	Kinds, Titles, States, Sources []Facet
}

// Facet is a value, and how many have it.
type Facet struct {
	Value string
	Name  string // of a title
	Count int
}

func facetsOf(hits []Hit) Facets {
	var f Facets
	for _, h := range hits {
		f.Kinds = count(f.Kinds, string(h.Kind), "")
		switch {
		case h.Title != nil:
			f.Titles = count(f.Titles, string(h.Title.ID), h.Title.Names[0].Name)
		case h.Kind == resolve.KindTitle:
			f.Titles = count(f.Titles, string(h.ID), h.Names[0].Name)
		}
		if h.State != nil {
			f.States = count(f.States, strconv.Itoa(*h.State), "")
		}
		for _, source := range h.Sources {
			f.Sources = count(f.Sources, source, "")
		}
	}
	for _, facets := range [][]Facet{f.Kinds, f.Titles, f.States, f.Sources} {
		slices.SortStableFunc(facets, func(a, b Facet) int { return b.Count - a.Count })
	}
	return f
}

func count(facets []Facet, value, name string) []Facet {
	for i := range facets {
		if facets[i].Value == value {
			facets[i].Count++
			return facets
		}
	}
	return append(facets, Facet{value, name, 1})
}

const cursorVersion = 1

// sealed is a cursor: where the hit before the page stands. It says nothing of who proposed it.
type sealed struct {
	Version int `json:"v"`
	place
}

func (p place) seal() string {
	told, err := json.Marshal(sealed{cursorVersion, p})
	if err != nil {
		panic(err) // numbers and strings always marshal
	}
	return base64.RawURLEncoding.EncodeToString(told)
}

func open(cursor string) (*place, error) {
	if cursor == "" {
		return nil, nil
	}
	var s sealed
	told, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(told, &s)
	}
	if err != nil || s.Version != cursorVersion {
		return nil, &resolve.InvalidError{Field: "cursor", Reason: "is not one that a search gave"}
	}
	return &s.place, nil
}
