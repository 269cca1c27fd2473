package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"umpire/ent/store"
	"umpire/resolve"
	"umpire/resolve/run"
)

type whyCmd struct {
	database
	A    resolve.ID `arg:"" help:"A record, by Umpire's id, such as mch_5f0yq8c3t1v7nbxk; an entity's is that of its oldest record."`
	B    resolve.ID `arg:"" help:"Another of the same kind."`
	Most int        `help:"The most votes of a sum that are told one by one." default:"10"`
}

// Help is what umpire why --help adds.
func (whyCmd) Help() string {
	return "The evidence adds up to the weight, at every level; a bit doubles the odds. The engine is rebuilt for the question, beside whatever runs on the database, and nothing is changed."
}

func (c *whyCmd) Run(ctx context.Context, io streams) error {
	return c.with(ctx, func(s *store.Store) error {
		why, err := run.Why(ctx, s, c.A, c.B)
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(io.out, account{why}.text(c.Most))
		return err
	})
}

// account tells why in the terminal.
type account struct{ resolve.Why }

func (w account) text(most int) string {
	var out strings.Builder
	fmt.Fprintf(&out, "A  %s\nB  %s\n\n", w.record(w.A), w.record(w.B))
	w.verdict(&out)
	t := newTable(&out)
	t.AppendHeader(table.Row{"compared", "A", "B", "how they compare", "bits"})
	appendLines(t, resolve.Cut(w.Lines, most), "")
	t.AppendFooter(table.Row{"match weight", "", "", "", bits(w.Weight)})
	t.Style().Format.Footer = text.FormatDefault
	t.SetColumnConfigs([]table.ColumnConfig{
		{Number: 2, WidthMax: 34, WidthMaxEnforcer: text.WrapSoft},
		{Number: 3, WidthMax: 34, WidthMaxEnforcer: text.WrapSoft},
		{Number: 4, WidthMax: 40, WidthMaxEnforcer: text.WrapSoft},
	})
	t.Render()
	w.pairs(&out)
	return out.String()
}

func appendLines(t table.Writer, lines []resolve.Line, indent string) {
	for _, l := range lines {
		t.AppendRow(table.Row{indent + l.Comparison, l.A, l.B, l.Level, indent + bits(l.Weight)})
		appendLines(t, l.Lines, indent+"  ")
	}
}

// verdict tells what became of the two.
func (w account) verdict(out io.Writer) {
	if w.Apart == nil {
		fmt.Fprintf(out, "They are one: %s, of %d records.\n", w.Entities[0], len(w.Members[0]))
		return
	}
	fmt.Fprintln(out, drawn("They are two, %s and %s: %s.", w.Entities[0], w.Entities[1], w.Apart.Text))
	switch w.Apart.Cause {
	case resolve.ByLinkage:
		fmt.Fprintf(out, "  linkage %s bits\n", bits(w.Apart.Weight))
	case resolve.ByDoubt, resolve.ByPartner:
		fmt.Fprintf(out, "  with %s bits, %s\n  and %s\n", bits(w.Apart.Weight), w.record(w.Apart.Records[0]), w.record(w.Apart.Records[1]))
	case resolve.ByRule:
		for _, id := range w.Apart.Records {
			fmt.Fprintf(out, "  %s\n", w.record(id))
		}
	}
	for _, l := range w.Apart.Lines {
		fmt.Fprintf(out, "  %s: %q and %q, %s\n", l.Comparison, l.A, l.B, l.Level)
	}
}

// pairs tells what their entity rests on, or what there is between the two.
func (w account) pairs(out io.Writer) {
	if len(w.Pairs) == 0 {
		return
	}
	what := "It rests on"
	if w.Apart != nil {
		what = "Between the two"
	}
	t := newTable(out)
	t.AppendHeader(table.Row{what, "", "bits"})
	for _, p := range w.Pairs {
		t.AppendRow(table.Row{w.record(p.A), w.record(p.B), bits(p.Weight)})
	}
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 3, Align: text.AlignRight}})
	t.Render()
}

func (w account) record(id resolve.ID) string {
	return drawn("%s: %s (%s)", w.Told[id].Source, w.Told[id].Name, id)
}

func bits(w resolve.Weight) string { return fmt.Sprintf("%+.2f", w.Bits()) }
