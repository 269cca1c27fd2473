package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"umpire/ent/store"
	"umpire/resolve"
)

// foundShown is how many of a kind the page of what was found shows.
const foundShown = 8

// foundPage is what a word or an id led to.
type foundPage struct {
	Asked   string
	Names   []foundNames
	Matches []matchDay
	More    string // the page of all those matches
	Empty   bool
}

// foundNames are the titles, tournaments or teams of a name.
type foundNames struct {
	Heading, More string
	Items         []store.Named
}

// find leads to the entity of an id, or lists what has a name.
func (s *site) find(w http.ResponseWriter, r *http.Request) error {
	asked := strings.TrimSpace(r.URL.Query().Get("q"))
	if id := resolve.ID(asked); id.Kind() != "" {
		now, err := s.Store.Canonical(r.Context(), id)
		if err == nil {
			return &movedError{to: pathOf(now)}
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	page, err := s.found(r.Context(), asked)
	if err != nil {
		return err
	}
	return s.show(w, r, "find", view{Title: "Find", Body: page})
}

func (s *site) found(ctx context.Context, asked string) (foundPage, error) {
	page := foundPage{Asked: asked, Empty: true, More: "/matches?team=" + url.QueryEscape(asked)}
	if asked == "" {
		return page, nil
	}
	for _, kind := range []resolve.Kind{resolve.KindTeam, resolve.KindTournament, resolve.KindTitle} {
		list, err := s.Store.NamedList(ctx, store.NamedFilter{Kind: kind, Name: asked, Limit: foundShown})
		if err != nil {
			return foundPage{}, err
		}
		if len(list.Items) > 0 {
			page.Names = append(page.Names, foundNames{headings[kind], sectionOf(kind) + "?name=" + url.QueryEscape(asked), list.Items})
		}
	}
	rows, err := s.latest(ctx, store.MatchFilter{Team: asked, Limit: foundShown})
	if err != nil {
		return foundPage{}, err
	}
	page.Matches = byDay(rows, store.ByStartDesc)
	page.Empty = len(page.Names) == 0 && len(rows) == 0
	return page, nil
}
