package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"umpire/resolve"
)

// received is when the tests' messages came.
var received = time.Date(2015, 3, 1, 12, 0, 0, 0, time.UTC)

// telling a match: m("a", "1", "fnatic", "NiP") is what source a says of its match 1.
func m(source, id, team1, team2 string) *resolve.Match {
	key := resolve.Key{Kind: resolve.KindMatch, Source: source, Scope: "csgo", ID: id}
	title := named(resolve.KindTitle, source, "CS:GO")
	tournament := named(resolve.KindTournament, source, "ESL One")
	return &resolve.Match{
		Key: key, ID: key.Mint(), URL: "https://example.org/" + id,
		State: new(resolve.StateScheduled), BestOf: new(3),
		Start: resolve.Time{Raw: "2015-03-02 18:00", At: time.Date(2015, 3, 2, 18, 0, 0, 0, time.UTC), Precision: resolve.PrecisionMinute},
		Title: &title, Tournament: &tournament,
		Sides: [2]resolve.Side{
			{Team: named(resolve.KindTeam, source, team1)},
			{Team: named(resolve.KindTeam, source, team2)},
		},
	}
}

func named(kind resolve.Kind, source, name string) resolve.Named {
	key := resolve.Key{Kind: kind, Source: source, Named: true, ID: name}
	if kind == resolve.KindTeam || kind == resolve.KindTournament {
		key.Scope = "csgo"
	}
	return resolve.Named{Key: key, ID: key.Mint(), Name: name}
}

// delivers is the delivery of what a match record says.
func delivers(match *resolve.Match, body string) Delivery {
	return Delivery{Source: match.Key.Source, Body: []byte(body), ReceivedAt: received, Via: "file:test:1", Match: match}
}

// withdraws is the delivery by which a source takes a match record back.
func withdraws(match *resolve.Match) Delivery {
	return Delivery{Source: match.Key.Source, ReceivedAt: received, Via: "http", Withdraw: &match.Key}
}

// ingest takes deliveries in, which must succeed.
func ingest(t *testing.T, s *Store, batch ...Delivery) []Outcome {
	t.Helper()
	outcomes, err := s.Ingest(t.Context(), batch)
	if err != nil {
		t.Fatal(err)
	}
	return outcomes
}

// live returns what the match records say, by id, but for the age of what they name
// (TestNamesKeepTheirAge).
func live(t *testing.T, s *Store) map[resolve.ID]resolve.Match {
	t.Helper()
	found := map[resolve.ID]resolve.Match{}
	for match, err := range s.Live(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		found[match.ID] = ageless(match)
	}
	return found
}

// ageless is a match that does not tell when what it names was first told.
func ageless(match resolve.Match) resolve.Match {
	for _, named := range []*resolve.Named{match.Title, match.Tournament, &match.Sides[0].Team, &match.Sides[1].Team} {
		if named != nil {
			named.Arrival = 0
		}
	}
	return match
}

// TestNamesKeepTheirAge: a record that matches name is as old as the first that named it,
// also when that one is withdrawn.
func TestNamesKeepTheirAge(t *testing.T) {
	first, second := m("a", "1", "fnatic", "NiP"), m("a", "2", "fnatic", "VP")
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, delivers(first, "1"), delivers(second, "2"), withdraws(first))
		for match, err := range s.Live(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			got := []int64{match.Arrival, match.Title.Arrival, match.Tournament.Arrival, match.Sides[0].Team.Arrival, match.Sides[1].Team.Arrival}
			if diff := cmp.Diff([]int64{2, 1, 1, 1, 2}, got); diff != "" {
				t.Errorf("match, title, tournament, teams: %s", diff)
			}
		}
	})
}

// arriving is a match as it is read back when it was first told by a message.
func arriving(match *resolve.Match, message int64) resolve.Match {
	back := *match
	back.Arrival = message
	return back
}

func TestBytesComeBack(t *testing.T) {
	bodies := map[string][]byte{
		"CRLF and a BOM":    []byte("\xef\xbb\xbf{\r\n\"id\": 1\r\n}\r\n"),
		"invalid UTF-8":     {'{', 0xff, 0xfe, 0xc3, '}'},
		"NUL":               {0, '{', 0, '}', 0},
		"every byte":        everyByte(),
		"nothing":           {},
		"nothing at all":    nil,
		"looks like an hex": []byte(`\x4142`),
	}
	conform(t, func(t *testing.T, s *Store) {
		for name, body := range bodies {
			out := ingest(t, s, Delivery{Body: body, ReceivedAt: received, Fault: &resolve.InvalidError{Reason: "not JSON"}})
			got, err := s.Message(t.Context(), out[0].Message)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Body, body) {
				t.Errorf("%s: sent %x, got back %x", name, body, got.Body)
			}
			if got.SHA256 != sha256.Sum256(body) || got.Size != len(body) {
				t.Errorf("%s: sum %x, size %d", name, got.SHA256, got.Size)
			}
		}
	})
}

