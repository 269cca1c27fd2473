package web

import (
	"context"
	"slices"
	"strings"
	"time"

	"umpire/ent/store"
	"umpire/resolve"
)

// neighbours are the matches around two sides that speak for their being one, and against it.
type neighbours struct {
	Shared   nearby // matches of both that coincide
	Clashes  nearby // matches of both at one time against others
	Meetings nearby // matches of the two against each other
}

// nearby are a few matches of many.
type nearby struct {
	Items []neighbour
	More  int
}

// neighbour is a match of each side, or one of both.
type neighbour struct {
	Start  *moment
	Pair   [2]named        // the second is empty where one match is meant
	Weight *resolve.Weight // what it adds, where the engine said so
}

// headedNear are such matches under a heading, and what they speak for or against.
type headedNear struct {
	nearby
	Speaks, Heading string
}

func headed(speaks, heading string, n nearby) headedNear { return headedNear{n, speaks, heading} }

// Count is how many there are, shown or not.
func (n nearby) Count() int { return len(n.Items) + n.More }

const (
	nearShown    = 4
	nearSought   = 100
	coincides    = 45 * time.Minute
	aroundAMatch = 36 * time.Hour
)

func (n *nearby) add(of neighbour) {
	if len(n.Items) < nearShown {
		n.Items = append(n.Items, of)
	} else {
		n.More++
	}
}

// Any reports whether there is anything around.
func (n neighbours) Any() bool {
	return len(n.Shared.Items)+len(n.Clashes.Items)+len(n.Meetings.Items) > 0
}

func (s *site) neighboursOf(ctx context.Context, sides [2]side) (neighbours, error) {
	switch {
	case sides[0].match != nil && sides[1].match != nil:
		return s.aroundMatches(ctx, *sides[0].match, *sides[1].match)
	case sides[0].ID.Kind() == resolve.KindTitle:
		return neighbours{}, nil
	}
	var matches [2][]store.Match
	for i, one := range sides {
		list, err := s.Store.Matches(ctx, filterBy(one.ID, nearSought))
		if err != nil {
			return neighbours{}, err
		}
		matches[i] = list.Items
	}
	near := between([2]resolve.ID{sides[0].ID, sides[1].ID}, matches)
	if votes := s.votesFor(ctx, sides[0].Record.ID, sides[1].Record.ID); len(votes.Items) > 0 {
		near.Shared = votes
	}
	return near, nil
}

// patience is how long a page waits for the engine to say which matches speak for a pair: it
// can do without.
const patience = 80 * time.Millisecond

