package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"umpire/resolve"
	"umpire/resolve/eval"
)

type evalCmd struct {
	Messages string `required:"" help:"The stream: JSON, NDJSON, either packed by gzip; - for stdin." placeholder:"FILE"`
	Truth    string `required:"" help:"CSV source,kind,id,entity: two records of a kind are one exactly when their entity is equal. Packed by gzip or not." placeholder:"FILE"`
	Links    string `help:"Write what was decided: CSV source,kind,id,entity." placeholder:"OUT"`
}

// Help is what umpire eval --help adds.
func (evalCmd) Help() string {
	return "Trains on the stream without labels, resolves it in memory, and compares the outcome with the truth. Records that the truth does not list are not counted."
}

func (c *evalCmd) Run(_ context.Context, io streams) error {
	start := time.Now()
	records, err := readRecords(c.Messages, io.in)
	if err != nil {
		return err
	}
	engine := resolve.New(resolve.Train(slices.Values(records)))
	for _, m := range records {
		engine.Put(m)
	}
	engine.Settle()
	took := time.Since(start)
	links := linksOf(engine, records)
	if c.Links != "" {
		if err := writeFile(c.Links, links); err != nil {
			return err
		}
	}
	scores, err := scoreFile(links, c.Truth)
	if err != nil {
		return err
	}
	printScores(io.out, scores)
	_, err = fmt.Fprintf(io.out, "%d match records, decoding included: %.1f s, peak memory %d MiB\n", len(records), took.Seconds(), peakMemory())
	return err
}

// linksOf tells every record that the stream names with its entity.
func linksOf(engine *resolve.Engine, records []resolve.Match) []eval.Link {
	var links []eval.Link
	seen := map[resolve.ID]bool{}
	add := func(k resolve.Key, id resolve.ID) {
		if entity, ok := engine.EntityOf(id); ok && !seen[id] {
			seen[id] = true
			links = append(links, eval.Link{Source: k.Source, Kind: k.Kind, ID: k.ID, Entity: string(entity)})
		}
	}
	for _, m := range records {
		add(m.Key, m.ID)
		for _, n := range []*resolve.Named{m.Title, m.Tournament, &m.Sides[0].Team, &m.Sides[1].Team} {
			if n != nil {
				add(n.Key, n.ID)
			}
		}
	}
	return links
}

func writeFile(path string, links []eval.Link) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	err = writeLinks(f, "csv", func(yield func(eval.Link, error) bool) {
		for _, l := range links {
			if !yield(l, nil) {
				return
			}
		}
	})
	return errors.Join(err, f.Close())
}

// scoreFile compares links with a truth file.
func scoreFile(links []eval.Link, path string) ([]eval.Score, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return scoreAgainst(links, f, path)
}

// scoreAgainst compares links with a truth, packed by gzip if its name says so.
func scoreAgainst(links []eval.Link, truth io.Reader, name string) ([]eval.Score, error) {
	if strings.HasSuffix(name, ".gz") {
		unpacked, err := gzip.NewReader(truth)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		truth = unpacked
	}
	return eval.Compare(links, truth)
}

func printScores(w io.Writer, scores []eval.Score) {
	t := newTable(w)
	t.AppendHeader(table.Row{"kind", "records", "P", "R", "F1", "B³", "largest"})
	for _, s := range scores {
		t.AppendRow(table.Row{s.Kind, s.Records, four(s.Precision), four(s.Recall), four(s.F1), four(s.B3), s.Largest})
	}
	t.Render()
}

func four(x float64) string { return fmt.Sprintf("%.4f", x) }

// peakMemory is the greatest resident set of this process so far, in MiB.
func peakMemory() int64 {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return usage.Maxrss / 1024
}
