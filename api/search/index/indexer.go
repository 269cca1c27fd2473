package index

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"

	"umpire/ent/store"
	"umpire/resolve"
)

// Source is the database, as far as an index follows it.
type Source interface {
	Head(ctx context.Context) (store.Head, error)
	Touched(ctx context.Context, after store.Head, limit int) (store.Touched, store.Head, error)
	Searchable(ctx context.Context, ids []resolve.ID) (store.SearchState, error)
	MatchesWith(ctx context.Context, named []resolve.ID) ([]resolve.ID, error)
	EverySearchable(ctx context.Context, take func(state store.SearchState, matches int64) error) error
}

// Indexer keeps the index in use true to the database. Several may do so at once.
type Indexer struct {
	server *Server
	source Source
	fault  atomic.Pointer[error] // why it cannot go on; nil: it can
	// Between attempts that fail; slowest, but for tests.
	slowest time.Duration
}

// NewIndexer makes an indexer.
func NewIndexer(server *Server, source Source) *Indexer {
	return &Indexer{server: server, source: source, slowest: slowest}
}

// How the indexer goes about it.
const (
	touchedAtOnce = 1000                   // changes of a step, and messages
	lookEvery     = 150 * time.Millisecond // for something new in the database
	askEvery      = 3 * time.Second        // for what became of the index, where nothing is new
	slowest       = 5 * time.Second        // between attempts that fail
)

// Run follows the database until ctx ends: it makes an index where there is none, and goes
// on where an index ends. What fails is tried again, with pauses that grow; until it has
// succeeded, nothing counts as followed.
func (x *Indexer) Run(ctx context.Context) error {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval = 100*time.Millisecond, x.slowest
	var known store.Head
	var asked time.Time
	for ctx.Err() == nil {
		wait := lookEvery
		head, err := x.source.Head(ctx)
		if err == nil && (head != known || time.Since(asked) > askEvery) {
			if err = x.catchUp(ctx); err == nil {
				known, asked = head, time.Now()
			}
		}
		if x.tell(ctx, err); err != nil {
			known, wait = store.Head{}, pause.NextBackOff()
		} else {
			pause.Reset()
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
	return nil
}

// tell logs when the indexer cannot go on any more, or can again.
func (x *Indexer) tell(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	var fault *error
	if err != nil {
		fault = &err
	}
	before := x.fault.Swap(fault)
	log := zerolog.Ctx(ctx)
	switch {
	case err != nil && (before == nil || (*before).Error() != err.Error()):
		log.Warn().Err(err).Msg("the search index does not follow the database")
	case err == nil && before != nil:
		log.Info().Msg("the search index follows the database again")
	}
}

// CatchUp brings the index in use to where the database is now. ErrNone: there is none.
func (x *Indexer) CatchUp(ctx context.Context) error {
	index, err := x.server.inUse(ctx)
	if err != nil {
		return err
	}
	return x.bring(ctx, index)
}

func (x *Indexer) catchUp(ctx context.Context) error {
	err := x.CatchUp(ctx)
	if errors.Is(err, ErrNone) {
		zerolog.Ctx(ctx).Info().Msg("making the search index")
		return x.Rebuild(ctx, func(int64, int64) {})
	}
	return err
}

// bring brings an index to where the database is when it begins: who writes on without a
// pause does not keep it from ending.
func (x *Indexer) bring(ctx context.Context, index string) error {
	at, err := x.server.followed(ctx, index)
	if err != nil {
		return err
	}
	head, err := x.source.Head(ctx)
	if err != nil {
		return err
	}
	if at.Changes > head.Changes || at.Messages > head.Messages {
		return ErrForeign
	}
	for at.Changes < head.Changes || at.Messages < head.Messages {
		touched, to, err := x.source.Touched(ctx, at, touchedAtOnce)
		if err != nil || to == at {
			return err
		}
		if err := x.renew(ctx, index, touched); err != nil {
			return err
		}
		if err := x.server.follow(ctx, index, to); err != nil {
			return err
		}
		at = to
	}
	return nil
}

// renew writes what entities are now. A name that is new to the index goes to the matches
// that bear it first: if this ends in between, the name is still new the next time.
func (x *Indexer) renew(ctx context.Context, index string, touched store.Touched) error {
	ids := touched.IDs
	state, err := x.source.Searchable(ctx, ids)
	if err != nil {
		return err
	}
	renamed, err := x.renamed(ctx, index, touched, state)
	if err != nil {
		return err
	}
	bearers, err := x.source.MatchesWith(ctx, renamed)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(bearers, touchedAtOnce) {
		borne, err := x.source.Searchable(ctx, chunk)
		if err != nil {
			return err
		}
		if err := x.put(ctx, index, borne, nil); err != nil {
			return err
		}
	}
	return x.put(ctx, index, state, ids)
}

// renamed returns those whose names may not be those that their matches bear in the index:
// what has changed, and what it calls otherwise. That it calls a thing alike is not enough
// where names may have gone and come back: another indexer may be about to write to matches
// what was in between, which is older than what is written to them now, and is refused then.
// By messages alone names only come.
func (x *Indexer) renamed(ctx context.Context, index string, touched store.Touched, state store.SearchState) ([]resolve.ID, error) {
	var renamed, alike []resolve.ID
	for _, id := range touched.IDs {
		switch _, present := state.Named[id]; {
		case !present || id.Kind() == resolve.KindTitle:
		case touched.Changed[id]:
			renamed = append(renamed, id)
		default:
			alike = append(alike, id)
		}
	}
	had, err := x.server.namesIn(ctx, index, alike)
	if err != nil {
		return nil, err
	}
	for _, id := range alike {
		now, _ := forms(state.Named[id].Names)
		if !slices.Equal(slices.Sorted(slices.Values(now)), slices.Sorted(slices.Values(had[id]))) {
			renamed = append(renamed, id)
		}
	}
	return renamed, nil
}

// put writes the matches of a state and, of the ids, what has a name and what is no more.
func (x *Indexer) put(ctx context.Context, index string, state store.SearchState, ids []resolve.ID) error {
	w := newWriter(state)
	gone := make(map[resolve.ID]bool, len(ids))
	for _, id := range ids {
		gone[id] = true
	}
	var puts []put
	for _, m := range state.Matches {
		puts = append(puts, w.match(m))
		delete(gone, m.ID)
	}
	for _, id := range ids {
		if _, present := state.Named[id]; present {
			puts = append(puts, put{id, state.At.Moment(), w.named(id)})
			delete(gone, id)
		}
	}
	for id := range gone {
		puts = append(puts, put{id, state.At.Moment(), document{}})
	}
	return x.server.writeAll(ctx, index, puts)
}

// writeAll writes documents in as many requests as they need, in their order.
func (s *Server) writeAll(ctx context.Context, index string, puts []put) error {
	var b batch
	for _, p := range puts {
		if err := b.add(p); err != nil {
			return err
		}
		if b.full() {
			if err := s.write(ctx, index, &b); err != nil {
				return err
			}
			b = batch{}
		}
	}
	return s.write(ctx, index, &b)
}
