package store

// Tokens, by which one may act, and the sessions of browsers that signed in by one. Here are
// their hashes alone: what a token's text is, and what its role may do, others know.

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db"
	"umpire/ent/db/predicate"
	sessions "umpire/ent/db/session"
	"umpire/ent/db/token"
	"umpire/resolve"
)

// Hash is SHA-256 of a secret. A secret is 256 bits of chance, so nothing slower is needed; and
// to look a row up by its hash tells by its time nothing of the secret, so that need not be
// constant.
type Hash [32]byte

func (h Hash) hex() string { return hex.EncodeToString(h[:]) }

// Token lets whoever has its text act by its name, as far as its role goes.
type Token struct {
	ID         string // part of its text
	Name       string // no two live ones have the same
	Role       string
	Source     string // that it speaks for; "" unless its role is that of a source
	CreatedAt  time.Time
	CreatedBy  string
	ExpiresAt  *time.Time // nil: never
	RevokedAt  *time.Time // nil: it is not
	LastUsedAt *time.Time // to the minute; nil: never
}

// TokenState is whether a token is good for anything.
type TokenState string

// The states.
const (
	TokenLive    TokenState = "live"
	TokenExpired TokenState = "expired"
	TokenRevoked TokenState = "revoked"
)

// State is that of a moment.
func (t Token) State(at time.Time) TokenState {
	switch {
	case t.RevokedAt != nil:
		return TokenRevoked
	case t.ExpiresAt != nil && !at.Before(*t.ExpiresAt):
		return TokenExpired
	}
	return TokenLive
}

// CreateToken keeps a token, which has all but when it was made, by the hash of its text. One of
// its name that has expired makes way. ErrConflict: a live one has the name, or its text is kept
// already.
func (s *Store) CreateToken(ctx context.Context, t Token, hash Hash) (Token, error) {
	for field, told := range map[string]string{"id": t.ID, "name": t.Name, "role": t.Role, "created_by": t.CreatedBy} {
		if told == "" {
			return Token{}, &resolve.InvalidError{Field: field, Reason: "is not told"}
		}
		if err := checkText(field, told); err != nil {
			return Token{}, err
		}
	}
	if err := checkText("source", t.Source); err != nil {
		return Token{}, err
	}
	t.CreatedAt = now()
	if t.ExpiresAt != nil {
		t.ExpiresAt = new(instant(*t.ExpiresAt).Truncate(time.Microsecond))
	}
	err := s.write(ctx, func(w *tx) error {
		if _, err := w.Token.Update().Where(token.Name(t.Name), token.RevokedAtIsNil(), token.ExpiresAtLTE(t.CreatedAt)).
			SetRevokedAt(t.CreatedAt).Save(ctx); err != nil {
			return fmt.Errorf("let the one that has expired go: %w", err)
		}
		return w.Token.Create().SetID(t.ID).SetName(t.Name).SetRole(t.Role).SetSource(t.Source).SetHash(hash.hex()).
			SetCreatedAt(t.CreatedAt).SetCreatedBy(t.CreatedBy).SetNillableExpiresAt(t.ExpiresAt).Exec(ctx)
	})
	if db.IsConstraintError(err) {
		return Token{}, fmt.Errorf("%w: there is a live token of the name %q", ErrConflict, t.Name)
	}
	if err != nil {
		return Token{}, fmt.Errorf("create a token: %w", err)
	}
	return t, nil
}

// Tokens lists all that were ever made, oldest first.
func (s *Store) Tokens(ctx context.Context) ([]Token, error) {
	rows, err := s.client.Token.Query().Order(token.ByCreatedAt(), token.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", unanswered(err))
	}
	all := make([]Token, len(rows))
	for i, row := range rows {
		all[i] = tokenOf(row)
	}
	return all, nil
}

// AnyToken tells whether a token was ever made, whatever became of it.
func (s *Store) AnyToken(ctx context.Context) (bool, error) { return s.anyToken(ctx) }

// AnyLiveToken tells whether there is a token that is good for something.
func (s *Store) AnyLiveToken(ctx context.Context) (bool, error) {
	return s.anyToken(ctx, token.RevokedAtIsNil(), token.Or(token.ExpiresAtIsNil(), token.ExpiresAtGT(now())))
}

func (s *Store) anyToken(ctx context.Context, those ...predicate.Token) (bool, error) {
	found, err := s.client.Token.Query().Where(those...).Exist(ctx)
	if err != nil {
		return false, fmt.Errorf("look for a token: %w", unanswered(err))
	}
	return found, nil
}

// TokenByHash returns the token whose text has a hash, whatever its state. ErrNotFound: there is
// none such.
func (s *Store) TokenByHash(ctx context.Context, hash Hash) (Token, error) {
	return s.token(ctx, token.Hash(hash.hex()))
}

