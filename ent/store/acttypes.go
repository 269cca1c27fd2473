package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"umpire/resolve"
)

// Verb is what an act does.
type Verb string

// The verbs: of each Decision one.
const (
	VerbJudge    Verb = "judge"
	VerbMerge    Verb = "merge"
	VerbSplit    Verb = "split"
	VerbMove     Verb = "move"
	VerbDetach   Verb = "detach"
	VerbGroup    Verb = "group"
	VerbOverride Verb = "override"
	VerbLift     Verb = "lift"
	VerbRule     Verb = "rule"
	VerbTrust    Verb = "trust"
	VerbUndo     Verb = "undo"
)

// Signature is who decides, and on what understanding.
type Signature struct {
	Actor string // never empty
	Note  string
	// Key makes it safe to ask again: an actor's second decision under a key is not made, and
	// answered as the first was. "" is none.
	Key string
	// Expect are the versions of the entities that the actor looked at. If one has another
	// version now, or is no more, nothing is done, and the error is a *StaleError.
	Expect map[resolve.ID]int64
	// InForce is the number of the act by which a rule or a trust is in force that the actor looked
	// at, and would say another in place of; 0: none was. If it is another now, nothing is done, and
	// the error is a *StaleRuleError. Nil is any.
	InForce *int64
	// Run is the version of the run that the actor looked at, of what is asked of one: if it has
	// another now, nothing is done. 0 is any.
	Run int64
}

// Decided is what became of a decision.
type Decided struct {
	Act    Act
	Stood  bool // nothing new: all that was decided was in force already, by Act
	Repeat bool // it was made before, under the same key
}

// Act is one thing that a person did, whole: a row of the audit log.
type Act struct {
	ID       int64 // one sequence, in commit order
	At       time.Time
	Actor    string
	Verb     Verb
	Kind     resolve.Kind // of the records that it is about; "": of none, or of several
	Note     string
	Subjects []resolve.ID // records and entities that it is about, as they were called then; in lists the first mostTold
	Effects  []Effect     // before and after; in lists the first mostTold
	Made     int          // how much it brought into force,
	Lifted   int          // and out of it
	Undoes   []int64      // the acts that it undoes
	UndoneBy int64        // 0: it stands
	Settled  bool         // entities are as it would have them
}

// mostTold is how many effects and subjects of an act a list tells.
const mostTold = 50

// Effect is one thing that an act brought into force, or took out of it. Exactly one of what
// it may be about is set.
type Effect struct {
	On        bool // into force
	Judgement *Judgement
	Override  *Override
	Rule      *SurvivorshipRule
	Trust     *SourceTrust
}

// Said is what all have in common that people say.
type Said struct {
	ID       int64 // one sequence for all
	Act      int64 // by which it was said
	Actor    string
	Note     string
	At       time.Time
	LiftedBy int64 // the act that took it out of force; 0: it is in force
}

// Judgement is a person's word on two records, A < B.
type Judgement struct {
	Said
	Kind     resolve.Kind
	A, B     resolve.ID
	Word     resolve.Word
	Evidence *resolve.Weight // what their link weighed then, but for judgements; nil: there was none
}

// Law is the judgement as the engine takes it.
func (j Judgement) Law() resolve.Judgement {
	return resolve.Judgement{A: j.A, B: j.B, Word: j.Word, By: j.Actor, At: j.At}
}

// Override is a canonical field set by hand: of whatever entity its record is in.
type Override struct {
	Said
	Record resolve.ID
	Field  string
	Value  string
	Hidden *string // what the entity's records said of the field when it was set, "" if nothing; nil: it was not settled
	Agreed *string // what all that told it agreed on then, as agreement tells it, "" if on nothing; nil: it is not known
}

// Law is the override as the engine takes it.
func (o Override) Law() resolve.Override {
	return resolve.Override{Record: o.Record, Field: o.Field, Value: o.Value, By: o.Actor, Order: o.ID}
}

// SurvivorshipRule says how a canonical field is chosen.
type SurvivorshipRule struct {
	Said
	Kind  resolve.Kind
	Field string
	Rule  resolve.Rule
}

// SourceTrust says how far a source is trusted; where nothing is said, it is 0.
type SourceTrust struct {
	Said
	Source string
	Trust  int
}

// ActFilter selects acts. The zero value selects all, newest first.
type ActFilter struct {
	Actor        string
	Verb         Verb
	Since, Until *time.Time // inclusive, exclusive
	Subject      resolve.ID // a record; or an entity: then also the acts about its records
	Cursor       string
	Limit        int // 0: 50; at most 500
}

// JudgementFilter selects judgements, newest first. The zero value selects all in force.
type JudgementFilter struct {
	Kind   resolve.Kind
	Actor  string
	Word   resolve.Word
	Record resolve.ID // one of the two
	Entity resolve.ID // one of the two is in it
	Lifted bool       // those that are lifted as well
	// Review selects those in force against which the evidence speaks by ReviewBits, and
	// did not say just this when they were made.
	Review bool
	Cursor string
	Limit  int // 0: 50; at most 500
}

