package ingest_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rs/zerolog"
	"pgregory.net/rapid"

	"umpire/ent/store"
	"umpire/fixtures/servers"
	"umpire/ingest"
	"umpire/resolve"
)

// TestTake: each delivery has its fate, in its place, and its bytes as they came.
func TestTake(t *testing.T) {
	in, s, _ := newIntake(t)
	ctx := t.Context()
	bodies := []string{
		"\ufeff" + sample + "\r\n",
		"{not JSON",
		`{"source": "s", "data": {"id": 8}}`,
		sample,
	}
	batch := deliveries(bodies...)
	batch[3].MessageID = batch[0].MessageID
	outcomes, err := in.Take(ctx, batch)
	if err != nil {
		t.Fatal(err)
	}
	want := []store.Outcome{
		{Source: "s", Fate: store.Applied},
		{Source: "", Fate: store.Quarantined, Reason: "is not JSON: line 1, column 2: invalid literal: not"},
		{Source: "s", Fate: store.Quarantined, Field: "data.teams", Reason: "are 0, not 2"},
		{Source: "s", Fate: store.Duplicate, Reason: fmt.Sprintf("repeats message %d", outcomes[0].Message)},
	}
	ignored := cmpopts.IgnoreFields(store.Outcome{}, "Message", "Seq", "Record")
	if diff := cmp.Diff(want, outcomes, ignored); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for i, out := range outcomes {
		m, err := s.Message(ctx, out.Message)
		if err != nil {
			t.Fatal(err)
		}
		if string(m.Body) != bodies[i] {
			t.Errorf("message %d: sent %q, kept %q", i, bodies[i], m.Body)
		}
	}
}

