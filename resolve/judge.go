package resolve

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"
)

// A judgement is law: records that a person called the same are in one entity, and those called
// different never are, by whatever other links. What follows is judged with it: who is the same
// as one is so with all that it is the same as, and different from all that it is different from.

// Word is what a person says of two records.
type Word string

// The words. Unsure binds nothing: it says that one has looked.
const (
	Same      Word = "same"
	Different Word = "different"
	Unsure    Word = "unsure"
)

// Judgement is a person's word on two records of a kind, A < B. They need not be told now: a
// judgement waits for its records.
type Judgement struct {
	A, B ID
	Word Word
	By   string
	At   time.Time // for who reads it; nothing rests on it
}

// Check tells what is wrong with a judgement by itself: an *InvalidError, or nil.
func (j Judgement) Check() error {
	switch {
	case j.A.Kind() == "":
		return &InvalidError{"a", fmt.Sprintf("%q is no record's id", j.A)}
	case j.B.Kind() != j.A.Kind():
		return &InvalidError{"b", fmt.Sprintf("%q is no id of a %s, which a is", j.B, j.A.Kind())}
	case j.A == j.B:
		return &InvalidError{"b", "is the same record as a"}
	case j.Word != Same && j.Word != Different && j.Word != Unsure:
		return &InvalidError{"word", fmt.Sprintf("is %q: same, different or unsure", j.Word)}
	}
	return nil
}

// Contradiction is the proof that a judgement cannot hold beside others: judgements that lead
// from its A to its B, all of them "same" if it is "different", and all but one if it is "same".
// It is nil where there is none. Of several proofs it is a shortest one.
func Contradiction(others iter.Seq[Judgement], j Judgement) []Judgement {
	if j.Word == Unsure {
		return nil
	}
	words := map[ID][]Judgement{}
	for o := range others {
		if o.Word != Unsure && (o.A != j.A || o.B != j.B) {
			words[o.A], words[o.B] = append(words[o.A], o), append(words[o.B], o)
		}
	}
	return pathOf(words, j)
}

// step is a record that is reached, over so many differences, by a judgement from an earlier step.
type step struct {
	id    ID
	apart bool
	by    Judgement
	from  int
}

// pathOf walks judgements breadth first from j's A to its B: over at most one difference.
func pathOf(words map[ID][]Judgement, j Judgement) []Judgement {
	type place struct {
		id    ID
		apart bool
	}
	steps := []step{{id: j.A}}
	met := map[place]bool{{j.A, false}: true}
	for at := 0; at < len(steps); at++ {
		s := steps[at]
		if s.id == j.B && s.apart == (j.Word == Same) {
			return proofOf(steps, at)
		}
		slices.SortFunc(words[s.id], func(x, y Judgement) int { return cmp.Or(compareIDs(x.A, y.A), compareIDs(x.B, y.B)) })
		for _, w := range words[s.id] {
			next := step{id: w.other(s.id), apart: s.apart || w.Word == Different, by: w, from: at}
			if w.Word == Different && s.apart || met[place{next.id, next.apart}] {
				continue
			}
			met[place{next.id, next.apart}] = true
			steps = append(steps, next)
		}
	}
	return nil
}

func proofOf(steps []step, at int) []Judgement {
	var proof []Judgement
	for ; at != 0; at = steps[at].from {
		proof = append(proof, steps[at].by)
	}
	slices.Reverse(proof)
	return proof
}

// other is the record beside one.
func (j Judgement) other(id ID) ID {
	if id == j.A {
		return j.B
	}
	return j.A
}

// Judge puts a judgement into effect, in place of the word on its two records before; Unsure
// takes that back. It must not contradict others (see Contradiction). Nothing is resolved until
// Settle.
func (e *Engine) Judge(j Judgement) {
	e.heeded(j)
	e.judged.set(j)
	e.heeded(j)
}

// heeded marks all records that a judgement binds, itself and by others.
func (e *Engine) heeded(j Judgement) {
	for _, end := range [2]ID{j.A, j.B} {
		for _, id := range e.judged.mates(end) {
			e.unheeded[id] = true
		}
	}
}

// law is every judgement in force: who is the same as whom are classes.
type law struct {
	words   map[ID][]Judgement
	classes map[ID]*class
}

// class is records that are judged the same, in order.
type class struct{ ids []ID }

func newLaw() law { return law{map[ID][]Judgement{}, map[ID]*class{}} }

