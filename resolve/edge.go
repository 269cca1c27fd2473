package resolve

// The engine's state is laid out in layers, each a function of the one before:
//
//	records → names' weights → match weights → votes → match weights → votes → match weights → clusters
//
// What changes is marked in the layer that it changes, and Settle passes through the layers
// once, from top to bottom, recomputing what is marked and marking what rests on it. So what
// results depends on what the records say, and on nothing that came before; and a change
// costs what it reaches.

// The strata of match weights: from names alone, after the first votes, after the second.
const strata = 3

// unweighed is the weight of an edge that has none yet.
const unweighed = Weight(-1 << 20)

// matchRecord is a match record as told, with what its comparisons rest on.
type matchRecord struct {
	told   told
	live   bool
	order  uint64 // orders by id, but for ties
	source int32
	day    int32 // of the start, since 1970; noDay where no start is told
	minute int32 // of the start, since 1970; noDay where no clock is told

	team, teamName             [2]int32 // in the roll of teams, in names
	tournament, tournamentName int32    // none: not told
	title, titleName           int32
	outcome                    outcome
	sort                       scoreSort
	points                     [2]float64
	says                       digest // of all that links tell of it

	edges   []int32 // by number
	base    int32   // the oldest record of its cluster before left-overs
	head    int32   // the oldest record of its cluster
	turned  bool    // its side 1 is its base's side 2
	flipped bool    // its side 1 is its head's side 2
	kin     []int32 // of the cluster before left-overs that it is the base of, oldest first
	members []int32 // of the cluster that it is the head of, oldest first
	fixture fixture // where it is looked for among left-overs
	voted   bool    // its kin's votes for titles and tournaments are counted
}

// told is what the engine keeps of what a match record says.
type told struct {
	id      ID
	arrival int64
	state   *int
	bestOf  *int
	start   Time
	points  [2]*float64
	winner  [2]*bool
}

// edge is two match records of two sources, in one orientation of their sides, that may be one.
type edge struct {
	m, n   int32    // the match records, m's id the smaller; none: the edge is no more
	pairs  [2]int32 // the pairs of teams on m's sides 1 and 2
	turned bool     // m's side 1 is n's side 2
	seeded bool     // a name proposed it; else only votes did, and it has no part in the first of them

	beliefs [2]Weight // that its pairs are one, as it is told

	static   Weight // all that it agrees in but for the teams
	findings digest // of that, line by line

	word   Weight                   // what a judgement on m and n weighs; it decides on them, and on their teams by their rivals alone
	weight [strata]Weight           // as a match
	rival  [strata - 1]Weight       // what of that is explained away by better partners of m and n
	votes  [strata - 1][2][2]Weight // by pair, then by end: what that end's match says of that pair
}

// pair is two team records of two sources that may be one.
type pair struct {
	x, y    int32  // the team records, x's id the smaller
	judged  Weight // what a judgement on them weighs
	known   bool   // neither name is nobody's
	guarded bool   // a number or a mark in their names says that they are two
	seeded  bool   // their names are alike enough to look at all of their matches
	voted   bool   // their votes are
	joined  int32  // the round in which all of their matches were looked at
	edges   []int32
	seeds   int32 // of them, the seeded ones

	names    [2]int32              // the names that speak for it, of x and of y
	likeness likeness              // of these
	within   [2]int32              // matches of x in y's time, and of y in x's
	sums     [strata - 1][2]Weight // the votes of x's matches, and of y's, above those of matches without a candidate
	belief   [strata]Weight        // that they are one: by names, and with each round of votes
	quiet    [strata - 1]quiet
	heldBack Weight // the belief in it, where a guard holds part of that back
}

// marks is a set of numbers to be looked at again.
type marks struct {
	marked []bool
	list   []int32
}

func (s *marks) add(i int32) {
	if int(i) >= len(s.marked) {
		s.marked = append(s.marked, make([]bool, int(i)+1-len(s.marked)+len(s.marked)/2)...)
	}
	if !s.marked[i] {
		s.marked[i] = true
		s.list = append(s.list, i)
	}
}

func (s *marks) has(i int32) bool { return int(i) < len(s.marked) && s.marked[i] }

// take returns what is marked, and unmarks it. The list is good until the next add.
func (s *marks) take() []int32 {
	list := s.list
	for _, i := range list {
		s.marked[i] = false
	}
	s.list = s.list[:0]
	return list
}
