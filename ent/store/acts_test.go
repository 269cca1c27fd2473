package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"umpire/resolve"
)

// curated is a store with team entities of these names, and their ids in that order.
func curated(t *testing.T, s *Store, names ...string) []resolve.ID {
	t.Helper()
	w := newWorld()
	ids := make([]resolve.ID, len(names))
	for i, name := range names {
		ids[i] = w.fillNamed(resolve.KindTeam, name).ID
	}
	if err := w.build(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return ids
}

// grouped is a store with one team entity of so many records, and their ids, oldest first.
func grouped(t *testing.T, s *Store, n int) []resolve.ID {
	t.Helper()
	w := newWorld()
	whole := w.fillNamed(resolve.KindTeam, "whole")
	for range n - 1 {
		key := w.key(resolve.KindTeam, "usual", false)
		whole.Records = append(whole.Records, RecordRef{
			ID: key.Mint(), Kind: resolve.KindTeam, Source: key.Source, Key: key.ID, Scope: key.Scope, Name: "part", Entity: whole.ID,
		})
	}
	w.named[0] = whole
	if err := w.build(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	var ids []resolve.ID
	for _, r := range whole.Records {
		ids = append(ids, r.ID)
	}
	return ids
}

func decide(t *testing.T, s *Store, actor string, d Decision) Act {
	t.Helper()
	decided, err := s.Decide(t.Context(), Signature{Actor: actor}, d)
	if err != nil || decided.Stood || decided.Repeat {
		t.Fatalf("%s decides %+v: %+v, %v", actor, d, decided, err)
	}
	return decided.Act
}

// words are the judgements in force, as "0=1": by the places of their records in a list.
func words(t *testing.T, s *Store, ids []resolve.ID) []string {
	t.Helper()
	in, err := s.InForce(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sign := map[resolve.Word]string{resolve.Same: "=", resolve.Different: "≠", resolve.Unsure: "?"}
	var told []string
	for _, j := range in.Judgements {
		a, b := slices.Index(ids, j.A), slices.Index(ids, j.B)
		told = append(told, fmt.Sprint(min(a, b), sign[j.Word], max(a, b)))
	}
	slices.Sort(told)
	return told
}

func wantWords(t *testing.T, s *Store, ids []resolve.ID, when string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, words(t, s, ids)); diff != "" {
		t.Errorf("in force %s (-want +got)\n%s", when, diff)
	}
}

func TestJudge(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		ids := curated(t, s, "NaVi", "Natus Vincere", "OG")
		a := decide(t, s, "ann", Judge{ids[1], ids[0], resolve.Same})
		if a.Verb != VerbJudge || a.Kind != resolve.KindTeam || a.Made != 1 || a.Lifted != 0 || a.Settled || a.UndoneBy != 0 {
			t.Errorf("the act is %+v", a)
		}
		if a.Cause() != fmt.Sprintf("act %d by ann: same", a.ID) {
			t.Errorf("it causes %q", a.Cause())
		}
		if want := slices.Sorted(slices.Values(ids[:2])); !slices.Equal(a.Subjects, want) {
			t.Errorf("it is about %v, want %v", a.Subjects, want)
		}
		decide(t, s, "bo", Judge{ids[0], ids[2], resolve.Unsure})
		b := decide(t, s, "bo", Judge{ids[0], ids[2], resolve.Different})
		if b.Made != 1 || b.Lifted != 1 {
			t.Errorf("who was unsure and now is not brings %d into force and lifts %d", b.Made, b.Lifted)
		}
		wantWords(t, s, ids, "then", "0=1", "0≠2")

		again, err := s.Decide(t.Context(), Signature{Actor: "cy"}, Judge{ids[0], ids[1], resolve.Same})
		if err != nil || !again.Stood || again.Act.ID != a.ID {
			t.Errorf("the same word again: %+v, %v", again, err)
		}
		if b.ID != a.ID+2 || decide(t, s, "cy", Judge{ids[1], ids[2], resolve.Different}).ID != a.ID+3 {
			t.Error("acts are not numbered one by one")
		}
		for _, c := range []struct {
			why  string
			d    Decision
			want string
		}{
			{"another word", Judge{ids[0], ids[1], resolve.Different}, " as told by ann on "},
			{"doubt where there is a word", Judge{ids[0], ids[1], resolve.Unsure}, "cannot hold"},
			{"a word for no record", Judge{ids[0], "tem_0000000000000000", resolve.Same}, "not found"},
			{"a word for what is no id", Judge{ids[0], "tem_\x00", resolve.Same}, "not found"},
			{"one record", Judge{ids[0], ids[0], resolve.Same}, "same record"},
			{"no word", Judge{ids[0], ids[1], "maybe"}, "word"},
			{"two words on one pair", Group{[]Judge{{ids[0], ids[1], resolve.Same}, {ids[1], ids[0], resolve.Different}}}, "two words"},
			{"no words", Group{}, "none"},
		} {
			if _, err := s.Decide(t.Context(), Signature{Actor: "cy"}, c.d); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", c.why, err)
			}
		}
		if _, err := s.Decide(t.Context(), Signature{}, Judge{ids[0], ids[1], resolve.Same}); err == nil {
			t.Error("nobody decides")
		}
	})
}

