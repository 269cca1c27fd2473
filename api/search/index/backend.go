package index

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/opensearch-project/opensearch-go/v4/opensearchapi"
	"github.com/rs/zerolog"
	"github.com/sony/gobreaker/v2"

	"umpire/api/search"
	"umpire/ent/store"
	"umpire/resolve"
)

// Limits are how much patience a search has with the server.
type Limits struct {
	Timeout time.Duration // of a search; 0: 400 ms
	Rest    time.Duration // for how long a server that fails is left alone; 0: 2 s
	Lag     time.Duration // how far the index may be behind the database; 0: 5 s
	Look    time.Duration // how often Watch looks; 0: 1 s
}

func (l Limits) orDefaults() Limits {
	if l.Timeout == 0 {
		l.Timeout = 400 * time.Millisecond
	}
	if l.Rest == 0 {
		l.Rest = 2 * time.Second
	}
	if l.Lag == 0 {
		l.Lag = 5 * time.Second
	}
	if l.Look == 0 {
		l.Look = time.Second
	}
	return l
}

// failures in a row are those after which the server is left alone for a while.
const failures = 3

var _ search.Backend = (*Backend)(nil)

// Backend finds candidates in the index in use.
type Backend struct {
	server *Server
	source interface {
		Head(context.Context) (store.Head, error)
	}
	limits  Limits
	counts  counts
	breaker *gobreaker.CircuitBreaker[[]resolve.ID]
	fault   atomic.Pointer[error]                   // what Watch found; nil: nothing
	titles  atomic.Pointer[map[string][]resolve.ID] // by word and short form, as Watch last saw them
}

// ErrAway says that the index cannot answer, now.
var ErrAway = errors.New("the search index does not answer")

// NewBackend makes a backend. Its Watch is to run beside it.
func NewBackend(server *Server, source Source, limits Limits) *Backend {
	b := &Backend{server: server, source: source, limits: limits.orDefaults(), counts: newCounts()}
	b.breaker = gobreaker.NewCircuitBreaker[[]resolve.ID](gobreaker.Settings{
		Name: "search", Timeout: b.limits.Rest,
		ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= failures },
		IsSuccessful: func(err error) bool { return err == nil || errors.Is(err, context.Canceled) },
	})
	return b
}

