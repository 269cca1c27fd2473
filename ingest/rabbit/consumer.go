package rabbit

import (
	"context"
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/rs/zerolog"

	"umpire/ent/store"
	"umpire/ingest"
)

// A micro-batch is full at so many messages or bytes, or after so long a wait. Twice as
// many messages are fetched: one batch to work on, and one on its way.
const (
	batchMessages = 1000
	batchBytes    = 16 << 20
	batchWait     = 50 * time.Millisecond
	prefetch      = 2 * batchMessages
)

// farewell is how long the batch in hand may take once the context has ended.
const farewell = 10 * time.Second

// Consumer takes messages from the queue in.
type Consumer struct {
	*Broker
	intake *ingest.Intake
}

// NewConsumer makes a consumer, which does nothing until it is Run.
func NewConsumer(b *Broker, in *ingest.Intake) *Consumer { return &Consumer{b, in} }

// Run takes messages in, in the order of the queue, each micro-batch in one transaction,
// and acknowledges them once that is committed. It connects again whenever the broker is
// lost, and goes on trying where it is denied access: an operator may set that right. When the context ends it finishes the batch in hand and returns nil; it returns
// ErrOtherQueue if the queue is not such as it needs. Where others consume as well, it
// stands by until it is its turn.
func (c *Consumer) Run(ctx context.Context) error {
	err := c.hold(ctx, func(s *session, progress func()) error { return c.consume(ctx, s, progress) }, ErrOtherQueue)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// consume works until the session is lost or the context ends.
func (c *Consumer) consume(ctx context.Context, s *session, progress func()) error {
	var deliveries <-chan amqp.Delivery
	err := s.answers(func() error {
		if err := s.Qos(prefetch, 0, false); err != nil {
			return err
		}
		var err error
		deliveries, err = s.Consume(c.queue, "", !autoAck, !exclusive, !noLocal, wait, nil)
		return err
	})
	if err != nil {
		return fmt.Errorf("consume: %w", err)
	}
	work, cancel := outlive(ctx, farewell)
	defer cancel()
	for ctx.Err() == nil {
		batch, open := collect(ctx, deliveries)
		if !open {
			return s.lost(errEnded)
		}
		if err := c.take(work, batch); err != nil {
			return err
		}
		progress()
	}
	return nil
}

// outlive is a context that ends some time after another.
func outlive(ctx context.Context, by time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		_ = ingest.Sleep(longer, by)
		cancel()
	})
	return longer, func() { stop(); cancel() }
}

// collect waits for a message, and gathers what comes with it. It returns early with what
// it has when the context ends, and false when the session is over.
func collect(ctx context.Context, deliveries <-chan amqp.Delivery) ([]amqp.Delivery, bool) {
	var batch []amqp.Delivery
	var full <-chan time.Time // after the first message
	for size := 0; len(batch) < batchMessages && size < batchBytes; {
		select {
		case d, open := <-deliveries:
			if !open {
				return nil, false
			}
			if full == nil {
				full = time.After(batchWait)
			}
			batch = append(batch, d)
			size += len(d.Body)
		case <-full:
			return batch, true
		case <-ctx.Done():
			return batch, true
		}
	}
	return batch, true
}

// take hands a batch to the intake, and acknowledges what it has committed.
func (c *Consumer) take(ctx context.Context, batch []amqp.Delivery) error {
	if len(batch) == 0 {
		return nil
	}
	now := time.Now()
	read := make([]store.Delivery, len(batch))
	for i, d := range batch {
		read[i] = store.Delivery{Body: d.Body, MessageID: d.MessageId, Redelivered: d.Redelivered, ReceivedAt: now, Via: "rabbit:" + c.queue}
	}
	outcomes, err := c.intake.Take(ctx, read)
	if err != nil {
		fail(zerolog.Ctx(ctx).Error(), err).Int("messages", len(batch)-len(outcomes)).Msg("messages not taken in; they stay in the queue")
		err = fmt.Errorf("take in %d messages: %w", len(batch), err)
	}
	if n := len(outcomes); n > 0 {
		if lost := batch[n-1].Ack(multiple); lost != nil && err == nil {
			err = fmt.Errorf("acknowledge %d messages, which come again: %w", n, lost)
		}
	}
	return err
}
