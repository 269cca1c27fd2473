package api

// Previews: what a decision would do, by the engine as it stands.

import (
	"context"

	"umpire/ent/store"
	"umpire/resolve"
)

// mostPlanned is the most changes that a preview tells one by one.
const mostPlanned = 500

// preview tells what a decision would do. It fails as the decision would, and as Explainer.Preview.
func (a *API) preview(ctx context.Context, by store.Signature, d store.Decision) (Preview, error) {
	effects, err := a.Store.Effects(ctx, by, d)
	if err != nil {
		return Preview{}, a.explainStale(ctx, err)
	}
	if a.Explainer == nil {
		return Preview{}, store.ErrElsewhere
	}
	plan, err := a.Explainer.Preview(ctx, effects)
	if err != nil {
		return Preview{}, err
	}
	told := previewOf(plan)
	told.Effects = each(effects[:min(len(effects), mostForeseen)], effectOf)
	return told, nil
}

// previewOf counts what a plan would do: each entity once, whatever happens to it.
func previewOf(plan resolve.Plan) Preview {
	after := make(map[resolve.ID]resolve.Entity, len(plan.Put))
	for _, e := range plan.Put {
		after[e.ID] = e
	}
	told := Preview{Changes: []PlannedChange{}}
	met := map[resolve.ID]bool{}
	for _, c := range plan.Changes {
		if len(told.Changes) < mostPlanned {
			told.Changes = append(told.Changes, plannedOf(c, after))
		}
		if met[c.Entity] {
			continue
		}
		met[c.Entity] = true
		switch c.Act {
		case resolve.Created:
			told.Appear++
		case resolve.Retired:
			told.Vanish++
		default:
			told.Change++
		}
		if c.Kind == resolve.KindMatch {
			told.Matches++
		}
	}
	return told
}
