// Package api serves Umpire over HTTP: the REST API under /v1, its description, the
// pages for people, and what an operator's tools ask for.
//
// It knows the store and how things are told on the wire, and nothing of how messages
// are decoded or records resolved: what is sent in goes to an Intake.
//
// Each noun has its file (matches.go, named.go, sources.go, messages.go, …): the routes,
// then their handlers. A handler takes its parameters (params.go), reads the store, and
// returns wire types (types.go, made in wire.go) or an error; errors.go has the one table
// from errors to statuses. Around them, request.go does what every request goes through,
// admit.go who may do what, cache.go what every reading does and decide.go what every decision
// of a person does; their wire types are in acttypes.go and actwire.go.
//
// The wire. Members are in snake_case and bear the words of the messages that sources
// send (bestof, date_start, url). In a canonical thing "id" is Umpire's; in what a source
// told, "id" is the source's own, "record" is Umpire's id of the record and "entity" of
// the canonical thing that it belongs to. What is not told is left out. Times are RFC 3339
// in UTC. A list has its items and, unless it ends there, the URL of the next page.
// An error is a problem of RFC 9457 whose errors name the parameter or member at fault; a
// conflict tells what it conflicts with.
package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"umpire/api/access"
	"umpire/api/search"
	"umpire/ent/store"
	"umpire/resolve"
)

// Config is what the API needs. Only Store is a must.
type Config struct {
	Store     *store.Store
	Guard     *access.Guard        // tells who sends requests; nil: by tokens of the Store alone
	Intake    Intake               // nil: messages are refused with 503
	Explainer Explainer            // nil: why and previews are refused with 503
	Search    search.Backend       // an index; nil: the database is searched
	Pages     http.Handler         // what is not the API's; nil: 404
	Ready     []Check              // asked by /readyz besides the store
	Closing   <-chan struct{}      // closed when the server is to stop: who waits for changes is answered then
	Metrics   *prometheus.Registry // shown at /metrics with the API's own; nil: those alone
	Rate      int                  // the most requests a second of one caller; 0: no bound
	Log       zerolog.Logger       // one event a request
	Version   string               // of the program
}

// Intake is the way in for messages: the one that queue and files take too.
type Intake interface {
	// Take takes deliveries in, in their order, and tells what became of each. They have
	// their Body, MessageID, ReceivedAt and Via; what they mean is the Intake's to find.
	// An error tells that not all were taken; with message ids it is safe to try again.
	Take(ctx context.Context, deliveries []store.Delivery) ([]store.Outcome, error)
	// SourceOf is the source that a message names; "" if it names none that can be read.
	SourceOf(body []byte) string
	// Withdraw takes back the match record that a source knows by this id, within a title
	// where it uses the id in several (*resolve.InvalidError if it must say which).
	// store.ErrNotFound: it has none. store.ErrGone: it was withdrawn before.
	Withdraw(ctx context.Context, source, id, title, via string) (store.Outcome, error)
}

// Explainer accounts for what became of records, and of what would. It is where they are
// resolved.
type Explainer interface {
	// Why accounts for two records of a kind. resolve.ErrUnknown: there is no such record.
	// *resolve.InvalidError: they are not two of a kind. store.ErrElsewhere: another process
	// resolves.
	Why(ctx context.Context, a, b resolve.ID) (resolve.Why, error)
	// Preview is what settling would change if what people say changed so. store.ErrElsewhere:
	// another process resolves.
	Preview(ctx context.Context, effects []store.Effect) (resolve.Plan, error)
	// Nudge tells that a decision was made. It never blocks.
	Nudge()
}

// Check is a thing that the process cannot do its work without, or not as well.
type Check struct {
	Name  string                          // such as "broker"
	Ask   func(ctx context.Context) error // the error's text is shown, so it must hold no secret
	Spare bool                            // the work goes on without it: it is told, and the process is ready
}

// API is the handler of everything.
type API struct {
	Config
	router  chi.Router
	huma    huma.API
	metrics *prometheus.Registry
	waiting waiting

	searches *prometheus.CounterVec
}

// New makes the handler of everything.
func New(c Config) *API {
	a := &API{Config: c, router: chi.NewRouter(), metrics: c.Metrics}
	if a.metrics == nil {
		a.metrics = prometheus.NewRegistry()
	}
	if a.Guard == nil {
		a.Guard = &access.Guard{Store: c.Store}
	}
	a.router.Use(a.guards()...)
	a.router.Use(a.Guard.Know, middleware.GetHead)
	a.huma = humachi.New(a.router.With(revalidate), describe(c.Version))
	a.huma.UseMiddleware(a.admit, a.refuseUnknown)
	a.routeMatches()
	a.routeNamed()
	a.routeSources()
	a.routeMessages()
	a.routeLookup()
	a.routeSearch()
	a.routeChanges()
	a.routeSuggestions()
	a.routeJudgements()
	a.routeReshape()
	a.routeOverrides()
	a.routeSurvivorship()
	a.routeActs()
	a.routeWhy()
	a.routeRuns()
	a.routeTokens()
	a.routeStats()
	a.routeOperation()
	a.routeDocs()
	a.router.NotFound(a.elsewhere)
	a.router.MethodNotAllowed(a.wrongMethod)
	return a
}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.router.ServeHTTP(w, r) }

// elsewhere answers what no route matches: under /v1 there is nothing, and all else is
// the pages'.
func (a *API) elsewhere(w http.ResponseWriter, r *http.Request) {
	if a.Pages == nil || r.URL.Path == "/v1" || strings.HasPrefix(r.URL.Path, "/v1/") {
		writeProblem(w, r, http.StatusNotFound, "there is no "+r.URL.Path+"; /openapi.json lists what there is")
		return
	}
	a.Pages.ServeHTTP(w, r)
}

// handle registers a handler of an operation, which needs a permission, and answers its errors
// by the table.
func handle[In, Out any](a *API, need access.Permission, op huma.Operation, do func(context.Context, *In) (*Out, error)) {
	op = needing(need, op)
	op.Errors = append(op.Errors, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable)
	if op.Method == http.MethodGet {
		op = conditional(op)
	} else {
		op.Errors = append(op.Errors, http.StatusForbidden)
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *In) (*Out, error) {
		out, err := do(ctx, in)
		if err != nil {
			return nil, answer(ctx, err)
		}
		return out, nil
	})
}

// body is what a handler answers with, where the body is all.
type body[T any] struct{ Body T }

// tagged is the answer that tells one entity: its ETag begins with the entity's version.
type tagged[T any] struct {
	ETag string `header:"ETag" hidden:"true"`
	Body T
}

// collection is the path under which entities of a kind are.
func collection(kind resolve.Kind) string {
	if kind == resolve.KindMatch {
		return "/v1/matches"
	}
	return "/v1/" + string(kind) + "s"
}
