// Package access says who sends a request, and what they may do.
//
// A token bears a name and a role. Its text goes with each request to the API as a bearer's,
// or once to the sign-in of the pages, which then know the browser by a session. Know reads
// either, Check holds what a route needs against it, and From tells who acts.
//
// It knows HTTP and the store, and nothing of what the routes do.
package access

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"
)

// Permission is what a route needs.
type Permission string

// The permissions. Each route has one.
const (
	Anyone     Permission = "anyone"                  // needs no token
	Read       Permission = "read"                    // what sources told, what was made of it, what people did
	Measure    Permission = "measure"                 // metrics; unlike the rest of reading, never open
	PublishOwn Permission = "publish as one's source" // messages, and their withdrawal, of one source
	Publish    Permission = "publish as every source" // and of all
	Decide     Permission = "decide"                  // each an act of the audit log, with an undo
	Operate    Permission = "operate"                 // runs, replays, how sources are read
	Administer Permission = "administer"              // who may do what
)

// Role is what a token is for.
type Role string

// The roles. Each of reader, curator, operator and admin may do what the one before it may.
const (
	Reader   Role = "reader"
	Curator  Role = "curator"
	Operator Role = "operator"
	Admin    Role = "admin"
	Source   Role = "source" // beside them: it tells, as one source, and reads nothing
)

// Roles are all of them, in the order in which one chooses.
var Roles = []Role{Reader, Source, Curator, Operator, Admin}

// grants says what each role may do.
var grants = map[Role][]Permission{
	Reader:   {Read, Measure},
	Source:   {PublishOwn},
	Curator:  {Read, Measure, Decide},
	Operator: {Read, Measure, Decide, PublishOwn, Publish, Operate},
	Admin:    {Read, Measure, Decide, PublishOwn, Publish, Operate, Administer},
}

// May tells whether a role comes with a permission.
func (r Role) May(p Permission) bool { return p == Anyone || slices.Contains(grants[r], p) }

// with lists the roles that come with a permission.
func with(p Permission) []string {
	var roles []string
	for _, r := range Roles {
		if r.May(p) {
			roles = append(roles, string(r))
		}
	}
	return roles
}

// Principal is who sends a request. The zero one is nobody that is known.
type Principal struct {
	Token   string // its id; "" for nobody, and for who needs none
	Name    string // who acts
	Role    Role
	Source  string     // that a source's token speaks for
	Expires *time.Time // nil: never
	Session bool       // known by the cookie of a session
	open    bool       // reading is open
}

// Local is who sends requests to a server on this machine alone for which no token was ever made.
var Local = Principal{Name: "local", Role: Admin}

// May tells whether somebody comes with a permission.
func (p Principal) May(need Permission) bool {
	return p.Role.May(need) || need == Read && p.open
}

// SpeaksFor tells whether somebody may publish in the name of a source.
func (p Principal) SpeaksFor(source string) bool {
	return p.May(Publish) || p.May(PublishOwn) && source != "" && source == p.Source
}

// What Check finds wanting. Callers tell the two apart by these.
var (
	ErrUnknown = errors.New("nobody is known to send this")
	ErrDenied  = errors.New("that may not be done")
)

// UnknownError is ErrUnknown: nobody is known to send a request which needs somebody.
type UnknownError struct {
	Reason string
	Given  bool // a token was, and it is good for nothing
}

func (e *UnknownError) Error() string { return e.Reason }

// Unwrap is ErrUnknown.
func (e *UnknownError) Unwrap() error { return ErrUnknown }

// DeniedError is ErrDenied: somebody may not do something.
type DeniedError struct {
	Who  Principal
	Need Permission
}

func (e *DeniedError) Error() string {
	return fmt.Sprintf("this needs the role %s; the role of %s is %s", strings.Join(with(e.Need), " or "), e.Who.Name, e.Who.Role)
}

// Unwrap is ErrDenied.
func (e *DeniedError) Unwrap() error { return ErrDenied }

// Check tells whether who sends a request may do something: nil, *UnknownError, *DeniedError, or
// an error of the store, which then could not tell who it is.
func Check(ctx context.Context, need Permission) error {
	if need == Anyone {
		return nil
	}
	v := visitorIn(ctx)
	v.look(ctx)
	switch {
	case v.who.May(need) && v.err == nil:
		return nil
	case v.err != nil:
		return v.err
	case v.who.Name == "":
		return &UnknownError{Reason: "this needs a token; it goes into the header Authorization, behind the word Bearer"}
	}
	return &DeniedError{v.who, need}
}

// From is who sends a request; nobody if that cannot be told.
func From(ctx context.Context) Principal {
	v := visitorIn(ctx)
	v.look(ctx)
	return v.who
}

// With is a context in which somebody is known.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, visitorKey{}, &visitor{who: p, known: true})
}

type visitorKey struct{}

// visitor is who sends a request, looked up when it is first asked.
type visitor struct {
	who   Principal
	err   error
	known bool
	find  func(context.Context) (Principal, error)
}

// look finds out who it is, and has the log tell. A request is answered by one goroutine.
func (v *visitor) look(ctx context.Context) {
	if !v.known {
		v.who, v.err = v.find(ctx)
		v.known = true
		zerolog.Ctx(ctx).UpdateContext(func(c zerolog.Context) zerolog.Context {
			if v.who.Name == "" {
				return c
			}
			return c.Str("actor", v.who.Name).Str("token", v.who.Token)
		})
	}
}

// visitorIn is a request's visitor; where nobody looks, nobody comes.
func visitorIn(ctx context.Context) *visitor {
	if v, found := ctx.Value(visitorKey{}).(*visitor); found {
		return v
	}
	return &visitor{known: true}
}
