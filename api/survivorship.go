package api

// Survivorship: how canonical fields are chosen among what records say.

import (
	"context"
	"net/http"

	"umpire/ent/store"
	"umpire/resolve"
)

func (a *API) routeSurvivorship() {
	const tag, path = "Survivorship", "/v1/survivorship/{kind}/{field}"
	handle(a, get("/v1/survivorship", tag, "getSurvivorship", "Read how canonical fields are chosen",
		"The rules and the trust that people have set; provenance in an entity tells which record won."), a.getSurvivorship)
	handle(a, decision(http.MethodPut, path, tag, "setSurvivorship", "Say how a field is chosen",
		"The rule comes first; where it leaves several, they are chosen among as usual: the finished word before the scheduled, the finer time before the coarser, then what more sources say, then the oldest record."), a.setRule)
	handle(a, decision(http.MethodDelete, path, tag, "liftSurvivorship", "Let a field be chosen as usual",
		"Takes back the rule, if there is one."), a.liftRule)
	handle(a, decision(http.MethodPut, "/v1/sources/{source}/trust", "Sources", "setTrust", "Say how far a source is trusted",
		"Counts where the rule of a field is the most trusted source."), a.setTrust)
}

func (a *API) getSurvivorship(ctx context.Context, _ *struct{}) (*body[Survivorship], error) {
	rules, trust, err := a.Store.Survivorship(ctx)
	return &body[Survivorship]{Survivorship{each(rules, ruleOf), each(trust, trustOf)}}, err
}

// RuledField is the path of a field of a kind.
type RuledField struct {
	Kind  resolve.Kind `path:"kind" enum:"title,tournament,team,match" doc:"Of what." example:"team"`
	Field string       `path:"field" enum:"name,state,bestof,date_start,title,tournament,teams,score" doc:"Which member: name; or of a match state, bestof, date_start, title, tournament, teams or score." example:"name"`
}

func (f RuledField) by(rule resolve.Rule) store.SetRule {
	return store.SetRule{Kind: f.Kind, Field: offWire(f.Field), Rule: rule}
}

// NewRule is how a field is to be chosen.
type NewRule struct {
	Rule resolve.Rule `json:"rule" enum:"most trusted source,most frequent,most recent,oldest,longest name" doc:"What comes first." example:"most trusted source"`
	Noted
}

type setRuleInput struct {
	RuledField
	Deciding
	Body NewRule
}

func (a *API) setRule(ctx context.Context, in *setRuleInput) (*decided, error) {
	return a.decide(ctx, in.Deciding, store.Signature{Note: in.Body.Note}, in.by(in.Body.Rule))
}

type liftRuleInput struct {
	RuledField
	Deciding
	LiftNote
}

func (a *API) liftRule(ctx context.Context, in *liftRuleInput) (*decided, error) {
	return a.decide(ctx, in.Deciding, store.Signature{Note: in.Note}, in.by(resolve.Usual))
}

// NewTrust is how far a source is to be trusted.
type NewTrust struct {
	Trust int `json:"trust" minimum:"-1000000" maximum:"1000000" doc:"A greater number is trusted more; 0 is usual." example:"10"`
	Noted
}

type setTrustInput struct {
	SourceName
	Deciding
	Body NewTrust
}

func (a *API) setTrust(ctx context.Context, in *setTrustInput) (*decided, error) {
	return a.decide(ctx, in.Deciding, store.Signature{Note: in.Body.Note}, store.SetTrust{Source: in.Source, Trust: in.Body.Trust})
}
