package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"umpire/fixtures/servers"
)

// TestNothingAcknowledgedIsLost kills PostgreSQL while messages come in, again and again:
// each that Ingest returned from is there, once, and the numbers have no gap.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	const kills = 3
	server := servers.DurablePostgres(t)
	s := migrated(t, server.URL())
	acknowledged := map[string]int64{}
	next := 0
	for range kills {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		under := make(chan struct{}) // closed when a few are through
		stopped := make(chan error, 1)
		go func() {
			for through := 0; ; through++ {
				if through == 5 {
					close(under)
				}
				d := delivers(m("a", fmt.Sprint(next), "x", "y"), fmt.Sprint(next))
				d.MessageID = fmt.Sprint(next)
				out, err := s.Ingest(ctx, []Delivery{d})
				if err != nil {
					stopped <- err
					return
				}
				acknowledged[d.MessageID] = out[0].Message
				next++
			}
		}()
		<-under
		server.Kill()
		if err := <-stopped; ctx.Err() != nil {
			t.Fatalf("the writer did not notice: %v", err)
		}
		cancel()
		server.Start()
	}
	for id, message := range acknowledged {
		kept, err := s.Message(t.Context(), message)
		if err != nil || kept.MessageID != id || string(kept.Body) != id {
			t.Errorf("message %d was acknowledged as %q: it is %q, %v", message, id, kept.MessageID, err)
		}
	}
	last := ingest(t, s, delivers(m("a", "last", "x", "y"), "last"))[0]
	if n := s.client.Message.Query().CountX(t.Context()); int64(n) != last.Message || last.Seq != last.Message {
		t.Errorf("%d messages, the last of which is %d, number %d of its source", n, last.Message, last.Seq)
	}
}
