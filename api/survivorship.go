package api

// Survivorship: how canonical fields are chosen among what records say.

import (
	"context"
	"fmt"
	"net/http"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/resolve"
)

func (a *API) routeSurvivorship() {
	const tag, path = "Survivorship", "/v1/survivorship/{kind}/{field}"
	handle(a, access.Read, get("/v1/survivorship", tag, "getSurvivorship", "Read how canonical fields are chosen",
		"The rules and the trust that people have set; provenance in an entity tells which record won."), a.getSurvivorship)
	handle(a, access.Decide, decision(http.MethodPut, path, tag, "setSurvivorship", "Say how a field is chosen",
		"The rule comes first; where it leaves several, they are chosen among as usual: the finished word before the scheduled, the finer time before the coarser, then what more sources say, then the oldest record."), a.setRule)
	handle(a, access.Decide, decision(http.MethodDelete, path, tag, "liftSurvivorship", "Let a field be chosen as usual",
		"Takes back the rule, if there is one."), a.liftRule)
	handle(a, access.Decide, decision(http.MethodPut, "/v1/sources/{source}/trust", "Sources", "setTrust", "Say how far a source is trusted",
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

// LookedUp is the header of a change of a rule or a trust.
type LookedUp struct {
	IfMatch string `header:"If-Match" maxLength:"100" doc:"The number of the act by which the rule or the trust was in force, as its act tells, or 0 if nobody had set it: nothing is done if it has changed since, and the answer tells what it is by now, and by whom." example:"\"812\""`
}

// signed is who decides, of what was in force.
func (l LookedUp) signed(note string) (store.Signature, error) {
	by := store.Signature{Note: note}
	if l.IfMatch == "" || l.IfMatch == "*" {
		return by, nil
	}
	act, err := numberIn(l.IfMatch)
	if err != nil || act < 0 {
		return by, invalid("If-Match", fmt.Sprintf("%.60q is not the number of an act, such as %s, nor 0", l.IfMatch, `"812"`))
	}
	by.InForce = &act
	return by, nil
}

// NewRule is how a field is to be chosen.
type NewRule struct {
	Rule resolve.Rule `json:"rule" enum:"most trusted source,most frequent,most recent,oldest,longest name" doc:"What comes first." example:"most trusted source"`
	Noted
}

type setRuleInput struct {
	RuledField
	Deciding
	LookedUp
	Body NewRule
}

func (a *API) setRule(ctx context.Context, in *setRuleInput) (*decided, error) {
	return a.decideOn(ctx, in.Deciding, in.LookedUp, in.Body.Note, in.by(in.Body.Rule))
}

type liftRuleInput struct {
	RuledField
	Deciding
	LookedUp
	LiftNote
}

func (a *API) liftRule(ctx context.Context, in *liftRuleInput) (*decided, error) {
	return a.decideOn(ctx, in.Deciding, in.LookedUp, in.Note, in.by(resolve.Usual))
}

// NewTrust is how far a source is to be trusted.
type NewTrust struct {
	Trust int `json:"trust" minimum:"-1000000" maximum:"1000000" doc:"A greater number is trusted more; 0 is usual." example:"10"`
	Noted
}

type setTrustInput struct {
	SourceName
	Deciding
	LookedUp
	Body NewTrust
}

func (a *API) setTrust(ctx context.Context, in *setTrustInput) (*decided, error) {
	return a.decideOn(ctx, in.Deciding, in.LookedUp, in.Body.Note, store.SetTrust{Source: in.Source, Trust: in.Body.Trust})
}

// decideOn decides on a rule or a trust.
func (a *API) decideOn(ctx context.Context, in Deciding, looked LookedUp, note string, d store.Decision) (*decided, error) {
	by, err := looked.signed(note)
	if err != nil {
		return nil, err
	}
	return a.decide(ctx, in, by, d)
}
