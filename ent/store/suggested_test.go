package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"umpire/resolve"
)

func TestSuggested(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		for _, l := range []struct {
			a, b    string
			verdict resolve.Verdict
		}{
			{"mch_a", "mch_b", resolve.Suggested},
			{"mch_a", "mch_c", resolve.Suggested},
			{"mch_b", "mch_c", resolve.Joined},
			{"mch_d", "mch_e", resolve.Suggested},
		} {
			err := s.client.Link.Create().SetKind(string(resolve.KindMatch)).SetA(l.a).SetB(l.b).
				SetWeight(16).SetVerdict(string(l.verdict)).SetEvidence(packLines(nil)).Exec(t.Context())
			if err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.Suggested(t.Context(), []resolve.ID{"mch_a", "mch_z"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[resolve.ID]int{"mch_a": 2, "mch_b": 1, "mch_c": 1}, got); diff != "" {
			t.Errorf("those asked for, and what they are paired with (-want +got)\n%s", diff)
		}
		if got, err := s.Suggested(t.Context(), nil); err != nil || len(got) > 0 {
			t.Errorf("of no records: %v, %v", got, err)
		}
	})
}
