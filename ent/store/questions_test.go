package store

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"umpire/resolve"
)

// asked is a store in which two teams of one title, two of another, and two matches wait for an
// answer: of teams' and matches' records "a1", "a2", "b1", "b2", "m1" and "m2".
type asked struct {
	*Store
	ids                map[string]resolve.ID
	title1, tournament resolve.ID
}

func ask(t *testing.T, s *Store) asked {
	t.Helper()
	w := newWorld()
	a := asked{Store: s, ids: map[string]resolve.ID{}}
	title1, title2, tournament := w.fillNamed(resolve.KindTitle, "one"), w.fillNamed(resolve.KindTitle, "two"), w.fillNamed(resolve.KindTournament, "cup")
	a.title1, a.tournament = title1.ID, tournament.ID
	for _, c := range []struct {
		name    string
		title   Named
		matches int
	}{{"a1", title1, 3}, {"a2", title1, 2}, {"b1", title2, 0}, {"b2", title2, 0}} {
		team := w.fillNamed(resolve.KindTeam, c.name)
		w.named[len(w.named)-1].Title = &Ref{c.title.ID, c.title.Name}
		for range c.matches {
			w.fillPlain(team, worldDay)
		}
		a.ids[c.name] = team.ID
	}
	for i, name := range []string{"m1", "m2"} {
		w.fillPlain(w.of(resolve.KindTeam)[i], worldDay)
		m := &w.matches[len(w.matches)-1]
		m.Title, m.Tournament = &Ref{title1.ID, title1.Name}, &Ref{tournament.ID, tournament.Name}
		a.ids[name] = m.ID
	}
	for i := range w.matches {
		w.matches[i].Sources, w.matches[i].Records = 1, []RecordRef{w.matchRecords[i].RecordRef}
	}
	w.suggest("a1", "a2", 0, a.ids)
	w.suggest("b1", "b2", 3*resolve.Bit, a.ids)
	w.suggest("m1", "m2", 0, a.ids)
	if err := w.build(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	a.exec(t, "UPDATE links SET unjudged = weight")
	if err := s.Requeue(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a
}

func (w *world) suggest(one, other string, weight resolve.Weight, ids map[string]resolve.ID) {
	a, b := min(ids[one], ids[other]), max(ids[one], ids[other])
	w.links = append(w.links, Link{Link: resolve.Link{Kind: a.Kind(), A: a, B: b, Weight: weight, Verdict: resolve.Suggested}})
}

func (a asked) exec(t *testing.T, statement string) {
	t.Helper()
	if _, err := a.db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// weigh changes what speaks for the two teams of a title.
func (a asked) weigh(t *testing.T, evidence resolve.Weight) {
	t.Helper()
	a.exec(t, fmt.Sprintf("UPDATE links SET unjudged = %d WHERE a = '%s'", evidence, min(a.ids["a1"], a.ids["a2"])))
}

// waiting are the questions of a filter, as "a1 a2", all pages of so many each.
func (a asked) waiting(t *testing.T, f QuestionFilter) []string {
	t.Helper()
	told := []string{}
	for {
		page, err := a.Questions(t.Context(), f)
		if err != nil {
			t.Fatalf("%+v: %v", f, err)
		}
		for _, q := range page.Items {
			var names []string
			for name, id := range a.ids {
				if id == q.A || id == q.B {
					names = append(names, name)
				}
			}
			slices.Sort(names)
			told = append(told, strings.Join(names, " "))
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			return told
		}
	}
}

func TestQuestionsTeachMostFirst(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		a := ask(t, s)
		all := []string{"a1 a2", "m1 m2", "b1 b2"}
		for name, c := range map[string]struct {
			f    QuestionFilter
			want []string
		}{
			"all":                   {QuestionFilter{}, all},
			"a page at a time":      {QuestionFilter{Limit: 1}, all},
			"a kind":                {QuestionFilter{Kind: resolve.KindTeam}, []string{"a1 a2", "b1 b2"}},
			"a source":              {QuestionFilter{Source: "a"}, []string{"m1 m2"}},
			"another":               {QuestionFilter{Source: "usual"}, []string{"a1 a2", "b1 b2"}},
			"nobody":                {QuestionFilter{Source: "nobody"}, []string{}},
			"a title":               {QuestionFilter{Title: string(a.title1)}, []string{"a1 a2", "m1 m2"}},
			"a title by its name":   {QuestionFilter{Title: "two"}, []string{"b1 b2"}},
			"a tournament":          {QuestionFilter{Tournament: string(a.tournament)}, []string{"m1 m2"}},
			"teams of a tournament": {QuestionFilter{Tournament: "cup", Kind: resolve.KindTeam}, []string{}},
			"an entity":             {QuestionFilter{Entity: a.ids["b2"]}, []string{"b1 b2"}},
			"a band":                {QuestionFilter{From: new(resolve.Bit), To: new(3 * resolve.Bit)}, []string{"b1 b2"}},
			"below it":              {QuestionFilter{To: new(resolve.Bit)}, []string{"a1 a2", "m1 m2"}},
		} {
			if diff := cmp.Diff(c.want, a.waiting(t, c.f)); diff != "" {
				t.Errorf("%s (-want +got)\n%s", name, diff)
			}
		}
		q, err := s.Question(t.Context(), a.ids["a2"], a.ids["a1"])
		if err != nil || q.Hangs < 4 || q.Priority != 250_000*q.Hangs || q.Entities[0] != q.A || q.Entities[1] != q.B {
			t.Errorf("two teams of which one has two matches: %+v, %v", q, err)
		}
		if q, err = s.Question(t.Context(), a.ids["b1"], a.ids["b2"]); err != nil || q.Priority != int(math.Round(1e6*8/81)) {
			t.Errorf("8 to 1, and nothing hangs on it: priority %d, %v", q.Priority, err)
		}
		for _, f := range []QuestionFilter{{Limit: -1}, {Cursor: "x"}, {Title: "…"}} {
			if _, err := s.Questions(t.Context(), f); invalid(err) == "" {
				t.Errorf("%+v: %v", f, err)
			}
		}
	})
}

func TestQuestionsWaitUntilAnswered(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		a := ask(t, s)
		team := QuestionFilter{Title: "one", Kind: resolve.KindTeam}
		want := func(when string, want ...string) {
			t.Helper()
			if got := a.waiting(t, team); !slices.Equal(got, want) {
				t.Errorf("%s %q wait, want %q", when, got, want)
			}
		}
		if _, err := s.Lease(t.Context(), a.ids["a1"], a.ids["a2"], "bo", time.Minute); err != nil {
			t.Fatal(err)
		}
		if q, err := s.Question(t.Context(), a.ids["a1"], a.ids["a2"]); err != nil || q.Lease == nil || q.Lease.Holder != "bo" {
			t.Errorf("what bo looks at: %+v, %v", q.Lease, err)
		}
		doubt := decide(t, s, "bo", Judge{a.ids["a1"], a.ids["a2"], resolve.Unsure})
		want("when one is unsure")
		if _, err := s.Question(t.Context(), a.ids["a1"], a.ids["a2"]); !errors.Is(err, ErrNotFound) {
			t.Errorf("it waits still: %v", err)
		}
		a.weigh(t, resolve.Bit-1)
		want("when the evidence has hardly changed")
		a.weigh(t, -resolve.Bit)
		want("when it has changed by a bit", "a1 a2")
		if q, err := s.Question(t.Context(), a.ids["a1"], a.ids["a2"]); err != nil || q.Unsure == nil || q.Unsure.Actor != "bo" {
			t.Errorf("who was unsure: %+v, %v", q.Unsure, err)
		}
		a.weigh(t, 0)
		want("when it is back")
		decide(t, s, "ann", Undo{doubt.ID})
		want("when the doubt is undone", "a1 a2")
		same := decide(t, s, "ann", Judge{a.ids["a1"], a.ids["a2"], resolve.Same})
		want("when it is decided, though not settled")
		decide(t, s, "ann", Undo{same.ID})
		want("when that is undone", "a1 a2")
	})
}