// votesFor lists the pairs of matches that the engine counts for two records' being one.
func (s *site) votesFor(ctx context.Context, a, b resolve.ID) nearby {
	var votes nearby
	if s.Explainer == nil {
		return votes
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	why, err := s.Explainer.Why(ctx, a, b)
	if err != nil {
		return votes // the page tells what the store knows
	}
	for _, l := range votesIn(why.Lines) {
		if l.Weight > 0 {
			votes.add(neighbour{Pair: [2]named{{l.A, pathOf(l.Records[0])}, {l.B, pathOf(l.Records[1])}}, Weight: &l.Weight})
		}
	}
	return votes
}

// votesIn finds the votes among lines, and the lines that these open into.
func votesIn(lines []resolve.Line) []resolve.Line {
	var votes []resolve.Line
	for _, l := range lines {
		if len(l.Records) == 2 {
			votes = append(votes, l)
		} else {
			votes = append(votes, votesIn(l.Lines)...)
		}
	}
	return votes
}

// between compares the matches of two teams, or of two tournaments.
func between(ids [2]resolve.ID, matches [2][]store.Match) neighbours {
	var near neighbours
	for _, a := range matches[0] {
		if playedBy(a, ids[0]) && playedBy(a, ids[1]) {
			near.Meetings.add(oneMatch(a))
			continue
		}
		for _, b := range matches[1] {
			if a.ID == b.ID || !atOneTime(a.Start, b.Start) {
				continue
			}
			if alikeBut(a, b, ids) {
				near.Shared.add(twoMatches(a, b))
			} else if ids[0].Kind() == resolve.KindTeam && !coarse(a.Start, b.Start) {
				near.Clashes.add(twoMatches(a, b))
			}
		}
	}
	return near
}

// alikeBut reports whether two matches have the same teams, where these two are taken for one.
func alikeBut(a, b store.Match, ids [2]resolve.ID) bool {
	one := opponents(a, ids[0])
	for _, name := range opponents(b, ids[1]) {
		if !slices.ContainsFunc(one, func(other string) bool { return strings.EqualFold(name, other) }) {
			return false
		}
	}
	return true
}

// opponents are the names of those in a match that an entity is not.
func opponents(m store.Match, id resolve.ID) []string {
	var names []string
	for _, side := range m.Sides {
		if side.Team.ID != id {
			names = append(names, side.Team.Name)
		}
	}
	return names
}

func playedBy(m store.Match, team resolve.ID) bool {
	return m.Sides[0].Team.ID == team || m.Sides[1].Team.ID == team
}

func coarse(a, b resolve.Time) bool {
	return a.Precision == resolve.PrecisionDay || b.Precision == resolve.PrecisionDay
}

// atOneTime reports whether two starts are one, as finely as both are known.
func atOneTime(a, b resolve.Time) bool {
	switch {
	case a.Precision == "" || b.Precision == "":
		return false
	case coarse(a, b):
		return sameDay(a.At, b.At)
	}
	return a.At.Sub(b.At).Abs() <= coincides
}

func oneMatch(m store.Match) neighbour {
	return neighbour{Start: startOf(inOurWords(m.Start)), Pair: [2]named{{versus(m), pathOf(m.ID)}}}
}

func twoMatches(a, b store.Match) neighbour {
	n := oneMatch(a)
	n.Pair[1] = named{versus(b), pathOf(b.ID)}
	return n
}

// aroundMatches sorts what the teams of two matches play at about that time, besides the two.
func (s *site) aroundMatches(ctx context.Context, a, b store.Match) (neighbours, error) {
	var near neighbours
	if a.Start.Precision == "" {
		return near, nil
	}
	from, to := a.Start.At.Add(-aroundAMatch), a.Start.At.Add(aroundAMatch)
	seen := map[resolve.ID]bool{a.ID: true, b.ID: true}
	for _, side := range [...]store.Side{a.Sides[0], a.Sides[1], b.Sides[0], b.Sides[1]} {
		list, err := s.Store.Matches(ctx, store.MatchFilter{Team: string(side.Team.ID), From: &from, To: &to, Sort: store.ByStart, Limit: nearSought})
		if err != nil {
			return near, err
		}
		for _, m := range list.Items {
			if !seen[m.ID] {
				near.sort(m, a, b)
			}
			seen[m.ID] = true
		}
	}
	return near, nil
}

// sort puts another match where it belongs: the same teams again, another match at that very
// time, or one that both sides' sources tell as one.
func (n *neighbours) sort(m, a, b store.Match) {
	switch {
	case playedBy(m, a.Sides[0].Team.ID) && playedBy(m, a.Sides[1].Team.ID), playedBy(m, b.Sides[0].Team.ID) && playedBy(m, b.Sides[1].Team.ID):
		n.Meetings.add(oneMatch(m))
	case atOneTime(m.Start, a.Start) && !coarse(m.Start, a.Start):
		n.Clashes.add(oneMatch(m))
	case toldBy(m, a) && toldBy(m, b):
		n.Shared.add(oneMatch(m))
	}
}

// toldBy reports whether a source of one match tells the other, too.
func toldBy(m, other store.Match) bool {
	return slices.ContainsFunc(m.Records, func(r store.RecordRef) bool {
		return slices.ContainsFunc(other.Records, func(o store.RecordRef) bool { return o.Source == r.Source })
	})
}
