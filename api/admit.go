package api

// Who may do what: each route says beside its path which permission it needs, and nobody comes
// further without it, before anything of the request is read.

import (
	"errors"
	"fmt"
	"maps"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"umpire/api/access"
)

// needs is what an operation keeps its permission under.
const needs = "needs"

// needing is an operation that needs a permission, which its description tells. It panics at an
// operation that does not say which.
func needing(need access.Permission, op huma.Operation) huma.Operation {
	if need == "" {
		panic(fmt.Sprintf("%s %s does not say which permission it needs", op.Method, op.Path))
	}
	op.Metadata = map[string]any{needs: need}
	if need == access.Anyone {
		return op
	}
	op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden)
	op.Security = []map[string][]string{{byToken: {string(need)}}, {bySession: {string(need)}}}
	return op
}

// admit lets a request come to its operation.
func (a *API) admit(ctx huma.Context, next func(huma.Context)) {
	need, _ := ctx.Operation().Metadata[needs].(access.Permission)
	if err := access.Check(ctx.Context(), need); err != nil {
		r, w := humachi.Unwrap(ctx)
		writeError(w, r, err)
		return
	}
	next(ctx)
}

// serve registers what is no operation, to be read.
func (a *API) serve(need access.Permission, pattern string, h http.Handler) {
	a.router.Method(http.MethodGet, pattern, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := access.Check(r.Context(), need); err != nil {
			writeError(w, r, err)
			return
		}
		h.ServeHTTP(w, r)
	}))
}

// writeError answers with an error where no operation is at work.
func writeError(w http.ResponseWriter, r *http.Request, err error) {
	told := answer(r.Context(), err)
	if with := huma.HeadersError(nil); errors.As(told, &with) {
		maps.Copy(w.Header(), with.GetHeaders())
	}
	status, detail := http.StatusInternalServerError, faultDetail
	if problem := (*huma.ErrorModel)(nil); errors.As(told, &problem) {
		status, detail = problem.Status, problem.Detail
	}
	writeProblem(w, r, status, detail)
}

// challenge says how one becomes known.
func challenge(err error) http.Header {
	how := `Bearer realm="umpire"`
	if unknown, is := errors.AsType[*access.UnknownError](err); is && unknown.Given {
		how += `, error="invalid_token"`
	}
	return http.Header{"Www-Authenticate": {how}}
}

// The ways to become known, as the description calls them.
const (
	byToken   = "token"
	bySession = "session"
)

var securitySchemes = map[string]*huma.SecurityScheme{
	byToken:   {Type: "http", Scheme: "bearer", BearerFormat: "umpire_…", Description: "A token that umpire token create made. An operation names the permission that the token's role is to have."},
	bySession: {Type: "apiKey", In: "cookie", Name: "umpire_session", Description: "The session of a browser that signed in at /sign-in; over TLS __Host-umpire_session."},
}
