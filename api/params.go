package api

// The parameters of requests: their types, and how their texts are read. What cannot be
// read is a *resolve.InvalidError that names the parameter.

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/adrg/strutil/metrics"
	"github.com/danielgtaylor/huma/v2"

	"umpire/ent/store"
	"umpire/resolve"
)

// Paging says which page of a list, and how long.
type Paging struct {
	Cursor string `query:"cursor" doc:"Where the page begins, from the next of the page before; left out: at the start." example:"eyJ2IjoxfQ"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"The most items of a page." example:"100"`
	Address
}

// Address is the request's own URL.
type Address struct{ url url.URL }

// Resolve keeps the URL.
func (a *Address) Resolve(ctx huma.Context) []error {
	a.url = ctx.URL()
	return nil
}

// with is the request's own path and query, save for one parameter.
func (a *Address) with(parameter, value string) string {
	q := a.url.Query()
	q.Set(parameter, value)
	return a.url.EscapedPath() + "?" + q.Encode()
}

// page makes a page of what the store answered.
func page[From, To any](p *Paging, from store.Page[From], f func(From) To) *body[Page[To]] {
	told := Page[To]{Items: each(from.Items, f)}
	if from.Next != "" {
		told.Next = p.with("cursor", from.Next)
	}
	return &body[Page[To]]{told}
}

// EntityID is the path of one entity.
type EntityID struct {
	ID resolve.ID `path:"id" maxLength:"100" doc:"The entity's id. A former one, or that of any of its records, answers 308." example:"mch_5f0yq8c3t1v7nbxk"`
}

// Maybe is a parameter that may be left out, where its zero means something.
type Maybe[T any] struct {
	Value T
	Given bool
}

// Schema is that of the value.
func (m Maybe[T]) Schema(r huma.Registry) *huma.Schema {
	return huma.SchemaFromType(r, reflect.TypeFor[T]())
}

// Receiver is where the value goes.
func (m *Maybe[T]) Receiver() reflect.Value { return reflect.ValueOf(m).Elem().Field(0) }

// OnParamSet notes that there is one.
func (m *Maybe[T]) OnParamSet(given bool, _ any) { m.Given = given }

// orNil is the value, or nil.
func (m Maybe[T]) orNil() *T {
	if !m.Given {
		return nil
	}
	return &m.Value
}

// MatchParams selects matches.
type MatchParams struct {
	Title      string     `query:"title" maxLength:"200" doc:"The game or sport: a part of its name in any case and with or without accents, or its id." example:"CS:GO"`
	Tournament string     `query:"tournament" maxLength:"200" doc:"The tournament: a part of its name, or its id." example:"ESL One Cologne"`
	State      Maybe[int] `query:"state" doc:"1 scheduled, 2 finished, or another number that a source sends." example:"2"`
	Team       string     `query:"team" maxLength:"200" doc:"A team that plays: a part of its name, or its id." example:"fnatic"`
	Source     string     `query:"source" maxLength:"1000" doc:"The name of a source that tells it, exactly." example:"hltv"`
	Twice      bool       `query:"twice" doc:"Only those of which the source that is asked for, or else some source, has several records: what it tells more than once." example:"true"`
	From       string     `query:"date_start__gte" doc:"Those that start then or later: an RFC 3339 time, or a date for the start of its day in UTC. A start that is known by its day counts when its day does." example:"2015-08-01"`
	FromToo    string     `query:"date_start_gte" doc:"Another spelling of date_start__gte." example:"2015-08-01"`
	To         string     `query:"date_start__lte" doc:"Those that start then or earlier: an RFC 3339 time, or a date for the end of its day in UTC." example:"2015-08-31T20:00:00Z"`
	ToToo      string     `query:"date_start_lte" doc:"Another spelling of date_start__lte." example:"2015-08-31"`
	Updated    string     `query:"updated__gte" doc:"Those that changed then or later: an RFC 3339 time, or a date for the start of its day in UTC." example:"2015-08-01T00:00:00Z"`
	Sort       store.Sort `query:"sort" enum:"date_start,-date_start,updated,-updated" default:"-date_start" doc:"The order; a minus is downwards. Matches without a start come last." example:"date_start"`
	Paging
}

