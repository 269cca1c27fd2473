package eval_test

import (
	"context"
	"errors"
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"

	"umpire/resolve"
	"umpire/resolve/eval"
)

func TestOrders(t *testing.T) {
	log, played := season(t), make(chan int, 1<<20)
	orders := eval.Orders{
		New: func() eval.Engine { return resolve.New(nil) }, Log: log, Number: 3, Seed: 1, Withdrawn: .3,
		Played: func(events int) { played <- events },
	}
	got, err := orders.Play(t.Context())
	if err != nil {
		tell(t, err)
	}
	if got.Orders != 4 || got.Compared != 4*11 || got.Restarts != 4*3 || got.Withdrawn == 0 || got.Events != 4*len(log)+got.Withdrawn {
		t.Errorf("%+v of %d messages, want 4 orders, each compared 11 times and restarted 3 times", got, len(log))
	}
	close(played)
	for n := range played {
		got.Events -= n
	}
	if got.Events != 0 {
		t.Errorf("of %d events it was not told that they are played", got.Events)
	}
}

func tell(t *testing.T, err error) {
	t.Helper()
	t.Error(err)
	if d, ok := errors.AsType[*eval.DifferenceError](err); ok {
		for _, f := range d.Findings {
			t.Errorf("%s: %d\n%s", f.What, f.Count, f.First)
		}
	}
}

// faulty is an engine with a fault that a test plants.
type faulty struct {
	*resolve.Engine
	settled int
	fault   string
	oldest  resolve.Match
}

func (f *faulty) Put(m resolve.Match) {
	if f.oldest.ID == "" || m.Arrival < f.oldest.Arrival {
		f.oldest = m
	}
	if f.fault == "updates are not heeded" && f.oldest.ID != "" && f.settled > 0 {
		if _, known := f.EntityOf(m.ID); known {
			return
		}
	}
	f.Engine.Put(m)
}

func (f *faulty) Remove(id resolve.ID) {
	if f.fault != "withdrawals are not heeded" {
		f.Engine.Remove(id)
	}
}

func (f *faulty) Restore(entities iter.Seq[resolve.Entity], links iter.Seq[resolve.Link]) {
	if f.fault != "restarts forget the store" {
		f.Engine.Restore(entities, links)
	}
}

func (f *faulty) Settle() resolve.Plan {
	p := f.Engine.Settle()
	f.settled++
	if len(p.Put) > 0 && f.fault == "a plan is not whole" {
		p.Put = p.Put[1:]
	}
	if len(p.Link) > 0 && f.settled > 1 && f.fault == "links drift" {
		p.Link[0].Lines = append(slices.Clone(p.Link[0].Lines), resolve.Line{Comparison: "drift"})
	}
	return p
}

func (f *faulty) Weighed() iter.Seq[resolve.Weighing] {
	return func(yield func(resolve.Weighing) bool) {
		n := 0
		for w := range f.Engine.Weighed() {
			n++
			switch {
			case f.fault == "weights drift" && f.settled > 1 && n == 7:
				w.Weights[1]++
			case f.fault == "a probability drifts" && f.settled > 1:
				w.Probability += 1e-15
			case f.fault == "a pair is lost" && f.settled > 1 && n == 7:
				continue
			case f.fault == "weights depend on who was first" && f.oldest.Key.Source == "alpha":
				w.Weights[2]++
			}
			if !yield(w) {
				return
			}
		}
	}
}

// Whatever makes the outcome depend on its history is caught, and told as what it is. Where a
// restart may be the first to show it, that is told.
func TestOrdersCatch(t *testing.T) {
	tests := []struct {
		fault string
		what  string // one of these is found
		other string // and told of the difference to one of these
	}{
		{"weights drift", "weights", "in one batch"},
		{"a probability drifts", "weights", "in one batch"},
		{"a pair is lost", "weights", "in one batch"},
		{"links drift", "links, restart", "in one batch, the engine restarted from it"},
		{"updates are not heeded", "weights, entities, restart", "in one batch, the engine restarted from it"},
		{"withdrawals are not heeded", "partition, restart", "in one batch, the engine restarted from it"},
		{"restarts forget the store", "restart", "the engine restarted from it"},
		{"a plan is not whole", "entities, mirror, restart", "in one batch, the engine itself, the engine restarted from it"},
		{"weights depend on who was first", "weights", "the first order"},
	}
	for _, test := range tests {
		t.Run(test.fault, func(t *testing.T) {
			_, err := eval.Orders{
				New: func() eval.Engine { return &faulty{Engine: resolve.New(nil), fault: test.fault} },
				Log: season(t), Number: 6, Seed: 1, Withdrawn: .3,
			}.Play(t.Context())
			d, ok := errors.AsType[*eval.DifferenceError](err)
			if !ok {
				t.Fatalf("not caught: %v", err)
			}
			i := slices.IndexFunc(d.Findings, func(f eval.Finding) bool { return strings.Contains(test.what, f.What) })
			if i < 0 || d.Findings[i].Count == 0 || d.Findings[i].First == "" || !strings.Contains(test.other, d.Other) {
				t.Errorf("%v: %+v", err, d.Findings)
			}
		})
	}
}

// A pair that weighs otherwise is told with both records and both weights, the stratum that
// went wrong first before others.
func TestOrdersTellThePair(t *testing.T) {
	_, err := eval.Orders{
		New: func() eval.Engine { return &faulty{Engine: resolve.New(nil), fault: "weights drift"} }, Log: season(t), Number: 1, Seed: 1,
	}.Play(t.Context())
	d, ok := errors.AsType[*eval.DifferenceError](err)
	if !ok || len(d.Findings) != 1 || d.Findings[0].Count == 0 {
		t.Fatalf("not caught, or not alone: %v", err)
	}
	told := regexp.MustCompile(`^\w+ (?:match|team) \d+, .* \((?:mch|tem)_\w+\)\n\w+ (?:match|team) .*\n- (\S+) (\S+) (\S+) bits, .*\n\+ (\S+) (\S+) (\S+) bits, .*$`).FindStringSubmatch(d.Findings[0].First)
	if told == nil || told[1] != told[4] || told[2] == told[5] || told[3] != told[6] {
		t.Errorf("told as\n%s", d.Findings[0].First)
	}
}

// The plans and the engine are held against each other as well.
func TestOrdersCatchEngineUnlikeItsPlans(t *testing.T) {
	_, err := eval.Orders{New: func() eval.Engine { return silent{resolve.New(nil)} }, Log: season(t), Number: 1}.Play(t.Context())
	if d, ok := errors.AsType[*eval.DifferenceError](err); !ok || d.Findings[0].What != "mirror" {
		t.Errorf("not caught: %v", err)
	}
}

// silent is an engine that tells no entity, though its plans do.
type silent struct{ *resolve.Engine }

func (silent) Entities() iter.Seq[resolve.Entity] { return func(func(resolve.Entity) bool) {} }

func TestOrdersEnd(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	orders := eval.Orders{New: func() eval.Engine { return resolve.New(nil) }, Log: season(t), Number: 2}
	if _, err := orders.Play(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	for _, nothing := range []eval.Orders{{New: orders.New}, {New: orders.New, Number: 3}, {New: orders.New, Log: orders.Log}} {
		if got, err := nothing.Play(t.Context()); got != (eval.Tally{}) || err != nil {
			t.Errorf("nothing to play: %+v, %v", got, err)
		}
	}
}