// A judgement is for review when the evidence speaks against it by ten bits, and did not say
// just that when it was made.
func TestJudgementsForReview(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		a := ask(t, s)
		for _, c := range []struct {
			word      resolve.Word
			then, now resolve.Weight
			review    bool
		}{
			{resolve.Same, 0, -ReviewBits, true},
			{resolve.Same, 0, -ReviewBits + 1, false},
			{resolve.Same, -ReviewBits - 3, -ReviewBits - 3, false},
			{resolve.Same, -ReviewBits - 3, -ReviewBits - 4, true},
			{resolve.Same, 0, ReviewBits, false},
			{resolve.Different, 0, ReviewBits, true},
			{resolve.Different, 0, ReviewBits - 1, false},
			{resolve.Different, 0, -ReviewBits, false},
			{resolve.Unsure, 0, ReviewBits, false},
		} {
			a.weigh(t, c.then)
			act := decide(t, s, "ann", Judge{a.ids["a1"], a.ids["a2"], c.word})
			a.weigh(t, c.now)
			for _, f := range []JudgementFilter{{Review: true}, {Review: true, Entity: a.ids["a2"], Word: c.word, Actor: "ann", Kind: resolve.KindTeam}} {
				page, err := s.Judgements(t.Context(), f)
				if err != nil || (len(page.Items) == 1) != c.review {
					t.Errorf("%+v: %d are for review by %+v, %v", c, len(page.Items), f, err)
				}
			}
			all, err := s.Judgements(t.Context(), JudgementFilter{Record: a.ids["a1"]})
			if err != nil || len(all.Items) != 1 || *all.Items[0].Evidence != c.then || *all.Items[0].Now != c.now || all.Items[0].RecordA.Source != "usual" {
				t.Errorf("%+v: judgements %+v, %v", c, all.Items, err)
			}
			decide(t, s, "ann", Undo{act.ID})
		}
		if in, err := s.Judgements(t.Context(), JudgementFilter{}); err != nil || len(in.Items) != 0 {
			t.Errorf("in force when all is undone: %+v, %v", in.Items, err)
		}
		if all, err := s.Judgements(t.Context(), JudgementFilter{Lifted: true}); err != nil || len(all.Items) != 9 || all.Items[0].LiftedBy == 0 {
			t.Errorf("with what is lifted: %d, %v", len(all.Items), err)
		}
	})
}

