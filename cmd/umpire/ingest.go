package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"umpire/ent/store"
	"umpire/ingest"
)

// batch is how many messages of a file are taken in by one transaction.
const batch = 500

type ingestCmd struct {
	database
	Files []string `arg:"" help:"JSON or NDJSON, packed by gzip or not; - for stdin." placeholder:"FILE"`
	Again bool     `help:"Take messages in even if this file was taken in before."`
}

// Help is what umpire ingest --help adds.
func (ingestCmd) Help() string {
	return "A message is known by its file's bytes and its line, so that a file that is taken in twice changes nothing. What cannot be understood is quarantined with the field and the reason. Nothing is resolved here: serve, or resolve, does that."
}

func (c *ingestCmd) Run(ctx context.Context, io streams) error {
	return c.with(ctx, func(s *store.Store) error {
		intake := ingest.NewIntake(s)
		fates := map[store.Fate]int{}
		for _, path := range c.Files {
			if err := eachBatch(path, io, c.Again, func(batch []store.Delivery) error {
				outcomes, err := intake.Take(ctx, batch)
				tally(fates, outcomes)
				return err
			}); err != nil {
				tellFates(io.out, fates)
				return fmt.Errorf("%s: %w", path, err)
			}
		}
		tellFates(io.out, fates)
		return nil
	})
}

func tally(fates map[store.Fate]int, outcomes []store.Outcome) {
	for _, o := range outcomes {
		fates[o.Fate]++
	}
}

func tellFates(w io.Writer, fates map[store.Fate]int) {
	fmt.Fprintf(w, "%d applied, %d duplicates, %d quarantined\n", fates[store.Applied], fates[store.Duplicate], fates[store.Quarantined])
}

// eachBatch reads a file of messages in batches, with a progress bar.
func eachBatch(path string, io streams, again bool, take func([]store.Delivery) error) error {
	file, err := ingest.Open(path, io.in)
	if err != nil {
		return err
	}
	defer file.Close()
	return inBatches(file, progress(io.err, file.Size, path), again, take)
}

// inBatches has the messages of a file taken, those before a fault in the file too.
func inBatches(file *ingest.File, bar *progressbar.ProgressBar, again bool, take func([]store.Delivery) error) error {
	var gathered []store.Delivery
	flush := func() error {
		if len(gathered) == 0 {
			return nil
		}
		err := take(gathered)
		gathered = nil
		_ = bar.Set64(file.Read())
		return err
	}
	for m, err := range identified(file.Messages(), again) {
		if err != nil {
			return errors.Join(flush(), err)
		}
		gathered = append(gathered, store.Delivery{
			MessageID: m.ID, Body: m.Body, ReceivedAt: time.Now(),
			Via: fmt.Sprintf("file:%s:%d", file.Name, m.Line),
		})
		if len(gathered) == batch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	defer bar.Finish() //nolint:errcheck // it is but shown
	return flush()
}

// progress is how every command shows how far it is; on what is no terminal it is silent.
func progress(w io.Writer, size int64, what string) *progressbar.ProgressBar {
	size = max(size, 1) // a bar of nothing is none
	if !isTerminal(w) {
		return progressbar.DefaultBytesSilent(size)
	}
	return progressbar.NewOptions64(size, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what),
		progressbar.OptionShowBytes(true), progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish())
}
