package store

// What people make of the changes of a run. A refusal is a decision like any other: judgements,
// by one act.

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db"
	"umpire/ent/db/run"
	"umpire/ent/db/runchange"
	"umpire/resolve"
)

// DecideRun accepts, refuses or opens again changes of a planned run, and tells how many. A
// refusal judges, in one act that is returned: of a merge, that the founding records of what
// would be one are different; of a split, that those of what would part are the same. With a
// change its other side is refused, such as what retires by a merge. To open or accept what was
// refused undoes that act, and all that it refused is open.
//
// ErrNotFound: there is none such. ErrConflict: the run is not planned (any more), or the
// judgements contradict others (*ContradictionError). *resolve.InvalidError: what only follows
// others cannot be refused by itself.
func (s *Store) DecideRun(ctx context.Context, by Signature, d RunDecision) (int, *Act, error) {
	if err := by.check(); err != nil {
		return 0, nil, err
	}
	if d.Decision != ChangeOpen && d.Decision != ChangeAccepted && d.Decision != ChangeRefused {
		return 0, nil, &resolve.InvalidError{Field: "decision", Reason: fmt.Sprintf("is %q: open, accepted or refused", d.Decision)}
	}
	n, made := 0, (*Act)(nil)
	err := s.write(ctx, func(t *tx) error {
		if _, err := t.count(ctx, acts, 0); err != nil { // as whoever decides, before anything else
			return err
		}
		done, err := t.once(ctx, by, d, func() (runDone, error) { return t.decideRun(ctx, by, d) })
		if err != nil || done.Act == 0 {
			n, made = done.Changes, nil
			return err
		}
		act, err := t.act(ctx, done.Act)
		n, made = done.Changes, &act
		return err
	})
	if err != nil {
		return 0, nil, fmt.Errorf("decide on run %d: %w", d.Run, err)
	}
	return n, made, nil
}

// decideRun decides on changes while nobody else decides.
func (t *tx) decideRun(ctx context.Context, by Signature, d RunDecision) (runDone, error) {
	row, err := t.lockRun(ctx, d.Run)
	if err != nil {
		return runDone{}, err
	}
	if err := by.expectRun(row); err != nil {
		return runDone{}, err
	}
	if row.State != string(RunPlanned) {
		return runDone{}, notNow(row, "decided on")
	}
	changes, err := t.chosen(ctx, d)
	if err != nil {
		return runDone{}, err
	}
	n, made, err := t.turnChanges(ctx, by, row, changes, d.Decision)
	if err != nil {
		return runDone{}, err
	}
	done := runDone{Run: d.Run, Changes: n}
	if made != nil {
		done.Act = made.ID
	}
	return done, t.Run.UpdateOneID(d.Run).AddVersion(1).Exec(ctx)
}

// turnChanges opens, accepts or refuses changes.
func (t *tx) turnChanges(ctx context.Context, by Signature, row *db.Run, changes []RunChange, to ChangeDecision) (int, *Act, error) {
	if to == ChangeRefused {
		return t.refuse(ctx, by, row, changes)
	}
	return t.admitChanges(ctx, by, row, changes, to)
}

// chosen reads the changes that a decision is on.
func (v view) chosen(ctx context.Context, d RunDecision) ([]RunChange, error) {
	such := sql.EQ(runchange.FieldNumber, d.Change)
	if d.Change == 0 {
		such = sql.EQ(runchange.FieldCause, d.Cause)
	}
	changes, err := v.runChanges(ctx, d.Run, such)
	if err == nil && len(changes) == 0 {
		err = fmt.Errorf("such a change of run %d: %w", d.Run, ErrNotFound)
	}
	return changes, err
}

// admitChanges opens or accepts changes; what was refused of them is judged no more.
func (t *tx) admitChanges(ctx context.Context, by Signature, row *db.Run, changes []RunChange, to ChangeDecision) (int, *Act, error) {
	var undone []int64
	var made *Act
	for _, c := range changes {
		if c.Decision != ChangeRefused || c.DecidedAct == 0 || slices.Contains(undone, c.DecidedAct) {
			continue
		}
		undone = append(undone, c.DecidedAct)
		decided, err := t.decide(ctx, Signature{Actor: by.Actor, Note: by.Note}, Undo{Act: c.DecidedAct})
		if err != nil {
			return 0, nil, err
		}
		made = &decided.Act
		if err := t.own(ctx, row, decided.Act.ID); err != nil {
			return 0, nil, err
		}
		if err := t.note(ctx, row.ID, sql.EQ(runchange.FieldDecidedAct, c.DecidedAct), ChangeOpen, "", nil); err != nil {
			return 0, nil, err
		}
	}
	who := by.Actor
	if to == ChangeOpen {
		who = ""
	}
	return len(changes), made, t.noteAll(ctx, row.ID, changes, to, who, nil)
}

