package text

import "testing"

func TestBeginnings(t *testing.T) {
	for _, c := range []struct{ folded, joined, one, two string }{
		{"ninjas in pyjamas", "ninjasinpyjamas", "nip", "niinpy"},
		{"natus vincere", "natusvincere", "nv", "navi"},
		{"g 2", "g2", "g2", "g2"},
		{"fnatic", "fnatic", "", ""},
		{"", "", "", ""},
	} {
		if joined, one, two := Joined(c.folded), Beginnings(c.folded, 1), Beginnings(c.folded, 2); joined != c.joined || one != c.one || two != c.two {
			t.Errorf("%q: %q, %q, %q, want %q, %q, %q", c.folded, joined, one, two, c.joined, c.one, c.two)
		}
	}
}