func (s *Store) token(ctx context.Context, that ...predicate.Token) (Token, error) {
	row, err := s.client.Token.Query().Where(that...).Only(ctx)
	if db.IsNotFound(err) {
		return Token{}, fmt.Errorf("token: %w", ErrNotFound)
	}
	if err != nil {
		return Token{}, fmt.Errorf("read a token: %w", unanswered(err))
	}
	return tokenOf(row), nil
}

// lastUseStep is how often at most the last use of a token is written.
const lastUseStep = time.Minute

// TokenUsed writes that a token is used now, unless that was written within the last minute.
func (s *Store) TokenUsed(ctx context.Context, t Token) error {
	at := now()
	if t.LastUsedAt != nil && at.Sub(*t.LastUsedAt) < lastUseStep {
		return nil
	}
	return s.write(ctx, func(w *tx) error {
		_, err := w.Token.Update().Where(token.ID(t.ID), token.Or(token.LastUsedAtIsNil(), token.LastUsedAtLTE(at.Add(-lastUseStep)))).
			SetLastUsedAt(at).Save(ctx)
		return err
	})
}

// RevokeToken ends a token for ever, and its sessions. It is safe to repeat. ErrNotFound: there is
// none such.
func (s *Store) RevokeToken(ctx context.Context, id string) (Token, error) {
	return s.revoke(ctx, id, token.ID(id))
}

// RevokeTokenNamed is RevokeToken of the one that has a name and is not revoked.
func (s *Store) RevokeTokenNamed(ctx context.Context, name string) (Token, error) {
	return s.revoke(ctx, name, token.Name(name), token.RevokedAtIsNil())
}

func (s *Store) revoke(ctx context.Context, called string, that ...predicate.Token) (Token, error) {
	if err := checkText("token", called); err != nil {
		return Token{}, err
	}
	var revoked Token
	err := s.write(ctx, func(w *tx) error {
		row, err := w.Token.Query().Where(that...).Only(ctx)
		if db.IsNotFound(err) {
			return ErrNotFound
		}
		if err == nil && row.RevokedAt == nil {
			row, err = row.Update().SetRevokedAt(now()).Save(ctx)
		}
		if err != nil {
			return err
		}
		revoked = tokenOf(row)
		return w.closeSessions(ctx, row.ID)
	})
	if err != nil {
		return Token{}, fmt.Errorf("revoke token %s: %w", called, err)
	}
	return revoked, nil
}

// OpenSession keeps that a browser signed in by a token, until then at most: it ends with the
// token. Sessions that have ended are forgotten.
func (s *Store) OpenSession(ctx context.Context, tokenID string, hash Hash, until time.Time) error {
	at := now()
	err := s.write(ctx, func(w *tx) error {
		if _, err := w.Session.Delete().Where(sessions.ExpiresAtLTE(at)).Exec(ctx); err != nil {
			return fmt.Errorf("forget those that have ended: %w", err)
		}
		return w.Session.Create().SetHash(hash.hex()).SetToken(tokenID).SetCreatedAt(at).SetExpiresAt(instant(until)).Exec(ctx)
	})
	if err != nil {
		return fmt.Errorf("open a session: %w", err)
	}
	return nil
}

// TokenBySession returns the token by which a session was opened, whatever its state.
// ErrNotFound: there is no such session, or it has ended.
func (s *Store) TokenBySession(ctx context.Context, hash Hash) (Token, error) {
	return s.token(ctx, func(q *sql.Selector) {
		t := sql.Table(sessions.Table)
		q.Where(sql.In(q.C(token.FieldID), sql.Select(t.C(sessions.FieldToken)).From(t).
			Where(sql.And(sql.EQ(t.C(sessions.FieldHash), hash.hex()), sql.GT(t.C(sessions.FieldExpiresAt), now())))))
	})
}

// CloseSession ends a session; if there is none such, that is well.
func (s *Store) CloseSession(ctx context.Context, hash Hash) error {
	return s.write(ctx, func(w *tx) error {
		_, err := w.Session.Delete().Where(sessions.Hash(hash.hex())).Exec(ctx)
		return err
	})
}

// CloseSessions ends all sessions of a token.
func (s *Store) CloseSessions(ctx context.Context, tokenID string) error {
	return s.write(ctx, func(w *tx) error { return w.closeSessions(ctx, tokenID) })
}

func (t *tx) closeSessions(ctx context.Context, tokenID string) error {
	if _, err := t.Session.Delete().Where(sessions.Token(tokenID)).Exec(ctx); err != nil {
		return fmt.Errorf("end its sessions: %w", err)
	}
	return nil
}

func tokenOf(row *db.Token) Token {
	return Token{
		ID: row.ID, Name: row.Name, Role: row.Role, Source: row.Source, CreatedAt: row.CreatedAt.UTC(), CreatedBy: row.CreatedBy,
		ExpiresAt: inUTC(row.ExpiresAt), RevokedAt: inUTC(row.RevokedAt), LastUsedAt: inUTC(row.LastUsedAt),
	}
}
