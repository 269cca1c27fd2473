package web

import (
	"net/http"
	"net/url"

	"umpire/ent/store"
)

const latestShown = 8

// sourcePage is one feed: how it is read, what it sent, and what came of it.
type sourcePage struct {
	store.Source
	Figures     []figure
	Quarantined []store.Message
	Messages    []store.Message
	Latest      []matchDay
	Model       string // the version in use, and
	Learnt      []learntOf
	Twice       []ownTwice
	Replays     bool              // its quarantine can be read again
	Trust       store.SourceTrust // how far it is trusted, beside others
}

// sources lists the feeds.
func (s *site) sources(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Store.Sources(r.Context())
	if err != nil {
		return err
	}
	return s.show(w, r, "sources", view{Title: "Sources", Section: "/sources", Body: all})
}

// source shows one feed.
func (s *site) source(w http.ResponseWriter, r *http.Request) error {
	source, err := s.Store.Source(r.Context(), r.PathValue("source"))
	if err != nil {
		return err
	}
	page := sourcePage{Source: source, Figures: sourceFigures(source), Replays: s.Replay != nil}
	if page.Model, page.Learnt, err = s.learnt(r.Context(), source.Name); err != nil {
		return err
	}
	_, trust, err := s.Store.Survivorship(r.Context())
	if err != nil {
		return err
	}
	page.Trust = trustIn(trust, source.Name)
	if page.Twice, err = s.ownTwices(r.Context(), source); err != nil {
		return err
	}
	quarantined, err := s.Store.Messages(r.Context(), store.MessageFilter{Source: &source.Name, Fate: store.Quarantined, Limit: latestShown})
	if err != nil {
		return err
	}
	messages, err := s.Store.Messages(r.Context(), store.MessageFilter{Source: &source.Name, Limit: latestShown})
	if err != nil {
		return err
	}
	records, err := s.Store.MatchRecords(r.Context(), store.MatchFilter{Source: source.Name, Limit: latestShown})
	if err != nil {
		return err
	}
	page.Quarantined, page.Messages, page.Latest = quarantined.Items, messages.Items, byDay(each(records.Items, recordRowOf), store.ByStartDesc)
	return s.show(w, r, "source", view{Title: nameOf(source.Name).Text, Section: "/sources", Body: page})
}

func sourceFigures(s store.Source) []figure {
	at := func(path, more string) string { return path + "?source=" + url.QueryEscape(s.Name) + more }
	return []figure{
		{Label: "match records", Path: at("/matches", "&view=sources"), Number: s.Counts.Matches},
		{Label: "told by others too", Number: s.Counts.Merged, Key: true},
		{Label: "teams", Path: at("/teams", ""), Number: s.Counts.Teams},
		{Label: "tournaments", Path: at("/tournaments", ""), Number: s.Counts.Tournaments},
		{Label: "messages", Path: at("/messages", ""), Number: s.Counts.Messages},
		{Label: "repeated", Path: at("/messages", "&fate=duplicate"), Number: s.Counts.Duplicates},
		{Label: "in quarantine", Path: at("/messages", "&fate=quarantined"), Number: s.Counts.Quarantined},
	}
}
