package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"umpire/resolve"
	"umpire/resolve/eval"
)

type evalCmd struct {
	Messages []string `required:"" sep:"none" help:"The stream: JSON, NDJSON, either packed by gzip; - for stdin. Several times for several feeds." placeholder:"FILE"`
	Truth    []string `sep:"none" help:"CSV source,kind,id,entity: two records of a kind are one exactly when their entity is equal. Packed by gzip or not. One for each --messages, in the same order." placeholder:"FILE"`
	Links    string   `help:"Write what was decided: CSV source,kind,id,entity." placeholder:"OUT"`

	Errors      bool   `help:"List every pair that was joined falsely or missed, with both records, the evidence, and what each was joined to instead." xor:"what"`
	Reliability bool   `help:"Show how far the probabilities of pairs of matches can be relied on, and what the suggestions are worth; all feeds pooled." xor:"what"`
	Stages      bool   `help:"Show what each idea of the engine brings: F1 by stage, kind and feed." xor:"what"`
	Growth      string `help:"Make four times the records, in other years or in the same weeks, and show what that costs: years or weeks." xor:"what" placeholder:"WHERE"`
	Orders      int    `help:"Play N random interleavings of the sources' streams through a live engine, in random batches and with restarts, and compare with one batch on the way and in the end." xor:"what" placeholder:"N"`

	Oracle int  `help:"Answer up to N suggestions from the truth, in the queue's order and in --runs random ones, and show what that brings." xor:"what" placeholder:"N"`
	Taught bool `help:"Of --oracle: instead of random orders, train by the answers and show what that brings beside them."`

	Seed     uint64  `help:"Of --orders and --oracle: equal seeds play equal orders." default:"1"`
	Withdraw float64 `help:"Of --orders: the share of what is told again that its source withdraws in between." default:"0.01"`
	Runs     int     `help:"Of --growth: how often to measure each; the median is shown. Of --oracle: how many random orders." default:"3"`
}

// Help is what umpire eval --help adds.
func (evalCmd) Help() string {
	return "Trains on the stream without labels, resolves it in memory, and compares the outcome with the truth. Records that the truth does not list are not counted. --orders and --growth compare the engine with itself, and need no truth."
}

// Validate is asked before Run.
func (c *evalCmd) Validate() error {
	switch {
	case c.Oracle < 0:
		return errors.New("--oracle: answer one or more")
	case c.Orders < 0:
		return errors.New("--orders: play one or more")
	case c.Withdraw < 0 || c.Withdraw > 1:
		return errors.New("--withdraw: a share lies between 0 and 1")
	case c.Growth != "" && !slices.Contains(eval.Growths, eval.Growth(c.Growth)):
		return fmt.Errorf("--growth: is one of %s", eval.Growths)
	case c.Runs < 1:
		return errors.New("--runs: measure once or more")
	}
	return c.validateFiles()
}

// validateFiles checks that the files fit each other, and what is asked.
func (c *evalCmd) validateFiles() error {
	alone := c.Orders > 0 || c.Growth != "" // the engine is compared with itself
	plain := !alone && !c.Errors && !c.Reliability && !c.Stages && c.Oracle == 0
	switch {
	case !alone && len(c.Truth) != len(c.Messages), len(c.Truth) > len(c.Messages):
		return fmt.Errorf("--truth: one for each --messages is needed, not %d for %d", len(c.Truth), len(c.Messages))
	case c.Links != "" && (!plain || len(c.Messages) > 1):
		return errors.New("--links: is written of one feed, and with no other question")
	}
	return nil
}

func (c *evalCmd) Run(ctx context.Context, io streams) error {
	feeds := c.feeds()
	switch {
	case c.Orders > 0:
		return c.playOrders(ctx, io, feeds)
	case c.Oracle > 0:
		return c.askOracle(ctx, io, feeds)
	case c.Reliability:
		return showReliability(io, feeds)
	case c.Growth != "":
		return c.showGrowth(ctx, io, feeds)
	case c.Errors:
		return showErrors(io, feeds)
	case c.Stages:
		return showStages(io, feeds)
	case len(feeds) > 1:
		return scoreFeeds(io, feeds)
	}
	return c.score(io, feeds[0])
}

// feed is a stream, and what is true of it.
type feed struct{ name, messages, truth string }

