package resolve

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"time"
)

// Kind is what a record speaks of, and so what an entity is.
type Kind string

// The four kinds, in the order in which they rest on each other.
const (
	KindTitle      Kind = "title"
	KindTournament Kind = "tournament"
	KindTeam       Kind = "team"
	KindMatch      Kind = "match"
)

// Kinds lists the four kinds in the order in which they rest on each other.
var Kinds = [...]Kind{KindTitle, KindTournament, KindTeam, KindMatch}

// ID names a record for ever, and an entity by its oldest record (see Key.Mint).
type ID string

// idAlphabet is Crockford's base 32 in lower case: no letter that reads as a digit.
var idAlphabet = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// Kind tells the kind from the id's first letters, "" if they are none of ours.
func (id ID) Kind() Kind {
	prefix, _, found := strings.Cut(string(id), "_")
	for _, k := range Kinds {
		if found && prefix == k.Prefix() {
			return k
		}
	}
	return ""
}

// Prefix is what the ids of records and entities of this kind begin with, before a "_".
func (k Kind) Prefix() string {
	switch k {
	case KindTitle:
		return "ttl"
	case KindTournament:
		return "trn"
	case KindTeam:
		return "tem"
	case KindMatch:
		return "mch"
	}
	return ""
}

// Key is how a source itself tells its records apart.
type Key struct {
	Kind   Kind
	Source string
	// Scope is the folded title within which the source's ids are its own; empty where
	// the source's profile says that its ids hold across titles.
	Scope string
	// Named is set where the source sent no id: ID is then the name as sent, trimmed.
	// "id 100" and "named 100" are two keys.
	Named bool
	ID    string
}

// Mint derives the record's id from its key: 80 bits of SHA-256 behind the kind's
// prefix, such as "tem_3k9x0m2vqc41ahzt". Equal keys mint equal ids, everywhere and always.
func (k Key) Mint() ID {
	var told [256]byte // most keys fit, and cost no memory
	b := told[:0]
	for _, part := range [...]string{string(k.Kind), k.Source, k.Scope, k.ID} {
		b = binary.BigEndian.AppendUint64(b, uint64(len(part)))
		b = append(b, part...)
	}
	if k.Named {
		b = append(b, 1)
	}
	sum := sha256.Sum256(b)
	var id [20]byte
	return ID(idAlphabet.AppendEncode(append(append(id[:0], k.Kind.Prefix()...), '_'), sum[:10]))
}

// Named is a record of a title, tournament or team as one match record tells it.
type Named struct {
	Key  Key
	ID   ID     // Key.Mint()
	Name string // as sent; never empty
	// Arrival is when the record was first told, by any match record ever. Who does not keep
	// that leaves it 0: the oldest match record that tells it now stands in.
	Arrival int64
}

// Side is one of the two slots of a match record. Scores hang on the side, so a team
// that is said to play itself still has two.
type Side struct {
	Team   Named
	Points *float64 // nil: not told
	Winner *bool    // nil: not told
}

// Match is all that one source says of one match: the unit in which things change.
// Title, tournament and team records exist as long as a live match record tells them.
type Match struct {
	Key Key
	ID  ID // Key.Mint()
	// Arrival orders records by when each was first told; smaller is older.
	Arrival    int64
	URL        string
	State      *int // 1 scheduled, 2 finished, others as sent; nil: not told
	BestOf     *int
	Start      Time
	Title      *Named // nil: not told
	Tournament *Named // nil: not told
	Sides      [2]Side
}

// The states that the engine knows; others are kept and served as they are.
const (
	StateScheduled = 1
	StateFinished  = 2
)

// Precision is how finely a source tells a time.
type Precision string

// The precisions, coarse to fine. A Time that was not told has the empty one.
const (
	PrecisionDay    Precision = "day"
	PrecisionMinute Precision = "minute"
	PrecisionSecond Precision = "second"
)

// Time is a start as a source tells it.
type Time struct {
	Raw       string    // as sent
	At        time.Time // UTC. A day is its 00:00 UTC, whatever the source's zone: a date without a clock has none.
	Precision Precision // empty: not told, and At is zero
}
