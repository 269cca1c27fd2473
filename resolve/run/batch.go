package run

import (
	"context"
	"fmt"
	"slices"
	"time"

	"umpire/ent/store"
	"umpire/resolve"
)

// Report says what a batch resolution changes, or would change.
type Report struct {
	Model    string // the version that it was resolved by
	Records  int
	Entities map[resolve.Kind]int // after
	Changes  map[resolve.Act]int
	Links    int // new or changed
	Took     time.Duration
}

// Options of a batch resolution or a training.
type Options struct {
	DryRun bool // do all but write
}

// Batch resolves everything anew and applies what that changes; over records that are
// settled and a model that is the same it changes nothing. It needs to own the database:
// store.ErrConflict while another process resolves.
func Batch(ctx context.Context, s *store.Store, o Options) (Report, error) {
	start := time.Now()
	release, err := s.Own(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("own the database: %w", err)
	}
	defer release()
	// The marks come before the records: what is committed between the two is then marked
	// still, and settled by the next resolver.
	marks, err := s.Marks(ctx)
	if err != nil {
		return Report{}, err
	}
	is, err := load(ctx, s, (*resolve.Engine).Put)
	if err != nil {
		return Report{}, err
	}
	plan := is.engine.Settle()
	report := count(is.engine, plan)
	report.Model, report.Records = is.model.Version, is.records
	if !o.DryRun && (!plan.Empty() || len(marks) > 0 || len(is.heard.unsettled) > 0) {
		if err := s.Apply(ctx, plan, marks, under("batch resolution", is.model), is.heard.unsettled...); err != nil {
			return Report{}, fmt.Errorf("apply: %w", err)
		}
	}
	report.Took = time.Since(start)
	return report, nil
}

func count(engine *resolve.Engine, plan resolve.Plan) Report {
	r := Report{Entities: map[resolve.Kind]int{}, Changes: map[resolve.Act]int{}, Links: len(plan.Link)}
	for e := range engine.Entities() {
		r.Entities[e.Kind]++
	}
	for c := range slices.Values(plan.Changes) {
		r.Changes[c.Act]++
	}
	return r
}
