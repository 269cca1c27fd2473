package resolve

import "umpire/resolve/text"

// names holds every name once, taken apart, by a small number.
type names struct {
	model    *Model
	index    map[string]int32
	told     []string
	parsed   []text.Name
	keys     [][]int32        // the blocking keys of each name
	keyIndex map[string]int32 // a blocking key's number
	compared map[[2]int32]likeness
}

// likeness is how two names compare.
type likeness struct {
	level    text.Level
	shared   Weight // the rarity of the words that they share
	team     Weight // what it is worth to two teams
	opponent Weight // what it is worth to two matches, where it may come about by accident
}

func newNames(model *Model) names {
	return names{model: model, index: map[string]int32{}, keyIndex: map[string]int32{}, compared: map[[2]int32]likeness{}}
}

// intern returns a name's number.
func (n *names) intern(name string) int32 {
	if i, found := n.index[name]; found {
		return i
	}
	i := int32(len(n.told))
	parsed := text.Parse(name, n.model.Vocabulary)
	var keys []int32
	for _, key := range parsed.Keys(n.model.Common) {
		keys = append(keys, n.internKey(key))
	}
	n.index[name] = i
	n.told, n.parsed, n.keys = append(n.told, name), append(n.parsed, parsed), append(n.keys, keys)
	return i
}

func (n *names) internKey(key string) int32 {
	i, found := n.keyIndex[key]
	if !found {
		i = int32(len(n.keyIndex))
		n.keyIndex[key] = i
	}
	return i
}

// compare compares two names, each pair once.
func (n *names) compare(a, b int32) likeness {
	if a > b {
		a, b = b, a
	}
	if found, ok := n.compared[[2]int32{a, b}]; ok {
		return found
	}
	level, shared := text.Compare(&n.parsed[a], &n.parsed[b])
	l := likeness{level: level, shared: weightOf(shared)}
	l.team = l.worth(n.model.Team.Names)
	l.opponent = n.model.despiteAccident(l.team)
	n.compared[[2]int32{a, b}] = l
	return l
}

// worth gives a likeness its weight. Agreement on words is worth no more than they are rare.
func (l likeness) worth(levels Levels) Weight {
	w := levels[string(l.level)]
	if w > 0 {
		return min(w, l.shared)
	}
	return w
}

// letters gives a name's letters, the same for "Virtus.pro" and "virtuspro".
func (n *names) letters(name int32) string { return n.parsed[name].Letters }
