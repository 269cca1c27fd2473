package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"

	"umpire/ent/store"
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
		put, flush := linkWriter(c.Format, io.out)
		for record, err := range s.Export(ctx) {
			if err != nil {
				return err
			}
			if err := put(link{record.Source, string(record.Kind), record.Key, string(record.Entity)}); err != nil {
				return err
			}
		}
		return flush()
	})
}

// link is one row of an export, and of what eval writes.
type link struct {
	Source string `json:"source"`
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Entity string `json:"entity"`
}

// linkWriter writes links in a format; flush ends it.
func linkWriter(format string, w io.Writer) (put func(link) error, flush func() error) {
	if format == "ndjson" {
		enc := json.NewEncoder(w)
		return func(l link) error { return enc.Encode(l) }, func() error { return nil }
	}
	out := csv.NewWriter(w)
	head := out.Write([]string{"source", "kind", "id", "entity"})
	put = func(l link) error {
		if head != nil {
			return head
		}
		return out.Write([]string{l.Source, l.Kind, l.ID, l.Entity})
	}
	return put, func() error { out.Flush(); return out.Error() }
}
