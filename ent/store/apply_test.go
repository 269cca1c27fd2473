package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sync/errgroup"

	"umpire/resolve"
)

// pair is a match that two sources tell, b with its sides the other way round, and another
// of a's own.
func pair() (*resolve.Match, *resolve.Match, *resolve.Match) {
	a, b, other := m("a", "1", "fnatic", "NiP"), m("b", "9", "NiP", "fnatic"), m("a", "2", "fnatic", "VP")
	a.Sides[0].Points, a.Sides[1].Winner = new(16.0), new(false)
	other.Tournament, other.Start = nil, resolve.Time{}
	return a, b, other
}

func TestApply(t *testing.T) {
	a, b, other := pair()
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, delivers(a, "1"), delivers(b, "2"), delivers(other, "3"))
		r := owning(t, s)
		next := clustered([]*resolve.Match{a, b}, []*resolve.Match{other})
		plan := r.settle(t, next)

		if diff := cmp.Diff(slices.Collect(next.inOrder()), settled(t, s)); diff != "" {
			t.Errorf("entities: %s", diff)
		}
		for record, entity := range next.entityOf() {
			if got, err := s.Canonical(t.Context(), record); err != nil || got != entity {
				t.Errorf("Canonical(%s) = %s, %v, want %s", record, got, err, entity)
			}
		}
		row := s.client.Match.GetX(t.Context(), string(a.ID))
		if row.RecordsCount != 2 || row.SourcesCount != 2 {
			t.Errorf("%s has %d records of %d sources, want 2 of 2", a.ID, row.RecordsCount, row.SourcesCount)
		}
		if flipped := s.client.Placement.GetX(t.Context(), string(b.ID)).Flipped; !flipped {
			t.Error("b tells the sides the other way round, and is not flipped")
		}
		if dirty, err := s.Dirty(t.Context(), 10); err != nil || len(dirty) != 0 {
			t.Errorf("still dirty: %v, %v", dirty, err)
		}
		changes, err := s.Changes(t.Context(), 0, 100)
		if err != nil || len(changes) != len(plan.Changes) {
			t.Fatalf("%d changes of %d, %v", len(changes), len(plan.Changes), err)
		}
		for i, c := range changes {
			if c.Seq != int64(i+1) || c.Entity != plan.Changes[i].Entity || c.Act != resolve.Created || c.Cause != "test" {
				t.Errorf("change %d is %+v", i, c)
			}
			if e := next[c.Entity]; len(c.Records) != len(e.Members) || c.Records[0] != e.Members[0].Record {
				t.Errorf("change %d has the records %v of %v", i, c.Records, e.Members)
			}
		}
		want := map[string]any{
			"title": string(a.Title.ID), "tournament": string(a.Tournament.ID), "state": 1.0, "best_of": 3.0,
			"start": "2015-03-02T18:00:00Z", "start_text": "2015-03-02 18:00", "precision": "minute",
			"team1": string(a.Sides[0].Team.ID), "team2": string(a.Sides[1].Team.ID), "points1": 16.0, "winner2": false,
		}
		for _, c := range changes {
			if c.Entity == a.ID {
				if diff := cmp.Diff(want, c.After); diff != "" {
					t.Errorf("after the change: %s", diff)
				}
				if c.Seq != row.Version {
					t.Errorf("version %d, last change %d", row.Version, c.Seq)
				}
			}
		}
	})
}

func TestApplyTwice(t *testing.T) {
	a, b, other := pair()
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, delivers(a, "1"), delivers(b, "2"), delivers(other, "3"))
		r := owning(t, s)
		apart := clustered([]*resolve.Match{a}, []*resolve.Match{b}, []*resolve.Match{other})
		plans := []resolve.Plan{r.settle(t, apart), r.settle(t, clustered([]*resolve.Match{a, b}, []*resolve.Match{other}))}
		ingest(t, s, withdraws(a))
		plans = append(plans, r.settle(t, clustered([]*resolve.Match{b}, []*resolve.Match{other})))

		dump := func() []any {
			canonical, err := s.Canonical(t.Context(), a.ID)
			changes, err2 := s.Changes(t.Context(), 0, 100)
			row, err3 := s.client.Match.Get(t.Context(), string(b.ID))
			if err := errors.Join(err, err2, err3); err != nil {
				t.Fatal(err)
			}
			return []any{canonical, changes, settled(t, s), row.Version, row.UpdatedAt}
		}
		before := dump()
		if err := s.Apply(t.Context(), plans[2], nil, "again"); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, dump()); diff != "" {
			t.Errorf("applied twice: %s", diff)
		}
	})
}