// feeds names each feed by its file or, where that is but called messages, by its folder.
func (c *evalCmd) feeds() []feed {
	feeds := make([]feed, len(c.Messages))
	for i, path := range c.Messages {
		name, _, _ := strings.Cut(filepath.Base(path), ".")
		if folder := filepath.Base(filepath.Dir(path)); name == "messages" && folder != "." {
			name = folder
		}
		feeds[i] = feed{name: name, messages: path}
		if i < len(c.Truth) {
			feeds[i].truth = c.Truth[i]
		}
	}
	return feeds
}

// resolved is a feed that the engine has resolved by a model that it learnt from it.
type resolved struct {
	matches int // how many match records it tells
	told    []eval.Told
	engine  *resolve.Engine
}

func (f feed) resolve(io streams) (resolved, error) {
	r, err := readRecords(f.messages, io.in)
	if err != nil {
		return resolved{}, err
	}
	model, told := resolve.Train(r.all()), eval.Tell(r.all())
	return resolved{r.n, told, resolveBy(model, r.spent())}, nil
}

func resolveBy(model *resolve.Model, records iter.Seq[resolve.Match]) *resolve.Engine {
	engine := resolve.New(model)
	for m := range records {
		engine.Put(m)
	}
	engine.Resolve()
	return engine
}

// known reads the feed's truth of some records.
func (f feed) known(records []eval.Told) (eval.Known, error) {
	var known eval.Known
	err := withTruth(f.truth, func(truth io.Reader) error {
		all, err := eval.ReadTruth(truth)
		known = all.Of(records)
		return err
	})
	return known, err
}

// score is what eval does if nothing else is asked.
func (c *evalCmd) score(io streams, f feed) error {
	start := time.Now()
	r, err := f.resolve(io)
	if err != nil {
		return err
	}
	took, most := time.Since(start), peakMemory()
	links := eval.LinksOf(r.engine.EntityOf, r.told)
	if c.Links != "" {
		if err := writeFile(c.Links, links); err != nil {
			return err
		}
	}
	scores, err := scoreFile(links, f.truth)
	if err != nil {
		return err
	}
	printScores(io.out, scores)
	_, err = fmt.Fprintf(io.out, "%d match records, decoding included: %.1f s, peak memory %d MiB\n", r.matches, took.Seconds(), most)
	return err
}

// scoreFeeds prints a row a feed and kind.
func scoreFeeds(io streams, feeds []feed) error {
	t := newTable(io.out)
	t.AppendHeader(append(table.Row{"feed"}, scoreHeader...))
	start, records := time.Now(), 0
	for _, f := range feeds {
		r, err := f.resolve(io)
		if err != nil {
			return err
		}
		records += r.matches
		scores, err := scoreFile(eval.LinksOf(r.engine.EntityOf, r.told), f.truth)
		if err != nil {
			return err
		}
		for _, s := range scores {
			t.AppendRow(append(table.Row{f.name}, scoreRow(s)...))
		}
		t.AppendSeparator()
	}
	t.Render()
	_, err := fmt.Fprintf(io.out, "%d match records, decoding and comparing included: %.1f s, peak memory %d MiB\n", records, time.Since(start).Seconds(), peakMemory())
	return err
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
	var scores []eval.Score
	err := withTruth(path, func(truth io.Reader) error {
		var err error
		scores, err = eval.Compare(links, truth)
		return err
	})
	return scores, err
}

// withTruth opens a truth file.
func withTruth(path string, do func(io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	truth, err := unpacked(f, path)
	if err != nil {
		return err
	}
	if err := do(truth); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

// unpacked unpacks a file if its name says that gzip packed it.
func unpacked(file io.Reader, name string) (io.Reader, error) {
	if !strings.HasSuffix(name, ".gz") {
		return file, nil
	}
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return unpacked, nil
}

// scoreAgainst compares links with a truth, packed by gzip if its name says so.
func scoreAgainst(links []eval.Link, truth io.Reader, name string) ([]eval.Score, error) {
	truth, err := unpacked(truth, name)
	if err != nil {
		return nil, err
	}
	return eval.Compare(links, truth)
}

var scoreHeader = table.Row{"kind", "records", "P", "R", "F1", "B³", "largest"}

func scoreRow(s eval.Score) table.Row {
	return table.Row{s.Kind, s.Records, four(s.Precision), four(s.Recall), four(s.F1), four(s.B3), s.Largest}
}

func printScores(w io.Writer, scores []eval.Score) {
	t := newTable(w)
	t.AppendHeader(scoreHeader)
	for _, s := range scores {
		t.AppendRow(scoreRow(s))
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