func TestFieldsSetByHand(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		id := curated(t, s, "Penta")[0]
		want := func(when string, want ...string) {
			t.Helper()
			set, err := s.Overrides(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range set {
				got = append(got, fmt.Sprint(o.Field, " ", o.Value, " hides ", value(o.Hidden), " ", o.Wins))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", when, got, want)
			}
		}
		first := decide(t, s, "ann", SetField{id, "name", "PENTA"})
		want("set", "name PENTA hides Penta true")
		if again, err := s.Decide(t.Context(), Signature{Actor: "bo"}, SetField{id, "name", "PENTA"}); err != nil || !again.Stood || again.Act.ID != first.ID {
			t.Errorf("set to the same: %+v, %v", again, err)
		}
		second := decide(t, s, "bo", SetField{id, "name", "Penta Sports"})
		want("set anew", "name Penta Sports hides Penta true")
		decide(t, s, "cy", Undo{second.ID})
		want("undone", "name PENTA hides Penta true")
		if _, err := s.Decide(t.Context(), Signature{Actor: "cy"}, Undo{second.ID}); !errors.Is(err, ErrConflict) {
			t.Errorf("undone twice: %v", err)
		}
		lifted := decide(t, s, "cy", LiftField{id, "name"})
		want("lifted")
		if _, err := s.Decide(t.Context(), Signature{Actor: "cy"}, LiftField{id, "name"}); !errors.Is(err, ErrNotFound) {
			t.Errorf("lifted twice: %v", err)
		}
		for _, by := range []Decision{Undo{second.ID}, UndoRange{"bo", worldDay}} {
			if _, err := s.Decide(t.Context(), Signature{Actor: "cy"}, by); err == nil {
				t.Errorf("what was lifted comes back by %+v of what is undone already", by)
			}
		}
		decide(t, s, "cy", SetField{id, "name", "P"})
		if _, err := s.Decide(t.Context(), Signature{Actor: "cy"}, Undo{lifted.ID}); !errors.Is(err, ErrConflict) {
			t.Errorf("what comes back is set to something else: %v", err)
		}
		want("after what was refused", "name P hides Penta true")
		for _, d := range []Decision{SetField{id, "start", "2015"}, SetField{id, "name", ""}, SetField{id, "name", "\x00"}, LiftField{id, "\x00"}} {
			if _, err := s.Decide(t.Context(), Signature{Actor: "cy"}, d); invalid(err) == "" {
				t.Errorf("%+v: %v", d, err)
			}
		}
	})
}

