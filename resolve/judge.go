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
}
