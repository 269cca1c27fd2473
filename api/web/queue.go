package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"umpire/ent/store"
	"umpire/resolve"
)

const (
	questionsShown = 10
	leaseFor       = 2 * time.Minute
	undoneWithin   = time.Hour // for how long a key takes back what one said
)

// queuePage is the queue of questions: one in full, beside those that come before and after it.
type queuePage struct {
	Form  form
	Asked *asked // nil: nothing waits
	Rows  []queueRow
	Next  string // the rest of the queue
	Gone  bool   // what was asked for waits no more
	Last  *lastWord
	Actor string // who reads, if they may decide
	Here  string // this page
}

// queueRow is a question in a few words.
type queueRow struct {
	store.Question
	Names   [2]string
	Path    string
	Current bool
	Held    string // who else looks at it
}

// lastWord is what the reader said last, and can take back by a key.
type lastWord struct {
	store.Judged
	Names [2]string
	Back  string // the question that it answered
}

// suggestions is the queue.
func (s *site) suggestions(w http.ResponseWriter, r *http.Request) error {
	page, err := s.queuePage(r)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if page.Form.Faulty {
		status = http.StatusBadRequest
	}
	return s.render(w, r, status, "suggestions", view{Title: "Suggestions", Section: "/suggestions", Body: page})
}

func (s *site) queuePage(r *http.Request) (queuePage, error) {
	ctx, page := r.Context(), queuePage{Actor: deciderOf(r), Here: r.URL.RequestURI()}
	sources, err := s.Store.Profiles(ctx)
	if err != nil {
		return page, err
	}
	query := r.URL.Query()
	read, filter := readQueueForm(query, sources)
	if page.Form = read; read.Faulty {
		return page, nil
	}
	list, err := s.Store.Questions(ctx, filter)
	if err != nil {
		return page, err
	}
	if page.Rows, err = s.queueRows(ctx, r.URL, list.Items, page.Actor); err != nil {
		return page, err
	}
	page.Next = nextPage(without(r.URL, "a", "b"), list.Next)
	if err := s.pickQuestion(ctx, &page, resolve.ID(query.Get("a")), resolve.ID(query.Get("b"))); err != nil {
		return page, err
	}
	page.Last, err = s.lastWord(ctx, r.URL, page.Actor)
	return page, err
}

func readQueueForm(query url.Values, sources []store.Source) (form, store.QuestionFilter) {
	in := formReader{query: query}
	f := store.QuestionFilter{Cursor: query.Get("cursor"), Limit: questionsShown}
	kinds := []option{{"", "any"}}
	for _, k := range resolve.Kinds {
		kinds = append(kinds, option{string(k), string(k)})
	}
	f.Kind = resolve.Kind(in.choose("kind", "Kind", kinds))
	f.Source = in.choose("source", "Source", sourceOptions(sources))
	f.Title = in.text("title", "Title", "game or sport")
	f.Tournament = in.text("tournament", "Tournament", "name, in part")
	f.From = in.weight("from", "From, bits")
	f.To = in.weight("to", "To, bits")
	return in.form, f
}

// weight reads a number of bits.
func (in *formReader) weight(param, label string) *resolve.Weight {
	value := in.text(param, label, "such as 2.5")
	if value == "" {
		return nil
	}
	n, err := strconv.ParseFloat(strings.NewReplacer("−", "-", ",", ".").Replace(value), 64)
	if err != nil || n < -1000 || n > 1000 {
		in.fault("a number of bits, such as −3 or 2.5")
		return nil
	}
	return new(resolve.Weight(n * float64(resolve.Bit)))
}

// without is an address without some of its parameters.
func without(here *url.URL, params ...string) *url.URL {
	query := here.Query()
	for _, p := range params {
		query.Del(p)
	}
	return &url.URL{Path: here.Path, RawQuery: query.Encode()}
}

// questionPath is the queue, as it is filtered here, at a question.
func questionPath(here *url.URL, a, b resolve.ID) string {
	query := here.Query()
	query.Set("a", string(a))
	query.Set("b", string(b))
	return "/suggestions?" + query.Encode()
}

func (s *site) queueRows(ctx context.Context, here *url.URL, questions []store.Question, actor string) ([]queueRow, error) {
	var records []store.RecordRef
	for _, q := range questions {
		records = append(records, q.RecordA, q.RecordB)
	}
	names, err := s.matchNames(ctx, records)
	if err != nil {
		return nil, err
	}
	rows := make([]queueRow, len(questions))
	for i, q := range questions {
		rows[i] = queueRow{Question: q, Path: questionPath(here, q.A, q.B)}
		if q.Lease != nil && q.Lease.Holder != actor {
			rows[i].Held = q.Lease.Holder
		}
		for side, record := range [...]store.RecordRef{q.RecordA, q.RecordB} {
			rows[i].Names[side] = recordName(record, names)
		}
	}
	return rows, nil
}

