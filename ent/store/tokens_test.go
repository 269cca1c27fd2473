package store

import (
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// hashOf is the hash of a token's text.
func hashOf(text string) Hash { return sha256.Sum256([]byte(text)) }

func ann(id string, more ...func(*Token)) Token {
	t := Token{ID: id, Name: "ann", Role: "curator", CreatedBy: "root"}
	for _, m := range more {
		m(&t)
	}
	return t
}

func until(at time.Time) func(*Token) { return func(t *Token) { t.ExpiresAt = &at } }

func keptToken(t *testing.T, s *Store, of Token, text string) Token {
	t.Helper()
	kept, err := s.CreateToken(t.Context(), of, hashOf(text))
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// A token is found by its text alone, and is what it was made as.
func TestTokens(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		for what, look := range map[string]func() (bool, error){
			"a token": func() (bool, error) { return s.AnyToken(t.Context()) }, "a live one": func() (bool, error) { return s.AnyLiveToken(t.Context()) },
		} {
			if found, err := look(); found || err != nil {
				t.Errorf("there is %s in an empty store: %v", what, err)
			}
		}
		one := keptToken(t, s, ann("one", until(time.Now().Add(time.Hour))), "text of one")
		if got, err := s.TokenByHash(t.Context(), hashOf("text of one")); err != nil || !gocmp.Equal(got, one) {
			t.Errorf("read back (%v):\n%s", err, gocmp.Diff(one, got))
		}
		if _, err := s.TokenByHash(t.Context(), hashOf("text of none")); !errors.Is(err, ErrNotFound) {
			t.Error("a text that was never given out: ", err)
		}
		for why, next := range map[string]Token{"its name": ann("two"), "its id": {ID: "one", Name: "bo", Role: "reader", CreatedBy: "root"}} {
			if _, err := s.CreateToken(t.Context(), next, hashOf("text of two")); !errors.Is(err, ErrConflict) {
				t.Errorf("another of %s: %v", why, err)
			}
		}
		for field, next := range map[string]Token{"name": {ID: "two", Role: "reader", CreatedBy: "root"}, "role": {ID: "two", Name: "a\x00", Role: "", CreatedBy: "root"}} {
			if _, err := s.CreateToken(t.Context(), next, hashOf("text of two")); invalid(err) == "" {
				t.Errorf("no %s: %v", field, err)
			}
		}
		revoked, err := s.RevokeTokenNamed(t.Context(), "ann")
		if err != nil || revoked.State(time.Now()) != TokenRevoked {
			t.Errorf("revoked: %+v, %v", revoked, err)
		}
		if again, err := s.RevokeToken(t.Context(), "one"); err != nil || !gocmp.Equal(again, revoked) {
			t.Errorf("revoked again by its id: %+v, %v", again, err)
		}
		if _, err := s.RevokeTokenNamed(t.Context(), "ann"); !errors.Is(err, ErrNotFound) {
			t.Error("no live one has the name, and yet: ", err)
		}
		if live, err := s.AnyLiveToken(t.Context()); live || err != nil {
			t.Error("a revoked token counts as live: ", err)
		}
		keptToken(t, s, ann("three", until(time.Now().Add(time.Millisecond))), "text of three")
		time.Sleep(2 * time.Millisecond)
		if live, err := s.AnyLiveToken(t.Context()); live || err != nil {
			t.Error("an expired token counts as live: ", err)
		}
		keptToken(t, s, ann("four"), "text of four") // the name is free again, since the one before has expired
		all, err := s.Tokens(t.Context())
		if err != nil || len(all) != 3 {
			t.Fatalf("%d tokens, %v", len(all), err)
		}
		for i, want := range []TokenState{TokenRevoked, TokenRevoked, TokenLive} {
			if got := all[i].State(time.Now()); got != want {
				t.Errorf("%s is %s, want %s", all[i].ID, got, want)
			}
		}
	})
}

// When a token was used last is written once a minute at most.
func TestLastUseIsWrittenOnceAMinute(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		one := keptToken(t, s, ann("one"), "text")
		used := func(as Token) time.Time {
			t.Helper()
			if err := s.TokenUsed(t.Context(), as); err != nil {
				t.Fatal(err)
			}
			now, err := s.TokenByHash(t.Context(), hashOf("text"))
			if err != nil || now.LastUsedAt == nil {
				t.Fatal("no use was written: ", err)
			}
			return *now.LastUsedAt
		}
		first := used(one)
		if again := used(one); !again.Equal(first) { // as another process would, that read it before
			t.Errorf("written again after %s", again.Sub(first))
		}
		long := first.Add(-2 * time.Minute)
		if err := s.client.Token.UpdateOneID("one").SetLastUsedAt(long).Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
		one.LastUsedAt = &long
		if later := used(one); later.Before(first) {
			t.Errorf("it was used at %s, and %s is written", first, later)
		}
	})
}

// A session leads to its token until it ends: by itself, by signing out, or with the token.
func TestSessions(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		keptToken(t, s, ann("one"), "text")
		keptToken(t, s, Token{ID: "two", Name: "bo", Role: "reader", CreatedBy: "root"}, "text of bo")
		open := func(token, cookie string, until time.Time) {
			t.Helper()
			if err := s.OpenSession(t.Context(), token, hashOf(cookie), until); err != nil {
				t.Fatal(err)
			}
		}
		leads := func(why, cookie, to string) {
			t.Helper()
			got, err := s.TokenBySession(t.Context(), hashOf(cookie))
			if got.ID != to || errors.Is(err, ErrNotFound) != (to == "") {
				t.Errorf("%s: %q, %v; want %q", why, got.ID, err, to)
			}
		}
		hence := time.Now().Add(time.Hour)
		for _, cookie := range []string{"desk", "phone", "car"} {
			open("one", cookie, hence)
		}
		open("two", "bo's", hence)
		open("one", "short", time.Now().Add(time.Millisecond))
		time.Sleep(2 * time.Millisecond)
		leads("open", "desk", "one")
		leads("another's", "bo's", "two")
		leads("ended by itself", "short", "")
		leads("never opened", "forged", "")
		if err := s.CloseSession(t.Context(), hashOf("desk")); err != nil {
			t.Fatal(err)
		}
		leads("signed out", "desk", "")
		leads("not signed out here", "phone", "one")
		if err := s.CloseSessions(t.Context(), "one"); err != nil {
			t.Fatal(err)
		}
		leads("signed out everywhere", "phone", "")
		leads("another's, who did not", "bo's", "two")
		if _, err := s.RevokeTokenNamed(t.Context(), "bo"); err != nil {
			t.Fatal(err)
		}
		leads("its token is revoked", "bo's", "")
		open("one", "last", hence) // which forgets those that have ended
		if n, err := s.client.Session.Query().Count(t.Context()); err != nil || n != 1 {
			t.Errorf("%d sessions are kept, %v", n, err)
		}
	})
}
