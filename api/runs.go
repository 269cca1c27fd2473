package api

// Batch runs: asked for, planned, looked through, applied and rolled back.

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/resolve"
)

func (a *API) routeRuns() {
	const tag = "Runs"
	ask := func(path, id, summary, description string, errors ...int) huma.Operation {
		return huma.Operation{
			Method: http.MethodPost, Path: path, Tags: []string{tag}, OperationID: id, Summary: summary,
			Description: description, Errors: errors, DefaultStatus: http.StatusAccepted,
		}
	}
	handle(a, access.Operate, ask("/v1/runs", "askRun", "Ask for a run",
		"Plans what resolving everything anew would change, from a snapshot, and keeps the plan. Nothing else is written. Answered at once: the run is planned by whoever is free to, and tells how far it is.", 404), a.askRun)
	handle(a, access.Read, get("/v1/runs", tag, "listRuns", "List runs", "Newest first."), a.listRuns)
	handle(a, access.Read, get("/v1/runs/diff", tag, "diffRuns", "Hold two runs against each other",
		"What the two would make of the records: pairs gained and lost, B³ between the partitions, and the largest clusters that differ.", 404, 409), a.diffRuns)
	handle(a, access.Read, get("/v1/runs/{id}", tag, "getRun", "Read a run", "How far it is, and what it would change, by cause.", 404), a.getRun)
	handle(a, access.Read, get("/v1/runs/{id}/causes", tag, "listRunCauses", "List the causes of a run's changes",
		"That of most changes first.", 404), a.listRunCauses)
	handle(a, access.Read, get("/v1/runs/{id}/changes", tag, "listRunChanges", "List the changes of a run",
		"Cause after cause, each with the pair of records on which it rests and the line of its evidence that tips it.", 404), a.listRunChanges)
	handle(a, access.Decide, ask("/v1/runs/{id}/decision", "decideRun", "Accept or refuse changes",
		"A refusal judges: of a merge, that its founding records are different; of a split, that they are the same. To open or accept what was refused takes that back.", 404, 409), a.decideRun)
	handle(a, access.Operate, ask("/v1/runs/{id}/apply", "applyRun", "Apply a run",
		"Puts its model in use and brings about what it would change, in one switch. Refused if anything moved that the plan rests on, unless it is rebased: then it is planned anew, and applied whatever moves meanwhile. Answered at once; the run's state tells when it is done.", 404, 409), a.applyRun)
	handle(a, access.Operate, ask("/v1/runs/{id}/rollback", "rollBackRun", "Roll a run back",
		"Puts the model before in use again. What came in between is resolved by it; judgements stay. Answered at once.", 404, 409), a.rollBackRun)
	handle(a, access.Operate, ask("/v1/runs/{id}/cancel", "cancelRun", "Cancel what is asked of a run",
		"Its planning, or its applying or rolling back before that is done.", 404, 409), a.cancelRun)
	handle(a, access.Operate, ask("/v1/runs/{id}/plan", "replanRun", "Plan a run anew",
		"One that failed, was cancelled, or is planned already.", 404, 409), a.replanRun)
}

// RunNumber is the path of one run.
type RunNumber struct {
	ID int64 `path:"id" minimum:"1" doc:"The run's number." example:"3"`
}

