package web

import (
	"context"
	"errors"
	"slices"

	"umpire/ent/store"
	"umpire/resolve"
)

// merges are the entities whose records came together lately, the last first.
type merges struct {
	Matches []matchDay
	Names   []namedRow // titles, tournaments and teams
}

// Merges are sought among the last changes, so many at a time, and so many times.
const (
	changesSought = 500
	timesSought   = 4
)

// merges finds what came together lately, up to the change called last.
func (s *site) merges(ctx context.Context, last int64) (merges, error) {
	var found together
	for range timesSought {
		from := max(0, last-changesSought)
		if from == last || found.enough() {
			break
		}
		changes, err := s.Store.Changes(ctx, from, int(last-from))
		if err != nil {
			return merges{}, err
		}
		for _, c := range slices.Backward(changes) {
			found.add(c)
		}
		last = from
	}
	names, err := present(ctx, found.names, s.Store.Named)
	if err != nil {
		return merges{}, err
	}
	matches, err := present(ctx, found.matches, s.Store.Match)
	return merges{byDay(each(matches, rowOf), store.ByUpdatedDesc), each(names, namedRowOf)}, err
}

// together gathers entities whose records came together.
type together struct{ names, matches []resolve.ID }

func (t *together) enough() bool {
	return len(t.names) >= latestShown && len(t.matches) >= latestShown
}

// add takes note of a change by which an entity took others in, or by which several
// records founded it.
func (t *together) add(c store.Change) {
	if c.Act != resolve.Merged && (c.Act != resolve.Created || len(c.Records) < 2) {
		return
	}
	into := &t.names
	if c.Kind == resolve.KindMatch {
		into = &t.matches
	}
	if len(*into) < latestShown && !slices.Contains(*into, c.Entity) {
		*into = append(*into, c.Entity)
	}
}

// present reads entities as they are now, and leaves out those that are no more.
func present[T any](ctx context.Context, ids []resolve.ID, read func(context.Context, resolve.ID) (T, error)) ([]T, error) {
	var all []T
	for _, id := range ids {
		one, err := read(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}