// Candidates returns up to most entities that a query may mean, the likeliest first, within
// the limit of time. An error is ErrAway: it may do when asked again, and meanwhile another
// backend has to.
func (b *Backend) Candidates(ctx context.Context, q search.Query, most int) ([]resolve.ID, error) {
	found, err := b.ask(ctx, q, most)
	if err != nil {
		b.counts.searches.WithLabelValues("away").Inc()
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	b.counts.searches.WithLabelValues("answered").Inc()
	return found, nil
}

// ask asks the server, unless there is something amiss with it already.
func (b *Backend) ask(ctx context.Context, q search.Query, most int) ([]resolve.ID, error) {
	if fault := b.fault.Load(); fault != nil {
		return nil, *fault
	}
	return b.breaker.Execute(func() ([]resolve.ID, error) { return b.search(ctx, q, most) })
}

func (b *Backend) resting() bool { return b.breaker.State() == gobreaker.StateOpen }

func (b *Backend) search(ctx context.Context, q search.Query, most int) ([]resolve.ID, error) {
	short, cancel := context.WithTimeout(ctx, b.limits.Timeout)
	defer cancel()
	found, err := b.searchBy(short, q, most, narrow)
	if err == nil && len(found) == 0 && q.Text != "" && !q.Part {
		found, err = b.searchBy(short, q, most, wide)
	}
	if ctx.Err() != nil {
		return nil, context.Canceled // the client's patience, and no fault of the server's
	}
	return found, err
}

func (b *Backend) searchBy(ctx context.Context, q search.Query, most int, w width) ([]resolve.ID, error) {
	var titles map[string][]resolve.ID
	if known := b.titles.Load(); known != nil {
		titles = *known
	}
	asked, err := body(q, most, titles, w)
	if err != nil {
		return nil, err
	}
	answer, err := b.server.api.Search(ctx, &opensearchapi.SearchReq{
		Indices: []string{b.server.alias}, Body: bytes.NewReader(asked),
		Params: opensearchapi.SearchParams{
			AllowPartialSearchResults: new(false), FilterPath: []string{"timed_out", "hits.hits._id"},
			Preference: "_local", RequestCache: new(false),
		},
	})
	switch {
	case status(err) == http.StatusNotFound:
		return nil, ErrNone
	case err != nil:
		return nil, err
	case answer.Timeout:
		return nil, context.DeadlineExceeded
	}
	ids := make([]resolve.ID, len(answer.Hits.Hits))
	for i, hit := range answer.Hits.Hits {
		ids[i] = resolve.ID(hit.ID)
	}
	return ids, nil
}

// Ready tells why the index does not answer; nil: it does, or may.
func (b *Backend) Ready(context.Context) error {
	if fault := b.fault.Load(); fault != nil {
		return *fault
	}
	if b.resting() {
		return errors.New("the server is left alone for a while, since searches failed")
	}
	return nil
}

// Watch looks after the index in use until ctx ends: whether it is there, of this form, and
// not too far behind the database, by whatever indexer. While it is not, Candidates do not
// come from it. It also learns what titles are called, of which there are few.
func (b *Backend) Watch(ctx context.Context) error {
	var behind lag
	for {
		err := b.look(ctx, &behind)
		b.tell(ctx, err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(b.limits.Look):
		}
	}
}

func (b *Backend) look(ctx context.Context, behind *lag) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	index, err := b.server.inUse(ctx)
	if err != nil {
		return err
	}
	at, err := b.server.followed(ctx, index)
	if err != nil {
		return err
	}
	titles, err := b.server.titles(ctx)
	if err != nil {
		return err
	}
	b.titles.Store(&titles)
	head, err := b.source.Head(ctx)
	if err != nil {
		return nil // the database does not answer, which is nothing about the index
	}
	if by := behind.by(at, head, time.Now()); by > b.limits.Lag {
		return fmt.Errorf("the search index is %s behind the database", by.Round(time.Second))
	}
	return nil
}

// titles returns which titles have a word in their names, or a short form.
func (s *Server) titles(ctx context.Context) (map[string][]resolve.ID, error) {
	var found struct {
		Hits struct {
			Hits []struct {
				ID     resolve.ID `json:"_id"`
				Source document   `json:"_source"`
			} `json:"hits"`
		} `json:"hits"`
	}
	if err := s.call(ctx, http.MethodPost, "/"+s.alias+"/_search", `{"size": 1000, "query": {"term": {"kind": "title"}}}`, &found); err != nil {
		return nil, err
	}
	titles := map[string][]resolve.ID{}
	for _, hit := range found.Hits.Hits {
		for _, word := range append(strings.Fields(strings.Join(hit.Source.Names, " ")), hit.Source.Short...) {
			if !slices.Contains(titles[word], hit.ID) {
				titles[word] = append(titles[word], hit.ID)
			}
		}
	}
	return titles, nil
}

// lag tells for how long the index has not reached what the database had.
type lag struct {
	goal  store.Head
	since time.Time // zero: the goal was reached
}

func (l *lag) by(at, head store.Head, now time.Time) time.Duration {
	if reached := at.Changes >= l.goal.Changes && at.Messages >= l.goal.Messages; reached || l.since.IsZero() {
		l.goal, l.since = head, now
	}
	if at.Changes >= head.Changes && at.Messages >= head.Messages {
		l.since = time.Time{}
		return 0
	}
	return now.Sub(l.since)
}

// tell logs when the index goes out of use, or comes back.
func (b *Backend) tell(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	var fault *error
	if err != nil {
		fault = &err
	}
	before := b.fault.Swap(fault)
	switch {
	case err != nil && before == nil:
		zerolog.Ctx(ctx).Warn().Err(err).Msg("searching without the index")
	case err == nil && before != nil:
		zerolog.Ctx(ctx).Info().Msg("searching by the index again")
	}
}
