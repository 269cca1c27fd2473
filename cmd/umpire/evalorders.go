package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"github.com/schollz/progressbar/v3"

	"umpire/ingest"
	"umpire/resolve"
	"umpire/resolve/eval"
)

// playOrders plays each feed's log in random orders, and tells what differs first.
func (c *evalCmd) playOrders(ctx context.Context, io streams, feeds []feed) error {
	for _, f := range feeds {
		log, err := readLog(f.messages, io.in)
		if err != nil {
			return err
		}
		if err := c.play(ctx, io, f, log); err != nil {
			return err
		}
	}
	return nil
}

func (c *evalCmd) play(ctx context.Context, io streams, f feed, log []eval.Event) error {
	model := resolve.Train(final(log))
	bar := countdown(io.err, int64(c.Orders+1)*int64(len(log)), f.name)
	start := time.Now()
	tally, err := eval.Orders{
		New: func() eval.Engine { return resolve.New(model) }, Log: log, Number: c.Orders, Seed: c.Seed, Withdrawn: c.Withdraw,
		Played: func(events int) { _ = bar.Add(events) },
	}.Play(ctx)
	_ = bar.Finish()
	if found, ok := errors.AsType[*eval.DifferenceError](err); ok {
		printDifference(io.out, found)
	}
	if err != nil {
		return fmt.Errorf("%s, seed %d: %w", f.name, c.Seed, err)
	}
	_, err = fmt.Fprintf(io.out, "%s, seed %d: %d orders of %d messages, the first one twice: as one batch at %d prefixes and ends, all alike in the end (%d settled, %d restarts, %d withdrawals): %.1f s, peak memory %d MiB\n",
		f.name, c.Seed, c.Orders, len(log), tally.Compared, tally.Settled, tally.Restarts, tally.Withdrawn, time.Since(start).Seconds(), peakMemory())
	return err
}

func printDifference(w io.Writer, d *eval.DifferenceError) {
	fmt.Fprintf(w, "Order %d, after %d of %d events: - %s, + %s\n", d.Order, d.At, d.Of, d.One, d.Other)
	for _, f := range d.Findings {
		fmt.Fprintf(w, "%s: %d differ, the first:\n%s\n", f.What, f.Count, f.First)
	}
}

// countdown is a bar of things to do; on what is no terminal it is silent.
func countdown(w io.Writer, things int64, what string) *progressbar.ProgressBar {
	if !isTerminal(w) {
		return progressbar.DefaultSilent(things)
	}
	return progressbar.NewOptions64(things, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what),
		progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
}

// readLog returns all that a stream says, in its order. Messages that cannot be understood
// are left out.
func readLog(path string, stdin io.Reader) ([]eval.Event, error) {
	file, err := ingest.Open(path, stdin)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var log []eval.Event
	for read, err := range file.Decoded(ingest.Defaults) {
		if err != nil {
			return nil, err
		}
		if read.Match != nil {
			log = append(log, eval.Event{Match: read.Match})
		}
	}
	return log, nil
}

// final yields what each match record of a log says in the end, oldest first.
func final(log []eval.Event) iter.Seq[resolve.Match] {
	last := map[resolve.ID]int{}
	var order []resolve.ID
	for i, e := range log {
		if _, known := last[e.Match.ID]; !known {
			order = append(order, e.Match.ID)
		}
		last[e.Match.ID] = i
	}
	return func(yield func(resolve.Match) bool) {
		for id := range slices.Values(order) {
			if !yield(*log[last[id]].Match) {
				return
			}
		}
	}
}
