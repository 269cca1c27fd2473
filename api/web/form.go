package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"umpire/ent/store"
)

// form is a form that filters a list, as it was filled in. The names of its fields are
// those of the REST API's parameters.
type form struct {
	Fields   []formField
	Faulty   bool // some field has a fault
	Narrowed bool // something is filtered
}

// formField is one field: what was typed, as it was typed, and what is wrong with it.
type formField struct {
	Param, Label string
	Kind         string // "text", "date" or "select"
	Value, Hint  string
	Fault        string
	Options      []option // of a select
}

// option is one of the words that a select offers.
type option struct{ Value, Name string }

var stateOptions = []option{{"", "any"}, {"1", "scheduled"}, {"2", "finished"}}

var twiceOptions = []option{{"", "ever"}, {"true", "twice by a source"}}

var sortOptions = []option{
	{string(store.ByStartDesc), "latest start"},
	{string(store.ByStart), "earliest start"},
	{string(store.ByUpdatedDesc), "latest change"},
	{string(store.ByUpdated), "earliest change"},
}

// formReader reads a form field by field, in the order in which they are shown.
type formReader struct {
	query url.Values
	form  form
}

// readMatchForm reads the filters of the list of matches from a request's query.
func readMatchForm(query url.Values, sources []store.Source) (form, store.MatchFilter) {
	in := formReader{query: query}
	f := store.MatchFilter{Cursor: query.Get("cursor")}
	f.Team = in.text("team", "Team", "name, in part")
	f.Tournament = in.text("tournament", "Tournament", "name, in part")
	f.Title = in.text("title", "Title", "game or sport")
	f.Source = in.choose("source", "Source", sourceOptions(sources))
	f.Twice = in.choose("twice", "Told", twiceOptions) != ""
	f.State = in.state()
	f.From = in.bound("date_start__gte", "From", dayStart)
	f.To = in.bound("date_start__lte", "To", dayEnd)
	if f.From != nil && f.To != nil && f.To.Before(*f.From) {
		in.fault("this is before the start")
	}
	f.Sort = store.Sort(in.choose("sort", "Order", sortOptions))
	return in.form, f
}

func sourceOptions(sources []store.Source) []option {
	options := []option{{"", "any"}}
	for _, s := range sources {
		if s.Name != "" {
			options = append(options, option{s.Name, nameOf(s.Name).Text})
		}
	}
	return options
}

func (in *formReader) typed(params ...string) string {
	for _, p := range params {
		if v := strings.TrimSpace(in.query.Get(p)); v != "" {
			return v
		}
	}
	return ""
}

func (in *formReader) add(f formField) {
	in.form.Fields = append(in.form.Fields, f)
	in.form.Faulty = in.form.Faulty || f.Fault != ""
	in.form.Narrowed = in.form.Narrowed || f.Value != "" && f.Param != "sort"
}

// fault finds fault with the field that was read last.
func (in *formReader) fault(what string) {
	in.form.Fields[len(in.form.Fields)-1].Fault = what
	in.form.Faulty = true
}

func (in *formReader) text(param, label, hint string) string {
	value := in.typed(param)
	in.add(formField{Param: param, Label: label, Kind: "text", Value: value, Hint: hint})
	return value
}

// choose reads one of the options; the first is meant where nothing is chosen. What is
// not among them is a fault, and is offered all the same, so that it is seen.
func (in *formReader) choose(param, label string, options []option) string {
	f := formField{Param: param, Label: label, Kind: "select", Value: in.typed(param), Options: options}
	if f.Value == "" {
		f.Value = options[0].Value
	}
	if !slices.ContainsFunc(options, func(o option) bool { return o.Value == f.Value }) {
		f.Fault = "there is no " + strings.ToLower(label) + " of this name"
		f.Options = append(slices.Clip(options), option{f.Value, nameOf(f.Value).Text})
	}
	in.add(f)
	return f.Value
}

// state reads a state: one that has no name may be asked for by its number.
func (in *formReader) state() *int {
	f := formField{Param: "state", Label: "State", Kind: "select", Value: in.typed("state"), Options: stateOptions}
	defer func() { in.add(f) }()
	if f.Value == "" {
		return nil
	}
	if !slices.ContainsFunc(stateOptions, func(o option) bool { return o.Value == f.Value }) {
		f.Options = append(slices.Clip(stateOptions), option{f.Value, "state " + nameOf(f.Value).Text})
	}
	n, err := strconv.Atoi(f.Value)
	if err != nil {
		f.Fault = "a state is a whole number, such as 1 or 2"
		return nil
	}
	return &n
}

// dayStart and dayEnd say which instant of a bare date is meant.
func dayStart(day time.Time) time.Time { return day }
func dayEnd(day time.Time) time.Time   { return day.Add(24*time.Hour - time.Microsecond) }

// bound reads a date, of which one end is meant, or an instant. A field that holds a date
// or nothing offers the browser's calendar.
func (in *formReader) bound(param, label string, ofDay func(time.Time) time.Time) *time.Time {
	value := in.typed(param, strings.Replace(param, "__", "_", 1))
	f := formField{Param: param, Label: label, Kind: "date", Value: value}
	defer func() { in.add(f) }()
	if value == "" {
		return nil
	}
	if day, err := time.Parse(time.DateOnly, value); err == nil {
		t := ofDay(day)
		return &t
	}
	f.Kind = "text"
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		f.Fault = "a day such as 2015-03-14, or an instant such as 2015-03-14T18:30:00Z"
		return nil
	}
	t = t.UTC()
	return &t
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