// refuse refuses changes, with their other sides.
func (t *tx) refuse(ctx context.Context, by Signature, row *db.Run, changes []RunChange) (int, *Act, error) {
	changes = slices.DeleteFunc(changes, func(c RunChange) bool { return c.Decision == ChangeRefused })
	sides, err := t.otherSides(ctx, row.ID, changes)
	if err != nil {
		return 0, nil, err
	}
	judges := refusals(slices.Concat(changes, sides))
	if len(judges) == 0 {
		if len(changes) == 0 {
			return 0, nil, nil
		}
		return 0, nil, &resolve.InvalidError{Field: "decision", Reason: "cannot be refused: what only follows from others, or from records, comes and goes with them"}
	}
	refused := slices.DeleteFunc(slices.Concat(changes, sides), func(c RunChange) bool { return len(c.Others) == 0 })
	by.Note = cmp.Or(by.Note, fmt.Sprintf("refused of run %d", row.ID))
	decided, err := t.decide(ctx, Signature{Actor: by.Actor, Note: by.Note}, Group{judges})
	if err != nil {
		return 0, nil, err
	}
	if err := t.own(ctx, row, decided.Act.ID); err != nil {
		return 0, nil, err
	}
	return len(refused), &decided.Act, t.noteAll(ctx, row.ID, refused, ChangeRefused, by.Actor, &decided.Act.ID)
}

// own adds an act to those of a run.
func (t *tx) own(ctx context.Context, row *db.Run, act int64) error {
	row.Acts = append(row.Acts, act)
	return t.Run.Update().Where(run.ID(row.ID)).SetActs(row.Acts).Exec(ctx)
}

// otherSides finds the changes of the entities that changes name as the others, and that name
// theirs in turn.
func (v view) otherSides(ctx context.Context, id int64, changes []RunChange) ([]RunChange, error) {
	chosen, names := map[int64]bool{}, map[resolve.ID][]resolve.ID{}
	var others []resolve.ID
	for _, c := range changes {
		chosen[c.Number] = true
		names[c.Entity] = append(names[c.Entity], c.Others...)
		others = append(others, c.Others...)
	}
	slices.Sort(others)
	var sides []RunChange
	for part := range slices.Chunk(slices.Compact(others), listed) {
		found, err := v.runChanges(ctx, id, among(runchange.FieldEntity, part))
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			mutual := slices.ContainsFunc(c.Others, func(o resolve.ID) bool { return slices.Contains(names[o], c.Entity) })
			if mutual && !chosen[c.Number] && c.Decision != ChangeRefused {
				chosen[c.Number] = true
				sides = append(sides, c)
			}
		}
	}
	return sides, nil
}

// refusals are the words by which changes do not come about.
func refusals(changes []RunChange) []Judge {
	after := map[resolve.ID][]resolve.ID{}
	before := map[resolve.ID][]resolve.ID{}
	for _, c := range changes {
		before[c.Entity], after[c.Entity] = c.Before, c.After
	}
	words := map[resolve.Pair]resolve.Word{}
	say := func(a, b resolve.ID, word resolve.Word) {
		pair := resolve.Pair{A: min(a, b), B: max(a, b)}
		if _, said := words[pair]; a != b && !said {
			words[pair] = word
		}
	}
	for _, c := range changes {
		switch {
		case len(c.Others) == 0:
		case c.Act == resolve.Merged:
			c.refuseMerge(before, after, say)
		case c.Act == resolve.Retired:
			for _, o := range c.Others {
				say(c.Entity, o, resolve.Different)
			}
		default: // it parts, or is what parted
			for _, o := range c.Others {
				if c.Act == resolve.Created || len(before[o]) == 0 {
					say(c.Entity, o, resolve.Same)
				}
			}
		}
	}
	judges := make([]Judge, 0, len(words))
	for pair, word := range words {
		judges = append(judges, Judge{pair.A, pair.B, word})
	}
	slices.SortFunc(judges, func(x, y Judge) int { return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B)) })
	return judges
}

// refuseMerge keeps apart the founding records of what would be one, and a record that would
// but move where it is.
func (c RunChange) refuseMerge(before, after map[resolve.ID][]resolve.ID, say func(a, b resolve.ID, word resolve.Word)) {
	gone := []resolve.ID{c.Entity}
	for _, o := range c.Others {
		if len(after[o]) == 0 {
			gone = append(gone, o)
			continue
		}
		for _, record := range c.After {
			if slices.Contains(before[o], record) {
				say(o, record, resolve.Same)
			}
		}
	}
	for i, a := range gone {
		for _, b := range gone[i+1:] {
			say(a, b, resolve.Different)
		}
	}
}

func (t *tx) noteAll(ctx context.Context, id int64, changes []RunChange, to ChangeDecision, by string, act *int64) error {
	for part := range slices.Chunk(changes, listed) {
		which := make([]int64, len(part))
		for i, c := range part {
			which[i] = c.Number
		}
		if err := t.note(ctx, id, sql.In(runchange.FieldNumber, numbers(which)...), to, by, act); err != nil {
			return err
		}
	}
	return nil
}

// note notes how such changes are decided.
func (t *tx) note(ctx context.Context, id int64, such *sql.Predicate, to ChangeDecision, by string, act *int64) error {
	query, args := sql.Dialect(t.dialect).Update(runchange.Table).
		Set(runchange.FieldDecision, string(to)).Set(runchange.FieldDecidedBy, by).Set(runchange.FieldDecidedAct, act).
		Where(sql.And(sql.EQ(runchange.FieldRun, id), such)).Query()
	if _, err := t.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("note what is decided: %w", err)
	}
	return nil
}
