package api

// From the store's types of what people decide to the wire's.

import (
	"fmt"
	"strconv"

	"umpire/ent/store"
	"umpire/resolve"
)

func actHref(id int64) string { return "/v1/acts/" + strconv.FormatInt(id, 10) }

func actOf(a store.Act) Act {
	return Act{
		ID: a.ID, Href: actHref(a.ID), At: a.At.UTC(), Actor: a.Actor, Verb: a.Verb, Kind: a.Kind, Note: a.Note,
		Subjects: append([]resolve.ID{}, a.Subjects...), Effects: each(a.Effects, effectOf),
		Made: a.Made, Lifted: a.Lifted, Undoes: a.Undoes, UndoneBy: a.UndoneBy, State: stateOf(a.Settled),
	}
}

func stateOf(settled bool) ActState {
	if settled {
		return Settled
	}
	return Settling
}

func effectOf(e store.Effect) Effect {
	told := Effect{Change: Lifted}
	if e.On {
		told.Change = Made
	}
	switch {
	case e.Judgement != nil:
		told.Judgement = new(judgementOf(*e.Judgement))
	case e.Override != nil:
		told.Override = new(overrideOf(*e.Override))
	case e.Rule != nil:
		told.Rule = new(ruleOf(*e.Rule))
	case e.Trust != nil:
		told.Trust = new(trustOf(*e.Trust))
	}
	return told
}

func saidOf(s store.Said) Said {
	told := Said{ID: s.ID, Act: s.Act, Actor: s.Actor, Note: s.Note, LiftedBy: s.LiftedBy}
	if !s.At.IsZero() {
		told.At = utc(&s.At)
	}
	return told
}

func judgementOf(j store.Judgement) Judgement {
	return Judgement{saidOf(j.Said), j.Kind, j.A, j.B, j.Word, bitsOf(j.Evidence)}
}

func bitsOf(w *resolve.Weight) *float64 {
	if w == nil {
		return nil
	}
	return new(w.Bits())
}

func judgedOf(j store.Judged) Judged {
	return Judged{judgementOf(j.Judgement), recordRefOf(j.RecordA), recordRefOf(j.RecordB), bitsOf(j.Now)}
}

func overrideOf(o store.Override) Override {
	return Override{saidOf(o.Said), o.Record, onWire(o.Field), o.Value, o.Hidden}
}

func overriddenOf(o store.Overridden) Overridden {
	told := Overridden{Override: overrideOf(o.Override), Wins: o.Wins, Now: o.Now}
	switch {
	case o.Minds == nil:
	case *o.Hidden == *o.Minds:
		told.Warning = fmt.Sprintf("the records did not agree when it was set, and all that tell it say %q now", *o.Minds)
	default:
		told.Warning = fmt.Sprintf("the records said %q when it was set, and all that tell it say %q now", *o.Hidden, *o.Minds)
	}
	return told
}

func ruleOf(r store.SurvivorshipRule) SurvivorshipRule {
	return SurvivorshipRule{saidOf(r.Said), r.Kind, onWire(r.Field), r.Rule}
}

func trustOf(t store.SourceTrust) SourceTrust { return SourceTrust{saidOf(t.Said), t.Source, t.Trust} }

func suggestionOf(q store.Question) Suggestion {
	told := Suggestion{
		Link: linkOf(q.Link), Self: suggestionHref(q.A, q.B), Entities: q.Entities[:],
		Hangs: q.Hangs, Priority: float64(q.Priority) / 1e6,
	}
	if q.Lease != nil {
		told.Lease = new(leaseOf(*q.Lease))
	}
	if q.Unsure != nil {
		told.Unsure = new(judgementOf(*q.Unsure))
	}
	return told
}

func suggestionHref(a, b resolve.ID) string { return "/v1/suggestions/" + string(a) + "/" + string(b) }

func leaseOf(l store.Lease) Lease { return Lease{l.A, l.B, l.Holder, l.Until.UTC()} }

// wireNames are the fields that the wire calls by other names than the engine.
var wireNames = map[string]string{"best_of": "bestof", "start": "date_start"}

// onWire is what the wire calls a field.
func onWire(field string) string { return firstOf(wireNames[field], field) }

// offWire is what the engine calls a field of the wire.
func offWire(name string) string {
	for field, on := range wireNames {
		if on == name {
			return field
		}
	}
	return name
}

func contradictionOf(e *store.ContradictionError) *Contradiction {
	word := func(j resolve.Judgement) ProofWord {
		told := ProofWord{A: j.A, NameA: e.Names[j.A], B: j.B, NameB: e.Names[j.B], Word: j.Word, Actor: j.By}
		if !j.At.IsZero() {
			told.At = utc(&j.At)
		}
		return told
	}
	return &Contradiction{word(e.Judgement), each(e.Proof, word)}
}

// staleOf tells no version that a client did not name: it looked at an entity that was there.
func staleOf(e *store.StaleError) *Stale {
	return &Stale{Entity: e.Entity, Expected: max(0, e.Expected), Version: e.Version, Changes: each(e.Changes, changeOf)}
}

func staleRuleOf(e *store.StaleRuleError) *StaleRule {
	told := &StaleRule{Expected: e.Expected, Act: e.Act, Actor: e.Actor}
	if e.Now.Rule != nil {
		told.Rule = new(ruleOf(*e.Now.Rule))
	}
	if e.Now.Trust != nil {
		told.Trust = new(trustOf(*e.Now.Trust))
	}
	return told
}

// plannedOf tells a change of a plan, of whose entities these are afterwards.
func plannedOf(c resolve.Change, after map[resolve.ID]resolve.Entity) PlannedChange {
	told := PlannedChange{
		Kind: c.Kind, Entity: c.Entity, Act: c.Act, Others: append([]resolve.ID{}, c.Others...), Records: []resolve.ID{},
	}
	e, stays := after[c.Entity]
	if !stays {
		return told
	}
	told.Records = each(e.Members, func(m resolve.Member) resolve.ID { return m.Record })
	told.Fields = &Fields{Name: e.Name, Title: e.Title}
	if f := e.Match; f != nil {
		told.Fields = &Fields{Title: f.Title, Tournament: f.Tournament, State: f.State, BestOf: f.BestOf, Start: startOf(f.Start)}
		for _, s := range f.Sides {
			told.Fields.Teams = append(told.Fields.Teams, FieldsTeam{s.Team, Result{s.Points, s.Winner}})
		}
	}
	return told
}
