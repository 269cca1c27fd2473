package web

import (
	"net/http"
	"net/url"
	"strings"

	"umpire/resolve"
)

// Who acts is what a browser says of itself, in a cookie: it is trusted, as the REST API trusts
// its header. A sign-in will take the place of this file.

const (
	actorCookie  = "umpire_actor"
	actorLongest = 100 // bytes
	actorKept    = 365 * 24 * 60 * 60
)

// actorOf is who acts: the name that the form brings with it, or the one that the browser
// keeps. "" is nobody, who may read.
func actorOf(r *http.Request) string {
	if r.Method == http.MethodPost {
		if told := strings.TrimSpace(r.PostFormValue("actor")); told != "" {
			return told
		}
	}
	cookie, err := r.Cookie(actorCookie)
	if err != nil {
		return ""
	}
	name, err := url.QueryUnescape(cookie.Value)
	if err != nil {
		return ""
	}
	return name
}

// whoPage asks who acts.
type whoPage struct{ Actor, Back string }

// who asks for the reader's name.
func (s *site) who(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, "who", view{Title: "Who are you?", Body: whoPage{actorOf(r), backTo(r.FormValue("back"))}})
}

// introduce keeps the reader's name.
func (s *site) introduce(w http.ResponseWriter, r *http.Request) error {
	name := actorOf(r)
	if name == "" || len(name) > actorLongest || !visible(name) || strings.ContainsFunc(name, unruly) {
		return &resolve.InvalidError{Field: "actor", Reason: "a name of at most 100 letters that can be read"}
	}
	keepActor(w, name)
	http.Redirect(w, r, backTo(r.PostFormValue("back")), http.StatusSeeOther)
	return nil
}

func keepActor(w http.ResponseWriter, name string) {
	http.SetCookie(w, &http.Cookie{Name: actorCookie, Value: url.QueryEscape(name), Path: "/", MaxAge: actorKept, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// backTo is the page of this site to go back to; the front page where it is another's.
func backTo(told string) string {
	u, err := url.Parse(told)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(told, "//") || strings.Contains(told, `\`) {
		return "/"
	}
	return u.RequestURI()
}
