package api

// Titles, tournaments and teams: what has a name.

import (
	"context"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/resolve"
)

func (a *API) routeNamed() {
	handle(a, access.Read, get("/v1/titles", "Titles", "listTitles", "List titles", "Games and sports, by name."), a.listTitles)
	handle(a, access.Read, get("/v1/tournaments", "Tournaments", "listTournaments", "List tournaments", "By name."), a.listNamed(resolve.KindTournament))
	handle(a, access.Read, get("/v1/teams", "Teams", "listTeams", "List teams", "By name. A team belongs to one title."), a.listNamed(resolve.KindTeam))
	a.routeNamedOne(resolve.KindTitle, "Titles", "Title")
	a.routeNamedOne(resolve.KindTournament, "Tournaments", "Tournament")
	a.routeNamedOne(resolve.KindTeam, "Teams", "Team")
}

// routeNamedOne makes the routes of one entity of a kind.
func (a *API) routeNamedOne(kind resolve.Kind, tag, id string) {
	path, one := collection(kind)+"/{id}", "a "+string(kind)
	handle(a, access.Read, forwarding(get(path, tag, "get"+id, "Read "+one,
		"What it is called, by whom, and the evidence on which its records are one.", 404, 410)), a.getNamed(kind))
	handle(a, access.Read, forwarding(get(path+"/records", tag, "get"+id+"Records", "Read "+one+" as each source tells it",
		"Its records, oldest first.", 404, 410)), a.getNamedRecords(kind))
	handle(a, access.Read, forwarding(get(path+"/history", tag, "get"+id+"History", "Read what happened to "+one,
		historyDoc, 404, 410)), a.getHistory(kind))
}

// NameParams selects what has a name.
type NameParams struct {
	Name   string `query:"name" maxLength:"200" doc:"A part of its name, in any case and with or without accents." example:"fnatic"`
	Source string `query:"source" maxLength:"1000" doc:"The name of a source that tells it, exactly." example:"hltv"`
	Twice  bool   `query:"twice" doc:"Only those of which the source that is asked for, or else some source, has several records: what it tells more than once." example:"true"`
	Paging
}

func (a *API) listTitles(ctx context.Context, in *NameParams) (*body[Page[Named]], error) {
	return a.listNamed(resolve.KindTitle)(ctx, &listNamedInput{NameParams: *in})
}

type listNamedInput struct {
	Title string `query:"title" maxLength:"200" doc:"The game or sport that it belongs to: a part of the name, or the id." example:"CS:GO"`
	NameParams
}

func (a *API) listNamed(kind resolve.Kind) func(context.Context, *listNamedInput) (*body[Page[Named]], error) {
	return func(ctx context.Context, in *listNamedInput) (*body[Page[Named]], error) {
		if err := nameOrID("title", in.Title, resolve.KindTitle); err != nil {
			return nil, err
		}
		found, err := a.Store.NamedList(ctx, store.NamedFilter{
			Kind: kind, Name: in.Name, Title: in.Title, Source: in.Source, Twice: in.Twice, Cursor: in.Cursor, Limit: in.Limit,
		})
		return page(&in.Paging, found, namedOf), err
	}
}

func (a *API) getNamed(kind resolve.Kind) func(context.Context, *EntityID) (*tagged[NamedDetail], error) {
	return func(ctx context.Context, in *EntityID) (*tagged[NamedDetail], error) {
		n, err := present(ctx, a, kind, in.ID, "", a.Store.Named)
		if err != nil {
			return nil, err
		}
		names, err := a.namesOf(ctx, n.ID)
		if err != nil {
			return nil, err
		}
		links, err := a.linksOf(ctx, n.ID)
		if err != nil {
			return nil, err
		}
		curated, err := a.saidOfEntity(ctx, n.ID)
		return &tagged[NamedDetail]{version(n.Version), NamedDetail{namedOf(n), names, links, curated}}, err
	}
}

// namesOf reads what a team was called, and when; of other entities nothing.
func (a *API) namesOf(ctx context.Context, id resolve.ID) ([]NameSpan, error) {
	if id.Kind() != resolve.KindTeam {
		return nil, nil
	}
	spans, err := a.Store.NameSpans(ctx, id)
	return each(spans, nameSpanOf), err
}

func (a *API) getNamedRecords(kind resolve.Kind) func(context.Context, *EntityID) (*body[Page[RecordRef]], error) {
	return func(ctx context.Context, in *EntityID) (*body[Page[RecordRef]], error) {
		n, err := present(ctx, a, kind, in.ID, "/records", a.Store.Named)
		return inFull(n.Records, recordRefOf), err
	}
}
