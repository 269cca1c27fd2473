package run

import (
	"context"
	"fmt"

	"umpire/ent/store"
	"umpire/resolve"
)

// The engine belongs to the goroutine that settles. Whoever wants to know why hands it the
// question, and it answers between settlings.

// question is about two records; it takes one answer.
type question struct {
	a, b   resolve.ID
	answer chan<- answer
}

type answer struct {
	why resolve.Why
	err error
}

// Why accounts for two records, as of the last settling. It is safe for concurrent use, and
// waits while the engine settles or is rebuilt, until ctx ends. store.ErrElsewhere: this
// process does not resolve the database now. Other errors are those of resolve.Engine.Why.
func (r *Resolver) Why(ctx context.Context, a, b resolve.ID) (resolve.Why, error) {
	answered := make(chan answer, 1)
	select {
	case r.questions <- question{a, b, answered}:
	case <-ctx.Done():
		return resolve.Why{}, fmt.Errorf("ask the resolver: %w", ctx.Err())
	}
	select {
	case got := <-answered:
		return got.why, got.err
	case <-ctx.Done():
		return resolve.Why{}, fmt.Errorf("wait for the resolver: %w", ctx.Err())
	}
}

// answerAll answers the questions that wait.
func (r *Resolver) answerAll() {
	for {
		select {
		case q := <-r.questions:
			r.answer(q)
		default:
			return
		}
	}
}

func (r *Resolver) answer(q question) {
	why, err := explain(r.engine, q.a, q.b)
	q.answer <- answer{why, err}
}

// explain turns a panic of the engine into an error: a question must not stop the line.
func explain(engine *resolve.Engine, a, b resolve.ID) (why resolve.Why, err error) { //nolint:nonamedreturns // recover has no other way to tell
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic on why of %s and %s: %v", a, b, p)
		}
	}()
	return engine.Why(a, b)
}

// refuse answers that the engine is not here.
func (q question) refuse() { q.answer <- answer{err: store.ErrElsewhere} }

// Why accounts for two records by all that a store holds now, settled or not. It changes
// nothing and needs not own the database, but costs what rebuilding the engine costs.
// Errors are those of resolve.Engine.Why, or of the database.
func Why(ctx context.Context, s *store.Store, a, b resolve.ID) (resolve.Why, error) {
	_, engine, _, err := load(ctx, s)
	if err != nil {
		return resolve.Why{}, err
	}
	engine.Resolve()
	return engine.Why(a, b)
}
