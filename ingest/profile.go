package ingest

import (
	"time"

	"umpire/ent/store"
	"umpire/resolve"
)

// Profile is how to read what a source sends. The zero value is that of a source of
// which nothing is known: its clock is UTC, its ids are its own within a title.
type Profile struct {
	Zone *time.Location          // of its clock; nil: UTC
	IDs  map[resolve.Kind]string // what its ids mean: store.IDsWithinTitle if not told
}

// Defaults is the profile of any source of which nothing is known.
func Defaults(string) Profile { return Profile{} }

// meaning is what the source's ids of a kind mean.
func (p Profile) meaning(kind resolve.Kind) string {
	if meaning := p.IDs[kind]; meaning != "" {
		return meaning
	}
	return store.IDsWithinTitle
}
