package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"umpire/ent/store"
	"umpire/resolve"
)

// Previewer tells what decisions would come to, where records are resolved.
type Previewer interface {
	// Preview returns the plan if these effects came into force. store.ErrElsewhere: another
	// process resolves.
	Preview(ctx context.Context, effects []store.Effect) (resolve.Plan, error)
}

// mostForeseen is how much a preview lists of each thing.
const mostForeseen = 40

// previewPage is what a decision would do, before it is made.
type previewPage struct {
	Fields  []carriedField // the form that makes it
	Said    []saidRow
	MoreSay int
	Counts  []foreseenCount
	Changes []foreseen
	More    int
	Blind   bool // nobody here can tell what follows
	Back    string
}

// carriedField is a field of a form that goes on from page to page.
type carriedField struct{ Name, Value string }

// foreseen is a change that would happen to an entity.
type foreseen struct {
	resolve.Change
	Name, Path string
	Others     []named
	Records    int
}

// foreseenCount is how many entities of a kind something would happen to.
type foreseenCount struct {
	Act   resolve.Act
	Kind  resolve.Kind
	Count int
}

// preview shows what a decision would do.
func (s *site) preview(w http.ResponseWriter, r *http.Request) error {
	form := r.URL.Query()
	decision, err := readDecision(form)
	if err != nil {
		return err
	}
	by, err := expectation(form)
	if err != nil {
		return err
	}
	effects, err := s.Store.Effects(r.Context(), by, decision)
	if errors.Is(err, store.ErrConflict) {
		r.PostForm = form // which says where to go back to
		return s.conflict(w, r, err)
	}
	if err != nil {
		return err
	}
	page := previewPage{Fields: carried(form), Back: backTo(either(form.Get("here"), form.Get("back")))}
	page.MoreSay = max(0, len(effects)-mostForeseen)
	if page.Said, err = s.saidRows(r.Context(), effects[:len(effects)-page.MoreSay]); err != nil {
		return err
	}
	if err := s.foresee(r.Context(), &page, effects); err != nil {
		return err
	}
	return s.show(w, r, "preview", view{Title: "What this would do", Body: page})
}

// carried is a form's fields in a fixed order.
func carried(form url.Values) []carriedField {
	var all []carriedField
	for name, values := range form {
		for _, v := range values {
			all = append(all, carriedField{name, v})
		}
	}
	slices.SortStableFunc(all, func(a, b carriedField) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// foresee asks what follows.
func (s *site) foresee(ctx context.Context, page *previewPage, effects []store.Effect) error {
	if s.Previewer == nil {
		page.Blind = true
		return nil
	}
	plan, err := s.Previewer.Preview(ctx, effects)
	if errors.Is(err, store.ErrElsewhere) {
		page.Blind = true
		return nil
	}
	if err != nil {
		return err
	}
	page.Counts = countChanges(plan.Changes)
	page.More = max(0, len(plan.Changes)-mostForeseen)
	names := planned{site: s, names: map[resolve.ID]string{}, records: map[resolve.ID]int{}}
	names.note(plan)
	for _, c := range plan.Changes[:len(plan.Changes)-page.More] {
		f, err := names.foresee(ctx, c)
		if err != nil {
			return err
		}
		page.Changes = append(page.Changes, f)
	}
	return nil
}

func countChanges(changes []resolve.Change) []foreseenCount {
	var counts []foreseenCount
	for _, c := range changes {
		i := slices.IndexFunc(counts, func(n foreseenCount) bool { return n.Act == c.Act && n.Kind == c.Kind })
		if i < 0 {
			i = len(counts)
			counts = append(counts, foreseenCount{Act: c.Act, Kind: c.Kind})
		}
		counts[i].Count++
	}
	return counts
}

// planned knows what entities would be called.
type planned struct {
	*site
	names   map[resolve.ID]string
	records map[resolve.ID]int
	matches map[resolve.ID]*resolve.Fields
}

func (p *planned) note(plan resolve.Plan) {
	p.matches = map[resolve.ID]*resolve.Fields{}
	for _, e := range plan.Put {
		p.records[e.ID] = len(e.Members)
		if e.Match != nil {
			p.matches[e.ID] = e.Match
		} else {
			p.names[e.ID] = e.Name
		}
	}
}

// called is what an entity would be called, or is now.
func (p *planned) called(ctx context.Context, id resolve.ID) (string, error) {
	if name, known := p.names[id]; known {
		return name, nil
	}
	if m, known := p.matches[id]; known {
		one, err := p.called(ctx, m.Sides[0].Team)
		if err != nil {
			return "", err
		}
		two, err := p.called(ctx, m.Sides[1].Team)
		p.names[id] = nameOf(one).Text + " – " + nameOf(two).Text + dayOf(m.Start)
		return p.names[id], err
	}
	name, err := p.nameOf(ctx, id)
	p.names[id] = name
	return name, err
}

func (p *planned) foresee(ctx context.Context, c resolve.Change) (foreseen, error) {
	f := foreseen{Change: c, Path: pathOf(c.Entity), Records: p.records[c.Entity]}
	var err error
	if f.Name, err = p.called(ctx, c.Entity); err != nil {
		return f, err
	}
	if c.Act == resolve.Created {
		f.Path = "" // it is not there yet
	}
	for _, id := range c.Others {
		name, err := p.called(ctx, id)
		if err != nil {
			return f, err
		}
		f.Others = append(f.Others, named{either(name, string(id)), pathOf(id)})
	}
	return f, nil
}
