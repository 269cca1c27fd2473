package store

// Canonical fields set by hand, and the rules by which the others are chosen.

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/judgement"
	"umpire/ent/db/override"
	"umpire/ent/db/source"
	"umpire/ent/db/sourcetrust"
	"umpire/ent/db/survivorshiprule"
	"umpire/ent/db/team"
	"umpire/ent/db/teamrecord"
	"umpire/resolve"
)

func (d SetField) draft(ctx context.Context, v view) (draft, error) {
	o := Override{Record: d.Record, Field: d.Field, Value: d.Value}
	if err := checkText("value", d.Value); err != nil {
		return draft{}, err
	}
	if err := o.Law().Check(); err != nil {
		return draft{}, err
	}
	entity, err := v.holder(ctx, d.Record)
	if err != nil {
		return draft{}, err
	}
	if o.Hidden, err = v.field(ctx, entity, d.Field); err != nil {
		return draft{}, err
	}
	if o.Hidden != nil {
		agreed, err := v.agreement(ctx, entity, d.Field)
		if err != nil {
			return draft{}, err
		}
		o.Agreed = &agreed.key
	}
	drawn, err := v.instead(ctx, VerbOverride, Effect{On: true, Override: &o})
	drawn.subjects = subjects(d.Record, entity)
	return drawn, err
}

func (d LiftField) draft(ctx context.Context, v view) (draft, error) {
	entity, err := v.holder(ctx, d.Record)
	if err != nil {
		return draft{}, err
	}
	if err := checkText("field", d.Field); err != nil {
		return draft{}, err
	}
	is, found, err := v.inPlaceOf(ctx, Effect{Override: &Override{Record: d.Record, Field: d.Field}})
	if err == nil && !found {
		err = fmt.Errorf("override of the field %q of %s: %w", d.Field, d.Record, ErrNotFound)
	}
	return draft{verb: VerbLift, subjects: subjects(d.Record, entity), said: []Effect{is.inverse()}}, err
}

func (d SetRule) draft(ctx context.Context, v view) (draft, error) {
	if err := (resolve.Survivorship{Rules: map[resolve.Kind]map[string]resolve.Rule{d.Kind: {d.Field: d.Rule}}}).Check(); err != nil {
		return draft{}, err
	}
	return v.instead(ctx, VerbRule, d.effect())
}

func (d SetRule) effect() Effect {
	return Effect{On: d.Rule != resolve.Usual, Rule: &SurvivorshipRule{Kind: d.Kind, Field: d.Field, Rule: d.Rule}}
}

func (d SetTrust) draft(ctx context.Context, v view) (draft, error) {
	if err := checkText("source", d.Source); err != nil {
		return draft{}, err
	}
	known, err := v.Source.Query().Where(source.ID(d.Source)).Exist(ctx)
	if err == nil && !known {
		err = fmt.Errorf("source %q: %w", d.Source, ErrNotFound)
	}
	if err != nil {
		return draft{}, err
	}
	return v.instead(ctx, VerbTrust, d.effect())
}

func (d SetTrust) effect() Effect {
	return Effect{On: d.Trust != 0, Trust: &SourceTrust{Source: d.Source, Trust: d.Trust}}
}

// expectInForce returns a *StaleRuleError unless that is in force by some act, 0 is by none, in
// place of which a rule or a trust is said. Nil is any.
func (v view) expectInForce(ctx context.Context, act *int64, d Decision) error {
	setting, is := d.(interface{ effect() Effect })
	if act == nil || !is {
		return nil
	}
	e := StaleRuleError{Asked: setting.effect(), Expected: *act}
	table, such := e.Asked.slot()
	all, err := v.sayingsWhere(ctx, table, such)
	if err != nil {
		return err
	}
	for _, told := range all {
		_, s := told.said()
		if told.On = s.LiftedBy == 0; told.On {
			e.Now, e.Act, e.Actor = told, s.Act, s.Actor
			break
		}
		if s.Act == e.Expected {
			e.Act = s.LiftedBy
		}
	}
	if (e.Now.On && e.Act == e.Expected) || (!e.Now.On && e.Expected == 0) {
		return nil
	}
	if !e.Now.On && e.Act != 0 {
		by, err := v.act(ctx, e.Act)
		if err != nil {
			return err
		}
		e.Actor = by.Actor
	}
	return &e
}

// instead draws up what is said in place of what is in force there; an effect that is not on
// only takes that out of force.
func (v view) instead(ctx context.Context, verb Verb, e Effect) (draft, error) {
	d := draft{verb: verb}
	is, found, err := v.inPlaceOf(ctx, e)
	if err != nil {
		return d, err
	}
	if found {
		_, s := is.said()
		if e.On && is.says() == e.says() {
			d.stood = s.Act
			return d, nil
		}
		d.said = append(d.said, is.inverse())
	}
	if e.On {
		d.said = append(d.said, e)
	}
	return d, nil
}