// TestIDsGoBack: when entities merge the younger's id redirects to the older, and when they
// part each id goes back with its record.
func TestIDsGoBack(t *testing.T) {
	a, b, other := pair()
	apart := clustered([]*resolve.Match{a}, []*resolve.Match{b}, []*resolve.Match{other})
	merged := clustered([]*resolve.Match{a, b}, []*resolve.Match{other})
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, delivers(a, "1"), delivers(b, "2"), delivers(other, "3"))
		r := owning(t, s)
		r.settle(t, apart)
		created := s.client.Match.GetX(t.Context(), string(a.ID)).CreatedAt
		for _, c := range []struct {
			next  partition
			bIsIn resolve.ID
		}{{merged, a.ID}, {apart, b.ID}, {merged, a.ID}, {apart, b.ID}} {
			r.settle(t, c.next)
			if got, err := s.Canonical(t.Context(), b.ID); err != nil || got != c.bIsIn {
				t.Errorf("Canonical(b) = %s, %v, want %s", got, err, c.bIsIn)
			}
			if got, err := s.Canonical(t.Context(), a.ID); err != nil || got != a.ID {
				t.Errorf("Canonical(a) = %s, %v", got, err)
			}
			if diff := cmp.Diff(slices.Collect(c.next.inOrder()), settled(t, s)); diff != "" {
				t.Error(diff)
			}
		}
		if row := s.client.Match.GetX(t.Context(), string(a.ID)); !row.CreatedAt.Equal(created) || !row.UpdatedAt.After(created) {
			t.Errorf("created %s, then %s and updated %s", created, row.CreatedAt, row.UpdatedAt)
		}
	})
}

func TestHeirs(t *testing.T) {
	a, b, other := pair()
	c := m("c", "5", "fnatic", "NiP")
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, delivers(a, "1"), delivers(b, "2"), delivers(c, "3"), delivers(other, "4"))
		r := owning(t, s)
		unsettled := func(id resolve.ID) {
			if _, err := s.Canonical(t.Context(), id); !errors.Is(err, ErrNotFound) || errors.Is(err, ErrGone) {
				t.Errorf("Canonical(%s) before it is settled: %v", id, err)
			}
		}
		unsettled(a.ID)
		unsettled(a.Sides[0].Team.ID)
		unsettled(a.Title.ID)
		unsettled("mch_nobody")
		unsettled("nonsense")
		unsettled("tem_\x00")

		leads := func(what string, id, to resolve.ID) {
			t.Helper()
			got, err := s.Canonical(t.Context(), id)
			if to == "" && !errors.Is(err, ErrGone) || to != "" && (err != nil || got != to) {
				t.Errorf("%s: Canonical(%s) = %q, %v, want %q", what, id, got, err, to)
			}
		}
		alone := []*resolve.Match{other}
		r.settle(t, clustered([]*resolve.Match{a, b, c}, alone))
		ingest(t, s, withdraws(a))
		r.settle(t, clustered([]*resolve.Match{b, c}, alone))
		leads("the oldest is withdrawn", a.ID, b.ID)
		leads("and a team that only it told", a.Sides[1].Team.ID, b.Sides[0].Team.ID)
		ingest(t, s, withdraws(b))
		r.settle(t, clustered([]*resolve.Match{c}, alone))
		leads("its heir is withdrawn too", a.ID, c.ID)
		leads("the heir's own id", b.ID, c.ID)
		ingest(t, s, delivers(a, "5"))
		r.settle(t, clustered([]*resolve.Match{a, c}, alone))
		leads("told again it is the oldest again", c.ID, a.ID)
		leads("and who left meanwhile follows", b.ID, a.ID)
		ingest(t, s, withdraws(c), withdraws(a))
		r.settle(t, clustered(alone))
		for _, id := range []resolve.ID{a.ID, b.ID, c.ID, c.Sides[1].Team.ID} {
			leads("all are withdrawn", id, "")
		}
		leads("and nobody else is concerned", other.ID, other.ID)
	})
}

