package store

// Messages in: each is kept, and what it tells is brought to the records.

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/matchrecord"
	"umpire/ent/db/message"
	"umpire/ent/db/source"
	"umpire/resolve"
)

// Ingest takes deliveries in, in order, in one transaction: each is kept as a message with
// its fate, and what those that are applied tell becomes what their records say, marked
// dirty. It returns an outcome for each.
//
// A delivery is a duplicate if its source sent one with its message id before, whatever
// became of that; or, where it has no message id, if it is Redelivered and its source
// sent these bytes before. A withdrawal of a record that was never told is quarantined.
//
// ErrStale: the Profile of some delivery is not its source's any more, and nothing is taken
// in. ErrPoison: the database refuses the content of some delivery, and nothing is taken in;
// the caller finds which by halving the batch. A delivery with a Fault is never refused.
// Any other error may pass: nothing is taken in, unless it is the answer to the commit
// that was lost.
func (s *Store) Ingest(ctx context.Context, batch []Delivery) ([]Outcome, error) {
	if len(batch) == 0 {
		return nil, nil
	}
	batch, err := storable(batch)
	if err != nil {
		return nil, err
	}
	in := &intake{batch: batch, outcomes: make([]Outcome, len(batch)), told: newTelling()}
	for _, d := range batch {
		in.sums = append(in.sums, sha256.Sum256(d.Body))
	}
	err = s.write(ctx, func(t *tx) error { return in.take(ctx, t) })
	if err != nil {
		return nil, fmt.Errorf("take in %d messages: %w", len(batch), refused(err))
	}
	return in.outcomes, nil
}

// intake is a batch on its way in. Its slices are parallel.
type intake struct {
	*tx
	batch    []Delivery
	sums     [][sha256.Size]byte
	outcomes []Outcome
	told     *telling
}

// take does it all. The counter comes first: it makes writers queue, so that whatever is
// read here stays as it is to the commit.
func (in *intake) take(ctx context.Context, t *tx) error {
	in.tx = t
	last, err := in.count(ctx, arrivals, len(in.batch))
	if err != nil {
		return err
	}
	if err := in.current(ctx, in.batch); err != nil {
		return err
	}
	if err := in.sequence(ctx, last); err != nil {
		return err
	}
	if err := in.decide(ctx); err != nil {
		return err
	}
	if err := in.tell(ctx, in.told, lastName); err != nil {
		return err
	}
	return in.keepMessages(ctx)
}

// sequence gives each message its id, of which the counter's last belongs to the last
// message, and its place in its source's sequence. Sources that are new are made.
func (in *intake) sequence(ctx context.Context, last int64) error {
	sent := map[string]int64{}
	for _, d := range in.batch {
		sent[d.Source]++
	}
	next, err := in.advance(ctx, sent)
	if err != nil {
		return err
	}
	for i, d := range in.batch {
		next[d.Source]++
		in.outcomes[i] = Outcome{
			Message: last - int64(len(in.batch)) + int64(i) + 1,
			Source:  d.Source,
			Seq:     next[d.Source],
		}
	}
	return nil
}

// advance moves each source's sequence on by what it sent, and returns where each was.
func (in *intake) advance(ctx context.Context, sent map[string]int64) (map[string]int64, error) {
	before := make(map[string]int64, len(sent))
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(sent)), listed/4) {
		insert := sql.Dialect(in.dialect).Insert(source.Table).
			Columns(source.FieldID, source.FieldZone, source.FieldSeq, source.FieldCreatedAt)
		for _, name := range chunk {
			insert.Values(name, source.DefaultZone, sent[name], instant(time.Now()))
		}
		insert.OnConflict(sql.ConflictColumns(source.FieldID), sql.ResolveWith(func(u *sql.UpdateSet) {
			u.Set(source.FieldSeq, sql.Expr("sources.seq + excluded.seq"))
		}))
		type place struct {
			ID  string
			Seq int64
		}
		places, err := read[place](ctx, in.view, insert.Returning(source.FieldID, source.FieldSeq))
		if err != nil {
			return nil, fmt.Errorf("count on %d sources: %w", len(chunk), err)
		}
		for _, p := range places {
			before[p.ID] = p.Seq - sent[p.ID]
		}
	}
	return before, nil
}

