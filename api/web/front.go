package web

import (
	"context"
	"net/http"
	"slices"

	"umpire/ent/store"
	"umpire/resolve"
)

// mergesSought is how many of the last changes are searched for merges to show.
const mergesSought = 400

// frontPage is what flows in, and what became of it.
type frontPage struct {
	Figures []figure
	Kinds   []kindCount
	Sources []store.Source
	Wide    flow
	Narrow  flow
	Merges  []namedEvent
	Latest  []matchDay
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
	return s.show(w, "front", view{Title: "What several feeds say, told once", Section: "/", Body: page})
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
	page.Merges, err = s.latestMerges(ctx, stats.LastChange)
	return page, err
}

// figure is a number with what it counts.
type figure struct {
	Label, Path string // Path leads to what is counted, if it can be listed
	Number      int64
	Key         bool // the one to see first
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

// latestMerges are the last merges of matches, each match once.
func (s *site) latestMerges(ctx context.Context, last int64) ([]namedEvent, error) {
	changes, err := s.Store.Changes(ctx, max(0, last-mergesSought), mergesSought)
	if err != nil {
		return nil, err
	}
	var merges []event
	seen := map[resolve.ID]bool{}
	for _, e := range newestFirst(changes) {
		if e.Act == resolve.Merged && !seen[e.Entity] && len(merges) < latestShown {
			merges = append(merges, e)
			seen[e.Entity] = true
		}
	}
	return s.nameEvents(ctx, merges)
}
