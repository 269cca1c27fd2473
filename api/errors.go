package api

// From errors to what a client is told: one table of statuses, one form (RFC 9457).

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/rs/zerolog"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/resolve"
	"umpire/resolve/text"
)

// statuses maps the errors that callers tell apart to statuses. The first that fits
// counts. An empty detail means the error's own words.
var statuses = []struct {
	err    error
	status int
	detail string
}{
	{access.ErrUnknown, http.StatusUnauthorized, ""},
	{access.ErrDenied, http.StatusForbidden, ""},
	{store.ErrGone, http.StatusGone, ""},
	{store.ErrNotFound, http.StatusNotFound, ""},
	{resolve.ErrUnknown, http.StatusNotFound, ""},
	{store.ErrElsewhere, http.StatusServiceUnavailable, ""},
	{store.ErrConflict, http.StatusConflict, ""},
	{store.ErrStale, http.StatusConflict, "what this rests on has just changed; read it again"},
	{store.ErrPoison, http.StatusUnprocessableEntity, "the database cannot hold this content"},
	{errNoIntake, http.StatusServiceUnavailable, ""},
	{errCrowded, http.StatusTooManyRequests, ""},
	{context.Canceled, statusClientGone, "the client went away"},
	{store.ErrUnavailable, http.StatusServiceUnavailable, "the database does not answer; try again soon"},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, "this took too long; try again, or ask for less"},
}

// statusClientGone is nginx's status for a client that did not wait; only the log sees it.
const statusClientGone = 499

// soon is after how many seconds it is worth while to ask a database again that did not answer.
const soon = "5"

// answer turns a handler's error into what the client is told. What the table does not
// know is a fault: the log tells it, the client only learns the request's id.
func answer(ctx context.Context, err error) error {
	if told := huma.StatusError(nil); errors.As(err, &told) {
		return err
	}
	if details := invalidIn(err); len(details) > 0 {
		return &huma.ErrorModel{Status: http.StatusUnprocessableEntity, Errors: details}
	}
	problem := &huma.ErrorModel{Status: http.StatusInternalServerError, Detail: faultDetail}
	for _, s := range statuses {
		if errors.Is(err, s.err) {
			problem = &huma.ErrorModel{Status: s.status, Detail: firstOf(s.detail, err.Error())}
			break
		}
	}
	if problem.Status >= http.StatusInternalServerError {
		zerolog.Ctx(ctx).UpdateContext(func(c zerolog.Context) zerolog.Context { return c.Err(err) })
	}
	switch {
	case errors.Is(err, store.ErrUnavailable):
		return huma.ErrorWithHeaders(problem, http.Header{"Retry-After": {soon}})
	case problem.Status == http.StatusUnauthorized:
		return huma.ErrorWithHeaders(problem, challenge(err))
	case problem.Status == http.StatusTooManyRequests:
		return huma.ErrorWithHeaders(problem, http.Header{"Retry-After": {retryLater}})
	case problem.Status == http.StatusConflict:
		return conflictOf(err, *problem)
	}
	return problem
}

// conflictOf adds to a problem with what there is a conflict; its type tells clients which
// member to look at.
func conflictOf(err error, problem huma.ErrorModel) error {
	told := &ConflictError{ErrorModel: problem}
	if e, is := errors.AsType[*store.ContradictionError](err); is {
		told.Type, told.Detail, told.Contradiction = "urn:umpire:problem:contradiction", e.Error(), contradictionOf(e)
	}
	if e, is := errors.AsType[*store.StaleError](err); is {
		told.Type, told.Detail, told.Stale = "urn:umpire:problem:stale", e.Error(), staleOf(e)
	}
	if e, is := errors.AsType[*store.StaleRuleError](err); is {
		told.Type, told.Detail, told.StaleRule = "urn:umpire:problem:stale", e.Error(), staleRuleOf(e)
	}
	if e, is := errors.AsType[*store.StaleRunError](err); is {
		told.Type, told.Detail = "urn:umpire:problem:stale", e.Error()
	}
	if e, is := errors.AsType[movedError](err); is {
		told.Detail, told.Stale.Now = e.Error(), e.now
	}
	if e, is := errors.AsType[*store.LeasedError](err); is {
		told.Type, told.Detail, told.Leased = "urn:umpire:problem:leased", e.Error(), new(leaseOf(e.Lease))
	}
	return told
}

