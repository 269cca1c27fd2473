package resolve

import "cmp"

// Why a partition would change from one model, or one state of things, to another: the pair on
// which the change rests, and the line of its evidence that tips it.

// Tip is a pair of records on which a change rests, and the line that tips it.
type Tip struct {
	A      ID     `json:"a"` // A < B
	B      ID     `json:"b"`
	Before Weight `json:"before"` // what the pair weighed, and weighs; 0 before if nothing was known of it
	After  Weight `json:"after"`
	Line   Shift  `json:"line"`
}

// Shift is a line of evidence before and after. An empty level says that there was none.
type Shift struct {
	Path        string `json:"path"` // its comparison, behind those that it is part of: "team 1 › name"
	Comparison  string `json:"comparison"`
	LevelBefore string `json:"level_before"`
	LevelAfter  string `json:"level_after"`
	Before      Weight `json:"weight_before"`
	After       Weight `json:"weight_after"`
	A           string `json:"value_a,omitempty"` // the values compared; of a judgement A is who made it
	B           string `json:"value_b,omitempty"`
}

// by is how much a shift speaks for the two being one.
func (s Shift) by() Weight { return s.After - s.Before }

// Tips finds the line that differs most between two accounts of a pair, in the direction of the
// difference of their sums; if they sum to the same, in either. A line that is itself a sum
// opens, as far as its parts tell. False: no line differs.
func Tips(before, after []Line) (Shift, bool) {
	return tips(before, after, "")
}

func tips(before, after []Line, path string) (Shift, bool) {
	shifts := pairUp(before, after, path)
	var towards Weight
	for _, s := range shifts {
		towards += s.by()
	}
	var most Shift
	for _, s := range shifts {
		gain, best := s.by(), most.by()
		switch {
		case towards < 0:
			gain, best = -gain, -best
		case towards == 0:
			gain, best = max(gain, -gain), max(best, -best)
		}
		if gain > best {
			most = s.Shift
			if inner, found := tips(s.inner[0], s.inner[1], s.Path+" › "); found && sameSign(inner.by(), s.by()) {
				most = inner
			}
		}
	}
	return most, most.by() != 0
}

func sameSign(a, b Weight) bool { return cmp.Compare(a, 0) == cmp.Compare(b, 0) }

// opened is a shift with the parts of its line before and after.
type opened struct {
	Shift
	inner [2][]Line
}

// pairUp puts the lines of one comparison beside each other.
func pairUp(before, after []Line, path string) []opened {
	var all []opened
	for _, l := range after {
		s := opened{Shift: Shift{Path: path + l.Comparison, Comparison: l.Comparison, LevelAfter: l.Level, After: l.Weight, A: l.A, B: l.B}}
		s.inner[1] = l.Lines
		for _, was := range before {
			if was.Comparison == l.Comparison {
				s.LevelBefore, s.Before, s.inner[0] = was.Level, was.Weight, was.Lines
			}
		}
		all = append(all, s)
	}
	for _, l := range before {
		found := false
		for _, is := range after {
			found = found || is.Comparison == l.Comparison
		}
		if !found {
			s := opened{Shift: Shift{Path: path + l.Comparison, Comparison: l.Comparison, LevelBefore: l.Level, Before: l.Weight, A: l.A, B: l.B}}
			s.inner[0] = l.Lines
			all = append(all, s)
		}
	}
	return all
}
