package api

import (
	"context"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/resolve"
)

func (a *API) routeMatches() {
	const tag = "Matches"
	handle(a, access.Read, get("/v1/matches", tag, "listMatches", "List matches",
		"Names match in part and folded (case, accents and punctuation do not count), ids exactly. Filters are all to hold. With view=sources the same list as each source tells it: an item is then a record."),
		a.listMatches)
	handle(a, access.Read, forwarding(get("/v1/matches/{id}", tag, "getMatch", "Read a match",
		"The canonical match, with the record that each member was taken from, and the evidence on which its records are one.", 404, 410)),
		a.getMatch)
	handle(a, access.Read, forwarding(get("/v1/matches/{id}/records", tag, "getMatchRecords", "Read a match as each source tells it",
		"Its records, oldest first.", 404, 410)),
		a.getMatchRecords)
	handle(a, access.Read, forwarding(get("/v1/matches/{id}/history", tag, "getMatchHistory", "Read what happened to a match",
		historyDoc, 404, 410)), a.getHistory(resolve.KindMatch))
}

const historyDoc = "Its changes, newest first. A former id that was once an entity tells its own history, up to its end."

type listMatchesInput struct {
	View string `query:"view" enum:"merged,sources" default:"merged" doc:"merged: canonical matches. sources: the match records of each source." example:"sources"`
	MatchParams
}

// MatchItem is a match in a list: canonical, or as a source tells it.
type MatchItem struct {
	merged *Match
	record *MatchRecord
}

// MarshalJSON tells the one that it is.
func (i MatchItem) MarshalJSON() ([]byte, error) {
	if i.merged != nil {
		return json.Marshal(i.merged)
	}
	return json.Marshal(i.record)
}

// Schema is that of either.
func (MatchItem) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{schemaOf[Match](r), schemaOf[MatchRecord](r)}}
}

func (a *API) listMatches(ctx context.Context, in *listMatchesInput) (*body[Page[MatchItem]], error) {
	filter, err := in.filter()
	if err != nil {
		return nil, err
	}
	if in.View == "sources" {
		records, err := a.Store.MatchRecords(ctx, filter)
		return page(&in.Paging, records, func(r store.MatchRecord) MatchItem {
			told := matchRecordOf(r)
			return MatchItem{record: &told}
		}), err
	}
	if err := a.findNames(ctx, &filter); err != nil {
		return nil, err
	}
	merged, err := a.Store.Matches(ctx, filter)
	return page(&in.Paging, merged, func(m store.Match) MatchItem {
		told := matchOf(m)
		return MatchItem{merged: &told}
	}), err
}

func (a *API) getMatch(ctx context.Context, in *EntityID) (*tagged[MatchDetail], error) {
	m, err := present(ctx, a, resolve.KindMatch, in.ID, "", a.Store.Match)
	if err != nil {
		return nil, err
	}
	links, err := a.linksOf(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	curated, err := a.saidOfEntity(ctx, m.ID)
	return &tagged[MatchDetail]{version(m.Version), MatchDetail{matchOf(m), links, curated}}, err
}

func (a *API) getMatchRecords(ctx context.Context, in *EntityID) (*body[Page[MatchRecord]], error) {
	records, err := present(ctx, a, resolve.KindMatch, in.ID, "/records", some(a.Store.RecordsOf))
	return inFull(records, matchRecordOf), err
}

// getHistory makes the handler for one kind.
func (a *API) getHistory(kind resolve.Kind) func(context.Context, *EntityID) (*body[Page[Change]], error) {
	return func(ctx context.Context, in *EntityID) (*body[Page[Change]], error) {
		changes, err := present(ctx, a, kind, in.ID, "/history", some(a.Store.History))
		return inFull(changes, changeOf), err
	}
}
