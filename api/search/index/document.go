package index

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"umpire/api/search"
	"umpire/ent/store"
	"umpire/resolve"
	"umpire/resolve/text"
)

// documentVersion changes when documents are made otherwise of the same entities.
const documentVersion = "1"

// document is an entity as the index has it. A match bears the names of its teams and its
// tournament, so that one query finds it by any of them together. Those of its title it does
// not, or a new name of a game would have to go to every match of it: see Backend.Watch.
type document struct {
	Kind       resolve.Kind `json:"kind,omitempty"` // "": the entity is no more
	Names      []string     `json:"names,omitempty"`
	Short      []string     `json:"short,omitempty"`
	Title      resolve.ID   `json:"title,omitempty"`
	Tournament resolve.ID   `json:"tournament,omitempty"`
	Teams      []resolve.ID `json:"teams,omitempty"`
	Sources    []string     `json:"sources,omitempty"`
	State      *int         `json:"state,omitempty"`
	Start      *time.Time   `json:"start,omitempty"`
	Cursor     *store.Head  `json:"cursor,omitempty"`
}

// put is a document to be written, of a moment.
type put struct {
	id     resolve.ID
	moment int64
	body   document
}

// named is the document of what has a name itself.
func named(n store.SearchNamed) document {
	folded, short := forms(n.Names)
	return document{Kind: n.ID.Kind(), Names: folded, Short: short, Title: n.Title, Sources: n.Sources}
}

// writer makes documents of one state. What it has folded it remembers, since most matches
// share their names.
type writer struct {
	state store.SearchState
	known map[resolve.ID]document
}

func newWriter(state store.SearchState) *writer {
	return &writer{state, map[resolve.ID]document{}}
}

func (w *writer) named(id resolve.ID) document {
	d, made := w.known[id]
	if !made {
		if n, present := w.state.Named[id]; present {
			d = named(n)
		}
		w.known[id] = d
	}
	return d
}

func (w *writer) match(m store.SearchMatch) put {
	d := document{
		Kind: resolve.KindMatch, Title: m.Title, Tournament: m.Tournament, Teams: m.Teams[:], Sources: m.Sources, State: m.State,
	}
	if m.Start != nil {
		d.Start = new(m.Start.UTC())
	}
	for _, id := range []resolve.ID{m.Teams[0], m.Teams[1], m.Tournament} {
		n := w.named(id)
		d.Names, d.Short = append(d.Names, n.Names...), append(d.Short, n.Short...)
	}
	return put{m.ID, w.state.At.Moment(), d}
}

// forms returns names folded, and the short forms that people type for them, each once.
func forms(names []string) ([]string, []string) {
	var folded, short []string
	add := func(to *[]string, form string) {
		if form != "" && !slices.Contains(*to, form) {
			*to = append(*to, form)
		}
	}
	for _, name := range names {
		f := text.Fold(name)
		add(&folded, f)
		for _, form := range search.Short(f) {
			add(&short, form)
		}
	}
	return folded, short
}

// appendTo appends the two lines of a bulk request that write a document, unless the index
// has it of a later moment.
func (p put) appendTo(lines []byte) ([]byte, error) {
	body, err := json.Marshal(p.body)
	if err != nil {
		return nil, err
	}
	lines = fmt.Appendf(lines, `{"index":{"_id":%q,"version":%d,"version_type":"external_gte"}}`+"\n", p.id, p.moment)
	return append(append(lines, body...), '\n'), nil
}
