package store

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"umpire/resolve"
)

// Paging through messages gives what a plain filter gives, newest or oldest first.
func TestMessagesAsFiltered(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		rapid.Check(t, func(t *rapid.T) {
			w := drawWorld(t)
			for i := range w.messages {
				w.messages[i].Fate = rapid.SampledFrom([]Fate{Applied, Duplicate, Quarantined}).Draw(t, "fate")
				w.messages[i].Body = rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "body")
			}
			if err := w.build(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			f := w.drawMessageFilter(t)
			want, got := w.filterMessages(f), []Message{}
			for next := "-"; next != ""; {
				page, err := s.Messages(t.Context(), f)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, page.Items...)
				next, f.Cursor = page.Next, page.Next
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Fatalf("messages of %+v (-want +got):\n%s", f, diff)
			}
			for _, m := range w.messages {
				got, err := s.Message(t.Context(), m.Message)
				if err != nil || !bytes.Equal(got.Body, m.Body) || got.Size != len(m.Body) {
					t.Fatalf("message %d is %v, %v; want the bytes %v", m.Message, got, err, m.Body)
				}
			}
		})
	})
}

func (w *world) drawMessageFilter(t *rapid.T) MessageFilter {
	f := MessageFilter{Limit: rapid.IntRange(1, 20).Draw(t, "limit"), Ordered: rapid.Bool().Draw(t, "ordered")}
	if rapid.Bool().Draw(t, "by source") {
		f.Source = new(rapid.SampledFrom(append(worldSources, "")).Draw(t, "source"))
	}
	if rapid.Bool().Draw(t, "by fate") {
		f.Fate = rapid.SampledFrom([]Fate{Applied, Quarantined}).Draw(t, "fate")
	}
	if rapid.Bool().Draw(t, "by record") && len(w.matchRecords) > 0 {
		f.Record = rapid.SampledFrom(w.matchRecords).Draw(t, "record").ID
	}
	if rapid.Bool().Draw(t, "after one") {
		f.After = rapid.Int64Range(0, int64(len(w.messages))).Draw(t, "after")
	}
	return f
}

func (w *world) filterMessages(f MessageFilter) []Message {
	kept := keep(w.messages, func(m Message) bool {
		return (f.Source == nil || m.Source == *f.Source) && (f.Fate == "" || m.Fate == f.Fate) &&
			(f.Record == "" || m.Record == f.Record) && m.Message > f.After
	})
	slices.SortFunc(kept, func(a, b Message) int {
		if f.Ordered || f.After > 0 {
			return cmp.Compare(a.Message, b.Message)
		}
		return cmp.Compare(b.Message, a.Message)
	})
	for i, m := range kept {
		kept[i].Size, kept[i].Body = len(m.Body), nil
	}
	return kept
}

func TestMessageNotFound(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		if m, err := s.Message(t.Context(), 1); !errors.Is(err, ErrNotFound) {
			t.Errorf("%v, %v", m, err)
		}
	})
}

func TestMessagesRefuse(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		for _, c := range []struct {
			reason, field string
			filter        MessageFilter
		}{
			{"too many at once", "limit", MessageFilter{Limit: 1001}},
			{"a source that no database takes", "source", MessageFilter{Source: new("\x00")}},
			{"a record that is no text", "record", MessageFilter{Record: "\xff"}},
			{"a cursor of another order", "cursor", MessageFilter{Cursor: listing{sort: "id"}.seal(key{int64(1)})}},
		} {
			_, err := s.Messages(t.Context(), c.filter)
			wantInvalid(t, err, c.field, c.reason)
		}
	})
}

// Changes are told in their order, an entity's own newest first.
func TestChangesAndHistory(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		a, b := resolve.ID("mch_a"), resolve.ID("mch_b")
		want := []Change{
			{Seq: 1, At: worldDay, Kind: resolve.KindMatch, Entity: a, Act: resolve.Created, Records: []resolve.ID{a}, Cause: "message 1", After: map[string]any{"state": 1.0}},
			{Seq: 2, At: worldDay, Kind: resolve.KindMatch, Entity: b, Act: resolve.Created, Records: []resolve.ID{b}, Cause: "message 2", After: map[string]any{}},
			{Seq: 4, At: worldDay, Kind: resolve.KindMatch, Entity: a, Act: resolve.Merged, Others: []resolve.ID{b}, Records: []resolve.ID{a, b}, Cause: "message 3"},
			{Seq: 5, At: worldDay, Kind: resolve.KindMatch, Entity: b, Act: resolve.Retired, Others: []resolve.ID{a}, Cause: "message 3"},
		}
		for _, c := range want {
			create := s.client.Change.Create().SetID(c.Seq).SetAt(c.At).SetKind(string(c.Kind)).SetEntity(string(c.Entity)).
				SetAct(string(c.Act)).SetOthers(c.Others).SetRecords(c.Records).SetCause(c.Cause).SetAfter(c.After)
			if err := create.Exec(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			reason string
			after  int64
			limit  int
			want   []Change
		}{
			{"all", 0, 0, want},
			{"from one on", 2, 10, want[2:]},
			{"from one that never was", 3, 10, want[2:]},
			{"no more than asked", 0, 2, want[:2]},
			{"none yet", 5, 10, []Change{}},
		} {
			got, err := s.Changes(t.Context(), c.after, c.limit)
			if diff := gocmp.Diff(c.want, got); err != nil || diff != "" {
				t.Errorf("%s: %v (-want +got):\n%s", c.reason, err, diff)
			}
		}
		_, err := s.Changes(t.Context(), 0, 1001)
		wantInvalid(t, err, "limit", "too many at once")
		got, err := s.History(t.Context(), b)
		if diff := gocmp.Diff([]Change{want[3], want[1]}, got); err != nil || diff != "" {
			t.Errorf("history: %v (-want +got):\n%s", err, diff)
		}
		for _, id := range []resolve.ID{"mch_c", "\x00"} {
			if got, err := s.History(t.Context(), id); err != nil || len(got) > 0 {
				t.Errorf("history of %q: %v, %v", id, got, err)
			}
		}
	})
}