// holder is the entity that a record is in, "" if it is in none. ErrNotFound: there is no such record.
func (v view) holder(ctx context.Context, record resolve.ID) (resolve.ID, error) {
	if err := checkIDs(record); err != nil {
		return "", err
	}
	refs, err := v.refsOf(ctx, slices.Values([]resolve.ID{record}))
	if err != nil {
		return "", err
	}
	ref, known := refs[record]
	if !known {
		return "", fmt.Errorf("record %s: %w", record, ErrNotFound)
	}
	return ref.Entity, nil
}

// subjects are a record and its entity, if it is in one.
func subjects(record, entity resolve.ID) []resolve.ID {
	if entity == "" || entity == record {
		return []resolve.ID{record}
	}
	return []resolve.ID{record, entity}
}

// field is what the records of an entity say of a field, as resolve.Entity.Overridden tells it;
// nil if there is no such entity.
func (v view) field(ctx context.Context, entity resolve.ID, field string) (*string, error) {
	found, err := v.entities(ctx, entity.Kind(), func(q *sql.Selector) { q.Where(sql.EQ(team.FieldID, string(entity))) })
	if err != nil || len(found) == 0 {
		return nil, err
	}
	e := found[0]
	if hidden, set := e.Overridden[field]; set {
		return &hidden, nil
	}
	if e.Match == nil {
		return &e.Name, nil
	}
	return new(fieldText(*e.Match, field)), nil
}

func fieldText(f resolve.Fields, field string) string {
	number := func(n *int) string {
		if n == nil {
			return ""
		}
		return strconv.Itoa(*n)
	}
	switch field {
	case "state":
		return number(f.State)
	case "best_of":
		return number(f.BestOf)
	case "tournament":
		return string(f.Tournament)
	case "start":
		return f.Start.Raw
	}
	one, two := f.Sides[0].Points, f.Sides[1].Points
	if one == nil || two == nil {
		return ""
	}
	return scoreText(*one, *two, false)
}

// Overridden is an override in force on a record of an entity.
type Overridden struct {
	Override
	Wins bool // of those of its field it was given last
	// Now is what the records say of the field now, "" if nothing; nil if it does not win, or is
	// not settled.
	Now *string
	// Minds is what all records that tell the field have come to agree on since it was set, where
	// that is something else than Value, so that it is to be looked at again; nil: nothing.
	Minds *string
}

// Overrides lists the overrides in force on the records of an entity, the last given first.
func (s *Store) Overrides(ctx context.Context, entity resolve.ID) ([]Overridden, error) {
	if checkIDs(entity) != nil {
		return nil, nil
	}
	return look(ctx, s, func(v view) ([]Overridden, error) {
		records := v.from(placeTable(entity.Kind()), team.FieldID).Where(sql.EQ(teamrecord.FieldEntityID, string(entity)))
		found, err := v.sayingsWhere(ctx, override.Table, sql.And(sql.In(override.FieldRecord, records), sql.IsNull(override.FieldLiftedBy)))
		if err != nil || len(found) == 0 {
			return nil, err
		}
		is, err := v.entities(ctx, entity.Kind(), func(q *sql.Selector) { q.Where(sql.EQ(team.FieldID, string(entity))) })
		if err != nil {
			return nil, err
		}
		all := overridden(found, is)
		for i := range all {
			if all[i].Minds, err = v.minds(ctx, entity, all[i]); err != nil {
				return nil, err
			}
		}
		return all, nil
	})
}

func overridden(found []Effect, is []resolve.Entity) []Overridden {
	var all []Overridden
	met := map[string]bool{}
	for _, e := range slices.Backward(found) {
		o := Overridden{Override: *e.Override, Wins: !met[e.Override.Field]}
		met[o.Field] = true
		for _, entity := range is {
			if now, set := entity.Overridden[o.Field]; set && o.Wins {
				o.Now = &now
			}
		}
		all = append(all, o)
	}
	return all
}

// Survivorship lists the rules and the trust that are in force, by when they were set.
func (s *Store) Survivorship(ctx context.Context) ([]SurvivorshipRule, []SourceTrust, error) {
	var rules []SurvivorshipRule
	trusts, err := look(ctx, s, func(v view) ([]SourceTrust, error) {
		var trusts []SourceTrust
		for _, table := range []string{survivorshiprule.Table, sourcetrust.Table} {
			found, err := v.sayingsWhere(ctx, table, sql.IsNull(judgement.FieldLiftedBy))
			if err != nil {
				return nil, err
			}
			for _, e := range found {
				if e.Rule != nil {
					rules = append(rules, *e.Rule)
				} else {
					trusts = append(trusts, *e.Trust)
				}
			}
		}
		return trusts, nil
	})
	return rules, trusts, err
}
