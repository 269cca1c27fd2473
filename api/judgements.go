package api

// Judgements: people's words on two records, given and listed.

import (
	"context"
	"net/http"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/resolve"
)

func (a *API) routeJudgements() {
	const tag = "Judgements"
	handle(a, access.Read, get("/v1/judgements", tag, "listJudgements", "List judgements",
		"Those in force, newest first. With review=true those against which the evidence has come to speak, by 10 bits or more, since they were made: they hold until they are undone."), a.listJudgements)
	handle(a, access.Decide, decision(http.MethodPost, "/v1/judgements", tag, "judge", "Say what two records are",
		"same, different or unsure: it acts at once, holds through every run, and can be undone exactly. \"Not the same\" to a suggestion is different. What contradicts other judgements is refused with the proof."), a.judge)
	handle(a, access.Decide, decision(http.MethodPost, "/v1/judgements/group", tag, "judgeGroup", "Say many words at once",
		"As one act, with one undo: all of them, or none."), a.judgeGroup)
}

type listJudgementsInput struct {
	Kind   resolve.Kind `query:"kind" enum:"title,tournament,team,match" doc:"What the records speak of." example:"team"`
	Actor  string       `query:"actor" maxLength:"1000" doc:"Who said it, exactly." example:"ann"`
	Word   resolve.Word `query:"word" enum:"same,different,unsure" doc:"The word." example:"different"`
	Record resolve.ID   `query:"record" maxLength:"100" doc:"One of the two records." example:"tem_3k9x0m2vqc41ahzt"`
	Entity resolve.ID   `query:"entity" maxLength:"100" doc:"An entity that one of the two is in, by its present or a former id." example:"tem_3k9x0m2vqc41ahzt"`
	Lifted bool         `query:"lifted" doc:"Also those that are in force no more." example:"true"`
	Review bool         `query:"review" doc:"Only those against which the evidence now speaks." example:"true"`
	Paging
}

func (a *API) listJudgements(ctx context.Context, in *listJudgementsInput) (*body[Page[Judged]], error) {
	entity, err := a.nowCalled(ctx, in.Entity)
	if err != nil {
		return nil, err
	}
	judgements, err := a.Store.Judgements(ctx, store.JudgementFilter{
		Kind: in.Kind, Actor: in.Actor, Word: in.Word, Record: in.Record, Entity: entity,
		Lifted: in.Lifted, Review: in.Review, Cursor: in.Cursor, Limit: in.Limit,
	})
	return page(&in.Paging, judgements, judgedOf), err
}

// Word is a word on two records.
type Word struct {
	A    resolve.ID   `json:"a" maxLength:"100" doc:"A record, by Umpire's id; an entity's id is that of its oldest record." example:"tem_3k9x0m2vqc41ahzt"`
	B    resolve.ID   `json:"b" maxLength:"100" doc:"Another of the same kind." example:"tem_9c0v6y1n5tq8hd2r"`
	Word resolve.Word `json:"word" enum:"same,different,unsure" doc:"What they are." example:"same"`
}

func (w Word) judge() store.Judge { return store.Judge{A: w.A, B: w.B, Word: w.Word} }

// NewJudgement is a word to give.
type NewJudgement struct {
	Word
	Noted
	Expected
}

type judgeInput struct {
	Deciding
	Body NewJudgement
}

func (a *API) judge(ctx context.Context, in *judgeInput) (*decided, error) {
	return a.decide(ctx, in.Deciding, store.Signature{Note: in.Body.Note, Expect: in.Body.Expect}, in.Body.judge())
}

// NewJudgements are words to give at once.
type NewJudgements struct {
	Judgements []Word `json:"judgements" nullable:"false" minItems:"1" maxItems:"1000" doc:"The words."`
	Noted
	Expected
}

type judgeGroupInput struct {
	Deciding
	Body NewJudgements
}

func (a *API) judgeGroup(ctx context.Context, in *judgeGroupInput) (*decided, error) {
	group := store.Group{Judges: each(in.Body.Judgements, Word.judge)}
	return a.decide(ctx, in.Deciding, store.Signature{Note: in.Body.Note, Expect: in.Body.Expect}, group)
}
