package store

// Leases, so that no two decide the same question against each other. They hold nobody for
// long: each ends by itself.

import (
	"context"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/lease"
	"umpire/resolve"
)

// Lease keeps the question about two records for a holder for some time, or renews what the
// holder has. *LeasedError: another has it.
func (s *Store) Lease(ctx context.Context, a, b resolve.ID, holder string, ttl time.Duration) (Lease, error) {
	if err := (Signature{Actor: holder}).check(); err != nil {
		return Lease{}, err
	}
	a, b = min(a, b), max(a, b)
	if err := (resolve.Judgement{A: a, B: b, Word: resolve.Unsure}).Check(); err != nil {
		return Lease{}, err
	}
	now := instant(time.Now())
	l := Lease{A: a, B: b, Holder: holder, Until: now.Add(ttl).Truncate(time.Microsecond)}
	err := s.write(ctx, func(t *tx) error {
		if _, err := t.Lease.Delete().Where(lease.ExpiresAtLTE(now)).Exec(ctx); err != nil {
			return fmt.Errorf("forget leases that have ended: %w", err)
		}
		query, args := sql.Dialect(t.dialect).Insert(lease.Table).Columns(lease.FieldA, lease.FieldB, lease.FieldHolder, lease.FieldExpiresAt).
			Values(string(a), string(b), holder, l.Until).
			OnConflict(sql.ConflictColumns(lease.FieldA, lease.FieldB), sql.ResolveWithNewValues(),
				sql.UpdateWhere(sql.ExprP("leases.holder = excluded.holder"))).Query()
		if _, err := t.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("lease: %w", err)
		}
		return t.unleased(ctx, holder, []resolve.Pair{{A: a, B: b}})
	})
	if err != nil {
		return Lease{}, err
	}
	return l, nil
}

// Release gives a lease back; if the holder has none, that is well.
func (s *Store) Release(ctx context.Context, a, b resolve.ID, holder string) error {
	if checkIDs(a, b) != nil || !isText(holder) {
		return nil
	}
	_, err := s.client.Lease.Delete().Where(lease.A(string(min(a, b))), lease.B(string(max(a, b))), lease.Holder(holder)).Exec(ctx)
	return unanswered(err)
}

// ReleaseOthers gives back all leases of a holder but those of the pairs to keep: for whoever
// looks at one question at a time, and has moved on.
func (s *Store) ReleaseOthers(ctx context.Context, holder string, keep ...resolve.Pair) error {
	if !isText(holder) {
		return nil
	}
	others := s.client.Lease.Delete().Where(lease.Holder(holder))
	for _, p := range keep {
		if checkIDs(p.A, p.B) == nil {
			others.Where(lease.Or(lease.ANEQ(string(min(p.A, p.B))), lease.BNEQ(string(max(p.A, p.B)))))
		}
	}
	_, err := others.Exec(ctx)
	return unanswered(err)
}

// leases finds who looks at the questions about some pairs.
func (v view) leases(ctx context.Context, pairs []resolve.Pair) (map[resolve.Pair]Lease, error) {
	found, err := readPairs[struct {
		A, B   resolve.ID
		Holder string
		Until  time.Time `sql:"expires_at"`
	}](ctx, v, lease.Table, lease.Columns[1:], pairs, "true")
	if err != nil {
		return nil, err
	}
	now := time.Now()
	held := map[resolve.Pair]Lease{}
	for _, l := range found {
		if l.Until.After(now) {
			held[resolve.Pair{A: l.A, B: l.B}] = Lease{A: l.A, B: l.B, Holder: l.Holder, Until: l.Until.UTC()}
		}
	}
	return held, nil
}

// unleased returns a *LeasedError if another has the lease of one of some pairs.
func (v view) unleased(ctx context.Context, holder string, pairs []resolve.Pair) error {
	held, err := v.leases(ctx, pairs)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if l, leased := held[p]; leased && l.Holder != holder {
			return &LeasedError{l}
		}
	}
	return nil
}

// takeLeases ends the leases of what an act decides, which may not be another's.
func (t *tx) takeLeases(ctx context.Context, actor string, effects []Effect) error {
	var pairs []resolve.Pair
	for _, e := range effects {
		if j := e.Judgement; j != nil && e.On {
			pairs = append(pairs, resolve.Pair{A: j.A, B: j.B})
		}
	}
	if err := t.unleased(ctx, actor, pairs); err != nil {
		return err
	}
	ended := rows{table: lease.Table, columns: []string{lease.FieldA, lease.FieldB}}
	for _, p := range pairs {
		ended.values = append(ended.values, []any{p.A, p.B})
	}
	return t.eachPart(ctx, ended, func(part string) string {
		return ended.with("ended", part) + "DELETE FROM leases WHERE (a, b) IN (SELECT a, b FROM ended)"
	})
}
