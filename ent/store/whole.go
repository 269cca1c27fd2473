package store

// All that there is, in one go, from PostgreSQL: a statement goes through whole tables and
// joins them by hashing, which costs a fraction of looking up row by row. The database makes
// rows while those before are taken in.

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/matchrecord"
	"umpire/ent/db/score"
	"umpire/resolve"
)

// whole yields what a reader passes on, from one view of the database. It reads ahead: who takes
// in what it yields has a processor for that.
func whole[T any](ctx context.Context, s *Store, read func(view, context.Context, func(T) error) error) iter.Seq2[T, error] {
	enough := errors.New("enough")
	return func(yield func(T, error) bool) {
		batches, stop := make(chan []T, 4), make(chan struct{})
		var failed error
		go func() {
			defer close(batches)
			var batch []T
			send := func() error {
				select {
				case batches <- batch:
					batch = make([]T, 0, readAhead)
					return nil
				case <-stop:
					return enough
				}
			}
			_, failed = look(ctx, s, func(v view) (struct{}, error) {
				if _, err := v.ExecContext(ctx, atOnce); err != nil {
					return struct{}{}, fmt.Errorf("prepare to read all: %w", err)
				}
				err := read(v, ctx, func(one T) error {
					if batch = append(batch, one); len(batch) < readAhead {
						return nil
					}
					return send()
				})
				if err == nil {
					err = send()
				}
				if err == nil || errors.Is(err, enough) { // a snapshot goes on
					_, again := v.ExecContext(ctx, asEver)
					err = errors.Join(err, again)
				}
				return struct{}{}, err
			})
		}()
		defer func() { // nothing is left behind
			close(stop)
			for range batches {
			}
		}()
		for batch := range batches {
			for i := range batch {
				if !yield(batch[i], nil) {
					return
				}
			}
		}
		if failed != nil {
			var none T
			yield(none, failed)
		}
	}
}

// readAhead is how many of what is read are passed on at once.
const readAhead = 256

// atOnce makes room for the tables of hashes, and leaves no other way: what the database
// believes to know of a table that has just filled may be far from the truth. Workers beside
// the first would each do what there is to do before rows can be shared out, while the other
// cores have an engine to run.
const (
	atOnce = "SET LOCAL work_mem = '128MB'; SET LOCAL enable_nestloop = off; SET LOCAL max_parallel_workers_per_gather = 0"
	asEver = "SET LOCAL work_mem TO DEFAULT; SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL max_parallel_workers_per_gather TO DEFAULT"
)

// wholeMatches passes on the match records that are not withdrawn.
func (v view) wholeMatches(ctx context.Context, pass func(resolve.Match) error) error {
	met := newTeller().in(v)
	for _, kind := range []resolve.Kind{resolve.KindTitle, resolve.KindTournament, resolve.KindTeam} {
		if err := met.greet(ctx, kind, func(*sql.Selector) {}); err != nil {
			return err
		}
	}
	record, one, two := sql.Table(matchrecord.Table), sql.Table(score.Table).As("one"), sql.Table(score.Table).As("two")
	side := []string{score.FieldTeamRecordID, score.FieldTeamName, score.FieldPoints, score.FieldWinner}
	q := sql.Dialect(v.dialect).Select(record.Columns(toldFields...)...).
		AppendSelect(one.Columns(side...)...).AppendSelect(two.Columns(side...)...).From(record).
		Join(one).On(one.C(score.FieldMatchRecordID), record.C(matchrecord.FieldID)).
		Join(two).On(two.C(score.FieldMatchRecordID), record.C(matchrecord.FieldID)).
		Where(sql.And(sql.IsFalse(record.C(matchrecord.FieldWithdrawn)), sql.EQ(one.C(score.FieldSlot), 1), sql.EQ(two.C(score.FieldSlot), 2)))
	var passed error
	err := v.each(ctx, q, func(scan func(...any) error) error {
		var team, name [2]string
		var sides [2]resolve.Side
		r, err := met.row(scan,
			&team[0], &name[0], &sides[0].Points, &sides[0].Winner,
			&team[1], &name[1], &sides[1].Points, &sides[1].Winner)
		if err != nil {
			return err
		}
		for i := range sides {
			r.Sides[i], r.sides[i] = sides[i], met.name(team[i], name[i])
		}
		passed = pass(met.match(&r))
		return passed
	})
	if err != nil && passed == nil {
		return fmt.Errorf("read match records: %w", err)
	}
	return err
}

// wholeEntities passes on the match entities, by id.
func (v view) wholeEntities(ctx context.Context, pass func(resolve.Entity) error) error {
	q := statement{text: "SELECT m.id, m.provenance, m.overridden, m.digest, " + `m."` + strings.Join(matchFields, `", m."`) + `", p.members FROM matches m JOIN (
		SELECT p.entity_id, string_agg(CASE WHEN p.flipped THEN '-' ELSE '+' END || p.id, ' '
			ORDER BY p.id <> p.entity_id, r.arrival, p.id) AS members
		FROM (SELECT id, entity_id COLLATE "C" AS entity_id, flipped FROM placements WHERE entity_id IS NOT NULL) p
			JOIN match_records r ON r.id = p.id GROUP BY p.entity_id
		) p ON p.entity_id = m.id ORDER BY p.entity_id`}
	var passed error
	err := v.each(ctx, q, func(scan func(...any) error) error {
		var r appliedRow
		var members string
		if err := scan(&r.ID, &r.Provenance, &r.Overridden, &r.Digest, &r.Title, &r.Tournament, &r.Team1, &r.Team2, &r.Points1, &r.Points2,
			&r.Winner1, &r.Winner2, &r.State, &r.BestOf, &r.StartText, &r.Start, &r.Precision, &members); err != nil {
			return err
		}
		all := make([]resolve.Member, 0, strings.Count(members, " ")+1)
		for member := range strings.SplitSeq(members, " ") {
			all = append(all, resolve.Member{Record: resolve.ID(member[1:]), Flipped: member[0] == '-'})
		}
		e, err := r.entity(resolve.KindMatch, all)
		if err != nil {
			return err
		}
		passed = pass(e)
		return passed
	})
	if err != nil && passed == nil {
		return fmt.Errorf("read match entities: %w", err)
	}
	return err
}
