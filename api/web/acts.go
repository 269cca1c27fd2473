package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"umpire/ent/store"
	"umpire/resolve"
)

// actList is the page of what people did, newest first.
type actList struct {
	Form  form
	Items []actRow
	Next  string
	Actor string
	Today string // the day to undo since, if nothing else is typed
}

// actRow is an act with what it says, in words.
type actRow struct {
	store.Act
	Said    []saidRow
	MoreSay int
}

// saidRow is one thing that an act brings into force or takes out of it.
type saidRow struct {
	store.Effect
	A, B saidOf
}

// saidOf is a record that something is said of.
type saidOf struct {
	ID     resolve.ID
	Source string
	Name   string
	Path   string // of its entity; "" if it is in none
}

// saidShown is how much of what an act says a list shows.
const saidShown = 3

// acts lists what people did.
func (s *site) acts(w http.ResponseWriter, r *http.Request) error {
	in := formReader{query: r.URL.Query()}
	f := store.ActFilter{Cursor: in.query.Get("cursor"), Limit: changesShown}
	f.Actor = in.text("actor", "Who", "a name, in full")
	f.Verb = store.Verb(in.choose("verb", "What", verbOptions))
	f.Subject = resolve.ID(in.text("subject", "About", "a record’s or entity’s id"))
	f.Since = in.bound("since", "Since", dayStart)
	f.Until = in.bound("until", "Until", dayEnd)
	page := actList{Form: in.form, Actor: actorOf(r), Today: time.Now().UTC().Format(time.DateOnly)}
	status := http.StatusOK
	if in.form.Faulty {
		status = http.StatusBadRequest
	} else if err := s.fillActs(r.Context(), &page, r.URL, f); err != nil {
		return err
	}
	return s.render(w, r, status, "acts", view{Title: "Acts", Section: "/acts", Body: page})
}

var verbOptions = []option{
	{"", "anything"},
	{string(store.VerbJudge), "judge"}, {string(store.VerbGroup), "judge a group"}, {string(store.VerbMerge), "merge"},
	{string(store.VerbSplit), "split"}, {string(store.VerbMove), "move"}, {string(store.VerbDetach), "detach"},
	{string(store.VerbOverride), "override"}, {string(store.VerbLift), "lift"}, {string(store.VerbUndo), "undo"},
	{string(store.VerbRule), "set a rule"}, {string(store.VerbTrust), "trust a source"},
}

func (s *site) fillActs(ctx context.Context, page *actList, here *url.URL, f store.ActFilter) error {
	list, err := s.Store.Acts(ctx, f)
	if err != nil {
		return err
	}
	page.Next = nextPage(here, list.Next)
	page.Items, err = s.actRows(ctx, list.Items, saidShown)
	return err
}

// actRows tells acts in words, the first of what each says.
func (s *site) actRows(ctx context.Context, acts []store.Act, most int) ([]actRow, error) {
	rows := make([]actRow, len(acts))
	var all []store.Effect
	for i, a := range acts {
		shown := min(most, len(a.Effects))
		rows[i] = actRow{Act: a, MoreSay: a.Made + a.Lifted - shown}
		all = append(all, a.Effects[:shown]...)
	}
	said, err := s.saidRows(ctx, all)
	if err != nil {
		return nil, err
	}
	for i, a := range acts {
		shown := min(most, len(a.Effects))
		rows[i].Said, said = said[:shown], said[shown:]
	}
	return rows, nil
}

// saidRows tells effects in words; it looks up what they are about at once.
func (s *site) saidRows(ctx context.Context, effects []store.Effect) ([]saidRow, error) {
	var ids []resolve.ID
	rows := make([]saidRow, len(effects))
	for i, e := range effects {
		rows[i].Effect = e
		switch {
		case e.Judgement != nil:
			rows[i].A.ID, rows[i].B.ID = e.Judgement.A, e.Judgement.B
		case e.Override != nil:
			rows[i].A.ID = e.Override.Record
		}
		ids = append(ids, rows[i].A.ID, rows[i].B.ID)
	}
	found, err := s.Store.LookupEntities(ctx, ids)
	if err != nil {
		return nil, err
	}
	names, err := s.matchNames(ctx, slices.Concat(found...))
	for i := range rows {
		for n, of := range []*saidOf{&rows[i].A, &rows[i].B} {
			nameSaid(of, found[2*i+n], names)
		}
	}
	return rows, err
}

// nameSaid finds a record among those of its entity.
func nameSaid(of *saidOf, among []store.RecordRef, matches map[resolve.ID]string) {
	for _, r := range among {
		if r.ID == of.ID {
			of.Source, of.Name, of.Path = r.Source, recordName(r, matches), pathOf(r.Entity)
		}
	}
}

// actPage is one act: what it said, and what came of it.
type actPage struct {
	actRow
	Subjects []named
}

// act shows one act, when it has come into effect or two seconds later.
func (s *site) act(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return store.ErrNotFound
	}
	a, err := s.Store.Act(r.Context(), id)
	if err == nil && !a.Settled {
		a.Settled, err = s.Store.Settled(r.Context(), id)
	}
	if err != nil {
		return err
	}
	rows, err := s.actRows(r.Context(), []store.Act{a}, changesShown)
	if err != nil {
		return err
	}
	page := actPage{actRow: rows[0]}
	if page.Subjects, err = s.subjects(r.Context(), a.Subjects); err != nil {
		return err
	}
	return s.show(w, r, "act", view{Title: "Act " + strconv.FormatInt(id, 10), Section: "/acts", Body: page})
}

// subjects names the entities that an act is about, as they are called now.
func (s *site) subjects(ctx context.Context, ids []resolve.ID) ([]named, error) {
	if len(ids) > changesShown {
		ids = ids[:changesShown]
	}
	found, err := s.Store.LookupEntities(ctx, ids)
	if err != nil {
		return nil, err
	}
	var all []named
	seen := map[resolve.ID]bool{}
	for _, records := range found {
		if len(records) == 0 || seen[records[0].Entity] {
			continue
		}
		id := records[0].Entity
		seen[id] = true
		name, err := s.nameOf(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, named{name, pathOf(id)})
	}
	return all, nil
}
