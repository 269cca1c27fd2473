package store

// Undoing: an act that takes back, row by row, what others brought into force and out of it,
// as far as that is still so. Nothing is erased.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db"
	"umpire/ent/db/act"
	"umpire/ent/db/actsubject"
	"umpire/ent/db/override"
	"umpire/ent/db/sourcetrust"
	"umpire/ent/db/survivorshiprule"
	"umpire/resolve"
)

func (d Undo) draft(ctx context.Context, v view) (draft, error) {
	row, err := v.Act.Get(ctx, d.Act)
	if db.IsNotFound(err) {
		return draft{}, fmt.Errorf("act %d: %w", d.Act, ErrNotFound)
	}
	if err != nil {
		return draft{}, fmt.Errorf("read act %d: %w", d.Act, err)
	}
	if row.UndoneBy != nil {
		return draft{}, fmt.Errorf("%w: act %d is undone already, by act %d", ErrConflict, d.Act, *row.UndoneBy)
	}
	drawn, err := v.undo(ctx, []*db.Act{row})
	if err == nil && len(drawn.said) == 0 {
		err = fmt.Errorf("%w: nothing of act %d is left to undo", ErrConflict, d.Act)
	}
	return drawn, err
}

func (d UndoRange) draft(ctx context.Context, v view) (draft, error) {
	if err := checkText("actor", d.Actor); err != nil {
		return draft{}, err
	}
	found, err := v.Act.Query().Where(act.Actor(d.Actor), act.AtGTE(instant(d.Since))).Order(act.ByID(sql.OrderDesc())).All(ctx)
	if err != nil {
		return draft{}, fmt.Errorf("read the acts of %s: %w", d.Actor, err)
	}
	drawn, err := v.undo(ctx, found)
	if err == nil && len(drawn.said) == 0 {
		err = fmt.Errorf("acts of %s since then that are in force: %w", d.Actor, ErrNotFound)
	}
	return drawn, err
}

// place is where something that is said stands.
type place struct {
	table string
	id    int64
}

// undo draws up what takes acts back, which come newest first: those that stand, and those that
// stand again when the ones before them are taken back.
func (v view) undo(ctx context.Context, newestFirst []*db.Act) (draft, error) {
	drawn := draft{verb: VerbUndo}
	at := map[place]Effect{}  // each as it will be
	taken := map[int64]bool{} // acts
	for _, row := range newestFirst {
		if row.UndoneBy != nil && !taken[*row.UndoneBy] {
			continue
		}
		effects, err := v.effects(ctx, row.Effects, everything)
		if err != nil {
			return drawn, err
		}
		if takeBack(at, effects) {
			taken[row.ID] = true
			drawn.undoes = append(drawn.undoes, row.ID)
		}
	}
	for _, e := range at {
		if _, s := e.said(); e.On != (s.LiftedBy == 0) {
			drawn.said = append(drawn.said, e)
		}
	}
	if len(drawn.said) == 0 {
		return drawn, nil
	}
	slices.SortFunc(drawn.said, compareEffects)
	if err := v.makeRoom(ctx, &drawn); err != nil {
		return drawn, err
	}
	return drawn, v.subjectsOf(ctx, &drawn)
}

// takeBack turns round what of some effects is still so, and reports whether that is any.
func takeBack(at map[place]Effect, effects []Effect) bool {
	taken := false
	for _, e := range effects {
		table, s := e.said()
		p := place{table, s.ID}
		now, met := at[p]
		if !met {
			now = e
			now.On = s.LiftedBy == 0
		}
		if now.On == e.On {
			now, taken = e.inverse(), true
		}
		at[p] = now
	}
	return taken
}

// makeRoom sees to it that nothing comes back where something else is in force by now: it is
// ErrConflict, unless that says the same, or is but a doubt.
func (v view) makeRoom(ctx context.Context, d *draft) error {
	goes := map[place]bool{}
	for _, e := range d.said {
		if table, s := e.said(); !e.On {
			goes[place{table, s.ID}] = true
		}
	}
	var kept []Effect
	for _, e := range d.said {
		if !e.On {
			kept = append(kept, e)
			continue
		}
		there, found, err := v.inPlaceOf(ctx, e)
		if err != nil {
			return err
		}
		if !found {
			kept = append(kept, e)
			continue
		}
		switch table, s := there.said(); {
		case goes[place{table, s.ID}]:
			kept = append(kept, e)
		case there.says() == e.says():
			d.stood = s.Act
		case e.Judgement != nil && e.Judgement.Word == resolve.Unsure:
			d.stood = s.Act
		case e.Judgement != nil && there.Judgement.Word == resolve.Unsure:
			there.On = false
			kept = append(kept, there, e)
		case e.Judgement != nil:
			return v.contradicted(ctx, e.Judgement.Law(), []resolve.Judgement{there.Judgement.Law()})
		default:
			return fmt.Errorf("%w: act %d has said otherwise since", ErrConflict, s.Act)
		}
	}
	d.said = kept
	return nil
}

// inPlaceOf finds what is in force where an effect would come back.
func (v view) inPlaceOf(ctx context.Context, e Effect) (Effect, bool, error) {
	if j := e.Judgement; j != nil {
		pair := resolve.Pair{A: j.A, B: j.B}
		standing, err := v.standing(ctx, []resolve.Pair{pair})
		is, found := standing[pair]
		return Effect{On: true, Judgement: &is}, found, err
	}
	table, such := e.slot()
	found, err := v.sayingsWhere(ctx, table, sql.And(such, sql.IsNull(override.FieldLiftedBy)))
	if err != nil || len(found) == 0 {
		return Effect{}, false, err
	}
	found[0].On = true
	return found[0], true, nil
}

// slot selects what there is one of in force.
func (e Effect) slot() (string, *sql.Predicate) {
	switch {
	case e.Override != nil:
		return override.Table, sql.And(sql.EQ(override.FieldRecord, string(e.Override.Record)), sql.EQ(override.FieldField, e.Override.Field))
	case e.Rule != nil:
		return survivorshiprule.Table, sql.And(sql.EQ(survivorshiprule.FieldKind, string(e.Rule.Kind)), sql.EQ(survivorshiprule.FieldField, e.Rule.Field))
	default:
		return sourcetrust.Table, sql.EQ(sourcetrust.FieldSource, e.Trust.Source)
	}
}

// says is what an effect says, in a form to compare.
func (e Effect) says() string {
	switch {
	case e.Judgement != nil:
		return string(e.Judgement.Word)
	case e.Override != nil:
		return e.Override.Value
	case e.Rule != nil:
		return string(e.Rule.Rule)
	default:
		return strconv.Itoa(e.Trust.Trust)
	}
}

// subjectsOf gives an undoing the subjects of what it undoes.
func (v view) subjectsOf(ctx context.Context, d *draft) error {
	var all []resolve.ID
	for chunk := range slices.Chunk(d.undoes, listed) {
		found, err := read[resolve.ID](ctx, v, v.from(actsubject.Table, actsubject.FieldSubject).
			Where(sql.In(actsubject.FieldAct, numbers(chunk)...)))
		if err != nil {
			return errors.Join(errors.New("read the subjects of acts"), err)
		}
		all = append(all, found...)
	}
	slices.Sort(all)
	d.subjects = slices.Compact(all)
	return nil
}
