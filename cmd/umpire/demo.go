package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"umpire/ent/store"
	"umpire/fixtures"
	"umpire/ingest"
	"umpire/resolve/eval"
	"umpire/resolve/run"
)

type demoCmd struct {
	listener
	Keep    string `help:"Keep the demo's database in this file; else it is gone in the end." placeholder:"FILE"`
	NoServe bool   `help:"End after the report."`
}

// Help is what umpire demo --help adds.
func (demoCmd) Help() string {
	return "Takes in the challenge's four sample messages and a month of CS:GO as three sites told it (March 2015), learns from them, resolves them, shows what merged and how well against the known truth, and serves the pages. Everything runs on an embedded SQLite database."
}

func (c *demoCmd) Run(ctx context.Context, io streams) error {
	path, cleanup, err := c.path()
	if err != nil {
		return err
	}
	defer cleanup()
	return database{"sqlite:" + path}.with(ctx, func(s *store.Store) error {
		return c.show(zerolog.Ctx(ctx).Level(zerolog.WarnLevel).WithContext(ctx), io, newLine(s))
	})
}

// show takes the bundled feeds in, learns from them, resolves them, reports and serves.
func (c *demoCmd) show(ctx context.Context, io streams, l *line) error {
	start := time.Now()
	fates, err := takeBundled(ctx, io, l)
	if err != nil {
		return err
	}
	if _, err := run.Train(ctx, l.store, run.Options{}); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return l.resolver.Run(ctx) })
	group.Go(func() error { return run.PlanAll(ctx, l.store) })
	err = l.settled(ctx)
	if err == nil {
		fmt.Fprintf(io.out, "Taken in and resolved in %.1f s: ", time.Since(start).Seconds())
		tellFates(io.out, fates)
		err = c.report(ctx, io, l.store)
	}
	if err == nil && !c.NoServe {
		err = c.serve(ctx, io, l)
	}
	stop()
	return errors.Join(err, group.Wait())
}

// path is where the database goes, and what takes it away afterwards.
func (c *demoCmd) path() (string, func(), error) {
	if c.Keep != "" {
		return c.Keep, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "umpire-demo-")
	if err != nil {
		return "", nil, err
	}
	return filepath.Join(dir, "umpire.db"), func() { _ = os.RemoveAll(dir) }, nil
}

// takeBundled takes the bundled feeds in.
func takeBundled(ctx context.Context, io streams, l *line) (map[store.Fate]int, error) {
	fates := map[store.Fate]int{}
	for _, name := range []string{"bayes/*.json", "csgo/messages.ndjson.gz"} {
		paths, err := fs.Glob(fixtures.FS, name)
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			if err := takeFile(ctx, io, l, path, fates); err != nil {
				return nil, err
			}
		}
	}
	return fates, nil
}

// takeFile takes one of them in.
func takeFile(ctx context.Context, io streams, l *line, path string, fates map[store.Fate]int) error {
	content, err := fixtures.FS.Open(path)
	if err != nil {
		return err
	}
	defer content.Close()
	file, err := ingest.Open("-", content)
	if err != nil {
		return err
	}
	defer file.Close()
	file.Name = path
	return inBatches(file, progress(io.err, file.Size, path), false, func(batch []store.Delivery) error {
		outcomes, err := l.intake.Take(ctx, batch)
		tally(fates, outcomes)
		return err
	})
}

// settled waits until nothing is dirty.
func (l *line) settled(ctx context.Context) error {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		stats, err := l.store.Stats(ctx)
		if err != nil || stats.Dirty == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

func (c *demoCmd) report(ctx context.Context, io streams, s *store.Store) error {
	stats, err := s.Stats(ctx)
	if err != nil {
		return err
	}
	if err := showExamples(ctx, io.out, s); err != nil {
		return err
	}
	var links []eval.Link
	for l, err := range exported(ctx, s) {
		if err != nil {
			return err
		}
		links = append(links, l)
	}
	truth, err := fixtures.FS.Open("csgo/truth.csv.gz")
	if err != nil {
		return err
	}
	defer truth.Close()
	scores, err := scoreAgainst(links, truth, "csgo/truth.csv.gz")
	if err != nil {
		return err
	}
	fmt.Fprintln(io.out, "\nAgainst the known truth of that month, pair by pair:")
	printScores(io.out, scores)
	_, err = fmt.Fprintf(io.out, "%d matches are told by several sources; %d suggestions wait for a person.\n", stats.Merged, stats.Suggestions)
	return err
}

// serve serves the pages at the address asked for, or at a free one if it is taken.
func (c *demoCmd) serve(ctx context.Context, io streams, l *line) error {
	bound, err := net.Listen("tcp", c.Listen)
	if err != nil {
		if bound, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return fmt.Errorf("listen: %w", err)
		}
	}
	fmt.Fprintf(io.out, "\nSee for yourself: http://%s (Ctrl-C ends it)\n", strings.Replace(bound.Addr().String(), "[::]", "localhost", 1))
	return l.serveOn(ctx, bound, nil)
}
