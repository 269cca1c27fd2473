package index

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	_ "github.com/lib/pq"
	"github.com/opensearch-project/opensearch-go/v4/opensearchapi"
	"golang.org/x/sync/errgroup"

	"umpire/api/search"
	"umpire/ent/store"
	"umpire/fixtures/servers"
	"umpire/resolve/text"
)

// BenchmarkSearch makes the index of a database of many matches anew, and searches it.
// Beside its rate of documents it prints that of a bare bulk of the same documents, made
// before and sent by as many connections; beside how long searches take, how long a plain
// query of two words takes on the same index, one after the other in turn.
//
// UMPIRE_BENCH_SEARCH says how many matches; else a million.
func BenchmarkSearch(b *testing.B) {
	matches := 1_000_000
	if n, err := strconv.Atoi(os.Getenv("UMPIRE_BENCH_SEARCH")); err == nil {
		matches = n
	}
	database := servers.Postgres(b)
	w := newWorld(b, database)
	filled(b, database, matches)
	for _, engine := range servers.Engines() {
		b.Run(string(engine), func(b *testing.B) {
			s := open(b, Config{URL: servers.OwnSearch(b, engine).URL()})
			for b.Loop() {
				b.StopTimer()
				batches, documents := made(b, w)
				rate := func(n int, since time.Time) float64 { return float64(n) / time.Since(since).Seconds() }
				bare(b, s, batches[:len(batches)/10+1]) // to be warm
				began := time.Now()
				bare(b, s, batches)
				alone := rate(documents, began)
				b.StartTimer()
				began = time.Now()
				check(b, NewIndexer(s, w).Rebuild(b.Context(), func(int64, int64) {}))
				rebuilt := rate(documents, began)
				b.StopTimer()
				b.ReportMetric(rebuilt, "documents/s")
				b.ReportMetric(rebuilt/alone, "of-bulk")
				ours, plain := searched(b, s, w)
				b.ReportMetric(float64(ours.Microseconds())/1000, "p99-ms")
				b.ReportMetric(float64(ours)/float64(plain), "of-plain")
				b.StartTimer()
			}
		})
	}
}

// bare writes requests that are made already into an index of their own, and deletes it.
func bare(b *testing.B, s *Server, batches []*batch) {
	b.Helper()
	index, err := s.create(b.Context())
	check(b, err)
	group, ctx := errgroup.WithContext(b.Context())
	group.SetLimit(writers)
	for _, one := range batches {
		group.Go(func() error { return s.write(ctx, index, one) })
	}
	check(b, group.Wait())
	check(b, s.drop(b.Context(), index))
}

// made makes the requests of all documents, and counts these.
func made(b *testing.B, w *world) ([]*batch, int) {
	b.Helper()
	var all []*batch
	var mu sync.Mutex
	c := copier{send: func(full *batch) error {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, full)
		return nil
	}, progress: func(int64, int64) {}}
	check(b, w.EverySearchable(b.Context(), c.take))
	return append(all, &c.batch), int(c.done)
}

// searched returns the 99th percentile of searches, and of plain queries, for the two
// teams of a match, as they are and with an error in one.
func searched(b *testing.B, s *Server, w *world) (time.Duration, time.Duration) {
	b.Helper()
	const times, most = 2000, 50
	pairs := pairsOf(b, w)
	backend := NewBackend(s, w, Limits{Timeout: 10 * time.Second})
	var ours, plain []time.Duration
	for i := range times {
		pair := pairs[rand.IntN(len(pairs))]
		one, two := pair[0], pair[1]
		if i%4 == 0 {
			one = one[:len(one)-2] + one[len(one)-1:]
		}
		began := time.Now()
		_, err := backend.Candidates(b.Context(), search.Query{Text: one + " " + two}, most)
		ours = append(ours, time.Since(began))
		check(b, err)
		began = time.Now()
		_, err = s.api.Search(b.Context(), &opensearchapi.SearchReq{Indices: []string{s.alias}, Body: bytes.NewReader(fmt.Appendf(nil,
			`{"size": %d, "_source": false, "query": {"match": {"names": %q}}}`, most, one+" "+two))})
		plain = append(plain, time.Since(began))
		check(b, err)
	}
	slices.Sort(ours)
	slices.Sort(plain)
	return ours[times*99/100], plain[times*99/100]
}

