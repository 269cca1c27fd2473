package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
	"golang.org/x/sync/errgroup"

	"umpire/ent/store"
	"umpire/fixtures/servers"
	"umpire/ingest"
	"umpire/ingest/rabbit"
)

// BenchmarkLine takes messages from a full queue on a real broker into a PostgreSQL that
// commits to disk, and resolves them. Beside its own rate it prints what the machine can do
// at most, measured just now: decoding alone, consuming alone, and COPY alone of the very
// rows that the line wrote, into the same tables of another database.
//
// The messages are those of the file that UMPIRE_BENCH_MESSAGES names, or made up.
func BenchmarkLine(b *testing.B) {
	messages := benchMessages(b)
	database, broker := servers.DurablePostgres(b), servers.Rabbit(b)
	publish(b, broker, "idle", 0, slices.Values(messages))
	publish(b, broker, "line", 0, slices.Values(messages))
	s := benchStore(b, database.URL())
	for b.Loop() {
		b.StopTimer()
		rate := func(took time.Duration) float64 { return float64(len(messages)) / took.Seconds() }
		decoded, consumed := rate(decodeAlone(messages)), rate(consumeAlone(b, broker, "idle", len(messages)))
		b.StartTimer()
		line := rate(through(b, s, broker, "line", len(messages)))
		b.StopTimer()
		copied := rate(servers.CopyAlone(b, database.URL(), func(url string) { benchStore(b, url) }, written))
		b.ReportMetric(line, "messages/s")
		b.ReportMetric(decoded, "decoded-alone/s")
		b.ReportMetric(consumed, "consumed-alone/s")
		b.ReportMetric(copied, "copied-alone/s")
		b.ReportMetric(line/copied, "of-copy")
		b.StartTimer()
	}
}

// BenchmarkLatency publishes messages at a steady rate, and prints after how long what each
// says can be read from its resolved entity.
func BenchmarkLatency(b *testing.B) {
	const rate, seconds = 1000, 10
	messages := benchMessages(b)
	messages = messages[:min(len(messages), rate*seconds)]
	database, broker := servers.DurablePostgres(b), servers.Rabbit(b)
	s := benchStore(b, database.URL())
	for b.Loop() {
		sent := make([]time.Time, 0, len(messages))
		took := make([]time.Duration, 0, len(messages))
		group, ctx := errgroup.WithContext(b.Context())
		serveLine(ctx, group, b, s, broker, "steady", func(settled int) bool {
			for i := len(took); i < settled; i++ {
				took = append(took, time.Since(sent[i]))
			}
			return settled < len(messages)
		})
		publish(b, broker, "steady", rate, func(yield func(ingest.FileMessage) bool) {
			for _, m := range messages {
				if sent = append(sent, time.Now()); !yield(m) {
					return
				}
			}
		})
		if err := group.Wait(); err != nil && !errors.Is(err, errSettled) {
			b.Fatal(err)
		}
		slices.Sort(took)
		for _, percent := range []int{50, 99} {
			b.ReportMetric(took[len(took)*percent/100].Seconds()*1000, fmt.Sprintf("p%d-ms", percent))
		}
		b.ReportMetric(rate, "messages/s")
	}
}

