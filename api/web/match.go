package web

import (
	"context"
	"net/http"

	"umpire/ent/store"
	"umpire/resolve"
)

// How much of a match or a name its page shows; more is a click away.
const (
	linksShown    = 60
	messagesShown = 10
)

// matchPage is one match: the answer, what it was made of, and why.
type matchPage struct {
	store.Match
	Row         matchRow // as lists show it
	Comparison  comparison
	Records     []store.MatchRecord
	Within      []evidence   // between its own records
	Suggestions []suggestion // other matches that might be this one
	Apart       []evidence   // other matches that a rule keeps out
	History     []event
	Messages    []store.Message
	Curation    curation
}

// match shows one match.
func (s *site) match(w http.ResponseWriter, r *http.Request) error {
	id, err := s.canonical(r, resolve.KindMatch)
	if err != nil {
		return err
	}
	page, err := s.matchPage(r.Context(), id)
	if err != nil {
		return err
	}
	return s.show(w, r, "match", view{Title: versus(page.Match), Section: "/matches", Body: page})
}

func (s *site) matchPage(ctx context.Context, id resolve.ID) (matchPage, error) {
	m, err := s.Store.Match(ctx, id)
	if err != nil {
		return matchPage{}, err
	}
	page := matchPage{Match: m, Row: rowOf(m)}
	if page.Records, err = s.Store.RecordsOf(ctx, id); err != nil {
		return matchPage{}, err
	}
	page.Comparison = compare(m, page.Records)
	links, err := s.Store.Links(ctx, store.LinkFilter{Entity: id, Limit: linksShown})
	if err != nil {
		return matchPage{}, err
	}
	sorted := s.sortLinks(id, links.Items)
	page.Within, page.Apart = sorted.within, sorted.apart
	if page.Suggestions, err = s.suggested(ctx, sorted.suggested); err != nil {
		return matchPage{}, err
	}
	if page.Messages, err = s.messagesOf(ctx, page.Records); err != nil {
		return matchPage{}, err
	}
	if page.Curation, err = s.curationOf(ctx, id, m.Version, m.Records, links.Items); err != nil {
		return matchPage{}, err
	}
	page.Comparison.override(page.Curation.By)
	page.History, err = s.history(ctx, id)
	return page, err
}

// sortedLinks are the links of an entity by what they mean to it.
type sortedLinks struct {
	within, apart []evidence
	suggested     []store.Link
}

func (s *site) sortLinks(id resolve.ID, links []store.Link) sortedLinks {
	var sorted sortedLinks
	for _, l := range links {
		switch {
		case l.RecordA.Entity == id && l.RecordB.Entity == id:
			sorted.within = append(sorted.within, s.evidenceOf(l))
		case l.Verdict == resolve.Suggested:
			sorted.suggested = append(sorted.suggested, l)
		default:
			sorted.apart = append(sorted.apart, s.evidenceOf(l))
		}
	}
	for i := range sorted.within {
		sorted.within[i].Open = len(sorted.within) <= 3
	}
	return sorted
}

// messagesOf lists the latest messages that told these records.
func (s *site) messagesOf(ctx context.Context, records []store.MatchRecord) ([]store.Message, error) {
	var all []store.Message
	for _, r := range records {
		page, err := s.Store.Messages(ctx, store.MessageFilter{Record: r.ID, Limit: messagesShown})
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
	}
	return all, nil
}

// versus is a match in a few words.
func versus(m store.Match) string {
	return nameOf(m.Sides[0].Team.Name).Text + " – " + nameOf(m.Sides[1].Team.Name).Text
}

// versusOn is a match in a few words, with its day.
func versusOn(m store.Match) string {
	return versus(m) + dayOf(m.Start)
}

// dayOf is a start's day after a comma, "" if it is not known.
func dayOf(t resolve.Time) string {
	if t.Precision == "" {
		return ""
	}
	return t.At.UTC().Format(", 2 Jan 2006")
}