func everyByte() []byte {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return all
}

func TestRecordsComeBackAsTold(t *testing.T) {
	full := m("a", "1", "fnatic", "Ninjas in Pyjamas")
	full.State, full.Sides[0].Points, full.Sides[0].Winner = new(resolve.StateFinished), new(16.5), new(true)
	full.Sides[1].Points, full.Sides[1].Winner = new(0.0), new(false)
	bare := m("a", "2", "TBD", "TBD") // plays itself, and tells nothing else
	bare.URL, bare.State, bare.BestOf, bare.Start, bare.Title, bare.Tournament = "", nil, nil, resolve.Time{}, nil, nil
	day := m("b", "1", "fnatic", "NiP")
	day.Start = resolve.Time{Raw: "2015-03-02", At: time.Date(2015, 3, 2, 0, 0, 0, 0, time.UTC), Precision: resolve.PrecisionDay}

	conform(t, func(t *testing.T, s *Store) {
		out := ingest(t, s, delivers(full, "1"), delivers(bare, "2"), delivers(day, "3"))
		want := map[resolve.ID]resolve.Match{
			full.ID: arriving(full, out[0].Message),
			bare.ID: arriving(bare, out[1].Message),
			day.ID:  arriving(day, out[2].Message),
		}
		if diff := cmp.Diff(want, live(t, s)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestOneOrderForAll(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		out := ingest(t, s,
			delivers(m("a", "1", "x", "y"), "1"),
			delivers(m("b", "1", "x", "y"), "2"),
			Delivery{Source: "a", Body: []byte("?"), ReceivedAt: received, Fault: &resolve.InvalidError{Field: "data", Reason: "not an object"}},
			delivers(m("a", "2", "x", "y"), "3"))
		out = append(out, ingest(t, s, delivers(m("b", "2", "x", "y"), "4"))...)
		want := []Outcome{
			{Message: 1, Source: "a", Seq: 1, Fate: Applied, Record: m("a", "1", "", "").ID},
			{Message: 2, Source: "b", Seq: 1, Fate: Applied, Record: m("b", "1", "", "").ID},
			{Message: 3, Source: "a", Seq: 2, Fate: Quarantined, Field: "data", Reason: "not an object"},
			{Message: 4, Source: "a", Seq: 3, Fate: Applied, Record: m("a", "2", "", "").ID},
			{Message: 5, Source: "b", Seq: 2, Fate: Applied, Record: m("b", "2", "", "").ID},
		}
		if diff := cmp.Diff(want, out); diff != "" {
			t.Error(diff)
		}
	})
}

func TestUpdateReplacesTeamsAndScores(t *testing.T) {
	before := m("a", "1", "fnatic", "NiP")
	before.Sides[0].Points, before.Sides[1].Winner = new(2.0), new(true)
	after := m("a", "1", "Virtus.pro", "fnatic")
	after.Tournament, after.State = nil, new(resolve.StateFinished)
	for _, c := range []struct {
		reason string
		ingest func(t *testing.T, s *Store)
	}{
		{"in one batch the last word counts", func(t *testing.T, s *Store) {
			ingest(t, s, delivers(before, "1"), delivers(after, "2"))
		}},
		{"and in two", func(t *testing.T, s *Store) {
			ingest(t, s, delivers(before, "1"))
			ingest(t, s, delivers(after, "2"))
		}},
	} {
		t.Run(c.reason, func(t *testing.T) {
			conform(t, func(t *testing.T, s *Store) {
				c.ingest(t, s)
				want := map[resolve.ID]resolve.Match{after.ID: arriving(after, 1)}
				if diff := cmp.Diff(want, live(t, s)); diff != "" {
					t.Error(diff)
				}
				if n := s.client.TeamRecord.Query().CountX(t.Context()); n != 3 {
					t.Errorf("%d team records, want 3: what was told stays on record", n)
				}
				if n := s.client.Score.Query().CountX(t.Context()); n != 2 {
					t.Errorf("%d scores, want 2", n)
				}
			})
		})
	}
}

func TestNamesAreAsLastSent(t *testing.T) {
	told := func(id, name string) *resolve.Match {
		match := m("a", id, "x", "y")
		match.Tournament.Key.Named, match.Tournament.Key.ID = false, "7"
		match.Tournament.ID, match.Tournament.Name = match.Tournament.Key.Mint(), name
		return match
	}
	first, second := told("1", "ESL"), told("2", "Électronic Sports League")
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, delivers(first, "1"), delivers(second, "2"))
		record := s.client.TournamentRecord.GetX(t.Context(), string(first.Tournament.ID))
		if record.Name != second.Tournament.Name || record.Folded != "electronic sports league" || record.Arrival != 1 {
			t.Errorf("the record is %v", record)
		}
		want := map[resolve.ID]resolve.Match{first.ID: arriving(first, 1), second.ID: arriving(second, 2)}
		if diff := cmp.Diff(want, live(t, s)); diff != "" {
			t.Errorf("a match tells the name that it was told with: %s", diff)
		}
	})
}