func benchStore(b *testing.B, url string) *store.Store {
	b.Helper()
	s, err := store.Open(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	if err := s.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	return s
}

// through serves the line until it has settled so many messages.
func through(b *testing.B, s *store.Store, broker, queue string, messages int) time.Duration {
	b.Helper()
	group, ctx := errgroup.WithContext(b.Context())
	began := time.Now()
	var took time.Duration
	serveLine(ctx, group, b, s, broker, queue, func(settled int) bool {
		took = time.Since(began)
		return settled < messages
	})
	if err := group.Wait(); !errors.Is(err, errSettled) {
		b.Fatal(err)
	}
	return took
}

var errSettled = errors.New("all is settled")

// serveLine has a group do what umpire serve does, and tells how many messages of the store
// are settled, again and again until that is enough.
func serveLine(ctx context.Context, group *errgroup.Group, b *testing.B, s *store.Store, broker, queue string, more func(settled int) bool) {
	b.Helper()
	at, err := rabbit.NewBroker(broker, queue)
	if err != nil {
		b.Fatal(err)
	}
	l := newLine(s)
	group.Go(func() error { return l.resolver.Run(ctx) })
	group.Go(func() error { return rabbit.NewConsumer(at, l.intake).Run(ctx) })
	group.Go(func() error {
		for {
			settled, err := settledOf(ctx, s)
			if err != nil {
				return err
			}
			if !more(settled) {
				return errSettled
			}
			if err := ingest.Sleep(ctx, 20*time.Millisecond); err != nil {
				return err
			}
		}
	})
}

// settledOf counts the messages up to the first that is not settled.
func settledOf(ctx context.Context, s *store.Store) (int, error) {
	newest, err := s.Messages(ctx, store.MessageFilter{Limit: 1})
	if err != nil || len(newest.Items) == 0 {
		return 0, err
	}
	marks, err := s.Dirty(ctx, 1)
	if err != nil {
		return 0, err
	}
	settled := newest.Items[0].Message
	for _, m := range marks {
		settled = min(settled, m.Message-1)
	}
	return int(settled), nil
}

func publish(b *testing.B, broker, queue string, rate float64, messages iter.Seq[ingest.FileMessage]) {
	b.Helper()
	at, err := rabbit.NewBroker(broker, queue)
	if err != nil {
		b.Fatal(err)
	}
	whole := func(yield func(ingest.FileMessage, error) bool) {
		for m := range messages {
			if !yield(m, nil) {
				return
			}
		}
	}
	if err := rabbit.NewPublisher(at, rate).Publish(b.Context(), whole, func(ingest.FileMessage) {}); err != nil {
		b.Fatal(err)
	}
}

func decodeAlone(messages []ingest.FileMessage) time.Duration {
	began := time.Now()
	for _, m := range messages {
		ingest.Decode(m.Body, ingest.Defaults)
	}
	return time.Since(began)
}

// consumeAlone takes messages from a queue as the line does, and only acknowledges them.
func consumeAlone(b *testing.B, broker, queue string, messages int) time.Duration {
	b.Helper()
	conn, err := amqp.Dial(broker)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	ch, err := conn.Channel()
	if err != nil {
		b.Fatal(err)
	}
	const every = 500
	if err := ch.Qos(2*every, 0, false); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	deliveries, err := ch.ConsumeWithContext(b.Context(), queue, "", false, false, false, false, nil)
	if err != nil {
		b.Fatal(err)
	}
	for n := 1; n <= messages; n++ {
		if d := <-deliveries; n%every == 0 || n == messages {
			if err := d.Ack(true); err != nil {
				b.Fatal(err)
			}
		}
	}
	return time.Since(began)
}

// written are the tables that the line writes, each before those that refer to it.
var written = strings.Fields(`
	titles tournaments teams matches title_records tournament_records team_records match_records
	messages scores placements links changes`)

// benchMessages are those of the file that UMPIRE_BENCH_MESSAGES names, or made up.
func benchMessages(b *testing.B) []ingest.FileMessage {
	b.Helper()
	path := os.Getenv("UMPIRE_BENCH_MESSAGES")
	if path == "" {
		return madeUp(5000)
	}
	file, err := ingest.Open(path, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	var messages []ingest.FileMessage
	for m, err := range file.Messages() {
		if err != nil {
			b.Fatal(err)
		}
		messages = append(messages, m)
	}
	return messages
}

// madeUp tells of so many matches, twenty a day among 150 teams: two sources schedule each,
// and tell its score two days later.
func madeUp(matches int) []ingest.FileMessage {
	const teams, daily, lag = 150, 20, 40
	var messages []ingest.FileMessage
	tell := func(match, state int) {
		one, two := match%teams, (match*7+match/teams)%teams
		day := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, match/daily)
		for source, title := range []string{"Soccer", "Football"} {
			score := [2]string{"null", "null"}
			if state == 2 {
				score = [2]string{fmt.Sprint(match % 5), fmt.Sprint(match % 3)}
			}
			messages = append(messages, ingest.FileMessage{
				ID: fmt.Sprintf("made-up:%d", len(messages)),
				Body: fmt.Appendf(nil, `{"source": "source%d", "data": {"id": %d, "url": "https://source%[1]d.example/matches/%[2]d", "state": %d, `+
					`"teams": [{"id": %d, "name": %q}, {"id": %d, "name": %q}], "bestof": null, `+
					`"scores": [{"team": %[4]d, "score": %[8]s, "winner": null}, {"team": %[6]d, "score": %[9]s, "winner": null}], `+
					`"tournament": {"id": %[10]d, "name": "league %[10]d"}, "date_start_text": %[11]q, "title": %[12]q}}`,
					source, match, state, one, teamName(one), two, teamName(two), score[0], score[1],
					match%6, day.Format(time.DateOnly), title),
			})
		}
	}
	for i := range matches + lag {
		if i < matches {
			tell(i, 1)
		}
		if i >= lag {
			tell(i-lag, 2)
		}
	}
	return messages
}

// teamName makes a name of three syllables, another for each number below 1,000.
func teamName(n int) string {
	syllables := strings.Fields("bor lin gra tes mund vel kor sta nar dim")
	return syllables[n%10] + syllables[n/10%10] + " " + syllables[n/100%10] + "ia"
}
