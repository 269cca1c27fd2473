package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/jedib0t/go-pretty/v6/table"

	"umpire/ent/store"
	"umpire/resolve"
	"umpire/resolve/text"
)

// example is a merged match with what each source said of it.
type example struct {
	match   store.Match
	records []store.MatchRecord
}

// told counts the ways in which its sources differ: names, days and sides.
func (e example) told() int {
	names, starts, n := map[string]bool{}, map[string]bool{}, 0
	for _, r := range e.records {
		for _, side := range r.Sides {
			names[text.Fold(side.Team.Name)] = true
		}
		starts[r.Start.At.Format("2006-01-02")] = true
		if r.Flipped {
			n++
		}
	}
	return n + 2*len(names) + len(starts)
}

// showExamples prints the three merged matches whose sources differ most.
func showExamples(ctx context.Context, w io.Writer, s *store.Store) error {
	examples, err := merged(ctx, s)
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "\nThree of the matches that merged, and what each source said:")
	t := newTable(w)
	t.AppendHeader(table.Row{"", "start (UTC)", "team 1", "", "", "team 2", "tournament"})
	for _, e := range mostTelling(examples, 3) {
		t.AppendRow(e.row())
		for _, r := range e.records {
			t.AppendRow(recordRow(r))
		}
		t.AppendSeparator()
	}
	t.Render()
	return nil
}

// mostTelling picks the n examples whose sources differ most, no team twice.
func mostTelling(examples []example, n int) []example {
	slices.SortStableFunc(examples, func(a, b example) int { return cmp.Compare(b.told(), a.told()) })
	var picked []example
	shown := map[resolve.ID]bool{}
	for _, e := range examples {
		a, b := e.match.Sides[0].Team.ID, e.match.Sides[1].Team.ID
		if len(picked) == n || shown[a] || shown[b] {
			continue
		}
		shown[a], shown[b] = true, true
		picked = append(picked, e)
	}
	return picked
}

// merged returns the matches that three sources or more tell.
func merged(ctx context.Context, s *store.Store) ([]example, error) {
	var found []example
	filter := store.MatchFilter{Limit: 500}
	for {
		page, err := s.Matches(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, m := range page.Items {
			if m.Sources < 3 {
				continue
			}
			records, err := s.RecordsOf(ctx, m.ID)
			if err != nil {
				return nil, err
			}
			found = append(found, example{m, records})
		}
		if filter.Cursor = page.Next; filter.Cursor == "" {
			return found, nil
		}
	}
}

func (e example) row() table.Row {
	m, tournament := e.match, ""
	if m.Tournament != nil {
		tournament = m.Tournament.Name
	}
	return table.Row{"= Umpire", startText(m.Start), m.Sides[0].Team.Name, score(m.Sides[0].Points, m.Sides[0].Winner), score(m.Sides[1].Points, m.Sides[1].Winner), m.Sides[1].Team.Name, tournament}
}

func recordRow(r store.MatchRecord) table.Row {
	tournament := ""
	if r.Tournament != nil {
		tournament = r.Tournament.Name
	}
	return table.Row{"  " + r.Source, startText(r.Start), r.Sides[0].Team.Name, score(r.Sides[0].Points, r.Sides[0].Winner), score(r.Sides[1].Points, r.Sides[1].Winner), r.Sides[1].Team.Name, tournament}
}

func startText(t resolve.Time) string {
	switch t.Precision {
	case "":
		return ""
	case resolve.PrecisionDay:
		return t.At.Format("2006-01-02")
	}
	return t.At.Format("2006-01-02 15:04")
}

// score is what a side scored, or that it won where no more is told.
func score(points *float64, winner *bool) string {
	switch {
	case points != nil:
		return strconv.FormatFloat(*points, 'g', -1, 64)
	case winner != nil && *winner:
		return "won"
	}
	return ""
}