func TestDuplicates(t *testing.T) {
	const stored, fresh = 3, 4 // the numbers of what is there: message 3 is the last
	a, b := m("a", "1", "fnatic", "NiP"), m("a", "1", "fnatic", "VP")
	with := func(d Delivery, id string, redelivered bool) Delivery {
		d.MessageID, d.Redelivered = id, redelivered
		return d
	}
	from := func(source string, d Delivery) Delivery {
		d.Source = source
		return d
	}
	fault := Delivery{Source: "a", Body: []byte("?"), ReceivedAt: received, Fault: &resolve.InvalidError{Reason: "not JSON"}}
	for _, c := range []struct {
		reason  string
		send    Delivery
		repeats int64 // 0: it is none
	}{
		{"A, then B, then A again, and means it", delivers(a, "A"), 0},
		{"the broker says that it delivered this before", with(delivers(a, "A"), "", true), 1},
		{"the broker says so, but the bytes are new", with(delivers(a, "C"), "", true), 0},
		{"these bytes, but from another source", from("b", with(delivers(a, "A"), "", true)), 0},
		{"a message id that was sent before", with(delivers(b, "C"), "id-2", false), 2},
		{"that message id, but from another source", from("b", with(delivers(b, "C"), "id-2", false)), 0},
		{"an id that is new, with bytes that are not", with(delivers(a, "A"), "id-9", true), 0},
		{"the id of a message in quarantine", with(delivers(a, "A"), "id-3", false), 3},
		{"what cannot be read repeats too", with(fault, "id-3", false), 3},
	} {
		t.Run(c.reason, func(t *testing.T) {
			conform(t, func(t *testing.T, s *Store) {
				ingest(t, s, delivers(a, "A"), with(delivers(b, "B"), "id-2", false), with(fault, "id-3", false))
				out := ingest(t, s, c.send)[0]
				wantFate, wantReason := Applied, ""
				if c.repeats != 0 {
					wantFate, wantReason = Duplicate, fmt.Sprintf("repeats message %d", c.repeats)
				}
				if out.Fate != wantFate || out.Reason != wantReason || out.Message != fresh || stored+1 != fresh {
					t.Errorf("got %+v, want %s, %q", out, wantFate, wantReason)
				}
				kept, err := s.Message(t.Context(), out.Message)
				if err != nil || !bytes.Equal(kept.Body, c.send.Body) {
					t.Errorf("kept %q, %v: a duplicate is kept as well", kept.Body, err)
				}
			})
		})
	}
}

// TestMessageIDsAreBytes: ids that differ in bytes that are no text stay different, and the
// same bytes are the same id.
func TestMessageIDsAreBytes(t *testing.T) {
	ids := []string{"\xff", "\xfe", "\uFFFD", "\x00", "a\x00", "a\xff", identity("\xff"), strings.Repeat("x", MaxText+1), identity(strings.Repeat("x", MaxText+1))}
	var batch []Delivery
	for i, id := range ids {
		d := delivers(m("a", fmt.Sprint(i), "x", "y"), fmt.Sprint(i))
		d.MessageID = id
		batch = append(batch, d)
	}
	conform(t, func(t *testing.T, s *Store) {
		for i, out := range ingest(t, s, batch...) {
			if out.Fate != Applied {
				t.Errorf("%.20q is %s: %s", ids[i], out.Fate, out.Reason)
			}
		}
		for i, out := range ingest(t, s, batch...) {
			if want := fmt.Sprintf("repeats message %d", i+1); out.Fate != Duplicate || out.Reason != want {
				t.Errorf("%.20q again is %s: %s", ids[i], out.Fate, out.Reason)
			}
		}
	})
}

