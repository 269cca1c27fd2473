package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"umpire/ent/store"
	"umpire/resolve"
)

// Every decision is sent by a form of these fields, whatever page it is on; its preview is the
// same form, read.
//
//	do       what is decided: a key of decisions; the others are its
//	version  ID:N, of each entity that the reader looked at
//	was      of a rule or a trust, the act by which it was in force, or 0
//	note     why
//	actor    who, if the browser does not say
//	back     the page to show next; "" is the act's own
var decisions = map[string]func(url.Values) (store.Decision, error){
	"judge":  readJudge,
	"group":  readGroup,
	"merge":  readMerge,
	"split":  readSplit,
	"detach": readDetach,
	"move":   readMove,
	"set":    readSet,
	"lift": func(f url.Values) (store.Decision, error) {
		return store.LiftField{Record: idIn(f, "record"), Field: f.Get("field")}, nil
	},
	"rule": func(f url.Values) (store.Decision, error) {
		return store.SetRule{Kind: resolve.Kind(f.Get("kind")), Field: f.Get("field"), Rule: resolve.Rule(f.Get("rule"))}, nil
	},
	"trust":      readTrust,
	"undo":       readUndo,
	"undo-range": readUndoRange,
}

func readDecision(f url.Values) (store.Decision, error) {
	read, found := decisions[f.Get("do")]
	if !found {
		return nil, &resolve.InvalidError{Field: "do", Reason: "nothing of this name can be decided"}
	}
	return read(f)
}

func idIn(f url.Values, field string) resolve.ID {
	return resolve.ID(strings.TrimSpace(f.Get(field)))
}

func idsIn(f url.Values, field string) []resolve.ID {
	return each(f[field], func(id string) resolve.ID { return resolve.ID(id) })
}

func readJudge(f url.Values) (store.Decision, error) {
	return store.Judge{A: idIn(f, "a"), B: idIn(f, "b"), Word: resolve.Word(f.Get("word"))}, nil
}

// readGroup reads one word for all pairs, each told as "A B".
func readGroup(f url.Values) (store.Decision, error) {
	var group store.Group
	for _, pair := range f["pair"] {
		a, b, found := strings.Cut(pair, " ")
		if !found {
			return nil, &resolve.InvalidError{Field: "pair", Reason: "two ids with a space between them"}
		}
		group.Judges = append(group.Judges, store.Judge{A: resolve.ID(a), B: resolve.ID(b), Word: resolve.Word(f.Get("word"))})
	}
	if len(group.Judges) == 0 {
		return nil, &resolve.InvalidError{Field: "pair", Reason: "nothing is chosen"}
	}
	return group, nil
}

func readMerge(f url.Values) (store.Decision, error) {
	return store.Merge{Entities: []resolve.ID{idIn(f, "entity"), idIn(f, "with")}}, nil
}

func readSplit(f url.Values) (store.Decision, error) {
	return store.Split{Entity: idIn(f, "entity"), Groups: [][]resolve.ID{idsIn(f, "record")}}, nil
}

// readDetach reads which records are to be alone, each for itself.
func readDetach(f url.Values) (store.Decision, error) {
	records := idsIn(f, "record")
	if len(records) == 1 {
		return store.Detach{Record: records[0]}, nil
	}
	split := store.Split{Entity: idIn(f, "entity")}
	for _, r := range records {
		split.Groups = append(split.Groups, []resolve.ID{r})
	}
	return split, nil
}

func readMove(f url.Values) (store.Decision, error) {
	records := idsIn(f, "record")
	if len(records) != 1 {
		return nil, &resolve.InvalidError{Field: "record", Reason: "one record is moved at a time"}
	}
	return store.Move{Record: records[0], To: idIn(f, "to")}, nil
}

func readSet(f url.Values) (store.Decision, error) {
	return store.SetField{Record: idIn(f, "record"), Field: f.Get("field"), Value: strings.TrimSpace(f.Get("value"))}, nil
}

func readTrust(f url.Values) (store.Decision, error) {
	trust, err := strconv.Atoi(strings.TrimSpace(f.Get("trust")))
	if err != nil {
		return nil, &resolve.InvalidError{Field: "trust", Reason: "a whole number: the more, the rather"}
	}
	return store.SetTrust{Source: f.Get("source"), Trust: trust}, nil
}

func readUndo(f url.Values) (store.Decision, error) {
	act, err := strconv.ParseInt(f.Get("act"), 10, 64)
	if err != nil {
		return nil, &resolve.InvalidError{Field: "act", Reason: "an act's number is a whole number"}
	}
	return store.Undo{Act: act}, nil
}

func readUndoRange(f url.Values) (store.Decision, error) {
	by := strings.TrimSpace(f.Get("by"))
	if by == "" {
		return nil, &resolve.InvalidError{Field: "by", Reason: "whose acts are to be undone"}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", time.DateOnly} {
		if since, err := time.Parse(layout, strings.TrimSpace(f.Get("since"))); err == nil {
			return store.UndoRange{Actor: by, Since: since}, nil
		}
	}
	return nil, &resolve.InvalidError{Field: "since", Reason: "a day such as 2015-03-14, or an instant such as 2015-03-14T18:30:00Z"}
}

