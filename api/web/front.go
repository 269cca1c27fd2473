package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"umpire/ent/store"
	"umpire/resolve"
)

// frontPage is what flows in, and what became of it.
type frontPage struct {
	Figures []figure
	Kinds   []kindCount
	Sources []store.Source
	Wide    flow
	Narrow  flow
	Merges  merges
	Latest  []matchDay
	Waits   []queueRow  // what to decide first,
	Review  []judgedRow // and what to look at again
}

// figure is a number with what it counts.
type figure struct {
	Label, Path string // Path leads to what is counted, if it can be listed
	Number      int64
	Key         bool // the one to see first
}

// kindCount is how many records of a kind became how many entities.
type kindCount struct {
	Heading, Path     string
	Records, Entities int64
}

// front shows the state of things at a glance.
func (s *site) front(w http.ResponseWriter, r *http.Request) error {
	page, err := s.frontPage(r.Context())
	if err != nil {
		return err
	}
	return s.show(w, r, "front", view{Title: "Several feeds, one answer", Section: "/", Body: page})
}

func (s *site) frontPage(ctx context.Context) (frontPage, error) {
	stats, err := s.Store.Stats(ctx)
	if err != nil {
		return frontPage{}, err
	}
	page := frontPage{Figures: figures(stats), Kinds: kindCounts(stats)}
	if page.Sources, err = s.Store.Sources(ctx); err != nil {
		return frontPage{}, err
	}
	page.Wide, page.Narrow = wideFlow.draw(stats, page.Sources), narrowFlow.draw(stats, page.Sources)
	matches, err := s.latest(ctx, store.MatchFilter{Sort: store.ByUpdatedDesc, Limit: latestShown})
	if err != nil {
		return frontPage{}, err
	}
	page.Latest = byDay(matches, store.ByUpdatedDesc)
	if page.Merges, err = s.merges(ctx, stats.LastChange); err != nil {
		return frontPage{}, err
	}
	return page, s.waits(ctx, &page)
}

// waits finds what waits for a person.
func (s *site) waits(ctx context.Context, page *frontPage) error {
	questions, err := s.Store.Questions(ctx, store.QuestionFilter{Limit: waitsShown})
	if err != nil {
		return err
	}
	if page.Waits, err = s.queueRows(ctx, &url.URL{Path: "/suggestions"}, questions.Items, ""); err != nil {
		return err
	}
	review, err := s.Store.Judgements(ctx, store.JudgementFilter{Review: true, Limit: waitsShown})
	if err != nil {
		return err
	}
	page.Review, err = s.judgedRows(ctx, review.Items)
	return err
}

// waitsShown is how much of what waits the front page shows.
const waitsShown = 5

// figuresPage is the counters alone, for who watches them.
type figuresPage struct{ Figures []figure }

// figures shows the counters, by which the front page keeps its own up to date.
func (s *site) figures(w http.ResponseWriter, r *http.Request) error {
	stats, err := s.Store.Stats(r.Context())
	if err != nil {
		return err
	}
	return s.show(w, r, "figures", view{Title: "As it stands", Section: "/", Body: figuresPage{figures(stats)}})
}

func figures(stats store.Stats) []figure {
	return []figure{
		{Label: "matches told by several", Path: "/matches", Number: stats.Merged, Key: true},
		{Label: "messages applied", Path: "/messages?fate=applied", Number: stats.Messages[store.Applied]},
		{Label: "repeated", Path: "/messages?fate=duplicate", Number: stats.Messages[store.Duplicate]},
		{Label: "in quarantine", Path: "/messages?fate=quarantined", Number: stats.Messages[store.Quarantined]},
		{Label: "suggestions waiting", Path: "/suggestions", Number: stats.Suggestions},
		{Label: "not settled yet", Number: stats.Dirty},
	}
}

func kindCounts(stats store.Stats) []kindCount {
	var counts []kindCount
	for _, kind := range slices.Backward(resolve.Kinds[:]) {
		counts = append(counts, kindCount{headings[kind], sectionOf(kind), stats.Records[kind], stats.Entities[kind]})
	}
	return counts
}
