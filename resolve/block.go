package resolve

import "slices"

// Two names are compared if they share a part: a rare word, the first letters, or initials.
// Those that are alike propose the teams that go by them, and these all of their matches on
// the same and on neighbouring days.

// blocks groups the names that teams go by, by their parts.
type blocks struct {
	names    *names
	keys     map[string][]int32 // the names that have a part
	teams    [][]int32          // by name: the team records that go by it
	alike    [][]int32          // by name: the names that are alike enough to propose
	crowd    int
	seed     Weight
	levels   Levels
	crowded  int
	compared int // pairs of names, some of them several times

	moved  [][2]int32 // names with a team that goes by it since, or no more
	turned [][2]int32 // pairs of names that are alike since, or no more
}

func newBlocks(n *names, m *Model) blocks {
	return blocks{names: n, keys: map[string][]int32{}, crowd: m.Crowd, seed: m.Votes.Seed, levels: m.Team.Names}
}

// enter notes that a team goes by a name.
func (b *blocks) enter(name, team int32) {
	for len(b.teams) <= int(name) {
		b.teams, b.alike = append(b.teams, nil), append(b.alike, nil)
	}
	b.teams[name] = append(b.teams[name], team)
	b.moved = append(b.moved, [2]int32{name, team})
	if len(b.teams[name]) > 1 {
		return
	}
	for _, key := range b.parts(name) {
		b.keys[key] = append(b.keys[key], name)
		if len(b.keys[key]) == b.crowd+1 {
			b.crowded++
			b.compareAnew(b.keys[key])
		}
	}
	b.compareAnew([]int32{name})
}

// leave notes that a team goes by a name no more.
func (b *blocks) leave(name, team int32) {
	b.teams[name] = without(b.teams[name], team)
	b.moved = append(b.moved, [2]int32{name, team})
	if len(b.teams[name]) > 0 {
		return
	}
	b.part(name)
	var roomy [][]int32
	for _, key := range b.parts(name) {
		b.keys[key] = without(b.keys[key], name)
		switch len(b.keys[key]) {
		case 0:
			delete(b.keys, key)
		case b.crowd:
			b.crowded--
			roomy = append(roomy, b.keys[key])
		}
	}
	for _, list := range roomy {
		b.compareAnew(list)
	}
}

func (b *blocks) parts(name int32) []string { return b.names.parsed[name].Keys(b.names.model.Common) }

// compareAnew finds anew which names are alike to some.
func (b *blocks) compareAnew(list []int32) {
	for _, name := range list {
		b.part(name)
		met := map[int32]bool{name: true}
		for _, key := range b.parts(name) {
			if len(b.keys[key]) > b.crowd {
				continue
			}
			for _, other := range b.keys[key] {
				if !met[other] {
					met[other] = true
					b.propose(name, other)
				}
			}
		}
	}
}

// propose compares two names that share a part.
func (b *blocks) propose(name, other int32) {
	b.compared++
	if b.names.compare(name, other).worth(b.levels) >= b.seed {
		b.alike[name], b.alike[other] = append(b.alike[name], other), append(b.alike[other], name)
		b.turned = append(b.turned, [2]int32{name, other})
	}
}

// part forgets what a name is alike to.
func (b *blocks) part(name int32) {
	for _, other := range b.alike[name] {
		b.alike[other] = without(b.alike[other], name)
		b.turned = append(b.turned, [2]int32{name, other})
	}
	b.alike[name] = b.alike[name][:0]
}

// changed calls visit with the pairs of teams that the blocks propose since the last call, or
// no more; with some of them several times.
func (b *blocks) changed(visit func(x, y int32)) {
	for _, m := range b.moved {
		for _, other := range append(b.alike[m[0]], m[0]) {
			for _, y := range b.teams[other] {
				visit(m[1], y)
			}
		}
	}
	for _, t := range b.turned {
		for _, x := range b.teams[t[0]] {
			for _, y := range b.teams[t[1]] {
				visit(x, y)
			}
		}
	}
	b.moved, b.turned = b.moved[:0], b.turned[:0]
}

// proposed tells whether two names that teams go by are alike, or the same.
func (b *blocks) proposed(name, other int32) bool {
	return name == other && !b.names.nobody(name) || slices.Contains(b.alike[name], other)
}

// without removes one occurrence of x, in no order.
func without(list []int32, x int32) []int32 {
	i := slices.Index(list, x)
	if i < 0 {
		return list
	}
	list[i] = list[len(list)-1]
	return list[:len(list)-1]
}
