package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"umpire/ent/store"
	"umpire/resolve"
)

const changesShown = 50

// changeList is the page of what happened, newest first.
type changeList struct {
	Items []namedEvent
	Next  string
}

// namedEvent is a change told with the name that its entity has now.
type namedEvent struct {
	event
	Name string // "" if it is no more
}

// changes lists what happened lately, or before ?before=.
func (s *site) changes(w http.ResponseWriter, r *http.Request) error {
	before, err := s.before(r)
	if err != nil {
		return err
	}
	list, err := s.Store.Changes(r.Context(), max(0, before-1-changesShown), changesShown)
	if err != nil {
		return err
	}
	page := changeList{}
	if page.Items, err = s.nameEvents(r.Context(), newestFirst(list)); err != nil {
		return err
	}
	if first := before - changesShown; first > 1 {
		page.Next = "/changes?before=" + strconv.FormatInt(first, 10)
	}
	return s.show(w, r, "changes", view{Title: "Changes", Section: "/changes", Body: page})
}

// before is the sequence number that the page's changes precede.
func (s *site) before(r *http.Request) (int64, error) {
	if text := r.URL.Query().Get("before"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1 {
			return 0, &resolve.InvalidError{Field: "before", Reason: "a change's number is a whole number above 0"}
		}
		return n, nil
	}
	stats, err := s.Store.Stats(r.Context())
	return stats.LastChange + 1, err
}

func newestFirst(changes []store.Change) []event {
	events := each(changes, eventOf)
	slices.Reverse(events)
	return events
}

// nameEvents reads the name of each event's entity once.
func (s *site) nameEvents(ctx context.Context, events []event) ([]namedEvent, error) {
	names := map[resolve.ID]string{}
	all := make([]namedEvent, len(events))
	for i, e := range events {
		if _, known := names[e.Entity]; !known {
			n, err := s.nameOf(ctx, e.Entity)
			if err != nil {
				return nil, err
			}
			names[e.Entity] = n
		}
		all[i] = namedEvent{e, names[e.Entity]}
	}
	return all, nil
}

// nameOf is what an entity is called now, "" if it is no more.
func (s *site) nameOf(ctx context.Context, id resolve.ID) (string, error) {
	if id.Kind() == resolve.KindMatch {
		m, err := s.Store.Match(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return "", nil
		}
		return versusOn(m), err
	}
	n, err := s.Store.Named(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return n.Name, err
}
