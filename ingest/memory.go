package ingest

import (
	"strings"
	"sync"

	"umpire/resolve"
	"umpire/resolve/text"
)

// decoder is what reads one message, and the next one after it. What it remembers makes
// it faster and what it returns smaller, and changes nothing of it.
type decoder struct {
	scanner
	memory
}

// decoders are those that read no message right now.
var decoders = sync.Pool{New: func() any { return new(decoder) }}

// memory keeps what messages say over and over: it is copied out of a message once, and
// its id is minted once. What it returns is for all that ask, and never written to.
type memory struct {
	texts   map[string]string // by themselves
	scopes  map[string]string // titles folded
	named   map[string]*resolve.Named
	calling []byte // the last key of named
	numbers map[float64]*float64
	wholes  map[int]*int
}

// maxRemembered bounds each of the maps; one that is full begins anew.
const maxRemembered = 1 << 13

// text returns a copy of a text.
func (m *memory) text(s string) string {
	kept, ok := m.texts[s]
	if !ok {
		kept = strings.Clone(s)
		remember(&m.texts, kept, kept)
	}
	return kept
}

// scope folds a title.
func (m *memory) scope(title string) string {
	folded, ok := m.scopes[title]
	if !ok {
		folded = text.Fold(title)
		remember(&m.scopes, strings.Clone(title), folded)
	}
	return folded
}

// record returns the record of a title, tournament or team.
func (m *memory) record(k resolve.Key, name string) *resolve.Named {
	m.calling = m.calling[:0]
	for _, part := range [...]string{string(k.Kind), k.Source, k.Scope, k.ID, name} {
		m.calling = append(append(m.calling, part...), 0) // no part holds a NUL
	}
	if k.Named {
		m.calling = append(m.calling, 1)
	}
	named, ok := m.named[string(m.calling)]
	if !ok {
		k.ID, name = m.text(k.ID), m.text(name)
		named = &resolve.Named{Key: k, ID: k.Mint(), Name: name}
		remember(&m.named, string(m.calling), named)
	}
	return named
}

// number returns a place that holds a number.
func (m *memory) number(n float64) *float64 {
	kept, ok := m.numbers[n]
	if !ok {
		kept = new(n)
		remember(&m.numbers, n, kept)
	}
	return kept
}

// whole returns a place that holds a whole number.
func (m *memory) whole(n int) *int {
	kept, ok := m.wholes[n]
	if !ok {
		kept = new(n)
		remember(&m.wholes, n, kept)
	}
	return kept
}

func remember[K comparable, V any](m *map[K]V, k K, v V) {
	if *m == nil || len(*m) == maxRemembered {
		*m = map[K]V{}
	}
	(*m)[k] = v
}

// own moves texts into one piece of memory of their own, out of that of a whole message.
func own(texts ...*string) {
	size := 0
	for _, t := range texts {
		size += len(*t)
	}
	var all strings.Builder
	all.Grow(size)
	for _, t := range texts {
		all.WriteString(*t)
		*t = all.String()[all.Len()-len(*t):]
	}
}