func TestContradictionsAreProved(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		ids := curated(t, s, "A", "B", "C", "D")
		decide(t, s, "ann", Judge{ids[0], ids[1], resolve.Same})
		decide(t, s, "bo", Judge{ids[1], ids[2], resolve.Different})
		decide(t, s, "bo", Judge{ids[2], ids[3], resolve.Same})
		refuse := func(d Decision, want ...resolve.Word) {
			t.Helper()
			var e *ContradictionError
			if _, err := s.Decide(t.Context(), Signature{Actor: "cy"}, d); !errors.As(err, &e) || !errors.Is(err, ErrConflict) {
				t.Fatalf("%+v: %v", d, err)
			}
			var words []resolve.Word // in the order in which they lead from the smaller id to the greater
			for _, j := range e.Proof {
				words = append(words, j.Word)
			}
			if slices.Sort(words); !slices.Equal(words, want) {
				t.Errorf("%+v is refused by %+v", d, e.Proof)
			}
			if _, err := s.Effects(t.Context(), Signature{}, d); !errors.As(err, &e) {
				t.Errorf("%+v, only drawn up: %v", d, err)
			}
		}
		refuse(Judge{ids[0], ids[2], resolve.Same}, resolve.Different, resolve.Same)
		refuse(Merge{[]resolve.ID{ids[0], ids[3]}}, resolve.Different, resolve.Same, resolve.Same)
		refuse(Group{[]Judge{{ids[0], ids[3], resolve.Unsure}, {ids[3], ids[1], resolve.Same}}}, resolve.Different, resolve.Same)
		today := time.Now().UTC().Format(time.DateOnly)
		_, err := s.Decide(t.Context(), Signature{Actor: "cy"}, Judge{ids[0], ids[2], resolve.Same})
		e := new(ContradictionError)
		errors.As(err, &e)
		e.Names = map[resolve.ID]string{ids[0]: "A", ids[1]: "B", ids[2]: "C"}
		for _, want := range []string{"by ann on " + today, "by bo on " + today, ", so ", "cannot hold"} {
			if !strings.Contains(e.Error(), want) {
				t.Errorf("%q does not say %q", e, want)
			}
		}
		wantWords(t, s, ids, "after all that was refused", "0=1", "1≠2", "2=3")
	})
}

// Many decide at once, each consistent by itself; of three that contradict each other one is refused.
func TestContradictionsAreSeenInARace(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		const rounds = 20
		var names []string
		for i := range 3 * rounds {
			names = append(names, fmt.Sprint("team ", i))
		}
		ids := curated(t, s, names...)
		var refused [rounds]atomic.Int32
		var wait sync.WaitGroup
		for round := range rounds {
			a, b, c := ids[3*round], ids[3*round+1], ids[3*round+2]
			for _, d := range []Judge{{a, b, resolve.Same}, {b, c, resolve.Same}, {a, c, resolve.Different}} {
				wait.Go(func() {
					if _, err := s.Decide(t.Context(), Signature{Actor: "ann"}, d); errors.Is(err, ErrConflict) {
						refused[round].Add(1)
					} else if err != nil {
						t.Error(err)
					}
				})
			}
		}
		wait.Wait()
		for round := range refused {
			if n := refused[round].Load(); n != 1 {
				t.Errorf("%d of three that contradict each other are refused, want 1", n)
			}
		}
	})
}

