package resolve

import "fmt"

func (e *Engine) Debug() string {
	s := ""
	for i := range e.pairs {
		q := &e.pairs[i]
		a, b := &e.teams.records[q.x], &e.teams.records[q.y]
		s += fmt.Sprintf("%s %s known %v seeded %v prop %v edges %d live %v %v names", a.id, b.id, q.known, q.seeded, e.proposed(q), len(q.edges), a.live(), b.live())
		for _, n := range a.names {
			s += fmt.Sprintf(" %s*%d(%d-%d)", e.names.told[n.of], n.n, n.first, n.last)
		}
		s += " |"
		for _, n := range b.names {
			s += fmt.Sprintf(" %s*%d(%d-%d)", e.names.told[n.of], n.n, n.first, n.last)
		}
		s += fmt.Sprint(" ", q.belief, q.likeness, "\n")
	}
	return s
}