// pairsOf are the names, folded, of those who play in some matches.
func pairsOf(b *testing.B, w *world) [][2]string {
	b.Helper()
	var pairs [][2]string
	enough := errors.New("enough")
	err := w.EverySearchable(b.Context(), func(state store.SearchState, _ int64) error {
		for _, m := range state.Matches {
			one, two := text.Fold(state.Named[m.Teams[0]].Names[0]), text.Fold(state.Named[m.Teams[1]].Names[0])
			if len(one) > 4 && one != two {
				pairs = append(pairs, [2]string{one, two})
			}
		}
		if len(pairs) > 0 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) {
		b.Fatal(err)
	}
	return pairs
}

// filled writes matches into a database as if two sources had told them: among a team for
// every 50, each of a word of its own, and a tournament for every 200.
func filled(b *testing.B, url string, matches int) {
	b.Helper()
	db, err := sql.Open("postgres", url)
	check(b, err)
	defer db.Close()
	teams, tournaments := max(matches/50, 100), max(matches/200, 10)
	word := `translate(substr(md5(%s::text), 1, 7), '0123456789', 'ghijklmnop')`
	for _, statement := range []string{
		`INSERT INTO titles (id, name, folded, provenance, records_count, sources_count, created_at, updated_at, version) VALUES ('ttl_1', 'CS:GO', 'cs go', '{}', 1, 1, now(), now(), 1)`,
		fmt.Sprintf(`INSERT INTO teams (id, name, folded, title_id, provenance, records_count, sources_count, created_at, updated_at, version)
			SELECT 'tem_' || i, initcap(%[2]s), %[2]s, 'ttl_1', '{}', 1, 1, now(), now(), 1 FROM generate_series(1, %[1]d) i`, teams, fmt.Sprintf(word, "i")),
		fmt.Sprintf(`INSERT INTO tournaments (id, name, folded, title_id, provenance, records_count, sources_count, created_at, updated_at, version)
			SELECT 'trn_' || i, 'League ' || %[2]s, 'league ' || %[2]s, 'ttl_1', '{}', 1, 1, now(), now(), 1 FROM generate_series(1, %[1]d) i`, tournaments, fmt.Sprintf(word, "(-i)")),
		fmt.Sprintf(`INSERT INTO matches (id, title_id, tournament_id, team1_id, team2_id, state, start, precision, provenance, records_count, sources_count, created_at, updated_at, version)
			SELECT 'mch_' || i, 'ttl_1', 'trn_' || 1 + i / 200 %% %[3]d, 'tem_' || 1 + i %% %[2]d, 'tem_' || 1 + (i::bigint * 7919) %% %[2]d, 2,
			timestamptz '2015-01-01' + i * interval '1 minute', 'minute', '{}', 2, 2, now(), now(), 1 FROM generate_series(1, %[1]d) i`, matches, teams, tournaments),
		fmt.Sprintf(`INSERT INTO match_records (id, source, scope, key, named, arrival, message, withdrawn)
			SELECT 'mch_' || s || 'r' || i, 'source' || s, '', i, false, i * 2 + s, i * 2 + s, false FROM generate_series(1, %[1]d) i, generate_series(0, 1) s`, matches),
		fmt.Sprintf(`INSERT INTO placements (id, entity_id) SELECT 'mch_' || s || 'r' || i, 'mch_' || i FROM generate_series(1, %[1]d) i, generate_series(0, 1) s`, matches),
		`ANALYZE`,
	} {
		if _, err := db.Exec(statement); err != nil {
			b.Fatalf("%v: %s", err, statement)
		}
	}
}
