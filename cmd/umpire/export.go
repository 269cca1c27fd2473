package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"iter"

	"umpire/ent/store"
	"umpire/resolve/eval"
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
		return writeLinks(io.out, c.Format, exported(ctx, s))
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
	lines, rows := json.NewEncoder(w), csv.NewWriter(w)
	put := func(l eval.Link) error { return rows.Write([]string{l.Source, string(l.Kind), l.ID, l.Entity}) }
	if format == "ndjson" {
		put = func(l eval.Link) error { return lines.Encode(l) }
	} else if err := rows.Write([]string{"source", "kind", "id", "entity"}); err != nil {
		return err
	}
	for l, err := range links {
		if err == nil {
			err = put(l)
		}
		if err != nil {
			return err
		}
	}
	rows.Flush()
	return rows.Error()
}
