package main

import (
	"bytes"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"umpire/ent/store"
	"umpire/fixtures/servers"
)

// Whoever plans or applies a run is killed in the middle of it. Planned it is by the next one
// who is asked, or by a server; applied it is whole or not at all, and goes on where it was.
func TestRunSurvivesKills(t *testing.T) {
	database := servers.DurablePostgres(t).URL()
	do(t, "ingest", "--database", database, unpack(t, "csgo/messages.ndjson.gz")[0])
	do(t, "resolve", "--database", database)
	s, err := store.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	links := func() map[string]bool { return lines(do(t, "export", "links", "--database", database)) }
	before := links()

	id := int64(0)
	for caught := false; !caught; {
		id++
		caught = killedIn(t, s, id, store.RunPlanning, "resolve", "--dry-run", "--model", "train", "--database", database)
	}
	if diff := cmp.Diff(before, links()); diff != "" {
		t.Errorf("a plan that was not finished changed something:\n%s", diff)
	}
	number := strconv.FormatInt(id, 10)
	await(t, "the run of a dead planner is planned", func() bool {
		var log bytes.Buffer
		code := umpire(t.Context(), []string{"resolve", "--dry-run", "--anew", number, "--database", database}, streams{strings.NewReader(""), &log, &log})
		return code == 0
	})
	for round := 0; ; round++ {
		if round == 20 {
			t.Fatal("it was never killed while it applied: this machine is too quick")
		}
		if killedIn(t, s, id, store.RunApplying, "resolve", "--apply", number, "--database", database) {
			break
		}
		do(t, "resolve", "--rollback", number, "--database", database)
		do(t, "resolve", "--dry-run", "--model", "train", "--database", database)
		id++
		number = strconv.FormatInt(id, 10)
	}
	if diff := cmp.Diff(before, links()); diff != "" {
		t.Errorf("half of a run was applied:\n%s", diff)
	}
	do(t, "resolve", "--apply", number, "--database", database)
	if cmp.Equal(before, links()) {
		t.Error("the run was taken up, and changed nothing")
	}
	do(t, "resolve", "--rollback", number, "--database", database)
	if diff := cmp.Diff(before, links()); diff != "" {
		t.Errorf("there and back:\n%s", diff)
	}
}

// killedIn starts the program and kills it as soon as a run is in a state; it reports whether
// the run is so still.
func killedIn(t *testing.T, s *store.Store, id int64, state store.RunState, args ...string) bool {
	t.Helper()
	process := exec.Command("umpire", args...)
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = process.Wait()
		close(ended)
	}()
	is := func() store.RunState {
		r, err := s.Run(t.Context(), id)
		if err != nil {
			return ""
		}
		return r.State
	}
	for {
		select {
		case <-ended:
			return false
		default:
		}
		if is() == state {
			time.Sleep(20 * time.Millisecond) // into the middle of it
			_ = process.Process.Kill()
			<-ended
			return is() == state
		}
	}
}
