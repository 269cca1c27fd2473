package main

import (
	"context"
	"encoding/json"
	"io"
	"iter"

	"umpire/ent/store"
	"umpire/resolve/eval"
	"umpire/resolve/text"
)

type exportCmd struct {
	Links exportLinksCmd `cmd:"" help:"Every live record with its entity: source,kind,id,entity."`
}

type exportLinksCmd struct {
	database
	Format string `help:"${enum}." enum:"csv,ndjson" default:"csv"`
}

func (c *exportLinksCmd) Run(ctx context.Context, io streams) error {
	return c.with(ctx, func(s *store.Store) error {
		links := exported(ctx, s)
		if c.Format == "csv" && isTerminal(io.out) {
			links = shown(links)
		}
		return writeLinks(io.out, c.Format, links)
	})
}

// exported yields the links that a store holds, as eval takes them.
func exported(ctx context.Context, s *store.Store) iter.Seq2[eval.Link, error] {
	return func(yield func(eval.Link, error) bool) {
		for r, err := range s.Export(ctx) {
			if !yield(eval.Link{Source: r.Source, Kind: r.Kind, ID: r.Key, Entity: string(r.Entity)}, err) {
				return
			}
		}
	}
}

// writeLinks writes links as NDJSON, or as CSV with a head.
func writeLinks(w io.Writer, format string, links iter.Seq2[eval.Link, error]) error {
	if format == "csv" {
		return eval.Write(w, links)
	}
	lines := json.NewEncoder(jsonLog{w})
	for l, err := range links {
		if err == nil {
			err = lines.Encode(l)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// shown draws, where people look at CSV, what would steer their terminal; what programs read
// stays as it is.
func shown(links iter.Seq2[eval.Link, error]) iter.Seq2[eval.Link, error] {
	return func(yield func(eval.Link, error) bool) {
		for l, err := range links {
			l.Source, l.ID = text.Tame(l.Source), text.Tame(l.ID)
			if !yield(l, err) {
				return
			}
		}
	}
}