const faultDetail = "something failed here; the log has it under this instance"

// invalidIn finds the fields at fault in an error, joined ones too.
func invalidIn(err error) []*huma.ErrorDetail {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var details []*huma.ErrorDetail
		for _, err := range joined.Unwrap() {
			details = append(details, invalidIn(err)...)
		}
		return details
	}
	if fault := (*resolve.InvalidError)(nil); errors.As(err, &fault) {
		return []*huma.ErrorDetail{{Location: fault.Field, Message: fault.Reason}}
	}
	return nil
}

// moved says that an entity is now called by another id.
type moved struct {
	ID   resolve.ID `json:"id"`
	Href string     `json:"href"`
}

func (m moved) Error() string  { return "moved to " + string(m.ID) }
func (m moved) GetStatus() int { return http.StatusPermanentRedirect }

// movedTo sends the client on to where an entity, or a part of it, now is.
func movedTo(id resolve.ID, part string) error {
	to := href(id) + part
	return huma.ErrorWithHeaders(moved{id, to}, http.Header{"Location": {to}})
}

// finish completes each problem on its way out, whoever made it: it names the
// parameters as the client does, and sums them up in the detail.
func finish(ctx huma.Context, _ string, v any) (any, error) {
	switch problem := v.(type) {
	case *huma.ErrorModel:
		complete(ctx.Context(), problem)
	case *ConflictError:
		complete(ctx.Context(), &problem.ErrorModel)
	}
	return v, nil
}

func complete(ctx context.Context, p *huma.ErrorModel) {
	p.Title = http.StatusText(p.Status)
	p.Instance = instance(ctx)
	var faults []string
	for _, e := range p.Errors {
		e.Location = text.Tame(parameter(e.Location))
		e.Message = text.Tame(e.Message)
		e.Value = clipped(e.Value)
		faults = append(faults, strings.TrimPrefix(e.Location+": "+e.Message, ": "))
	}
	if len(faults) > 0 {
		p.Detail = strings.Join(faults, "; ")
	}
	p.Detail = text.Tame(p.Detail)
}

// parameter is a location without the place that the library puts before it; a member
// of a body keeps its path.
func parameter(location string) string {
	for _, place := range []string{"query.", "path.", "header."} {
		if name, ok := strings.CutPrefix(location, place); ok {
			return name
		}
	}
	return location
}

// clipped shortens a value that is told back, and draws what would steer a terminal.
func clipped(value any) any {
	const most = 200
	told, err := json.Marshal(value)
	switch {
	case err == nil && len(told) > most:
		return text.Tame(fmt.Sprintf("%.*s…", most, strings.ToValidUTF8(string(told[:most]), "")))
	case err == nil && bytes.ContainsFunc(told, text.Unruly):
		return text.Tame(string(told))
	}
	return value
}

func instance(ctx context.Context) string { return "urn:umpire:request:" + requestID(ctx) }

// writeProblem answers with a problem where no operation is at work.
func writeProblem(w http.ResponseWriter, r *http.Request, status int, detail string) {
	p := &huma.ErrorModel{Status: status, Detail: detail}
	complete(r.Context(), p)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(p) // a client that is gone is the only fault
}

// wrongMethod answers a method that a path does not have, and names those that it has.
func (a *API) wrongMethod(w http.ResponseWriter, r *http.Request) {
	allowed := a.methods(r)
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	writeProblem(w, r, http.StatusMethodNotAllowed, "here there is only "+strings.Join(allowed, ", "))
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
