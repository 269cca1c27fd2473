package store

import (
	"errors"
	"fmt"
	"time"

	"umpire/resolve"
)

// The errors that callers tell apart, with errors.Is. Bad input is *resolve.InvalidError.
var (
	ErrNotFound = errors.New("not found")
	ErrGone     = fmt.Errorf("gone: %w", ErrNotFound) // it was, and all its records were withdrawn
	ErrConflict = errors.New("conflict")              // what is asked contradicts what is there
	ErrStale    = errors.New("stale")                 // what was read has changed since; read again
	ErrPoison   = errors.New("poison")                // the database refuses this very content, and always will

	ErrUnavailable = errors.New("the database does not answer") // it may when asked again
	ErrElsewhere   = errors.New("this process does not resolve the database; ask the one that does")
)

// Fate is what became of a message.
type Fate string

// The fates.
const (
	Applied     Fate = "applied"
	Duplicate   Fate = "duplicate"
	Quarantined Fate = "quarantined"
)

// Delivery is one message to take in: its bytes, and what was understood of them.
// Exactly one of Match, Withdraw and Fault is set.
type Delivery struct {
	Source      string // "" if the message names none
	MessageID   string // the sender's identity of the message; "" if it gave none
	Redelivered bool   // the broker says that it delivered this before
	Body        []byte // exactly as delivered
	ReceivedAt  time.Time
	Profile     *Profile       // the source's, as Profiles listed it, by which the body was read; nil: by none
	Via         string         // how it came, such as "rabbit:feeds", "file:NAME:LINE" or "http"
	Match       *resolve.Match // what it tells; Arrival is set by the store
	Withdraw    *resolve.Key   // the match record that the source takes back
	Fault       *resolve.InvalidError
	Warnings    []string // said of what is applied all the same
}

// Outcome is what became of a Delivery, in the place of its Delivery.
type Outcome struct {
	Message  int64 // its id: the order of arrival over all sources
	Source   string
	Seq      int64 // the order of arrival within the source
	Fate     Fate
	Field    string
	Reason   string
	Warnings []string
	Record   resolve.ID // the match record that it tells or withdraws; "" if quarantined
}

// Message is a stored message.
type Message struct {
	Outcome
	MessageID  string
	Act        string // "tell" or "withdraw"
	Body       []byte // nil in lists
	Size       int
	SHA256     [32]byte
	ReceivedAt time.Time
	Via        string
}

// MessageFilter selects messages. The zero value selects all, newest first.
type MessageFilter struct {
	Source  *string // nil: any; "" is a source, of messages that name none
	Fate    Fate
	Record  resolve.ID // those of one match record
	After   int64      // oldest first from here, for replay; 0: newest first
	Cursor  string
	Limit   int // 0: 50; at most 1,000
	Ordered bool
}

// Source is a feed, its profile, and what it has sent.
type Source struct {
	Name      string
	Zone      string            // IANA
	IDs       map[string]string // what its ids mean, by kind: "title" (the default), "source" or "none"
	Seq       int64             // of its last message
	CreatedAt time.Time
	Counts    SourceCounts
}

// Profile is how a source's messages are to be read. The zero value is that of a source of
// which nothing is known.
type Profile struct {
	Zone string            // IANA; "" is UTC
	IDs  map[string]string // as those of a Source
}

// SourceCounts is what a source has sent. Sources fills it; a Source to put need not.
type SourceCounts struct {
	Messages, Quarantined, Duplicates   int64
	Matches, Teams, Tournaments, Merged int64 // Merged: match records in an entity with another source's
	FirstReceived, LastReceived         *time.Time
	Twice                               map[resolve.Kind]int64 // entities of which it has several records
}

// What a source's ids mean, by kind, in its profile.
const (
	IDsWithinTitle = "title"  // its own within a title; the default
	IDsWithinAll   = "source" // its own across titles
	IDsMeanNothing = "none"   // not to be used: teams and tournaments are keyed by name
)

// Page is one page of a list, and the cursor of the next; Next is "" on the last.
type Page[T any] struct {
	Items []T
	Next  string
}

// Ref is an entity to point at.
type Ref struct {
	ID   resolve.ID
	Name string
}

// RecordRef is a record to point at.
type RecordRef struct {
	ID     resolve.ID
	Kind   resolve.Kind
	Source string
	Key    string // the source's own id, or the name as sent where it has none
	Named  bool
	Scope  string
	Name   string     // "" for a match
	URL    string     // of a match
	Entity resolve.ID // "" if not settled, or withdrawn
}

