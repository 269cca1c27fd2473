package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"umpire/fixtures/servers"
	"umpire/resolve"
)

// TestValuesComeBack: what means something to who reads many values at once, quotes and
// braces and the word NULL, means nothing within one.
func TestValuesComeBack(t *testing.T) {
	texts := []string{"NULL", "{}", "}", ",", `"`, `\`, `\"`, `\\x41`, `{"a":"b\"c"}`, "a,b", " a ", "\t\r\n", "Čeští Lvi", "'; --", "$1 ?"}
	points := []float64{0, 0.1, -3, 1e300, 1e-7}
	want := map[resolve.ID]resolve.Match{}
	var batch []Delivery
	for i, text := range texts {
		match := m("a", text, "x"+text, text+"y")
		match.URL, match.Start.Raw, match.State = text, text, nil
		match.Start.At = time.Date(1931+i, 5, 1, 12, 30, 15, 123456000, time.UTC)
		match.Sides[0].Points, match.Sides[1].Winner = &points[i%len(points)], new(i%2 == 0)
		want[match.ID] = arriving(match, int64(i+1))
		batch = append(batch, delivers(match, text))
	}
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, batch...)
		if diff := cmp.Diff(want, live(t, s)); diff != "" {
			t.Error(diff)
		}
		for i, text := range texts {
			if message, err := s.Message(t.Context(), int64(i+1)); err != nil || string(message.Body) != text {
				t.Errorf("message %d says %q, want %q: %v", i+1, message.Body, text, err)
			}
		}
	})
}

// TestIntakeDoesNotWait: while a plan that moves them is being applied, messages come in
// that name the same titles, tournaments and teams.
func TestIntakeDoesNotWait(t *testing.T) {
	s := migrated(t, servers.Postgres(t))
	ingest(t, s, delivers(m("a", "1", "x", "y"), "1"))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	err := s.write(ctx, func(tx *tx) error {
		for _, kind := range []resolve.Kind{resolve.KindTitle, resolve.KindTournament, resolve.KindTeam} {
			if _, err := tx.ExecContext(ctx, fmt.Sprintf("SELECT id FROM %s FOR NO KEY UPDATE", recordTable(kind))); err != nil {
				return err
			}
		}
		_, err := s.Ingest(ctx, []Delivery{delivers(m("a", "2", "x", "y"), "2")})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
