package web

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"umpire/ent/store"
)

// bodyShown is how many bytes of a message its page writes out.
const bodyShown = 64 << 10

// messageList is the page of messages.
type messageList struct {
	Fate   store.Fate
	Source *string
	Fates  []choice
	Items  []store.Message
	Next   string
}

// messages lists messages, newest first.
func (s *site) messages(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	page := messageList{Fate: store.Fate(query.Get("fate"))}
	if query.Has("source") {
		source := query.Get("source")
		page.Source = &source
	}
	for _, f := range []store.Fate{"", store.Applied, store.Duplicate, store.Quarantined} {
		page.Fates = append(page.Fates, choiceOf(r.URL, "fate", string(f), string(page.Fate)))
	}
	list, err := s.Store.Messages(r.Context(), store.MessageFilter{Source: page.Source, Fate: page.Fate, Cursor: query.Get("cursor")})
	if err != nil {
		return err
	}
	page.Items, page.Next = list.Items, nextPage(r.URL, list.Next)
	return s.show(w, r, "messages", view{Title: "Messages", Section: "/messages", Body: page})
}

// messagePage is one message.
type messagePage struct {
	store.Message
	SHA256 string
	Text   []fragment
	Binary string // a hex dump, where the body is not text
	Cut    int    // how many bytes of it are not shown
}

// message shows one message with its bytes.
func (s *site) message(w http.ResponseWriter, r *http.Request) error {
	m, err := s.messageNamed(r)
	if err != nil {
		return err
	}
	page := messagePage{Message: m, SHA256: hex.EncodeToString(m.SHA256[:])}
	shown := m.Body[:min(len(m.Body), bodyShown)]
	page.Cut = len(m.Body) - len(shown)
	if utf8.Valid(trimPartial(shown)) {
		page.Text = fragments(string(trimPartial(shown)))
	} else {
		page.Binary = hex.Dump(shown)
	}
	return s.show(w, r, "message", view{Title: "Message " + strconv.FormatInt(m.Message, 10), Section: "/messages", Body: page})
}

// messageBody serves a message's bytes as they came, to be saved and never to be opened
// as a page.
func (s *site) messageBody(w http.ResponseWriter, r *http.Request) error {
	m, err := s.messageNamed(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="message-%d"`, m.Message))
	w.Header().Set("Content-Length", strconv.Itoa(len(m.Body)))
	_, _ = w.Write(m.Body) // who has gone need not be told
	return nil
}

func (s *site) messageNamed(r *http.Request) (store.Message, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return store.Message{}, store.ErrNotFound
	}
	return s.Store.Message(r.Context(), id)
}

// trimPartial drops a code point that the cut went through.
func trimPartial(b []byte) []byte {
	for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
		if utf8.RuneStart(b[len(b)-i]) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

// fragment is a piece of a message's text; Hidden ones are code points that would not be
// seen, or that would change what is seen around them, told by their pictures or numbers.
type fragment struct {
	Text   string
	Hidden bool
}

func fragments(s string) []fragment {
	var all []fragment
	from := 0
	for i, r := range s {
		if !hidden(r) {
			continue
		}
		if i > from {
			all = append(all, fragment{Text: s[from:i]})
		}
		all = append(all, fragment{Text: picture(r), Hidden: true})
		from = i + utf8.RuneLen(r)
	}
	if from < len(s) {
		all = append(all, fragment{Text: s[from:]})
	}
	return all
}

func hidden(r rune) bool {
	return !strings.ContainsRune("\n\t", r) && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
}

// RecordPath leads to the match that the message tells.
func (m messagePage) RecordPath() string {
	if m.Record == "" {
		return ""
	}
	return pathOf(m.Record)
}
