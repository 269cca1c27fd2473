package store

// Whether the records of an entity agree on a field, so that what is set by hand in its place is
// to be looked at again.

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"umpire/resolve"
	"umpire/resolve/text"
)

// agreement is what all records that tell a field say of it; the zero one if they do not say
// the same, or nothing.
type agreement struct {
	key  string // the same for whatever means the same
	text string // as the first tells it
}

// minds is what the records have come to agree on since an override was set, if that is
// something else; nil if they have not.
func (v view) minds(ctx context.Context, entity resolve.ID, o Overridden) (*string, error) {
	if o.Now == nil || o.Hidden == nil {
		return nil, nil
	}
	is, err := v.agreement(ctx, entity, o.Field)
	if err != nil || is.key == "" {
		return nil, err
	}
	value, err := v.valueOf(ctx, o.Override)
	switch {
	case err != nil:
		return nil, err
	case is.key == value, o.Agreed != nil && is.key == *o.Agreed, o.Agreed == nil && *o.Now == *o.Hidden:
		return nil, nil
	}
	return &is.text, nil
}

// agreement reads what the records of an entity agree on.
func (v view) agreement(ctx context.Context, entity resolve.ID, field string) (agreement, error) {
	refs, err := v.refsIn(ctx, entity.Kind(), []any{string(entity)})
	if err != nil {
		return agreement{}, err
	}
	if entity.Kind() != resolve.KindMatch {
		return agreed(refs, func(r RecordRef) agreement { return agreement{text.Fold(r.Name), r.Name} }), nil
	}
	ids := make([]string, len(refs))
	for i, r := range refs {
		ids[i] = string(r.ID)
	}
	records, err := v.matchRecords(ctx, ids)
	if err != nil {
		return agreement{}, err
	}
	if field == "start" {
		records = finest(records)
	}
	return agreed(records, func(r MatchRecord) agreement { return r.tells(field) }), nil
}

// agreed is what all say who say anything.
func agreed[T any](records []T, tells func(T) agreement) agreement {
	var all agreement
	for _, r := range records {
		told := tells(r)
		switch {
		case told.key == "":
		case all.key == "":
			all = told
		case all.key != told.key:
			return agreement{}
		}
	}
	return all
}

// finest are the records that tell a start more finely than others: these do not gainsay them.
func finest(records []MatchRecord) []MatchRecord {
	order := []resolve.Precision{resolve.PrecisionSecond, resolve.PrecisionMinute, resolve.PrecisionDay}
	for _, p := range order {
		if of := slices.DeleteFunc(slices.Clone(records), func(r MatchRecord) bool { return r.Start.Precision != p }); len(of) > 0 {
			return of
		}
	}
	return nil
}

// tells is what a record says of a field of its match.
func (r MatchRecord) tells(field string) agreement {
	switch field {
	case "state":
		return numberTold(r.State)
	case "best_of":
		return numberTold(r.BestOf)
	case "start":
		return agreement{startKey(r.Start), r.Start.Raw}
	case "tournament":
		if r.Tournament == nil {
			return agreement{}
		}
		return agreement{string(r.Tournament.Entity), string(r.Tournament.Entity)}
	}
	one, two := r.Sides[0].Points, r.Sides[1].Points
	if one == nil || two == nil {
		return agreement{}
	}
	told := scoreText(*one, *two, r.Flipped)
	return agreement{told, told}
}

func numberTold(n *int) agreement {
	if n == nil {
		return agreement{}
	}
	told := strconv.Itoa(*n)
	return agreement{told, told}
}

func startKey(t resolve.Time) string { return strconv.FormatInt(t.At.Unix(), 10) }

// scoreText is a score in the order of an entity's sides.
func scoreText(one, two float64, flipped bool) string {
	if flipped {
		one, two = two, one
	}
	return strconv.FormatFloat(one, 'g', -1, 64) + ":" + strconv.FormatFloat(two, 'g', -1, 64)
}

// valueOf is the value of an override as agreement would tell it.
func (v view) valueOf(ctx context.Context, o Override) (string, error) {
	switch o.Field {
	case "name":
		return text.Fold(o.Value), nil
	case "start":
		t, err := resolve.ParseTime(o.Value, nil)
		return startKey(t), err
	case "tournament":
		return v.tournamentOf(ctx, resolve.ID(o.Value))
	case "score":
		records, err := v.matchRecords(ctx, []string{string(o.Record)})
		if err != nil || len(records) == 0 {
			return "", err
		}
		one, two, _ := strings.Cut(o.Value, ":")
		a, errA := strconv.ParseFloat(strings.TrimSpace(one), 64)
		b, errB := strconv.ParseFloat(strings.TrimSpace(two), 64)
		return scoreText(a, b, records[0].Flipped), errors.Join(errA, errB)
	}
	n, err := strconv.Atoi(o.Value)
	return strconv.Itoa(n), err
}

// tournamentOf is what a tournament that a match was moved to is called now; as it is if it is no more.
func (v view) tournamentOf(ctx context.Context, id resolve.ID) (string, error) {
	now, err := v.canonical(ctx, resolve.KindTournament, []resolve.ID{id})
	if called, live := now[id]; live {
		return string(called), err
	}
	return string(id), err
}
