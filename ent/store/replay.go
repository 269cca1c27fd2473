package store

// What becomes of a message afterwards: replayed, or put into quarantine.

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db"
	"umpire/ent/db/message"
	"umpire/resolve"
)

// Replay gives a quarantined message its new reading, at its own place in the order of
// arrival: what a later message said of its record, or of a name, stays. The outcome is
// Quarantined again where as has a Fault.
//
// ErrNotFound: there is no such message. ErrConflict: it is not quarantined. ErrStale: the
// Profile of the reading is not its source's any more. ErrPoison: the database refuses it.
func (s *Store) Replay(ctx context.Context, id int64, as Delivery) (Outcome, error) {
	readings, err := storable([]Delivery{as})
	if err != nil {
		return Outcome{}, fmt.Errorf("replay message %d: %w", id, err)
	}
	var out Outcome
	err = s.write(ctx, func(t *tx) error {
		moment, err := t.count(ctx, arrivals, 1)
		if err != nil {
			return err
		}
		kept, err := t.messageWith(ctx, id, Quarantined)
		if err != nil {
			return err
		}
		if err := t.current(ctx, readings); err != nil {
			return err
		}
		out, err = t.replay(ctx, kept, readings[0], moment)
		return err
	})
	if err != nil {
		return Outcome{}, fmt.Errorf("replay message %d: %w", id, refused(err))
	}
	return out, nil
}

// messageWith reads a message, without its bytes, that must have a certain fate.
func (t *tx) messageWith(ctx context.Context, id int64, fate Fate) (*db.Message, error) {
	m, err := t.Message.Query().Where(message.ID(id)).
		Select(message.FieldID, message.FieldSource, message.FieldSeq, message.FieldFate, message.FieldMatchRecordID).
		Only(ctx)
	switch {
	case db.IsNotFound(err):
		return nil, fmt.Errorf("message %d: %w", id, ErrNotFound)
	case err != nil:
		return nil, fmt.Errorf("read message %d: %w", id, err)
	case Fate(m.Fate) != fate:
		return nil, fmt.Errorf("%w: message %d is %s, not %s", ErrConflict, id, m.Fate, fate)
	}
	return m, nil
}

// replay brings a message's new reading to its record, and to the message. The moment at
// which the record changes is now, whatever the message's own place: whoever settles the
// record at this time does not know of it.
func (t *tx) replay(ctx context.Context, kept *db.Message, as Delivery, moment int64) (Outcome, error) {
	out := Outcome{Message: kept.ID, Source: kept.Source, Seq: kept.Seq}
	if as.Fault != nil {
		out.Fate, out.Field, out.Reason = Quarantined, as.Fault.Field, as.Fault.Reason
		return out, t.settleMessage(ctx, out, as)
	}
	follows, err := t.follows(ctx, as.record())
	if err != nil {
		return out, err
	}
	if as.Withdraw != nil && follows == 0 {
		out.Fate, out.Reason = Quarantined, nothingToWithdraw
		return out, t.settleMessage(ctx, out, as)
	}
	out.Fate, out.Warnings, out.Record = Applied, as.Warnings, as.record()
	if err := t.retell(ctx, as, kept.ID, follows); err != nil {
		return out, err
	}
	if err := t.mark(ctx, map[resolve.ID]int64{out.Record: moment}); err != nil {
		return out, err
	}
	return out, t.settleMessage(ctx, out, as)
}

// record is the match record that a delivery tells or withdraws.
func (d Delivery) record() resolve.ID {
	if d.Withdraw != nil {
		return d.Withdraw.Mint()
	}
	return d.Match.ID
}

// follows returns the message that a match record now follows; 0 if there is none such
// record.
func (t *tx) follows(ctx context.Context, record resolve.ID) (int64, error) {
	row, err := t.MatchRecord.Get(ctx, string(record))
	if db.IsNotFound(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read match record %s: %w", record, err)
	}
	return row.Message, nil
}

