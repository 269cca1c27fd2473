package run

import (
	"context"
	"fmt"

	"umpire/ent/store"
	"umpire/resolve"
)

// The engine belongs to the goroutine that settles. Whoever has a question hands it over, and
// it is answered between settlings.

// question is asked of the resolver while it settles nothing; nil: of one that has no engine.
type question func(*Resolver)

// ask has a question answered. store.ErrElsewhere: this process does not resolve the database now.
func ask[T any](ctx context.Context, r *Resolver, what func(*Resolver) (T, error)) (T, error) {
	type answer struct {
		is  T
		err error
	}
	answered := make(chan answer, 1)
	q := func(r *Resolver) {
		if r == nil {
			answered <- answer{err: store.ErrElsewhere}
			return
		}
		is, err := what(r)
		answered <- answer{is, err}
	}
	var none T
	select {
	case r.questions <- q:
	case <-ctx.Done():
		return none, fmt.Errorf("ask the resolver: %w", ctx.Err())
	}
	select {
	case got := <-answered:
		return got.is, got.err
	case <-ctx.Done():
		return none, fmt.Errorf("wait for the resolver: %w", ctx.Err())
	}
}

// answerAll answers the questions that wait, as long as the engine is to be trusted.
func (r *Resolver) answerAll() {
	for !r.broken {
		select {
		case q := <-r.questions:
			q(r)
		default:
			return
		}
	}
}

// Why accounts for two records, as of the last settling. It is safe for concurrent use, and
// waits while the engine settles or is rebuilt, until ctx ends. store.ErrElsewhere: this
// process does not resolve the database now. Other errors are those of resolve.Engine.Why.
func (r *Resolver) Why(ctx context.Context, a, b resolve.ID) (resolve.Why, error) {
	return ask(ctx, r, func(r *Resolver) (resolve.Why, error) { return explain(r.engine, a, b) })
}

func explain(engine *resolve.Engine, a, b resolve.ID) (why resolve.Why, err error) { //nolint:nonamedreturns // as recovered needs it
	defer recovered(&err, fmt.Sprintf("why of %s and %s", a, b))
	return engine.Why(a, b)
}

// Why accounts for two records by all that a store holds now, settled or not. It changes
// nothing and needs not own the database, but costs what rebuilding the engine costs.
// Errors are those of resolve.Engine.Why, or of the database.
func Why(ctx context.Context, s *store.Store, a, b resolve.ID) (resolve.Why, error) {
	is, err := load(ctx, s, (*resolve.Engine).Put)
	if err != nil {
		return resolve.Why{}, err
	}
	is.engine.Resolve()
	return is.engine.Why(a, b)
}
