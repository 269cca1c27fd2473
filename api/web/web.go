// Package web is Umpire for people: server-rendered pages over the store.
//
// A page is three things of one name: a handler that reads the store and makes a view
// (match.go), the view itself (a struct of what is shown, in the words of the page), and
// a template that lays it out (templates/match.html). Templates decide nothing but
// layout; what differs, what was chosen and how long a bar is, the view says.
//
// The pages need no script, load nothing from elsewhere and carry no inline script or style,
// so that the content security policy can forbid all of it. With a script they do better:
// htmx (hx-… in the templates) swaps the part of a page that changes, and assets/umpire.js
// hears keys and tells times in the reader's zone. What sources sent is hostile until shown
// otherwise: it is escaped by html/template, isolated by <bdi>, and clipped.
package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/rs/zerolog"

	"umpire/api/access"
	"umpire/api/search"
	"umpire/ent/store"
	"umpire/resolve"
)

// Config is what the pages need.
type Config struct {
	Store     *store.Store
	Guard     *access.Guard  // signs readers in and out; nil: by tokens of the Store alone
	Explainer Explainer      // nil: no page tells why beyond what the store keeps
	Previewer Previewer      // nil: previews tell what is said, and not what follows
	Search    search.Backend // an index; nil: the database is searched
	Decided   func()         // called when somebody has decided, so that it is settled soon; nil: it is in time
	// Replay reads quarantined messages again, as ingest.Intake does; nil: it is not offered.
	Replay  func(context.Context, store.MessageFilter) iter.Seq2[store.Outcome, error]
	Version string         // of the program, for the foot of each page
	Log     zerolog.Logger // faults that a page does not show; the zero value is silent
}

// site is the handler's state: nothing in it changes after New.
type site struct {
	Config
	editions map[rights]pages
}

// New makes the handler of all pages and of what they load. It is to be mounted at "/", behind
// what refuses another site's forms and the Guard that knows who reads.
func New(c Config) http.Handler {
	if c.Guard == nil {
		c.Guard = &access.Guard{Store: c.Store}
	}
	s := &site{Config: c, editions: parseEditions()}
	mux := http.NewServeMux()
	for pattern, page := range s.routes() {
		mux.Handle(pattern, s.answer(page))
	}
	return secured(mux)
}

// route is a page: what it needs, and what answers.
type route struct {
	needs access.Permission
	handler
}

func (s *site) routes() map[string]route {
	return map[string]route{
		"GET /{$}":                      {access.Read, s.front},
		"GET /matches":                  {access.Read, s.matches},
		"GET /matches/{id}":             {access.Read, s.match},
		"GET /titles":                   {access.Read, s.namedList(resolve.KindTitle)},
		"GET /titles/{id}":              {access.Read, s.named(resolve.KindTitle)},
		"GET /tournaments":              {access.Read, s.namedList(resolve.KindTournament)},
		"GET /tournaments/{id}":         {access.Read, s.named(resolve.KindTournament)},
		"GET /teams":                    {access.Read, s.namedList(resolve.KindTeam)},
		"GET /teams/{id}":               {access.Read, s.named(resolve.KindTeam)},
		"GET /sources":                  {access.Read, s.sources},
		"GET /sources/{source}":         {access.Read, s.source},
		"POST /sources/{source}/replay": {access.Operate, s.replay},
		"GET /survivorship":             {access.Read, s.survivorship},
		"GET /figures":                  {access.Read, s.figures},
		"GET /messages":                 {access.Read, s.messages},
		"GET /messages/{id}":            {access.Read, s.message},
		"GET /messages/{id}/raw":        {access.Read, s.messageBody},
		"GET /suggestions":              {access.Read, s.suggestions},
		"GET /suggestions/group":        {access.Decide, s.group},
		"POST /decisions":               {access.Decide, s.decide},
		"GET /decisions":                {access.Read, toActs},
		"GET /preview":                  {access.Decide, s.preview},
		"GET /acts":                     {access.Read, s.acts},
		"GET /acts/{id}":                {access.Read, s.act},
		"GET /runs":                     {access.Read, s.runs},
		"POST /runs":                    {access.Operate, s.askRun},
		"GET /runs/diff":                {access.Read, s.runDiff},
		"GET /runs/{id}":                {access.Read, s.run},
		"POST /runs/{id}":               {access.Decide, s.turnRun}, // and all but decisions need more
		"GET /changes":                  {access.Read, s.changes},
		"GET /why":                      {access.Read, s.why},
		"GET /search":                   {access.Read, s.search},
		"GET /search/suggestions":       {access.Read, s.suggest},
		"GET " + signInPath:             {access.Anyone, s.signIn},
		"POST " + signInPath:            {access.Anyone, s.signedIn},
		"POST " + signOutPath:           {access.Anyone, s.signOut},
		"GET " + assetRoot:              {access.Anyone, asset},
		"GET /":                         {access.Anyone, nowhere},
	}
}

// Patterns are those of all pages, as http.ServeMux takes them.
func Patterns() []string { return slices.Sorted(maps.Keys(new(site).routes())) }

// handler writes a page, or returns the error that is to be shown in its place:
// store.ErrNotFound, store.ErrGone, store.ErrUnavailable, store.ErrElsewhere, resolve.ErrUnknown,
// *access.DeniedError, *movedError, *resolve.InvalidError, *http.MaxBytesError, or a fault.
type handler func(w http.ResponseWriter, r *http.Request) error

