package search

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"umpire/resolve"
	"umpire/resolve/text"
)

// Query is what is looked for. The zero value of a field but Text asks for nothing.
type Query struct {
	// Text is folded (text.Fold): what was typed without dates, which are From and To, and
	// without "vs", which is Parts. Every word of it is to be found in what is proposed.
	Text string
	// Parts are the two folded texts on both sides of a "vs", one for each team; nil if
	// there was none.
	Parts []string

	// Part is set where lists are filtered by name: Text is then a part of one name as it
	// stands there, be it from within a word, and of one of the Kinds, which have names.
	Part bool

	Kinds       []resolve.Kind // nil: all
	Titles      []resolve.ID   // present ids: those that are one of these or belong to one; nil: any; empty: none
	Tournaments []resolve.ID   // present ids: matches of one of these, and these themselves; nil: any; empty: none
	Source      string         // one that tells it
	State       *int           // of matches: what has no state is left out
	From, To    *time.Time     // when a match starts, inclusive; a start known by its day counts when its day does; what has no start is left out
}

const (
	mostWords  = 12 // of a query
	mostLength = 200
)

var (
	written = regexp.MustCompile(`\b(\d{4})-(\d{2})(?:-(\d{2}))?\b`)
	versus  = regexp.MustCompile(`(?i)\s+(?:vs?\.?|versus|[-–—])\s+`)
)

// Parse reads what people type: a month or a day in it restricts when a match starts
// ("fnatic 2015-03"), and "vs" or a dash between spaces parts its teams. What has neither
// a word nor a date, or too many, is a *resolve.InvalidError.
func Parse(typed string) (Query, error) {
	var q Query
	if len(typed) > mostLength {
		return q, &resolve.InvalidError{Field: "q", Reason: fmt.Sprintf("is longer than %d bytes", mostLength)}
	}
	typed = written.ReplaceAllStringFunc(typed, func(date string) string {
		from, to, ok := span(date)
		if !ok || q.From != nil {
			return date
		}
		q.From, q.To = &from, &to
		return " "
	})
	if sides := versus.Split(typed, 2); len(sides) == 2 {
		one, two := text.Fold(sides[0]), text.Fold(sides[1])
		if one != "" && two != "" {
			q.Parts = []string{one, two}
		}
	}
	q.Text = strings.Join(q.Parts, " ")
	if q.Parts == nil {
		q.Text = text.Fold(typed)
	}
	switch words := len(strings.Fields(q.Text)); {
	case words == 0 && q.From == nil:
		return q, &resolve.InvalidError{Field: "q", Reason: "has no letter and no digit to search for"}
	case words > mostWords:
		return q, &resolve.InvalidError{Field: "q", Reason: fmt.Sprintf("has more than %d words", mostWords)}
	}
	return q, nil
}

// span is from when until when a month or a day lasts.
func span(date string) (time.Time, time.Time, bool) {
	if day, err := time.Parse(time.DateOnly, date); err == nil {
		return day, day.AddDate(0, 0, 1).Add(-time.Microsecond), true
	}
	month, err := time.Parse("2006-01", date)
	return month, month.AddDate(0, 1, 0).Add(-time.Microsecond), err == nil
}

// Within narrows when a match starts.
func (q *Query) Within(from, to *time.Time) {
	if from != nil && (q.From == nil || from.After(*q.From)) {
		q.From = from
	}
	if to != nil && (q.To == nil || to.Before(*q.To)) {
		q.To = to
	}
}

// asks tells whether entities of a kind are looked for: what only matches have leaves out
// all else.
func (q *Query) asks(kind resolve.Kind) bool {
	if q.Kinds != nil && !slices.Contains(q.Kinds, kind) {
		return false
	}
	return kind == resolve.KindMatch || q.State == nil && q.From == nil && q.To == nil && q.Parts == nil
}

// holds tells whether a document has all that is asked for but the text.
func (q *Query) holds(d *Document) bool {
	switch {
	case !q.asks(d.Kind):
	case !ofThese(q.Titles, d, d.Title), !ofThese(q.Tournaments, d, d.Tournament):
	case !q.inTime(d):
	case q.Source != "" && !slices.Contains(d.Sources, q.Source):
	case q.State != nil && (d.State == nil || *d.State != *q.State):
	default:
		return true
	}
	return false
}

// ofThese tells whether a document, or what it belongs to, is one of some; nil: any.
func ofThese(ids []resolve.ID, d, in *Document) bool {
	return ids == nil || slices.Contains(ids, d.ID) || in != nil && slices.Contains(ids, in.ID)
}

// inTime tells whether a document starts when it is asked for.
func (q *Query) inTime(d *Document) bool {
	switch {
	case q.From == nil && q.To == nil:
		return true
	case d.Start == nil:
		return false
	case q.From != nil && d.Start.Before(earliest(*q.From, d.Precision)):
		return false
	default:
		return q.To == nil || !d.Start.After(*q.To)
	}
}

// earliest is the earliest start of that precision that counts as from then on.
func earliest(from time.Time, of resolve.Precision) time.Time {
	if of == resolve.PrecisionDay {
		return from.Truncate(24 * time.Hour)
	}
	return from
}
