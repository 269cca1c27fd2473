package access

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"umpire/ent/store"
	"umpire/fixtures/servers"
	"umpire/resolve"
)

func TestMain(m *testing.M) { os.Exit(servers.Main(m)) }

// onEach runs a test on an empty store of each kind.
func onEach(t *testing.T, test func(t *testing.T, s *store.Store)) {
	for name, address := range map[string]func() string{
		"sqlite":   func() string { return "sqlite:" + t.TempDir() + "/umpire.db" },
		"postgres": func() string { return servers.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			s, err := store.Open(t.Context(), address())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			test(t, s)
		})
	}
}

// sent is a request as one with some headers comes to a guard, and what is known of who sends it.
func sent(t *testing.T, g *Guard, host string, head ...string) context.Context {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+"/", http.NoBody)
	for i := 0; i < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	var came *http.Request
	g.Know(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { came = r })).ServeHTTP(httptest.NewRecorder(), r)
	return came.Context()
}

// The table of grants is as it is told: three roles each of which may do what the one before it
// may, admins who may all, and sources, who publish.
func TestRoles(t *testing.T) {
	everything := []Permission{Read, Measure, PublishOwn, Publish, Decide, Operate, Administer}
	for i, steps := 0, []Role{Reader, Curator, Operator, Admin}; i+1 < len(steps); i++ {
		for _, p := range everything {
			if steps[i].May(p) && !steps[i+1].May(p) {
				t.Errorf("a %s may %s, and a %s may not", steps[i], p, steps[i+1])
			}
		}
	}
	for _, p := range everything {
		if !Admin.May(p) {
			t.Errorf("an admin may not %s", p)
		}
		if Source.May(p) != (p == PublishOwn) {
			t.Errorf("a source may %s: %t", p, Source.May(p))
		}
		if Role("king").May(p) || Role("").May(p) {
			t.Errorf("a role that there is not may %s", p)
		}
	}
	if Admin.May("") {
		t.Error("what needs nothing that is told may be done")
	}
}

// Where no token was ever made, who is on this machine may do everything, and nobody else.
func TestLocal(t *testing.T) {
	onEach(t, func(t *testing.T, s *store.Store) {
		near, far := &Guard{Store: s, Local: true}, &Guard{Store: s}
		for _, c := range []struct {
			why   string
			guard *Guard
			host  string
			head  []string
			local bool
		}{
			{"by the address", near, "127.0.0.1:8080", nil, true},
			{"by another of its addresses", near, "127.8.9.1", nil, true},
			{"by the address of IPv6", near, "[::1]:8080", nil, true},
			{"by name", near, "LocalHost:8080", nil, true},
			{"a page elsewhere whose name was made to lead here", near, "evil.example:8080", nil, false},
			{"a name that only looks like it", near, "127.0.0.1.evil.example", nil, false},
			{"a name that ends like it", near, "evil-localhost:8080", nil, false},
			{"the address that is all of them", near, "0.0.0.0:8080", nil, false},
			{"what a proxy sends on", near, "127.0.0.1:8080", []string{"X-Forwarded-For", "203.0.113.9"}, false},
			{"what a proxy sends on, told as it should be", near, "localhost", []string{"Forwarded", "for=203.0.113.9"}, false},
			{"a server that others can reach", far, "127.0.0.1:8080", nil, false},
			{"who shows a token that is good for nothing", near, "127.0.0.1:8080", []string{"Authorization", "Bearer umpire_x_y"}, false},
		} {
			ctx := sent(t, c.guard, c.host, c.head...)
			if err := Check(ctx, Administer); (err == nil) != c.local || err != nil && !errors.Is(err, ErrUnknown) {
				t.Errorf("%s: %v", c.why, err)
			}
			if name := From(ctx).Name; (name == "local") != c.local {
				t.Errorf("%s: acts as %q", c.why, name)
			}
		}
		if _, _, err := Create(t.Context(), s, Grant{Name: "ann", Role: Reader, By: "test"}); err != nil {
			t.Fatal(err)
		}
		if err := Check(sent(t, near, "127.0.0.1:8080"), Read); !errors.Is(err, ErrUnknown) {
			t.Error("there is a token, and who is local needs none still: ", err)
		}
		if _, err := s.RevokeTokenNamed(t.Context(), "ann"); err != nil {
			t.Fatal(err)
		}
		if err := Check(sent(t, &Guard{Store: s, Local: true}, "127.0.0.1:8080"), Read); !errors.Is(err, ErrUnknown) {
			t.Error("the last token was revoked, and all is open again: ", err)
		}
	})
}

// Reading that is open needs no token, and nothing else is then open.
func TestOpenReading(t *testing.T) {
	onEach(t, func(t *testing.T, s *store.Store) {
		ctx := sent(t, &Guard{Store: s, OpenReading: true}, "umpire.example")
		for _, p := range []Permission{Read, Measure, PublishOwn, Publish, Decide, Operate, Administer} {
			if err := Check(ctx, p); (err == nil) != (p == Read) {
				t.Errorf("nobody may %s: %v", p, err)
			}
		}
		if who := From(ctx); who.Name != "" {
			t.Errorf("nobody is called %q", who.Name)
		}
	})
}

