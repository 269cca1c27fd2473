package web

import (
	"context"

	"umpire/ent/store"
	"umpire/resolve"
)

// judgementsShown is how much of what people said of an entity its page shows.
const judgementsShown = 40

// curation is what a page of an entity has for who corrects it: what people said of it, and
// the forms to say more.
type curation struct {
	Entity   resolve.ID
	Version  int64
	Here     string
	Pieces   []store.RecordRef // what it can be taken apart into
	Judged   []judgedRow
	By       []byHand // in force
	Settable []option
	Graph    graph
}

// judgedRow is a judgement in force.
type judgedRow struct {
	store.Judged
	A, B   saidOf
	Review bool // the evidence speaks against it by now
}

// byHand is a field set by hand, with what it hides.
type byHand struct {
	store.Overridden
	Hides string
}

func byHandOf(o store.Overridden) byHand {
	b := byHand{Overridden: o}
	if o.Hidden != nil {
		b.Hides = *o.Hidden
	}
	if o.Now == nil {
		return b
	}
	b.Hides = *o.Now
	return b
}

// settable are the fields that can be set by hand, and how a value is written.
var settable = map[bool][]option{
	true: {
		{"start", "start: 2015-03-14 18:30"}, {"score", "score: 2:1"}, {"state", "state: 1 scheduled, 2 finished"},
		{"best_of", "best of: 3"}, {"tournament", "tournament: its id, trn_…"},
	},
	false: {{"name", "name"}},
}

// curationOf reads what people said of an entity, and draws its links.
func (s *site) curationOf(ctx context.Context, id resolve.ID, version int64, records []store.RecordRef, links []store.Link) (curation, error) {
	c := curation{Entity: id, Version: version, Here: pathOf(id), Pieces: records, Settable: settable[id.Kind() == resolve.KindMatch]}
	judged, err := s.Store.Judgements(ctx, store.JudgementFilter{Entity: id, Limit: judgementsShown})
	if err != nil {
		return c, err
	}
	if c.Judged, err = s.judgedRows(ctx, judged.Items); err != nil {
		return c, err
	}
	c.Graph = graphOf(records, links, judged.Items)
	overrides, err := s.Store.Overrides(ctx, id)
	c.By = each(overrides, byHandOf)
	return c, err
}

// judgedRows tells judgements in words.
func (s *site) judgedRows(ctx context.Context, judged []store.Judged) ([]judgedRow, error) {
	var records []store.RecordRef
	for _, j := range judged {
		records = append(records, j.RecordA, j.RecordB)
	}
	names, err := s.matchNames(ctx, records)
	if err != nil {
		return nil, err
	}
	rows := make([]judgedRow, len(judged))
	for i, j := range judged {
		rows[i] = judgedRow{Judged: j, A: saidOf{ID: j.A}, B: saidOf{ID: j.B}, Review: doubted(j)}
		for of, r := range map[*saidOf]store.RecordRef{&rows[i].A: j.RecordA, &rows[i].B: j.RecordB} {
			if r.Entity == "" {
				continue
			}
			of.Source, of.Name, of.Path = r.Source, recordName(r, names), pathOf(r.Entity)
		}
	}
	return rows, nil
}

// doubted reports whether the evidence now speaks against a judgement.
func doubted(j store.Judged) bool {
	if j.Now == nil || j.Evidence != nil && *j.Evidence == *j.Now {
		return false
	}
	return j.Word == resolve.Same && *j.Now <= -store.ReviewBits || j.Word == resolve.Different && *j.Now >= store.ReviewBits
}
