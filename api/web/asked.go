package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"umpire/ent/store"
	"umpire/resolve"
)

// asked is a question in full: both sides field by field, the evidence, and what is around them.
type asked struct {
	store.Question
	Evidence  evidence
	Sides     [2]side
	Rows      []besideRow
	Near      neighbours
	Held      *store.Lease // another looks at it
	Group     string       // the page that answers it with all that hangs on it
	Here      string       // where it is asked
	Following string       // the question after it,
	Previous  string       // the one before,
	After     string       // and the one to show when it is answered
}

// Preview asks what it would do to call the two the same.
func (a *asked) Preview() string {
	query := url.Values{"do": {"judge"}, "word": {string(resolve.Same)}, "a": {string(a.A)}, "b": {string(a.B)}, "back": {a.After}, "here": {a.Here}}
	return "/preview?" + query.Encode()
}

// side is one of two entities that may be one.
type side struct {
	ID      resolve.ID
	Name    string
	Version int64
	Records []store.RecordRef
	Record  store.RecordRef // the one that speaks for it
	match   *store.Match    // of a match
	fields  []sideField
}

// sideField is a field as one side has it.
type sideField struct {
	label string
	told
	start resolve.Time // of a start
}

// besideRow is a field of both sides.
type besideRow struct {
	Label   string
	Cells   [2]cell
	Differs bool
}

func (s *site) askedOf(ctx context.Context, q store.Question) (*asked, error) {
	a := &asked{Question: q, Evidence: s.evidenceOf(q.Link)}
	for i, record := range [...]store.RecordRef{q.RecordA, q.RecordB} {
		one, err := s.sideOf(ctx, record)
		if err != nil {
			return nil, err
		}
		a.Sides[i] = one
	}
	if one, two := a.Sides[0].match, a.Sides[1].match; one != nil && two != nil {
		a.Sides[1].fields = matchFields(*two, crossed(*one, *two))
	}
	a.Rows = beside(a.Sides[0].fields, a.Sides[1].fields)
	if q.Kind == resolve.KindTeam || q.Kind == resolve.KindTournament {
		a.Group = "/suggestions/group?" + pairQuery(q.A, q.B)
	}
	var err error
	a.Near, err = s.neighboursOf(ctx, a.Sides)
	return a, err
}

func (s *site) sideOf(ctx context.Context, record store.RecordRef) (side, error) {
	if record.Kind == resolve.KindMatch {
		m, err := s.Store.Match(ctx, record.Entity)
		if err != nil {
			return side{}, err
		}
		return side{m.ID, versus(m), m.Version, m.Records, record, &m, matchFields(m, false)}, nil
	}
	n, err := s.Store.Named(ctx, record.Entity)
	if err != nil {
		return side{}, err
	}
	spans, err := s.nameSpans(ctx, n)
	return side{n.ID, n.Name, n.Version, n.Records, record, nil, namedFields(n, spans)}, err
}

// matchFields are the fields of a match, its sides as they are or turned.
func matchFields(m store.Match, turned bool) []sideField {
	if turned {
		m.Sides[0], m.Sides[1] = m.Sides[1], m.Sides[0]
	}
	return []sideField{
		{"Start", timeTold(m.Start), m.Start},
		{label: "Team 1", told: refTold(&m.Sides[0].Team)},
		{label: "Team 2", told: refTold(&m.Sides[1].Team)},
		{label: "Score", told: mergedScore(m)},
		{label: "Best of", told: count(m.BestOf)},
		{label: "State", told: text(stateName(m.State))},
		{label: "Tournament", told: refTold(m.Tournament)},
		{label: "Title", told: refTold(m.Title)},
	}
}

// crossed reports whether one match's first side is rather the other's second.
func crossed(a, b store.Match) bool {
	like := func(x, y store.Side) int {
		switch {
		case x.Team.ID == y.Team.ID:
			return 2
		case strings.EqualFold(x.Team.Name, y.Team.Name):
			return 1
		}
		return 0
	}
	return like(a.Sides[0], b.Sides[1])+like(a.Sides[1], b.Sides[0]) > like(a.Sides[0], b.Sides[0])+like(a.Sides[1], b.Sides[1])
}

func namedFields(n store.Named, spans []nameSpan) []sideField {
	fields := []sideField{
		{label: "Name", told: text(n.Name)},
		{label: "Also called", told: text(strings.Join(readable(namedRowOf(n).Others), ", "))},
	}
	if n.Kind != resolve.KindTitle {
		fields = append(fields, sideField{label: "Title", told: refTold(n.Title)})
	}
	fields = append(fields, sideField{label: "Matches", told: told{cell{Text: number(n.Matches), Path: "/matches?" + string(n.Kind) + "=" + string(n.ID)}, "any"}})
	if when := activeIn(spans); when != "" {
		fields = append(fields, sideField{label: "Plays", told: told{cell{Text: when}, "any"}})
	}
	return fields
}

func readable(names []string) []string {
	return each(names, func(n string) string { return nameOf(n).Text })
}

// activeIn is from when until when matches are told.
func activeIn(spans []nameSpan) string {
	var first, last time.Time
	for _, s := range spans {
		if s.First != nil && (first.IsZero() || s.First.Before(first)) {
			first = *s.First
		}
		if s.Last != nil && s.Last.After(last) {
			last = *s.Last
		}
	}
	if first.IsZero() || last.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s to %s", first.Format("2 Jan 2006"), last.Format("2 Jan 2006"))
}

// beside lays two sides beside each other; what neither tells is left out.
func beside(a, b []sideField) []besideRow {
	var rows []besideRow
	other := map[string]sideField{}
	for _, f := range b {
		other[f.label] = f
	}
	for _, one := range a {
		two := other[one.label]
		if one.Same == "" && two.Same == "" {
			continue
		}
		row := besideRow{Label: one.label, Cells: [2]cell{one.cell, two.cell}}
		row.Cells[1].Mark, row.Cells[1].Note = standsTo(one, two)
		row.Differs = row.Cells[1].Mark == differs
		rows = append(rows, row)
	}
	return rows
}

// standsTo compares a field of two sides that have equal rights.
func standsTo(one, two sideField) (mark, string) {
	switch {
	case one.Same == "any" || one.Same == "" || two.Same == "":
		return untold, ""
	case one.Same != two.Same && one.Text != "" && strings.EqualFold(one.Text, two.Text):
		return similar, "of the same name"
	case one.Same != two.Same && one.start.Precision != "":
		return apartInTime(one.start, two.start)
	}
	return standing(one.told, two.told)
}
