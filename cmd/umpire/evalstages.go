package main

import (
	"io"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"

	"umpire/resolve"
	"umpire/resolve/eval"
)

// stage is the engine with some of its ideas switched off.
type stage struct {
	name  string
	model *resolve.Model
}

// stages are the ideas of the engine, each added to those before. The models rest on what
// base has learnt from the feed, and leave it as it is.
func stages(base *resolve.Model) []stage {
	ideas := []struct {
		name string
		add  func(*resolve.Model)
	}{
		{"names, starts and scores", func(m *resolve.Model) {
			m.Votes.Rounds, m.Match.Doubt, m.Match.Oriented, m.Feeds = 0, 0, 1000*resolve.Bit, nil
		}},
		{"+ how the sources differ, as learnt", func(m *resolve.Model) { m.Feeds = base.Feeds }},
		{"+ matches vote for teams, in full", func(m *resolve.Model) { m.Votes.Rounds, m.Votes.Blind = base.Votes.Rounds, true }},
		{"+ what a better partner explains is left out", func(m *resolve.Model) { m.Votes.Blind = base.Votes.Blind }},
		{"+ left-overs", func(m *resolve.Model) { m.Match.Oriented = base.Match.Oriented }},
		{"+ no toss of a coin", func(m *resolve.Model) { m.Match.Doubt = base.Match.Doubt }},
	}
	var all []stage
	model := *base
	for _, idea := range ideas {
		idea.add(&model)
		so := model
		all = append(all, stage{idea.name, &so})
	}
	return all
}

// staged are the kinds of which stages are told.
var staged = []resolve.Kind{resolve.KindMatch, resolve.KindTeam, resolve.KindTournament}

// showStages prints F1 by stage, and by feed and kind.
func showStages(io streams, feeds []feed) error {
	var rows []table.Row
	for _, f := range feeds {
		records, err := readRecords(f.messages, io.in)
		if err != nil {
			return err
		}
		told := eval.Tell(records.all())
		for i, s := range stages(resolve.Train(records.all())) {
			if i == len(rows) {
				rows = append(rows, table.Row{s.name})
			}
			scores, err := s.score(f, records, told)
			if err != nil {
				return err
			}
			rows[i] = append(rows[i], scores...)
		}
	}
	printStages(io.out, feeds, rows)
	return nil
}

// score resolves records at a stage, and returns F1 by kind.
func (s stage) score(f feed, records *records, told []eval.Told) (table.Row, error) {
	engine := resolveBy(s.model, records.all())
	scores, err := scoreFile(eval.LinksOf(engine.EntityOf, told), f.truth)
	row := make(table.Row, len(staged))
	for i, kind := range staged {
		row[i] = "–"
		if at := slices.IndexFunc(scores, func(s eval.Score) bool { return s.Kind == kind }); at >= 0 {
			row[i] = four(scores[at].F1)
		}
	}
	return row, err
}

func printStages(w io.Writer, feeds []feed, rows []table.Row) {
	t := newTable(w)
	header := table.Row{"F1 at stage"}
	for _, f := range feeds {
		for _, kind := range staged {
			header = append(header, f.name+" "+string(kind))
		}
	}
	t.AppendHeader(header)
	t.AppendRows(rows)
	t.Render()
}