// retell writes what a message tells whose record may follow a later one by now. Then it
// says only how old the records are.
func (t *tx) retell(ctx context.Context, as Delivery, id, follows int64) error {
	told := newTelling()
	if as.Match != nil {
		told.tell(*as.Match, id)
	} else {
		told.withdraw(as.record(), id)
	}
	if follows > id {
		clear(told.matches)
		clear(told.withdrawn)
	}
	if err := t.tell(ctx, told, keepName); err != nil {
		return err
	}
	if as.Match == nil {
		return nil
	}
	return t.arrived(ctx, *as.Match, id)
}

// settleMessage writes what became of a message.
func (t *tx) settleMessage(ctx context.Context, out Outcome, as Delivery) error {
	err := t.Message.UpdateOneID(out.Message).
		SetAct(as.act()).SetFate(message.Fate(out.Fate)).SetField(out.Field).SetReason(out.Reason).
		SetWarnings(out.Warnings).SetNillableMatchRecordID(idColumn(out.Record)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep what became of message %d: %w", out.Message, err)
	}
	return nil
}

// Quarantine takes an applied message out of effect, because a later stage fails on it. If
// its record follows it, that goes back to before, which is the reading of the message
// before it (see Previous); nil withdraws it.
//
// ErrNotFound: there is no such message. ErrConflict: it is not applied, or before is of
// another record, or no message told it.
func (s *Store) Quarantine(ctx context.Context, id int64, fault resolve.InvalidError, before *resolve.Match) error {
	err := s.write(ctx, func(t *tx) error {
		moment, err := t.count(ctx, arrivals, 1)
		if err != nil {
			return err
		}
		kept, err := t.messageWith(ctx, id, Applied)
		if err != nil {
			return err
		}
		err = t.Message.UpdateOneID(id).SetFate(message.FateQuarantined).
			SetField(clean(fault.Field)).SetReason(clean(fault.Reason)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("keep the reason: %w", err)
		}
		return t.goBack(ctx, kept, before, moment)
	})
	if err != nil {
		return fmt.Errorf("quarantine message %d: %w", id, refused(err))
	}
	return nil
}

// goBack brings a message's record to what was told before it, if the record follows it.
func (t *tx) goBack(ctx context.Context, from *db.Message, before *resolve.Match, moment int64) error {
	record := resolve.ID(value(from.MatchRecordID))
	follows, err := t.follows(ctx, record)
	if err != nil || follows != from.ID {
		return err
	}
	told := newTelling()
	if before == nil {
		told.withdraw(record, from.ID)
	} else {
		previous, err := t.previous(ctx, from)
		if err != nil {
			return err
		}
		if previous == nil || before.ID != record {
			return fmt.Errorf("%w: record %s was never told as %s", ErrConflict, record, before.ID)
		}
		told.tell(*before, previous.ID)
	}
	told.marks[record] = moment
	return t.tell(ctx, told, keepName)
}

// Previous returns the applied message before a message that is about the same match
// record, with its bytes. ErrNotFound: there is none, or no such message.
func (s *Store) Previous(ctx context.Context, id int64) (Message, error) {
	m, err := look(ctx, s, func(v view) (*db.Message, error) {
		m, err := v.Message.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		return v.previous(ctx, m)
	})
	switch {
	case db.IsNotFound(err), err == nil && m == nil:
		return Message{}, fmt.Errorf("message before %d: %w", id, ErrNotFound)
	case err != nil:
		return Message{}, fmt.Errorf("message before %d: %w", id, err)
	}
	return messageOf(m)
}

// previous returns the applied message before another that is about the same match record,
// nil if there is none.
func (v view) previous(ctx context.Context, of *db.Message) (*db.Message, error) {
	if of.MatchRecordID == nil {
		return nil, nil
	}
	m, err := v.Message.Query().
		Where(message.MatchRecordID(*of.MatchRecordID), message.FateEQ(message.FateApplied), message.IDLT(of.ID)).
		Order(message.ByID(sql.OrderDesc())).First(ctx)
	if db.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the message before %d: %w", of.ID, err)
	}
	return m, nil
}