// matchNames reads at once what the matches of match records are called: by names and day.
func (s *site) matchNames(ctx context.Context, records []store.RecordRef) (map[resolve.ID]string, error) {
	var ids []resolve.ID
	for _, r := range records {
		if r.Kind == resolve.KindMatch && r.Entity != "" {
			ids = append(ids, r.Entity)
		}
	}
	slices.Sort(ids)
	names := map[resolve.ID]string{}
	if len(ids) == 0 {
		return names, nil
	}
	found, err := s.Store.MatchesOf(ctx, slices.Compact(ids))
	for _, m := range found {
		names[m.ID] = versusOn(m)
	}
	return names, err
}

// recordName is what a record is called; a match record has the name of its match.
func recordName(r store.RecordRef, matches map[resolve.ID]string) string {
	if r.Kind != resolve.KindMatch || r.Entity == "" {
		return either(r.Name, r.Key)
	}
	return either(matches[r.Entity], r.Key)
}

// pickQuestion shows the question that is asked for; else the first that nobody else looks at.
// One that is answered while it is read, perhaps by what follows from another, is passed over.
func (s *site) pickQuestion(ctx context.Context, page *queuePage, a, b resolve.ID) error {
	if a != "" && b != "" {
		q, err := s.Store.Question(ctx, a, b)
		if err == nil {
			err = s.askQuestion(ctx, page, q)
		}
		if page.Gone = errors.Is(err, store.ErrNotFound); !page.Gone {
			return err
		}
	}
	held := func(row queueRow) int { // those that somebody else looks at come last
		if row.Held != "" {
			return 1
		}
		return 0
	}
	for _, row := range slices.SortedStableFunc(slices.Values(page.Rows), func(x, y queueRow) int { return held(x) - held(y) }) {
		if err := s.askQuestion(ctx, page, row.Question); !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	page.Asked = nil
	if page.Actor == "" {
		return nil
	}
	return s.Store.ReleaseOthers(ctx, page.Actor)
}

// askQuestion opens a question, and keeps it for the reader for a while.
func (s *site) askQuestion(ctx context.Context, page *queuePage, q store.Question) error {
	q, err := s.lease(ctx, q, page.Actor)
	if err != nil {
		return err
	}
	if page.Asked, err = s.askedOf(ctx, q); err != nil {
		return err
	}
	if q.Lease != nil && q.Lease.Holder != page.Actor {
		page.Asked.Held = q.Lease
	}
	at := -1
	for i := range page.Rows {
		if page.Rows[i].A == q.A && page.Rows[i].B == q.B {
			page.Rows[i].Current, at = true, i
		}
	}
	page.Asked.Here, page.Asked.Following = page.Here, page.Next
	if at+1 < len(page.Rows) {
		page.Asked.Following = page.Rows[at+1].Path
	}
	if at > 0 {
		page.Asked.Previous = page.Rows[at-1].Path
	}
	page.Asked.After = either(either(page.Asked.Following, page.Asked.Previous), "/suggestions")
	return nil
}

// lease keeps a question for a reader who has a name, or tells who has it; either way the reader
// has moved on from what they looked at before, and gives that back.
func (s *site) lease(ctx context.Context, q store.Question, actor string) (store.Question, error) {
	if actor == "" {
		return q, nil
	}
	if err := s.Store.ReleaseOthers(ctx, actor, resolve.Pair{A: q.A, B: q.B}); err != nil {
		return q, err
	}
	held, err := s.Store.Lease(ctx, q.A, q.B, actor, leaseFor)
	if leased := (*store.LeasedError)(nil); errors.As(err, &leased) {
		q.Lease = &leased.Lease
		return q, nil
	}
	q.Lease = &held
	return q, err
}

// lastWord finds what the reader said last, if that was not long ago.
func (s *site) lastWord(ctx context.Context, here *url.URL, actor string) (*lastWord, error) {
	if actor == "" {
		return nil, nil
	}
	said, err := s.Store.Judgements(ctx, store.JudgementFilter{Actor: actor, Limit: 1})
	if err != nil || len(said.Items) == 0 || time.Since(said.Items[0].At) > undoneWithin {
		return nil, err
	}
	last := lastWord{Judged: said.Items[0]}
	last.Back = questionPath(without(here, "cursor"), last.A, last.B)
	records := []store.RecordRef{last.RecordA, last.RecordB}
	names, err := s.matchNames(ctx, records)
	for side, record := range records {
		last.Names[side] = recordName(record, names)
	}
	return &last, err
}
