package index

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"umpire/ent/store"
)

// writers is how many requests of a rebuild are under way at once.
const writers = 2

// Rebuild makes a new index of all that there is, brings it to where the database is by
// then, and has it searched in the place of the one before, while others write on. It tells
// how many documents it has written, and about how many there will be. What the server
// refuses for now is tried again; one that refuses for ten minutes ends it, with the index
// in use left as it was.
func (x *Indexer) Rebuild(ctx context.Context, progress func(done, of int64)) error {
	index, err := x.server.create(ctx)
	if err != nil {
		return err
	}
	if err := x.fill(ctx, index, progress); err != nil {
		tidy, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		if err := x.server.drop(tidy, index); err != nil {
			zerolog.Ctx(ctx).Warn().Err(err).Str("index", index).Msg("what there was of the new index is left behind")
		}
		return err
	}
	others, err := x.server.use(ctx, index)
	if err != nil {
		return err
	}
	if err := x.bring(ctx, index); err != nil { // what came in while it was switched to
		return err
	}
	return x.server.retire(ctx, others)
}

// fill makes a new index of all that there is, and brings it to where the database is: once
// after the copy, which may have taken long, and once more, so that little is left by then.
func (x *Indexer) fill(ctx context.Context, index string, progress func(done, of int64)) error {
	at, err := x.copy(ctx, index, progress)
	if err != nil {
		return err
	}
	if err := x.server.follow(ctx, index, at); err != nil {
		return err
	}
	if err := x.bring(ctx, index); err != nil {
		return err
	}
	if err := x.server.settle(ctx, index); err != nil {
		return err
	}
	return x.bring(ctx, index)
}

// copy writes all that there is at one moment, and returns that.
func (x *Indexer) copy(ctx context.Context, index string, progress func(done, of int64)) (store.Head, error) {
	group, ctx := errgroup.WithContext(ctx)
	batches := make(chan *batch, writers)
	for range writers {
		group.Go(func() error {
			for b := range batches {
				if err := x.insist(ctx, index, b); err != nil {
					return err
				}
			}
			return nil
		})
	}
	var at store.Head
	group.Go(func() error {
		defer close(batches)
		c := copier{send: func(b *batch) error {
			select {
			case batches <- b:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}, progress: progress}
		if err := x.source.EverySearchable(ctx, c.take); err != nil {
			return err
		}
		at = c.at
		return c.send(&c.batch)
	})
	err := group.Wait()
	return at, err
}

// insist writes a batch, and tries again what the server refuses.
func (x *Indexer) insist(ctx context.Context, index string, b *batch) error {
	const longest = 10 * time.Minute
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		return struct{}{}, x.server.write(ctx, index, b)
	}, backoff.WithMaxElapsedTime(longest), backoff.WithNotify(func(err error, pause time.Duration) {
		zerolog.Ctx(ctx).Warn().Err(err).Dur("pause", pause).Msg("the search server takes no documents; trying again")
	}))
	return err
}

// copier makes documents of the states that it is given.
type copier struct {
	at       store.Head
	writer   *writer
	batch    batch
	done     int64
	send     func(*batch) error
	progress func(done, of int64)
}

// take is given all that has names in its first state, and matches in the others.
func (c *copier) take(state store.SearchState, matches int64) error {
	if c.writer == nil {
		c.at, c.writer = state.At, newWriter(state)
		for id := range state.Named {
			if err := c.put(put{id, state.At.Moment(), c.writer.named(id)}); err != nil {
				return err
			}
		}
	}
	for _, m := range state.Matches {
		if err := c.put(c.writer.match(m)); err != nil {
			return err
		}
	}
	c.progress(c.done, matches+int64(len(state.Named)))
	return nil
}

func (c *copier) put(p put) error {
	if err := c.batch.add(p); err != nil {
		return err
	}
	c.done++
	if !c.batch.full() {
		return nil
	}
	full := c.batch
	c.batch = batch{}
	return c.send(&full)
}
