package search_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"umpire/api/search"
	"umpire/ent/store"
	"umpire/fixtures/servers"
	"umpire/ingest"
	"umpire/resolve"
	"umpire/resolve/eval"
	"umpire/resolve/text"
)

// BenchmarkSearch searches a PostgreSQL that is full of matches, each the only record of its
// entity, by what people type, and tells how long the median and the slowest hundredth take.
//
// The records are those of the file of messages that UMPIRE_BENCH_MESSAGES names, or made
// up; UMPIRE_BENCH_COPIES makes them so many times as many.
func BenchmarkSearch(b *testing.B) {
	s := open(b, servers.DurablePostgres(b).URL())
	matches := fill(b, s)
	b.Logf("%d matches", len(matches))
	if len(matches) > 10_000 {
		time.Sleep(settle)
	}
	for _, kind := range []struct {
		name  string
		typed func(resolve.Match) string
	}{
		{"two teams", func(m resolve.Match) string { return m.Sides[0].Team.Name + " vs " + m.Sides[1].Team.Name }},
		{"two teams, no vs", func(m resolve.Match) string { return m.Sides[0].Team.Name + " " + m.Sides[1].Team.Name }},
		{"a team", func(m resolve.Match) string { return m.Sides[0].Team.Name }},
		{"a beginning", func(m resolve.Match) string { return string([]rune(m.Sides[0].Team.Name + "  ")[:3]) }},
		{"an error", func(m resolve.Match) string { return misspelt(m.Sides[0].Team.Name) }},
		{"a team in a tournament", func(m resolve.Match) string { return m.Sides[1].Team.Name + " " + tournament(m) }},
	} {
		b.Run(kind.name, func(b *testing.B) {
			random := rand.New(rand.NewPCG(1, 2))
			var took []time.Duration
			found := 0
			for b.Loop() {
				q, err := search.Parse(kind.typed(matches[random.IntN(len(matches))]))
				if err != nil {
					continue
				}
				began := time.Now()
				p, err := search.Finder{Store: s}.Find(b.Context(), q, "", 20)
				if err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
				found += min(len(p.Hits), 1)
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(float64(found)/float64(len(took)), "found")
		})
	}
}

// settle is how long PostgreSQL takes to look by itself at tables that were filled: without,
// it would search as if they were small.
const settle = 100 * time.Second

// misspelt exchanges the third letter and the fourth.
func misspelt(name string) string {
	letters := []rune(name)
	if len(letters) > 4 {
		letters[2], letters[3] = letters[3], letters[2]
	}
	return string(letters)
}

func tournament(m resolve.Match) string {
	if m.Tournament == nil {
		return ""
	}
	return m.Tournament.Name
}

// fill takes records in, and makes an entity of each.
func fill(b *testing.B, s *store.Store) []resolve.Match {
	b.Helper()
	release, err := s.Own(b.Context())
	check(b, err)
	b.Cleanup(release)
	var matches []resolve.Match
	for batch := range slices.Chunk(grown(b), 5000) {
		deliveries := make([]store.Delivery, len(batch))
		for i, e := range batch {
			deliveries[i] = store.Delivery{Source: e.Match.Key.Source, Match: e.Match, ReceivedAt: time.Now(), Via: "benchmark"}
			matches = append(matches, *e.Match)
		}
		_, err := s.Ingest(b.Context(), deliveries)
		check(b, err)
	}
	known := map[resolve.ID]bool{}
	for batch := range slices.Chunk(matches, 20_000) {
		check(b, s.Apply(b.Context(), alone(batch, known), nil, "benchmark"))
	}
	return matches
}

// alone is a plan that makes an entity of each record that is not known yet.
func alone(matches []resolve.Match, known map[resolve.ID]bool) resolve.Plan {
	var plan resolve.Plan
	put := func(e resolve.Entity) {
		if !known[e.ID] {
			known[e.ID] = true
			e.Kind, e.Members, e.From = e.ID.Kind(), []resolve.Member{{Record: e.ID}}, map[string]resolve.ID{}
			plan.Put = append(plan.Put, e)
			plan.Changes = append(plan.Changes, resolve.Change{Entity: e.ID, Kind: e.Kind, Act: resolve.Created})
		}
	}
	for _, m := range matches {
		f := &resolve.Fields{State: m.State, Start: m.Start}
		if m.Title != nil {
			f.Title = m.Title.ID
			put(resolve.Entity{ID: f.Title, Name: m.Title.Name})
		}
		if m.Tournament != nil {
			f.Tournament = m.Tournament.ID
			put(resolve.Entity{ID: f.Tournament, Name: m.Tournament.Name, Title: f.Title})
		}
		for i, side := range m.Sides {
			f.Sides[i].Team = side.Team.ID
			put(resolve.Entity{ID: side.Team.ID, Name: side.Team.Name, Title: f.Title})
		}
		put(resolve.Entity{ID: m.ID, Match: f})
	}
	return plan
}

// grown are the last words on each record, so many times over, in other years and under
// other names.
func grown(b *testing.B) []eval.Event {
	b.Helper()
	copies, err := strconv.Atoi(cmp.Or(os.Getenv("UMPIRE_BENCH_COPIES"), "1"))
	check(b, err)
	path := os.Getenv("UMPIRE_BENCH_MESSAGES")
	if path == "" {
		return madeUp(copies)
	}
	file, err := ingest.Open(path, nil)
	check(b, err)
	defer file.Close()
	var log []eval.Event
	at := map[resolve.ID]int{}
	for m, err := range file.Messages() {
		check(b, err)
		match := ingest.Decode(m.Body, ingest.Defaults).Match
		if match == nil {
			continue
		}
		if i, told := at[match.ID]; told {
			log[i].Match = match
			continue
		}
		at[match.ID] = len(log)
		log = append(log, eval.Event{Match: match})
	}
	return eval.Grow(log, copies, eval.Years)
}

// madeUp are 1,000 matches a copy among 100 teams of two words each, some of which teams of
// other copies share.
func madeUp(copies int) []eval.Event {
	const matches, teams = 1000, 100
	syllables := []string{"na", "tus", "vin", "ce", "re", "fna", "tic", "as", "tra", "lis", "mou", "se", "cloud", "li", "quid", "pa", "ris", "ge", "ka", "zor"}
	word := func(n int) string {
		return syllables[n%20] + syllables[n/20%20] + syllables[n/400%20]
	}
	named := func(kind resolve.Kind, n int, name string) *resolve.Named {
		key := resolve.Key{Kind: kind, Source: "made up", Scope: text.Fold("Soccer"), ID: strconv.Itoa(n)}
		return &resolve.Named{Key: key, ID: key.Mint(), Name: name}
	}
	team := func(n int) resolve.Named { return *named(resolve.KindTeam, n, word(n*7)+" "+word(n*131)) }
	events := make([]eval.Event, 0, copies*matches)
	for i := range copies * matches {
		first := i / matches * teams
		key := resolve.Key{Kind: resolve.KindMatch, Source: "made up", ID: strconv.Itoa(i)}
		at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Hour)
		events = append(events, eval.Event{Match: &resolve.Match{
			Key: key, ID: key.Mint(), Start: resolve.Time{At: at, Raw: at.String(), Precision: resolve.PrecisionMinute},
			Title:      named(resolve.KindTitle, 0, "Soccer"),
			Tournament: named(resolve.KindTournament, i/200, fmt.Sprintf("%s league %d", word(i/200*13), 2000+i/200%20)),
			Sides:      [2]resolve.Side{{Team: team(first + i%teams)}, {Team: team(first + (i*7+1+i/teams)%teams)}},
		}})
	}
	return events
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
