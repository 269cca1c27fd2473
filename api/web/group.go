package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"umpire/ent/store"
	"umpire/resolve"
)

// groupPage is a question with all suggestions that its answer implies, to be answered at once.
type groupPage struct {
	store.Question
	Names   [2]string
	Pair    string
	Implied []impliedRow
	Back    string
}

// impliedRow is a suggestion of two matches that are one if their teams, or tournaments, are.
type impliedRow struct {
	store.Question
	Names [2]string
	Pair  string
	Path  string
}

// impliedSought is among how many matches a group is sought.
const impliedSought = 200

// group shows what hangs on a question.
func (s *site) group(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	q, err := s.Store.Question(r.Context(), resolve.ID(query.Get("a")), resolve.ID(query.Get("b")))
	if err != nil {
		return err
	}
	page := groupPage{Question: q, Pair: pairOf(q.A, q.B), Back: "/suggestions?" + pairQuery(q.A, q.B)}
	page.Names = [2]string{either(q.RecordA.Name, q.RecordA.Key), either(q.RecordB.Name, q.RecordB.Key)}
	if page.Implied, err = s.implied(r.Context(), q.Entities); err != nil {
		return err
	}
	return s.show(w, r, "group", view{Title: "All that hangs on one answer", Section: "/suggestions", Body: page})
}

// implied finds the suggestions between matches of one entity and matches of another.
func (s *site) implied(ctx context.Context, of [2]resolve.ID) ([]impliedRow, error) {
	var in [2]map[resolve.ID]store.Match
	for i, id := range of {
		list, err := s.Store.Matches(ctx, filterBy(id, impliedSought))
		if err != nil {
			return nil, err
		}
		in[i] = map[resolve.ID]store.Match{}
		for _, m := range list.Items {
			in[i][m.ID] = m
		}
	}
	waiting, err := s.waitingIn(ctx, in[0])
	if err != nil {
		return nil, err
	}
	var rows []impliedRow
	for _, id := range waiting {
		questions, err := s.Store.Questions(ctx, store.QuestionFilter{Kind: resolve.KindMatch, Entity: id})
		if err != nil {
			return nil, err
		}
		for _, q := range questions.Items {
			if one, two := in[0][id], in[1][otherOf(q, id)]; two.ID != "" && two.ID != id {
				rows = append(rows, impliedRow{q, [2]string{versus(one), versus(two)}, pairOf(q.A, q.B), "/suggestions?" + pairQuery(q.A, q.B)})
			}
		}
	}
	return rows, nil
}

// waitingIn lists the matches that a suggestion is about.
func (s *site) waitingIn(ctx context.Context, matches map[resolve.ID]store.Match) ([]resolve.ID, error) {
	var records []resolve.ID
	of := map[resolve.ID]resolve.ID{}
	for _, m := range matches {
		for _, r := range m.Records {
			records, of[r.ID] = append(records, r.ID), m.ID
		}
	}
	counts, err := s.Store.Suggested(ctx, records)
	if err != nil {
		return nil, err
	}
	var ids []resolve.ID
	seen := map[resolve.ID]bool{"": true}
	for r := range counts {
		if id := of[r]; !seen[id] {
			ids, seen[id] = append(ids, id), true
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// otherOf is the entity of a question that is not this one.
func otherOf(q store.Question, id resolve.ID) resolve.ID {
	if q.Entities[0] == id {
		return q.Entities[1]
	}
	return q.Entities[0]
}

func pairOf(a, b resolve.ID) string { return string(a) + " " + string(b) }

func pairQuery(a, b resolve.ID) string {
	return url.Values{"a": {string(a)}, "b": {string(b)}}.Encode()
}
