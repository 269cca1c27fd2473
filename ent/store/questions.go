package store

// The queue of suggestions, and the judgements that were made of them.

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db"
	"umpire/ent/db/judgement"
	"umpire/ent/db/link"
	"umpire/ent/db/match"
	"umpire/ent/db/placement"
	"umpire/ent/db/team"
	"umpire/ent/db/teamrecord"
	"umpire/resolve"
)

// Questions lists what waits for a person's answer: those whose answers teach most first, ties
// by when they were first asked. What is decided is not in it, nor what one is unsure of, until the evidence
// changes by a bit. It returns *resolve.InvalidError for a limit, a cursor or a name that cannot be.
func (s *Store) Questions(ctx context.Context, f QuestionFilter) (Page[Question], error) {
	for field, told := range map[string]string{"kind": string(f.Kind), "source": f.Source, "entity": string(f.Entity)} {
		if err := checkText(field, told); err != nil {
			return Page[Question]{}, err
		}
	}
	return look(ctx, s, func(v view) (Page[Question], error) {
		l, err := v.questionList(ctx, f)
		if err != nil {
			return Page[Question]{}, err
		}
		ids, next, err := turn[int64](ctx, v, l, f.Cursor, f.Limit, mostMatches)
		if err != nil {
			return Page[Question]{}, err
		}
		items, err := v.questions(ctx, ids)
		return Page[Question]{Items: items, Next: next}, err
	})
}

// Question returns the question about two records. ErrNotFound: it does not wait for an answer.
func (s *Store) Question(ctx context.Context, a, b resolve.ID) (Question, error) {
	if err := checkIDs(a, b); err != nil {
		return Question{}, err
	}
	return look(ctx, s, func(v view) (Question, error) {
		ids, err := read[int64](ctx, v, v.from(link.Table, link.FieldID).Where(sql.And(
			sql.EQ(link.FieldA, string(min(a, b))), sql.EQ(link.FieldB, string(max(a, b))), waits())))
		if err != nil {
			return Question{}, fmt.Errorf("look up a question: %w", err)
		}
		found, err := v.questions(ctx, ids)
		if err == nil && len(found) == 0 {
			err = fmt.Errorf("question about %s and %s: %w", a, b, ErrNotFound)
		}
		if err != nil {
			return Question{}, err
		}
		return found[0], nil
	})
}

// waits selects the links that wait for an answer. The word of who was unsure holds until the
// evidence changes by a bit.
func waits() *sql.Predicate {
	return sql.And(sql.NotNull(link.FieldPriority), sql.ExprP(fmt.Sprintf(
		"NOT EXISTS (SELECT 1 FROM judgements AS given WHERE given.a = links.a AND given.b = links.b AND given.lifted_by IS NULL "+
			"AND (given.word <> '%s' OR abs(links.unjudged - given.evidence) < %d))", resolve.Unsure, resolve.Bit)))
}

func (v view) questionList(ctx context.Context, f QuestionFilter) (listing, error) {
	l := listing{
		table: link.Table, sort: "-priority", desc: true, where: []*sql.Predicate{waits()},
		by: []column{byNumber(link.FieldPriority, 32), byNumber(link.FieldID, 64)},
	}
	kinds := resolve.Kinds[:]
	if f.Kind != "" {
		kinds = []resolve.Kind{f.Kind}
		l.where = append(l.where, sql.EQ(link.FieldKind, string(f.Kind)))
	}
	if f.From != nil {
		l.where = append(l.where, sql.GTE(link.FieldUnjudged, int32(*f.From)))
	}
	if f.To != nil {
		l.where = append(l.where, sql.LTE(link.FieldUnjudged, int32(*f.To)))
	}
	if f.Source != "" {
		l.where = append(l.where, ofKinds(kinds, func(kind resolve.Kind) *sql.Predicate {
			return eitherRecord(kind, func(r, _ *sql.SelectTable) *sql.Predicate { return sql.EQ(r.C(teamrecord.FieldSource), f.Source) })
		}))
	}
	if f.Entity != "" {
		l.where = append(l.where, ofKinds([]resolve.Kind{f.Entity.Kind()}, func(kind resolve.Kind) *sql.Predicate {
			return eitherRecord(kind, func(_, e *sql.SelectTable) *sql.Predicate { return sql.EQ(e.C(team.FieldID), string(f.Entity)) })
		}))
	}
	if f.Implied != [2]resolve.ID{} {
		l.where = append(l.where, v.implied(f.Implied))
	}
	for _, c := range []call{{"title", resolve.KindTitle, f.Title, nil}, {"tournament", resolve.KindTournament, f.Tournament, nil}} {
		if c.value == "" {
			continue
		}
		called, err := v.entitiesCalled(ctx, c)
		if err != nil {
			return l, err
		}
		l.where = append(l.where, ofKinds(kinds, func(kind resolve.Kind) *sql.Predicate { return belonging(kind, c.kind, called) }))
	}
	return l, nil
}