func TestSurvivorshipIsSet(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		if err := s.PutSource(t.Context(), Source{Name: "a", Zone: "UTC"}); err != nil {
			t.Fatal(err)
		}
		want := func(when string, rules, trusts int) {
			t.Helper()
			r, u, err := s.Survivorship(t.Context())
			if err != nil || len(r) != rules || len(u) != trusts {
				t.Errorf("%s: %+v, %+v, %v", when, r, u, err)
			}
		}
		rule := decide(t, s, "ann", SetRule{resolve.KindTeam, "name", resolve.Longest})
		trust := decide(t, s, "ann", SetTrust{"a", 2})
		want("set", 1, 1)
		in, err := s.InForce(t.Context())
		if err != nil || in.Survivorship.Rules[resolve.KindTeam]["name"] != resolve.Longest || in.Survivorship.Trust["a"] != 2 || in.Survivorship.Check() != nil {
			t.Errorf("as the engine takes it: %+v, %v", in.Survivorship, err)
		}
		usual := decide(t, s, "bo", SetRule{resolve.KindTeam, "name", resolve.Usual})
		none := decide(t, s, "bo", SetTrust{"a", 0})
		want("as usual", 0, 0)
		if usual.Made != 0 || usual.Lifted != 1 || usual.Kind != resolve.KindTeam || rule.Kind != resolve.KindTeam || trust.Kind != "" {
			t.Errorf("the acts are %+v, %+v, %+v", rule, trust, usual)
		}
		if again, err := s.Decide(t.Context(), Signature{Actor: "bo"}, SetTrust{"a", 0}); err != nil || !again.Stood {
			t.Errorf("nothing new: %+v, %v", again, err)
		}
		decide(t, s, "bo", Undo{none.ID})
		decide(t, s, "bo", Undo{usual.ID})
		want("undone", 1, 1)
		for _, d := range []Decision{SetRule{resolve.KindTeam, "start", resolve.Oldest}, SetRule{"", "name", resolve.Oldest}, SetRule{resolve.KindTeam, "name", "any"}} {
			if _, err := s.Decide(t.Context(), Signature{Actor: "cy"}, d); invalid(err) == "" {
				t.Errorf("%+v: %v", d, err)
			}
		}
		if _, err := s.Decide(t.Context(), Signature{Actor: "cy"}, SetTrust{"nobody", 1}); !errors.Is(err, ErrNotFound) {
			t.Errorf("trust in nobody: %v", err)
		}
	})
}

func TestAuditLog(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		ids := curated(t, s, "A", "B", "C")
		one := decide(t, s, "ann", Judge{ids[0], ids[1], resolve.Same})
		time.Sleep(2 * time.Millisecond)
		then := time.Now()
		two := decide(t, s, "bo", SetField{ids[2], "name", "See"})
		three := decide(t, s, "ann", Undo{one.ID})
		for name, c := range map[string]struct {
			f    ActFilter
			want []int64
		}{
			"all, newest first": {ActFilter{}, []int64{three.ID, two.ID, one.ID}},
			"page by page":      {ActFilter{Limit: 1}, []int64{three.ID, two.ID, one.ID}},
			"an actor":          {ActFilter{Actor: "ann"}, []int64{three.ID, one.ID}},
			"a verb":            {ActFilter{Verb: VerbOverride}, []int64{two.ID}},
			"since":             {ActFilter{Since: &then}, []int64{three.ID, two.ID}},
			"until":             {ActFilter{Until: &then}, []int64{one.ID}},
			"a record":          {ActFilter{Subject: ids[0]}, []int64{three.ID, one.ID}},
			"nothing":           {ActFilter{Subject: "tem_0000000000000000"}, nil},
		} {
			var got []int64
			for more := true; more; more = c.f.Cursor != "" {
				page, err := s.Acts(t.Context(), c.f)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				for _, a := range page.Items {
					got = append(got, a.ID)
				}
				c.f.Cursor = page.Next
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
		page, err := s.Acts(t.Context(), ActFilter{Verb: VerbUndo})
		if err != nil || len(page.Items) != 1 {
			t.Fatal(page, err)
		}
		undo := page.Items[0]
		if e := undo.Effects; len(e) != 1 || e[0].On || e[0].Judgement.Word != resolve.Same || e[0].Judgement.Actor != "ann" || e[0].Judgement.LiftedBy != undo.ID {
			t.Errorf("before and after the undoing: %+v", e)
		}
	})
}
