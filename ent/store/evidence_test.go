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

// TestEvidenceOfOldIsRead: what any version of the format has written means what it meant.
func TestEvidenceOfOldIsRead(t *testing.T) {
	want := []resolve.Line{
		{Comparison: "name", A: "VP", B: "", Level: "exact", Weight: 160},
		{Comparison: "score", A: "1:0", B: "1:0", Level: "same score", Weight: -48, Records: []resolve.ID{"VP"}},
		{Comparison: "start", A: "2 won", B: "2 won", Level: "judgement", Weight: 1},
	}
	written := []string{
		"\x01\x03\x00\x04name\x00\x05exact\x00\x02VP\x01\xc0\x02\x00\x00\x00\x05score\x00\x0asame score\x00\x031:0\x07\x5f\x00\x01\x04" +
			"\x00\x05start\x00\x09judgement\x00\x052 won\x0a\x02\x00\x00",
		"\x02\x03\x06\x13\x00\x02VP\x01\xc0\x02\x00\x00\x0f\x32\x47\x47\x5f\x00\x01\x56\x0e\x46\x55\x55\x02\x00\x00",
	}
	for version, packed := range written {
		got, err := unpackLines([]byte(packed))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("version %d: %v (-want +got):\n%s", version+1, err, diff)
		}
	}
	if got := packLines(want); string(got) != written[len(written)-1] {
		t.Errorf("now it is written as %q", got)
	}
}

// FuzzEvidence: whatever the bytes are, they are evidence or refused.
func FuzzEvidence(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1, 1, 0, 4, 'n', 'a', 'm', 'e', 2, 1, 9})
	f.Add([]byte{2, 1, 6, 19, 0, 1, 'x', 86, 9, 0, 0})
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
