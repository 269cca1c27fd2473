package rabbit

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/rs/zerolog"

	"umpire/ingest"
)

const (
	dialTimeout  = 10 * time.Second
	closeTimeout = 3 * time.Second
	heartbeat    = 5 * time.Second // a link on which nothing comes for three of them is dead

	// answerTimeout is how long the broker may take to answer on a live link. It has queues
	// that answer never: those that have no leader, since the broker was killed when it had
	// just made them.
	answerTimeout = 30 * time.Second
)

// Broker is a queue on a broker, and the way there, made anew whenever it is lost.
type Broker struct {
	url, queue string

	mu    sync.Mutex
	since time.Time // of the state that is
	down  error     // why there is no connection; nil: there is one
}

var errNotYet = errors.New("not tried yet")

// NewBroker checks a URL such as amqp://user:password@host:5672/vhost; it does not
// connect. An empty queue is DefaultQueue.
func NewBroker(url, queue string) (*Broker, error) {
	if _, err := amqp.ParseURI(url); err != nil {
		return nil, errors.New("the broker's URL is not of the form amqp://user:password@host:5672/vhost") // err may tell the password
	}
	if queue == "" {
		queue = DefaultQueue
	}
	return &Broker{url: url, queue: queue, since: time.Now(), down: errNotYet}, nil
}

// Ready returns nil while there is a connection, else why there is none, and since when.
func (b *Broker) Ready(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down == nil {
		return nil
	}
	return fmt.Errorf("not connected since %s: %w", b.since.UTC().Format(time.RFC3339), b.down)
}

// set notes that the connection is there (nil), or why it is not.
func (b *Broker) set(down error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if (b.down == nil) != (down == nil) {
		b.since = time.Now()
	}
	b.down = down
}

// session is one connection with one channel, to be used until the first error.
type session struct {
	*amqp.Channel
	conn   *amqp.Connection
	closed chan *amqp.Error
}

// hold uses one session after the other until one is done (nil), until an error that is
// final, or until the context ends, which is its error. A session that does well says so by
// calling progress: the next wait is short then.
func (b *Broker) hold(ctx context.Context, use func(s *session, progress func()) error, final ...error) error {
	backoff := ingest.NewBackoff(100*time.Millisecond, 10*time.Second)
	for {
		err := b.once(ctx, func(s *session) error { return use(s, backoff.Reset) })
		switch {
		case err == nil || slices.ContainsFunc(final, func(f error) bool { return errors.Is(err, f) }):
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
		wait := backoff.NextBackOff()
		fail(zerolog.Ctx(ctx).Warn(), err).Str("queue", b.queue).Dur("again_in_ms", wait).Msg("the broker is lost; trying again")
		if err := ingest.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// once makes a session, uses it, and closes it.
func (b *Broker) once(ctx context.Context, use func(*session) error) error {
	s, err := b.open(ctx)
	if err == nil {
		b.set(nil)
		zerolog.Ctx(ctx).Info().Str("broker", s.conn.RemoteAddr().String()).Str("queue", b.queue).Msg("connected to the broker")
		err = use(s)
		s.close()
	}
	err = denied(err)
	down := err
	if down == nil {
		down = errors.New("closed")
	}
	b.set(down)
	return err
}

// open dials and declares the queue. A channel is opened at once, without which a dead
// link would not be noticed.
func (b *Broker) open(ctx context.Context) (*session, error) {
	conn, err := b.connect(ctx)
	if errors.Is(err, amqp.ErrCredentials) { // what the library takes it for when the broker hangs up amid the handshake
		conn, err = b.connect(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	s := &session{conn: conn}
	if err := s.answers(func() error { return s.prepare(b.queue) }); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// connect dials and shakes hands.
func (b *Broker) connect(ctx context.Context) (*amqp.Connection, error) {
	shaken := func() bool { return true }
	conn, err := amqp.DialConfig(b.url, amqp.Config{
		Heartbeat:  heartbeat,
		Properties: amqp.Table{"product": "umpire", "connection_name": "umpire " + b.queue},
		Dial: func(network, address string) (net.Conn, error) {
			link, err := dial(ctx, network, address)
			if err == nil {
				shaken = context.AfterFunc(ctx, func() { link.Close() })
			}
			return link, err
		},
	})
	shaken() // from here on, the end of the context is the session's to see
	return conn, err
}

// dial opens a link, on which hands must be shaken in time: the library lifts the
// deadline after that.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: dialTimeout}
	link, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if err := link.SetDeadline(time.Now().Add(dialTimeout)); err != nil {
		return nil, errors.Join(err, link.Close())
	}
	return link, nil
}

func (s *session) prepare(queue string) error {
	ch, err := s.conn.Channel()
	if err != nil {
		return fmt.Errorf("open a channel: %w", err)
	}
	s.Channel = ch
	s.closed = ch.NotifyClose(make(chan *amqp.Error, 1))
	version, _ := s.conn.Properties["version"].(string)
	return declare(ch, queue, version)
}

// answers asks the broker for something that it must answer in time, or ends the session.
func (s *session) answers(ask func() error) error {
	timer := time.AfterFunc(answerTimeout, s.close)
	err := ask()
	if !timer.Stop() {
		return errNoAnswer
	}
	return err
}

var errNoAnswer = fmt.Errorf("the broker has not answered for %s", answerTimeout)

// ErrDenied says that the broker does not let this user in, or do what is needed: the
// password is wrong, or there is no such virtual host, or a right is missing.
var ErrDenied = errors.New("the broker denies access")

// denied adds ErrDenied to an error by which the broker denies access.
func denied(err error) error {
	broker, ok := errors.AsType[*amqp.Error](err)
	if !ok || errors.Is(err, amqp.ErrVhost) { // which the library says if the broker hangs up without a word
		return err
	}
	if broker.Code == amqp.AccessRefused || broker.Code == amqp.NotAllowed {
		return fmt.Errorf("%w: %w", ErrDenied, err)
	}
	return err
}

// close ends the connection, with or without the broker's consent.
func (s *session) close() { _ = s.conn.CloseDeadline(time.Now().Add(closeTimeout)) }

// errEnded is what is known if the broker gives no reason.
var errEnded = errors.New("the broker ended the session; was its queue deleted?")

// lost says why the session is over: what the broker said, or else what was noticed.
func (s *session) lost(noticed error) error {
	select {
	case err := <-s.closed:
		if err != nil {
			return fmt.Errorf("session lost: %w", err)
		}
	default:
	}
	return fmt.Errorf("session lost: %w", noticed)
}

// fail adds an error to an event, one of the broker's by its code and reason.
func fail(event *zerolog.Event, err error) *zerolog.Event {
	if broker, ok := errors.AsType[*amqp.Error](err); ok {
		event = event.Int("code", broker.Code).Str("amqp_reason", broker.Reason)
	}
	return event.Err(err)
}
