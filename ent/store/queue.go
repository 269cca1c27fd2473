package store

// In which order suggestions wait for an answer: those that teach most first. A place in the
// queue is found when a link is written, and anew when a resolver starts, since what hangs on
// a suggestion grows by matches that leave its link as it is. To read the queue is then to
// read an index.

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db/link"
	"umpire/ent/db/match"
	"umpire/ent/db/team"
	"umpire/ent/db/teamrecord"
	"umpire/resolve"
)

// judgementLine is the comparison whose line is what people say.
const judgementLine = "judgement"

// evidenceOf is the weight of a link without what people say of its two records.
func evidenceOf(l resolve.Link) resolve.Weight {
	evidence := l.Weight
	for _, line := range l.Lines {
		if line.Comparison == judgementLine {
			evidence -= line.Weight
		}
	}
	return evidence
}

// queued is the place of a suggestion in the queue; the zero one is of what is not in it.
type queued struct{ hangs, priority int32 }

func (q queued) column() *int32 {
	if q.priority == 0 {
		return nil
	}
	return &q.priority
}

// mostHang is how many matches hang on an answer at most, as far as anyone counts.
const mostHang = 1000

// priority is how much the answer to a suggestion teaches: how uncertain it is, p(1-p), times
// how many matches hang on it. Where another reading is as good it is as uncertain as can be,
// whatever the two weigh. It is told in millionths, and is 1 at least.
func priority(l resolve.Link, hangs int32) int32 {
	uncertainty := 0.25
	if l.Rule != resolve.RuleToss {
		odds := math.Exp2(evidenceOf(l).Bits())
		uncertainty = odds / (1 + odds) / (1 + odds)
	}
	return max(1, int32(math.Round(1e6*uncertainty*float64(hangs))))
}

// queue finds the places of the suggestions among links. What hangs on the answer is, of two
// matches, each pair of their records, and of two others the matches of the one that has fewer
// which nobody else tells: each of those may be one with one of the other's.
func (v view) queue(ctx context.Context, links []resolve.Link) (map[resolve.Pair]queued, error) {
	var suggested []resolve.Link
	var records []resolve.ID
	for _, l := range links {
		if l.Verdict == resolve.Suggested {
			suggested = append(suggested, l)
			records = append(records, l.A, l.B)
		}
	}
	places := make(map[resolve.Pair]queued, len(suggested))
	hang, err := v.hanging(ctx, records)
	if err != nil {
		return nil, err
	}
	for _, l := range suggested {
		hangs := max(1, min(hang[l.A], hang[l.B]))
		if l.Kind == resolve.KindMatch {
			hangs = min(hang[l.A]*hang[l.B], mostHang)
		}
		places[resolve.Pair{A: l.A, B: l.B}] = queued{hangs, priority(l, hangs)}
	}
	return places, nil
}

// hanging counts what hangs on the entity of each record: the records of a match, and of others the
// matches that one source alone tells, mostHang at most.
func (v view) hanging(ctx context.Context, records []resolve.ID) (map[resolve.ID]int32, error) {
	counts := map[resolve.ID]int32{}
	for kind, of := range eachKind(records) {
		for chunk := range slices.Chunk(of, listed) {
			record, entity := sql.Dialect(v.dialect).Table(placeTable(kind)).As("record"), sql.Table(entityTable(kind)).As("entity")
			q := sql.Dialect(v.dialect).Select(record.C(teamrecord.FieldID)).AppendSelectExprAs(matchCount(kind), "n").
				From(record).Join(entity).On(record.C(teamrecord.FieldEntityID), entity.C(team.FieldID)).
				Where(among(record.C(teamrecord.FieldID), chunk))
			found, err := read[struct {
				ID resolve.ID
				N  int32
			}](ctx, v, q)
			if err != nil {
				return nil, fmt.Errorf("count the matches of %d %s entities: %w", len(chunk), kind, err)
			}
			for _, row := range found {
				counts[row.ID] = row.N
			}
		}
	}
	return counts, nil
}

// matchColumns are those by which a match is of an entity of each kind.
var matchColumns = map[resolve.Kind][]string{
	resolve.KindTitle:      {match.FieldTitleID},
	resolve.KindTournament: {match.FieldTournamentID},
	resolve.KindTeam:       {match.FieldTeam1ID, match.FieldTeam2ID},
}

// matchCount counts what hangs on the entity of a row, mostHang at most.
func matchCount(kind resolve.Kind) sql.Querier {
	if kind == resolve.KindMatch {
		return sql.Expr(fmt.Sprintf("CASE WHEN entity.records_count > %[1]d THEN %[1]d ELSE entity.records_count END", mostHang))
	}
	var counts []string
	for _, column := range matchColumns[kind] {
		counts = append(counts, fmt.Sprintf("(SELECT count(*) FROM (SELECT 1 FROM matches WHERE %s = entity.id AND sources_count = 1 LIMIT %d) AS counted)", column, mostHang))
	}
	sum := strings.Join(counts, " + ")
	return sql.Expr(fmt.Sprintf("CASE WHEN %[1]s > %[2]d THEN %[2]d ELSE %[1]s END", sum, mostHang))
}

// Requeue finds the places of all suggestions anew. It is for the resolver, when it starts.
func (s *Store) Requeue(ctx context.Context) error {
	for last := int64(0); ; {
		n := 0
		err := s.write(ctx, func(t *tx) error {
			var err error
			last, n, err = t.requeue(ctx, last)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// requeue finds the places of some suggestions after a link, and returns the last one's id, and how many they are.
func (t *tx) requeue(ctx context.Context, after int64) (int64, int, error) {
	type row struct {
		ID       int64
		Kind     resolve.Kind
		A, B     resolve.ID
		Unjudged int32
		Rule     string
	}
	found, err := read[row](ctx, t.view, t.from(link.Table, link.FieldID, link.FieldKind, link.FieldA, link.FieldB, link.FieldUnjudged, link.FieldRule).
		Where(sql.And(sql.EQ(link.FieldVerdict, string(resolve.Suggested)), sql.GT(link.FieldID, after))).OrderBy(link.FieldID).Limit(paged))
	if err != nil || len(found) == 0 {
		return after, 0, err
	}
	links := make([]resolve.Link, len(found))
	for i, l := range found {
		links[i] = resolve.Link{Kind: l.Kind, A: l.A, B: l.B, Weight: resolve.Weight(l.Unjudged), Verdict: resolve.Suggested, Rule: l.Rule}
	}
	places, err := t.queue(ctx, links)
	if err != nil {
		return after, 0, err
	}
	r := rows{table: link.Table, columns: []string{link.FieldA, link.FieldB, link.FieldHangs, link.FieldPriority}}
	for _, l := range links {
		p := places[resolve.Pair{A: l.A, B: l.B}]
		r.values = append(r.values, []any{l.A, l.B, p.hangs, p.priority})
	}
	err = t.eachPart(ctx, r, func(part string) string {
		return r.with("placed", part) + "UPDATE links SET hangs = placed.hangs, priority = placed.priority FROM placed " +
			"WHERE links.a = placed.a AND links.b = placed.b AND (links.hangs, links.priority) IS DISTINCT FROM (placed.hangs, placed.priority)"
	})
	return found[len(found)-1].ID, len(found), err
}
