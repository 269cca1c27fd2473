package rabbit_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"umpire/ent/store"
	"umpire/fixtures/servers"
	"umpire/ingest"
	"umpire/ingest/rabbit"
)

// TestOrder: what is published in an order takes effect in that order, each once, with
// its bytes, and says how it came.
func TestOrder(t *testing.T) {
	w := newWorld(t, servers.Rabbit(t))
	const n = 2500 // several batches
	w.publish(t, n)
	stop := w.consume(t)
	w.log.await(t, "messages taken in", n)
	stop()
	w.holds(t, n)
	m := w.messages(t)[0]
	if m.Via != "rabbit:umpire.messages" || m.MessageID != "m1" {
		t.Errorf("got %+v", m)
	}
}

// TestBrokerAbsentAtStart: both ends wait for the broker, and say what is amiss.
func TestBrokerAbsentAtStart(t *testing.T) {
	server := servers.OwnRabbit(t)
	server.Stop()
	w := newWorld(t, server.URL())
	stop := w.consume(t)
	published := make(chan error, 1)
	go func() { published <- w.send(t.Context(), 1, 10, nil) }()
	w.log.await(t, "the broker is lost; trying again", 2)
	if err := w.broker.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("readiness says %v", err)
	}
	server.Start()
	if err := <-published; err != nil {
		t.Fatal(err)
	}
	w.log.await(t, "messages taken in", 10)
	if err := w.broker.Ready(t.Context()); err != nil {
		t.Errorf("readiness says %v", err)
	}
	stop()
	w.holds(t, 10)
}

// TestBrokerKilled: the broker dies while messages are published and taken in. None is
// lost, and their effect is that of each once, in order.
func TestBrokerKilled(t *testing.T) {
	server := servers.OwnRabbit(t)
	w := newWorld(t, server.URL())
	w.publish(t, 0)
	server.Stop() // RabbitMQ 3.10 notes a new queue for good only after minutes, or when it is stopped
	server.Start()
	stop := w.consume(t)
	const n = 5000
	halfway := make(chan struct{})
	published := make(chan error, 1)
	go func() {
		count := 0
		published <- w.send(t.Context(), 1, n, func(ingest.FileMessage) {
			if count++; count == n/4 {
				close(halfway)
			}
		})
	}()
	<-halfway
	server.Kill()
	w.log.await(t, "the broker is lost; trying again", 2)
	server.Start()
	if err := <-published; err != nil {
		t.Fatal(err)
	}
	w.log.awaitApplied(t, n)
	stop()
	w.holds(t, n)
	if !w.log.has(`"code":`) {
		t.Error("no event tells an error of the broker by its code")
	}
}

// TestCutBetweenCommitAndAck: the link dies when a batch is committed and not yet
// acknowledged. It comes again, is known by its message ids, and changes nothing.
func TestCutBetweenCommitAndAck(t *testing.T) {
	direct := servers.Rabbit(t)
	target, err := url.Parse(direct)
	if err != nil {
		t.Fatal(err)
	}
	p := newProxy(t, target.Host)
	newWorld(t, direct).publish(t, 100)

	target.Host = p.listener.Addr().String()
	w := newWorld(t, target.String())
	cut := sync.OnceFunc(p.cut)
	w.log.on("messages taken in", cut) // told after the commit, and before the ack
	stop := w.consume(t)
	w.log.await(t, "messages taken in", 101)
	stop()
	w.holds(t, 100)
	if got := w.fates(t)[store.Duplicate]; got == 0 {
		t.Error("nothing came again: the cut came too late to mean anything")
	}
}

// TestNoAckBeforeCommit: what the database cannot take stays in the queue, even if the
// consumer leaves meanwhile.
func TestNoAckBeforeCommit(t *testing.T) {
	address := servers.Rabbit(t)
	w := newWorld(t, address)
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	w.publish(t, 10)
	stop := w.consume(t)
	w.log.await(t, "the database fails; trying again", 1)
	stop()
	later := newWorld(t, address)
	stop = later.consume(t)
	later.log.await(t, "messages taken in", 10)
	stop()
	later.holds(t, 10)
}