// OnceKey is the header of what is asked of runs.
type OnceKey struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"255" pattern:"^[!-~]*$" patternDescription:"visible ASCII" doc:"Makes it safe to send this again: what somebody asks a second time under a key is not done, and is answered with the run as it is by then, or with what came of the first. 409 if the key was for something else of a run." example:"5f0c3c9e-2a"`
}

// signed is who asks.
func (k OnceKey) signed(ctx context.Context) store.Signature {
	return store.Signature{Actor: access.From(ctx).Name, Key: k.IdempotencyKey}
}

// TurningRun is what everything that is asked of one run is sent with.
type TurningRun struct {
	RunNumber
	OnceKey
	IfMatch string `header:"If-Match" maxLength:"100" doc:"The ETag by which the run was read, or only its version: nothing is done if anything was done to the run since. How far its planning is does not count." example:"\"v4-9f3a61d20c77\""`
}

// signed is who asks, and of which version.
func (in *TurningRun) signed(ctx context.Context) (store.Signature, error) {
	by := in.OnceKey.signed(ctx)
	if in.IfMatch == "" || in.IfMatch == "*" {
		return by, nil
	}
	var err error
	by.Run, err = versionIn(in.IfMatch)
	return by, err
}

// Run is a batch resolution that is planned, kept, and perhaps applied and rolled back.
type Run struct {
	ID          int64               `json:"id" doc:"Its number." example:"3"`
	Version     int64               `json:"version" doc:"Counts what was done to it, but for how far its planning is." example:"4"`
	State       store.RunState      `json:"state" enum:"waiting,planning,planned,failed,cancelled,applying,applied,reverting,reverted" doc:"How far it is. It leaves waiting, planning, applying and reverting by itself." example:"planned"`
	By          string              `json:"by" doc:"Who asked for it." example:"ann"`
	MadeAt      time.Time           `json:"made_at" doc:"When." example:"2026-03-01T12:00:00Z"`
	Wants       string              `json:"wants,omitempty" doc:"The model that was asked for: a version, or train." example:"train"`
	ModelBefore string              `json:"model_before,omitempty" doc:"The version that was in use." example:"3"`
	ModelAfter  string              `json:"model_after,omitempty" doc:"The version that it resolves by." example:"3+trained.9f3a61d2"`
	Snapshot    *RunSnapshot        `json:"snapshot,omitempty" doc:"What it rests on, once it is planned."`
	Progress    *RunProgress        `json:"progress,omitempty" doc:"How far planning is."`
	Counts      map[resolve.Act]int `json:"counts,omitempty" doc:"What it would change, by act." example:"{\"merged\":12,\"retired\":12}"`
	Entities    map[string][2]int   `json:"entities,omitempty" doc:"Entities before and after, by kind." example:"{\"match\":[412,400]}"`
	Differs     int                 `json:"differs,omitempty" doc:"How many changes came about otherwise than planned, or are planned otherwise than before." example:"2"`
	Others      []string            `json:"others,omitempty" doc:"The first of these." example:"[\"mch_5f0yq8c3t1v7nbxk merged: planned, and not done\"]"`
	Error       string              `json:"error,omitempty" doc:"Why the last thing asked of it did not come about." example:"conflict: what sources tell moved since the run was planned"`
	AskedBy     string              `json:"asked_by,omitempty" doc:"Who asked for it to be applied or rolled back." example:"bo"`
	Acts        []int64             `json:"acts,omitempty" doc:"The acts that refusals of its changes became." example:"[12]"`
	PlannedAt   *time.Time          `json:"planned_at,omitempty" doc:"When it was planned." example:"2026-03-01T12:01:00Z"`
	AppliedAt   *time.Time          `json:"applied_at,omitempty" doc:"When it was applied." example:"2026-03-01T12:05:00Z"`
	RevertedAt  *time.Time          `json:"reverted_at,omitempty" doc:"When it was rolled back." example:"2026-03-01T13:00:00Z"`
}

// RunSnapshot is how far the three sequences went in a run's snapshot.
type RunSnapshot struct {
	Message int64 `json:"message" doc:"The last arrival." example:"9120"`
	Act     int64 `json:"act" doc:"The last act." example:"11"`
	Change  int64 `json:"change" doc:"The last change." example:"4217"`
}

// RunProgress is how far planning is.
type RunProgress struct {
	Stage  string     `json:"stage" doc:"What is being done." example:"reading by model 3"`
	Done   int64      `json:"done" doc:"Of so many match records." example:"120000"`
	Total  int64      `json:"total" doc:"All of them." example:"1000000"`
	EndsAt *time.Time `json:"ends_at,omitempty" doc:"When this is expected to end." example:"2026-03-01T12:00:40Z"`
}

// RunCause is what some changes of a run have in common.
type RunCause struct {
	Number  int64                          `json:"number" doc:"Its number within the run." example:"1"`
	Kind    string                         `json:"kind" enum:"judgement,parameter,evidence,records,company" doc:"What kind of cause: what a person says, a value of the model, a line of the evidence, records that came since, or what the records around weigh." example:"parameter"`
	Key     string                         `json:"key" doc:"Tells it from others, in every run." example:"parameter match.merge"`
	Text    string                         `json:"text" doc:"It in words." example:"model match.merge: +0 → +2 bits"`
	Changes int64                          `json:"changes" doc:"How many changes it has." example:"24"`
	Counts  map[resolve.Act]int            `json:"counts" doc:"These, by act." example:"{\"created\":12,\"split\":12}"`
	Decided map[store.ChangeDecision]int64 `json:"decided" doc:"How many are decided how." example:"{\"open\":24}"`
}

// RunChange is one thing that a run would do to an entity.
type RunChange struct {
	Number    int64                `json:"number" doc:"Its number within the run." example:"17"`
	Cause     int64                `json:"cause" doc:"The number of its cause." example:"1"`
	Entity    resolve.ID           `json:"entity" doc:"The entity." example:"mch_5f0yq8c3t1v7nbxk"`
	Kind      resolve.Kind         `json:"kind" enum:"title,tournament,team,match" doc:"What it is." example:"match"`
	Act       resolve.Act          `json:"act" enum:"created,updated,merged,split,retired" doc:"What would happen to it." example:"merged"`
	Name      string               `json:"name" doc:"What it is called." example:"fnatic – NiP"`
	Others    []resolve.ID         `json:"others" nullable:"false" doc:"The other entities that this concerns." example:"[\"mch_7c1vq8c3t1v7nbxk\"]"`
	Before    []resolve.ID         `json:"before" nullable:"false" doc:"Its records before." example:"[\"mch_5f0yq8c3t1v7nbxk\"]"`
	After     []resolve.ID         `json:"after" nullable:"false" doc:"Its records after." example:"[\"mch_5f0yq8c3t1v7nbxk\",\"mch_7c1vq8c3t1v7nbxk\"]"`
	Tip       *RunTip              `json:"tip,omitempty" doc:"The pair of records on which it rests; left out if it only follows others."`
	Decision  store.ChangeDecision `json:"decision" enum:"open,accepted,refused" doc:"What a person made of it." example:"open"`
	DecidedBy string               `json:"decided_by,omitempty" doc:"Who." example:"ann"`
	Judged    int64                `json:"judged,omitempty" doc:"The act that the refusal became." example:"12"`
}

// RunTip is a pair of records, and the line of its evidence that tips it.
type RunTip struct {
	A      resolve.ID `json:"a" doc:"A record." example:"mch_5f0yq8c3t1v7nbxk"`
	B      resolve.ID `json:"b" doc:"And another." example:"mch_7c1vq8c3t1v7nbxk"`
	Before float64    `json:"before" doc:"What the two weighed, in bits; 0 if that is not known." example:"-1.5"`
	After  float64    `json:"after" doc:"What they weigh." example:"3.25"`
	Line   *RunLine   `json:"line,omitempty" doc:"The line that differs most; left out if none does."`
}

// RunLine is a line of evidence before and after.
type RunLine struct {
	Path        string  `json:"path" doc:"Its comparison, behind those that it is part of." example:"team 1 › name"`
	LevelBefore string  `json:"level_before,omitempty" doc:"Its level before." example:"one within the other"`
	LevelAfter  string  `json:"level_after,omitempty" doc:"And after." example:"all but frequent words"`
	Before      float64 `json:"before" doc:"Its bits before." example:"2"`
	After       float64 `json:"after" doc:"And after." example:"5.5"`
}

// RunDiff tells how the partitions of two runs differ.
type RunDiff struct {
	A        Run              `json:"a" doc:"The one run."`
	B        Run              `json:"b" doc:"The other."`
	Kinds    []RunContrast    `json:"kinds" nullable:"false" doc:"By kind. Records that only one of the two knows are left out."`
	Clusters []RunClusterDiff `json:"clusters" nullable:"false" doc:"The largest entities that differ."`
}

// RunContrast holds two partitions of a kind against each other.
type RunContrast struct {
	Kind    resolve.Kind `json:"kind" enum:"title,tournament,team,match" doc:"The kind." example:"match"`
	Records int          `json:"records" doc:"Records that both know." example:"1204"`
	Gained  int          `json:"gained" doc:"Pairs of records that are one only by the other run." example:"12"`
	Lost    int          `json:"lost" doc:"And only by the one." example:"3"`
	B3      float64      `json:"b3" doc:"B³ (Bagga and Baldwin 1998) between the two: 1 if they are the same." example:"0.9971"`
}

// RunClusterDiff is an entity that differs.
type RunClusterDiff struct {
	Entity resolve.ID   `json:"entity" doc:"Its id." example:"mch_5f0yq8c3t1v7nbxk"`
	InA    []resolve.ID `json:"in_a" nullable:"false" doc:"Its records by the one run." example:"[\"mch_5f0yq8c3t1v7nbxk\"]"`
	InB    []resolve.ID `json:"in_b" nullable:"false" doc:"And by the other." example:"[\"mch_5f0yq8c3t1v7nbxk\",\"mch_7c1vq8c3t1v7nbxk\"]"`
	Gained int          `json:"gained" doc:"Pairs gained." example:"1"`
	Lost   int          `json:"lost" doc:"Pairs lost." example:"1"`
}

type askRunInput struct {
	OnceKey
	Body struct {
		Model string `json:"model,omitempty" maxLength:"200" doc:"The version of the model to resolve by, or train for what training would learn; left out: the one in use." example:"train"`
	}
}

func (a *API) askRun(ctx context.Context, in *askRunInput) (*body[Run], error) {
	r, err := a.Store.AskRun(ctx, in.signed(ctx), in.Body.Model)
	return &body[Run]{runOf(r)}, err
}

type listRunsInput struct {
	State store.RunState `query:"state" enum:"waiting,planning,planned,failed,cancelled,applying,applied,reverting,reverted" doc:"How far they are." example:"planned"`
	Paging
}

func (a *API) listRuns(ctx context.Context, in *listRunsInput) (*body[Page[Run]], error) {
	runs, err := a.Store.Runs(ctx, store.RunFilter{State: in.State, Cursor: in.Cursor, Limit: in.Limit})
	return page(&in.Paging, runs, runOf), err
}

func (a *API) getRun(ctx context.Context, in *RunNumber) (*tagged[Run], error) {
	r, err := a.Store.Run(ctx, in.ID)
	return &tagged[Run]{version(r.Version), runOf(r)}, err
}

type listRunCausesInput struct {
	RunNumber
	Paging
}

func (a *API) listRunCauses(ctx context.Context, in *listRunCausesInput) (*body[Page[RunCause]], error) {
	causes, err := a.Store.RunCauses(ctx, store.RunCauseFilter{Run: in.ID, Cursor: in.Cursor, Limit: in.Limit})
	return page(&in.Paging, causes, runCauseOf), err
}

type listRunChangesInput struct {
	RunNumber
	Cause int64 `query:"cause" minimum:"1" doc:"The number of a cause." example:"1"`
	Paging
}

func (a *API) listRunChanges(ctx context.Context, in *listRunChangesInput) (*body[Page[RunChange]], error) {
	changes, err := a.Store.RunChanges(ctx, store.RunChangeFilter{Run: in.ID, Cause: in.Cause, Cursor: in.Cursor, Limit: in.Limit})
	return page(&in.Paging, changes, runChangeOf), err
}

type decideRunInput struct {
	TurningRun
	Body struct {
		Change   int64                `json:"change,omitempty" minimum:"1" doc:"The number of the change; or" example:"17"`
		Cause    int64                `json:"cause,omitempty" minimum:"1" doc:"the number of a cause, for all its changes." example:"1"`
		Decision store.ChangeDecision `json:"decision" enum:"open,accepted,refused" doc:"What to make of them." example:"refused"`
		Note     string               `json:"note,omitempty" maxLength:"1000" doc:"Why." example:"two seasons, not one"`
	}
}

// RunDecided is what became of a decision on a run.
type RunDecided struct {
	Changes int   `json:"changes" doc:"How many changes were decided, those with them that are their other side." example:"2"`
	Act     int64 `json:"act,omitempty" doc:"The act that it became, if it judges or takes a judgement back." example:"12"`
}

func (a *API) decideRun(ctx context.Context, in *decideRunInput) (*body[RunDecided], error) {
	if (in.Body.Change == 0) == (in.Body.Cause == 0) {
		return nil, invalid("change", "give either a change or a cause")
	}
	by, err := in.signed(ctx)
	if err != nil {
		return nil, err
	}
	by.Note = in.Body.Note
	n, act, err := a.Store.DecideRun(ctx, by, store.RunDecision{Run: in.ID, Change: in.Body.Change, Cause: in.Body.Cause, Decision: in.Body.Decision})
	told := RunDecided{Changes: n}
	if act != nil {
		told.Act = act.ID
	}
	return &body[RunDecided]{told}, err
}

type applyRunInput struct {
	TurningRun
	Rebase bool `query:"rebase" doc:"Plan it anew first, and apply it whatever moves meanwhile." example:"true"`
}

func (a *API) applyRun(ctx context.Context, in *applyRunInput) (*body[Run], error) {
	return turned(ctx, &in.TurningRun, func(by store.Signature) (store.Run, error) { return a.Store.AskApply(ctx, in.ID, by, in.Rebase) })
}

func (a *API) rollBackRun(ctx context.Context, in *TurningRun) (*body[Run], error) {
	return turned(ctx, in, func(by store.Signature) (store.Run, error) { return a.Store.AskRollback(ctx, in.ID, by) })
}

func (a *API) cancelRun(ctx context.Context, in *TurningRun) (*body[Run], error) {
	return turned(ctx, in, func(by store.Signature) (store.Run, error) { return a.Store.CancelRun(ctx, in.ID, by) })
}

func (a *API) replanRun(ctx context.Context, in *TurningRun) (*body[Run], error) {
	return turned(ctx, in, func(by store.Signature) (store.Run, error) { return a.Store.ReplanRun(ctx, in.ID, by) })
}

// turned asks something of a run in the name of who sends the request.
func turned(ctx context.Context, in *TurningRun, ask func(store.Signature) (store.Run, error)) (*body[Run], error) {
	by, err := in.signed(ctx)
	if err != nil {
		return nil, err
	}
	r, err := ask(by)
	return &body[Run]{runOf(r)}, err
}

type diffRunsInput struct {
	A int64 `query:"a" required:"true" minimum:"1" doc:"A run." example:"3"`
	B int64 `query:"b" required:"true" minimum:"1" doc:"The one that is held against it." example:"4"`
}

func (a *API) diffRuns(ctx context.Context, in *diffRunsInput) (*body[RunDiff], error) {
	d, err := a.Store.DiffRuns(ctx, in.A, in.B)
	if err != nil {
		return nil, err
	}
	return &body[RunDiff]{RunDiff{
		A: runOf(d.A), B: runOf(d.B),
		Kinds: each(d.Kinds, func(c resolve.Contrast) RunContrast {
			return RunContrast{c.Kind, c.Records, c.Gained, c.Lost, c.B3}
		}),
		Clusters: each(d.Clusters, func(c store.ClusterDiff) RunClusterDiff {
			return RunClusterDiff{c.Entity, orNone(c.InA), orNone(c.InB), c.Gained, c.Lost}
		}),
	}}, nil
}

// orNone is a list that is never null.
func orNone(ids []resolve.ID) []resolve.ID { return append([]resolve.ID{}, ids...) }

func runOf(r store.Run) Run {
	told := Run{
		ID: r.ID, Version: r.Version, State: r.State, By: r.By, MadeAt: r.MadeAt.UTC(), Wants: r.Wants, ModelBefore: r.ModelBefore, ModelAfter: r.ModelAfter,
		Counts: r.Counts, Differs: r.Report.Differs, Others: r.Report.Others, Error: r.Error, AskedBy: r.AskedBy, Acts: r.Acts,
		PlannedAt: r.PlannedAt, AppliedAt: r.AppliedAt, RevertedAt: r.RevertedAt,
	}
	if r.PlannedAt != nil {
		told.Snapshot = &RunSnapshot{r.Snapshot.Message, r.Snapshot.Act, r.Snapshot.Change}
		told.Entities = map[string][2]int{}
		for _, k := range resolve.Kinds {
			told.Entities[string(k)] = [2]int{r.Report.Before[k], r.Report.After[k]}
		}
	}
	if p := r.Progress; p.Stage != "" {
		told.Progress = &RunProgress{p.Stage, p.Done, p.Total, p.EndsAt}
	}
	return told
}

func runCauseOf(c store.RunCause) RunCause {
	return RunCause{c.Number, c.Kind, c.Key, c.Text, c.Changes, c.Counts, c.Decided}
}

func runChangeOf(c store.RunChange) RunChange {
	told := RunChange{
		Number: c.Number, Cause: c.Cause, Entity: c.Entity, Kind: c.Kind, Act: c.Act, Name: c.Name,
		Others: orNone(c.Others), Before: orNone(c.Before), After: orNone(c.After),
		Decision: c.Decision, DecidedBy: c.DecidedBy, Judged: c.DecidedAct,
	}
	if t := c.Tip; t != nil {
		told.Tip = &RunTip{A: t.A, B: t.B, Before: t.Before.Bits(), After: t.After.Bits()}
		if t.Line.Path != "" {
			told.Tip.Line = &RunLine{t.Line.Path, t.Line.LevelBefore, t.Line.LevelAfter, t.Line.Before.Bits(), t.Line.After.Bits()}
		}
	}
	return told
}
