package resolve

import "umpire/resolve/text"

// names holds every name once, taken apart, by a small number.
type names struct {
	model  *Model
	index  map[string]int32
	told   []string
	parsed []text.Name
	sums   []digest // of what is told
}

// likeness is how two names compare.
type likeness struct {
	level  text.Level
	shared Weight // the rarity of the words that they share
}

func newNames(model *Model) names { return names{model: model, index: map[string]int32{}} }

// intern returns a name's number.
func (n *names) intern(name string) int32 {
	if i, found := n.index[name]; found {
		return i
	}
	i := int32(len(n.told))
	n.index[name] = i
	n.told, n.parsed = append(n.told, name), append(n.parsed, text.Parse(name, n.model.Vocabulary))
	d := emptyDigest
	d.text(name)
	n.sums = append(n.sums, d)
	return i
}

// compare compares two names.
func (n *names) compare(a, b int32) likeness {
	level, shared := text.Compare(&n.parsed[a], &n.parsed[b])
	return likeness{level, weightOf(shared)}
}

// worth gives a likeness its weight. Agreement on words is worth no more than they are rare.
func (l likeness) worth(levels Levels) Weight {
	w := levels[string(l.level)]
	if w > 0 {
		return min(w, l.shared)
	}
	return w
}

// guarded tells whether a number or a mark says that two names are of two.
func (l likeness) guarded() bool {
	return l.level == text.OtherNumber || l.level == text.Successor || l.level == text.OtherMarker
}

// letters gives a name's letters, the same for "Virtus.pro" and "virtuspro".
func (n *names) letters(name int32) string { return n.parsed[name].Letters }

// nobody tells whether a name is a placeholder.
func (n *names) nobody(name int32) bool { return n.parsed[name].Unknown }

// digest sums up names.
func (n *names) digest(d *digest, names ...int32) {
	for _, name := range names {
		if name == none {
			d.number(0)
		} else {
			d.number(int64(n.sums[name]))
		}
	}
}

// text gives a name as it was told, "" for none.
func (n *names) text(name int32) string {
	if name == none {
		return ""
	}
	return n.told[name]
}
