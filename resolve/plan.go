package resolve

import (
	"cmp"
	"slices"
)

// Weight is a match weight in sixteenths of a bit (log2 of a Bayes factor). Integers,
// so that a sum does not depend on the order of its terms.
type Weight int32

// Bit is one bit of evidence.
const Bit Weight = 16

// Bits gives the weight in bits.
func (w Weight) Bits() float64 { return float64(w) / float64(Bit) }

// Line is one line of evidence: a comparison, both values as told, the level at
// which they agree or differ, and what that is worth.
type Line struct {
	Comparison string `json:"comparison"`      // such as "team 1", "start", "score", "votes", "guard"
	A          string `json:"a,omitempty"`     // the value of the link's A
	B          string `json:"b,omitempty"`     // the value of the link's B
	Level      string `json:"level"`           // such as "exact", "all tokens but common ones"
	Weight     Weight `json:"weight"`          // sixteenths of a bit
	Lines      []Line `json:"lines,omitempty"` // its own sum, where the weight is itself a result
}

// Verdict is what became of a candidate pair.
type Verdict string

// Joined pairs are in one entity. Suggested pairs are not, and the evidence neither
// joins nor parts them. Refused pairs had the weight but a rule kept them apart.
const (
	Joined    Verdict = "joined"
	Suggested Verdict = "suggested"
	Refused   Verdict = "refused"
)

// Link is a candidate pair of records that is worth keeping, A < B.
type Link struct {
	Kind    Kind
	A, B    ID
	Weight  Weight // the sum of Lines, to the last bit
	Verdict Verdict
	Rule    string // why a Refused or Suggested pair was not joined
	Lines   []Line
}

// Fields is what a match entity says, each field chosen from one of its records
// (survivorship). Sides are in the order of the oldest record.
type Fields struct {
	State      *int
	BestOf     *int
	Start      Time
	Title      ID // of the title entity; "" if no record tells one
	Tournament ID
	Sides      [2]SideFields
}

// SideFields is one side of a match entity.
type SideFields struct {
	Team   ID // of the team entity
	Points *float64
	Winner *bool
}

// Entity is a cluster of records with its canonical fields.
type Entity struct {
	Kind    Kind
	ID      ID       // of its oldest record
	Members []Member // oldest first; never empty
	Name    string   // of a title, tournament or team
	Title   ID       // of a tournament or team: its title's entity, or ""
	Match   *Fields  // of a match
	// From says for each canonical field which record it came from. Keys: "name"; for a
	// match "state", "best_of", "start", "title", "tournament", "teams", "score".
	From map[string]ID
}

// Member is a record within an entity.
type Member struct {
	Record ID
	// Flipped is set for a match record whose side 1 is the entity's side 2.
	Flipped bool
}

// Act is what happened to an entity.
type Act string

// The acts. Merged and Split are told on the id that stays; Retired on the one that goes.
const (
	Created Act = "created" // a new entity; Others: the entities that its records came from, if any (a split)
	Updated Act = "updated" // its fields or records changed, and no other entity is concerned
	Merged  Act = "merged"  // records of the entities in Others joined it
	Split   Act = "split"   // records left it for the entities in Others
	Retired Act = "retired" // it is no more; Others: its heirs, oldest record's first; none if its records were withdrawn
)

// Change is one thing that a plan does to one entity. One entity may have several in a
// plan (it loses one record and gains another), each told apart.
type Change struct {
	Entity ID
	Kind   Kind
	Act    Act
	Others []ID
}

// Plan is what settling changes: enough to bring a store, or a client's copy, from the
// partition before to the one after. Applying a plan twice changes nothing more.
type Plan struct {
	Put      []Entity // new or changed, in order of Kinds, then of ID
	Retire   []ID     // entities that are no more
	Changes  []Change // in the order in which to tell them
	Link     []Link   // links that are new or changed
	Unlink   []Pair   // links that are no more
	Detached []ID     // records that are in no entity now: withdrawn, or told by no live match
}

// Pair is two records of one kind, A < B.
type Pair struct{ A, B ID }

// Empty reports whether the plan changes nothing.
func (p Plan) Empty() bool {
	return len(p.Put) == 0 && len(p.Retire) == 0 && len(p.Link) == 0 && len(p.Unlink) == 0 && len(p.Detached) == 0
}

// changes tells what turns one partition of some records into another. Both map entities to
// their records, oldest first; a record that only the first has is withdrawn, one that only
// the second has is new. differs tells which of the entities that stay say something else.
// The order is that of the acts, then of ids.
func changes(kind Kind, before, after map[ID][]ID, differs map[ID]bool) []Change {
	from, to := ownerOf(before), ownerOf(after)
	var list []Change
	tell := func(entity ID, act Act, others []ID) {
		list = append(list, Change{Entity: entity, Kind: kind, Act: act, Others: others})
	}
	for id, records := range after {
		came := othersOf(id, records, from)
		if _, stayed := before[id]; !stayed {
			tell(id, Created, came)
			continue
		}
		left := othersOf(id, before[id], to)
		if len(left) > 0 {
			tell(id, Split, left)
		}
		if len(came) > 0 {
			tell(id, Merged, came)
		}
		if len(left)+len(came) == 0 && differs[id] {
			tell(id, Updated, nil)
		}
	}
	for id, records := range before {
		if _, stays := after[id]; !stays {
			tell(id, Retired, othersOf(id, records, to))
		}
	}
	slices.SortFunc(list, func(a, b Change) int {
		return cmp.Or(cmp.Compare(slices.Index(acts, a.Act), slices.Index(acts, b.Act)), cmp.Compare(a.Entity, b.Entity))
	})
	return list
}

// acts lists the acts in the order in which a plan tells them: what is new before what is
// taken from it, and what retires last.
var acts = []Act{Created, Split, Merged, Updated, Retired}

// ownerOf turns a partition round: each record's entity.
func ownerOf(partition map[ID][]ID) map[ID]ID {
	owner := map[ID]ID{}
	for id, records := range partition {
		for _, r := range records {
			owner[r] = id
		}
	}
	return owner
}

// othersOf lists the owners of some records but for one, each once, the first record's first.
func othersOf(id ID, records []ID, owner map[ID]ID) []ID {
	var others []ID
	for _, r := range records {
		if o, owned := owner[r]; owned && o != id && !slices.Contains(others, o) {
			others = append(others, o)
		}
	}
	return others
}
