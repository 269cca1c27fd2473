package api

// What every request goes through: an id, one event in the log, the metrics, a deadline,
// and a net under what panics.

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// deadline is the longest that a request may work.
const deadline = 30 * time.Second

type (
	requestIDKey struct{}
	callerKey    struct{} // of a string, as caller makes it
)

// requestID is the id of the request that is being answered.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

var saneID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// trace gives a request its id, taken from the client where it is sane, and a deadline;
// when it is answered, it writes the request's one event and counts it.
func (a *API) trace(next http.Handler) http.Handler {
	took := newTook()
	a.metrics.MustRegister(took)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-Id")
		if !saneID.MatchString(id) {
			id = rand.Text()
		}
		w.Header().Set("X-Request-Id", id)
		log := a.Log.With().Str("request", id).Logger()
		ctx := log.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
		ctx = context.WithValue(ctx, callerKey{}, caller(r))
		ctx, cancel := context.WithTimeout(ctx, deadline)
		defer cancel()
		r = r.WithContext(ctx)
		out := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		began := time.Now()
		defer func() {
			e := ended{r, max(out.Status(), http.StatusOK), out.BytesWritten(), time.Since(began)}
			e.log()
			e.count(took)
		}()
		next.ServeHTTP(out, r)
	})
}

// ended is a request that was answered.
type ended struct {
	*http.Request
	status, bytes int
	took          time.Duration
}

// log writes the request's event. A handler may have added to it, such as its fault.
func (e ended) log() {
	zerolog.Ctx(e.Context()).WithLevel(e.level()).
		Str("method", e.Method).Str("path", e.URL.EscapedPath()).Str("route", e.route()).
		Int("status", e.status).Int("bytes", e.bytes).
		Float64("ms", float64(e.took.Microseconds())/1000).Msg("answered")
}

// level is how loud an answer is logged: faults stand out, and what tools ask for all
// day long stays low.
func (e ended) level() zerolog.Level {
	switch {
	case e.status >= 500:
		return zerolog.ErrorLevel
	case e.URL.Path == "/healthz" || e.URL.Path == "/readyz" || e.URL.Path == "/metrics":
		return zerolog.DebugLevel
	}
	return zerolog.InfoLevel
}

// route is the pattern that the request matched; "" if it was none of the API's.
func (e ended) route() string {
	if ctx := chi.RouteContext(e.Context()); ctx != nil {
		return ctx.RoutePattern()
	}
	return ""
}

// newTook is the metric of requests: how many, and how long they took.
func newTook() *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "umpire_http_request_seconds", Help: "How long requests took, by method, route and status.",
		Buckets: prometheus.ExponentialBuckets(.001, 2.5, 12),
	}, []string{"method", "route", "status"})
}

func (e ended) count(took *prometheus.HistogramVec) {
	took.WithLabelValues(e.verb(), firstOf(e.route(), "other"), strconv.Itoa(e.status)).Observe(e.took.Seconds())
}

// verb keeps the metrics few: what is no method of HTTP is "other".
func (e ended) verb() string {
	switch e.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return e.Method
	}
	return "other"
}

// catch turns a panic into a 500 that says nothing of it; the log says all.
func catch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			fault := recover()
			if fault == nil {
				return
			}
			if err, ok := fault.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(fault) // the server's own way to cut a connection
			}
			zerolog.Ctx(r.Context()).UpdateContext(func(c zerolog.Context) zerolog.Context {
				return c.Str("panic", fmt.Sprint(fault)).Str("stack", string(debug.Stack()))
			})
			if w.(middleware.WrapResponseWriter).Status() == 0 {
				writeProblem(w, r, http.StatusInternalServerError, faultDetail)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// methods lists what may be done at a request's path.
func (a *API) methods(r *http.Request) []string {
	path := firstOf(r.URL.RawPath, r.URL.Path)
	var there []string
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete} {
		look := m
		if m == http.MethodHead {
			look = http.MethodGet
		}
		if a.router.Match(chi.NewRouteContext(), look, path) {
			there = append(there, m)
		}
	}
	return there
}
