package web

import (
	"context"
	"errors"
	"net/url"

	"umpire/ent/store"
	"umpire/resolve"
)

// suggestion is a link that the evidence neither joins nor parts, with what stands on
// either side of it.
type suggestion struct {
	evidence
	Parties [2]party
}

// party is one side of a suggestion.
type party struct {
	Record store.RecordRef
	Match  *matchRow // of a match record: the match that it is in now
}

// suggested makes links suggestions, reading each match that they speak of once.
func (s *site) suggested(ctx context.Context, links []store.Link) ([]suggestion, error) {
	read := map[resolve.ID]*matchRow{}
	all := make([]suggestion, len(links))
	for i, l := range links {
		all[i].evidence = s.evidenceOf(l)
		for side, record := range [...]store.RecordRef{l.RecordA, l.RecordB} {
			all[i].Parties[side].Record = record
			m, err := s.matchOf(ctx, record, read)
			if err != nil {
				return nil, err
			}
			all[i].Parties[side].Match = m
		}
	}
	return all, nil
}

// matchOf reads the match that a match record is in; nil for other records, and where
// the match has gone since the link was read.
func (s *site) matchOf(ctx context.Context, record store.RecordRef, read map[resolve.ID]*matchRow) (*matchRow, error) {
	if record.Kind != resolve.KindMatch || record.Entity == "" {
		return nil, nil
	}
	if m, found := read[record.Entity]; found {
		return m, nil
	}
	m, err := s.Store.Match(ctx, record.Entity)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	row := rowOf(m)
	read[record.Entity] = &row
	return &row, nil
}

// nextPage is the address of a list's next page, "" if this is the last.
func nextPage(here *url.URL, cursor string) string {
	if cursor == "" {
		return ""
	}
	query := here.Query()
	query.Set("cursor", cursor)
	return here.Path + "?" + query.Encode()
}

// choice is one of several views of the same list.
type choice struct {
	Name, Path string
	Current    bool
}

// choiceOf is the list with a parameter at a value, from its first page; without a value,
// the list of all.
func choiceOf(here *url.URL, param, value, chosen string) choice {
	query := here.Query()
	query.Del("cursor")
	query.Set(param, value)
	name := value
	if value == "" {
		query.Del(param)
		name = "all"
	}
	return choice{name, here.Path + "?" + query.Encode(), value == chosen}
}
