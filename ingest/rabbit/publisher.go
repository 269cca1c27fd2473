package rabbit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"umpire/ingest"
)

// window is how many messages may be on their way unconfirmed.
const window = 1000

// maxLag is how far a publisher that fell behind its rate may catch up by haste.
const maxLag = 100 * time.Millisecond

// ErrRefused says that the broker will never take a message: as a rule it is too large.
var ErrRefused = errors.New("the broker refuses it")

// Publisher sends messages to the queue.
type Publisher struct {
	*Broker
	rate float64
}

// NewPublisher makes a publisher that sends at most so many messages a second; 0 or less:
// as many as the broker takes.
func NewPublisher(b *Broker, rate float64) *Publisher { return &Publisher{b, rate} }

// Publish sends messages in their order, each with its ID as message-id, and calls
// confirmed, in the same order, for each that the broker has on disk. It connects again
// whenever the broker is lost, and sends what was not confirmed once more: the queue may
// then hold a message twice, which its consumer tells by the message id.
//
// It ends when all are confirmed (nil); at the first error among the messages, after what
// came before is confirmed; with ErrRefused, ErrOtherQueue, ErrDenied, or the context's error.
func (p *Publisher) Publish(ctx context.Context, messages iter.Seq2[ingest.FileMessage, error], confirmed func(ingest.FileMessage)) error {
	next, stop := iter.Pull2(messages)
	defer stop()
	out := &outbox{next: next, confirmed: confirmed}
	if p.rate > 0 {
		out.every = time.Duration(float64(time.Second) / p.rate)
	}
	err := p.hold(ctx, func(s *session, progress func()) error {
		release := context.AfterFunc(ctx, s.close) // a broker in need does not read, and blocks who writes
		defer release()
		return out.send(ctx, s, p.queue, progress)
	}, ErrOtherQueue, ErrRefused, ErrDenied)
	if err != nil {
		return err
	}
	return out.broken
}

// outbox is what is yet to be sent and confirmed. It outlives sessions.
type outbox struct {
	next      func() (ingest.FileMessage, error, bool)
	confirmed func(ingest.FileMessage)
	every     time.Duration // between two messages; 0: none
	due       time.Time     // when the next message may go

	unconfirmed []ingest.FileMessage // the oldest first
	sent        int                  // how many of them went out in this session
	ended       bool                 // next has no more
	broken      error                // why it has no more, if that is not its end
}

// send works until all is confirmed, or the session is lost.
func (o *outbox) send(ctx context.Context, s *session, queue string, progress func()) error {
	if err := s.Confirm(wait); err != nil {
		return fmt.Errorf("ask for confirms: %w", err)
	}
	confirms := s.NotifyPublish(make(chan amqp.Confirmation, window))
	returns := s.NotifyReturn(make(chan amqp.Return, window))
	o.sent = 0
	silence := time.NewTimer(answerTimeout)
	defer silence.Stop()
	for {
		m, ready := o.ready()
		if !ready && len(o.unconfirmed) == 0 {
			return nil
		}
		var pace <-chan time.Time
		if ready {
			pace = o.pace()
		}
		select {
		case <-pace:
			if err := o.publish(ctx, s, queue, m); err != nil {
				return err
			}
			if o.sent == 1 {
				silence.Reset(answerTimeout)
			}
		case c, open := <-confirms:
			if !open {
				return o.over(s.lost(errEnded))
			}
			if err := o.confirm(c, returns); err != nil {
				return err
			}
			progress()
			silence.Reset(answerTimeout)
		case <-silence.C:
			if o.sent > 0 {
				return errNoAnswer
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ready returns the next message to go out, if there is one and the window has room.
func (o *outbox) ready() (ingest.FileMessage, bool) {
	if o.sent < len(o.unconfirmed) {
		return o.unconfirmed[o.sent], true
	}
	if o.ended || len(o.unconfirmed) == window {
		return ingest.FileMessage{}, false
	}
	m, err, more := o.next()
	if !more || err != nil {
		o.ended, o.broken = true, err
		return ingest.FileMessage{}, false
	}
	o.unconfirmed = append(o.unconfirmed, m)
	return m, true
}

// now is a channel from which one can always read.
var now = func() <-chan time.Time {
	c := make(chan time.Time)
	close(c)
	return c
}()

// pace is ready to be read when the next message may go.
func (o *outbox) pace() <-chan time.Time {
	if ahead := time.Until(o.due); ahead > 0 {
		return time.After(ahead)
	}
	return now
}

func (o *outbox) publish(ctx context.Context, s *session, queue string, m ingest.FileMessage) error {
	err := s.PublishWithContext(ctx, "", queue, mandatory, !immediate, amqp.Publishing{
		MessageId:    m.ID,
		ContentType:  "application/json",
		DeliveryMode: amqp.Persistent,
		AppId:        "umpire",
		Body:         m.Body,
	})
	if err != nil {
		return o.over(fmt.Errorf("publish message %s: %w", m.ID, s.lost(err)))
	}
	o.sent++
	o.due = later(o.due, time.Now().Add(-maxLag)).Add(o.every)
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// confirm notes what the broker says of the oldest message: confirms come in order. One
// that came back, or is refused, is sent again in another session.
func (o *outbox) confirm(c amqp.Confirmation, returns <-chan amqp.Return) error {
	m := o.unconfirmed[0]
	select {
	case r := <-returns:
		return fmt.Errorf("message %s came back: no queue takes it (%d %s)", r.MessageId, r.ReplyCode, r.ReplyText)
	default:
	}
	if !c.Ack {
		return fmt.Errorf("message %s is refused: the queue is full or failing", m.ID)
	}
	o.unconfirmed = o.unconfirmed[1:]
	o.sent--
	o.confirmed(m)
	return nil
}

// over passes on why the session is over, and tells where another would end the same.
func (o *outbox) over(lost error) error {
	broker, ok := errors.AsType[*amqp.Error](lost)
	if ok && broker.Code == amqp.PreconditionFailed && len(o.unconfirmed) > 0 {
		return fmt.Errorf("message %s, or one soon after it: %w: %w", o.unconfirmed[0].ID, ErrRefused, lost)
	}
	return lost
}