func TestDuplicatesWithinABatch(t *testing.T) {
	a := m("a", "1", "fnatic", "NiP")
	id := func(d Delivery) Delivery { d.MessageID = "x"; return d }
	again := func(d Delivery) Delivery { d.Redelivered = true; return d }
	conform(t, func(t *testing.T, s *Store) {
		out := ingest(t, s, id(delivers(a, "A")), id(delivers(a, "B")), again(delivers(a, "A")), delivers(a, "A"))
		var got []string
		for _, o := range out {
			got = append(got, string(o.Fate)+" "+o.Reason)
		}
		want := []string{"applied ", "duplicate repeats message 1", "duplicate repeats message 1", "applied "}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestABA(t *testing.T) {
	a, b := m("a", "1", "fnatic", "NiP"), m("a", "1", "fnatic", "VP")
	conform(t, func(t *testing.T, s *Store) {
		for _, batch := range [][]Delivery{{delivers(a, "A")}, {delivers(b, "B"), delivers(a, "A")}} {
			ingest(t, s, batch...)
		}
		if diff := cmp.Diff(map[resolve.ID]resolve.Match{a.ID: arriving(a, 1)}, live(t, s)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWithdraw(t *testing.T) {
	a, b := m("a", "1", "fnatic", "NiP"), m("a", "2", "fnatic", "VP")
	conform(t, func(t *testing.T, s *Store) {
		out := ingest(t, s, withdraws(a), delivers(a, "1"), withdraws(a), delivers(b, "2"))
		var fates []Fate
		for _, o := range out {
			fates = append(fates, o.Fate)
		}
		if diff := cmp.Diff([]Fate{Quarantined, Applied, Applied, Applied}, fates); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(map[resolve.ID]resolve.Match{b.ID: arriving(b, 4)}, live(t, s)); diff != "" {
			t.Errorf("withdrawn in its batch: %s", diff)
		}
		ingest(t, s, withdraws(b))
		if diff := cmp.Diff(map[resolve.ID]resolve.Match{}, live(t, s)); diff != "" {
			t.Errorf("withdrawn later: %s", diff)
		}
		ingest(t, s, delivers(b, "3"))
		if diff := cmp.Diff(map[resolve.ID]resolve.Match{b.ID: arriving(b, 4)}, live(t, s)); diff != "" {
			t.Errorf("told again, and as old as ever: %s", diff)
		}
		ingest(t, s, withdraws(b), delivers(b, "4"))
		if diff := cmp.Diff(map[resolve.ID]resolve.Match{b.ID: arriving(b, 4)}, live(t, s)); diff != "" {
			t.Errorf("withdrawn and told again in one batch: %s", diff)
		}
	})
}

func TestPoison(t *testing.T) {
	with := func(change func(*resolve.Match)) *resolve.Match {
		match := m("a", "1", "fnatic", "NiP")
		change(match)
		return match
	}
	long := strings.Repeat("long ", 1000)
	random := strings.Repeat(rand.Text(), 200)
	for _, c := range []struct {
		reason string
		match  *resolve.Match
	}{
		{"a NUL in a name", with(func(m *resolve.Match) { m.Sides[1].Team.Name = "Ni\x00P" })},
		{"a name that is not UTF-8", with(func(m *resolve.Match) { m.Tournament.Name = "ESL\xff" })},
		{"a NUL in a key", with(func(m *resolve.Match) { m.Title.Key.ID = "\x00" })},
		{"a NUL in the URL", with(func(m *resolve.Match) { m.URL = "https://\x00" })},
		{"a name too long for an index", with(func(m *resolve.Match) { m.Sides[0].Team.Name = long })},
		{"a key too long for an index", with(func(m *resolve.Match) { m.Key.ID = long })},
		{"a NUL in the start", with(func(m *resolve.Match) { m.Start.Raw = "2015\x00" })},
	} {
		t.Run(c.reason, func(t *testing.T) {
			conform(t, func(t *testing.T, s *Store) {
				good := delivers(m("a", "2", "fnatic", "NiP"), "good")
				if _, err := s.Ingest(t.Context(), []Delivery{good, delivers(c.match, "bad")}); !errors.Is(err, ErrPoison) {
					t.Fatalf("got %v, want ErrPoison", err)
				}
				if n := s.client.Message.Query().CountX(t.Context()); n != 0 {
					t.Errorf("%d messages are kept of a batch that failed", n)
				}
				out := ingest(t, s, good, Delivery{
					Source: "a\x00" + long, MessageID: "\xff" + random, Via: "rabbit:\x00", Body: []byte("bad"), ReceivedAt: received,
					Fault: &resolve.InvalidError{Field: "\x00", Reason: "holds \x00 and \xff"},
				})
				if out[0].Message != 1 || out[1].Fate != Quarantined {
					t.Errorf("then it is quarantined, whatever is around it: got %+v", out)
				}
			})
		})
	}
}

// TestLongestIsStored: at the limit every index takes it, in letters that fold to more.
func TestLongestIsStored(t *testing.T) {
	random := func() string {
		var text strings.Builder
		for text.Len() < MaxText-2 {
			text.WriteRune(rune(0x4e00 + mathrand.IntN(0x5000))) // a Han letter, which no compression makes shorter
		}
		return text.String()
	}
	source := random()
	match := m(source, random(), random(), random())
	match.Key.Scope, match.ID = random(), match.Key.Mint()
	for _, n := range []*resolve.Named{match.Title, match.Tournament, &match.Sides[0].Team, &match.Sides[1].Team} {
		n.Key.Scope, n.Key.ID, n.Name = random(), random(), random()
		n.ID = n.Key.Mint()
	}
	d := delivers(match, "1")
	d.MessageID = random()
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, d)
		if diff := cmp.Diff(map[resolve.ID]resolve.Match{match.ID: arriving(match, 1)}, live(t, s)); diff != "" {
			t.Error(diff)
		}
		owning(t, s).settle(t, clustered([]*resolve.Match{match}))
	})
}

// TestDatabaseRefuses is about what only the database knows that it cannot take.
func TestDatabaseRefuses(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		err := s.write(t.Context(), func(tx *tx) error {
			return tx.put(t.Context(), rows{table: "scores", columns: []string{"match_record_id", "slot", "team_record_id", "team_name"},
				values: [][]any{{"none", 1, "none", "none"}}})
		})
		if err := refused(err); !errors.Is(err, ErrPoison) {
			t.Errorf("a row that refers to none: got %v, want ErrPoison", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Ingest(ctx, []Delivery{delivers(m("a", "1", "x", "y"), "1")}); err == nil || errors.Is(err, ErrPoison) {
			t.Errorf("a batch that was called off: got %v, want an error that may pass", err)
		}
	})
}

func TestLargeBatch(t *testing.T) {
	const n = 6000 // more than one statement holds, on either database
	var batch []Delivery
	for i := range n {
		d := delivers(m("a", fmt.Sprint(i), fmt.Sprint("team ", i), "y"), fmt.Sprint(i))
		d.MessageID = fmt.Sprint(i)
		batch = append(batch, d)
	}
	conform(t, func(t *testing.T, s *Store) {
		out := ingest(t, s, batch...)
		if last := out[n-1]; last.Message != n || last.Seq != n || last.Fate != Applied {
			t.Errorf("the last is %+v", last)
		}
		if got := len(live(t, s)); got != n {
			t.Errorf("%d match records, want %d", got, n)
		}
		for i, o := range ingest(t, s, batch...) {
			if o.Fate != Duplicate || o.Reason != fmt.Sprintf("repeats message %d", i+1) {
				t.Fatalf("again: %+v", o)
			}
		}
	})
}

// TestWritersAtOnce: ids are in commit order, so a reader who saw one has seen all before it.
func TestWritersAtOnce(t *testing.T) {
	const writers, batches = 4, 12
	each(t, func(t *testing.T, url string) {
		watcher := migrated(t, url)
		group, ctx := errgroup.WithContext(t.Context())
		for w := range writers {
			s := open(t, url)
			group.Go(func() error {
				for i := range batches {
					match := m("shared", fmt.Sprint(i%3), fmt.Sprint("team ", w), fmt.Sprint("team ", i))
					if _, err := s.Ingest(ctx, []Delivery{delivers(match, fmt.Sprint(w, i)), delivers(match, fmt.Sprint(w, i, "again"))}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		done := make(chan error, 1)
		go func() { done <- group.Wait() }()
		seen := 0
		for running := true; running; {
			select {
			case err := <-done:
				if err != nil {
					t.Fatal(err)
				}
				running = false
			default:
			}
			ids := watcher.client.Message.Query().IDsX(t.Context())
			if len(ids) < seen {
				t.Fatalf("%d messages after %d", len(ids), seen)
			}
			seen = len(ids)
			for i, id := range slices.Sorted(slices.Values(ids)) {
				if id != int64(i+1) {
					t.Fatalf("message %d is there before %d", id, i+1)
				}
			}
		}
		if seen != 2*writers*batches {
			t.Errorf("%d messages, want %d", seen, 2*writers*batches)
		}
	})
}
