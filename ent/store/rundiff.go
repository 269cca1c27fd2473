package store

// What two runs make of the records, held against each other. A run's partition is that of its
// snapshot, which the history tells, with its own changes; so only entities are read that a run
// changes, or that changed between the two snapshots.

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"entgo.io/ent/dialect/sql"
	"github.com/go-json-experiment/json"

	"umpire/ent/db/change"
	"umpire/ent/db/runchange"
	"umpire/resolve"
)

// clustersShown is how many clusters a diff tells.
const clustersShown = 50

// DiffRuns holds the partition of a run against that of another. ErrNotFound: there is none
// such. ErrConflict: one is not planned.
func (s *Store) DiffRuns(ctx context.Context, a, b int64) (RunDiff, error) {
	return look(ctx, s, func(v view) (RunDiff, error) {
		var d RunDiff
		for id, to := range map[int64]*Run{a: &d.A, b: &d.B} {
			row, err := v.Run.Get(ctx, id)
			if err != nil {
				return d, v.isRunOr(ctx, id, err)
			}
			if *to = runOf(row); to.PlannedAt == nil {
				return d, notNow(row, "compared")
			}
		}
		if a == b {
			d.B = d.A
		}
		sides, err := v.partitions(ctx, d.A, d.B)
		if err != nil {
			return d, err
		}
		d.contrast(sides)
		return d, nil
	})
}

// isRunOr tells whether there is a run, or what else went wrong.
func (v view) isRunOr(ctx context.Context, id int64, err error) error {
	if none := v.isRun(ctx, id); none != nil {
		return none
	}
	return fmt.Errorf("read run %d: %w", id, err)
}

// sides are the entities that may differ in two partitions, with their records.
type sides [2]map[resolve.ID][]resolve.ID

// partitions reads of two runs the entities that may differ.
func (v view) partitions(ctx context.Context, a, b Run) (sides, error) {
	var own sides
	var err error
	for i, r := range [2]Run{a, b} {
		if own[i], err = v.changedBy(ctx, r.ID); err != nil {
			return own, err
		}
	}
	touched := map[resolve.ID]bool{}
	for _, side := range own {
		for id := range side {
			touched[id] = true
		}
	}
	between, err := read[resolve.ID](ctx, v, v.from(change.Table, change.FieldEntity).Distinct().Where(sql.And(
		sql.GT(change.FieldID, min(a.Snapshot.Change, b.Snapshot.Change)), sql.LTE(change.FieldID, max(a.Snapshot.Change, b.Snapshot.Change)))))
	if err != nil {
		return own, fmt.Errorf("read what changed between the runs: %w", err)
	}
	for _, id := range between {
		touched[id] = true
	}
	for i, r := range [2]Run{a, b} {
		var missing []resolve.ID
		for id := range touched {
			if _, told := own[i][id]; !told {
				missing = append(missing, id)
			}
		}
		then, err := v.recordsAt(ctx, missing, r.Snapshot.Change)
		if err != nil {
			return own, err
		}
		maps.Copy(own[i], then)
	}
	return own, nil
}

// changedBy reads the entities that a run changes, with their records after it.
func (v view) changedBy(ctx context.Context, id int64) (map[resolve.ID][]resolve.ID, error) {
	return v.recordLists(ctx, v.from(runchange.Table, runchange.FieldEntity, runchange.FieldAfter).Where(sql.EQ(runchange.FieldRun, id)))
}

// recordsAt reads the records that entities had after a change.
func (v view) recordsAt(ctx context.Context, ids []resolve.ID, at int64) (map[resolve.ID][]resolve.ID, error) {
	all := map[resolve.ID][]resolve.ID{}
	slices.Sort(ids)
	for part := range slices.Chunk(ids, listed) {
		last := v.from(change.Table).Select(sql.Max(change.FieldID)).
			Where(sql.And(among(change.FieldEntity, part), sql.LTE(change.FieldID, at))).GroupBy(change.FieldEntity)
		found, err := v.recordLists(ctx, v.from(change.Table, change.FieldEntity, change.FieldRecords).Where(sql.In(change.FieldID, last)))
		if err != nil {
			return nil, err
		}
		maps.Copy(all, found)
	}
	return all, nil
}

// recordLists reads entities and lists of their records.
func (v view) recordLists(ctx context.Context, q sql.Querier) (map[resolve.ID][]resolve.ID, error) {
	lists := map[resolve.ID][]resolve.ID{}
	err := v.each(ctx, q, func(scan func(...any) error) error {
		var id resolve.ID
		var text []byte
		if err := scan(&id, &text); err != nil {
			return err
		}
		var records []resolve.ID
		if len(text) > 0 {
			if err := json.Unmarshal(text, &records); err != nil {
				return err
			}
		}
		lists[id] = records
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the records of entities: %w", err)
	}
	return lists, nil
}

// contrast fills a diff in.
func (d *RunDiff) contrast(both sides) {
	owners := [2]map[resolve.Kind]map[resolve.ID]resolve.ID{{}, {}}
	for i, side := range both {
		for _, kind := range resolve.Kinds {
			owners[i][kind] = map[resolve.ID]resolve.ID{}
		}
		for id, records := range side {
			for _, r := range records {
				owners[i][id.Kind()][r] = id
			}
		}
	}
	for _, kind := range resolve.Kinds {
		a, b := owners[0][kind], owners[1][kind]
		others := max(0, d.A.Report.Records[kind]-len(a))
		if c := resolve.Contrasting(kind, a, b, others); c.Records > 0 {
			d.Kinds = append(d.Kinds, c)
		}
	}
	for id := range union(both[0], both[1]) {
		c := ClusterDiff{Entity: id, InA: both[0][id], InB: both[1][id]}
		if c.Gained, c.Lost = pairsBetween(c.InA, c.InB); c.Gained+c.Lost > 0 {
			d.Clusters = append(d.Clusters, c)
		}
	}
	slices.SortFunc(d.Clusters, func(x, y ClusterDiff) int {
		return cmp.Or(cmp.Compare(max(len(y.InA), len(y.InB)), max(len(x.InA), len(x.InB))), cmp.Compare(x.Entity, y.Entity))
	})
	d.Clusters = d.Clusters[:min(len(d.Clusters), clustersShown)]
}

// union has the keys of two maps.
func union[K comparable, V any](a, b map[K]V) map[K]bool {
	keys := make(map[K]bool, len(a))
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	return keys
}

// pairsBetween counts the pairs of an entity that are only in its second list, and only in its first.
func pairsBetween(a, b []resolve.ID) (int, int) {
	in := map[resolve.ID]bool{}
	for _, r := range a {
		in[r] = true
	}
	both := 0
	for _, r := range b {
		if in[r] {
			both++
		}
	}
	pairs := func(n int) int { return n * (n - 1) / 2 }
	return pairs(len(b)) - pairs(both), pairs(len(a)) - pairs(both)
}
