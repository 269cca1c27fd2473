package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/lib/pq"

	"umpire/fixtures/servers"
)

// TestDatabaseAway: whatever is asked of a database that is down says so, on connections
// from before as on new ones.
func TestDatabaseAway(t *testing.T) {
	server := servers.DurablePostgres(t)
	s := migrated(t, server.URL())
	asked := map[string]func(ctx context.Context) error{
		"a list":    func(ctx context.Context) error { _, err := s.Matches(ctx, MatchFilter{}); return err },
		"changes":   func(ctx context.Context) error { _, err := s.Changes(ctx, 0, 0); return err },
		"a history": func(ctx context.Context) error { _, err := s.History(ctx, "mch_0000000000000000"); return err },
		"a message": func(ctx context.Context) error { _, err := s.Message(ctx, 1); return err },
		"profiles":  func(ctx context.Context) error { _, err := s.Profiles(ctx); return err },
		"a delivery": func(ctx context.Context) error {
			_, err := s.Ingest(ctx, []Delivery{delivers(m("a", "1", "x", "y"), "1")})
			return err
		},
	}
	for why, ask := range asked {
		if err := ask(t.Context()); errors.Is(err, ErrUnavailable) {
			t.Errorf("%s, while it is up: %v", why, err)
		}
	}
	server.Kill()
	for why, ask := range asked {
		if err := ask(t.Context()); !errors.Is(err, ErrUnavailable) {
			t.Errorf("%s: %v", why, err)
		}
	}
}

// TestDatabaseGoesAway: it goes while one reads, or is about to commit.
func TestDatabaseGoesAway(t *testing.T) {
	server := servers.DurablePostgres(t)
	s := migrated(t, server.URL())
	_, err := look(t.Context(), s, func(v view) ([]Source, error) {
		server.Stop()
		return v.sources(t.Context())
	})
	if !errors.Is(err, ErrUnavailable) {
		t.Errorf("reading: %v", err)
	}
	server.Start()
	if err := s.write(t.Context(), func(*tx) error { server.Kill(); return nil }); !errors.Is(err, ErrUnavailable) {
		t.Errorf("committing: %v", err)
	}
}

func TestUnanswered(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	for _, test := range []struct {
		why  string
		err  error
		away bool
	}{
		{"nothing is wrong", nil, false},
		{"nobody listens", refused, true},
		{"the connection is lost", driver.ErrBadConn, true},
		{"it hangs up while hands are shaken", fmt.Errorf("startup: %w", io.EOF), true},
		{"it shuts down", &pq.Error{Code: "57P01"}, true},
		{"it has crashed", &pq.Error{Code: "57P02"}, true},
		{"it starts up", &pq.Error{Code: "57P03"}, true},
		{"an exception of the connection", &pq.Error{Code: "08006"}, true},
		{"a statement was cancelled", &pq.Error{Code: "57014"}, false},
		{"a constraint is broken", &pq.Error{Code: "23505"}, false},
		{"the caller went away while dialling", fmt.Errorf("%w: %w", refused, context.Canceled), false},
		{"the caller's time was up", fmt.Errorf("%w: %w", refused, context.DeadlineExceeded), false},
	} {
		got := unanswered(test.err)
		if errors.Is(got, ErrUnavailable) != test.away || !errors.Is(got, test.err) {
			t.Errorf("%s: %v became %v", test.why, test.err, got)
		}
	}
}
