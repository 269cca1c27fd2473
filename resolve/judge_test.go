package resolve_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"umpire/resolve"
)

// verdicts are judgements in force, by their records.
type verdicts map[resolve.Pair]resolve.Judgement

// holds fails if a judgement is broken: a "same" that is two, or a "different" that is one.
func (v verdicts) holds(t *rapid.T, e *resolve.Engine) {
	for _, j := range v {
		a, liveA := e.EntityOf(j.A)
		b, liveB := e.EntityOf(j.B)
		if !liveA || !liveB {
			continue
		}
		if (a == b) != (j.Word == resolve.Same) {
			t.Fatalf("%s and %s are judged %s, and are in %s and %s", j.A, j.B, j.Word, a, b)
		}
	}
}

// judgeable lists the ids of a kind that records tell now or told before.
func judgeable(told map[resolve.ID]bool, kind resolve.Kind) []resolve.ID {
	var ids []resolve.ID
	for id := range told {
		if id.Kind() == kind {
			ids = append(ids, id)
		}
	}
	return slices.Sorted(slices.Values(ids))
}

func tellIDs(told map[resolve.ID]bool, m resolve.Match) {
	told[m.ID] = true
	for _, n := range []*resolve.Named{m.Title, m.Tournament, &m.Sides[0].Team, &m.Sides[1].Team} {
		if n != nil {
			told[n.ID] = true
		}
	}
}

// drawJudgement draws a word on two records of a kind; nil if there are no two.
func drawJudgement(t *rapid.T, told map[resolve.ID]bool) *resolve.Judgement {
	ids := judgeable(told, rapid.SampledFrom(resolve.Kinds[:]).Draw(t, "kind"))
	if len(ids) < 2 {
		return nil
	}
	a, b := rapid.SampledFrom(ids).Draw(t, "a"), rapid.SampledFrom(ids).Draw(t, "b")
	if a == b {
		return nil
	}
	word := rapid.SampledFrom([]resolve.Word{resolve.Same, resolve.Different, resolve.Unsure}).Draw(t, "word")
	return &resolve.Judgement{A: min(a, b), B: max(a, b), Word: word, By: "ann"}
}

// give brings a judgement into effect unless it contradicts others; the proof of that must hold.
func (v verdicts) give(t *rapid.T, e *resolve.Engine, j resolve.Judgement) {
	proof := resolve.Contradiction(maps.Values(v), j)
	if proof != nil {
		checkProof(t, v, proof, j)
		return
	}
	e.Judge(j)
	if v[resolve.Pair{A: j.A, B: j.B}] = j; j.Word == resolve.Unsure {
		delete(v, resolve.Pair{A: j.A, B: j.B})
	}
}

func (v verdicts) giveAll(e *resolve.Engine) {
	for _, j := range v {
		e.Judge(j)
	}
}

// hands is what is set by hand, by record and field, and how fields are chosen.
type hands struct {
	set     map[resolve.Pair]resolve.Override
	order   int64
	survive resolve.Survivorship
}

// draw sets a field by hand, lifts that, or has fields chosen otherwise.
func (h *hands) draw(t *rapid.T, e *resolve.Engine, told map[resolve.ID]bool) {
	if rapid.IntRange(0, 3).Draw(t, "survivorship") == 0 {
		rule := func() resolve.Rule { return rapid.SampledFrom(resolve.Rules[:5]).Draw(t, "rule") }
		h.survive = resolve.Survivorship{
			Rules: map[resolve.Kind]map[string]resolve.Rule{resolve.KindTeam: {"name": rule()}, resolve.KindMatch: {"start": rule(), "teams": rule(), "score": rule()}},
			Trust: map[string]int{"beta": 2, "gamma": 1},
		}
		e.Survive(h.survive)
		return
	}
	ids := judgeable(told, rapid.SampledFrom(resolve.Kinds[:]).Draw(t, "kind"))
	if len(ids) == 0 {
		return
	}
	h.order++
	o := resolve.Override{Record: rapid.SampledFrom(ids).Draw(t, "record"), Field: "name", Value: rapid.SampledFrom([]string{"Alfa", "Beta"}).Draw(t, "name"), Order: h.order}
	if o.Record.Kind() == resolve.KindMatch {
		o.Field = rapid.SampledFrom([]string{"state", "start", "tournament", "score"}).Draw(t, "field")
		o.Value = map[string]string{"state": "7", "start": "2016-01-01 10:00", "score": "3:1", "tournament": "trn_0"}[o.Field]
		if cups := judgeable(told, resolve.KindTournament); o.Field == "tournament" && len(cups) > 0 {
			o.Value = string(rapid.SampledFrom(cups).Draw(t, "cup"))
		}
	}
	if err := o.Check(); err != nil {
		t.Fatal(err)
	}
	slot := resolve.Pair{A: o.Record, B: resolve.ID(o.Field)}
	if rapid.IntRange(0, 3).Draw(t, "lifted") == 0 {
		e.Lift(o.Record, o.Field)
		delete(h.set, slot)
		return
	}
	e.Override(o)
	h.set[slot] = o
}

