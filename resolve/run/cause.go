package run

// Why a run would change something: what a person says, records that came since, or the model;
// and of the model the parameter, or the line of evidence, that tips the pair on which it rests.

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"umpire/ent/store"
	"umpire/resolve"
)

// cause is why something changes. Changes of one key have one cause.
type cause struct{ kind, key, text string }

// causes finds the cause of each difference.
type causes struct {
	findings
	sameModel bool
	tables    [2]map[string]map[string]string // of the models, before and after
	bars      [2]func(resolve.Kind) resolve.Weight
	dirty     map[resolve.ID]bool // match records that came since
	acts      []store.Act         // that are not settled
	standing  map[resolve.Pair]store.Judgement
	found     []cause
	of        map[resolve.ID]cause // of an entity's first difference
}

// mostActs is how many acts a cause may name at most, that nobody else has settled.
const mostActs = 100

// causes weighs the pairs by what was before, and names each cause.
func (p *planner) causes(ctx context.Context, f findings) (*causes, error) {
	c := &causes{findings: f, sameModel: p.before.Version == p.after.Version, dirty: map[resolve.ID]bool{}, of: map[resolve.ID]cause{}}
	marks, err := p.snap.Marks(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range marks {
		c.dirty[m.Record] = true
	}
	if c.acts, err = p.snap.Unsettled(ctx, mostActs); err != nil {
		return nil, err
	}
	if err := p.recall(ctx, c); err != nil {
		return nil, err
	}
	if err := p.parameters(c); err != nil {
		return nil, err
	}
	for i := range c.diffs {
		why := c.causeOf(i)
		c.found = append(c.found, why)
		if _, told := c.of[c.diffs[i].Entity]; !told {
			c.of[c.diffs[i].Entity] = why
		}
	}
	return c, nil
}

// recall finds what the pairs weighed before: by the model before, if that is another, and else
// by what was applied last.
func (p *planner) recall(ctx context.Context, c *causes) error {
	var pairs []resolve.Pair
	rests := map[*rest]bool{}
	for _, r := range c.rests {
		if r != nil && !rests[r] {
			rests[r] = true
			pairs = append(pairs, r.Pair)
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	var err error
	if c.standing, err = p.snap.Standing(ctx, pairs); err != nil {
		return err
	}
	if c.sameModel {
		links, err := p.snap.Links(ctx, pairs)
		for r := range rests {
			r.was = links[r.Pair]
		}
		return err
	}
	engine, err := p.resolve(ctx, p.before, "by model "+p.before.Version+", to tell causes")
	if err != nil {
		return err
	}
	for r := range rests {
		r.was, _ = engine.Explain(r.A, r.B)
		a, liveA := engine.EntityOf(r.A)
		b, liveB := engine.EntityOf(r.B)
		r.same = liveA && liveB && (a == b) == r.joined
	}
	return nil
}

// parameters reads the models' tables and bars.
func (p *planner) parameters(c *causes) error {
	for i, m := range [2]store.Model{p.before, p.after} {
		var err error
		if c.tables[i], err = tables(m); err != nil {
			return err
		}
		model, err := parse(m)
		if err != nil {
			return err
		}
		c.bars[i] = model.Bar
	}
	return nil
}

// The causes that have no more to say.
var (
	newRecords = cause{store.CauseRecords, "records", "records that came since"}
	company    = cause{store.CauseCompany, "company", "what the records around it weigh"}
)

func (c *causes) causeOf(i int) cause {
	d, r := c.diffs[i], c.rests[i]
	switch {
	case r == nil:
		return c.withoutPair(d)
	case c.judged(r):
		return c.byJudgement(r)
	case c.sameModel || r.same:
		return c.sinceThen(d, r)
	}
	return c.byModel(r)
}

// withoutPair is the cause of what rests on no pair: it follows what it refers to, or came with
// records.
func (c *causes) withoutPair(d resolve.Difference) cause {
	if d.Before == nil || d.After == nil || !slices.Equal(d.Before.Records(), d.After.Records()) {
		return newRecords
	}
	for _, ref := range changedRefs(d.Before, d.After) {
		if why, found := c.of[ref]; found {
			return why
		}
	}
	return c.sinceThen(d, nil)
}

// changedRefs lists the entities to which one refers otherwise now: those of now first.
func changedRefs(before, after *resolve.Entity) []resolve.ID {
	refs := func(e *resolve.Entity) []resolve.ID {
		if e.Match == nil {
			return []resolve.ID{e.Title}
		}
		return []resolve.ID{e.Match.Title, e.Match.Tournament, e.Match.Sides[0].Team, e.Match.Sides[1].Team}
	}
	was, is := refs(before), refs(after)
	var changed []resolve.ID
	for i := range is {
		if was[i] != is[i] {
			changed = append(changed, is[i], was[i])
		}
	}
	return changed
}

// sinceThen is the cause of what the model before would change as well: records that came since,
// or what people said; if neither, what differs of the pair.
func (c *causes) sinceThen(d resolve.Difference, r *rest) cause {
	members := slices.Concat(d.Before.Records(), d.After.Records())
	switch {
	case slices.ContainsFunc(members, func(id resolve.ID) bool { return c.dirty[id] }):
		return newRecords
	case len(c.acts) > 0:
		return c.bySaid()
	case len(c.dirty) > 0:
		return newRecords
	case r == nil:
		return company
	}
	return c.byModel(r)
}

// judged tells whether a pair is judged, and was not when what is there was resolved.
func (c *causes) judged(r *rest) bool {
	is := func(l resolve.Line) bool { return l.Comparison == judgementLine }
	return slices.ContainsFunc(r.now.Lines, is) && (!c.sameModel || !slices.ContainsFunc(r.was.Lines, is))
}

// judgementLine is how evidence calls what people say.
const judgementLine = "judgement"

// byJudgement names the act by which a pair is judged.
func (c *causes) byJudgement(r *rest) cause {
	if j, direct := c.standing[r.Pair]; direct {
		key := fmt.Sprintf("act %d", j.Act)
		return cause{store.CauseJudgement, key, fmt.Sprintf("%s by %s: %s", key, j.Actor, j.Word)}
	}
	return c.bySaid()
}

// bySaid names what people said since.
func (c *causes) bySaid() cause {
	switch len(c.acts) {
	case 0:
		return cause{store.CauseJudgement, "judgements", "what is judged of others"}
	case 1:
		return cause{store.CauseJudgement, fmt.Sprintf("act %d", c.acts[0].ID), c.acts[0].Cause()}
	}
	first, last := c.acts[0].ID, c.acts[len(c.acts)-1].ID
	return cause{store.CauseJudgement, fmt.Sprintf("acts %d to %d", first, last), fmt.Sprintf("what people said: acts %d to %d", first, last)}
}

// byModel finds the parameter or the line that tips a pair: a bar that moved by more than any
// line, else the line.
func (c *causes) byModel(r *rest) cause {
	towards := func(w resolve.Weight) resolve.Weight { // how much speaks for what became of the pair
		if r.joined {
			return w
		}
		return -w
	}
	shift, found := resolve.Tips(r.was.Lines, r.now.Lines)
	kind := r.A.Kind()
	was, is := c.bars[0](kind), c.bars[1](kind)
	if bar := towards(was - is); bar > 0 && (!found || bar > towards(shift.After-shift.Before)) {
		return parameter(fmt.Sprintf("%s.merge", kind), "", was, is)
	}
	switch {
	case !found || towards(shift.After-shift.Before) <= 0 || len(r.was.Lines) == 0:
		return company
	case shift.Comparison == judgementLine:
		return c.bySaid()
	}
	if table, before, after, is := c.changedParameter(kind, shift); is {
		return cause{
			store.CauseParameter, "parameter " + table + " " + shift.LevelAfter,
			fmt.Sprintf("model %s, %q: %s → %s bits", table, shift.LevelAfter, before, after),
		}
	}
	return evidence(kind, shift)
}

func parameter(table, level string, was, is resolve.Weight) cause {
	return cause{
		store.CauseParameter, "parameter " + table + level,
		fmt.Sprintf("model %s: %s → %s bits", table, bits(was), bits(is)),
	}
}

func bits(w resolve.Weight) string { return fmt.Sprintf("%+g", w.Bits()) }

// evidence is a line that weighs otherwise, whichever side it is of.
func evidence(kind resolve.Kind, s resolve.Shift) cause {
	path := strings.NewReplacer("team 1", "team", "team 2", "team").Replace(s.Path)
	way := "more"
	if s.After < s.Before {
		way = "less"
	}
	text := fmt.Sprintf("%s evidence, %s, %q: weighs %s", kind, path, s.LevelAfter, way)
	switch {
	case s.LevelBefore == "":
		text = fmt.Sprintf("%s evidence, %s, %q: not told before", kind, path, s.LevelAfter)
	case s.LevelAfter == "":
		text = fmt.Sprintf("%s evidence, %s, %q: told no more", kind, path, s.LevelBefore)
	case s.LevelBefore != s.LevelAfter:
		text = fmt.Sprintf("%s evidence, %s: %q became %q", kind, path, s.LevelBefore, s.LevelAfter)
	}
	return cause{store.CauseEvidence, fmt.Sprintf("evidence %s/%s/%s/%s/%s", kind, path, s.LevelBefore, s.LevelAfter, way), text}
}

// changedParameter finds the value of the model that a line at the same level is worth by, if
// the models differ in it.
func (c *causes) changedParameter(kind resolve.Kind, s resolve.Shift) (string, string, string, bool) {
	if s.LevelBefore != s.LevelAfter {
		return "", "", "", false
	}
	if s.Comparison == "prior" {
		was, is := c.tables[0][string(kind)]["prior"], c.tables[1][string(kind)]["prior"]
		return string(kind) + ".prior", was, is, was != is
	}
	tables := []string{string(kind) + "." + s.Comparison, "context." + s.Comparison}
	if s.Comparison == "name" {
		tables = []string{string(kind) + ".names"}
		if strings.HasPrefix(s.Path, "team ") {
			tables = []string{"team.names"}
		}
	}
	for _, table := range tables {
		was, had := c.tables[0][table][s.LevelAfter]
		is, has := c.tables[1][table][s.LevelAfter]
		if had && has && was != is {
			return table, was, is, true
		}
	}
	return "", "", "", false
}

// plan orders the changes by their causes, and the causes by how much they change.
func (c *causes) plan() store.RunPlan {
	of := map[string]*store.RunCause{}
	for i, why := range c.found {
		known := of[why.key]
		if known == nil {
			known = &store.RunCause{Kind: why.kind, Key: why.key, Text: why.text, Counts: map[resolve.Act]int{}}
			of[why.key] = known
		}
		known.Changes++
		known.Counts[c.diffs[i].Act]++
	}
	sorted := slices.SortedFunc(maps.Values(of), func(a, b *store.RunCause) int {
		return cmp.Or(cmp.Compare(b.Changes, a.Changes), cmp.Compare(a.Key, b.Key))
	})
	var plan store.RunPlan
	for i, why := range sorted {
		why.Number = int64(i + 1)
		plan.Causes = append(plan.Causes, *why)
	}
	changes := make([]store.RunChange, len(c.diffs))
	for i, d := range c.diffs {
		changes[i] = store.RunChange{
			Cause: of[c.found[i].key].Number, Entity: d.Entity, Kind: d.Kind, Act: d.Act, Name: c.nameOf(d), Others: d.Others,
			Before: d.Before.Records(), After: d.After.Records(), Tip: tipOf(c.rests[i]),
		}
	}
	slices.SortStableFunc(changes, func(a, b store.RunChange) int { return cmp.Compare(a.Cause, b.Cause) })
	for i := range changes {
		changes[i].Number = int64(i + 1)
	}
	plan.Changes = changes
	return plan
}

// tipOf tells a pair with the line that differs most.
func tipOf(r *rest) *resolve.Tip {
	if r == nil {
		return nil
	}
	shift, _ := resolve.Tips(r.was.Lines, r.now.Lines)
	return &resolve.Tip{A: r.A, B: r.B, Before: r.was.Weight, After: r.now.Weight, Line: shift}
}
