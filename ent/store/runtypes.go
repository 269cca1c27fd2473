package store

import (
	"fmt"
	"time"

	"umpire/ent/schema"
	"umpire/resolve"
)

// RunState is how far a run is.
type RunState string

// The states. A run waits for one to plan it, and an applying or reverting one for the resolver.
// Failed and cancelled runs may be planned anew, planned ones be applied, and the applied one
// whose model is in use be rolled back.
const (
	RunWaiting   RunState = "waiting"
	RunPlanning  RunState = "planning"
	RunPlanned   RunState = "planned"
	RunFailed    RunState = "failed"
	RunCancelled RunState = "cancelled"
	RunApplying  RunState = "applying"
	RunApplied   RunState = "applied"
	RunReverting RunState = "reverting"
	RunReverted  RunState = "reverted"
)

// Going reports whether something is being done for a run, so that it will be in another state
// by itself.
func (s RunState) Going() bool {
	return s == RunWaiting || s == RunPlanning || s == RunApplying || s == RunReverting
}

// Run is a batch resolution that is planned, kept, and perhaps applied and rolled back.
type Run struct {
	ID          int64
	Version     int64 // counts what was done to it, but for how far its planning is
	State       RunState
	MadeAt      time.Time
	By          string // who asked for it
	Wants       string // the model to resolve by: a version, WantsTraining, or "" for the one in use
	ModelBefore string // that was in use; "" until it is planned, as is
	ModelAfter  string // that it resolves by
	Snapshot    Watermark
	Progress    RunProgress
	BeatAt      *time.Time // when its planner was last heard of
	Counts      map[resolve.Act]int
	Report      RunReport
	Error       string // why the last thing asked of it did not come about
	AskedBy     string // who asked for it to be applied or rolled back
	Rebase      bool   // it is applied to what is there by then, whatever moved
	Acts        []int64
	PlannedAt   *time.Time
	AppliedAt   *time.Time
	RevertedAt  *time.Time
}

// Changes is how many it has.
func (r Run) Changes() int {
	n := 0
	for _, of := range r.Counts {
		n += of
	}
	return n
}

// WantsTraining as the model of a run is what training would learn from its snapshot.
const WantsTraining = "train"

// RunReport is what planning a run found, and what became of it.
type RunReport = schema.RunReport

// RunProgress is how far planning is.
type RunProgress struct {
	Stage  string     // what it does; "" where it does nothing
	Done   int64      // of Total match records
	Total  int64      // 0: not known
	EndsAt *time.Time // when the stage is expected to end; nil: not known
}

// Kinds of causes.
const (
	CauseJudgement = "judgement" // what a person says
	CauseParameter = "parameter" // a value of the model
	CauseEvidence  = "evidence"  // a line of the evidence that the model reads otherwise
	CauseRecords   = "records"   // that came since
	CauseCompany   = "company"   // what the records around it say
)

// RunCause is what some changes of a run have in common.
type RunCause struct {
	Number  int64 // within the run: that of most changes is 1
	Kind    string
	Key     string // tells it from others, in every run
	Text    string
	Changes int64
	Counts  map[resolve.Act]int
	Decided map[ChangeDecision]int64 // how many are decided how
}

// ChangeDecision is what a person makes of a change of a run.
type ChangeDecision string

// What a person makes of a change. Refused ones have become judgements; open and accepted ones
// come about when the run is applied.
const (
	ChangeOpen     ChangeDecision = "open"
	ChangeAccepted ChangeDecision = "accepted"
	ChangeRefused  ChangeDecision = "refused"
)

// RunChange is one thing that a run would do to an entity.
type RunChange struct {
	Number        int64 // within the run
	Cause         int64 // the number of its cause
	Entity        resolve.ID
	Kind          resolve.Kind
	Act           resolve.Act
	Name          string // what the entity is called
	Others        []resolve.ID
	Before, After []resolve.ID // its records, oldest first
	Tip           *resolve.Tip // nil: it rests on no pair
	Decision      ChangeDecision
	DecidedBy     string
	DecidedAct    int64 // the act that the refusal became; 0: none
}

// RunPlan is what planning a run brings.
type RunPlan struct {
	Before   string // the version that was in use
	After    Model  // that it resolves by; it is kept
	Snapshot Watermark
	Causes   []RunCause
	Changes  []RunChange // in order of Number
	Report   RunReport
}

// RunFilter selects runs, newest first. The zero value selects all.
type RunFilter struct {
	State  RunState
	Cursor string
	Limit  int // 0: 50; at most 500
}

// RunCauseFilter selects the causes of a run, that of most changes first.
type RunCauseFilter struct {
	Run    int64
	Cursor string
	Limit  int // 0: 50; at most 500
}

// RunChangeFilter selects changes of a run, cause after cause.
type RunChangeFilter struct {
	Run    int64
	Cause  int64 // 0: any
	Cursor string
	Limit  int // 0: 50; at most 500
}

// RunDecision decides on changes of a run.
type RunDecision struct {
	Run           int64
	Change, Cause int64 // the number of the one change, or of the cause of all; exactly one is set
	Decision      ChangeDecision
}

// RunDiff tells how the partitions of two runs differ. A record that only one of them knows is
// left out.
type RunDiff struct {
	A, B     Run
	Kinds    []resolve.Contrast
	Clusters []ClusterDiff // those that differ most, largest first
}

// ClusterDiff is an entity of either partition, with its records in both.
type ClusterDiff struct {
	Entity       resolve.ID
	InA, InB     []resolve.ID
	Gained, Lost int // pairs of records
}

// StaleRunError is ErrConflict: something was done to a run since the actor looked at it.
type StaleRunError struct {
	Run      Run   // as it is now
	Expected int64 // the version that was looked at
}

func (e *StaleRunError) Error() string {
	by := ""
	switch e.Run.State {
	case RunApplying, RunApplied, RunReverting, RunReverted:
		by = ", as " + e.Run.AskedBy + " asked"
	}
	return fmt.Sprintf("run %d has changed since version %d: it has version %d and is %s%s", e.Run.ID, e.Expected, e.Run.Version, e.Run.State, by)
}

// Unwrap returns ErrConflict.
func (e *StaleRunError) Unwrap() error { return ErrConflict }