// decide gives each message its fate, and gathers what those that are applied tell.
func (in *intake) decide(ctx context.Context) error {
	originals, err := in.originals(ctx)
	if err != nil {
		return err
	}
	withdrawable, err := in.withdrawable(ctx)
	if err != nil {
		return err
	}
	for i, d := range in.batch {
		out := &in.outcomes[i]
		original, known := originals.of(d, in.sums[i])
		switch {
		case known:
			out.Fate, out.Record = Duplicate, original.record
			out.Reason = fmt.Sprintf("repeats message %d", original.message)
		case d.Fault != nil:
			out.Fate, out.Field, out.Reason = Quarantined, d.Fault.Field, d.Fault.Reason
		case d.Match != nil:
			out.Fate, out.Warnings, out.Record = Applied, d.Warnings, d.Match.ID
			in.told.tell(*d.Match, out.Message)
			withdrawable[d.Match.ID] = true
		case withdrawable[d.Withdraw.Mint()]:
			out.Fate, out.Warnings, out.Record = Applied, d.Warnings, d.Withdraw.Mint()
			in.told.withdraw(out.Record, out.Message)
		default:
			out.Fate, out.Reason = Quarantined, nothingToWithdraw
		}
		originals.add(d, in.sums[i], origin{out.Message, out.Record})
	}
	return nil
}

const nothingToWithdraw = "the source has no such match record to withdraw"

// withdrawable returns which of the match records that the batch withdraws are there.
func (in *intake) withdrawable(ctx context.Context) (map[resolve.ID]bool, error) {
	var asked []string
	for _, d := range in.batch {
		if d.Withdraw != nil {
			asked = append(asked, string(d.Withdraw.Mint()))
		}
	}
	there := map[resolve.ID]bool{}
	for chunk := range slices.Chunk(asked, listed) {
		found, err := in.MatchRecord.Query().Where(matchrecord.IDIn(chunk...)).IDs(ctx)
		if err != nil {
			return nil, fmt.Errorf("look up %d records to withdraw: %w", len(chunk), err)
		}
		for _, id := range found {
			there[resolve.ID(id)] = true
		}
	}
	return there, nil
}

// keepMessages writes the messages of the batch.
func (in *intake) keepMessages(ctx context.Context) error {
	messages := rows{
		table: message.Table,
		columns: []string{
			message.FieldID, message.FieldSource, message.FieldSeq, message.FieldMessageID,
			message.FieldAct, message.FieldBody, message.FieldSha256, message.FieldReceivedAt, message.FieldVia,
			message.FieldFate, message.FieldField, message.FieldReason, message.FieldWarnings,
			message.FieldMatchRecordID,
		},
	}
	i := -1
	return in.fill(ctx, messages, rowsOf(in.batch, func(d Delivery) []any {
		i++
		out := in.outcomes[i]
		return []any{
			out.Message, out.Source, out.Seq, d.MessageID,
			string(d.act()), blob(d.Body), in.sums[i][:], instant(d.ReceivedAt), d.Via,
			string(out.Fate), out.Field, out.Reason, jsonColumn(out.Warnings),
			idColumn(out.Record),
		}
	}))
}

func (d Delivery) act() message.Act {
	if d.Withdraw != nil {
		return message.ActWithdraw
	}
	return message.ActTell
}

// blob is bytes as a column holds them: empty, but never NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// idColumn is an id as a column holds it: NULL where there is none.
func idColumn(id resolve.ID) *string {
	if id == "" {
		return nil
	}
	text := string(id)
	return &text
}

// jsonColumn is a list or map as a column holds it: as text, NULL where it is nil.
func jsonColumn[T any](value T) any {
	if text := jsonText(value); text != "null" {
		return text
	}
	return nil
}

// jsonText is a value of plain types as a column holds it.
func jsonText(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(err) // a programming error: every type that is stored can be encoded
	}
	return string(encoded)
}
