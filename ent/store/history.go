package store

// What came in, and what happened: the messages and the changes, each in the one sequence
// in which they were committed.

import (
	"context"
	"fmt"
	"slices"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db"
	"umpire/ent/db/change"
	"umpire/ent/db/message"
	"umpire/resolve"
)

// Message returns a message with its bytes, or ErrNotFound.
func (s *Store) Message(ctx context.Context, id int64) (Message, error) {
	m, err := s.client.Message.Get(ctx, id)
	if db.IsNotFound(err) {
		return Message{}, fmt.Errorf("message %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return Message{}, fmt.Errorf("message %d: %w", id, unanswered(err))
	}
	return messageOf(m)
}

// Messages lists messages without their bytes, newest first; oldest first if f is Ordered
// or says After which message. It returns *resolve.InvalidError for a limit or a cursor that cannot be.
func (s *Store) Messages(ctx context.Context, f MessageFilter) (Page[Message], error) {
	for field, told := range map[string]string{"source": value(f.Source), "fate": string(f.Fate), "record": string(f.Record)} {
		if err := checkText(field, told); err != nil {
			return Page[Message]{}, err
		}
	}
	return look(ctx, s, func(v view) (Page[Message], error) {
		ids, next, err := turn[int64](ctx, v, f.list(), f.Cursor, f.Limit, mostMessages)
		if err != nil {
			return Page[Message]{}, err
		}
		items, err := v.messages(ctx, ids)
		return Page[Message]{Items: items, Next: next}, err
	})
}

func (f MessageFilter) list() listing {
	l := listing{table: message.Table, sort: "arrival", by: []column{byNumber(message.FieldID, 64)}}
	if f.Source != nil || f.Record != "" { // within a source both numbers give one order, and the index has this one
		l.sort, l.by = "seq", append([]column{byNumber(message.FieldSeq, 64)}, l.by...)
	}
	if !f.Ordered && f.After == 0 {
		l.sort, l.desc = "-"+l.sort, true
	}
	if f.Source != nil {
		l.where = append(l.where, sql.EQ(message.FieldSource, *f.Source))
	}
	if f.Fate != "" {
		l.where = append(l.where, sql.EQ(message.FieldFate, string(f.Fate)))
	}
	if f.Record != "" {
		l.where = append(l.where, sql.EQ(message.FieldMatchRecordID, string(f.Record)))
	}
	if f.After > 0 {
		l.where = append(l.where, sql.GT(message.FieldID, f.After))
	}
	return l
}

// messages reads messages without their bytes, in the order of the ids.
func (v view) messages(ctx context.Context, ids []int64) ([]Message, error) {
	q := v.Message.Query().Where(message.IDIn(ids...))
	q.Select(slices.DeleteFunc(slices.Clone(message.Columns), func(column string) bool { return column == message.FieldBody })...)
	q.Modify(func(s *sql.Selector) { s.AppendSelectExprAs(sql.Expr("length("+s.C(message.FieldBody)+")"), sizeOf) })
	rows, err := q.All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	rows = inOrder(ids, rows, func(m *db.Message) int64 { return m.ID })
	messages := make([]Message, len(rows))
	for i, m := range rows {
		if messages[i], err = messageOf(m); err != nil {
			return nil, err
		}
	}
	return messages, nil
}

// sizeOf is the column of a message's size where its bytes are left out.
const sizeOf = "size"

func messageOf(m *db.Message) (Message, error) {
	told := Message{
		Outcome: Outcome{
			Message: m.ID, Source: m.Source, Seq: m.Seq, Fate: Fate(m.Fate), Field: m.Field, Reason: m.Reason,
			Warnings: m.Warnings, Record: resolve.ID(value(m.MatchRecordID)),
		},
		MessageID: m.MessageID, Act: string(m.Act), Body: m.Body, Size: len(m.Body),
		ReceivedAt: m.ReceivedAt.UTC(), Via: m.Via,
	}
	copy(told.SHA256[:], m.Sha256)
	if size, err := m.Value(sizeOf); err == nil { // read without its bytes
		told.Size = int(size.(int64))
	}
	return told, nil
}

// History returns what happened to an entity, present or former, newest first; nothing to
// an id that no entity ever had.
func (s *Store) History(ctx context.Context, id resolve.ID) ([]Change, error) {
	if !isText(string(id)) {
		return nil, nil
	}
	rows, err := s.client.Change.Query().Where(change.Entity(string(id))).Order(change.ByID(sql.OrderDesc())).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("history of %s: %w", id, unanswered(err))
	}
	return changesOf(rows), nil
}

// Changes returns up to limit changes after a sequence number, oldest first; no number
// before the last one returned is ever given out later. A limit of 0 is 50; *resolve.InvalidError above 1,000.
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]Change, error) {
	limit, err := bounded(limit, mostChanges)
	if err != nil {
		return nil, err
	}
	rows, err := s.client.Change.Query().Where(change.IDGT(after)).Order(change.ByID()).Limit(limit).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("changes after %d: %w", after, unanswered(err))
	}
	return changesOf(rows), nil
}

func changesOf(rows []*db.Change) []Change {
	changes := make([]Change, len(rows))
	for i, c := range rows {
		changes[i] = Change{
			Seq: c.ID, At: c.At.UTC(), Kind: resolve.Kind(c.Kind), Entity: resolve.ID(c.Entity), Act: resolve.Act(c.Act),
			Others: c.Others, Records: c.Records, Cause: c.Cause, After: c.After,
		}
	}
	return changes
}