func TestActsOnEntities(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		ids := grouped(t, s, 4)
		check := func(d Decision, want ...string) {
			t.Helper()
			a := decide(t, s, "ann", d)
			wantWords(t, s, ids, fmt.Sprintf("after %T", d), want...)
			decide(t, s, "ann", Undo{a.ID})
			wantWords(t, s, ids, fmt.Sprintf("after %T is undone", d))
		}
		check(Split{ids[0], [][]resolve.ID{{ids[1]}, {ids[2]}}}, "0≠1", "0≠2", "1≠2", "1≠3", "2≠3")
		check(Split{ids[0], [][]resolve.ID{{ids[0], ids[1]}, {ids[2], ids[3]}}}, "0≠2", "0≠3", "1≠2", "1≠3")
		check(Detach{ids[0]}, "0≠1", "0≠2", "0≠3")
		for why, d := range map[string]Decision{
			"a split that leaves all together": Split{ids[0], [][]resolve.ID{ids}},
			"a record in two groups":           Split{ids[0], [][]resolve.ID{{ids[1]}, {ids[1]}}},
			"a merge of one":                   Merge{[]resolve.ID{ids[0], ids[1]}},
			"a move to where it is":            Move{ids[1], ids[0]},
		} {
			if _, err := s.Decide(t.Context(), Signature{Actor: "ann"}, d); invalid(err) == "" {
				t.Errorf("%s: %v", why, err)
			}
		}
		if _, err := s.Decide(t.Context(), Signature{Actor: "ann"}, Split{ids[1], [][]resolve.ID{{ids[1]}}}); !errors.Is(err, ErrNotFound) {
			t.Errorf("a split of what is no entity: %v", err)
		}
	})
	conform(t, func(t *testing.T, s *Store) {
		ids := curated(t, s, "A", "B", "C")
		decide(t, s, "ann", Merge{ids})
		wantWords(t, s, ids, "after a merge", "0=1", "0=2")
		if _, err := s.Decide(t.Context(), Signature{Actor: "ann"}, Detach{ids[0]}); invalid(err) == "" {
			t.Errorf("a record that is alone is detached: %v", err)
		}
		moved := decide(t, s, "bo", Undo{1})
		decide(t, s, "bo", Move{ids[1], ids[2]})
		wantWords(t, s, ids, "after a move", "1=2")
		if moved.Lifted != 2 || moved.Made != 0 || !slices.Equal(moved.Undoes, []int64{1}) {
			t.Errorf("the undoing is %+v", moved)
		}
	})
}

// invalid is the field that an error finds at fault; "" if it finds none.
func invalid(err error) string {
	if fault := (*resolve.InvalidError)(nil); errors.As(err, &fault) {
		return fault.Field
	}
	return ""
}

func TestUndo(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		ids := curated(t, s, "A", "B", "C")
		doubt := decide(t, s, "ann", Judge{ids[0], ids[1], resolve.Unsure})
		same := decide(t, s, "bo", Judge{ids[0], ids[1], resolve.Same})
		undo := decide(t, s, "cy", Undo{same.ID})
		wantWords(t, s, ids, "once undone: what it had lifted is back", "0?1")
		again := decide(t, s, "cy", Undo{undo.ID})
		wantWords(t, s, ids, "once done again", "0=1")
		for id, by := range map[int64]int64{same.ID: 0, undo.ID: again.ID, again.ID: 0, doubt.ID: 0} {
			if a, err := s.Act(t.Context(), id); err != nil || a.UndoneBy != by {
				t.Errorf("act %d is undone by %d, %v, want %d", id, a.UndoneBy, err, by)
			}
		}
		if _, err := s.Decide(t.Context(), Signature{Actor: "cy"}, Undo{undo.ID}); !errors.Is(err, ErrConflict) {
			t.Errorf("undone twice: %v", err)
		}
		if _, err := s.Decide(t.Context(), Signature{Actor: "cy"}, Undo{99}); !errors.Is(err, ErrNotFound) {
			t.Errorf("undone what was never done: %v", err)
		}
		decide(t, s, "cy", Undo{same.ID})
		wantWords(t, s, ids, "undone by its own number, again", "0?1")

		chain := decide(t, s, "ann", Group{[]Judge{{ids[0], ids[2], resolve.Same}, {ids[1], ids[2], resolve.Different}}})
		if _, err := s.Decide(t.Context(), Signature{Actor: "cy"}, Undo{9}); !errors.Is(err, ErrNotFound) {
			t.Errorf("of acts not yet there: %v", err)
		}
		e := new(ContradictionError)
		if _, err := s.Decide(t.Context(), Signature{Actor: "cy"}, Judge{ids[0], ids[1], resolve.Same}); !errors.As(err, &e) || len(e.Proof) != 2 {
			t.Errorf("a doubt gives way to what cannot hold: %v", err)
		}
		redo := decide(t, s, "bo", Undo{chain.ID})
		decide(t, s, "bo", Judge{ids[0], ids[1], resolve.Same})
		if _, err := s.Decide(t.Context(), Signature{Actor: "bo"}, Undo{redo.ID}); !errors.As(err, &e) {
			t.Errorf("done again against what was said meanwhile: %v", err)
		}
		wantWords(t, s, ids, "in the end", "0=1")
	})
}