// implied selects the links between the matches of one entity and those of another.
func (v view) implied(of [2]resolve.ID) *sql.Predicate {
	in := func(column string, entity resolve.ID) *sql.Predicate {
		matches := []*sql.Predicate{sql.False()}
		for _, c := range matchColumns[entity.Kind()] {
			matches = append(matches, sql.EQ(c, string(entity)))
		}
		records := v.from(placement.Table, placement.FieldID).
			Where(sql.In(placement.FieldEntityID, v.from(match.Table, match.FieldID).Where(sql.Or(matches...))))
		return sql.In(column, records)
	}
	return sql.And(sql.EQ(link.FieldKind, string(resolve.KindMatch)), sql.Or(
		sql.And(in(link.FieldA, of[0]), in(link.FieldB, of[1])),
		sql.And(in(link.FieldA, of[1]), in(link.FieldB, of[0]))))
}

// belonging selects the links of a kind of which an entity is, or belongs to, one of some titles
// or tournaments; nil if none of that kind does.
func belonging(kind, to resolve.Kind, called idSet) *sql.Predicate {
	column := match.FieldTitleID
	switch {
	case kind == to:
		column = team.FieldID
	case to == resolve.KindTournament && kind == resolve.KindMatch:
		column = match.FieldTournamentID
	case to == resolve.KindTournament || kind == resolve.KindTitle:
		return nil
	}
	return eitherRecord(kind, func(_, e *sql.SelectTable) *sql.Predicate { return called.in(e.C(column)) })
}

// ofKinds selects links by what there is to say of each kind; those of which there is nothing, not.
func ofKinds(kinds []resolve.Kind, such func(resolve.Kind) *sql.Predicate) *sql.Predicate {
	either := []*sql.Predicate{sql.False()}
	for _, kind := range kinds {
		if p := such(kind); p != nil {
			either = append(either, sql.And(sql.EQ(link.FieldKind, string(kind)), p))
		}
	}
	return sql.Or(either...)
}

// eitherRecord selects links of a kind by one of their records, and the entity that it is in.
func eitherRecord(kind resolve.Kind, such func(record, entity *sql.SelectTable) *sql.Predicate) *sql.Predicate {
	l, r, e := sql.Table(link.Table), sql.Table(recordTable(kind)).As("record"), sql.Table(entityTable(kind)).As("entity")
	place := sql.Table(placeTable(kind)).As("place")
	return sql.Exists(sql.Select(r.C(teamrecord.FieldID)).From(r).
		Join(place).On(place.C(teamrecord.FieldID), r.C(teamrecord.FieldID)).Join(e).On(place.C(teamrecord.FieldEntityID), e.C(team.FieldID)).
		Where(sql.And(
			sql.Or(sql.ColumnsEQ(r.C(teamrecord.FieldID), l.C(link.FieldA)), sql.ColumnsEQ(r.C(teamrecord.FieldID), l.C(link.FieldB))),
			such(r, e))))
}

// questions reads questions, in the order of their links' ids.
func (v view) questions(ctx context.Context, ids []int64) ([]Question, error) {
	links, err := v.links(ctx, ids)
	if err != nil {
		return nil, err
	}
	pairs := make([]resolve.Pair, len(links))
	for i, l := range links {
		pairs[i] = resolve.Pair{A: l.A, B: l.B}
	}
	places, err := readPairs[struct {
		A, B            resolve.ID
		Hangs, Priority int
	}](ctx, v, link.Table, []string{link.FieldA, link.FieldB, link.FieldHangs, link.FieldPriority}, pairs, "priority IS NOT NULL")
	if err != nil {
		return nil, err
	}
	leases, err := v.leases(ctx, pairs)
	if err != nil {
		return nil, err
	}
	words, err := v.standing(ctx, pairs)
	if err != nil {
		return nil, err
	}
	at := make(map[resolve.Pair]*Question, len(links))
	questions := make([]Question, len(links))
	for i, l := range links {
		questions[i] = Question{Link: l, Entities: [2]resolve.ID{l.RecordA.Entity, l.RecordB.Entity}}
		at[pairs[i]] = &questions[i]
		if held, leased := leases[pairs[i]]; leased {
			questions[i].Lease = &held
		}
		if word, given := words[pairs[i]]; given {
			questions[i].Unsure = &word
		}
	}
	for _, p := range places {
		q := at[resolve.Pair{A: p.A, B: p.B}]
		q.Hangs, q.Priority = p.Hangs, p.Priority
	}
	return questions, nil
}