func (h *hands) giveAll(e *resolve.Engine) {
	for _, o := range h.set {
		e.Override(o)
	}
	e.Survive(h.survive)
}

// checkProof fails unless a proof is a chain of judgements in force from one record to the
// other, with one difference if the judgement is that they are the same, and with none if not.
func checkProof(t *rapid.T, v verdicts, proof []resolve.Judgement, j resolve.Judgement) {
	at, differences := j.A, 0
	for _, p := range proof {
		if got := v[resolve.Pair{A: p.A, B: p.B}]; got != p {
			t.Fatalf("the proof rests on %v, which is not in force", p)
		}
		if p.Word == resolve.Different {
			differences++
		}
		switch at {
		case p.A:
			at = p.B
		case p.B:
			at = p.A
		default:
			t.Fatalf("the proof breaks at %s: %v", at, proof)
		}
	}
	if want := map[resolve.Word]int{resolve.Same: 1, resolve.Different: 0}[j.Word]; at != j.B || differences != want {
		t.Fatalf("%v is no proof against %v", proof, j)
	}
}

// However words are given and taken back between records that come, change and go, and engines
// that are made anew: none is broken, and all ends as it does in one batch.
func TestJudgementsAreLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records, arrivals, ids := map[resolve.ID]resolve.Match{}, map[resolve.ID]int64{}, map[resolve.ID]bool{}
		in, by := verdicts{}, hands{set: map[resolve.Pair]resolve.Override{}}
		e, store := resolve.New(touchy()), newMirror()
		again := func() *resolve.Engine {
			e := restart(records, store)
			in.giveAll(e)
			by.giveAll(e)
			return e
		}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			switch rapid.IntRange(0, 12).Draw(t, "step") {
			case 0:
				if live := slices.Sorted(maps.Keys(records)); len(live) > 0 {
					id := rapid.SampledFrom(live).Draw(t, "withdrawn")
					delete(records, id)
					e.Remove(id)
				}
			case 1:
				e = again()
			case 2, 3:
				store.apply(e.Settle())
				in.holds(t, e)
			case 4, 5, 6, 7:
				if j := drawJudgement(t, ids); j != nil {
					in.give(t, e, *j)
				}
			case 8:
				by.draw(t, e, ids)
			default:
				m := drawMatch(t)
				if _, told := arrivals[m.ID]; !told {
					arrivals[m.ID] = int64(len(arrivals) + 1)
				}
				m.Arrival = arrivals[m.ID]
				records[m.ID] = m
				tellIDs(ids, m)
				e.Put(m)
			}
		}
		store.apply(e.Settle())
		in.holds(t, e)
		whole, want := resolve.New(touchy()), newMirror()
		in.giveAll(whole)
		by.giveAll(whole)
		for _, r := range records {
			whole.Put(r)
		}
		want.apply(whole.Settle())
		if diff := cmp.Diff(slices.Collect(whole.Weighed()), slices.Collect(e.Weighed())); diff != "" {
			t.Fatalf("not all weighs what it does in one batch (-batch +live):\n%s", diff)
		}
		if diff := cmp.Diff(want, store, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("not as in one batch (-batch +live):\n%s", diff)
		}
		if p := e.Settle(); !p.Empty() || len(p.Changes) > 0 {
			t.Fatalf("settled already, and yet plans %+v", p)
		}
		checkLinks(t, e, store)
	})
}

