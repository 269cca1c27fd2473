package resolve_test

import (
	"testing"

	"umpire/resolve"
)

// TestFirstFixture: matches of the first team that an engine meets are looked for among
// left-overs as any are, against themselves in the first tournament, too.
func TestFirstFixture(t *testing.T) {
	one := told(t, "alpha 1", "2015-03-02", "Astralis", "Astralis", tournament("Cup of Spring"))
	two := told(t, "gamma 1", "2015-03-20", "Astralis", "Astralis", tournament("Cup of Spring"))
	e := resolve.New(touchy())
	one.Arrival, two.Arrival = 1, 2
	e.Put(one)
	e.Settle()
	e.Put(two)
	e.Settle()
	if link, _ := e.Explain(one.ID, two.ID); link.Verdict != resolve.Joined {
		t.Errorf("the only two left over of their fixture are %q", link.Verdict)
	}
}
