package ingest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"umpire/ent/store"
	"umpire/resolve"
)

// Intake takes messages in, whichever way they came: queue, file and HTTP share it.
//
// It logs, to the context's logger, an event for each micro-batch and one for each
// message at fault.
type Intake struct {
	// Committed is called after each transaction, so that who resolves need not wait for
	// its next look; it must not block. To be set before the first message; nil: nobody is told.
	Committed func()

	store    *store.Store
	profiles *Profiles
}

// NewIntake makes the way into a store.
func NewIntake(s *store.Store) *Intake { return &Intake{store: s, profiles: NewProfiles(s)} }

// Take takes a micro-batch in, in its order and in one transaction, and tells what became
// of each delivery. Each comes with its Body, MessageID, Redelivered, ReceivedAt and Via;
// what the body means is found here.
//
// While the database fails, Take tries again until the context ends; the error then tells
// both. A delivery that the database refuses is found by halving the batch and kept with
// that as its fault; its neighbours go on. That alone takes several transactions, so if
// there is an error, the outcomes are those of the first deliveries, which are taken for
// good; as a rule there are none. To take a delivery twice is safe if it has a message id.
//
// A profile that changes meanwhile is heeded: what it reads otherwise is read again.
func (in *Intake) Take(ctx context.Context, batch []store.Delivery) ([]store.Outcome, error) {
	began := time.Now()
	var read []store.Delivery
	var outcomes []store.Outcome
	for {
		rest, err := in.decodeAll(ctx, batch[len(outcomes):])
		var taken []store.Outcome
		if err == nil {
			taken, err = in.put(ctx, rest)
		}
		read, outcomes = append(read[:len(outcomes)], rest...), append(outcomes, taken...)
		if !errors.Is(err, store.ErrStale) {
			report(ctx, outcomes, read, time.Since(began))
			return outcomes, err
		}
		in.profiles.Forget()
	}
}

// SourceOf is the source that a message names, as Take finds it; "" if it names none that can
// be read.
func (in *Intake) SourceOf(body []byte) string { return Decode(body, Defaults).Source }

// decodeAll reads each body by its source's present profile, and leaves the batch as it is.
func (in *Intake) decodeAll(ctx context.Context, batch []store.Delivery) ([]store.Delivery, error) {
	read := slices.Clone(batch)
	err := in.insist(ctx, func() error {
		profileOf, err := in.profiles.Current(ctx)
		if err != nil {
			return err
		}
		for i := range read {
			read[i] = decode(read[i], profileOf)
		}
		return nil
	})
	return read, err
}

// decode writes what the body of a delivery says into it, and by which profile it was read.
func decode(d store.Delivery, profileOf func(string) Profile) store.Delivery {
	r := Decode(d.Body, profileOf)
	d.Source, d.Match, d.Withdraw, d.Fault, d.Warnings = r.Source, r.Match, nil, r.Fault, r.Warnings
	stored := profileOf(r.Source).stored
	d.Profile = &stored
	return d
}

// put has the store take the batch, without the deliveries that it refuses.
func (in *Intake) put(ctx context.Context, batch []store.Delivery) ([]store.Outcome, error) {
	if len(batch) == 0 {
		return nil, nil
	}
	var outcomes []store.Outcome
	err := in.insist(ctx, func() error {
		var err error
		outcomes, err = in.store.Ingest(ctx, batch)
		return err
	})
	switch {
	case err == nil:
		in.committed()
		return outcomes, nil
	case !errors.Is(err, store.ErrPoison):
		return outcomes, err
	case len(batch) == 1 && batch[0].Fault == nil:
		return in.put(ctx, []store.Delivery{poisoned(batch[0], err)})
	case len(batch) == 1:
		return nil, err
	}
	half := len(batch) / 2
	outcomes, err = in.put(ctx, batch[:half])
	if err != nil {
		return outcomes, err
	}
	others, err := in.put(ctx, batch[half:])
	return append(outcomes, others...), err
}

func (in *Intake) committed() {
	if in.Committed != nil {
		in.Committed()
	}
}

// poisoned is the delivery with what the database says against it as its fault.
func poisoned(d store.Delivery, err error) store.Delivery {
	d.Match, d.Withdraw, d.Warnings = nil, nil, nil
	d.Fault = fault("", "the database refuses it: %v", err)
	return d
}

// insist tries until it goes well, or fails in a way that will not pass.
func (in *Intake) insist(ctx context.Context, try func() error) error {
	backoff := NewBackoff(50*time.Millisecond, 5*time.Second)
	for {
		err := try()
		if err == nil || lasting(err) {
			return err
		}
		wait := backoff.NextBackOff()
		zerolog.Ctx(ctx).Warn().Err(err).Dur("again_in_ms", wait).Msg("the database fails; trying again")
		if ended := Sleep(ctx, wait); ended != nil {
			return fmt.Errorf("%w, while the database failed: %w", ended, err)
		}
	}
}

// lasting reports whether an error says something that another attempt would only say again.
func lasting(err error) bool {
	for _, lasts := range []error{store.ErrPoison, store.ErrStale, store.ErrNotFound, store.ErrConflict, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, lasts) {
			return true
		}
	}
	_, invalid := errors.AsType[*resolve.InvalidError](err)
	return invalid
}

