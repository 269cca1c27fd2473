package web

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"umpire/ent/store"
	"umpire/resolve"
)

// learntOf is what the model in use has learnt of a source beside another.
type learntOf struct {
	Other   string
	Matches int    // it was learnt from
	Clock   string // how the source's clock stands to the other's, in words
	Levels  []learntLevel
}

// learntLevel is what an agreement of the two is worth, in place of what it is usually.
type learntLevel struct {
	Of, Level string
	Weight    resolve.Weight
}

// learnt tells what the model in use has learnt of a source, most matches first.
func (s *site) learnt(ctx context.Context, source string) (string, []learntOf, error) {
	used, err := s.Store.ModelInUse(ctx)
	if err != nil {
		return "", nil, err
	}
	model, err := resolve.ParseModel(used.Content)
	if err != nil {
		return "", nil, err
	}
	var all []learntOf
	for _, f := range model.Feeds {
		switch source {
		case f.A:
			all = append(all, learntOfFeeds(f, f.B, f.Offset))
		case f.B:
			all = append(all, learntOfFeeds(f, f.A, -f.Offset))
		}
	}
	slices.SortStableFunc(all, func(a, b learntOf) int { return b.Matches - a.Matches })
	return used.Version, all, nil
}

func learntOfFeeds(f resolve.Feeds, other string, ahead int) learntOf {
	l := learntOf{Other: other, Matches: f.Matches, Clock: clockTold(ahead)}
	for _, of := range []struct {
		name   string
		levels resolve.Levels
	}{{"start", f.Start}, {"sides", f.Sides}} {
		for _, level := range slices.Sorted(maps.Keys(of.levels)) {
			l.Levels = append(l.Levels, learntLevel{of.name, level, of.levels[level]})
		}
	}
	return l
}

func clockTold(ahead int) string {
	switch {
	case ahead > 0:
		return strconv.Itoa(ahead) + " min ahead"
	case ahead < 0:
		return strconv.Itoa(-ahead) + " min behind"
	}
	return "the same"
}

// ownSought is among how many of a source's matches, and of its teams, duplicates of its own are sought.
const ownSought = 200

// ownTwice is an entity of which a source has several records.
type ownTwice struct {
	named
	Kind    resolve.Kind
	Records int
}

// soughtAmong says among how much of what a source tells duplicates are sought.
func soughtAmong(c store.SourceCounts) string {
	part := func(which string, n int64, what string) string {
		if n <= ownSought {
			return "all its " + what
		}
		return fmt.Sprintf("the %s %s of its %s %s", which, number(ownSought), number(n), what)
	}
	return part("latest", c.Matches, "matches") + ", " + part("first", c.Teams, "teams") + " and " + part("first", c.Tournaments, "tournaments")
}

// ownTwices finds what a source tells more than once, and whether there is more of it than is shown.
func (s *site) ownTwices(ctx context.Context, source string) ([]ownTwice, bool, error) {
	var all []ownTwice
	more := false
	add := func(kind resolve.Kind, id resolve.ID, name string, records []store.RecordRef) {
		n := 0
		for _, r := range records {
			if r.Source == source {
				n++
			}
		}
		if n < 2 {
			return
		}
		if more = len(all) == 2*latestShown; !more {
			all = append(all, ownTwice{named{name, pathOf(id)}, kind, n})
		}
	}
	for _, kind := range []resolve.Kind{resolve.KindTeam, resolve.KindTournament} {
		list, err := s.Store.NamedList(ctx, store.NamedFilter{Kind: kind, Source: source, Limit: ownSought})
		if err != nil {
			return nil, false, err
		}
		for _, n := range list.Items {
			add(kind, n.ID, n.Name, n.Records)
		}
	}
	matches, err := s.Store.Matches(ctx, store.MatchFilter{Source: source, Limit: ownSought})
	for _, m := range matches.Items {
		add(resolve.KindMatch, m.ID, versus(m), m.Records)
	}
	return all, more, err
}

// replayedPage is what became of a source's quarantine when it was read again.
type replayedPage struct {
	Source string
	Fates  []fateCount
}

// fateCount is how many messages came to something.
type fateCount struct {
	Fate  store.Fate
	Count int
}

// replay reads a source's quarantined messages again.
func (s *site) replay(w http.ResponseWriter, r *http.Request) error {
	if s.Replay == nil {
		return store.ErrElsewhere
	}
	source, err := s.Store.Source(r.Context(), r.PathValue("source"))
	if err != nil {
		return err
	}
	counts := map[store.Fate]int{}
	for out, err := range s.Replay(r.Context(), store.MessageFilter{Source: &source.Name}) {
		if err != nil {
			return err
		}
		counts[out.Fate]++
	}
	page := replayedPage{Source: source.Name}
	for _, fate := range []store.Fate{store.Applied, store.Quarantined} {
		page.Fates = append(page.Fates, fateCount{fate, counts[fate]})
	}
	return s.show(w, r, "replayed", view{Title: "Read again", Section: "/sources", Body: page})
}
