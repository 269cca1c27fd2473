// Package search finds entities by what people type: by every name that an entity has or
// ever had in any source, by its beginning, by its initials, with an error or two in it,
// and matches by the names of those who play.
//
// A Backend only proposes candidates. A Finder reads these from the database and ranks
// them, in one way for all (rank.go): so what is found, in which order, why and how far a
// page goes does not depend on which backend was asked, and another may answer the next
// page. Nothing is told that the database does not tell at that moment.
package search

import (
	"context"
	"time"

	"umpire/resolve"
)

// Query is what is looked for. The zero value of a field but Text asks for nothing.
type Query struct {
	// Text is folded (text.Fold): what was typed without dates, which are From and To, and
	// without "vs", which is Parts. Every word of it is to be found in what is proposed.
	Text string
	// Parts are the two folded texts on both sides of a "vs", one for each team; nil if
	// there was none.
	Parts []string

	Kinds       []resolve.Kind // nil: all
	Titles      []resolve.ID   // present ids: those that are one of these or belong to one; nil: any; empty: none
	Tournaments []resolve.ID   // present ids: matches of one of these, and these themselves; nil: any; empty: none
	Source      string         // one that tells it
	State       *int           // of matches: what has no state is left out
	From, To    *time.Time     // when a match starts, inclusive; a start known by its day counts when its day does; what has no start is left out
}

// Backend proposes what a query may mean.
type Backend interface {
	// Candidates returns the present ids of up to most entities of the query's kinds, each
	// once, the likelier ones first. It may propose what does not fit at all (or is no more),
	// since all is ranked afterwards; what it does not propose is not found. It proposes
	// named entities before matches where most is too few for both.
	//
	// An error means that it cannot answer now: the database is asked instead. It heeds the
	// end of the context, and is safe for use by several goroutines.
	Candidates(ctx context.Context, q Query, most int) ([]resolve.ID, error)
}

// Document is an entity as it is searched for: what an index holds of it, and what ranking
// looks at.
type Document struct {
	ID   resolve.ID
	Kind resolve.Kind
	// Names are all that it has or ever had, those it has first; of a match none.
	Names []Name
	// Title, Tournament and Teams have the same of those that it refers to: a match of all,
	// a team or a tournament of its title. Their own references are left out. Nil: none.
	Title      *Document
	Tournament *Document
	Teams      []*Document

	State     *int
	Start     *time.Time
	Precision resolve.Precision // of the start
	Sources   []string          // who tells it now, in order of name
	Records   int               // how many records it has
	Version   int64             // the change that it follows
}

// Name is a name, and the source that has or had it. What no source says is set by hand.
type Name struct {
	Name   string
	Source string
}