// A random history of acts, undoings and undoings of those: to undo all by each actor since
// then leaves what the others said.
func TestUndoRange(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		ids := curated(t, s, "A", "B", "C", "D")
		before := decide(t, s, "ann", Judge{ids[0], ids[1], resolve.Same})
		time.Sleep(2 * time.Millisecond)
		since := time.Now()
		decide(t, s, "ann", Judge{ids[1], ids[2], resolve.Unsure})
		decide(t, s, "bo", Judge{ids[2], ids[3], resolve.Different})
		decide(t, s, "ann", Judge{ids[1], ids[2], resolve.Same})
		gone := decide(t, s, "ann", Undo{before.ID})
		decide(t, s, "ann", Judge{ids[0], ids[1], resolve.Different})
		wantWords(t, s, ids, "before", "0≠1", "1=2", "2≠3")
		all := decide(t, s, "cy", UndoRange{"ann", since})
		wantWords(t, s, ids, "without what ann did since", "0=1", "2≠3")
		if len(all.Undoes) != 4 || all.Undoes[1] != gone.ID {
			t.Errorf("it undoes %v, newest first", all.Undoes)
		}
		if a, err := s.Act(t.Context(), before.ID); err != nil || a.UndoneBy != 0 {
			t.Errorf("what was undone in the range is undone by %d, %v", a.UndoneBy, err)
		}
		if _, err := s.Decide(t.Context(), Signature{Actor: "cy"}, UndoRange{"ann", since}); !errors.Is(err, ErrNotFound) {
			t.Errorf("once more: %v", err)
		}
		decide(t, s, "ann", Undo{all.ID})
		wantWords(t, s, ids, "all done again", "0≠1", "1=2", "2≠3")
		if a, err := s.Act(t.Context(), before.ID); err != nil || a.UndoneBy != gone.ID {
			t.Errorf("what was undone in the range is undone by %d again, %v, want %d", a.UndoneBy, err, gone.ID)
		}
	})
}

func TestExpectedVersions(t *testing.T) {
	a, b, other := pair()
	conform(t, func(t *testing.T, s *Store) {
		ingest(t, s, delivers(a, "1"), delivers(b, "2"), delivers(other, "3"))
		r := owning(t, s)
		r.settle(t, clustered([]*resolve.Match{a}, []*resolve.Match{b}, []*resolve.Match{other}))
		looked, err := s.Match(t.Context(), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		r.settle(t, clustered([]*resolve.Match{a, b}, []*resolve.Match{other}))
		d := Judge{a.ID, other.ID, resolve.Different}
		_, err = s.Decide(t.Context(), Signature{Actor: "ann", Expect: map[resolve.ID]int64{a.ID: looked.Version}}, d)
		var e *StaleError
		if !errors.As(err, &e) || !errors.Is(err, ErrConflict) || e.Entity != a.ID || e.Version <= looked.Version || len(e.Changes) != 1 || e.Changes[0].Seq != e.Version {
			t.Fatalf("on what has changed since: %v", err)
		}
		_, err = s.Decide(t.Context(), Signature{Actor: "ann", Expect: map[resolve.ID]int64{b.ID: looked.Version}}, d)
		if !errors.As(err, &e) || e.Version != 0 {
			t.Errorf("on what is no more: %v", err)
		}
		now, err := s.Match(t.Context(), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = s.Decide(t.Context(), Signature{Actor: "ann", Expect: map[resolve.ID]int64{a.ID: now.Version}}, d); err != nil {
			t.Errorf("on what is there: %v", err)
		}
	})
}

func TestKeysRepeat(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		ids := curated(t, s, "A", "B", "C")
		by := Signature{Actor: "ann", Key: "k"}
		first, err := s.Decide(t.Context(), by, Judge{ids[0], ids[1], resolve.Same})
		if err != nil {
			t.Fatal(err)
		}
		decide(t, s, "bo", Undo{first.Act.ID})
		again, err := s.Decide(t.Context(), by, Judge{ids[0], ids[1], resolve.Same})
		if err != nil || !again.Repeat || again.Act.ID != first.Act.ID {
			t.Errorf("under the same key: %+v, %v", again, err)
		}
		wantWords(t, s, ids, "after a repeat")
		if _, err := s.Decide(t.Context(), by, Judge{ids[0], ids[2], resolve.Same}); !errors.Is(err, ErrConflict) {
			t.Errorf("something else under the same key: %v", err)
		}
		by.Actor = "bo"
		if got, err := s.Decide(t.Context(), by, Judge{ids[0], ids[2], resolve.Same}); err != nil || got.Repeat {
			t.Errorf("another's key: %+v, %v", got, err)
		}
	})
}