// agelessly compares matches but for the age of what they name.
var agelessly = cmpopts.IgnoreFields(resolve.Named{}, "Arrival")

// TestMarks: a mark stays if its record has changed since it was read.
func TestMarks(t *testing.T) {
	a, b, _ := pair()
	changed := *a
	changed.BestOf = new(5)
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, delivers(a, "1"), delivers(b, "2"))
		r := owning(t, s)
		marks, err := s.Dirty(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		first, second := arriving(a, 1), arriving(b, 2)
		if diff := cmp.Diff([]Mark{{a.ID, 1, &first}, {b.ID, 2, &second}}, marks, agelessly); diff != "" {
			t.Error(diff)
		}
		if one, err := s.Dirty(t.Context(), 1); err != nil || len(one) != 1 || one[0].Record != a.ID {
			t.Errorf("the oldest first: %v, %v", one, err)
		}
		ingest(t, s, delivers(&changed, "3"))
		if err := s.Apply(t.Context(), partition{}.to(clustered([]*resolve.Match{a, b})), marks, "test"); err != nil {
			t.Fatal(err)
		}
		r.at = clustered([]*resolve.Match{a, b})
		now := arriving(&changed, 1)
		left, err := s.Dirty(t.Context(), 10)
		if diff := cmp.Diff([]Mark{{a.ID, 3, &now}}, left, agelessly); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
		ingest(t, s, withdraws(a))
		left, err = s.Dirty(t.Context(), 10)
		if diff := cmp.Diff([]Mark{{a.ID, 4, nil}}, left); err != nil || diff != "" {
			t.Errorf("withdrawn: %v %s", err, diff)
		}
		r.settle(t, clustered([]*resolve.Match{b}))
		if left, err = s.Dirty(t.Context(), 10); err != nil || len(left) != 0 {
			t.Errorf("left: %v, %v", left, err)
		}
	})
}

// TestManyMarks: more than a statement has parameters, on either database.
func TestManyMarks(t *testing.T) {
	const n = 70_000
	a, _, _ := pair()
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, delivers(a, "1"))
		err := s.write(t.Context(), func(tx *tx) error {
			marks := map[resolve.ID]int64{}
			for i := range n - 1 {
				marks[resolve.ID(fmt.Sprint("mch_", i))] = 2
			}
			return tx.mark(t.Context(), marks)
		})
		if err != nil {
			t.Fatal(err)
		}
		first := arriving(a, 1)
		marks, err := s.Dirty(t.Context(), 1<<30)
		if err != nil || len(marks) != n {
			t.Fatalf("%d dirty, %v", len(marks), err)
		}
		if diff := cmp.Diff(Mark{a.ID, 1, &first}, marks[0], agelessly); diff != "" {
			t.Error(diff)
		}
		marks, err = s.Marks(t.Context())
		if err != nil || len(marks) != n {
			t.Fatalf("%d marks, %v", len(marks), err)
		}
		if diff := cmp.Diff(Mark{a.ID, 1, nil}, marks[0]); diff != "" {
			t.Error(diff)
		}
		owning(t, s)
		if err := s.Apply(t.Context(), resolve.Plan{}, marks, "test"); err != nil {
			t.Fatal(err)
		}
		if left, err := s.Marks(t.Context()); err != nil || len(left) != 0 {
			t.Errorf("%d marks are left, %v", len(left), err)
		}
	})
}

