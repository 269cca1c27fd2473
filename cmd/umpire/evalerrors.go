package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"umpire/resolve"
	"umpire/resolve/eval"
)

// showErrors lists every pair that the truth knows otherwise, feed by feed and kind by kind.
func showErrors(io streams, feeds []feed) error {
	for _, f := range feeds {
		records, err := readRecords(f.messages, io.in)
		if err != nil {
			return err
		}
		known, err := f.known(eval.Tell(records.all()))
		if err != nil {
			return err
		}
		out := bufio.NewWriter(io.out)
		engine := resolveBy(resolve.Train(records.all()), records.all())
		newListing(out, engine, records).list(f.name, known)
		if err := out.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// listing writes mistakes for people.
type listing struct {
	io.Writer
	engine  *resolve.Engine
	members map[resolve.ID][]resolve.ID
	matches map[resolve.ID]*resolve.Match
	named   map[resolve.ID]*appearance
}

// appearance is what the matches that tell a title, tournament or team say of it.
type appearance struct {
	key         resolve.Key
	names       map[string]int // how many matches tell it so
	matches     int
	first, last string // days
}

func newListing(w io.Writer, engine *resolve.Engine, records *records) *listing {
	l := &listing{
		Writer: w, engine: engine, members: map[resolve.ID][]resolve.ID{},
		matches: map[resolve.ID]*resolve.Match{}, named: map[resolve.ID]*appearance{},
	}
	for e := range engine.Entities() {
		for _, m := range e.Members {
			l.members[e.ID] = append(l.members[e.ID], m.Record)
		}
	}
	for m := range records.all() {
		l.matches[m.ID] = &m
		for _, n := range [...]*resolve.Named{m.Title, m.Tournament, &m.Sides[0].Team, &m.Sides[1].Team} {
			if n != nil {
				l.appears(n, m.Start)
			}
		}
	}
	return l
}

func (l *listing) appears(n *resolve.Named, start resolve.Time) {
	a := l.named[n.ID]
	if a == nil {
		a = &appearance{key: n.Key, names: map[string]int{}}
		l.named[n.ID] = a
	}
	a.names[n.Name]++
	a.matches++
	if start.Precision == "" {
		return
	}
	day := start.At.Format("2006-01-02")
	a.last = max(a.last, day)
	if a.first == "" || day < a.first {
		a.first = day
	}
}

func (l *listing) list(feed string, known eval.Known) {
	for _, kind := range resolve.Kinds {
		missed, wrong := 0, 0
		for m := range eval.Mistakes(kind, l.engine.EntityOf, known) {
			n, what := &missed, "missed"
			if m.False {
				n, what = &wrong, "false"
			}
			*n++
			fmt.Fprintf(l, "%s: %s %s pair %d\n", feed, what, kind, *n)
			l.mistake(m)
		}
		if wrong+missed > 0 {
			fmt.Fprintf(l, "%s: %d false %s pairs, %d missed\n\n", feed, wrong, kind, missed)
		}
	}
}

// mistake tells both records, what speaks for them, and what else each is joined to.
func (l *listing) mistake(m eval.Mistake) {
	for i, id := range [...]resolve.ID{m.A, m.B} {
		fmt.Fprintf(l, "  %c  %s\n", 'A'+rune(i), l.record(id))
	}
	if link, found := l.engine.Explain(m.A, m.B); found {
		fmt.Fprintf(l, "  %+.2f bits %s %s\n", link.Weight.Bits(), link.Verdict, link.Rule)
		l.evidence(link.Lines, link.A != m.A, "    ")
	}
	for i, id := range [...]resolve.ID{m.A, m.B} {
		l.joined(rune('A'+i), id, [...]resolve.ID{m.B, m.A}[i])
	}
	fmt.Fprintln(l)
}

// evidence tells lines of a link, whose values are turned if its records are.
func (l *listing) evidence(lines []resolve.Line, turned bool, indent string) {
	for _, e := range lines {
		if turned {
			e.A, e.B = e.B, e.A
		}
		fmt.Fprintf(l, "%s%+7.2f  %s: %s", indent, e.Weight.Bits(), e.Comparison, e.Level)
		if e.A != "" || e.B != "" {
			fmt.Fprint(l, drawn("  [%s | %s]", e.A, e.B))
		}
		fmt.Fprintln(l)
		l.evidence(e.Lines, turned, indent+"    ")
	}
}

// joined tells what a record is together with, but for the other one.
func (l *listing) joined(letter rune, id, other resolve.ID) {
	entity, _ := l.engine.EntityOf(id)
	alone := true
	for _, member := range l.members[entity] {
		if member != id && member != other {
			fmt.Fprintf(l, "  %c is with %s\n", letter, l.record(member))
			alone = false
		}
	}
	if alone {
		fmt.Fprintf(l, "  %c is with nothing else\n", letter)
	}
}

// record tells what a record says, in one line.
func (l *listing) record(id resolve.ID) string {
	if m, found := l.matches[id]; found {
		return matchLine(m)
	}
	a := l.named[id]
	if a == nil {
		return string(id)
	}
	names := slices.SortedFunc(maps.Keys(a.names), func(x, y string) int { return a.names[y] - a.names[x] })
	return fmt.Sprintf("%s %s  %s  %s, %d matches %s to %s", a.key.Source, a.key.ID, strings.Join(names, " / "), a.key.Scope, a.matches, a.first, a.last)
}

func matchLine(m *resolve.Match) string {
	parts := []string{m.Key.Source + " " + m.Key.ID, m.Start.Raw}
	var sides [2]string
	for i, s := range m.Sides {
		sides[i] = strings.TrimSpace(s.Team.Name + " " + told(s))
	}
	parts = append(parts, sides[0]+" – "+sides[1])
	if m.BestOf != nil {
		parts = append(parts, "best of "+strconv.Itoa(*m.BestOf))
	}
	if m.Tournament != nil {
		parts = append(parts, m.Tournament.Name)
	}
	return strings.Join(parts, "  ")
}

// told is what a side says of its score.
func told(s resolve.Side) string {
	switch {
	case s.Points != nil:
		return strconv.FormatFloat(*s.Points, 'f', -1, 64)
	case s.Winner != nil && *s.Winner:
		return "won"
	}
	return ""
}