func TestLeases(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		ids := curated(t, s, "A", "B", "C")
		if _, err := s.Lease(t.Context(), ids[0], ids[1], "ann", time.Minute); err != nil {
			t.Fatal(err)
		}
		renewed, err := s.Lease(t.Context(), ids[1], ids[0], "ann", time.Hour)
		if err != nil || time.Until(renewed.Until) < 50*time.Minute {
			t.Errorf("renewed: %+v, %v", renewed, err)
		}
		var e *LeasedError
		if _, err := s.Lease(t.Context(), ids[0], ids[1], "bo", time.Minute); !errors.As(err, &e) || e.Lease.Holder != "ann" || !errors.Is(err, ErrConflict) {
			t.Errorf("another's: %v", err)
		}
		if _, err := s.Decide(t.Context(), Signature{Actor: "bo"}, Judge{ids[0], ids[1], resolve.Same}); !errors.As(err, &e) {
			t.Errorf("decided against another's lease: %v", err)
		}
		decide(t, s, "ann", Judge{ids[0], ids[1], resolve.Same})
		if _, err := s.Lease(t.Context(), ids[0], ids[1], "bo", 10*time.Millisecond); err != nil {
			t.Errorf("once it is decided: %v", err)
		}
		time.Sleep(20 * time.Millisecond)
		if _, err := s.Lease(t.Context(), ids[0], ids[1], "cy", time.Minute); err != nil {
			t.Errorf("once it has ended: %v", err)
		}
		if err := s.Release(t.Context(), ids[0], ids[1], "bo"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Lease(t.Context(), ids[0], ids[1], "bo", time.Minute); !errors.As(err, &e) {
			t.Errorf("released by who has it not: %v", err)
		}
		if err := s.Release(t.Context(), ids[0], ids[1], "cy"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Lease(t.Context(), ids[0], ids[1], "bo", time.Minute); err != nil {
			t.Errorf("once released: %v", err)
		}
		for _, pair := range [][2]resolve.ID{{ids[0], ids[2]}, {ids[2], ids[1]}} {
			if _, err := s.Lease(t.Context(), pair[0], pair[1], "bo", time.Minute); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.ReleaseOthers(t.Context(), "bo", resolve.Pair{A: ids[2], B: ids[0]}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Lease(t.Context(), ids[0], ids[2], "cy", time.Minute); !errors.As(err, &e) {
			t.Errorf("kept while others are released: %v", err)
		}
		for _, pair := range [][2]resolve.ID{{ids[0], ids[1]}, {ids[1], ids[2]}} {
			if _, err := s.Lease(t.Context(), pair[0], pair[1], "cy", time.Minute); err != nil {
				t.Errorf("released with the others: %v", err)
			}
		}
		if err := s.ReleaseOthers(t.Context(), "bo"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Lease(t.Context(), ids[0], ids[1], "bo", time.Minute); !errors.As(err, &e) {
			t.Errorf("another's is released: %v", err)
		}
	})
}