// filter reads the parameters.
func (p *MatchParams) filter() (store.MatchFilter, error) {
	f := store.MatchFilter{
		Title: p.Title, Tournament: p.Tournament, Team: p.Team, Source: p.Source,
		Twice: p.Twice, State: p.State.orNil(), Sort: p.Sort, Cursor: p.Cursor, Limit: p.Limit,
	}
	faults := []error{
		nameOrID("title", p.Title, resolve.KindTitle),
		nameOrID("tournament", p.Tournament, resolve.KindTournament),
		nameOrID("team", p.Team, resolve.KindTeam),
		either(&f.From, dayStart, "date_start__gte", p.From, "date_start_gte", p.FromToo),
		either(&f.To, dayEnd, "date_start__lte", p.To, "date_start_lte", p.ToToo),
		instant(&f.UpdatedFrom, dayStart, "updated__gte", p.Updated),
	}
	if err := errors.Join(faults...); err != nil {
		return f, err
	}
	if f.From != nil && f.To != nil && f.To.Before(*f.From) {
		return f, invalid("date_start__lte", "is before date_start__gte, so that nothing can match")
	}
	return f, nil
}

// nameOrID refuses an id of another kind, which as a name would match nothing.
func nameOrID(parameter, value string, kind resolve.Kind) error {
	if other := resolve.ID(value).Kind(); other != "" && other != kind {
		return invalid(parameter, fmt.Sprintf("%s is the id of a %s, not of a %s", value, other, kind))
	}
	return nil
}

// bound is which end of a day a bare date means.
type bound time.Duration

// A day's last moment is the last that databases tell apart: they keep microseconds.
const (
	dayStart bound = 0
	dayEnd   bound = bound(24*time.Hour - time.Microsecond)
)

// either reads one parameter that has two spellings.
func either(into **time.Time, end bound, name, value, otherName, otherValue string) error {
	if value != "" && otherValue != "" {
		return invalid(otherName, "is another spelling of "+name+"; give one of them")
	}
	if otherValue != "" {
		return instant(into, end, otherName, otherValue)
	}
	return instant(into, end, name, value)
}

// instant reads an RFC 3339 time, or a date for one end of its day in UTC; "" is nil.
func instant(into **time.Time, end bound, parameter, value string) error {
	if value == "" {
		return nil
	}
	at, err := time.Parse(time.DateOnly, value)
	if err == nil {
		at = at.Add(time.Duration(end))
	} else {
		// A plus that a client left as it is arrives as a space.
		at, err = time.Parse(time.RFC3339Nano, strings.Replace(value, " ", "+", 1))
	}
	at = at.UTC()
	if err != nil || at.Year() < 1 || at.Year() > 9999 {
		return invalid(parameter, fmt.Sprintf("%.40q is neither a date that there is, such as 2015-08-01, nor an RFC 3339 time, such as 2015-08-01T16:30:00Z", value))
	}
	*into = &at
	return nil
}

func invalid(field, reason string) error {
	return &resolve.InvalidError{Field: field, Reason: reason}
}

// refuseUnknown refuses a request with a query parameter that its operation does not
// have, has twice, or that is no text: a filter that is passed over would make a list lie.
func (a *API) refuseUnknown(ctx huma.Context, next func(huma.Context)) {
	op, u := ctx.Operation(), ctx.URL()
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		huma.WriteErr(a.huma, ctx, 400, "the query cannot be read: "+err.Error())
		return
	}
	faults := append(pathFaults(op, ctx), queryFaults(op, query)...)
	if len(faults) > 0 {
		huma.WriteErr(a.huma, ctx, 422, "", faults...)
		return
	}
	next(ctx)
}

func pathFaults(op *huma.Operation, ctx huma.Context) []error {
	var faults []error
	for _, p := range op.Parameters {
		if p.In == "path" && !isText(ctx.Param(p.Name)) {
			faults = append(faults, &huma.ErrorDetail{Location: p.Name, Message: "is not text"})
		}
	}
	return faults
}

func queryFaults(op *huma.Operation, query url.Values) []error {
	known := queryParameters(op)
	var faults []error
	fault := func(name, message string) {
		faults = append(faults, &huma.ErrorDetail{Location: name, Message: message})
	}
	for name, values := range query {
		switch {
		case !slices.Contains(known, name):
			fault(name, "is no parameter here"+hint(name, known))
		case len(values) > 1:
			fault(name, "is given twice")
		case !isText(values[0]):
			fault(name, "is not text")
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return faults
}

func queryParameters(op *huma.Operation) []string {
	var names []string
	for _, p := range op.Parameters {
		if p.In == "query" {
			names = append(names, p.Name)
		}
	}
	return names
}

// isText tells what databases take for text.
func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// hint names the nearest of the known parameters, or all.
func hint(name string, known []string) string {
	if len(known) == 0 {
		return "; there are none"
	}
	distance := func(to string) int { return metrics.NewLevenshtein().Distance(name, to) }
	nearest := slices.MinFunc(known, func(a, b string) int { return distance(a) - distance(b) })
	if distance(nearest) <= len(nearest)/2 {
		return "; is " + nearest + " meant?"
	}
	return "; there are " + strings.Join(known, ", ")
}