// A request is told from another by its token alone, and a use of that is written rarely.
func TestTokenIsUsed(t *testing.T) {
	onEach(t, func(t *testing.T, s *store.Store) {
		text, made, err := Create(t.Context(), s, Grant{Name: "ann", Role: Source, Source: "hltv", By: "test"})
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`^umpire_` + made.ID + `_[0-9A-Za-z]{43}$`).MatchString(text) {
			t.Errorf("the text is %s, of %s", text, made.ID)
		}
		g := &Guard{Store: s}
		who := From(sent(t, g, "umpire.example", "Authorization", "bearer  "+text+" "))
		if who.Name != "ann" || who.Role != Source || who.Token != made.ID || !who.SpeaksFor("hltv") || who.SpeaksFor("") || who.SpeaksFor("HLTV") {
			t.Errorf("by the token comes %+v", who)
		}
		lastUse := func() time.Time {
			all, err := s.Tokens(t.Context())
			if err != nil || all[0].LastUsedAt == nil {
				t.Fatal("no use is written: ", err)
			}
			return *all[0].LastUsedAt
		}
		first := lastUse()
		for range 3 {
			From(sent(t, g, "umpire.example", "Authorization", "Bearer "+text))
		}
		if again := lastUse(); !again.Equal(first) {
			t.Errorf("a use was written %s after the one before", again.Sub(first))
		}
		for why, wrong := range map[string]string{
			"no scheme": text, "another scheme": "Basic " + text, "cut short": "Bearer " + text[:len(text)-1], "nothing": "Bearer",
			"another id": "Bearer " + strings.Replace(text, made.ID, "aaaaaaaa", 1), "what is kept of it": "Bearer umpire_" + made.ID + "_" + strings.Repeat("0", 64),
		} {
			if err := Check(sent(t, g, "umpire.example", "Authorization", wrong), PublishOwn); !errors.Is(err, ErrUnknown) || strings.Contains(err.Error(), text) {
				t.Errorf("%s: %v", why, err)
			}
		}
	})
}

// Neither a token nor what a browser keeps of its session can be had from the database.
func TestSecretsAreNotKept(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(t.Context(), "sqlite:"+dir+"/umpire.db")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, _, err := Create(t.Context(), s, Grant{Name: "ann-is-her-name", Role: Reader, By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := Create(t.Context(), s, Grant{Name: "bo", Role: Reader, By: "test"})
	if err != nil || other == text {
		t.Error("two tokens are one: ", err)
	}
	w := httptest.NewRecorder()
	if err := (&Guard{Store: s}).SignIn(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-in", http.NoBody), text); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(dir + "/umpire.db")
	if err != nil || !strings.Contains(string(kept), "ann-is-her-name") {
		t.Fatal("this is not where the token is kept: ", err)
	}
	for what, secret := range map[string]string{"the token": text[strings.LastIndex(text, "_")+1:], "the cookie": w.Result().Cookies()[0].Value} {
		if strings.Contains(string(kept), secret) {
			t.Errorf("the database holds %s", what)
		}
	}
}

// What a token is made for has to make sense.
func TestGrants(t *testing.T) {
	past := time.Now().Add(-time.Second)
	for _, c := range []struct {
		why   string
		grant Grant
		field string
	}{
		{"a reader", Grant{Name: "ann", Role: Reader}, ""},
		{"a name of many letters", Grant{Name: "Ann Ö. “the” 2nd", Role: Reader}, ""},
		{"a source", Grant{Name: "feed", Role: Source, Source: "hltv"}, ""},
		{"no role", Grant{Name: "ann"}, "role"},
		{"no name", Grant{Role: Reader}, "name"},
		{"a name of blanks", Grant{Name: " ", Role: Reader}, "name"},
		{"a name of signs", Grant{Name: "--", Role: Reader}, "name"},
		{"a name with blanks about it", Grant{Name: " ann", Role: Reader}, "name"},
		{"a name that turns what follows", Grant{Name: "a\u202eb", Role: Reader}, "name"},
		{"a name that cannot be seen", Grant{Name: "\u200b", Role: Reader}, "name"},
		{"a name for the terminal", Grant{Name: "a\x1b[31m", Role: Reader}, "name"},
		{"a name of two lines", Grant{Name: "ann\nbo", Role: Reader}, "name"},
		{"a name without end", Grant{Name: strings.Repeat("é", 101), Role: Reader}, "name"},
		{"the name of who needs no token", Grant{Name: "local", Role: Reader}, "name"},
		{"the program's own name", Grant{Name: "umpire", Role: Admin}, "name"},
		{"a source of none", Grant{Name: "feed", Role: Source}, "source"},
		{"a reader of a source", Grant{Name: "ann", Role: Reader, Source: "hltv"}, "source"},
		{"an end before its beginning", Grant{Name: "ann", Role: Reader, Expires: &past}, "expires"},
	} {
		invalid := &resolve.InvalidError{}
		if errors.As(c.grant.check(), &invalid); invalid.Field != c.field {
			t.Errorf("%s: a fault in %q, want %q", c.why, invalid.Field, c.field)
		}
	}
}
