package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"umpire/api/access"
	"umpire/ent/store"
)

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make a token, and show it once."`
	List   tokenListCmd   `cmd:"" help:"List the tokens, without what is secret of them."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token for ever, and all that signed in by it."`
}

type tokenCreateCmd struct {
	database
	Name    string      `help:"Who acts by it: every decision is kept with this name." required:"" placeholder:"NAME"`
	Role    access.Role `help:"What it is for: reader, source, curator, operator or admin." required:"" placeholder:"ROLE"`
	Source  string      `help:"The source that it speaks for, if its role is source." placeholder:"NAME"`
	Expires lifetime    `help:"When it ends, such as 12h, 90d or never; by default ${default}." default:"90d" placeholder:"TIME"`
	By      string      `help:"Who makes it, for the record; by default the user of this machine." env:"UMPIRE_ACTOR,USER" default:"operator" placeholder:"NAME"`
}

// Help is what umpire token create --help adds.
func (tokenCreateCmd) Help() string {
	return "A reader reads; a curator decides as well; an operator runs, replays and publishes for every source as well; an admin may do all. A source publishes, as itself alone, and reads nothing. The token is printed once, alone on the output; what is kept of it is a hash."
}

func (c *tokenCreateCmd) Run(ctx context.Context, io streams) error {
	return c.with(ctx, func(s *store.Store) error {
		text, made, err := access.Create(ctx, s, access.Grant{Name: c.Name, Role: c.Role, Source: c.Source, Expires: c.Expires.from(time.Now()), By: c.By})
		if err != nil {
			return fmt.Errorf("create a token: %w", err)
		}
		fmt.Fprintln(io.out, text)
		_, err = fmt.Fprintf(io.err, "This is the token of %s, %s, id %s, which %s. It is not shown again.\n", made.Name, made.Role, made.ID, c.Expires)
		return err
	})
}

// lifetime is for how long something holds; 0 is for ever.
type lifetime time.Duration

// UnmarshalText reads one: hours and less as Go has it, days, or never.
func (l *lifetime) UnmarshalText(text []byte) error {
	told := string(text)
	if told == "never" {
		*l = 0
		return nil
	}
	if days, is := strings.CutSuffix(told, "d"); is {
		n, err := strconv.Atoi(days)
		if err != nil || n < 1 || n > 36500 {
			return fmt.Errorf("%q is no number of days", told)
		}
		*l = lifetime(n) * lifetime(24*time.Hour)
		return nil
	}
	d, err := time.ParseDuration(told)
	if err != nil || d <= 0 {
		return fmt.Errorf("%q is none; such as 12h, 90d or never", told)
	}
	*l = lifetime(d)
	return nil
}

// from is when it ends; nil: never.
func (l lifetime) from(now time.Time) *time.Time {
	if l == 0 {
		return nil
	}
	return new(now.Add(time.Duration(l)))
}

func (l lifetime) String() string {
	if end := l.from(time.Now()); end != nil {
		return "holds until " + end.UTC().Format(time.DateTime) + " UTC"
	}
	return "does not expire"
}

type tokenListCmd struct{ database }

func (c *tokenListCmd) Run(ctx context.Context, io streams) error {
	return c.with(ctx, func(s *store.Store) error {
		tokens, err := s.Tokens(ctx)
		if err != nil {
			return err
		}
		now := time.Now()
		t := newTable(io.out)
		t.AppendHeader(table.Row{"id", "name", "role", "source", "created (UTC)", "by", "last used", "expires", "state"})
		for _, k := range tokens {
			t.AppendRow(table.Row{
				k.ID, k.Name, k.Role, k.Source, k.CreatedAt.Format(time.DateTime), k.CreatedBy,
				momentOr(k.LastUsedAt, "never"), momentOr(k.ExpiresAt, "never"), k.State(now),
			})
		}
		t.Render()
		return nil
	})
}

// momentOr is a moment to the minute, in UTC, or a word for none.
func momentOr(at *time.Time, none string) string {
	if at == nil {
		return none
	}
	return at.UTC().Format("2006-01-02 15:04")
}

type tokenRevokeCmd struct {
	database
	Token string `arg:"" name:"token" help:"Its name, if it is live, or its id."`
}

func (c *tokenRevokeCmd) Run(ctx context.Context, io streams) error {
	return c.with(ctx, func(s *store.Store) error {
		revoked, err := s.RevokeTokenNamed(ctx, c.Token)
		if errors.Is(err, store.ErrNotFound) {
			revoked, err = s.RevokeToken(ctx, c.Token)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(io.out, "The token %s of %s, %s, is revoked, and what signed in by it is signed out.\n", revoked.ID, revoked.Name, revoked.Role)
		return err
	})
}

// entrance are the flags of who may come in.
type entrance struct {
	OpenReading    bool   `help:"Let everybody read, without a token." env:"UMPIRE_OPEN_READING"`
	FirstTokenFile string `help:"Where no token was ever made, make the one in this file: an admin's, by the name of first." placeholder:"FILE" env:"UMPIRE_FIRST_TOKEN_FILE"`
}

// firstToken makes the token of a file, if there is one and none was ever made.
func (e entrance) firstToken(ctx context.Context, s *store.Store) error {
	if e.FirstTokenFile == "" {
		return nil
	}
	if made, err := s.AnyToken(ctx); made || err != nil {
		return err
	}
	content, err := os.ReadFile(e.FirstTokenFile)
	if err != nil {
		return fmt.Errorf("--first-token-file: %w", err)
	}
	_, err = access.CreateFirst(ctx, s, access.Grant{Name: "first", Role: access.Admin, By: "serve"}, strings.TrimSpace(string(content)))
	if errors.Is(err, store.ErrConflict) { // another process was first
		return nil
	}
	if err != nil {
		return fmt.Errorf("--first-token-file: %w", err)
	}
	return nil
}