// set replaces the word on two records.
func (l *law) set(j Judgement) {
	for _, end := range [2]ID{j.A, j.B} {
		words := slices.DeleteFunc(l.words[end], func(w Judgement) bool { return w.A == j.A && w.B == j.B })
		if j.Word != Unsure {
			words = append(words, j)
		}
		if l.words[end] = words; len(words) == 0 {
			delete(l.words, end)
		}
	}
	for _, id := range slices.Concat(l.mates(j.A), l.mates(j.B)) {
		delete(l.classes, id)
	}
	l.classify(j.A)
	l.classify(j.B)
}

// classify finds the class of a record anew.
func (l *law) classify(id ID) {
	if l.classes[id] != nil {
		return
	}
	c := &class{[]ID{id}}
	l.classes[id] = c
	for at := 0; at < len(c.ids); at++ {
		for _, w := range l.words[c.ids[at]] {
			if other := w.other(c.ids[at]); w.Word == Same && l.classes[other] != c {
				l.classes[other] = c
				c.ids = append(c.ids, other)
			}
		}
	}
	if len(c.ids) == 1 {
		delete(l.classes, id)
		return
	}
	slices.Sort(c.ids)
}

// mates are the records that one is judged the same as, itself among them.
func (l *law) mates(id ID) []ID {
	if c := l.classes[id]; c != nil {
		return c.ids
	}
	return []ID{id}
}

// between is what is judged of two records, by itself or by what is judged of others; "" if nothing.
func (l *law) between(a, b ID) Word {
	if len(l.words) == 0 || len(l.words[a]) == 0 || len(l.words[b]) == 0 {
		return ""
	}
	if c := l.classes[a]; c != nil && c == l.classes[b] {
		return Same
	}
	theirs := l.mates(b)
	for _, id := range l.mates(a) {
		for _, w := range l.words[id] {
			if _, found := slices.BinarySearch(theirs, w.other(id)); w.Word == Different && found {
				return Different
			}
		}
	}
	return ""
}

// on is the word on two records themselves, if there is one.
func (l *law) on(a, b ID) (Judgement, bool) {
	a, b = min(a, b), max(a, b)
	for _, w := range l.words[a] {
		if w.A == a && w.B == b {
			return w, true
		}
	}
	return Judgement{}, false
}

// lawful is what a judgement weighs: more than all that records can say.
const lawful = 256 * Bit

// outlawed tells whether a weight is that of two records that are judged different.
func outlawed(w Weight) bool { return w < -lawful/2 && w > -2*lawful }

// judgement finds what is judged of two records.
func (e *Engine) judgement(a, b ID) finding {
	word := e.judged.between(a, b)
	f := finding{level: string(word)}
	switch word {
	case Same:
		f.weight = lawful
	case Different:
		f.weight = -lawful
	}
	if _, direct := e.judged.on(a, b); word != "" && !direct {
		f.level += ", by what is judged of others"
	}
	return f
}

// judgementLines tells what is judged of two records: one line, none if nothing is.
func (e *Engine) judgementLines(a, b ID) []Line {
	f := e.judgement(a, b)
	if f.level == "" {
		return nil
	}
	return []Line{{Comparison: "judgement", A: e.judged.who(a, b), Level: f.level, Weight: f.weight}}
}

// digestJudgement sums up what is judged of two records.
func (e *Engine) digestJudgement(d *digest, a, b ID) {
	for _, line := range e.judgementLines(a, b) {
		d.text(line.Level, line.A)
	}
}

// who says what is said of two records themselves; "" if nobody does.
func (l *law) who(a, b ID) string {
	if w, direct := l.on(a, b); direct {
		return w.By
	}
	return ""
}

// word is what a judgement on two match records weighs.
func (c *couple) word() Weight { return c.e.judgement(c.a.told.id, c.b.told.id).weight }

// eachMate calls visit with the live match records that one is judged the same as.
func (e *Engine) eachMate(m int32, visit func(int32)) {
	e.eachOf(e.judged.classes[e.matches.at(m).told.id], nil, m, visit)
}

// eachNamedMate calls visit with the live records of a roll that one is judged the same as.
func (e *Engine) eachNamedMate(l *roll, r int32, visit func(int32)) {
	e.eachOf(e.judged.classes[l.records[r].id], l, r, visit)
}

func (e *Engine) eachOf(c *class, l *roll, but int32, visit func(int32)) {
	if c == nil {
		return
	}
	for _, id := range c.ids {
		if r, live := e.liveOf(l, id); live && r != but {
			visit(r)
		}
	}
}

