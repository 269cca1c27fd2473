package access

// Tokens: how one looks, and how it is made.

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"umpire/ent/store"
	"umpire/resolve"
)

// shape is that of a token's text: a word by which scanners for secrets find it, its id, and
// 256 bits of chance.
var shape = regexp.MustCompile(`^umpire_([0-9A-Za-z]{1,24})_[0-9A-Za-z]{43,128}$`)

// secretLetters are as many letters of base 62 as 256 bits need.
const secretLetters = 43

// mostName is the most letters of a token's name.
const mostName = 100

// reserved are names of who acts where no token does.
var reserved = []string{Local.Name, "umpire"}

// Grant is what a token is to be made for.
type Grant struct {
	Name    string
	Role    Role
	Source  string     // if the role is that of a source
	Expires *time.Time // nil: never
	By      string     // who makes it
}

// check returns *resolve.InvalidError for the first thing that is wrong with a grant.
func (g Grant) check() error {
	fault := func(field, reason string, args ...any) error {
		return &resolve.InvalidError{Field: field, Reason: fmt.Sprintf(reason, args...)}
	}
	named := strings.ContainsFunc(g.Name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	switch {
	case !slices.Contains(Roles, g.Role):
		return fault("role", "%q is none; there are %v", g.Role, Roles)
	case !named || strings.TrimSpace(g.Name) != g.Name || strings.ContainsFunc(g.Name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return fault("name", "%q is no name that can be read", g.Name)
	case utf8.RuneCountInString(g.Name) > mostName:
		return fault("name", "is longer than %d letters", mostName)
	case slices.Contains(reserved, g.Name):
		return fault("name", "%s acts where no token does", g.Name)
	case g.Role == Source && g.Source == "":
		return fault("source", "is not told, and a token of this role speaks for one")
	case g.Role != Source && g.Source != "":
		return fault("source", "is told, and only a token of the role source speaks for one")
	case g.Expires != nil && !g.Expires.After(time.Now()):
		return fault("expires", "is in the past")
	}
	return nil
}

// Create makes a token, and returns its text, which is kept nowhere. *resolve.InvalidError: it
// cannot be made so. store.ErrConflict: a live one has the name.
func Create(ctx context.Context, s *store.Store, g Grant) (string, store.Token, error) {
	secret := make([]byte, 32)
	rand.Read(secret) // never fails
	digits := new(big.Int).SetBytes(secret).Text(62)
	id := strings.ToLower(rand.Text()[:8])
	text := "umpire_" + id + "_" + strings.Repeat("0", secretLetters-len(digits)) + digits
	made, err := keep(ctx, s, g, text)
	return text, made, err
}

// CreateFirst makes a token by a text that is known already, such as the secret of a deployment.
func CreateFirst(ctx context.Context, s *store.Store, g Grant, text string) (store.Token, error) {
	if !shape.MatchString(text) {
		return store.Token{}, &resolve.InvalidError{
			Field: "token", Reason: fmt.Sprintf("is to be umpire_, some letters or digits, _, and %d letters and digits or more of chance", secretLetters),
		}
	}
	return keep(ctx, s, g, text)
}

func keep(ctx context.Context, s *store.Store, g Grant, text string) (store.Token, error) {
	if err := g.check(); err != nil {
		return store.Token{}, err
	}
	return s.CreateToken(ctx, store.Token{
		ID: shape.FindStringSubmatch(text)[1], Name: g.Name, Role: string(g.Role), Source: g.Source, CreatedBy: g.By, ExpiresAt: g.Expires,
	}, sha256.Sum256([]byte(text)))
}