func TestApplyRefusesWhatDoesNotFit(t *testing.T) {
	a, b, other := pair()
	both := clustered([]*resolve.Match{a, b})
	silent := partition{}.to(both)
	silent.Changes = silent.Changes[1:]
	unknown := clustered([]*resolve.Match{a, b, m("z", "1", "fnatic", "NiP")})
	fewer := both[a.ID]
	fewer.Members = fewer.Members[:1]
	astray := clustered([]*resolve.Match{other})
	match := astray[other.ID]
	match.Match.Title = "ttl_nowhere"
	for _, c := range []struct {
		reason string
		plan   resolve.Plan
		want   error
	}{
		{"it has a record that was never told", both.to(unknown), ErrStale},
		{"it takes a record from an entity of which it does not speak", partition{}.to(clustered([]*resolve.Match{b})), ErrStale},
		{"it retires an entity and forgets its records", resolve.Plan{
			Retire: []resolve.ID{a.ID}, Changes: []resolve.Change{{Entity: a.ID, Kind: resolve.KindMatch, Act: resolve.Retired}},
		}, ErrStale},
		{"it puts an entity and forgets one of its records", resolve.Plan{
			Put: []resolve.Entity{fewer}, Changes: []resolve.Change{{Entity: a.ID, Kind: resolve.KindMatch, Act: resolve.Updated}},
		}, ErrStale},
		{"it retires a team that still plays", resolve.Plan{
			Retire:   []resolve.ID{a.Sides[0].Team.ID},
			Detached: []resolve.ID{a.Sides[0].Team.ID, b.Sides[1].Team.ID},
			Changes:  []resolve.Change{{Entity: a.Sides[0].Team.ID, Kind: resolve.KindTeam, Act: resolve.Retired}},
		}, ErrStale},
		{"its match is of a title that is none", resolve.Plan{
			Put:     []resolve.Entity{match},
			Changes: []resolve.Change{{Entity: other.ID, Kind: resolve.KindMatch, Act: resolve.Created}},
		}, ErrStale},
	} {
		t.Run(c.reason, func(t *testing.T) {
			conform(t, func(t *testing.T, s *Store) {
				ingest(t, s, delivers(a, "1"), delivers(b, "2"), delivers(other, "3"))
				r := owning(t, s)
				if err := s.Apply(t.Context(), silent, nil, "test"); err == nil {
					t.Error("applied a plan that does not tell of all that it does")
				}
				r.settle(t, both)
				if err := s.Apply(t.Context(), c.plan, nil, "test"); !errors.Is(err, c.want) {
					t.Errorf("got %v, want %v", err, c.want)
				}
				if diff := cmp.Diff(slices.Collect(both.inOrder()), settled(t, s)); diff != "" {
					t.Errorf("and nothing is changed: %s", diff)
				}
			})
		})
	}
}

func TestLinks(t *testing.T) {
	a, b, other := pair()
	link := func(x, y *resolve.Match, weight resolve.Weight, verdict resolve.Verdict) resolve.Link {
		return resolve.Link{
			Kind: resolve.KindMatch, A: min(x.ID, y.ID), B: max(x.ID, y.ID), Weight: weight, Verdict: verdict, Rule: "one score differs",
			Lines: []resolve.Line{
				{Comparison: "teams", A: "fnatic", B: "Fnatic", Level: "folded", Weight: weight + 16},
				{Comparison: "votes", Level: "2 of 3", Weight: -16, Lines: []resolve.Line{{Comparison: "prior", Weight: -16}}},
			},
		}
	}
	inOrder := func(links ...resolve.Link) []resolve.Link {
		slices.SortFunc(links, func(x, y resolve.Link) int { return slices.Compare([]resolve.ID{x.A, x.B}, []resolve.ID{y.A, y.B}) })
		return links
	}
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, delivers(a, "1"), delivers(b, "2"), delivers(other, "3"))
		owning(t, s)
		ab, ao, bo := link(a, b, 90, resolve.Joined), link(a, other, -3, resolve.Suggested), link(b, other, 5, resolve.Refused)
		weaker := link(a, b, 20, resolve.Suggested)
		bare := resolve.Link{Kind: resolve.KindMatch, A: bo.A, B: bo.B, Verdict: resolve.Joined, Lines: []resolve.Line{}}
		for _, c := range []struct {
			reason string
			plan   resolve.Plan
			want   []resolve.Link
		}{
			{"new", resolve.Plan{Link: []resolve.Link{ab, ao, bo}}, inOrder(ab, ao, bo)},
			{"again", resolve.Plan{Link: []resolve.Link{ab, ao, bo}}, inOrder(ab, ao, bo)},
			{"changed, and some no more", resolve.Plan{
				Link: []resolve.Link{weaker, bare}, Unlink: []resolve.Pair{{A: ao.A, B: ao.B}, {A: "mch_0", B: "mch_1"}},
			}, inOrder(weaker, bare)},
		} {
			if err := s.Apply(t.Context(), c.plan, nil, "test"); err != nil {
				t.Fatalf("%s: %v", c.reason, err)
			}
			if diff := cmp.Diff(c.want, inOrder(allLinks(t, s)...)); diff != "" {
				t.Errorf("%s: %s", c.reason, diff)
			}
		}
		if changes, err := s.Changes(t.Context(), 0, 10); err != nil || len(changes) != 0 {
			t.Errorf("links are no history: %v, %v", changes, err)
		}
	})
}