// TestHandOver: of two consumers one works and one stands by; when the one leaves, the
// other goes on where it ended. The order holds throughout, and nothing comes twice.
func TestHandOver(t *testing.T) {
	address := servers.Rabbit(t)
	first := newWorld(t, address)
	second := first.beside(t)
	stopFirst := first.consume(t)
	first.log.await(t, "connected to the broker", 1)
	const n = 5000
	published := make(chan error, 1)
	go func() { published <- first.send(t.Context(), 1, n, nil) }()
	first.log.await(t, "messages taken in", 1)
	stopSecond := second.consume(t)
	second.log.await(t, "connected to the broker", 1)
	stopFirst()
	if err := <-published; err != nil {
		t.Fatal(err)
	}
	second.log.await(t, "messages taken in", 1)
	second.awaitAll(t, n)
	stopSecond()
	first.holds(t, n)
	if got := first.fates(t)[store.Duplicate]; got != 0 {
		t.Errorf("%d messages came twice, though the first consumer left in order", got)
	}
}

// TestPoison: a message that the database refuses is put aside; the queue goes on.
func TestPoison(t *testing.T) {
	w := newWorld(t, servers.Rabbit(t))
	db, err := sql.Open("sqlite", w.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`CREATE TRIGGER poison BEFORE INSERT ON team_records WHEN NEW.name = 'Team 33 B'
		BEGIN SELECT RAISE(ABORT, 'no poison here'); END`); err != nil {
		t.Fatal(err)
	}
	w.publish(t, 100)
	stop := w.consume(t)
	w.log.await(t, "messages taken in", 100)
	stop()
	for _, m := range w.messages(t) {
		want := store.Applied
		if m.MessageID == "m33" {
			want = store.Quarantined
		}
		if m.Fate != want {
			t.Errorf("message %s: %s, %s", m.MessageID, m.Fate, m.Reason)
		}
	}
}

// TestOtherQueue: a queue of the name that is not such as is needed is told, not used.
func TestOtherQueue(t *testing.T) {
	address := servers.Rabbit(t)
	ch := channel(t, address)
	if _, err := ch.QueueDeclare(rabbit.DefaultQueue, true, false, false, false, nil); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, address)
	err := rabbit.NewConsumer(w.broker, w.intake).Run(w.ctx(t.Context()))
	want := `queue "umpire.messages" exists with other properties; delete it or choose another name: PRECONDITION_FAILED - inequivalent arg`
	if !errors.Is(err, rabbit.ErrOtherQueue) || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("the consumer says %v", err)
	}
	if err := w.send(t.Context(), 1, 1, nil); !errors.Is(err, rabbit.ErrOtherQueue) {
		t.Errorf("the publisher says %v", err)
	}
}

