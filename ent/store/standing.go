package store

// What is in force of what people say, and whether more of it can be.

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db"
	"umpire/ent/db/judgement"
	"umpire/ent/db/link"
	"umpire/resolve"
)

// readPairs reads columns of the rows of a table that are about some pairs of records, and
// of which holds what is written in SQL.
func readPairs[T any](ctx context.Context, v view, table string, columns []string, pairs []resolve.Pair, holds string) ([]T, error) {
	asked := rows{table: link.Table, columns: []string{link.FieldA, link.FieldB}}
	for _, p := range pairs {
		asked.values = append(asked.values, []any{p.A, p.B})
	}
	var all []T
	for part, args := range v.parts(asked) {
		found, err := read[T](ctx, v, statement{asked.with("asked", part) + fmt.Sprintf(
			"SELECT %s FROM asked JOIN %q AS told ON told.a = asked.a AND told.b = asked.b WHERE %s",
			"told."+strings.Join(columns, ", told."), table, holds), args})
		if err != nil {
			return nil, fmt.Errorf("read %s of %d pairs: %w", table, len(pairs), err)
		}
		all = append(all, found...)
	}
	return all, nil
}

// standing finds the word in force on each of some pairs.
func (v view) standing(ctx context.Context, pairs []resolve.Pair) (map[resolve.Pair]Judgement, error) {
	found, err := readPairs[db.Judgement](ctx, v, judgement.Table, judgement.Columns, pairs, "told.lifted_by IS NULL")
	if err != nil {
		return nil, err
	}
	words := make(map[resolve.Pair]Judgement, len(found))
	for i := range found {
		j := judgementOf(&found[i])
		words[resolve.Pair{A: j.A, B: j.B}] = j
	}
	return words, nil
}

// evidence finds what the link of each of some pairs weighs, but for judgements.
func (v view) evidence(ctx context.Context, pairs []resolve.Pair) (map[resolve.Pair]*resolve.Weight, error) {
	found, err := readPairs[struct {
		A, B     resolve.ID
		Unjudged int32
	}](ctx, v, link.Table, []string{link.FieldA, link.FieldB, link.FieldUnjudged}, pairs, "true")
	if err != nil {
		return nil, err
	}
	weighs := make(map[resolve.Pair]*resolve.Weight, len(found))
	for _, l := range found {
		weighs[resolve.Pair{A: l.A, B: l.B}] = new(resolve.Weight(l.Unjudged))
	}
	return weighs, nil
}

// admit returns a *ContradictionError if what is said contradicts itself, or what else is in force.
func (v view) admit(ctx context.Context, said []Effect) error {
	var news []resolve.Judgement
	lifted := map[int64]bool{}
	for _, e := range said {
		switch j := e.Judgement; {
		case j == nil:
		case !e.On:
			lifted[j.ID] = true
		case j.Word != resolve.Unsure:
			news = append(news, j.Law())
		}
	}
	if len(news) == 0 {
		return nil
	}
	known, err := v.around(ctx, news, lifted)
	if err != nil || consistent(slices.Concat(known, news)) {
		return err
	}
	for _, j := range news {
		if proof := resolve.Contradiction(slices.Values(known), j); proof != nil {
			return v.contradicted(ctx, j, proof)
		}
		known = append(known, j)
	}
	return nil
}

// around reads what is in force, but for what is lifted, of all records that are judged the
// same as those of some judgements: no more can contradict them.
func (v view) around(ctx context.Context, news []resolve.Judgement, lifted map[int64]bool) ([]resolve.Judgement, error) {
	met, known := map[resolve.ID]bool{}, map[int64]resolve.Judgement{}
	var next []resolve.ID
	meet := func(ids ...resolve.ID) {
		for _, id := range ids {
			if !met[id] {
				met[id] = true
				next = append(next, id)
			}
		}
	}
	for _, j := range news {
		meet(j.A, j.B)
	}
	for len(next) > 0 {
		ids := next
		next = nil
		found, err := v.about(ctx, ids)
		if err != nil {
			return nil, err
		}
		for _, j := range found {
			if lifted[j.ID] || j.Word == resolve.Unsure {
				continue
			}
			known[j.ID] = j.Law()
			if j.Word == resolve.Same {
				meet(j.A, j.B)
			}
		}
	}
	var all []resolve.Judgement
	for _, id := range slices.Sorted(maps.Keys(known)) {
		all = append(all, known[id])
	}
	return all, nil
}

// about reads the judgements in force on some records; one that is on two of them twice.
func (v view) about(ctx context.Context, records []resolve.ID) ([]Judgement, error) {
	var all []Judgement
	for _, end := range []string{judgement.FieldA, judgement.FieldB} {
		for chunk := range slices.Chunk(records, listed) {
			found, err := read[db.Judgement](ctx, v, v.from(judgement.Table, judgement.Columns...).
				Where(sql.And(among(end, chunk), sql.IsNull(judgement.FieldLiftedBy))))
			if err != nil {
				return nil, fmt.Errorf("read the judgements on %d records: %w", len(records), err)
			}
			for i := range found {
				all = append(all, judgementOf(&found[i]))
			}
		}
	}
	return all, nil
}

// consistent reports whether judgements can hold beside each other: none that are different
// are the same by others (Galler and Fischer 1964, union and find).
func consistent(judgements []resolve.Judgement) bool {
	parent := map[resolve.ID]resolve.ID{}
	find := func(id resolve.ID) resolve.ID {
		for parent[id] != "" {
			if up := parent[parent[id]]; up != "" {
				parent[id] = up
			}
			id = parent[id]
		}
		return id
	}
	for _, j := range judgements {
		if a, b := find(j.A), find(j.B); j.Word == resolve.Same && a != b {
			parent[a] = b
		}
	}
	return !slices.ContainsFunc(judgements, func(j resolve.Judgement) bool {
		return j.Word == resolve.Different && find(j.A) == find(j.B)
	})
}

// contradicted makes the error that tells a contradiction by the records' names.
func (v view) contradicted(ctx context.Context, j resolve.Judgement, proof []resolve.Judgement) error {
	ids := []resolve.ID{j.A, j.B}
	for _, p := range proof {
		ids = append(ids, p.A, p.B)
	}
	refs, err := v.refsOf(ctx, slices.Values(ids))
	if err != nil {
		return err
	}
	names := map[resolve.ID]string{}
	for id, ref := range refs {
		if ref.Name != "" {
			names[id] = ref.Name
		}
	}
	return &ContradictionError{Judgement: j, Proof: proof, Names: names}
}
