package store

import (
	"iter"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"umpire/resolve"
)

// partition is the entities that a test settles on, by id. It stands in for the engine:
// the store does not care why records are one.
type partition map[resolve.ID]resolve.Entity

// clustered puts matches that stand together into one entity, called by the first, and
// titles, tournaments and teams into one where they have one name.
func clustered(groups ...[]*resolve.Match) partition {
	p := partition{}
	named := map[[2]string]resolve.ID{}
	for _, group := range groups {
		for _, m := range group {
			for n := range namedOf(*m) {
				p.join(n, named)
			}
		}
	}
	of := func(n *resolve.Named) resolve.ID {
		if n == nil {
			return ""
		}
		return named[[2]string{string(n.Key.Kind), n.Name}]
	}
	for _, group := range groups {
		first := group[0]
		e := resolve.Entity{Kind: resolve.KindMatch, ID: first.ID, From: map[string]resolve.ID{"start": first.ID, "teams": first.ID}}
		for _, m := range group {
			e.Members = append(e.Members, resolve.Member{Record: m.ID, Flipped: of(&m.Sides[0].Team) != of(&first.Sides[0].Team)})
		}
		e.Match = &resolve.Fields{
			State: first.State, BestOf: first.BestOf, Start: first.Start, Title: of(first.Title), Tournament: of(first.Tournament),
		}
		for i, side := range first.Sides {
			e.Match.Sides[i] = resolve.SideFields{Team: of(&side.Team), Points: side.Points, Winner: side.Winner}
		}
		p[e.ID] = e
	}
	return p
}

func (p partition) join(n resolve.Named, named map[[2]string]resolve.ID) {
	key := [2]string{string(n.Key.Kind), n.Name}
	if _, there := named[key]; !there {
		named[key] = n.ID
		p[n.ID] = resolve.Entity{Kind: n.Key.Kind, ID: n.ID, Name: n.Name, From: map[string]resolve.ID{"name": n.ID}}
	}
	e := p[named[key]]
	if member := (resolve.Member{Record: n.ID}); !slices.Contains(e.Members, member) {
		e.Members = append(e.Members, member)
	}
	p[e.ID] = e
}

// to is the plan that brings a store from one partition to another.
func (p partition) to(next partition) resolve.Plan {
	var plan resolve.Plan
	after := next.entityOf()
	for e := range next.inOrder() {
		before, there := p[e.ID]
		if there && cmp.Equal(before, e) {
			continue
		}
		act := resolve.Updated
		if !there {
			act = resolve.Created
		}
		plan.Put = append(plan.Put, e)
		plan.Changes = append(plan.Changes, resolve.Change{Entity: e.ID, Kind: e.Kind, Act: act})
	}
	for e := range p.inOrder() {
		var heirs []resolve.ID
		for _, m := range e.Members {
			if heir, stays := after[m.Record]; !stays {
				plan.Detached = append(plan.Detached, m.Record)
			} else if !slices.Contains(heirs, heir) {
				heirs = append(heirs, heir)
			}
		}
		if _, stays := next[e.ID]; !stays {
			plan.Retire = append(plan.Retire, e.ID)
			plan.Changes = append(plan.Changes, resolve.Change{Entity: e.ID, Kind: e.Kind, Act: resolve.Retired, Others: heirs})
		}
	}
	return plan
}

func (p partition) entityOf() map[resolve.ID]resolve.ID {
	of := map[resolve.ID]resolve.ID{}
	for id, e := range p {
		for _, m := range e.Members {
			of[m.Record] = id
		}
	}
	return of
}

func (p partition) inOrder() iter.Seq[resolve.Entity] {
	return func(yield func(resolve.Entity) bool) {
		for _, ids := range eachKind(slices.Collect(maps.Keys(p))) {
			for _, id := range ids {
				if !yield(p[id]) {
					return
				}
			}
		}
	}
}

// resolver applies partitions one after the other to a store that it owns.
type resolver struct {
	*Store
	at partition
}

func owning(t *testing.T, s *Store) *resolver {
	t.Helper()
	release, err := s.Own(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	return &resolver{s, partition{}}
}

// settle applies the plan to the next partition and lifts all marks.
func (r *resolver) settle(t *testing.T, next partition) resolve.Plan {
	t.Helper()
	marks, err := r.Dirty(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	plan := r.at.to(next)
	if err := r.Apply(t.Context(), plan, marks, "test"); err != nil {
		t.Fatal(err)
	}
	r.at = next
	return plan
}

// settled returns what the store says that the entities are.
func settled(t *testing.T, s *Store) []resolve.Entity {
	t.Helper()
	return collect(t, s.Entities(t.Context()))
}

// collect returns what a stream yields, which must not fail.
func collect[T any](t *testing.T, stream iter.Seq2[T, error]) []T {
	t.Helper()
	var all []T
	for item, err := range stream {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, item)
	}
	return all
}
