package eval

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"umpire/resolve"
)

// Link tells the entity of a record, which is named as its source knows it: by the id that
// its messages sent, or by the name where they sent none. The names of entities mean
// nothing but that equal ones are one.
type Link struct {
	Source string       `json:"source"`
	Kind   resolve.Kind `json:"kind"`
	ID     string       `json:"id"`
	Entity string       `json:"entity"`
}

// record is a link's left side.
type record struct {
	source string
	kind   resolve.Kind
	id     string
}

func (l Link) record() record { return record{l.Source, l.Kind, l.ID} }

// Truth is which records are one: those of a kind whose entity is equal.
type Truth struct {
	links  []Link
	entity map[record]string
}

// ReadTruth reads a truth in CSV (see Read). A record that it tells twice is an error.
func ReadTruth(r io.Reader) (Truth, error) {
	links, err := Read(r)
	if err != nil {
		return Truth{}, err
	}
	t := Truth{links, make(map[record]string, len(links))}
	for _, l := range links {
		if _, told := t.entity[l.record()]; told {
			return Truth{}, &resolve.InvalidError{Reason: fmt.Sprintf("the truth tells %s %q of %s twice", l.Kind, l.ID, l.Source)}
		}
		t.entity[l.record()] = l.Entity
	}
	return t, nil
}

// Read reads links in CSV, under a header that names the columns source, kind, id and
// entity, in any order and among others; as Write writes them, too.
func Read(r io.Reader) ([]Link, error) {
	rows := csv.NewReader(r)
	header, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("read the header of links: %w", err)
	}
	var at [4]int
	for i, column := range []string{"source", "kind", "id", "entity"} {
		if at[i] = slices.Index(header, column); at[i] < 0 {
			return nil, &resolve.InvalidError{Field: column, Reason: "the header has no such column"}
		}
	}
	var links []Link
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return links, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read links: %w", err)
		}
		links = append(links, Link{Source: unguarded(row[at[0]]), Kind: resolve.Kind(row[at[1]]), ID: unguarded(row[at[2]]), Entity: row[at[3]]})
	}
}

// Write writes links in CSV. What a spreadsheet would take for a formula is guarded by an
// apostrophe before it, as is what begins with one, so that nothing is lost.
func Write(w io.Writer, links iter.Seq2[Link, error]) error {
	rows := csv.NewWriter(w)
	if err := rows.Write([]string{"source", "kind", "id", "entity"}); err != nil {
		return fmt.Errorf("write links: %w", err)
	}
	for l, err := range links {
		if err != nil {
			return err
		}
		if err := rows.Write([]string{guarded(l.Source), string(l.Kind), guarded(l.ID), l.Entity}); err != nil {
			return fmt.Errorf("write links: %w", err)
		}
	}
	rows.Flush()
	return rows.Error()
}

// formula is how what a spreadsheet computes may begin, by OWASP's list of 2021, and the guard.
const formula = "=+-@\t\r\n＝＋－＠'"

func guarded(cell string) string {
	if strings.IndexAny(cell, formula) == 0 {
		return "'" + cell
	}
	return cell
}

func unguarded(cell string) string {
	if rest, found := strings.CutPrefix(cell, "'"); found && strings.IndexAny(rest, formula) == 0 {
		return rest
	}
	return cell
}

// Known is what of a truth concerns some records, by their ids.
type Known struct {
	ids    []resolve.ID // in the order in which they are first told
	entity map[resolve.ID]string
}

// Of finds records in the truth.
func (t Truth) Of(records []Told) Known {
	known := Known{entity: map[resolve.ID]string{}}
	for _, r := range records {
		if entity, found := t.entity[r.record]; found {
			known.ids = append(known.ids, r.id)
			known.entity[r.id] = entity
		}
	}
	return known
}

// Same tells whether two records of a kind are one in truth; false, false if it knows not both.
func (k Known) Same(a, b resolve.ID) (bool, bool) {
	x, foundA := k.entity[a]
	y, foundB := k.entity[b]
	return foundA && foundB && x == y, foundA && foundB
}

// Told is a record of any kind that match records tell.
type Told struct {
	record
	id resolve.ID
}

// Tell lists the records that match records name, themselves included, each once, in the order
// in which they are first told.
func Tell(matches iter.Seq[resolve.Match]) []Told {
	var all []Told
	seen := map[resolve.ID]bool{}
	for m := range matches {
		for key, id := range told(&m) {
			if !seen[id] {
				seen[id] = true
				all = append(all, Told{record{key.Source, key.Kind, key.ID}, id})
			}
		}
	}
	return all
}

// LinksOf links records to their entities.
func LinksOf(entityOf func(resolve.ID) (resolve.ID, bool), records []Told) []Link {
	var links []Link
	for _, r := range records {
		if entity, found := entityOf(r.id); found {
			links = append(links, Link{Source: r.source, Kind: r.kind, ID: r.record.id, Entity: string(entity)})
		}
	}
	return links
}

// told yields the records that a match record names, itself first.
func told(m *resolve.Match) iter.Seq2[resolve.Key, resolve.ID] {
	return func(yield func(resolve.Key, resolve.ID) bool) {
		if !yield(m.Key, m.ID) {
			return
		}
		for _, n := range [...]*resolve.Named{m.Title, m.Tournament, &m.Sides[0].Team, &m.Sides[1].Team} {
			if n != nil && !yield(n.Key, n.ID) {
				return
			}
		}
	}
}
