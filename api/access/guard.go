package access

// Who it is: by a token, by a session, or by being on this machine.

import (
	"context"
	"crypto/sha256"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"umpire/ent/store"
)

// Guard tells who sends requests. The zero configuration lets nobody do anything without a token.
type Guard struct {
	Store       *store.Store
	OpenReading bool // reading needs no token
	// Local lets who is on this machine do everything, by no token, as long as none was ever made.
	// It is for servers that listen on a loopback address alone.
	Local bool

	tokens atomic.Bool // there is a token, and so there will always be
	used   sync.Map    // by a token's id: when its last use was told to the store
}

// Know lets what comes behind it know who sends a request. It refuses nobody, and costs nothing
// until somebody asks.
func (g *Guard) Know(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visitor{find: func(ctx context.Context) (Principal, error) { return g.find(ctx, r) }}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitorKey{}, v)))
	})
}

// find finds out who sends a request. A token that is given counts alone.
func (g *Guard) find(ctx context.Context, r *http.Request) (Principal, error) {
	if given := r.Header.Get("Authorization"); given != "" {
		scheme, text, _ := strings.Cut(given, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return Principal{}, &UnknownError{Reason: "the header Authorization is to be the word Bearer and a token", Given: true}
		}
		return g.byToken(ctx, strings.TrimSpace(text))
	}
	if who, err := g.bySession(ctx, r); err != nil || who.Name != "" {
		return who, err
	}
	local, err := g.isLocal(ctx, r)
	if local {
		return Local, err
	}
	return Principal{open: g.OpenReading}, err
}

// byToken finds who a token's text belongs to. *UnknownError: nobody, now.
func (g *Guard) byToken(ctx context.Context, text string) (Principal, error) {
	if !shape.MatchString(text) {
		return Principal{}, errUnknownToken
	}
	t, err := g.Store.TokenByHash(ctx, sha256.Sum256([]byte(text)))
	if errors.Is(err, store.ErrNotFound) {
		return Principal{}, errUnknownToken
	}
	if err != nil {
		return Principal{}, err
	}
	return g.admit(ctx, t)
}

var errUnknownToken = &UnknownError{Reason: "this token is not known", Given: true}

// admit is who a token is for, if it is live.
func (g *Guard) admit(ctx context.Context, t store.Token) (Principal, error) {
	if state := t.State(time.Now()); state != store.TokenLive {
		return Principal{}, &UnknownError{Reason: map[store.TokenState]string{
			store.TokenExpired: "this token has expired", store.TokenRevoked: "this token was revoked",
		}[state], Given: true}
	}
	g.note(ctx, t)
	return Principal{Token: t.ID, Name: t.Name, Role: Role(t.Role), Source: t.Source, Expires: t.ExpiresAt, open: g.OpenReading}, nil
}

// How the last use of a token is told to the store: rarely, and so that no request waits long
// for it, nor fails by it.
const (
	noteEvery   = time.Minute
	notePatient = 200 * time.Millisecond
)

func (g *Guard) note(ctx context.Context, t store.Token) {
	now := time.Now()
	if told, before := g.used.Load(t.ID); before && now.Sub(told.(time.Time)) < noteEvery {
		return
	}
	g.used.Store(t.ID, now)
	ctx, cancel := context.WithTimeout(ctx, notePatient)
	defer cancel()
	_ = g.Store.TokenUsed(ctx, t) // the next minute tells it again
}

// isLocal tells whether a request is one of this machine's own, where no token was ever made. A
// page elsewhere that has its name lead here is known by that name; what a proxy sends on may
// be anybody's.
func (g *Guard) isLocal(ctx context.Context, r *http.Request) (bool, error) {
	if !g.Local || g.tokens.Load() || !loopback(r.Host) || forwarded(r) {
		return false, nil
	}
	found, err := g.Store.AnyToken(ctx)
	if found {
		g.tokens.Store(true)
	}
	return err == nil && !found, err
}

// loopback tells whether a host, with or without a port, is a name of this machine to itself.
func loopback(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	if strings.EqualFold(name, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil && address.IsLoopback()
}

func forwarded(r *http.Request) bool {
	for _, by := range []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"} {
		if r.Header.Get(by) != "" {
			return true
		}
	}
	return false
}