// expectation reads what the reader looked at, into a signature that nobody has signed yet.
func expectation(f url.Values) (store.Signature, error) {
	by := store.Signature{Expect: map[resolve.ID]int64{}}
	for _, told := range f["version"] {
		id, version, _ := strings.Cut(told, ":")
		n, err := strconv.ParseInt(version, 10, 64)
		if err != nil {
			return by, &resolve.InvalidError{Field: "version", Reason: fmt.Sprintf("%q is no id and version", told)}
		}
		by.Expect[resolve.ID(id)] = n
	}
	if was := f.Get("was"); was != "" {
		n, err := strconv.ParseInt(was, 10, 64)
		if err != nil {
			return by, &resolve.InvalidError{Field: "was", Reason: "an act's number is a whole number"}
		}
		by.InForce = &n
	}
	return by, nil
}

// decide makes a decision, and goes on to what the form says comes next.
func (s *site) decide(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	form := r.PostForm
	decided, err := s.decided(r, actorOf(r))
	if errors.Is(err, store.ErrConflict) {
		return s.conflict(w, r, err)
	}
	if err != nil {
		return err
	}
	if decided.Act.Verb == store.VerbUndo { // what it brings back is there only then
		if _, err := s.Store.Settled(r.Context(), decided.Act.ID); err != nil {
			return err
		}
	}
	next := "/acts/" + strconv.FormatInt(decided.Act.ID, 10)
	if form.Get("back") != "" {
		next = backTo(form.Get("back"))
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

func (s *site) decided(r *http.Request, actor string) (store.Decided, error) {
	decision, err := readDecision(r.PostForm)
	if err != nil {
		return store.Decided{}, err
	}
	by, err := expectation(r.PostForm)
	if err != nil {
		return store.Decided{}, err
	}
	by.Actor, by.Note = actor, strings.TrimSpace(r.PostForm.Get("note"))
	decided, err := s.Store.Decide(r.Context(), by, decision)
	if err != nil {
		return decided, err
	}
	if s.Decided != nil {
		s.Decided()
	}
	return decided, s.Store.ReleaseOthers(r.Context(), actor) // whoever decides something else than what is asked has left that
}

// conflictPage says why a decision cannot be, as things are.
type conflictPage struct {
	Heading string
	Text    string
	Lease   *store.Lease
	Changed resolve.ID // an entity that is not what the reader looked at
	Gone    bool       // it is no more
	Changes []event
	Word    resolve.Word // what cannot hold, and
	Names   [2]string    // of what,
	Proof   []proofStep  // since these do
	Back    string       // where to look again
}

// proofStep is a judgement that a proof rests on.
type proofStep struct {
	resolve.Judgement
	Names [2]string
}

func (s *site) conflict(w http.ResponseWriter, r *http.Request, err error) error {
	page := conflictOf(err)
	page.Back = backTo(either(r.PostForm.Get("here"), r.PostForm.Get("back")))
	return s.render(w, r, http.StatusConflict, "conflict", view{Title: page.Heading, Body: page})
}

func conflictOf(err error) conflictPage {
	var stale *store.StaleError
	var turned *store.StaleRunError
	var ruled *store.StaleRuleError
	var leased *store.LeasedError
	var contradiction *store.ContradictionError
	switch {
	case errors.As(err, &stale):
		return conflictPage{Heading: "This has changed since you looked", Changed: stale.Entity, Gone: stale.Version == 0, Changes: each(stale.Changes, eventOf)}
	case errors.As(err, &turned):
		return conflictPage{Heading: "This has changed since you looked", Text: capital(turned.Error()) + ". Nothing was done."}
	case errors.As(err, &ruled):
		return conflictPage{Heading: "This has changed since you looked", Text: capital(ruled.Error()) + ". Nothing was decided."}
	case errors.As(err, &leased):
		return conflictPage{Heading: "Somebody else is deciding this", Lease: &leased.Lease}
	case errors.As(err, &contradiction):
		page := conflictPage{Heading: "This contradicts what has been said", Word: contradiction.Judgement.Word}
		page.Names = namesIn(contradiction, contradiction.Judgement)
		for _, j := range contradiction.Proof {
			page.Proof = append(page.Proof, proofStep{j, namesIn(contradiction, j)})
		}
		return page
	}
	return conflictPage{Heading: "This cannot be done", Text: "It is done already, or there is nothing left of it to undo."}
}

func namesIn(c *store.ContradictionError, j resolve.Judgement) [2]string {
	return [2]string{either(c.Names[j.A], string(j.A)), either(c.Names[j.B], string(j.B))}
}

// toActs leads who reloads what a form was sent to on to what came of such forms.
func toActs(http.ResponseWriter, *http.Request) error { return &movedError{to: "/acts"} }
