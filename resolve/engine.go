package resolve

import "iter"

// Engine is the contract in the making; see the package comment.
type Engine struct{}

// Model is the versioned, readable file of comparison levels and weights.
type Model struct{}

// New makes an empty engine. A nil model means the one shipped.
func New(model *Model) *Engine { panic("todo") }

// Put gives the engine a match record, new or changed: it replaces what that record said
// before, teams and scores included. Nothing is resolved until Settle.
func (e *Engine) Put(m Match) { panic("todo") }

// Remove takes a match record out (withdrawn). Unknown ids are ignored.
func (e *Engine) Remove(id ID) { panic("todo") }

// Restore tells the engine what a store holds already, so that the next Settle plans only
// the difference. To be called once, before the first Settle.
func (e *Engine) Restore(entities iter.Seq[Entity], links iter.Seq[Link]) { panic("todo") }

// Settle resolves what changed since the last Settle and returns the plan that brings a
// store there. The partition that results is a function of the records alone: not of
// their order, of the number of calls, or of restarts.
func (e *Engine) Settle() Plan { panic("todo") }

// Entities yields every entity as of the last Settle, in order of Kinds, then of ID.
func (e *Engine) Entities() iter.Seq[Entity] { panic("todo") }

// EntityOf returns the entity of a record of any kind, or false.
func (e *Engine) EntityOf(record ID) (ID, bool) { panic("todo") }

// Explain returns the weight of any two records of a kind with its evidence, or false if
// one is unknown. It is computed by the code that decides.
func (e *Engine) Explain(a, b ID) (Link, bool) { panic("todo") }
