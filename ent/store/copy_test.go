package store

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"umpire/ent/db/link"
	"umpire/fixtures/servers"
	"umpire/resolve"
)

// TestCopiedValuesComeBack: of more rows than are worth a COPY each value comes back, whatever
// it means to who reads many at once.
func TestCopiedValuesComeBack(t *testing.T) {
	odd := []string{"", `\N`, `\`, `\\`, `\.`, "\t", "a\tb", "\r\n", "\n", `\x41`, `\t`, "NULL", `"`, "{}", "Čeští Lvi"}
	var want []resolve.Link
	r := rows{
		table:   link.Table,
		columns: []string{link.FieldKind, link.FieldA, link.FieldB, link.FieldWeight, link.FieldVerdict, link.FieldRule, link.FieldEvidence},
	}
	for i := range 3 * fewRows {
		l := resolve.Link{
			Kind: resolve.KindTeam, A: resolve.ID(fmt.Sprintf("%03d", i)), B: resolve.ID(odd[i%len(odd)] + "b"), Weight: resolve.Weight(i - fewRows),
			Verdict: resolve.Refused, Rule: odd[i%len(odd)], Lines: []resolve.Line{{Comparison: odd[i%len(odd)], Weight: -1}},
		}
		want = append(want, l)
		r.values = append(r.values, []any{string(l.Kind), string(l.A), string(l.B), int32(l.Weight), string(l.Verdict), l.Rule, packLines(l.Lines)})
	}
	conform(t, func(t *testing.T, s *Store) {
		err := s.write(t.Context(), func(tx *tx) error {
			return tx.fill(t.Context(), rows{table: r.table, columns: r.columns}, slices.Values(r.values))
		})
		if err != nil {
			t.Fatal(err)
		}
		got := allLinks(t, s)
		slices.SortFunc(got, func(x, y resolve.Link) int { return int(x.Weight - y.Weight) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// TestCopyThatIsRefused: rows that the database refuses in the midst of a COPY leave nothing
// behind, and the connection that they came by works on.
func TestCopyThatIsRefused(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		for range 2 * connections {
			err := s.write(t.Context(), func(tx *tx) error {
				twice := func(yield func([]any) bool) {
					for i := range 20 * fewRows {
						if !yield([]any{fmt.Sprint("mch_", i%(2*fewRows)), int64(i)}) {
							return
						}
					}
				}
				return tx.fill(t.Context(), rows{table: "marks", columns: []string{"id", "message"}}, twice)
			})
			if refused(err) == nil {
				t.Fatal("a key twice is not refused")
			}
		}
		if marks, err := s.Marks(t.Context()); err != nil || len(marks) > 0 {
			t.Errorf("%d marks are left: %v", len(marks), err)
		}
	})
}

// TestManySetAgain: many marks are lifted at once, but for those that a newer message has set again.
func TestManySetAgain(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		owning(t, s)
		settled, set := []Mark{}, map[resolve.ID]int64{"mch_other": 1}
		for i := range listed + 1 {
			id := resolve.ID(fmt.Sprint("mch_", i))
			settled = append(settled, Mark{Record: id, Message: 2})
			set[id] = 2 + int64(i%2)
		}
		if err := s.write(t.Context(), func(tx *tx) error { return tx.mark(t.Context(), set) }); err != nil {
			t.Fatal(err)
		}
		if err := s.Apply(t.Context(), resolve.Plan{}, settled, "test"); err != nil {
			t.Fatal(err)
		}
		left, err := s.Marks(t.Context())
		if err != nil || len(left) != 1+listed/2 {
			t.Fatalf("%d marks are left, want %d: %v", len(left), 1+listed/2, err)
		}
		for _, m := range left {
			if m.Record != "mch_other" && m.Message != 3 {
				t.Errorf("%s is still marked by message %d", m.Record, m.Message)
			}
		}
	})
}

// TestReadingAllLeavesASnapshotAsItWas: what reading all sets for itself is not what a
// snapshot is read by afterwards, even if not all was wanted.
func TestReadingAllLeavesASnapshotAsItWas(t *testing.T) {
	s := migrated(t, servers.Postgres(t))
	ingest(t, s, delivers(m("a", "1", "x", "y"), "1"), delivers(m("a", "2", "x", "y"), "2"))
	snap, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	for range snap.Live(t.Context()) {
		break
	}
	is, err := read[string](t.Context(), *snap.fixed.fixed, statement{text: "SHOW enable_nestloop"})
	if diff := cmp.Diff([]string{"on"}, is); err != nil || diff != "" {
		t.Errorf("enable_nestloop: %v (-want +got):\n%s", err, diff)
	}
}
