package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"umpire/ent/store"
)

type actsCmd struct {
	database
	Actor string     `help:"Only those of this person." placeholder:"NAME"`
	Verb  store.Verb `help:"Only this: judge, merge, split, move, detach, group, override, lift, rule, trust or undo." placeholder:"VERB"`
	Since *time.Time `help:"Only those of this day, in UTC, or later." format:"2006-01-02" placeholder:"DAY"`
	Most  int        `help:"The most that are listed." default:"50"`
}

func (c *actsCmd) Run(ctx context.Context, io streams) error {
	return c.with(ctx, func(s *store.Store) error {
		acts, err := s.Acts(ctx, store.ActFilter{Actor: c.Actor, Verb: c.Verb, Since: c.Since, Limit: c.Most})
		if err != nil {
			return err
		}
		tellActs(io.out, acts.Items)
		if acts.Next != "" {
			fmt.Fprintf(io.out, "There are more than these %d.\n", len(acts.Items))
		}
		return nil
	})
}

// tellActs prints acts as a table.
func tellActs(out io.Writer, acts []store.Act) {
	t := newTable(out)
	t.AppendHeader(table.Row{"act", "when", "who", "what", "said", "lifted", "note", ""})
	for _, a := range acts {
		t.AppendRow(table.Row{a.ID, a.At.UTC().Format(time.DateTime), a.Actor, a.Verb, a.Made, a.Lifted, a.Note, standing(a)})
	}
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 7, WidthMax: 50, WidthMaxEnforcer: text.WrapSoft}})
	t.Render()
}

// standing tells what has become of an act.
func standing(a store.Act) string {
	switch {
	case a.UndoneBy != 0:
		return "undone by " + strconv.FormatInt(a.UndoneBy, 10)
	case !a.Settled:
		return "settling"
	}
	return ""
}

type undoCmd struct {
	database
	Act   int64  `arg:"" help:"The number of the act, as umpire acts lists it."`
	Actor string `help:"Who undoes it." required:"" placeholder:"NAME" env:"UMPIRE_ACTOR"`
	Note  string `help:"Why, for who reads the list of acts."`
}

// Help is what umpire undo --help adds.
func (undoCmd) Help() string {
	return "What the act brought into force goes out of it, and what it lifted comes back, as a new act that can be undone in turn. The process that resolves the database settles it, or the next umpire resolve."
}

func (c *undoCmd) Run(ctx context.Context, io streams) error {
	return c.with(ctx, func(s *store.Store) error {
		done, err := s.Decide(ctx, store.Signature{Actor: c.Actor, Note: c.Note}, store.Undo{Act: c.Act})
		switch {
		case err != nil:
			return err
		case done.Act.ID == 0:
			return errors.New("there is nothing to undo")
		}
		tellActs(io.out, []store.Act{done.Act})
		return nil
	})
}
