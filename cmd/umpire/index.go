package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"umpire/api/search/index"
	"umpire/ent/store"
)

// searcher are the flags of what speaks with a search server.
type searcher struct {
	Search      string `help:"The search server, Elasticsearch or OpenSearch, such as http://USER:PASSWORD@HOST:9200. serve does without if there is none." env:"UMPIRE_SEARCH" placeholder:"URL" secret:""`
	SearchAlias string `help:"What the index is called, and the beginning of what those that it is made of are." default:"umpire" env:"UMPIRE_SEARCH_ALIAS" placeholder:"NAME"`
}

func (s searcher) open() (*index.Server, error) {
	if err := unambiguous(s.Search); err != nil {
		return nil, fmt.Errorf("--search: %w", err)
	}
	opened, err := index.Open(index.Config{URL: s.Search, Alias: s.SearchAlias})
	if err != nil {
		return nil, fmt.Errorf("--search: %w", err)
	}
	return opened, nil
}

type indexCmd struct {
	database
	searcher
	Rebuild bool `help:"Make the index anew beside the one in use, and switch to it when it is done; writes and searches go on meanwhile."`
}

// Help is what umpire index --help adds.
func (indexCmd) Help() string {
	return "Brings the search index to where the database is. serve does that all the time; --rebuild is for an index that another version of the program made, or that belongs to another database."
}

// Validate is asked before Run.
func (c *indexCmd) Validate() error {
	if c.Search == "" {
		return errors.New("index needs --search")
	}
	return nil
}

func (c *indexCmd) Run(ctx context.Context, io streams) error {
	return c.with(ctx, func(s *store.Store) error {
		server, err := c.searcher.open()
		if err != nil {
			return err
		}
		defer server.Close()
		began := time.Now()
		x := index.NewIndexer(server, s)
		if !c.Rebuild {
			if err := x.CatchUp(ctx); err != nil {
				return err
			}
			_, err = fmt.Fprintf(io.out, "The index is where the database is, after %.1f s.\n", time.Since(began).Seconds())
			return err
		}
		bar := countdown(io.err, -1, "documents")
		var done int64
		err = x.Rebuild(ctx, func(n, of int64) {
			done = n
			bar.ChangeMax64(of)
			_ = bar.Set64(n) // a bar that cannot be drawn is no fault
		})
		_ = bar.Finish()
		if err != nil {
			return err
		}
		took := time.Since(began).Seconds()
		_, err = fmt.Fprintf(io.out, "%d documents indexed in %.1f s, %.0f a second; they are searched now.\n", done, took, float64(done)/took)
		return err
	})
}