// TestLargePlan: what does not fit into one statement, nor into one page.
func TestLargePlan(t *testing.T) {
	const n = 5000
	var batch []Delivery
	var groups [][]*resolve.Match
	var plan resolve.Plan
	for i := range n {
		match := m("a", fmt.Sprint(i), fmt.Sprint("team ", i), fmt.Sprint("team ", i+1))
		batch = append(batch, delivers(match, fmt.Sprint(i)))
		groups = append(groups, []*resolve.Match{match})
		plan.Link = append(plan.Link, resolve.Link{Kind: resolve.KindMatch, A: "mch_0", B: match.ID, Verdict: resolve.Suggested})
		plan.Unlink = append(plan.Unlink, resolve.Pair{A: "mch_0", B: match.ID})
	}
	next := clustered(groups...)
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, batch...)
		r := owning(t, s)
		r.settle(t, next)
		if got := settled(t, s); len(got) != len(next) {
			t.Errorf("%d entities, want %d", len(got), len(next))
		}
		for _, c := range []struct {
			plan resolve.Plan
			want int
		}{{resolve.Plan{Link: plan.Link}, n}, {resolve.Plan{Unlink: plan.Unlink}, 0}} {
			if err := s.Apply(t.Context(), c.plan, nil, "test"); err != nil {
				t.Fatal(err)
			}
			if got := len(allLinks(t, s)); got != c.want {
				t.Errorf("%d links, want %d", got, c.want)
			}
		}
		r.settle(t, partition{})
		if got := settled(t, s); len(got) != 0 {
			t.Errorf("%d entities are left", len(got))
		}
	})
}

