package access

// Sessions: browsers that signed in by a token, known by a cookie.

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"
	"time"

	"umpire/ent/store"
)

// sessionLasts is how long a browser stays signed in at most.
const sessionLasts = 7 * 24 * time.Hour

// cookieName is that of a session. Over TLS its prefix has browsers take the cookie from this
// very host alone, over TLS, and for all of it.
const (
	cookieName   = "umpire_session"
	cookiePrefix = "__Host-"
)

// secure tells whether the browser speaks TLS. That a proxy says so need not be true: who lies
// keeps the cookie from themselves alone.
func secure(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

func cookieOf(r *http.Request) string {
	if secure(r) {
		return cookiePrefix + cookieName
	}
	return cookieName
}

// sessionIn is the hash of a request's session, if it has one.
func sessionIn(r *http.Request) (store.Hash, bool) {
	cookie, err := r.Cookie(cookieOf(r))
	if err != nil || cookie.Value == "" {
		return store.Hash{}, false
	}
	return sha256.Sum256([]byte(cookie.Value)), true
}

// bySession finds who is signed in. A session that has ended is nobody's, and no fault.
func (g *Guard) bySession(ctx context.Context, r *http.Request) (Principal, error) {
	hash, signedIn := sessionIn(r)
	if !signedIn {
		return Principal{}, nil
	}
	t, err := g.Store.TokenBySession(ctx, hash)
	if errors.Is(err, store.ErrNotFound) {
		return Principal{}, nil
	}
	if err != nil {
		return Principal{}, err
	}
	who, err := g.admit(ctx, t)
	if unknown := (*UnknownError)(nil); errors.As(err, &unknown) {
		return Principal{}, nil
	}
	who.Session = true
	return who, err
}

// SignIn opens a session by a token's text, in place of the one that the browser has: a session
// that somebody else put there is never one that is signed in. *UnknownError: the text is not
// that of a live token.
func (g *Guard) SignIn(w http.ResponseWriter, r *http.Request, text string) error {
	who, err := g.byToken(r.Context(), strings.TrimSpace(text))
	if err != nil {
		return err
	}
	if err := g.closeOwn(r); err != nil {
		return err
	}
	until := time.Now().Add(sessionLasts)
	if who.Expires != nil && who.Expires.Before(until) {
		until = *who.Expires
	}
	id := rand.Text() + rand.Text() // 2 × 130 bits
	if err := g.Store.OpenSession(r.Context(), who.Token, sha256.Sum256([]byte(id)), until); err != nil {
		return err
	}
	keepCookie(w, r, id, int(time.Until(until).Seconds()))
	return nil
}

// SignOut ends the browser's session.
func (g *Guard) SignOut(w http.ResponseWriter, r *http.Request) error {
	keepCookie(w, r, "", -1)
	return g.closeOwn(r)
}

// SignOutEverywhere ends all sessions of the token by which the browser is signed in.
func (g *Guard) SignOutEverywhere(w http.ResponseWriter, r *http.Request) error {
	keepCookie(w, r, "", -1)
	if who := From(r.Context()); who.Token != "" {
		return g.Store.CloseSessions(r.Context(), who.Token)
	}
	return nil
}

func (g *Guard) closeOwn(r *http.Request) error {
	hash, signedIn := sessionIn(r)
	if !signedIn {
		return nil
	}
	return g.Store.CloseSession(r.Context(), hash)
}

// keepCookie has the browser keep the cookie of a session, or forget it.
func keepCookie(w http.ResponseWriter, r *http.Request, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: cookieOf(r), Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: secure(r), SameSite: http.SameSiteLaxMode,
	})
}
