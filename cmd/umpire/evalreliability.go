package main

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"

	"umpire/resolve"
	"umpire/resolve/eval"
)

// showReliability holds the engine's probabilities and suggestions against the truth.
func showReliability(io streams, feeds []feed) error {
	reliability := eval.NewReliability()
	suggestions := []*eval.Suggestions{{Kind: resolve.KindTournament}, {Kind: resolve.KindTeam}, {Kind: resolve.KindMatch}}
	for _, f := range feeds {
		r, err := f.resolve(io)
		if err != nil {
			return err
		}
		known, err := f.known(r.told)
		if err != nil {
			return err
		}
		reliability.Add(r.engine.Weighed(), known)
		for _, s := range suggestions {
			s.Add(r.engine.Entities(), slices.Collect(r.engine.Links()), known)
		}
	}
	printReliability(io.out, reliability)
	printSuggestions(io.out, suggestions)
	return nil
}

func printReliability(w io.Writer, r *eval.Reliability) {
	t := newTable(w)
	t.AppendHeader(table.Row{"predicted", "pairs", "mean", "are one", "95 %", ""})
	for _, b := range r.Buckets {
		low, high := b.Wilson()
		row := table.Row{fmt.Sprintf("%.2f – %.2f", b.From, b.To), b.Count, orDash(b.Predicted()), orDash(b.Share()), fmt.Sprintf("%.4f – %.4f", low, high), ""}
		switch {
		case b.Count == 0:
			row[4] = "–"
		case b.Predicted() < low:
			row[5] = "said too low"
		case b.Predicted() > high:
			row[5] = "said too high"
		}
		t.AppendRow(row)
	}
	t.Render()
	fmt.Fprintf(w, "%d candidate pairs of match records whose truth is known; Brier score %s\n", r.Count(), orDash(r.Brier()))
}

func printSuggestions(w io.Writer, all []*eval.Suggestions) {
	t := newTable(w)
	t.AppendHeader(table.Row{"kind", "pairs joined", "suggested", "of joined", "truth known", "are one", "pairs wrong", "within suggestions", "of wrong"})
	for _, s := range all {
		t.AppendRow(table.Row{
			s.Kind, s.Merged, s.Suggested, percent(s.Suggested, s.Merged), s.Known, percent(s.Right, s.Known),
			s.Errors, s.Within, percent(s.Within, s.Errors),
		})
	}
	t.Render()
}

func orDash(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return four(x)
}

func percent(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f %%", 100*float64(part)/float64(whole))
}