// TestTakeLogs: one event a micro-batch, and one a fault with the sender's message id.
func TestTakeLogs(t *testing.T) {
	in, _, _ := newIntake(t)
	var log bytes.Buffer
	ctx := zerolog.New(&log).WithContext(t.Context())
	if _, err := in.Take(ctx, deliveries(sample, "{", sample)); err != nil {
		t.Fatal(err)
	}
	type event struct {
		Message                                    any
		MessageID                                  string `json:"message_id"`
		Messages, Applied, Duplicates, Quarantined int
		Sources                                    []string
		First, Last                                int64
		Source, Field, Reason, Via                 string
	}
	var got []event
	for line := range bytes.Lines(log.Bytes()) {
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		e.Message = nil // both the event's words and, before them, the number of a message
		got = append(got, e)
	}
	want := []event{
		{MessageID: "m1", Reason: "is not JSON: line 1, column 2: parsing value: unexpected EOF", Via: "test"},
		{Messages: 3, Applied: 2, Quarantined: 1, Sources: []string{"", "s"}, First: 1, Last: 3},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestPoisonIsFound: wherever the messages are that the database refuses, they alone are
// quarantined, with what it says, and the others are applied in their order.
func TestPoisonIsFound(t *testing.T) {
	in, s, path := newIntake(t)
	poison(t, path)
	ctx, n := t.Context(), 100
	rapid.Check(t, func(t *rapid.T) {
		refused := rapid.SliceOfN(rapid.Bool(), 1, 20).Draw(t, "refused")
		bodies := make([]string, len(refused))
		for i, r := range refused {
			n++
			bodies[i] = strings.ReplaceAll(sample, `"id": 2`, fmt.Sprintf(`"id": %d`, n)) // a team of its own
			bodies[i] = strings.ReplaceAll(bodies[i], `"team": 2`, fmt.Sprintf(`"team": %d`, n))
			if r {
				bodies[i] = strings.ReplaceAll(bodies[i], "Bees", "poison")
			}
		}
		batch := deliveries(bodies...)
		for i := range batch {
			batch[i].MessageID = "" // each is new
		}
		outcomes, err := in.Take(ctx, batch)
		if err != nil || len(outcomes) != len(refused) {
			t.Fatalf("%d outcomes, %v", len(outcomes), err)
		}
		for i, out := range outcomes {
			if want := map[bool]store.Fate{true: store.Quarantined, false: store.Applied}[refused[i]]; out.Fate != want {
				t.Fatalf("message %d: %s, want %s", i, out.Fate, want)
			}
			if refused[i] && !strings.Contains(out.Reason, "no poison here") {
				t.Fatalf("message %d: %q does not say what the database said", i, out.Reason)
			}
			if i > 0 && out.Seq != outcomes[i-1].Seq+1 {
				t.Fatalf("message %d is the %d., after the %d.", i, out.Seq, outcomes[i-1].Seq)
			}
			if m, err := s.Message(ctx, out.Message); err != nil || string(m.Body) != bodies[i] {
				t.Fatalf("message %d: kept %q, %v", i, m.Body, err)
			}
		}
	})
}

// TestReplay: after the fix, what was quarantined is read again and applied; what is
// still at fault stays, with its reason of now.
func TestReplay(t *testing.T) {
	in, s, path := newIntake(t)
	lift := poison(t, path)
	ctx := t.Context()
	taken, err := in.Take(ctx, deliveries(sample, strings.ReplaceAll(sample, "Bees", "poison"), "{not JSON"))
	if err != nil {
		t.Fatal(err)
	}
	lift()
	var fates []store.Fate
	for out, err := range in.Replay(ctx, store.MessageFilter{Limit: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		fates = append(fates, out.Fate)
	}
	if diff := cmp.Diff([]store.Fate{store.Applied, store.Quarantined}, fates); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	m, err := s.Message(ctx, taken[1].Message)
	if err != nil {
		t.Fatal(err)
	}
	if m.Fate != store.Applied || m.Seq != taken[1].Seq {
		t.Errorf("replayed: %+v", m)
	}
}

// TestWithdraw: a source takes its record back, once.
func TestWithdraw(t *testing.T) {
	in, s, _ := newIntake(t)
	ctx := t.Context()
	if _, err := in.Take(ctx, deliveries(sample, strings.ReplaceAll(sample, "Chess", "Go"))); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Withdraw(ctx, "s", "8", "", "test"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a match that is not: %v", err)
	}
	if _, err := in.Withdraw(ctx, "s", "7", "", "test"); !isInvalid(err) {
		t.Errorf("a match of one of two titles: %v", err)
	}
	out, err := in.Withdraw(ctx, "s", "7", "Go", "test")
	if err != nil || out.Fate != store.Applied {
		t.Fatalf("got %+v, %v", out, err)
	}
	record, err := s.Record(ctx, "s", "7", "Go")
	if err != nil || !record.Withdrawn {
		t.Errorf("got %+v, %v", record, err)
	}
	if _, err := in.Withdraw(ctx, "s", "7", "Go", "test"); !errors.Is(err, store.ErrGone) {
		t.Errorf("twice: %v", err)
	}
}

// TestQuarantine: a message that a later stage fails on loses its effect, and what the one
// before it said is back.
func TestQuarantine(t *testing.T) {
	in, s, _ := newIntake(t)
	ctx := t.Context()
	taken, err := in.Take(ctx, deliveries(sample, strings.ReplaceAll(sample, "Bees", "Wasps")))
	if err != nil {
		t.Fatal(err)
	}
	teams := func() string {
		record, err := s.Record(ctx, "s", "7", "")
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(record.Withdrawn, record.Sides[0].Team.Name, record.Sides[1].Team.Name)
	}
	var got []string
	for _, message := range []int64{taken[1].Message, taken[0].Message} {
		if err := in.Quarantine(ctx, message, resolve.InvalidError{Reason: "the engine fails on it"}); err != nil {
			t.Fatal(err)
		}
		got = append(got, teams())
	}
	if got[0] != "falseAntsBees" || !strings.HasPrefix(got[1], "true") {
		t.Errorf("got %q", got)
	}
}

// TestProfilesAreReadAgain: a new zone is in effect within the life of a profile.
func TestProfilesAreReadAgain(t *testing.T) {
	_, s, _ := newIntake(t)
	ctx := t.Context()
	profiles := ingest.NewProfiles(s)
	zone := func() string {
		profileOf, err := profiles.Current(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(profileOf("s").Zone)
	}
	if got := zone(); got != "UTC" {
		t.Fatalf("a source that is not known: %s", got)
	}
	if err := s.PutSource(ctx, store.Source{Name: "s", Zone: "Asia/Tokyo"}); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); zone() != "Asia/Tokyo"; {
		if time.Now().After(deadline) {
			t.Fatal("the new zone is not in effect after ten seconds")
		}
		time.Sleep(10 * time.Millisecond) // no signal tells that a cache has aged
	}
}

// TestChangedProfileIsHeeded: a message is read by the profile that its source has when the
// message is taken in, however new that is.
func TestChangedProfileIsHeeded(t *testing.T) {
	in, s, path := newIntake(t)
	lift := poison(t, path)
	ctx := t.Context()
	another := func(id string) string { return strings.ReplaceAll(sample, `"id": 7`, `"id": `+id) }
	startOf := func(id string) string {
		record, err := s.Record(ctx, "s", id, "")
		if err != nil {
			t.Fatal(err)
		}
		return record.Start.At.Format("15:04")
	}
	first := deliveries(strings.ReplaceAll(sample, `"s"`, `"other"`), strings.ReplaceAll(another("9"), "Bees", "poison"))
	first[1].Body = bytes.ReplaceAll(first[1].Body, []byte(`"id": 2`), []byte(`"id": 3`))
	first[1].Body = bytes.ReplaceAll(first[1].Body, []byte(`"team": 2`), []byte(`"team": 3`))
	if _, err := in.Take(ctx, first); err != nil { // the profiles are known now
		t.Fatal(err)
	}
	lift()
	for _, c := range []struct{ id, zone, want string }{
		{"7", "Asia/Tokyo", "05:30"}, {"8", "UTC", "14:30"}, {"10", "Asia/Kolkata", "09:00"},
	} {
		if err := s.PutSource(ctx, store.Source{Name: "s", Zone: c.zone}); err != nil {
			t.Fatal(err)
		}
		out, err := in.Take(ctx, []store.Delivery{{Body: []byte(another(c.id)), ReceivedAt: time.Now()}})
		if err != nil || len(out) != 1 || out[0].Fate != store.Applied {
			t.Fatalf("got %+v, %v", out, err)
		}
		if got := startOf(c.id); got != c.want {
			t.Errorf("in %s it starts at %s UTC, want %s", c.zone, got, c.want)
		}
	}
	if err := s.PutSource(ctx, store.Source{Name: "s", Zone: "Asia/Tokyo"}); err != nil {
		t.Fatal(err)
	}
	for out, err := range in.Replay(ctx, store.MessageFilter{}) {
		if err != nil || out.Fate != store.Applied {
			t.Fatalf("replayed: %+v, %v", out, err)
		}
	}
	if got := startOf("9"); got != "05:30" {
		t.Errorf("replayed, it starts at %s UTC, want 05:30", got)
	}
}

// TestUnreadableProfile: a profile that cannot be read is logged, and stands in the way of
// no other source, nor of its own.
func TestUnreadableProfile(t *testing.T) {
	in, s, path := newIntake(t)
	for name, zone := range map[string]string{"s": "UTC", "other": "Asia/Tokyo"} {
		if err := s.PutSource(t.Context(), store.Source{Name: name, Zone: zone}); err != nil {
			t.Fatal(err)
		}
	}
	execute(t, path, `UPDATE sources SET ids = '{"match": "none"}' WHERE id = 's'`)
	var log bytes.Buffer
	ctx := zerolog.New(&log).WithContext(t.Context())
	out, err := in.Take(ctx, deliveries(sample, strings.ReplaceAll(sample, `"s"`, `"other"`)))
	if err != nil || out[0].Fate != store.Applied || out[1].Fate != store.Applied {
		t.Fatalf("got %+v, %v", out, err)
	}
	for source, want := range map[string]string{"s": "14:30", "other": "05:30"} {
		if r, err := s.Record(ctx, source, "7", ""); err != nil || r.Start.At.Format("15:04") != want {
			t.Errorf("%s starts at %s, %v; want %s", source, r.Start.At, err, want)
		}
	}
	if !strings.Contains(log.String(), `"source":"s","message":"profile cannot be read`) {
		t.Errorf("logged: %s", &log)
	}
}

// TestTakeOutlivesTheDatabase: while the database is away, Take goes on trying; when it is
// back, nothing is lost and nothing twice. When its context ends before, it says both.
func TestTakeOutlivesTheDatabase(t *testing.T) {
	server := servers.DurablePostgres(t)
	s := openStore(t, server.URL())
	in := ingest.NewIntake(s)
	first, err := in.Take(t.Context(), deliveries(sample))
	if err != nil {
		t.Fatal(err)
	}

	server.Kill()
	short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if out, err := in.Take(short, deliveries(sample)); !errors.Is(err, context.DeadlineExceeded) || len(out) != 0 {
		t.Errorf("got %v, %v", out, err)
	}

	type result struct {
		outcomes []store.Outcome
		err      error
	}
	tried, done := make(signal, 100), make(chan result, 1)
	go func() {
		ctx := zerolog.New(tried).WithContext(t.Context())
		batch := deliveries(sample, sample)
		batch[0].MessageID, batch[1].MessageID = "m0", "new" // the first is known
		outcomes, err := in.Take(ctx, batch)
		done <- result{outcomes, err}
	}()
	<-tried // it failed at least once
	server.Start()
	got := <-done
	if got.err != nil {
		t.Fatal(got.err)
	}
	if got.outcomes[0].Fate != store.Duplicate || got.outcomes[1].Fate != store.Applied || got.outcomes[1].Message <= first[0].Message {
		t.Errorf("got %+v", got.outcomes)
	}
}

// signal is a log whose first events wake who waits for them.
type signal chan struct{}

func (s signal) Write(p []byte) (int, error) {
	select {
	case s <- struct{}{}:
	default:
	}
	return len(p), nil
}

// newIntake makes a way into a fresh database, and says where that is.
func newIntake(t *testing.T) (*ingest.Intake, *store.Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "umpire.db")
	s := openStore(t, "sqlite:"+path)
	return ingest.NewIntake(s), s, path
}

func openStore(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// poison makes the database refuse teams of that name, until what it returns is called.
func poison(t *testing.T, path string) func() {
	t.Helper()
	execute(t, path, `CREATE TRIGGER poison BEFORE INSERT ON team_records WHEN NEW.name = 'poison'
		BEGIN SELECT RAISE(ABORT, 'no poison here'); END`)
	return func() { execute(t, path, `DROP TRIGGER poison`) }
}

// execute changes a database behind the store's back.
func execute(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err == nil {
		_, err = db.Exec(statement)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// deliveries are bodies as they come, with the ids m0, m1, ….
func deliveries(bodies ...string) []store.Delivery {
	batch := make([]store.Delivery, len(bodies))
	for i, body := range bodies {
		batch[i] = store.Delivery{Body: []byte(body), MessageID: fmt.Sprintf("m%d", i), ReceivedAt: time.Now(), Via: "test"}
	}
	return batch
}

func isInvalid(err error) bool {
	_, invalid := errors.AsType[*resolve.InvalidError](err)
	return invalid
}
