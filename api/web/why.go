package web

import (
	"context"
	"net/http"
	"net/url"

	"umpire/ent/store"
	"umpire/resolve"
)

// votesShown is how many votes of a sum are drawn; the rest is one bar.
const votesShown = 12

// Explainer accounts for what became of records, where they are resolved.
type Explainer interface {
	// Why accounts for two records of a kind. resolve.ErrUnknown: there is no such record.
	// *resolve.InvalidError: they are not two of a kind. store.ErrElsewhere: another process
	// resolves.
	Why(ctx context.Context, a, b resolve.ID) (resolve.Why, error)
}

// whyPage is what became of two records, and why.
type whyPage struct {
	Answer *whyAnswer // nil: nothing is asked yet
	Fields []formField
}

type whyAnswer struct {
	evidence
	Parties [2]whyParty
	Apart   *whyApart // nil: they are one
	Pairs   []whyPair
}

// whyParty is a record in a few words, and the entity that it is in.
type whyParty struct {
	resolve.Told
	ID, Entity resolve.ID
	Members    int
}

// whyApart is what keeps two records apart.
type whyApart struct {
	Text    string
	Records []whyParty     // those that the cause names
	Weight  resolve.Weight // of these, or the linkage
	Weighed bool
	Lines   []resolve.Line
}

// whyPair is a candidate pair, and where it is told in full.
type whyPair struct {
	A, B   resolve.Told
	Weight resolve.Weight
	Path   string
	Here   bool // it is the one that this page tells
}

// why shows what became of two records.
func (s *site) why(w http.ResponseWriter, r *http.Request) error {
	if s.Explainer == nil {
		return store.ErrElsewhere
	}
	in := formReader{query: r.URL.Query()}
	a := in.text("a", "Record", "its id, such as mch_…")
	b := in.text("b", "Another", "of the same kind")
	page, title, section := whyPage{Fields: in.form.Fields}, "Why", ""
	if a != "" || b != "" {
		why, err := s.Explainer.Why(r.Context(), resolve.ID(a), resolve.ID(b))
		if err != nil {
			return err
		}
		page.Answer = s.whyAnswerOf(why)
		title, section = page.Answer.Heading(), sectionOf(why.Kind)
	}
	return s.show(w, r, "why", view{Title: title, Section: section, Body: page})
}

func (s *site) whyAnswerOf(w resolve.Why) *whyAnswer {
	w.Lines = resolve.Cut(w.Lines, votesShown)
	a := &whyAnswer{Parties: [2]whyParty{partyOf(w, w.A), partyOf(w, w.B)}}
	a.evidence = evidence{
		Link:      store.Link{Link: w.Link, RecordA: refOf(w, w.A), RecordB: refOf(w, w.B)},
		Waterfall: waterfallOf("match weight", w.Lines),
	}
	for i := range a.Parties {
		a.Parties[i].Entity, a.Parties[i].Members = w.Entities[i], len(w.Members[i])
	}
	for _, p := range w.Pairs {
		a.Pairs = append(a.Pairs, whyPair{w.Told[p.A], w.Told[p.B], p.Weight, whyPath(p.A, p.B), p.A == w.A && p.B == w.B})
	}
	if w.Apart == nil {
		return a
	}
	a.Apart = &whyApart{Text: w.Apart.Text, Weight: w.Apart.Weight, Lines: w.Apart.Lines}
	a.Apart.Weighed = w.Apart.Cause != resolve.ByRule && w.Apart.Cause != resolve.NoCandidate
	for _, id := range w.Apart.Records {
		a.Apart.Records = append(a.Apart.Records, partyOf(w, id))
	}
	return a
}

func partyOf(w resolve.Why, id resolve.ID) whyParty { return whyParty{Told: w.Told[id], ID: id} }

// refOf is a record as evidence names it.
func refOf(w resolve.Why, id resolve.ID) store.RecordRef {
	return store.RecordRef{ID: id, Kind: w.Kind, Source: w.Told[id].Source, Name: w.Told[id].Name}
}

// Heading says in a few words what became of the two.
func (a *whyAnswer) Heading() string {
	if a.Apart == nil {
		return "Why these are one " + string(a.Kind)
	}
	return "Why these are not one " + string(a.Kind)
}

// whyPath is the page of two records.
func whyPath(a, b resolve.ID) string {
	return "/why?" + url.Values{"a": {string(a)}, "b": {string(b)}}.Encode()
}
