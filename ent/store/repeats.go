package store

// Which deliveries repeat a message that is there.

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"umpire/ent/db/message"
	"umpire/ent/db/predicate"
	"umpire/resolve"
)

// origin is a message that others may repeat, and the match record that it is about.
type origin struct {
	message int64
	record  resolve.ID
}

// originals are messages, the first of each, by what tells that another repeats them: the
// sender's message id, or the bytes.
type originals struct {
	byID  map[[2]string]origin
	bySum map[summed]origin
}

type summed struct {
	source string
	sum    [sha256.Size]byte
}

// of returns the message that a delivery repeats.
func (o originals) of(d Delivery, sum [sha256.Size]byte) (origin, bool) {
	if d.MessageID != "" {
		first, known := o.byID[[2]string{d.Source, d.MessageID}]
		return first, known
	}
	first, known := o.bySum[summed{d.Source, sum}]
	return first, known && d.Redelivered
}

// add puts a message behind those that are there.
func (o originals) add(d Delivery, sum [sha256.Size]byte, m origin) {
	if key := ([2]string{d.Source, d.MessageID}); d.MessageID != "" {
		setFirst(o.byID, key, m)
	}
	setFirst(o.bySum, summed{d.Source, sum}, m)
}

func setFirst[K comparable, V any](in map[K]V, key K, value V) {
	if _, there := in[key]; !there {
		in[key] = value
	}
}

// originals finds the stored messages that the batch may repeat.
func (in *intake) originals(ctx context.Context) (originals, error) {
	found := originals{map[[2]string]origin{}, map[summed]origin{}}
	ids, sums := map[string][]string{}, map[string][][]byte{}
	for i, d := range in.batch {
		switch {
		case d.MessageID != "":
			ids[d.Source] = append(ids[d.Source], d.MessageID)
		case d.Redelivered:
			sums[d.Source] = append(sums[d.Source], in.sums[i][:])
		}
	}
	for source, of := range ids {
		for chunk := range slices.Chunk(of, listed) {
			if err := in.find(ctx, found, source, message.MessageIDIn(chunk...)); err != nil {
				return found, err
			}
		}
	}
	for source, of := range sums {
		for chunk := range slices.Chunk(of, listed) {
			if err := in.find(ctx, found, source, message.Sha256In(chunk...)); err != nil {
				return found, err
			}
		}
	}
	return found, nil
}

// find adds a source's messages that are such to the originals.
func (in *intake) find(ctx context.Context, to originals, source string, such predicate.Message) error {
	messages, err := in.Message.Query().Where(message.Source(source), such).Order(message.ByID()).
		Select(message.FieldID, message.FieldMessageID, message.FieldSha256, message.FieldMatchRecordID).All(ctx)
	if err != nil {
		return fmt.Errorf("look for what source %q sent before: %w", source, err)
	}
	for _, m := range messages {
		to.add(Delivery{Source: source, MessageID: m.MessageID}, [sha256.Size]byte(m.Sha256),
			origin{m.ID, resolve.ID(value(m.MatchRecordID))})
	}
	return nil
}
