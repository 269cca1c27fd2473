package web

import (
	"context"
	"net/http"
	"net/url"

	"umpire/ent/store"
	"umpire/resolve"
)

// groupPage is a question with all suggestions that its answer implies, to be answered at once.
type groupPage struct {
	store.Question
	Names   [2]string
	Pair    string
	Implied []impliedRow
	More    bool // than are shown
	Back    string
}

// impliedRow is a suggestion of two matches that are one if their teams, or tournaments, are.
type impliedRow struct {
	store.Question
	Names [2]string
	Pair  string
	Path  string
}

// impliedShown is how many suggestions are answered at once at most.
const impliedShown = 200

// group shows what hangs on a question.
func (s *site) group(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	q, err := s.Store.Question(r.Context(), resolve.ID(query.Get("a")), resolve.ID(query.Get("b")))
	if err != nil {
		return err
	}
	page := groupPage{Question: q, Pair: pairOf(q.A, q.B), Back: "/suggestions?" + pairQuery(q.A, q.B)}
	page.Names = [2]string{either(q.RecordA.Name, q.RecordA.Key), either(q.RecordB.Name, q.RecordB.Key)}
	if page.Implied, page.More, err = s.implied(r.Context(), q.Entities); err != nil {
		return err
	}
	return s.show(w, r, "group", view{Title: "All that hangs on one answer", Section: "/suggestions", Body: page})
}

// implied lists the suggestions between matches of one entity and matches of another, those that
// teach most first.
func (s *site) implied(ctx context.Context, of [2]resolve.ID) ([]impliedRow, bool, error) {
	list, err := s.Store.Questions(ctx, store.QuestionFilter{Implied: of, Limit: impliedShown})
	if err != nil {
		return nil, false, err
	}
	var records []store.RecordRef
	for _, q := range list.Items {
		records = append(records, q.RecordA, q.RecordB)
	}
	names, err := s.matchNames(ctx, records)
	if err != nil {
		return nil, false, err
	}
	rows := make([]impliedRow, len(list.Items))
	for i, q := range list.Items {
		rows[i] = impliedRow{Question: q, Pair: pairOf(q.A, q.B), Path: "/suggestions?" + pairQuery(q.A, q.B)}
		for side, record := range [...]store.RecordRef{q.RecordA, q.RecordB} {
			rows[i].Names[side] = recordName(record, names)
		}
	}
	return rows, list.Next != "", nil
}

func pairOf(a, b resolve.ID) string { return string(a) + " " + string(b) }

func pairQuery(a, b resolve.ID) string {
	return url.Values{"a": {string(a)}, "b": {string(b)}}.Encode()
}
