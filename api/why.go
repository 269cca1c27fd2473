package api

// Why two records are one, or not: the engine's own account.

import (
	"context"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/resolve"
)

// votesTold is how many votes of a sum are told one by one.
const votesTold = 200

func (a *API) routeWhy() {
	handle(a, access.Read, get("/v1/why", "Why", "getWhy", "Read what became of two records, and why",
		"Of any two records of a kind, joined or not, by the engine as it stands: the evidence with each vote opened, what their entity rests on, or what keeps them apart. An entity's id is that of its oldest record. Only the process that resolves the database can tell; others answer 503.", 404),
		a.getWhy)
}

type whyInput struct {
	A resolve.ID `query:"a" required:"true" maxLength:"100" doc:"A record, by Umpire's id." example:"mch_5f0yq8c3t1v7nbxk"`
	B resolve.ID `query:"b" required:"true" maxLength:"100" doc:"Another of the same kind." example:"mch_7d2mbh90wzr4cs6e"`
}

func (a *API) getWhy(ctx context.Context, in *whyInput) (*body[Why], error) {
	if a.Explainer == nil {
		return nil, store.ErrElsewhere
	}
	why, err := a.Explainer.Why(ctx, in.A, in.B)
	if err != nil {
		return nil, err
	}
	return &body[Why]{whyOf(why)}, nil
}

func whyOf(w resolve.Why) Why {
	record := func(id resolve.ID) WhyRecord { return WhyRecord{id, w.Told[id].Source, w.Told[id].Name} }
	entity := func(i int) WhyEntity {
		return WhyEntity{w.Entities[i], href(w.Entities[i]), each(w.Members[i], record)}
	}
	told := Why{
		Kind: w.Kind, A: record(w.A), B: record(w.B), Verdict: w.Verdict, Rule: w.Rule,
		Weight: w.Weight.Bits(), Lines: each(resolve.Cut(w.Lines, votesTold), lineOf),
		EntityA: entity(0), EntityB: entity(1),
		Pairs: each(w.Pairs, func(p resolve.PairWeight) WhyPair { return WhyPair{p.A, p.B, p.Weight.Bits()} }),
	}
	if w.Apart != nil {
		told.Apart = &WhyApart{Cause: w.Apart.Cause, Text: w.Apart.Text, Records: each(w.Apart.Records, record), Lines: each(w.Apart.Lines, lineOf)}
		if w.Apart.Cause != resolve.ByRule && w.Apart.Cause != resolve.NoCandidate {
			told.Apart.Weight = new(w.Apart.Weight.Bits())
		}
	}
	return told
}