// report logs what became of the first deliveries of a batch: those that have an outcome.
func report(ctx context.Context, outcomes []store.Outcome, batch []store.Delivery, took time.Duration) {
	if len(outcomes) == 0 {
		return
	}
	log := zerolog.Ctx(ctx)
	fates, sources := map[store.Fate]int{}, map[string]bool{}
	for i, d := range batch[:len(outcomes)] {
		out := outcomes[i]
		fates[out.Fate]++
		sources[out.Source] = true
		if out.Fate == store.Quarantined {
			log.Warn().Int64("message", out.Message).Str("source", out.Source).Str("message_id", d.MessageID).
				Str("via", d.Via).Str("field", out.Field).Str("reason", out.Reason).Msg("message quarantined")
		}
	}
	log.Info().Int("messages", len(outcomes)).
		Int("applied", fates[store.Applied]).Int("duplicates", fates[store.Duplicate]).Int("quarantined", fates[store.Quarantined]).
		Strs("sources", slices.Sorted(maps.Keys(sources))).
		Int64("first", outcomes[0].Message).Int64("last", outcomes[len(outcomes)-1].Message).
		Dur("took_ms", took).Msg("messages taken in")
}

// Withdraw takes back the match record that a source knows by this id, within a title
// where it uses the id in several (*resolve.InvalidError if it must say which).
// store.ErrNotFound: it has none; store.ErrGone: it was withdrawn before.
func (in *Intake) Withdraw(ctx context.Context, source, id, title, via string) (store.Outcome, error) {
	record, err := in.store.Record(ctx, source, id, title)
	if err != nil {
		return store.Outcome{}, err
	}
	if record.Withdrawn {
		return store.Outcome{}, fmt.Errorf("withdraw match %q of %q: %w", id, source, store.ErrGone)
	}
	key := resolve.Key{Kind: resolve.KindMatch, Source: record.Source, Scope: record.Scope, Named: record.Named, ID: record.Key}
	batch := []store.Delivery{{Source: source, Withdraw: &key, ReceivedAt: time.Now(), Via: via}}
	began := time.Now()
	outcomes, err := in.put(ctx, batch)
	if err != nil {
		return store.Outcome{}, err
	}
	report(ctx, outcomes, batch, time.Since(began))
	return outcomes[0], nil
}

// Replay reads quarantined messages again, the oldest first, and yields what becomes of
// each: after a fix, what was at fault is applied at its own place in its source's
// sequence. The filter's Fate is always Quarantined. It ends at the first error.
func (in *Intake) Replay(ctx context.Context, filter store.MessageFilter) iter.Seq2[store.Outcome, error] {
	return func(yield func(store.Outcome, error) bool) {
		for id, err := range in.quarantined(ctx, filter) {
			var out store.Outcome
			if err == nil {
				out, err = in.replay(ctx, id)
			}
			if !yield(out, err) || err != nil {
				return
			}
		}
	}
}

// quarantined yields the ids of quarantined messages, the oldest first. A withdrawal says
// nothing that could be read again.
func (in *Intake) quarantined(ctx context.Context, filter store.MessageFilter) iter.Seq2[int64, error] {
	filter.Fate, filter.Ordered = store.Quarantined, true
	return func(yield func(int64, error) bool) {
		for more := true; more; more = filter.Cursor != "" {
			page, err := in.store.Messages(ctx, filter)
			if err != nil {
				yield(0, err)
				return
			}
			for _, m := range page.Items {
				if m.Act != withdrawal && !yield(m.Message, nil) {
					return
				}
			}
			filter.Cursor = page.Next
		}
	}
}

// withdrawal is the Act of a store.Message that takes a record back.
const withdrawal = "withdraw"

func (in *Intake) replay(ctx context.Context, id int64) (store.Outcome, error) {
	d, err := in.reread(ctx, id)
	if err != nil {
		return store.Outcome{}, fmt.Errorf("replay message %d: %w", id, err)
	}
	out, err := in.store.Replay(ctx, id, d)
	if errors.Is(err, store.ErrPoison) && d.Fault == nil {
		out, err = in.store.Replay(ctx, id, poisoned(d, err))
	}
	if errors.Is(err, store.ErrStale) {
		in.profiles.Forget()
		return in.replay(ctx, id)
	}
	if err != nil {
		return out, fmt.Errorf("replay message %d: %w", id, err)
	}
	zerolog.Ctx(ctx).Info().Int64("message", id).Str("source", out.Source).Str("fate", string(out.Fate)).
		Str("field", out.Field).Str("reason", out.Reason).Msg("message replayed")
	return out, nil
}

// reread decodes a stored message under its source's profile of today.
func (in *Intake) reread(ctx context.Context, id int64) (store.Delivery, error) {
	m, err := in.store.Message(ctx, id)
	if err != nil {
		return store.Delivery{}, err
	}
	return in.read(ctx, m)
}

func (in *Intake) read(ctx context.Context, m store.Message) (store.Delivery, error) {
	profileOf, err := in.profiles.Current(ctx)
	d := store.Delivery{MessageID: m.MessageID, Body: m.Body, ReceivedAt: m.ReceivedAt, Via: m.Via}
	if err != nil {
		return d, err
	}
	return decode(d, profileOf), nil
}

// Quarantine takes an applied message out of effect because a later stage fails on it:
// its record goes back to what the applied message before it said, or is withdrawn if
// there is none. store.ErrConflict: the message is not applied.
func (in *Intake) Quarantine(ctx context.Context, message int64, reason resolve.InvalidError) error {
	previous, err := in.store.Previous(ctx, message)
	if errors.Is(err, store.ErrNotFound) {
		return in.store.Quarantine(ctx, message, reason, nil)
	}
	if err != nil {
		return err
	}
	before, err := in.read(ctx, previous)
	if err != nil {
		return fmt.Errorf("quarantine message %d: %w", message, err)
	}
	return in.store.Quarantine(ctx, message, reason, before.Match)
}