// A judgement and its undoing leave everything as it was: partition, ids, fields and links.
func TestUndoRestores(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, store, ids := resolve.New(touchy()), newMirror(), map[resolve.ID]bool{}
		for i := range rapid.IntRange(2, 20).Draw(t, "records") {
			m := drawMatch(t)
			m.Arrival = int64(i + 1)
			tellIDs(ids, m)
			e.Put(m)
		}
		store.apply(e.Settle())
		before := mirror{maps.Clone(store.Entities), maps.Clone(store.Links)}
		in := verdicts{}
		for range rapid.IntRange(1, 5).Draw(t, "judgements") {
			if j := drawJudgement(t, ids); j != nil {
				in.give(t, e, *j)
				store.apply(e.Settle())
			}
		}
		for _, j := range in {
			j.Word = resolve.Unsure
			e.Judge(j)
			store.apply(e.Settle())
		}
		if diff := cmp.Diff(before, store, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("undone, it is not as before (-before +after):\n%s", diff)
		}
	})
}

// What a person calls one brings the rest of both entities with it, against the rule of one
// record per source; and what is parted stays apart, whatever else is the same.
func TestJudgedEntities(t *testing.T) {
	records := []resolve.Match{
		told(t, "alpha 1", "2015-03-01 18:00", "Astralis", "Natus Vincere"), told(t, "beta 1", "2015-03-01 18:00", "Astralis", "Natus Vincere"),
		told(t, "alpha 2", "2015-03-01 21:00", "Astralis", "Natus Vincere"), told(t, "beta 2", "2015-03-01 21:00", "Astralis", "Natus Vincere"),
	}
	e, m := resolved(records...)
	id := func(i int) resolve.ID { return records[i].ID }
	expect := func(what string, want ...[2]int) {
		t.Helper()
		m.apply(e.Settle())
		for _, pair := range want {
			a, _ := e.EntityOf(id(pair[0]))
			b, _ := e.EntityOf(id(pair[1]))
			if a != b {
				t.Errorf("%s: records %d and %d are two", what, pair[0], pair[1])
			}
		}
	}
	word := func(i, j int, w resolve.Word) {
		e.Judge(resolve.Judgement{A: min(id(i), id(j)), B: max(id(i), id(j)), Word: w, By: "ann"})
	}
	expect("untouched", [2]int{0, 1}, [2]int{2, 3})
	word(0, 2, resolve.Same)
	expect("merged", [2]int{0, 1}, [2]int{0, 2}, [2]int{0, 3})
	if len(m.Entities[id(0)].Members) != 4 {
		t.Errorf("merged: %d records, want all 4", len(m.Entities[id(0)].Members))
	}
	word(0, 2, resolve.Unsure)
	word(0, 1, resolve.Different)
	expect("parted", [2]int{2, 3})
	if _, found := m.Entities[id(1)]; !found {
		t.Error("parted: the record has no entity of its own")
	}
	why, err := e.Why(id(0), id(1))
	if err != nil || why.Apart == nil || why.Apart.Text != "judged different" {
		t.Errorf("why says %+v, %v", why.Apart, err)
	}
	var sum resolve.Weight
	for _, l := range why.Lines {
		sum += l.Weight
	}
	if !slices.ContainsFunc(why.Lines, func(l resolve.Line) bool { return l.Comparison == "judgement" && l.A == "ann" }) || sum != why.Weight {
		t.Errorf("the lines %+v sum to %d of %d, or do not tell the judgement", why.Lines, sum, why.Weight)
	}
}

// judge says a word on two records.
func judge(e *resolve.Engine, a, b resolve.ID, w resolve.Word) {
	e.Judge(resolve.Judgement{A: min(a, b), B: max(a, b), Word: w, By: "ann"})
}

// apart fails if two records are in one entity.
func apart(t *testing.T, e *resolve.Engine, a, b resolve.ID) {
	t.Helper()
	one, _ := e.EntityOf(a)
	other, _ := e.EntityOf(b)
	if one == other {
		t.Errorf("%s and %s are one", a, b)
	}
}

