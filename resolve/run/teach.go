package run

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"umpire/ent/store"
	"umpire/resolve"
)

// Teaching is what judgements taught.
type Teaching struct {
	Lesson
	Taught resolve.Taught
	Moves  []resolve.Move
	Would  Report // what the model changes against the one in use, both with all that people say; empty if they are one
}

// It takes so many judgements to teach, and so many of either word.
const (
	enoughJudgements = 20
	enoughOfAWord    = 5
)

// ErrWorse refuses a model that does worse on judgements that were held back.
var ErrWorse = errors.New("it does worse on judgements that were held back")

// Teach learns as Train does and then, on top, from the judgements in force: the model is a function
// of records and judgements, whatever model is in use. It puts it in use, unless it does worse on
// judgements that are held back (ErrWorse, beside what was learnt) and force is not set.
func Teach(ctx context.Context, s *store.Store, o Options, force bool) (Teaching, error) {
	inUse, err := s.ModelInUse(ctx)
	if err != nil {
		return Teaching{}, err
	}
	said, err := s.InForce(ctx)
	if err != nil {
		return Teaching{}, err
	}
	records, err := all(s.Live(ctx))
	if err != nil {
		return Teaching{}, err
	}
	t, model, err := teach(records, said.Judgements)
	if err != nil {
		return t, err
	}
	t.Before, t.Model.Sources = inUse.Version, sourcesOf(records)
	if t.Changes, err = compare(inUse, t.Model); err != nil {
		return t, err
	}
	if t.Model.Version == inUse.Version {
		return t, nil
	}
	if t.Would, err = would(inUse, model, records, said); err != nil {
		return t, err
	}
	if err := t.refused(force); err != nil || o.DryRun {
		return t, err
	}
	return t, s.UseModel(ctx, t.Model, "train --judgements")
}

// refused is ErrWorse where what was held back speaks against it.
func (t Teaching) refused(force bool) error {
	if t.Taught.Worse() && !force {
		return ErrWorse
	}
	return nil
}

// teach makes a model of records and judgements.
func teach(records []resolve.Match, judgements []resolve.Judgement) (Teaching, *resolve.Model, error) {
	base := resolve.Train(slices.Values(records))
	engine := resolve.New(base)
	for _, m := range records {
		engine.Put(m)
	}
	engine.Resolve()
	examples := engine.Examples(slices.Values(judgements))
	same := 0
	for _, x := range examples {
		if x.Same {
			same++
		}
	}
	if n := len(examples); n < enoughJudgements || min(same, n-same) < enoughOfAWord {
		return Teaching{}, nil, fmt.Errorf("there are too few judgements on records that are live to learn from, %d same and %d different: it takes %d, and %d of each", same, n-same, enoughJudgements, enoughOfAWord)
	}
	taught := resolve.HoldBack(base, examples)
	model, moves := resolve.Teach(base, examples)
	model.Version += "+judged"
	model.Taught = &taught
	kept, err := kept(model)
	kept.Records = int64(len(records))
	return Teaching{Lesson: Lesson{Model: kept}, Taught: taught, Moves: moves}, model, err
}

// would resolves records by the model in use and by another, in memory, and tells what differs.
func would(inUse store.Model, other *resolve.Model, records []resolve.Match, said store.InForce) (Report, error) {
	present, err := parse(inUse)
	if err != nil {
		return Report{}, err
	}
	settled := func(model *resolve.Model) *resolve.Engine {
		e := resolve.New(model)
		hear(e, said)
		for _, m := range records {
			e.Put(m)
		}
		return e
	}
	before, after := settled(present), settled(other)
	before.Resolve()
	after.Restore(before.Entities(), before.Links())
	report := count(after, after.Settle())
	report.Model, report.Records = other.Version, len(records)
	return report, nil
}
