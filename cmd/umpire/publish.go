package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"umpire/ingest"
	"umpire/ingest/rabbit"
)

type publishCmd struct {
	broker
	Files []string `arg:"" help:"JSON or NDJSON, packed by gzip or not; - for stdin." placeholder:"FILE"`
	Rate  float64  `help:"At most so many messages a second." placeholder:"N"`
	Again bool     `help:"Give the messages new ids, so that they count even if this file was published before."`
}

// Help is what umpire publish --help adds.
func (publishCmd) Help() string {
	return "Each message is sent in its order and confirmed by the broker; what is not confirmed is sent once more when the broker is back. A message's id is derived from its file's bytes and its line, so that publishing a file twice changes nothing."
}

// Validate is asked before Run.
func (c *publishCmd) Validate() error {
	if c.RabbitMQ == "" {
		return errors.New("--rabbitmq: say where the broker is")
	}
	if c.Rate < 0 {
		return errors.New("--rate: a rate is not negative")
	}
	return nil
}

func (c *publishCmd) Run(ctx context.Context, io streams) error {
	b, err := c.broker.open()
	if err != nil {
		return err
	}
	publisher := rabbit.NewPublisher(b, c.Rate)
	total := 0
	for _, path := range c.Files {
		n, failed := c.publish(ctx, io, publisher, path)
		if total += n; failed != nil {
			err = fmt.Errorf("%s: %w", path, failed)
			break
		}
	}
	fmt.Fprintf(io.out, "%d published\n", total)
	return err
}

func (c *publishCmd) publish(ctx context.Context, io streams, p *rabbit.Publisher, path string) (int, error) {
	file, err := ingest.Open(path, io.in)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	bar, n := progress(io.err, file.Size, path), 0
	err = p.Publish(ctx, identified(file.Messages(), c.Again), func(ingest.FileMessage) {
		n++
		_ = bar.Set64(file.Read())
	})
	_ = bar.Finish()
	return n, err
}

// identified gives messages new ids if they are to count again.
func identified(messages iter.Seq2[ingest.FileMessage, error], again bool) iter.Seq2[ingest.FileMessage, error] {
	if !again {
		return messages
	}
	suffix := fmt.Sprintf("@%d", time.Now().UnixNano())
	return func(yield func(ingest.FileMessage, error) bool) {
		for m, err := range messages {
			m.ID += suffix
			if !yield(m, err) {
				return
			}
		}
	}
}
