package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"umpire/api/access"
	"umpire/resolve"
)

const (
	signInPath  = "/sign-in"
	signOutPath = "/sign-out"
)

// actorOf is the name of who reads; "" is nobody that is known.
func actorOf(r *http.Request) string { return access.From(r.Context()).Name }

// deciderOf is the name of who reads, if they may decide.
func deciderOf(r *http.Request) string {
	if who := access.From(r.Context()); who.May(access.Decide) {
		return who.Name
	}
	return ""
}

// signInPage asks for a token, or tells who is signed in.
type signInPage struct {
	access.Principal
	Back  string
	Fault string
}

// signIn asks for a token.
func (s *site) signIn(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, "signin", view{Title: "Sign in", Body: signInPage{Principal: access.From(r.Context()), Back: backTo(r.FormValue("back"))}})
}

// signedIn signs the browser in by a token, and goes back to where the reader came from.
func (s *site) signedIn(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	back := backTo(r.PostForm.Get("back"))
	err := s.Guard.SignIn(w, r, r.PostForm.Get("token"))
	if errors.Is(err, access.ErrUnknown) {
		page := signInPage{Principal: access.From(r.Context()), Back: back, Fault: capital(err.Error()) + "."}
		return s.render(w, r, http.StatusBadRequest, "signin", view{Title: "Sign in", Body: page})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}

// signOut ends the browser's session, or with it all others by the same token.
func (s *site) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	end := s.Guard.SignOut
	if r.PostForm.Get("where") == "everywhere" {
		end = s.Guard.SignOutEverywhere
	}
	if err := end(w, r); err != nil {
		return err
	}
	http.Redirect(w, r, signInPath, http.StatusSeeOther)
	return nil
}

// askWho sends a reader who is to be known on to where they sign in, and from there back.
func askWho(w http.ResponseWriter, r *http.Request) {
	to := signInPath + "?back=" + url.QueryEscape(hereOf(r))
	w.Header().Set("Cache-Control", "no-store")
	if r.Header.Get("Hx-Request") != "" { // a part of a page was asked for, and all of it is to go
		w.Header().Set("Hx-Redirect", to)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// hereOf is the page of this site that a reader looks at.
func hereOf(r *http.Request) string {
	told := either(r.Header.Get("Hx-Current-Url"), r.Referer())
	if r.Method == http.MethodGet && r.Header.Get("Hx-Request") == "" {
		return r.URL.RequestURI()
	}
	u, err := url.Parse(told)
	if err != nil || u.Host != r.Host {
		return "/"
	}
	return backTo(u.RequestURI())
}

// backTo is the page of this site to go back to; the front page where it is another's.
func backTo(told string) string {
	u, err := url.Parse(told)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(told, "//") || strings.Contains(told, `\`) {
		return "/"
	}
	if u.Path == signInPath || u.Path == signOutPath {
		return "/"
	}
	return u.RequestURI()
}

// formLongest is how many bytes a form may have.
const formLongest = 1 << 20

// readForm reads what was sent, or tells that it is too long, or no form.
func readForm(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, formLongest)
	err := r.ParseForm()
	if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong {
		return err
	}
	if err != nil {
		return &resolve.InvalidError{Field: "form", Reason: "cannot be read"}
	}
	return nil
}

// capital is a sentence that begins with a capital.
func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
