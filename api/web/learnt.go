package web

import (
	"context"
	"maps"
	"net/http"
	"net/url"
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

// ownTwice is what a source tells more than once of a kind.
type ownTwice struct {
	Heading string
	Number  int64
	All     string // the list of all of it
	First   []toldTwice
}

// toldTwice is an entity of which a source has several records.
type toldTwice struct {
	named
	Records int
}

// More reports whether there is more than the first.
func (t ownTwice) More() bool { return t.Number > int64(len(t.First)) }

// ownTwices reads what a source tells more than once, by kind.
func (s *site) ownTwices(ctx context.Context, source store.Source) ([]ownTwice, error) {
	var all []ownTwice
	for _, kind := range resolve.Kinds {
		if source.Counts.Twice[kind] == 0 {
			continue
		}
		first, err := s.firstTwice(ctx, kind, source.Name)
		if err != nil {
			return nil, err
		}
		list := url.Values{"source": {source.Name}, "twice": {"true"}}
		all = append(all, ownTwice{headings[kind], source.Counts.Twice[kind], sectionOf(kind) + "?" + list.Encode(), first})
	}
	return all, nil
}

func (s *site) firstTwice(ctx context.Context, kind resolve.Kind, source string) ([]toldTwice, error) {
	told := func(id resolve.ID, name string, records []store.RecordRef) toldTwice {
		its := slices.DeleteFunc(slices.Clone(records), func(r store.RecordRef) bool { return r.Source != source })
		return toldTwice{named{name, pathOf(id)}, len(its)}
	}
	if kind == resolve.KindMatch {
		list, err := s.Store.Matches(ctx, store.MatchFilter{Source: source, Twice: true, Limit: latestShown})
		return each(list.Items, func(m store.Match) toldTwice { return told(m.ID, versusOn(m), m.Records) }), err
	}
	list, err := s.Store.NamedList(ctx, store.NamedFilter{Kind: kind, Source: source, Twice: true, Limit: latestShown})
	return each(list.Items, func(n store.Named) toldTwice { return told(n.ID, n.Name, n.Records) }), err
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
