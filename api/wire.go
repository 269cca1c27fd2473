package api

// From the store's types to the wire's.

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"umpire/ent/store"
	"umpire/resolve"
)

func refOf(r store.Ref) Ref { return Ref{r.ID, r.Name, href(r.ID)} }

func refOrNil(r *store.Ref) *Ref {
	if r == nil {
		return nil
	}
	told := refOf(*r)
	return &told
}

func href(id resolve.ID) string { return collection(id.Kind()) + "/" + string(id) }

func recordRefOf(r store.RecordRef) RecordRef {
	return RecordRef{
		Source: r.Source, Kind: r.Kind, ID: r.Key, Named: r.Named, Scope: r.Scope, Name: r.Name,
		URL: r.URL, Record: r.ID, Entity: r.Entity, Href: recordHref(r),
	}
}

// recordHref is where a match record is told in full. Only match records are, and those
// of the source without a name have no path.
func recordHref(r store.RecordRef) string {
	if r.Kind != resolve.KindMatch || r.Source == "" {
		return ""
	}
	path := sourceHref(r.Source) + "/matches/" + url.PathEscape(r.Key)
	if r.Scope != "" {
		path += "?title=" + url.QueryEscape(r.Scope)
	}
	return path
}

func recordRefOrNil(r *store.RecordRef) *RecordRef {
	if r == nil {
		return nil
	}
	told := recordRefOf(*r)
	return &told
}

// each maps a slice; the result is never nil, so that it is told as [].
func each[From, To any](from []From, f func(From) To) []To {
	to := make([]To, len(from))
	for i, v := range from {
		to[i] = f(v)
	}
	return to
}

func matchOf(m store.Match) Match {
	return Match{
		ID: m.ID, Href: href(m.ID),
		Title: refOrNil(m.Title), Tournament: refOrNil(m.Tournament),
		Teams: [2]MatchTeam{sideOf(m.Sides[0]), sideOf(m.Sides[1])},
		State: m.State, BestOf: m.BestOf, Start: startOf(m.Start),
		URLs: urlsOf(m.Records), Sources: sourcesOf(m.Records), Records: each(m.Records, recordRefOf),
		Provenance: provenanceOf(m.From), ByHand: byHandOf(m.Hides),
		Life: Life{m.CreatedAt.UTC(), m.UpdatedAt.UTC(), m.Version},
	}
}

func sideOf(s store.Side) MatchTeam {
	return MatchTeam{refOf(s.Team), Result{s.Points, s.Winner}}
}

func startOf(t resolve.Time) Start {
	if t.Precision == "" {
		return Start{DateStartText: t.Raw}
	}
	at := t.At.UTC()
	return Start{DateStart: &at, DateStartPrecision: t.Precision, DateStartText: t.Raw}
}

func urlsOf(records []store.RecordRef) []string {
	urls := []string{}
	for _, r := range records {
		if r.URL != "" && !slices.Contains(urls, r.URL) {
			urls = append(urls, r.URL)
		}
	}
	return urls
}

func sourcesOf(records []store.RecordRef) []string {
	sources := []string{}
	for _, r := range records {
		if !slices.Contains(sources, r.Source) {
			sources = append(sources, r.Source)
		}
	}
	return sources
}

// provenanceOf calls the fields by their names on the wire.
func provenanceOf(from map[string]resolve.ID) map[string]resolve.ID {
	told := make(map[string]resolve.ID, len(from))
	for field, record := range from {
		told[onWire(field)] = record
	}
	return told
}

func byHandOf(hides map[string]string) map[string]string {
	told := make(map[string]string, len(hides))
	for field, hidden := range hides {
		told[onWire(field)] = hidden
	}
	return told
}

func matchRecordOf(r store.MatchRecord) MatchRecord {
	return MatchRecord{
		RecordRef: recordRefOf(r.RecordRef),
		Title:     recordRefOrNil(r.Title), Tournament: recordRefOrNil(r.Tournament),
		Teams: [2]RecordTeam{recordSideOf(r.Sides[0]), recordSideOf(r.Sides[1])},
		State: r.State, BestOf: r.BestOf, Start: startOf(r.Start),
		Message: r.Message, FirstMessage: r.Arrival, Withdrawn: r.Withdrawn, Flipped: r.Flipped,
	}
}

func recordSideOf(s store.RecordSide) RecordTeam {
	return RecordTeam{recordRefOf(s.Team), Result{s.Points, s.Winner}}
}