// Two that are judged different are not joined by way of others: teams, matches, left-overs, or
// what a judgement on yet others brings together.
func TestDifferentByNoChain(t *testing.T) {
	var records []resolve.Match
	for i, opponent := range []string{"Virtus.pro", "mousesports", "Cloud9"} {
		for _, source := range []string{"alpha", "beta", "gamma"} {
			start := "2015-03-0" + string(rune('1'+i)) + " 18:00"
			records = append(records, told(t, source+" "+string(rune('1'+i)), start, "Astralis", opponent))
		}
	}
	alpha, beta := named(resolve.KindTeam, "alpha", "Astralis").ID, named(resolve.KindTeam, "beta", "Astralis").ID
	t.Run("teams", func(t *testing.T) {
		e, _ := resolved(records...)
		judge(e, alpha, beta, resolve.Different)
		e.Settle()
		apart(t, e, alpha, beta)
	})
	t.Run("matches", func(t *testing.T) {
		e, _ := resolved(records...)
		judge(e, records[0].ID, records[1].ID, resolve.Different)
		e.Settle()
		apart(t, e, records[0].ID, records[1].ID)
	})
	t.Run("beside others that are the same", func(t *testing.T) {
		again := told(t, "alpha 9", "2015-03-01 18:10", "Astralis", "Virtus.pro")
		other := told(t, "beta 9", "2015-03-01 18:10", "Astralis", "Virtus.pro")
		e, _ := resolved(append(slices.Clone(records), again, other)...)
		judge(e, records[0].ID, again.ID, resolve.Same)
		judge(e, records[1].ID, other.ID, resolve.Different)
		e.Settle()
		apart(t, e, records[1].ID, other.ID)
	})
	t.Run("left-overs", func(t *testing.T) {
		model := resolve.Shipped()
		model.Match.Oriented = 0
		e := resolve.New(model)
		league := []word{tournament("League"), score(4, 3)}
		old, moved := told(t, "alpha 7", "2015-06-01 18:00", "Astralis", "Virtus.pro", league...), told(t, "beta 7", "2015-06-15 18:00", "Astralis", "Virtus.pro", league...)
		for i := range records {
			tournament("League")(&records[i])
			e.Put(records[i])
		}
		e.Put(old)
		e.Put(moved)
		e.Settle()
		if a, _ := e.EntityOf(old.ID); a != old.ID && a != moved.ID {
			t.Fatal("the test shows nothing")
		}
		if a, _ := e.EntityOf(old.ID); a != min(old.ID, moved.ID) {
			t.Fatal("they are no left-overs: the test shows nothing")
		}
		judge(e, old.ID, moved.ID, resolve.Different)
		e.Settle()
		apart(t, e, old.ID, moved.ID)
	})
}

// What is judged different is told with its weight as it is now, whatever was voted since.
func TestJudgedLinkIsCurrent(t *testing.T) {
	alpha, beta := named(resolve.KindTeam, "alpha", "Astralis").ID, named(resolve.KindTeam, "beta", "Astralis").ID
	e, m := resolve.New(nil), newMirror()
	judge(e, alpha, beta, resolve.Different)
	var weights []resolve.Weight
	for i, opponent := range []string{"Virtus.pro", "mousesports", "Cloud9"} {
		for _, source := range []string{"alpha", "beta"} {
			e.Put(told(t, source+" "+string(rune('1'+i)), "2015-03-0"+string(rune('1'+i))+" 18:00", "Astralis", opponent))
		}
		m.apply(e.Settle())
		link := m.Links[resolve.Pair{A: min(alpha, beta), B: max(alpha, beta)}]
		now, _ := e.Explain(alpha, beta)
		if link.Weight != now.Weight || link.Rule != "judged different" {
			t.Errorf("after %d matches the link is told as %d (%s), and weighs %d", i+1, link.Weight, link.Rule, now.Weight)
		}
		weights = append(weights, link.Weight)
	}
	if weights[0] == weights[2] {
		t.Error("its matches change nothing: the test shows nothing")
	}
}

// A contradiction is refused with the shortest chain that proves it.
func TestContradiction(t *testing.T) {
	id := func(n string) resolve.ID { return resolve.Key{Kind: resolve.KindTeam, Source: "alpha", ID: n}.Mint() }
	word := func(a, b string, w resolve.Word) resolve.Judgement {
		return resolve.Judgement{A: min(id(a), id(b)), B: max(id(a), id(b)), Word: w, By: "ann"}
	}
	in := []resolve.Judgement{word("1", "2", resolve.Same), word("2", "3", resolve.Different), word("3", "4", resolve.Same), word("5", "6", resolve.Unsure)}
	for _, c := range []struct {
		judgement resolve.Judgement
		proof     int
	}{
		{word("1", "2", resolve.Different), 0}, // in place of the word before
		{word("1", "3", resolve.Same), 2},
		{word("1", "4", resolve.Same), 3},
		{word("1", "4", resolve.Different), 0},
		{word("3", "4", resolve.Same), 0},
		{word("5", "6", resolve.Same), 0},
		{word("1", "4", resolve.Unsure), 0},
	} {
		if proof := resolve.Contradiction(slices.Values(in), c.judgement); len(proof) != c.proof {
			t.Errorf("against %v: %v, want %d judgements", c.judgement, proof, c.proof)
		}
	}
}
