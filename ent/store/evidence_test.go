package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"umpire/resolve"
)

// lines draws evidence: texts that come again, lines within lines, any weight.
func lines(depth int) *rapid.Generator[[]resolve.Line] {
	text := rapid.OneOf(rapid.SampledFrom([]string{"", "name", "exact", "Čeští Lvi"}), rapid.String())
	return rapid.Custom(func(t *rapid.T) []resolve.Line {
		var all []resolve.Line
		for range rapid.IntRange(0, 4).Draw(t, "lines") {
			l := resolve.Line{
				Comparison: text.Draw(t, "comparison"), A: text.Draw(t, "a"), B: text.Draw(t, "b"), Level: text.Draw(t, "level"),
				Weight: resolve.Weight(rapid.Int32().Draw(t, "weight")),
			}
			for range rapid.IntRange(0, 2).Draw(t, "records") {
				l.Records = append(l.Records, resolve.ID(text.Draw(t, "record")))
			}
			if depth > 0 {
				l.Lines = lines(depth-1).Draw(t, "own")
			}
			all = append(all, l)
		}
		return all
	})
}

// TestEvidenceComesBack: evidence is read as it was written.
func TestEvidenceComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := lines(2).Draw(t, "evidence")
		got, err := unpackLines(packLines(want))
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
	})
}

// FuzzEvidence: whatever the bytes are, they are evidence or refused.
func FuzzEvidence(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{evidenceVersion, 1, 0, 4, 'n', 'a', 'm', 'e', 2, 1, 9})
	f.Add(packLines([]resolve.Line{{Comparison: "name", A: "a", B: "a", Level: "exact", Weight: -3, Lines: []resolve.Line{{}}}}))
	f.Fuzz(func(t *testing.T, packed []byte) {
		lines, err := unpackLines(packed)
		if err != nil {
			return
		}
		again, err := unpackLines(packLines(lines))
		if diff := cmp.Diff(lines, again); err != nil || diff != "" {
			t.Errorf("%v (-first +again):\n%s", err, diff)
		}
	})
}
