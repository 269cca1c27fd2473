package resolve

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Override is a canonical field set by hand. It hangs on a record, and holds for whatever entity
// that record is in; of several the one given last wins. It wins survivorship until it is lifted.
type Override struct {
	Record ID
	Field  string // "name"; of a match "state", "best_of", "start", "tournament" or "score"
	Value  string // a name; a number; a time as ParseTime reads it; a tournament record's id; "2:1", in the order of the record's sides
	By     string
	Order  int64 // of when it was given
}

// Check tells what is wrong with an override by itself: an *InvalidError, or nil.
func (o Override) Check() error {
	kind := o.Record.Kind()
	if kind == "" {
		return &InvalidError{"record", fmt.Sprintf("%q is no record's id", o.Record)}
	}
	set, found := settable[kind == KindMatch][o.Field]
	if !found {
		return &InvalidError{"field", fmt.Sprintf("%q of a %s cannot be set by hand", o.Field, kind)}
	}
	if err := set(o.Value, &hand{}); err != nil {
		return &InvalidError{"value", err.Error()}
	}
	return nil
}

// hand is what overrides set, taken apart.
type hand struct {
	name       string
	tournament ID
	number     int
	start      Time
	points     [2]float64
}

// settable lists the fields that can be set by hand, of matches and of others, and how a value is read.
var settable = map[bool]map[string]func(value string, h *hand) error{
	false: {"name": readName},
	true:  {"state": readNumber, "best_of": readNumber, "start": readStart, "tournament": readTournament, "score": readScore},
}

func readName(value string, h *hand) error {
	if h.name = strings.TrimSpace(value); h.name == "" {
		return &InvalidError{Reason: "is empty"}
	}
	return nil
}

func readNumber(value string, h *hand) error {
	n, err := strconv.Atoi(value)
	if h.number = n; err != nil || n < 0 {
		return &InvalidError{Reason: fmt.Sprintf("%q is no number", value)}
	}
	return nil
}

func readStart(value string, h *hand) error {
	start, err := ParseTime(value, nil)
	if h.start = start; err == nil && start.Precision == "" {
		return &InvalidError{Reason: "is empty"}
	}
	return err
}

func readTournament(value string, h *hand) error {
	if h.tournament = ID(value); h.tournament.Kind() != KindTournament {
		return &InvalidError{Reason: fmt.Sprintf("%q is no tournament's id", value)}
	}
	return nil
}

func readScore(value string, h *hand) error {
	one, two, found := strings.Cut(value, ":")
	for i, text := range [2]string{one, two} {
		points, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if h.points[i] = points; !found || err != nil || !(points >= 0) || math.IsInf(points, 0) {
			return &InvalidError{Reason: fmt.Sprintf("%q is no score such as 2:1", value)}
		}
	}
	return nil
}

// Override puts an override, which Check finds right, into effect, in place of the one of its
// record and field. Nothing is resolved until Settle.
func (e *Engine) Override(o Override) {
	e.Lift(o.Record, o.Field)
	e.overrides[o.Record] = append(e.overrides[o.Record], o)
	if o.Field == "tournament" {
		e.moved[ID(o.Value)] = append(e.moved[ID(o.Value)], o.Record)
	}
}

// Lift takes an override back, if there is one.
func (e *Engine) Lift(record ID, field string) {
	e.restyled[record] = true
	e.overrides[record] = slices.DeleteFunc(e.overrides[record], func(o Override) bool { return o.Field == field })
	if len(e.overrides[record]) == 0 {
		delete(e.overrides, record)
	}
}

// restyle looks again at the entities whose fields are chosen otherwise since, or hang on a
// tournament that is called otherwise.
func (e *Engine) restyle() {
	if e.rechosen {
		e.rechosen = false
		e.lookAtAll()
	}
	for _, r := range e.tournaments.settled.list {
		for _, match := range e.moved[e.tournaments.records[r].id] {
			e.restyled[match] = true
		}
	}
	for id := range e.restyled {
		l := e.roll(id.Kind())
		switch r, live := e.liveOf(l, id); {
		case !live:
		case l == nil:
			e.settled.stale.add(r)
		default:
			l.settled.add(r)
		}
	}
	clear(e.restyled)
}

// lookAtAll looks again at the entities of all records.
func (e *Engine) lookAtAll() {
	for m := range e.matches.n {
		if e.matches.at(m).live {
			e.settled.stale.add(m)
		}
	}
	for _, l := range e.rolls() {
		for r := range l.records {
			if l.records[r].live() {
				l.settled.add(int32(r))
			}
		}
	}
}

// isSet tells whether a field of an entity is set by hand.
func (e *Engine) isSet(l *roll, members []int32) bool {
	return len(e.overrides) > 0 && slices.ContainsFunc(members, func(r int32) bool { return e.overrides[e.id(l, r)] != nil })
}

// setByHand lists the overrides of an entity: of each field the one given last.
func (e *Engine) setByHand(members []Member) []Override {
	if len(e.overrides) == 0 {
		return nil
	}
	last := map[string]Override{}
	for _, m := range members {
		for _, o := range e.overrides[m.Record] {
			if before, set := last[o.Field]; !set || o.Order > before.Order || o.Order == before.Order && o.Record < before.Record {
				last[o.Field] = o
			}
		}
	}
	var overrides []Override
	for _, o := range last {
		overrides = append(overrides, o)
	}
	slices.SortFunc(overrides, func(a, b Override) int { return cmp.Compare(a.Field, b.Field) })
	return overrides
}

// override sets what is set by hand, and keeps what that hides.
func (e *Engine) override(entity *Entity) {
	for _, o := range e.setByHand(entity.Members) {
		var h hand
		if settable[entity.Kind == KindMatch][o.Field](o.Value, &h) != nil {
			continue
		}
		if entity.Overridden == nil {
			entity.Overridden = map[string]string{}
		}
		entity.Overridden[o.Field] = e.hidden(entity, o.Field)
		if entity.Match == nil {
			entity.Name = h.name
			continue
		}
		if flipped := e.matches.at(e.index[o.Record]).flipped; flipped {
			h.points[0], h.points[1] = h.points[1], h.points[0]
		}
		e.set(entity.Match, o.Field, &h)
	}
}

// set puts a value into a field of a match.
func (e *Engine) set(f *Fields, field string, h *hand) {
	switch field {
	case "state":
		f.State = &h.number
	case "best_of":
		f.BestOf = &h.number
	case "start":
		f.Start = h.start
	case "tournament":
		if entity, live := e.EntityOf(h.tournament); live {
			f.Tournament = entity
		}
	case "score":
		for i := range f.Sides {
			won := h.points[i] > h.points[1-i]
			f.Sides[i].Points, f.Sides[i].Winner = &h.points[i], &won
		}
	}
}

// hidden is the text of what a field says without being set by hand; "" if nothing.
func (e *Engine) hidden(entity *Entity, field string) string {
	f := entity.Match
	switch field {
	case "name":
		return entity.Name
	case "state":
		return intText(f.State)
	case "best_of":
		return intText(f.BestOf)
	case "start":
		return f.Start.Raw
	case "tournament":
		return string(f.Tournament)
	}
	if f.Sides[0].Points == nil || f.Sides[1].Points == nil {
		return ""
	}
	return strconv.FormatFloat(*f.Sides[0].Points, 'g', -1, 64) + ":" + strconv.FormatFloat(*f.Sides[1].Points, 'g', -1, 64)
}