// TestQueue: the queue is what it should be, and what leaves it against its will is kept.
func TestQueue(t *testing.T) {
	address := servers.Rabbit(t)
	w := newWorld(t, address)
	w.publish(t, 3)
	ch := channel(t, address)
	waiting, err := ch.Consume(rabbit.DefaultQueue, "", false, false, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := <-waiting
	if d.DeliveryMode != amqp.Persistent || d.ContentType != "application/json" || d.MessageId != "m1" {
		t.Errorf("got %+v", d)
	}
	if err := d.Reject(false); err != nil {
		t.Fatal(err)
	}
	dead, err := ch.Consume(rabbit.DefaultQueue+".dead", "", true, false, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := <-dead; d.MessageId != "m1" {
		t.Errorf("among the dead letters is %s", d.MessageId)
	}
}

// TestPublishSurvivesTheQueue: while messages are published, someone deletes the queue.
// What was in it is gone by that person's will; what the broker cannot put there any more
// it sends back, refuses or breaks down over, and that is sent again.
func TestPublishSurvivesTheQueue(t *testing.T) {
	address := servers.Rabbit(t)
	w := newWorld(t, address)
	ch := channel(t, address)
	const n = 50
	messages := func(yield func(ingest.FileMessage, error) bool) {
		for m, err := range told(1, n) {
			if m.Line == n {
				if _, err := ch.QueueDelete(rabbit.DefaultQueue, false, false, false); err != nil {
					t.Error(err)
				}
			}
			if !yield(m, err) {
				return
			}
		}
	}
	var confirmed []string
	err := rabbit.NewPublisher(w.broker, 0).Publish(w.ctx(t.Context()), messages, func(m ingest.FileMessage) { confirmed = append(confirmed, m.ID) })
	if err != nil || len(confirmed) != n {
		t.Fatalf("%d are confirmed, %v", len(confirmed), err)
	}
	if !w.log.has("the broker is lost") {
		t.Error("nobody was told")
	}
	waiting, err := ch.Consume(rabbit.DefaultQueue, "", true, false, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	for d := range waiting { // until the message that came back: it was sent again
		if d.MessageId == fmt.Sprintf("m%d", n) {
			break
		}
	}
}

// TestPublishEndsWithItsMessages: the first error among the messages ends the publishing,
// and what came before it is confirmed, in order.
func TestPublishEndsWithItsMessages(t *testing.T) {
	w := newWorld(t, servers.Rabbit(t))
	broken := errors.New("the file is broken")
	messages := func(yield func(ingest.FileMessage, error) bool) {
		for m, err := range told(1, 5) {
			if !yield(m, err) {
				return
			}
		}
		yield(ingest.FileMessage{}, broken)
	}
	var confirmed []string
	err := rabbit.NewPublisher(w.broker, 0).Publish(w.ctx(t.Context()), messages, func(m ingest.FileMessage) { confirmed = append(confirmed, m.ID) })
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff([]string{"m1", "m2", "m3", "m4", "m5"}, confirmed); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestPublishRate: a rate is kept to.
func TestPublishRate(t *testing.T) {
	w := newWorld(t, servers.Rabbit(t))
	began := time.Now()
	if err := rabbit.NewPublisher(w.broker, 100).Publish(w.ctx(t.Context()), told(1, 41), func(ingest.FileMessage) {}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 290*time.Millisecond { // 40 waits of 10 ms, of which 100 ms may be made up
		t.Errorf("41 messages at 100 a second took %s", took)
	}
}

// TestPublishWithoutRate: no rate, not even a negative one, makes it wait.
func TestPublishWithoutRate(t *testing.T) {
	w := newWorld(t, servers.Rabbit(t))
	for _, rate := range []float64{0, -1} {
		ctx, cancel := context.WithTimeout(w.ctx(t.Context()), 10*time.Second)
		if err := rabbit.NewPublisher(w.broker, rate).Publish(ctx, told(1, 100), func(ingest.FileMessage) {}); err != nil {
			t.Errorf("rate %v: %v", rate, err)
		}
		cancel()
	}
}

// TestPublishEndsWhenDenied: who is not let in by the broker is told so, and why.
func TestPublishEndsWhenDenied(t *testing.T) {
	address := servers.Rabbit(t)
	for _, c := range []struct {
		why, says string
		change    func(*url.URL)
	}{
		{"a wrong password", `Exception (403) Reason: "username or password not allowed"`, func(u *url.URL) { u.User = url.UserPassword("guest", "hunter2") }},
		{"nobody's name", `Exception (403) Reason: "username or password not allowed"`, func(u *url.URL) { u.User = url.UserPassword("nobody", "guest") }},
		{"no such virtual host", `Exception (530) Reason: "NOT_ALLOWED - vhost nowhere not found"`, func(u *url.URL) { u.Path = "/nowhere" }},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			c.change(u)
			b, err := rabbit.NewBroker(u.String(), "")
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			err = rabbit.NewPublisher(b, 0).Publish(ctx, told(1, 1), nil)
			if !errors.Is(err, rabbit.ErrDenied) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("the publisher says %v", err)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the publisher tells the password: %v", err)
			}
		})
	}
}

// TestConsumerWaitsWhenDenied: an operator may let it in yet.
func TestConsumerWaitsWhenDenied(t *testing.T) {
	w := newWorld(t, strings.TrimSuffix(servers.Rabbit(t), "/")+"_not")
	stop := w.consume(t)
	w.log.await(t, "the broker is lost; trying again", 2)
	if err := w.broker.Ready(t.Context()); !errors.Is(err, rabbit.ErrDenied) {
		t.Errorf("readiness says %v", err)
	}
	stop()
}

// TestPublishEndsWithItsContext: not even a broker that is away holds it.
func TestPublishEndsWithItsContext(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	b, err := rabbit.NewBroker("amqp://127.0.0.1:1/", "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := rabbit.NewPublisher(b, 0).Publish(ctx, told(1, 1), nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// TestNewBrokerKeepsSecrets: a URL that cannot be read may hold a password all the same.
func TestNewBrokerKeepsSecrets(t *testing.T) {
	for _, address := range []string{"amqp://user:hunter2@host:port/", "http://user:hunter2@host/", "amqp://user:hunter2@ho st/"} {
		if _, err := rabbit.NewBroker(address, ""); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// world is a queue, a database, and the way from one to the other.
type world struct {
	address, path string
	broker        *rabbit.Broker
	store         *store.Store
	intake        *ingest.Intake
	log           *recorder
}

func newWorld(t *testing.T, address string) *world {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, leaks) })
	w := &world{address: address, path: filepath.Join(t.TempDir(), "umpire.db")}
	s, err := store.Open(t.Context(), "sqlite:"+w.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.store = s
	return w.beside(t)
}

// beside is another process on the same queue and database.
func (w *world) beside(t *testing.T) *world {
	t.Helper()
	b, err := rabbit.NewBroker(w.address, "")
	if err != nil {
		t.Fatal(err)
	}
	return &world{w.address, w.path, b, w.store, ingest.NewIntake(w.store), newRecorder()}
}

func (w *world) ctx(ctx context.Context) context.Context {
	return zerolog.New(w.log).WithContext(ctx)
}

// consume runs a consumer until what it returns is called.
func (w *world) consume(t *testing.T) func() {
	t.Helper()
	ctx, cancel := context.WithCancel(w.ctx(context.WithoutCancel(t.Context())))
	done := make(chan error, 1)
	go func() { done <- rabbit.NewConsumer(w.broker, w.intake).Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the consumer ended: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// publish sends the messages m1 to mN.
func (w *world) publish(t *testing.T, n int) {
	t.Helper()
	if err := w.send(t.Context(), 1, n, nil); err != nil {
		t.Fatal(err)
	}
}

func (w *world) send(ctx context.Context, from, to int, confirmed func(ingest.FileMessage)) error {
	if confirmed == nil {
		confirmed = func(ingest.FileMessage) {}
	}
	b, err := rabbit.NewBroker(w.address, "")
	if err != nil {
		return err
	}
	return rabbit.NewPublisher(b, 0).Publish(w.ctx(ctx), told(from, to), confirmed)
}

// told yields messages on seven matches of one source, each saying its number.
func told(from, to int) iter.Seq2[ingest.FileMessage, error] {
	return func(yield func(ingest.FileMessage, error) bool) {
		for i := from; i <= to; i++ {
			body := fmt.Appendf(nil, `{"source": "s", "data": {"id": %d, "url": "u%d", "teams": ["Team %d A", "Team %d B"]}}`, i%7, i, i, i)
			if !yield(ingest.FileMessage{Body: body, Line: i, ID: fmt.Sprintf("m%d", i)}, nil) {
				return
			}
		}
	}
}

// messages are all that are stored, in their source's order.
func (w *world) messages(t *testing.T) []store.Message {
	t.Helper()
	s, err := store.Open(context.Background(), "sqlite:"+w.path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var all []store.Message
	filter := store.MessageFilter{Ordered: true, Limit: 1000}
	for more := true; more; more = filter.Cursor != "" {
		page, err := s.Messages(context.Background(), filter)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Items...)
		filter.Cursor = page.Next
	}
	return all
}

func (w *world) fates(t *testing.T) map[store.Fate]int {
	t.Helper()
	fates := map[store.Fate]int{}
	for _, m := range w.messages(t) {
		fates[m.Fate]++
	}
	return fates
}

// holds checks that m1 to mN are applied, each once and in that order, whatever came twice.
func (w *world) holds(t *testing.T, n int) {
	t.Helper()
	applied := 0
	for _, m := range w.messages(t) {
		switch {
		case m.Fate == store.Duplicate:
		case m.Fate == store.Applied && m.MessageID == fmt.Sprintf("m%d", applied+1):
			applied++
		default:
			t.Fatalf("after %d messages comes %s, %s: %s", applied, m.MessageID, m.Fate, m.Reason)
		}
	}
	if applied != n {
		t.Errorf("%d messages are applied, not %d", applied, n)
	}
}

// awaitAll waits until so many messages are applied, by whomever.
func (w *world) awaitAll(t *testing.T, n int) {
	t.Helper()
	w.log.awaitFor(t, "all to be applied", func([]event) bool { return w.fates(t)[store.Applied] >= n })
}

func channel(t *testing.T, address string) *amqp.Channel {
	t.Helper()
	conn, err := amqp.Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

// event is what a log event says that tests wait for.
type event struct {
	Text     string
	Messages int
	Applied  int
}

// recorder is a log that one can wait on.
type recorder struct {
	mu     sync.Mutex
	raw    bytes.Buffer
	events []event
	more   chan struct{} // closed at the next event
	hooks  map[string]func()
}

func newRecorder() *recorder {
	return &recorder{more: make(chan struct{}), hooks: map[string]func(){}}
}

func (r *recorder) Write(line []byte) (int, error) {
	var told struct {
		Message           any
		Messages, Applied int
	}
	if err := json.Unmarshal(line, &told); err != nil {
		return 0, err
	}
	text := fmt.Sprint(told.Message)
	r.mu.Lock()
	r.raw.Write(line)
	r.events = append(r.events, event{text, told.Messages, told.Applied})
	close(r.more)
	r.more = make(chan struct{})
	hook := r.hooks[text]
	r.mu.Unlock()
	if hook != nil {
		hook()
	}
	return len(line), nil
}

// on has a hook called at each event of this text, by the one who logs it.
func (r *recorder) on(text string, hook func()) { r.hooks[text] = hook }

func (r *recorder) has(text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Contains(r.raw.String(), text)
}

// await waits for so many events of this text; of those that count messages, until they
// count so many.
func (r *recorder) await(t *testing.T, text string, n int) {
	t.Helper()
	r.awaitFor(t, fmt.Sprintf("%d times %q", n, text), func(events []event) bool {
		seen := 0
		for _, e := range events {
			if e.Text == text {
				seen += max(e.Messages, 1)
			}
		}
		return seen >= n
	})
}

func (r *recorder) awaitApplied(t *testing.T, n int) {
	t.Helper()
	r.awaitFor(t, fmt.Sprintf("%d messages applied", n), func(events []event) bool {
		seen := 0
		for _, e := range events {
			seen += e.Applied
		}
		return seen >= n
	})
}

func (r *recorder) awaitFor(t *testing.T, what string, enough func([]event) bool) {
	t.Helper()
	deadline := time.After(2 * time.Minute)
	for {
		r.mu.Lock()
		events, more := r.events, r.more
		r.mu.Unlock()
		if enough(events) {
			return
		}
		select {
		case <-more:
		case <-deadline:
			r.mu.Lock()
			defer r.mu.Unlock()
			t.Fatalf("waited in vain for %s; the log:\n%s", what, r.raw.String())
		}
	}
}