// movedError sends the reader on to where a thing now is.
type movedError struct{ to string }

func (e *movedError) Error() string { return "moved to " + e.to }

func nowhere(http.ResponseWriter, *http.Request) error { return store.ErrNotFound }

// answer lets those come to a page who may, and turns its handler's error into a page.
func (s *site) answer(page route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := access.Check(r.Context(), page.needs)
		if errors.Is(err, access.ErrUnknown) {
			askWho(w, r)
			return
		}
		if err == nil {
			note(w, r, page.needs)
			err = page.handler(w, r)
		}
		if moved := (*movedError)(nil); errors.As(err, &moved) {
			w.Header().Set("Cache-Control", "no-cache")
			http.Redirect(w, r, moved.to, http.StatusPermanentRedirect)
			return
		}
		if err != nil {
			s.apologise(w, r, err)
		}
	})
}

// soon is after how many seconds a program may ask again for a page that the database kept back.
const soon = "5"

// apology is what an error page says.
type apology struct {
	Status  int
	Heading string
	Text    string
}

func (s *site) apologise(w http.ResponseWriter, r *http.Request, err error) {
	say := apologyFor(err)
	if say.Status >= http.StatusInternalServerError && r.Context().Err() == nil {
		s.Log.Error().Err(err).Str("path", r.URL.Path).Msg("page failed")
	}
	if say.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", soon)
	}
	if err := s.render(w, r, say.Status, "error", view{Title: say.Heading, Body: say}); err != nil {
		http.Error(w, say.Heading, http.StatusInternalServerError)
	}
}

func apologyFor(err error) apology {
	invalid := (*resolve.InvalidError)(nil)
	tooLong := (*http.MaxBytesError)(nil)
	switch {
	case errors.As(err, &tooLong):
		return apology{http.StatusRequestEntityTooLarge, "That is too much at once", fmt.Sprintf("A form may have %d bytes.", tooLong.Limit)}
	case errors.As(err, &invalid):
		return apology{http.StatusBadRequest, "That address does not make sense", invalid.Error()}
	case errors.Is(err, access.ErrDenied):
		return apology{http.StatusForbidden, "Your role does not go so far", capital(err.Error()) + "."}
	case errors.Is(err, store.ErrGone):
		return apology{http.StatusGone, "No longer here", "Every record of it was withdrawn by its source. Its id will never be used for anything else."}
	case errors.Is(err, store.ErrUnavailable):
		return apology{http.StatusServiceUnavailable, "Back in a moment", "The database does not answer. Nothing is lost; try again soon."}
	case errors.Is(err, store.ErrElsewhere):
		return apology{http.StatusServiceUnavailable, "Ask another process", "Only the process that resolves the database can tell why, and this one does not now."}
	case errors.Is(err, context.DeadlineExceeded):
		return apology{http.StatusServiceUnavailable, "Back in a moment", "This took too long. Try again soon."}
	case errors.Is(err, resolve.ErrUnknown):
		return apology{http.StatusNotFound, "No such record", "No source tells a record by this id now."}
	case errors.Is(err, store.ErrNotFound):
		return apology{http.StatusNotFound, "Nothing by that name", "No match, team, tournament, title, source or message is known here by this address."}
	}
	return apology{http.StatusInternalServerError, "That did not work", "The fault is on this side, and it is in the log. Try again in a moment."}
}

// view is what the base template lays out: what every page has, and the page's own Body.
type view struct {
	Title   string // of the window
	Section string // the path of the navigation's entry that this page is under
	Version string
	Who     access.Principal
	SignIn  string // where they sign in, or out
	Body    any
}

// show writes a page that went well.
func (s *site) show(w http.ResponseWriter, r *http.Request, name string, v view) error {
	return s.render(w, r, http.StatusOK, name, v)
}

// render writes a page only once it is whole, so that a fault in a template can still be
// answered with an error page.
func (s *site) render(w http.ResponseWriter, r *http.Request, status int, name string, v view) error {
	v.Version, v.Who = s.Version, access.From(r.Context())
	v.SignIn = signInPath + "?" + url.Values{"back": {backTo(hereOf(r))}}.Encode()
	var page bytes.Buffer
	if err := s.editions[rightsOf(v.Who)].execute(&page, name, v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w) // who has gone need not be told
	return nil
}

// policy lets a page load its own scripts, style sheet and images, send its own forms, and
// nothing else: no inline script, no eval, no inline style, no frame.
const policy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secured gives every page its policy. What else stands before a page stands before all that
// api serves, and is there.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		next.ServeHTTP(w, r)
	})
}

// canonical checks the id in the path against its kind and sends a former id on to its heir.
func (s *site) canonical(r *http.Request, kind resolve.Kind) (resolve.ID, error) {
	id := resolve.ID(r.PathValue("id"))
	if id.Kind() != kind {
		return "", store.ErrNotFound
	}
	now, err := s.Store.Canonical(r.Context(), id)
	if err != nil {
		return "", err
	}
	if now != id {
		return "", &movedError{to: pathOf(now)}
	}
	return id, nil
}

// pathOf is the page of an entity or record.
func pathOf(id resolve.ID) string {
	switch id.Kind() {
	case resolve.KindTitle:
		return "/titles/" + string(id)
	case resolve.KindTournament:
		return "/tournaments/" + string(id)
	case resolve.KindTeam:
		return "/teams/" + string(id)
	}
	return "/matches/" + string(id)
}