func namedOf(n store.Named) Named {
	return Named{
		ID: n.ID, Kind: n.Kind, Href: href(n.ID), Name: n.Name, Title: refOrNil(n.Title),
		Matches: n.Matches, Sources: sourcesOf(n.Records), Records: each(n.Records, recordRefOf),
		Provenance: provenanceOf(n.From), ByHand: byHandOf(n.Hides),
		Life: Life{n.CreatedAt.UTC(), n.UpdatedAt.UTC(), n.Version},
	}
}

func nameSpanOf(s store.NameSpan) NameSpan {
	return NameSpan{s.Name, s.Source, s.Record, dayOf(s.First), dayOf(s.Last), s.Matches}
}

func dayOf(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.Format(time.DateOnly)
}

func linkOf(l store.Link) Link {
	return Link{
		Kind: l.Kind, A: recordRefOf(l.RecordA), B: recordRefOf(l.RecordB),
		Verdict: l.Verdict, Rule: l.Rule, Weight: l.Weight.Bits(), Lines: each(l.Lines, lineOf),
	}
}

func lineOf(l resolve.Line) Line {
	told := Line{Comparison: l.Comparison, A: l.A, B: l.B, Level: l.Level, Weight: l.Weight.Bits(), Records: l.Records}
	if len(l.Lines) > 0 {
		told.Lines = each(l.Lines, lineOf)
	}
	return told
}

func changeOf(c store.Change) Change {
	return Change{
		Seq: c.Seq, At: c.At.UTC(), Kind: c.Kind, Entity: c.Entity, Act: c.Act,
		Others: append([]resolve.ID{}, c.Others...), Records: append([]resolve.ID{}, c.Records...),
		Cause: c.Cause, Fields: fieldsOf(c.After),
	}
}

// fieldsOf reads what the history tells of an entity (store.Change has its names).
func fieldsOf(after map[string]any) *Fields {
	if after == nil {
		return nil
	}
	told := &Fields{
		Name:  textOf(after["name"]),
		Title: resolve.ID(textOf(after["title"])), Tournament: resolve.ID(textOf(after["tournament"])),
		State: wholeOf(after["state"]), BestOf: wholeOf(after["best_of"]),
	}
	if at, err := time.Parse(time.RFC3339Nano, textOf(after["start"])); err == nil {
		told.Start = startOf(resolve.Time{At: at, Raw: textOf(after["start_text"]), Precision: resolve.Precision(textOf(after["precision"]))})
	}
	for _, side := range []string{"1", "2"} {
		if team := textOf(after["team"+side]); team != "" {
			told.Teams = append(told.Teams, FieldsTeam{
				resolve.ID(team), Result{valueOf[float64](after["points"+side]), valueOf[bool](after["winner"+side])},
			})
		}
	}
	return told
}

func textOf(v any) string {
	s, _ := v.(string)
	return s
}

func wholeOf(v any) *int {
	if n, ok := v.(float64); ok {
		return new(int(n))
	}
	return nil
}

func valueOf[T any](v any) *T {
	if told, ok := v.(T); ok {
		return &told
	}
	return nil
}

func sourceOf(s store.Source) Source {
	return Source{
		Name: s.Name, Href: sourceHref(s.Name), CreatedAt: s.CreatedAt.UTC(), LastSeq: s.Seq,
		Counts: SourceCounts{
			Messages: s.Counts.Messages, Quarantined: s.Counts.Quarantined, Duplicates: s.Counts.Duplicates,
			Matches: s.Counts.Matches, Teams: s.Counts.Teams, Tournaments: s.Counts.Tournaments, Merged: s.Counts.Merged,
			Twice:         twiceOf(s.Counts),
			FirstReceived: utc(s.Counts.FirstReceived), LastReceived: utc(s.Counts.LastReceived),
		},
		Profile: profileOf(s),
	}
}

// twiceOf has all kinds.
func twiceOf(c store.SourceCounts) map[resolve.Kind]int64 {
	told := map[resolve.Kind]int64{}
	for _, kind := range resolve.Kinds {
		told[kind] = c.Twice[kind]
	}
	return told
}

func profileOf(s store.Source) Profile {
	if s.IDs == nil {
		return Profile{s.Zone, map[string]string{}}
	}
	return Profile{s.Zone, s.IDs}
}

func sourceHref(name string) string {
	if name == "" {
		return ""
	}
	return "/v1/sources/" + url.PathEscape(name)
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	in := t.UTC()
	return &in
}

func outcomeOf(o store.Outcome) Outcome {
	return Outcome{
		ID: o.Message, Href: messageHref(o.Message), Source: o.Source, Seq: o.Seq, Fate: o.Fate,
		Field: o.Field, Reason: o.Reason, Warnings: o.Warnings, Record: o.Record,
	}
}

func messageHref(id int64) string { return "/v1/messages/" + strconv.FormatInt(id, 10) }
