package store

// The audit log: what people did, newest first, and how far it is settled.

import (
	"context"
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db"
	"umpire/ent/db/act"
	"umpire/ent/db/actsubject"
	"umpire/ent/db/judgement"
	"umpire/ent/db/teamrecord"
	"umpire/resolve"
)

// everything is more than an act has effects.
const everything = 1 << 40

// Act returns an act with all of its effects and subjects, or ErrNotFound.
func (s *Store) Act(ctx context.Context, id int64) (Act, error) {
	return look(ctx, s, func(v view) (Act, error) { return v.act(ctx, id) })
}

// act is Act; the zero Act if the id is 0.
func (v view) act(ctx context.Context, id int64) (Act, error) {
	if id == 0 {
		return Act{}, nil
	}
	row, err := v.Act.Get(ctx, id)
	if db.IsNotFound(err) {
		return Act{}, fmt.Errorf("act %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return Act{}, fmt.Errorf("read act %d: %w", id, err)
	}
	return v.actOf(ctx, row, everything)
}

// actOf completes an act with its effects and subjects, no more than most of each.
func (v view) actOf(ctx context.Context, row *db.Act, most int64) (Act, error) {
	a := Act{
		ID: row.ID, At: row.At.UTC(), Actor: row.Actor, Verb: Verb(row.Verb), Kind: resolve.Kind(row.Kind), Note: row.Note,
		Undoes: row.Undoes, UndoneBy: value(row.UndoneBy), Settled: row.Settled,
	}
	for _, run := range row.Effects {
		if n := int(run.Last - run.First + 1); run.On {
			a.Made += n
		} else {
			a.Lifted += n
		}
	}
	var err error
	if a.Effects, err = v.effects(ctx, row.Effects, most); err != nil {
		return a, fmt.Errorf("effects of act %d: %w", row.ID, err)
	}
	q := v.from(actsubject.Table, actsubject.FieldSubject).Where(sql.EQ(actsubject.FieldAct, row.ID)).OrderBy(actsubject.FieldSubject)
	if most < everything {
		q.Limit(int(most))
	}
	if a.Subjects, err = read[resolve.ID](ctx, v, q); err != nil {
		return a, fmt.Errorf("subjects of act %d: %w", row.ID, err)
	}
	return a, nil
}

// Acts lists acts, newest first, each with its first effects and subjects. It returns
// *resolve.InvalidError for a limit or a cursor that cannot be.
func (s *Store) Acts(ctx context.Context, f ActFilter) (Page[Act], error) {
	for field, told := range map[string]string{"actor": f.Actor, "verb": string(f.Verb), "subject": string(f.Subject)} {
		if err := checkText(field, told); err != nil {
			return Page[Act]{}, err
		}
	}
	return look(ctx, s, func(v view) (Page[Act], error) {
		ids, next, err := turn[int64](ctx, v, v.actList(f), f.Cursor, f.Limit, mostMatches)
		if err != nil {
			return Page[Act]{}, err
		}
		items, err := v.acts(ctx, ids)
		return Page[Act]{Items: items, Next: next}, err
	})
}

func (v view) actList(f ActFilter) listing {
	l := listing{table: act.Table, sort: "-id", desc: true, by: []column{byNumber(act.FieldID, 64)}}
	if f.Actor != "" {
		l.where = append(l.where, sql.EQ(act.FieldActor, f.Actor))
	}
	if f.Verb != "" {
		l.where = append(l.where, sql.EQ(act.FieldVerb, string(f.Verb)))
	}
	if f.Since != nil {
		l.where = append(l.where, sql.GTE(act.FieldAt, instant(*f.Since)))
	}
	if f.Until != nil {
		l.where = append(l.where, sql.LT(act.FieldAt, instant(*f.Until)))
	}
	if f.Subject != "" {
		about := sql.EQ(actsubject.FieldSubject, string(f.Subject))
		if f.Subject.Kind() != "" {
			about = sql.Or(about, sql.In(actsubject.FieldSubject, v.from(placeTable(f.Subject.Kind()), teamrecord.FieldID).
				Where(sql.EQ(teamrecord.FieldEntityID, string(f.Subject)))))
		}
		l.where = append(l.where, sql.In(act.FieldID, v.from(actsubject.Table, actsubject.FieldAct).Where(about)))
	}
	return l
}

// acts reads acts as lists tell them, in the order of the ids.
func (v view) acts(ctx context.Context, ids []int64) ([]Act, error) {
	found, err := v.Act.Query().Where(act.IDIn(ids...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read acts: %w", err)
	}
	found = inOrder(ids, found, func(a *db.Act) int64 { return a.ID })
	told := make([]Act, len(found))
	for i, row := range found {
		if told[i], err = v.actOf(ctx, row, mostTold); err != nil {
			return nil, err
		}
	}
	return told, nil
}

// Cause says in a few words what brought a change about: "act 12 by ann: same".
func (a Act) Cause() string {
	what := string(a.Verb)
	if a.Verb == VerbJudge {
		for _, e := range a.Effects {
			if e.On {
				what = string(e.Judgement.Word)
			}
		}
	}
	return fmt.Sprintf("act %d by %s: %s", a.ID, a.Actor, what)
}

// How long Settled waits, and how often it looks meanwhile.
const (
	settleWait = 2 * time.Second
	settleLook = 10 * time.Millisecond
)

// Settled waits until an act is settled, two seconds at most, and reports whether it is. It
// may be asked in any process.
func (s *Store) Settled(ctx context.Context, id int64) (bool, error) {
	ctx, stop := context.WithTimeout(ctx, settleWait)
	defer stop()
	for {
		settled, err := s.client.Act.Query().Where(act.ID(id), act.Settled(true)).Exist(ctx)
		if ctx.Err() != nil {
			return false, nil
		}
		if err != nil || settled {
			return settled, unanswered(err)
		}
		select {
		case <-ctx.Done():
			return false, nil
		case <-time.After(settleLook):
		}
	}
}

// InForce is all that people say that the engine heeds.
type InForce struct {
	Judgements   []resolve.Judgement
	Overrides    []resolve.Override
	Survivorship resolve.Survivorship
	Last         int64   // the last act that is in it
	Unsettled    []int64 // acts that are in it, and not settled
}

// InForce reads what is in force, and what of that is not settled, as of one moment: acts that
// are neither here nor settled are later ones.
func (s *Store) InForce(ctx context.Context) (InForce, error) {
	return look(ctx, s, func(v view) (InForce, error) {
		f := InForce{Survivorship: resolve.Survivorship{Rules: map[resolve.Kind]map[string]resolve.Rule{}, Trust: map[string]int{}}}
		for _, table := range sayings {
			all, err := v.sayingsWhere(ctx, table, sql.IsNull(judgement.FieldLiftedBy))
			if err != nil {
				return f, err
			}
			for _, e := range all {
				f.add(e)
			}
		}
		var err error
		f.Unsettled, err = v.Act.Query().Where(act.Settled(false)).Order(act.ByID()).IDs(ctx)
		if err != nil {
			return f, fmt.Errorf("read which acts are not settled: %w", err)
		}
		last, err := v.Act.Query().Order(act.ByID(sql.OrderDesc())).FirstID(ctx)
		if err != nil && !db.IsNotFound(err) {
			return f, fmt.Errorf("read which act is the last: %w", err)
		}
		f.Last = last
		return f, nil
	})
}

func (f *InForce) add(e Effect) {
	switch {
	case e.Judgement != nil:
		f.Judgements = append(f.Judgements, e.Judgement.Law())
	case e.Override != nil:
		f.Overrides = append(f.Overrides, e.Override.Law())
	case e.Rule != nil:
		if f.Survivorship.Rules[e.Rule.Kind] == nil {
			f.Survivorship.Rules[e.Rule.Kind] = map[string]resolve.Rule{}
		}
		f.Survivorship.Rules[e.Rule.Kind][e.Rule.Field] = e.Rule.Rule
	case e.Trust != nil:
		f.Survivorship.Trust[e.Trust.Source] = e.Trust.Trust
	}
}

// Unsettled returns the first acts after one that are not settled, up to limit, in their
// order, with all their effects.
func (s *Store) Unsettled(ctx context.Context, after int64, limit int) ([]Act, error) {
	return look(ctx, s, func(v view) ([]Act, error) {
		found, err := v.Act.Query().Where(act.Settled(false), act.IDGT(after)).Order(act.ByID()).Limit(limit).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("read the acts that are not settled: %w", err)
		}
		told := make([]Act, len(found))
		for i, row := range found {
			if told[i], err = v.actOf(ctx, row, everything); err != nil {
				return nil, err
			}
		}
		return told, nil
	})
}
