package resolve

// A source may hold a match twice: nobody plays an opponent twice at one minute with the
// same score. Such twins are the only records of one source that are one match.

// twinKey is what twins agree in.
type twinKey struct{ one, other, minute int32 }

func twinKeyOf(r *matchRecord) twinKey {
	return twinKey{min(r.team[0], r.team[1]), max(r.team[0], r.team[1]), r.minute}
}

// eachTwin calls visit with the twins of a match.
func (e *Engine) eachTwin(m int32, visit func(int32)) {
	r := e.matches.at(m)
	if !r.live || r.minute == noDay || r.sort == untold {
		return
	}
	for _, t := range e.teams.records[r.team[0]].around(r.day) {
		if t.day == r.day && t.match != m && e.twins(m, t.match) {
			visit(t.match)
		}
	}
}

// twins tells whether two records of a source tell one match.
func (e *Engine) twins(m, n int32) bool {
	r, s := e.matches.at(m), e.matches.at(n)
	if r.minute == noDay || r.sort == untold || r.sort != s.sort || r.team[0] == r.team[1] || twinKeyOf(r) != twinKeyOf(s) {
		return false
	}
	points := s.points
	if r.team[0] != s.team[0] {
		points[0], points[1] = points[1], points[0]
	}
	return r.points == points
}

// twinWeight weighs twins as if they were of two sources, and tells whether their sides are swapped.
func (e *Engine) twinWeight(m, n int32) (Weight, bool) {
	turned := e.matches.at(m).team[0] != e.matches.at(n).team[0]
	c := e.coupleOf(m, n, turned)
	return c.weight(), turned
}
