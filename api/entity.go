package api

// What matches, teams, tournaments and titles share: ids that are for ever.

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"umpire/ent/store"
	"umpire/resolve"
)

// present reads an entity, or a part of it, by its present id. A former id is answered by
// where the entity now is, and one of another kind by where that is.
func present[T any](ctx context.Context, a *API, kind resolve.Kind, id resolve.ID, part string,
	read func(context.Context, resolve.ID) (T, error),
) (T, error) {
	var none T
	switch id.Kind() {
	case kind:
	case "":
		return none, fmt.Errorf("%q is no id of Umpire's: %w", string(id), store.ErrNotFound)
	default:
		return none, fmt.Errorf("%s is a %s, to be looked for at %s: %w", id, id.Kind(), href(id), store.ErrNotFound)
	}
	v, err := read(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return none, a.whereabouts(ctx, id, part)
	}
	return v, err
}

// whereabouts says, as an error, what became of an id that is no entity's now.
func (a *API) whereabouts(ctx context.Context, id resolve.ID, part string) error {
	now, err := a.Store.Canonical(ctx, id)
	switch {
	case errors.Is(err, store.ErrGone):
		return fmt.Errorf("%s: all its records were withdrawn: %w", id, store.ErrGone)
	case errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("%s: %w", id, store.ErrNotFound)
	case err != nil:
		return err
	case now == id:
		return fmt.Errorf("%s%s: %w", id, part, store.ErrNotFound)
	}
	return movedTo(now, part)
}

// some makes a reading that finds nothing ErrNotFound.
func some[T any](read func(context.Context, resolve.ID) ([]T, error)) func(context.Context, resolve.ID) ([]T, error) {
	return func(ctx context.Context, id resolve.ID) ([]T, error) {
		found, err := read(ctx, id)
		if err == nil && len(found) == 0 {
			return nil, store.ErrNotFound
		}
		return found, err
	}
}

// inFull is a list that is one page.
func inFull[From, To any](from []From, f func(From) To) *body[Page[To]] {
	return &body[Page[To]]{Page[To]{Items: each(from, f)}}
}

func version(v int64) string { return fmt.Sprintf("v%d", v) }

func schemaOf[T any](r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[T](), true, "")
}
