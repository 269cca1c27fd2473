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
	"iter"
	"net/http"

	"github.com/rs/zerolog"

	"umpire/api/search"
	"umpire/ent/store"
	"umpire/resolve"
)

// Config is what the pages need.
type Config struct {
	Store     *store.Store
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
	pages pages
}

// New makes the handler of all pages and of what they load. It is to be mounted at "/".
func New(c Config) http.Handler {
	s := &site{Config: c, pages: parsePages()}
	mux := http.NewServeMux()
	for pattern, h := range map[string]handler{
		"GET /{$}":                      s.front,
		"GET /matches":                  s.matches,
		"GET /matches/{id}":             s.match,
		"GET /titles":                   s.namedList(resolve.KindTitle),
		"GET /titles/{id}":              s.named(resolve.KindTitle),
		"GET /tournaments":              s.namedList(resolve.KindTournament),
		"GET /tournaments/{id}":         s.named(resolve.KindTournament),
		"GET /teams":                    s.namedList(resolve.KindTeam),
		"GET /teams/{id}":               s.named(resolve.KindTeam),
		"GET /sources":                  s.sources,
		"GET /sources/{source}":         s.source,
		"POST /sources/{source}/replay": s.replay,
		"GET /figures":                  s.figures,
		"GET /messages":                 s.messages,
		"GET /messages/{id}":            s.message,
		"GET /messages/{id}/raw":        s.messageBody,
		"GET /suggestions":              s.suggestions,
		"GET /suggestions/group":        s.group,
		"POST /decisions":               s.decide,
		"GET /decisions":                toActs,
		"GET /preview":                  s.preview,
		"GET /acts":                     s.acts,
		"GET /acts/{id}":                s.act,
		"GET /runs":                     s.runs,
		"POST /runs":                    s.askRun,
		"GET /runs/diff":                s.runDiff,
		"GET /runs/{id}":                s.run,
		"POST /runs/{id}":               s.turnRun,
		"GET /changes":                  s.changes,
		"GET /why":                      s.why,
		"GET /search":                   s.search,
		"GET /search/suggestions":       s.suggest,
		"GET /who":                      s.who,
		"POST /who":                     s.introduce,
		"GET /":                         nowhere,
	} {
		mux.Handle(pattern, s.answer(h))
	}
	mux.Handle("GET "+assetRoot, assets())
	return secured(http.NewCrossOriginProtection().Handler(noting(mux)))
}

// handler writes a page, or returns the error that is to be shown in its place:
// store.ErrNotFound, store.ErrGone, store.ErrUnavailable, store.ErrElsewhere, resolve.ErrUnknown, *movedError,
// *resolve.InvalidError, or a fault.
type handler func(w http.ResponseWriter, r *http.Request) error

// movedError sends the reader on to where a thing now is.
type movedError struct{ to string }

func (e *movedError) Error() string { return "moved to " + e.to }

func nowhere(http.ResponseWriter, *http.Request) error { return store.ErrNotFound }

// answer turns a handler's error into its page.
func (s *site) answer(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
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
	switch {
	case errors.As(err, &invalid):
		return apology{http.StatusBadRequest, "That address does not make sense", invalid.Error()}
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
	Actor   string // who reads, and may act
	Body    any
}

// show writes a page that went well.
func (s *site) show(w http.ResponseWriter, r *http.Request, name string, v view) error {
	return s.render(w, r, http.StatusOK, name, v)
}

// render writes a page only once it is whole, so that a fault in a template can still be
// answered with an error page.
func (s *site) render(w http.ResponseWriter, r *http.Request, status int, name string, v view) error {
	v.Version, v.Actor = s.Version, actorOf(r)
	var page bytes.Buffer
	if err := s.pages.execute(&page, name, v); err != nil {
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

func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
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
