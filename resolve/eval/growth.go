package eval

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"umpire/resolve"
	"umpire/resolve/text"
)

// Growth says where the copies of a stream go that make it larger.
type Growth string

// In other years each day stays as crowded as it was; in the same weeks it gets fuller.
const (
	Years Growth = "years"
	Weeks Growth = "weeks"
)

// Growths lists them.
var Growths = []Growth{Years, Weeks}

// epoch is eight years in whole weeks, so that days of the week stay, and nearly the date.
const epoch = 417 * 7 * 24 * time.Hour

// Grow returns a log so many times over. The first copy is the log itself; the others are of
// other matches, teams and tournaments, each consistently: ids have a suffix, and the letters
// of names are exchanged, vowels for vowels, so that names are as long, as frequent and as much
// alike as they were. What is no name stays: numbers, marks such as Academy, placeholders,
// titles.
func Grow(log []Event, copies int, where Growth) []Event {
	grown := make([]Event, 0, copies*len(log))
	var shift time.Duration
	for all := span(log); where == Years && shift <= all; {
		shift += epoch
	}
	makers := make([]*copier, copies)
	for n := range makers {
		makers[n] = newCopier(n, shift*time.Duration(n))
	}
	if where == Weeks {
		for _, e := range log {
			for _, c := range makers {
				grown = append(grown, c.event(e))
			}
		}
		return grown
	}
	for _, c := range makers {
		for _, e := range log {
			grown = append(grown, c.event(e))
		}
	}
	return grown
}

// span is the time from the first start that a log tells to the last.
func span(log []Event) time.Duration {
	var first, last time.Time
	for _, e := range log {
		if at := e.Match.Start.At; e.Match.Start.Precision != "" {
			if first.IsZero() || at.Before(first) {
				first = at
			}
			if at.After(last) {
				last = at
			}
		}
	}
	return last.Sub(first)
}

// copier makes one copy; the one of number 0 changes nothing.
type copier struct {
	number  int
	shift   time.Duration
	letters [256]byte
	names   map[string]string
}

func newCopier(number int, shift time.Duration) *copier {
	c := &copier{number: number, shift: shift, names: map[string]string{}}
	for i := range c.letters {
		c.letters[i] = byte(i)
	}
	chance := rand.New(rand.NewPCG(uint64(number), 0))
	for _, kind := range []string{"aeiou", "bcdfghjklmnpqrstvwxyz"} {
		for i, j := range chance.Perm(len(kind)) {
			c.letters[kind[i]], c.letters[kind[i]-'a'+'A'] = kind[j], kind[j]-'a'+'A'
		}
	}
	return c
}

func (c *copier) event(e Event) Event {
	if c.number == 0 {
		return e
	}
	m := *e.Match
	m.Key.ID = c.id(m.Key.ID)
	m.ID = m.Key.Mint()
	m.Start = c.start(m.Start)
	if m.URL != "" {
		m.URL = c.id(m.URL)
	}
	if m.Tournament != nil {
		named := c.named(*m.Tournament)
		m.Tournament = &named
	}
	for i := range m.Sides {
		m.Sides[i].Team = c.named(m.Sides[i].Team)
	}
	return Event{&m, e.Withdrawn}
}

func (c *copier) id(id string) string { return id + "~" + strconv.Itoa(c.number) }

func (c *copier) named(n resolve.Named) resolve.Named {
	n.Name = c.name(n.Name)
	if n.Key.Named {
		n.Key.ID = strings.TrimSpace(n.Name)
	} else {
		n.Key.ID = c.id(n.Key.ID)
	}
	n.ID = n.Key.Mint()
	return n
}

// name exchanges the letters of a name. One that has none of ours gets a word instead.
func (c *copier) name(name string) string {
	if changed, done := c.names[name]; done {
		return changed
	}
	changed := name
	if !text.Parse(name, nil).Unknown {
		words := strings.Split(name, " ")
		for i, word := range words {
			if !means(word) {
				words[i] = c.word(word)
			}
		}
		if changed = strings.Join(words, " "); changed == name {
			changed += " " + c.word("copied")
		}
	}
	c.names[name] = changed
	return changed
}

// means tells whether a word is more than a name: a number, or the mark of another team.
func means(word string) bool {
	w := text.Parse("x "+word, nil) // behind a word: "B" is a number only there
	return w.Markers != 0 || len(w.Numbers) > 0
}

func (c *copier) word(word string) string {
	changed := []byte(word)
	for i, letter := range changed {
		changed[i] = c.letters[letter]
	}
	return string(changed)
}

// start moves a start, and tells it as precisely as it was.
func (c *copier) start(t resolve.Time) resolve.Time {
	if t.Precision == "" || c.shift == 0 {
		return t
	}
	t.At = t.At.Add(c.shift)
	t.Raw = t.At.Format(map[resolve.Precision]string{
		resolve.PrecisionDay: "2006-01-02", resolve.PrecisionMinute: "2006-01-02 15:04Z", resolve.PrecisionSecond: "2006-01-02 15:04:05Z",
	}[t.Precision])
	return t
}
