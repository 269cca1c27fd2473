package main

import (
	"context"
	"crypto/sha256"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"umpire/ent/store"
	"umpire/fixtures/servers"
	"umpire/ingest"
)

// Whoever is killed while messages come in, nothing is lost, nothing counts twice, each
// source's messages are in its order, and the outcome is that of an undisturbed run, ids
// included.
func TestKilledMeanwhile(t *testing.T) {
	database, broker := servers.DurablePostgres(t), servers.Rabbit(t)
	feed := unpack(t, "csgo/messages.ndjson.gz")[0]
	published := make(chan int, 1)
	go func() {
		published <- umpire(context.WithoutCancel(t.Context()), []string{"publish", "--rabbitmq", broker, "--rate", "250", feed},
			streams{strings.NewReader(""), io.Discard, io.Discard})
	}()
	for round := range 5 {
		kill := serve(t, database.URL(), broker)
		time.Sleep(600 * time.Millisecond) // whatever it is at then
		if round%2 == 1 {
			database.Kill()
			time.Sleep(200 * time.Millisecond) // with messages in hand, and nowhere to put them
		}
		kill()
		if round%2 == 1 {
			database.Start()
		}
	}
	if code := <-published; code != 0 {
		t.Fatalf("publish ended with %d", code)
	}
	defer serve(t, database.URL(), broker)()

	s, err := store.Open(t.Context(), database.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	want := sums(t, feed)
	await(t, "all messages settled", func() bool {
		stats, err := s.Stats(t.Context())
		return err == nil && stats.Messages[store.Applied] >= 1159 && stats.Dirty == 0
	})
	if diff := cmp.Diff(want, applied(t, s)); diff != "" {
		t.Errorf("messages by source, as published and as applied:\n%s", diff)
	}
	calm := "sqlite:" + filepath.Join(t.TempDir(), "calm.db")
	do(t, "ingest", "--database", calm, feed)
	do(t, "resolve", "--database", calm)
	if diff := cmp.Diff(lines(do(t, "export", "links", "--database", calm)), lines(do(t, "export", "links", "--database", database.URL()))); diff != "" {
		t.Errorf("an undisturbed run, and this one:\n%s", diff)
	}
}

// serve starts the program as a process of its own, and returns what kills it.
func serve(t *testing.T, database, broker string) func() {
	t.Helper()
	process := exec.Command("umpire", "serve", "--database", database, "--rabbitmq", broker, "--listen", freeAddress(t))
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	return func() {
		_ = process.Process.Kill()
		_ = process.Wait()
	}
}

// sums are the messages of a feed, by source, in its order.
func sums(t *testing.T, feed string) map[string][][32]byte {
	t.Helper()
	file, err := ingest.Open(feed, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	bySource := map[string][][32]byte{}
	for m, err := range file.Messages() {
		if err != nil {
			t.Fatal(err)
		}
		source := ingest.Decode(m.Body, ingest.Defaults).Source
		bySource[source] = append(bySource[source], sha256.Sum256(m.Body))
	}
	return bySource
}

// applied are the messages that a store has applied, by source, in the order of their
// sequence, which must have no gap.
func applied(t *testing.T, s *store.Store) map[string][][32]byte {
	t.Helper()
	bySource, last := map[string][][32]byte{}, map[string]int64{}
	filter := store.MessageFilter{Ordered: true, Limit: 1000}
	for more := true; more; more = filter.Cursor != "" {
		page, err := s.Messages(t.Context(), filter)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Items {
			if last[m.Source]++; m.Seq != last[m.Source] {
				t.Fatalf("message %d of %s has the number %d", last[m.Source], m.Source, m.Seq)
			}
			if m.Fate == store.Applied {
				bySource[m.Source] = append(bySource[m.Source], m.SHA256)
			}
		}
		filter.Cursor = page.Next
	}
	return bySource
}

func lines(export string) map[string]bool {
	set := map[string]bool{}
	for line := range strings.Lines(export) {
		set[line] = true
	}
	return set
}
