package resolve

import "maps"

// feeds is what the engine knows of two sources beside each other: the model's word, and in its
// place what was learnt of them.
type feeds struct {
	a, b     int32 // the sources, a's name the smaller: the offset and the days are told of a
	offset   int32 // minutes that a's clock is ahead
	sides    Levels
	start    Levels
	oriented bool // both tell who is at home
}

// feedsOf returns what is known of two sources.
func (e *Engine) feedsOf(s, t int32) *feeds {
	if e.sources.names[s] > e.sources.names[t] {
		s, t = t, s
	}
	key := [2]int32{s, t}
	f := e.feeds[key]
	if f == nil {
		f = e.newFeeds(s, t)
		e.feeds[key] = f
	}
	return f
}

func (e *Engine) newFeeds(s, t int32) *feeds {
	m := &e.model.Match
	f := &feeds{a: s, b: t, sides: m.Sides, start: m.Start}
	for _, learnt := range e.model.Feeds {
		if learnt.A == e.sources.names[s] && learnt.B == e.sources.names[t] {
			f.offset, f.start = int32(learnt.Offset), maps.Clone(m.Start)
			maps.Copy(f.start, learnt.Start)
			if len(learnt.Sides) > 0 {
				f.sides = learnt.Sides
			}
		}
	}
	f.oriented = f.sides["same order"] >= m.Oriented
	return f
}

// sources numbers the sources by their names.
type sources struct {
	index map[string]int32
	names []string
}

func (s *sources) intern(name string) int32 {
	i, found := s.index[name]
	if !found {
		i = int32(len(s.names))
		s.index[name], s.names = i, append(s.names, name)
	}
	return i
}
