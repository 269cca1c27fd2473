package main

import (
	"io"
	"iter"

	"umpire/ingest"
	"umpire/resolve"
)

// records are what the match records of a stream say in the end, oldest first, in pieces: what
// they take is given back piece by piece by who needs them no more, and never moved to grow.
type records struct {
	pieces [][]resolve.Match
	n      int
}

// piece is how many match records a piece holds.
const piece = 1 << 10

// readRecords reads a stream. Messages that cannot be understood are left out.
func readRecords(path string, stdin io.Reader) (*records, error) {
	file, err := ingest.Open(path, stdin)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r := new(records)
	at := map[resolve.ID]int{}
	arrival := int64(0)
	for read, err := range file.Decoded(ingest.Defaults) {
		if err != nil {
			return nil, err
		}
		arrival++
		if read.Match == nil {
			continue
		}
		i, known := at[read.Match.ID]
		if !known {
			i = r.n
			at[read.Match.ID] = i
		}
		r.put(i, read.Match, arrival)
	}
	return r, nil
}

// put tells what the record at a place says, which is as old as when it was told first.
func (r *records) put(i int, m *resolve.Match, arrival int64) {
	m.Arrival = arrival
	if i < r.n {
		is := &r.pieces[i/piece][i%piece]
		m.Arrival = is.Arrival
		*is = *m
		return
	}
	if i%piece == 0 {
		r.pieces = append(r.pieces, make([]resolve.Match, 0, piece))
	}
	last := &r.pieces[len(r.pieces)-1]
	*last = append(*last, *m)
	r.n++
}

// all yields the records.
func (r *records) all() iter.Seq[resolve.Match] { return r.each(func(int) {}) }

// spent yields the records, and lets go of each piece behind.
func (r *records) spent() iter.Seq[resolve.Match] { return r.each(func(i int) { r.pieces[i] = nil }) }

func (r *records) each(done func(i int)) iter.Seq[resolve.Match] {
	return func(yield func(resolve.Match) bool) {
		for i, p := range r.pieces {
			for j := range p {
				if !yield(p[j]) {
					return
				}
			}
			done(i)
		}
	}
}