// Judged is a judgement with what it is about, as that is now.
type Judged struct {
	Judgement
	RecordA, RecordB RecordRef
	Now              *resolve.Weight // what their link weighs now, but for judgements; nil: there is none
}

// ReviewBits is by how much the evidence speaks against a judgement that is to be looked at again.
const ReviewBits = 10 * resolve.Bit

// Question is two entities that a person is to decide on: one row, by the two records that
// speak for them.
type Question struct {
	Link
	Entities [2]resolve.ID // that the link's A and B are in
	Hangs    int           // how many matches hang on the answer
	Priority int           // uncertainty × Hangs, in millionths: the queue's order
	Lease    *Lease        // nil: nobody looks at it now
	Unsure   *Judgement    // who was unsure, before the evidence changed; nil: nobody
}

// QuestionFilter selects questions. The zero value selects all, those that teach most first.
type QuestionFilter struct {
	Kind              resolve.Kind
	Source            string // that tells one of the two records
	Title, Tournament string // a name or an id
	From, To          *resolve.Weight
	Entity            resolve.ID // one of the two
	// Implied are two teams, tournaments or titles: the questions are about a match of the one and
	// a match of the other, which may be one if these are.
	Implied [2]resolve.ID
	Cursor  string
	Limit   int // 0: 50; at most 500
}

// Lease keeps a question for who looks at it, for a while.
type Lease struct {
	A, B   resolve.ID
	Holder string
	Until  time.Time
}

// LeasedError is ErrConflict: another holds the lease of a question.
type LeasedError struct{ Lease Lease }

func (e *LeasedError) Error() string {
	return fmt.Sprintf("%s looks at %s and %s until %s", e.Lease.Holder, e.Lease.A, e.Lease.B, e.Lease.Until.UTC().Format(time.TimeOnly))
}

// Unwrap returns ErrConflict.
func (e *LeasedError) Unwrap() error { return ErrConflict }

// StaleError is ErrConflict: an entity has changed since the actor looked at it.
type StaleError struct {
	Entity   resolve.ID
	Expected int64
	Version  int64    // its present one; 0: it is no more
	Changes  []Change // what happened to it since, oldest first
}

func (e *StaleError) Error() string {
	acts := make([]string, len(e.Changes))
	for i, c := range e.Changes {
		acts[i] = fmt.Sprintf("%s by %s", c.Act, c.Cause)
	}
	return fmt.Sprintf("%s has changed since version %d: %s", e.Entity, e.Expected, strings.Join(acts, "; "))
}

// Unwrap returns ErrConflict.
func (e *StaleError) Unwrap() error { return ErrConflict }

// StaleRuleError is ErrConflict: a rule or a trust has changed since the actor looked at it.
type StaleRuleError struct {
	Asked    Effect // what the actor would have said
	Expected int64  // the act by which that was in force which the actor looked at; 0: nothing was
	Now      Effect // what is in force; not On: nothing is
	Act      int64  // the act by which it is so; 0: that is not known
	Actor    string // whose
}

func (e *StaleRuleError) Error() string {
	var what, is string
	if r := e.Asked.Rule; r != nil {
		what, is = fmt.Sprintf("the rule of %s %s", r.Kind, r.Field), "as usual"
	} else {
		what, is = "the trust in "+e.Asked.Trust.Source, "0"
	}
	if e.Now.On {
		is = e.Now.says()
	}
	since, by := "", ""
	if e.Expected != 0 {
		since = fmt.Sprintf(" since act %d", e.Expected)
	}
	if e.Act != 0 {
		by = fmt.Sprintf(", by act %d of %s", e.Act, e.Actor)
	}
	return fmt.Sprintf("%s has changed%s: it is %s now%s", what, since, is, by)
}

// Unwrap returns ErrConflict.
func (e *StaleRuleError) Unwrap() error { return ErrConflict }

// ContradictionError is ErrConflict: a judgement cannot hold beside those of Proof.
type ContradictionError struct {
	Judgement resolve.Judgement
	Proof     []resolve.Judgement
	Names     map[resolve.ID]string // of the records that have one
}

func (e *ContradictionError) Error() string {
	told := make([]string, len(e.Proof))
	for i, j := range e.Proof {
		told[i] = fmt.Sprintf("%s by %s on %s", e.say(j), j.By, j.At.UTC().Format(time.DateOnly))
	}
	return fmt.Sprintf("%s, so %s cannot hold", strings.Join(told, ", "), e.say(e.Judgement))
}

// say tells a judgement in a few signs.
func (e *ContradictionError) say(j resolve.Judgement) string {
	sign := map[resolve.Word]string{resolve.Same: "=", resolve.Different: "≠", resolve.Unsure: "?"}[j.Word]
	return e.name(j.A) + sign + e.name(j.B)
}

// name calls a record by its name, with its id where another one here has the same name.
func (e *ContradictionError) name(id resolve.ID) string {
	name := e.Names[id]
	for _, other := range slices.Sorted(maps.Keys(e.Names)) {
		if other != id && e.Names[other] == name {
			return fmt.Sprintf("%s (%s)", name, id)
		}
	}
	if name == "" {
		return string(id)
	}
	return name
}

// Unwrap returns ErrConflict.
func (e *ContradictionError) Unwrap() error { return ErrConflict }
