package api

// Tokens: who may come in. They are made where the database is, by umpire token create, so that no
// token can make others; an admin looks them through, and ends them, from here.

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"umpire/api/access"
	"umpire/ent/store"
)

func (a *API) routeTokens() {
	const tag = "Tokens"
	handle(a, access.Administer, get("/v1/tokens", tag, "listTokens", "List tokens",
		"All that were ever made, oldest first, without what is secret of them."), a.listTokens)
	handle(a, access.Administer, huma.Operation{
		Method: http.MethodDelete, Path: "/v1/tokens/{id}", Tags: []string{tag},
		OperationID: "revokeToken", Summary: "Revoke a token", Errors: []int{http.StatusNotFound},
		Description: "Ends it for ever, and all sessions of browsers that signed in by it. It is safe to repeat.",
	}, a.revokeToken)
}

// Token is a token without its secret.
type Token struct {
	ID         string           `json:"id" doc:"Part of its text, between the underscores." example:"k3x9q2ab"`
	Name       string           `json:"name" doc:"Who acts by it." example:"ann"`
	Role       string           `json:"role" enum:"reader,source,curator,operator,admin" doc:"What it is for." example:"curator"`
	Source     string           `json:"source,omitempty" doc:"The source that it speaks for." example:"hltv"`
	State      store.TokenState `json:"state" enum:"live,expired,revoked" doc:"Whether it is good for anything." example:"live"`
	CreatedAt  time.Time        `json:"created_at" doc:"When it was made." example:"2026-03-01T12:00:00Z"`
	CreatedBy  string           `json:"created_by" doc:"By whom." example:"root"`
	ExpiresAt  *time.Time       `json:"expires_at,omitempty" doc:"When it ends; left out: never." example:"2026-06-01T12:00:00Z"`
	RevokedAt  *time.Time       `json:"revoked_at,omitempty" doc:"When it was revoked." example:"2026-04-01T12:00:00Z"`
	LastUsedAt *time.Time       `json:"last_used_at,omitempty" doc:"When it was used last, to the minute." example:"2026-03-31T18:04:00Z"`
}

func tokenOf(t store.Token) Token {
	return Token{
		ID: t.ID, Name: t.Name, Role: t.Role, Source: t.Source, State: t.State(time.Now()), CreatedAt: t.CreatedAt, CreatedBy: t.CreatedBy,
		ExpiresAt: t.ExpiresAt, RevokedAt: t.RevokedAt, LastUsedAt: t.LastUsedAt,
	}
}

func (a *API) listTokens(ctx context.Context, _ *struct{}) (*body[Page[Token]], error) {
	tokens, err := a.Store.Tokens(ctx)
	return inFull(tokens, tokenOf), err
}

// TokenID is the path of one token.
type TokenID struct {
	ID string `path:"id" maxLength:"24" doc:"The token's id." example:"k3x9q2ab"`
}

func (a *API) revokeToken(ctx context.Context, in *TokenID) (*body[Token], error) {
	revoked, err := a.Store.RevokeToken(ctx, in.ID)
	return &body[Token]{tokenOf(revoked)}, err
}