// Match is a match entity as lists and pages show it.
type Match struct {
	ID         resolve.ID
	Title      *Ref
	Tournament *Ref
	Sides      [2]Side
	State      *int
	BestOf     *int
	Start      resolve.Time
	Records    []RecordRef // oldest first
	Sources    int
	From       map[string]resolve.ID // provenance: field → record
	Hides      map[string]string     // what is set by hand: field → what the records say of it
	CreatedAt  time.Time
	UpdatedAt  time.Time
	Version    int64 // the change that it follows
}

// Side is one side of a match entity.
type Side struct {
	Team   Ref
	Points *float64
	Winner *bool
}

// MatchRecord is a match as one source tells it.
type MatchRecord struct {
	RecordRef
	Title      *RecordRef
	Tournament *RecordRef // Name: as this record tells it
	Sides      [2]RecordSide
	State      *int
	BestOf     *int
	Start      resolve.Time
	Message    int64 // the message that it now follows
	Arrival    int64 // the message that first told it
	Withdrawn  bool
	Flipped    bool // its side 1 is its entity's side 2
}

// RecordSide is one side of a match record.
type RecordSide struct {
	Team   RecordRef // Name: as this record tells it
	Points *float64
	Winner *bool
}

// Named is a title, tournament or team entity.
type Named struct {
	ID        resolve.ID
	Kind      resolve.Kind
	Name      string
	Title     *Ref // of a tournament or team
	Records   []RecordRef
	Sources   int
	Matches   int // match entities that it plays in, or that belong to it
	From      map[string]resolve.ID
	Hides     map[string]string // as of a match
	CreatedAt time.Time
	UpdatedAt time.Time
	Version   int64
}

// MatchFilter selects match entities, or match records for the view by source. A name
// matches folded and in part, an entity's id exactly. The zero value selects all.
type MatchFilter struct {
	Title, Tournament, Team string // a name or an id
	// Titles, Tournaments and Teams are the present ids that such a name means, where they
	// were found already: the name is not looked up then. Nil: they were not.
	Titles, Tournaments, Teams []resolve.ID
	Source                     string
	Twice                      bool // only those of which the source, or some source, has several records
	State                      *int
	From, To                   *time.Time // start, inclusive; a start known by its day counts when its day does
	UpdatedFrom                *time.Time
	Sort                       Sort
	Cursor                     string
	Limit                      int // 0: 50; at most 500
}

// Sort is an order of match lists; ties go by id.
type Sort string

// The orders. Those of a match that has no start come last.
const (
	ByStart       Sort = "date_start"
	ByStartDesc   Sort = "-date_start" // the default
	ByUpdated     Sort = "updated"
	ByUpdatedDesc Sort = "-updated"
)

// NamedFilter selects titles, tournaments or teams, by name.
type NamedFilter struct {
	Kind   resolve.Kind
	Name   string // folded, in part
	Title  string // a name or an id
	Source string
	Twice  bool // only those of which the source, or some source, has several records
	Cursor string
	Limit  int
}

// Change is one thing that happened to an entity, as its history and the outbox tell it.
type Change struct {
	Seq     int64 // one sequence, in commit order
	At      time.Time
	Kind    resolve.Kind
	Entity  resolve.ID
	Act     resolve.Act
	Others  []resolve.ID
	Records []resolve.ID // its records after the change
	Cause   string       // such as "message 12", "messages 12 to 40" or "run 3"
	// After is its canonical fields after the change; nil if it is no more. Of those that
	// follow it has what is told: name and title; of a match title, tournament, state,
	// best_of, start (RFC 3339, UTC), start_text, precision, team1, team2, points1, points2,
	// winner1, winner2. What refers to an entity is its id.
	After map[string]any
}

// Link is a candidate pair of records, told with both.
type Link struct {
	resolve.Link
	RecordA, RecordB RecordRef
}

// LinkFilter selects links.
type LinkFilter struct {
	Kind    resolve.Kind
	Verdict resolve.Verdict
	Entity  resolve.ID // those with a record in this entity
	Cursor  string
	Limit   int
}

// SourceID is a record as a client knows it.
type SourceID struct {
	Source string
	Kind   resolve.Kind
	ID     string
	Title  string // tells apart ids that a source uses in several titles; "" any
}

// Mark says that a match record has changed since it was last settled.
type Mark struct {
	Record  resolve.ID
	Message int64          // the last message that changed it
	Match   *resolve.Match // as it is now; nil: withdrawn
}

// Stats counts what is there.
type Stats struct {
	Messages    map[Fate]int64
	Records     map[resolve.Kind]int64
	Entities    map[resolve.Kind]int64
	Merged      int64 // match entities told by two sources or more
	Suggestions int64
	Dirty       int64 // match records not settled yet
	LastChange  int64
	LastMessage *time.Time
	Model       string // the version of the model in use
}