// TestOwnershipLost: who lost the lock without knowing can write no more.
func TestOwnershipLost(t *testing.T) {
	a, b, _ := pair()
	each(t, func(t *testing.T, url string) {
		first, second := migrated(t, url), open(t, url)
		plan := partition{}.to(clustered([]*resolve.Match{a, b}))
		ingest(t, first, delivers(a, "1"), delivers(b, "2"))
		if err := first.Apply(t.Context(), plan, nil, "test"); !errors.Is(err, ErrStale) {
			t.Errorf("applied by who never owned: %v", err)
		}
		release, err := first.Own(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		if err := first.owned.lock.Close(); err != nil { // as when its connection breaks
			t.Fatal(err)
		}
		if err := first.Apply(t.Context(), resolve.Plan{}, nil, "test"); err != nil {
			t.Errorf("nobody else came, so nothing is lost: %v", err)
		}
		releaseSecond, err := second.Own(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := first.Apply(t.Context(), plan, nil, "test"); !errors.Is(err, ErrStale) {
			t.Errorf("applied after another took over: %v", err)
		}
		if err := second.Apply(t.Context(), plan, nil, "test"); err != nil {
			t.Errorf("the new owner: %v", err)
		}
		releaseSecond()
		release()
		releaseAgain, err := first.Own(t.Context())
		if err != nil {
			t.Fatalf("own again: %v", err)
		}
		defer releaseAgain()
		release() // of the term before, which has ended
		if err := first.Apply(t.Context(), resolve.Plan{}, nil, "test"); err != nil {
			t.Errorf("own again: %v", err)
		}
	})
}

// TestSettleWhileMessagesComeIn: records change while they are settled, by writers that
// touch the same ones, and nobody waits in a circle or loses a change.
func TestSettleWhileMessagesComeIn(t *testing.T) {
	const writers, batches, matches = 3, 15, 4
	told := func(i, version int) *resolve.Match {
		match := m(fmt.Sprint("source ", i%2), fmt.Sprint(i), "fnatic", "NiP")
		match.BestOf = new(version)
		return match
	}
	each(t, func(t *testing.T, url string) {
		s := migrated(t, url)
		var all []*resolve.Match
		for i := range matches {
			all = append(all, told(i, 0))
			ingest(t, s, delivers(all[i], "0"))
		}
		r := owning(t, s)
		group, ctx := errgroup.WithContext(t.Context())
		for w := range writers {
			writer := open(t, url)
			group.Go(func() error {
				for version := range batches {
					var batch []Delivery
					for i := range matches { // each writer in another order
						batch = append(batch, delivers(told((i*(w+1)+w)%matches, version+1), fmt.Sprint(w, version, i)))
					}
					if _, err := writer.Ingest(ctx, batch); err != nil {
						return err
					}
				}
				return nil
			})
		}
		done := make(chan error, 1)
		go func() { done <- group.Wait() }()
		for running, round := true, 0; running; round++ {
			select {
			case err := <-done:
				if err != nil {
					t.Fatal(err)
				}
				running = false
			default:
			}
			groups := [][]*resolve.Match{{all[0], all[1]}, {all[2], all[3]}}
			if round%2 == 1 {
				groups = [][]*resolve.Match{{all[0], all[3]}, {all[1]}, {all[2]}}
			}
			r.settle(t, clustered(groups...))
		}
		r.settle(t, r.at)
		if dirty, err := s.Dirty(t.Context(), 10); err != nil || len(dirty) != 0 {
			t.Errorf("left dirty: %v, %v", dirty, err)
		}
		for id, match := range live(t, s) {
			if *match.BestOf != batches {
				t.Errorf("%s is at version %d, want the last, %d", id, *match.BestOf, batches)
			}
		}
	})
}

// TestChangesAppearInOrder: who has read change n has read all before it.
func TestChangesAppearInOrder(t *testing.T) {
	const writers, rounds = 3, 12
	each(t, func(t *testing.T, url string) {
		s, watcher := migrated(t, url), open(t, url)
		owning(t, s)
		group, ctx := errgroup.WithContext(t.Context())
		for w := range writers {
			team := fmt.Sprint("team ", w) // and no title or tournament: the writers' plans have nothing in common
			a, b := m(fmt.Sprint("a", w), "1", team, team), m(fmt.Sprint("b", w), "1", team, team)
			for _, match := range []*resolve.Match{a, b} {
				match.Title, match.Tournament = nil, nil
				ingest(t, s, delivers(match, "told"))
			}
			apart, merged := clustered([]*resolve.Match{a}, []*resolve.Match{b}), clustered([]*resolve.Match{a, b})
			plans := []resolve.Plan{partition{}.to(apart), apart.to(merged), merged.to(apart)}
			group.Go(func() error {
				if err := s.Apply(ctx, plans[0], nil, "test"); err != nil {
					return err
				}
				for i := range rounds {
					if err := s.Apply(ctx, plans[1+i%2], nil, "test"); err != nil {
						return err
					}
				}
				return nil
			})
		}
		done := make(chan error, 1)
		go func() { done <- group.Wait() }()
		for running, seen := true, int64(0); running; {
			select {
			case err := <-done:
				if err != nil {
					t.Fatal(err)
				}
				running = false
			default:
			}
			changes, err := watcher.Changes(t.Context(), seen, 1000)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range changes {
				if seen++; c.Seq != seen {
					t.Fatalf("change %d appeared before %d", c.Seq, seen)
				}
			}
			if !running && seen < writers*(4+rounds) {
				t.Errorf("only %d changes", seen)
			}
		}
	})
}
