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

	"umpire/ent/store"
	"umpire/resolve"
)

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
type Document = store.SearchDocument

// Name is a name, and the source that has or had it. What no source says is set by hand.
type Name = store.SearchName
