// Package run drives the engine over a store: live, settling what each message dirties,
// and in batch, settling everything anew.
//
// One process at a time resolves a database; it holds the store's ownership lock, and
// its engine is rebuilt from the database at start, on the model that is in use there, and
// when another model is put in use. What it holds in memory can
// therefore always be thrown away: whenever the store and the engine disagree, or the
// engine fails, it is.
package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"

	"umpire/ent/store"
	"umpire/resolve"
)

// most is how many marks one transaction settles at most.
const most = 2000

// poll is how often a resolver without a nudge looks for marks and for another model, and
// how often one that does not own the database asks for it.
const poll = 200 * time.Millisecond

// Resolver settles a store's dirty records, as they come.
type Resolver struct {
	store      *store.Store
	quarantine Quarantine
	model      *resolve.Model // the one that the engine rests on
	engine     *resolve.Engine
	heard      heard
	broken     bool                                             // the engine failed, and is not to be trusted
	fresh      bool                                             // the engine was rebuilt, and has not settled anything since
	most       int                                              // most, but for tests of a backlog
	put        func(*resolve.Engine, []store.Mark) resolve.Plan // put, but for tests of what fails in it
	tell       func(*resolve.Engine, resolve.Match)             // Engine.Put, but for tests of what fails in that when the engine is rebuilt
	nudged     chan struct{}
	questions  chan question
}

// Quarantine takes an applied message out of effect, because the engine fails on what it
// says; its record goes back to what it said before.
type Quarantine func(ctx context.Context, message int64, reason resolve.InvalidError) error

// New makes a resolver of a store.
func New(s *store.Store, q Quarantine) *Resolver {
	return &Resolver{store: s, quarantine: q, most: most, put: put, tell: (*resolve.Engine).Put, nudged: make(chan struct{}, 1), questions: make(chan question)}
}

// Nudge tells the resolver that something was committed, so that it need not wait for
// its next look. It never blocks.
func (r *Resolver) Nudge() {
	select {
	case r.nudged <- struct{}{}:
	default:
	}
}

// Run owns the database and settles until ctx ends, which is no error. While another
// process owns the database it stands by. Faults of the database are logged and tried
// again with backoff.
func (r *Resolver) Run(ctx context.Context) error {
	log := zerolog.Ctx(ctx)
	wait := backoff.NewExponentialBackOff()
	for ctx.Err() == nil {
		err := r.hold(ctx, wait.Reset)
		if ctx.Err() != nil {
			break
		}
		pause := poll
		if errors.Is(err, store.ErrConflict) {
			log.Debug().Msg("another process resolves; standing by")
		} else {
			pause = wait.NextBackOff()
			log.Error().Err(err).Dur("again_in_ms", pause).Msg("resolver stopped; it will be rebuilt")
		}
		r.rest(ctx, pause)
	}
	return nil
}

// rest lets some time go by without an engine.
func (r *Resolver) rest(ctx context.Context, pause time.Duration) {
	over := time.After(pause)
	for {
		select {
		case <-ctx.Done():
			return
		case <-over:
			return
		case q := <-r.questions:
			q(nil)
		}
	}
}

// hold settles for as long as this process owns the database; it tells each success.
func (r *Resolver) hold(ctx context.Context, succeeded func()) error {
	release, err := r.store.Own(ctx)
	if err != nil {
		return fmt.Errorf("own the database: %w", err)
	}
	defer release()
	if err := errors.Join(r.load(ctx), r.store.Requeue(ctx)); err != nil {
		return err
	}
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		if err := r.drain(ctx); err != nil {
			return err
		}
		if err := r.follow(ctx); err != nil {
			return err
		}
		if err := r.turn(ctx); err != nil {
			return err
		}
		succeeded()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r.nudged:
		case <-ticker.C:
		case q := <-r.questions:
			q(r)
		}
	}
}

// drain settles until nothing is dirty. An engine that has failed on a question is rebuilt first.
func (r *Resolver) drain(ctx context.Context) error {
	for {
		if r.broken {
			if err := r.load(ctx); err != nil {
				return err
			}
		}
		n, err := r.settle(ctx)
		if err != nil {
			return err
		}
		act, err := r.settleAct(ctx)
		if err != nil || n == 0 && !act {
			return err
		}
		r.answerAll()
	}
}