// Judgements lists judgements, newest first. It returns *resolve.InvalidError for a limit or a
// cursor that cannot be.
func (s *Store) Judgements(ctx context.Context, f JudgementFilter) (Page[Judged], error) {
	for field, told := range map[string]string{
		"kind": string(f.Kind), "actor": f.Actor, "word": string(f.Word), "record": string(f.Record), "entity": string(f.Entity),
	} {
		if err := checkText(field, told); err != nil {
			return Page[Judged]{}, err
		}
	}
	return look(ctx, s, func(v view) (Page[Judged], error) {
		ids, next, err := turn[int64](ctx, v, v.judgementList(f), f.Cursor, f.Limit, mostMatches)
		if err != nil {
			return Page[Judged]{}, err
		}
		items, err := v.judged(ctx, ids)
		return Page[Judged]{Items: items, Next: next}, err
	})
}

func (v view) judgementList(f JudgementFilter) listing {
	l := listing{table: judgement.Table, sort: "-id", desc: true, by: []column{byNumber(judgement.FieldID, 64)}}
	if !f.Lifted || f.Review {
		l.where = append(l.where, sql.IsNull(judgement.FieldLiftedBy))
	}
	for column, told := range map[string]string{
		judgement.FieldKind: string(f.Kind), judgement.FieldActor: f.Actor, judgement.FieldWord: string(f.Word),
	} {
		if told != "" {
			l.where = append(l.where, sql.EQ(column, told))
		}
	}
	if f.Record != "" {
		l.where = append(l.where, sql.Or(sql.EQ(judgement.FieldA, string(f.Record)), sql.EQ(judgement.FieldB, string(f.Record))))
	}
	if f.Entity != "" {
		members := func() *sql.Selector {
			return v.from(placeTable(f.Entity.Kind()), teamrecord.FieldID).Where(sql.EQ(teamrecord.FieldEntityID, string(f.Entity)))
		}
		l.where = append(l.where, sql.Or(sql.In(judgement.FieldA, members()), sql.In(judgement.FieldB, members())))
	}
	if f.Review {
		l.where = append(l.where, doubtful())
	}
	return l
}

// doubtful selects the judgements against which the evidence speaks by ReviewBits, and did not say
// just this when they were made.
func doubtful() *sql.Predicate {
	return sql.ExprP(fmt.Sprintf("EXISTS (SELECT 1 FROM links WHERE links.a = judgements.a AND links.b = judgements.b "+
		"AND (judgements.word = '%s' AND links.unjudged <= -%[3]d OR judgements.word = '%[2]s' AND links.unjudged >= %[3]d) "+
		"AND links.unjudged IS DISTINCT FROM judgements.evidence)", resolve.Same, resolve.Different, ReviewBits))
}

// judged reads judgements with their records and evidence, in the order of the ids.
func (v view) judged(ctx context.Context, ids []int64) ([]Judged, error) {
	found, err := v.Judgement.Query().Where(judgement.IDIn(ids...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read judgements: %w", err)
	}
	found = inOrder(ids, found, func(j *db.Judgement) int64 { return j.ID })
	pairs := make([]resolve.Pair, len(found))
	for i, j := range found {
		pairs[i] = resolve.Pair{A: resolve.ID(j.A), B: resolve.ID(j.B)}
	}
	evidence, err := v.evidence(ctx, pairs)
	if err != nil {
		return nil, err
	}
	refs, err := v.refsOf(ctx, func(yield func(resolve.ID) bool) {
		for _, p := range pairs {
			if !yield(p.A) || !yield(p.B) {
				return
			}
		}
	})
	if err != nil {
		return nil, err
	}
	judged := make([]Judged, len(found))
	for i, p := range pairs {
		judged[i] = Judged{Judgement: judgementOf(found[i]), RecordA: refs[p.A], RecordB: refs[p.B], Now: evidence[p]}
	}
	return judged, nil
}
