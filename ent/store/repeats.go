package store

// Which deliveries repeat a message that is there.

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"umpire/ent/db/message"
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
	ids := rows{table: message.Table, columns: []string{message.FieldSource, message.FieldMessageID}}
	sums := rows{table: message.Table, columns: []string{message.FieldSource, message.FieldSha256}}
	for i, d := range in.batch {
		switch {
		case d.MessageID != "":
			ids.values = append(ids.values, []any{d.Source, d.MessageID})
		case d.Redelivered:
			sums.values = append(sums.values, []any{d.Source, in.sums[i][:]})
		}
	}
	for _, sent := range []rows{ids, sums} {
		if err := in.find(ctx, found, sent); err != nil {
			return found, fmt.Errorf("look for what was sent before: %w", err)
		}
	}
	return found, nil
}

// find adds the stored messages that are like those sent to the originals, the first of
// each first.
func (in *intake) find(ctx context.Context, to originals, sent rows) error {
	type stored struct {
		origin
		source, id string
		sum        [sha256.Size]byte
	}
	var all []stored
	for part, args := range in.parts(sent) {
		query := sent.with("sent", part) + fmt.Sprintf("SELECT m.id, m.source, m.message_id, m.sha256, m.match_record_id"+
			" FROM sent CROSS JOIN messages m WHERE m.source = sent.source AND m.%q = sent.%[1]q", sent.columns[1])
		if err := in.each(ctx, statement{query, args}, func(scan func(...any) error) error {
			var m stored
			var sum []byte
			var record *string
			err := scan(&m.message, &m.source, &m.id, &sum, &record)
			copy(m.sum[:], sum)
			m.record = resolve.ID(value(record))
			all = append(all, m)
			return err
		}); err != nil {
			return err
		}
	}
	slices.SortFunc(all, func(a, b stored) int { return cmp.Compare(a.message, b.message) })
	for _, m := range all {
		to.add(Delivery{Source: m.source, MessageID: m.id}, m.sum, m.origin)
	}
	return nil
}