// liveOf is the number of a live record: of a roll, or of a match if that is nil.
func (e *Engine) liveOf(l *roll, id ID) (int32, bool) {
	if l == nil {
		r, found := e.index[id]
		return r, found && e.matches.at(r).live
	}
	r, found := l.index[id]
	return r, found && l.records[r].live()
}

// heed looks again at the records that are judged otherwise since.
func (e *Engine) heed() {
	for id := range e.unheeded {
		l := e.roll(id.Kind())
		r, live := e.liveOf(l, id)
		switch {
		case !live:
		case l == nil:
			e.touched.add(r)
			for len(e.matches.at(r).edges) > 0 {
				e.cut(e.matches.at(r).edges[0])
			}
			e.entered.add(r)
		default:
			e.heedNamed(l, r)
		}
	}
	clear(e.unheeded)
}

// heedNamed looks again at a record of a roll. Teams that are the same are a pair whatever they are called.
func (e *Engine) heedNamed(l *roll, r int32) {
	l.changed.add(r)
	if l != e.teams {
		return
	}
	e.eachNamedMate(l, r, func(s int32) { e.pairOf(r, s) })
	for _, p := range l.records[r].pairs {
		e.reseeds.add(p)
	}
}

// court is what is judged within a component of nodes: which are one, and what of the rules
// does not hold for that. A nil court has nothing to judge.
type court struct {
	rule   func(i, j int) string // between two nodes
	bound  []int                 // the first node that each is judged the same as: itself, if none comes before it
	anchor []int                 // the node judged to be one with others that each is strongly bound to: itself, if it is one; else -1
}

// courtOf holds court over a component; nil where nothing is judged of its nodes.
func (e *Engine) courtOf(component []int32, id func(int32) ID, bonds []bond, merge Weight, apart func(r, s int32) string) *court {
	bound := e.judged.bind(component, id)
	if bound == nil {
		return nil
	}
	c := &court{func(i, j int) string { return apart(component[i], component[j]) }, bound, make([]int, len(bound))}
	for i := range c.anchor {
		c.anchor[i] = -1
	}
	for i, first := range bound {
		if first != i {
			c.anchor[first], c.anchor[i] = first, i
		}
	}
	best := make([]Weight, len(bound))
	for _, b := range bonds {
		for _, end := range [2][2]int{{b.i, b.j}, {b.j, b.i}} {
			i, j := end[0], end[1]
			if c.isBound(j) && !c.isBound(i) && b.weight >= merge && (c.anchor[i] < 0 || b.weight > best[i]) {
				c.anchor[i], best[i] = j, b.weight
			}
		}
	}
	return c
}

// bind tells for each node the first that it is judged the same as; nil where nothing is judged of any two.
func (l *law) bind(component []int32, id func(int32) ID) []int {
	if len(l.classes) == 0 {
		return nil
	}
	bound, judged := make([]int, len(component)), false
	first := map[*class]int{}
	for i, r := range component {
		bound[i] = i
		c := l.classes[id(r)]
		if c == nil {
			continue
		}
		if j, met := first[c]; met {
			bound[i], judged = j, true
		} else {
			first[c] = i
		}
	}
	if !judged {
		return nil
	}
	return bound
}

// isBound tells whether a node is judged to be one with another of the component.
func (c *court) isBound(i int) bool { return c != nil && c.anchor[i] == i }

// waives tells whether the rules do not hold between two nodes: each is strongly bound to another
// of two records that a person called one against the rules, and so is of both.
func (c *court) waives(i, j int) bool {
	if c == nil || c.anchor[i] < 0 || c.anchor[j] < 0 || c.anchor[i] == c.anchor[j] {
		return false
	}
	return c.bound[c.anchor[i]] == c.bound[c.anchor[j]] && c.rule(c.anchor[i], c.anchor[j]) != ""
}

// waived adds to bonds those between nodes that only a rule that is waived would part: they are
// neither for nor against it, just short of the bar.
func (c *court) waived(bonds []bond, merge Weight) []bond {
	if c == nil {
		return bonds
	}
	known := map[[2]int]bool{}
	for _, b := range bonds {
		known[[2]int{b.i, b.j}] = true
	}
	for i := range c.anchor {
		for j := i + 1; j < len(c.anchor); j++ {
			if c.waives(i, j) && !known[[2]int{i, j}] {
				bonds = append(bonds, bond{i, j, merge - 1})
			}
		}
	}
	return bonds
}
