package store

import (
	"cmp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"umpire/resolve"
	"umpire/resolve/text"
)

// Each record leads to its entity and each entity, present or former, to its records; an
// export tells them all.
func TestLookups(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		rapid.Check(t, func(t *rapid.T) {
			w := drawWorld(t)
			if err := w.build(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			w.lookUpRecords(t, s)
			w.lookUpEntities(t, s)
			w.export(t, s)
		})
	})
}

func (w *world) lookUpRecords(t *rapid.T, s *Store) {
	asked := []SourceID{
		{Source: "a", Kind: resolve.KindTeam, ID: "nobody"},
		{Source: "a", Kind: "referee", ID: "1"},
		{Source: "a", Kind: resolve.KindTeam, ID: "\x00"},
		{},
	}
	want := [][]RecordRef{nil, nil, nil, nil}
	for _, kind := range resolve.Kinds {
		for _, r := range w.records(kind) {
			title := rapid.SampledFrom([]string{"", "CS:GO", "cs go", "dota"}).Draw(t, "title")
			asked = append(asked, SourceID{Source: r.Source, Kind: kind, ID: r.Key, Title: title})
			if title == "" || text.Fold(title) == r.Scope {
				want = append(want, []RecordRef{r})
			} else {
				want = append(want, nil)
			}
		}
	}
	got, err := s.Lookup(t.Context(), asked)
	if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
		t.Fatalf("looked up %v: %v (-want +got):\n%s", asked, err, diff)
	}
}

func (w *world) lookUpEntities(t *rapid.T, s *Store) {
	asked, want := []resolve.ID{"", "tem_0000000000000000", "no id", "tem_\xff"}, [][]RecordRef{nil, nil, nil, nil}
	for _, kind := range resolve.Kinds {
		all := w.records(kind)
		for _, r := range all {
			asked = append(asked, r.ID)
			present := w.canonical(r.ID)
			want = append(want, keep(all, func(r RecordRef) bool { return present != "" && r.Entity == present }))
		}
	}
	got, err := s.LookupEntities(t.Context(), asked)
	if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
		t.Fatalf("looked up %v: %v (-want +got):\n%s", asked, err, diff)
	}
}

func (w *world) export(t *rapid.T, s *Store) {
	want, got := []RecordRef{}, []RecordRef{}
	for _, kind := range resolve.Kinds {
		live := keep(w.records(kind), func(r RecordRef) bool { return w.isLive(r.ID) })
		slices.SortFunc(live, func(a, b RecordRef) int { return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Key, b.Key)) })
		want = append(want, live...)
	}
	for r, err := range s.Export(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Fatalf("export (-want +got):\n%s", diff)
	}
	for range s.Export(t.Context()) {
		break // lets go of its view, or the next world cannot be built
	}
}

// isLive says whether a live match record is this record, or tells it.
func (w *world) isLive(id resolve.ID) bool {
	return slices.ContainsFunc(w.matchRecords, func(m MatchRecord) bool {
		return !m.Withdrawn && (m.ID == id || slices.Contains(m.refs(id.Kind()), id))
	})
}

// Heirs that lead in a circle lead nowhere, rather than on for ever.
func TestLookupOfCircularHeirs(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		w := newWorld()
		for range 2 {
			key := w.key(resolve.KindTeam, "a", false)
			w.unsettled = append(w.unsettled, RecordRef{ID: key.Mint(), Kind: key.Kind, Source: "a", Key: key.ID, Name: "x"})
		}
		a, b := w.unsettled[0].ID, w.unsettled[1].ID
		w.heirs[a], w.heirs[b] = b, a
		if err := w.build(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		got, err := s.LookupEntities(t.Context(), []resolve.ID{a, b})
		if diff := gocmp.Diff([][]RecordRef{nil, nil}, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}
