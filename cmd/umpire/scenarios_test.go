package main

import (
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"umpire/fixtures"
	"umpire/resolve"
)

var (
	firstSeed = flag.Uint64("seed", uint64(time.Now().UnixNano()), "the first seed of the scenarios' shuffles")
	shuffles  = flag.Int("shuffles", 4, "how often an act of a scenario is shuffled")
)

// The scenarios that a curator could read (fixtures/scenarios; their form is in scenario_test.go).
// What is expected holds after one batch, and however else the messages come they end there.
func TestScenarios(t *testing.T) {
	names, err := fs.Glob(fixtures.FS, "scenarios/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no scenarios", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(path.Base(name), ".txtar"), func(t *testing.T) {
			for i, a := range readScenario(t, name) {
				t.Run(fmt.Sprint("act ", i+1), a.play)
			}
		})
	}
}

// play tells all up to the end of an act in one batch, in the order given and in shuffles, and
// then to an engine that was trained on it.
func (a *act) play(t *testing.T) {
	batch := newWorld(resolve.Shipped())
	batch.tell(a.steps, never)
	if !a.learnt {
		a.check(t, batch)
	}

	live := newWorld(resolve.Shipped())
	live.tell(a.steps, always)
	live.compare(t, "in the order given", batch)

	for i := range *shuffles {
		seed := *firstSeed + uint64(i)
		r := rand.New(rand.NewPCG(seed, 0))
		w := newWorld(resolve.Shipped())
		w.tell(shuffled(a.steps, r), sometimes(r))
		w.compare(t, fmt.Sprintf("shuffled (-seed=%d -shuffles=1)", seed), batch)
	}

	t.Run("trained", func(t *testing.T) {
		w := newWorld(resolve.Train(maps.Values(batch.records)))
		w.tell(a.steps, never)
		a.check(t, w)
	})
}

// shuffled mixes the steps of several sources; those of one stay in their order.
func shuffled(steps []step, r *rand.Rand) []step {
	turns, queues := make([]string, len(steps)), map[string][]step{}
	for i, s := range steps {
		turns[i], queues[s.source] = s.source, append(queues[s.source], s)
	}
	r.Shuffle(len(turns), func(i, j int) { turns[i], turns[j] = turns[j], turns[i] })
	mixed := make([]step, len(steps))
	for i, source := range turns {
		mixed[i], queues[source] = queues[source][0], queues[source][1:]
	}
	return mixed
}

// A pause is what an engine does after a step.
type pause int

const (
	goOn pause = iota
	settle
	restart
)

func never() pause  { return goOn }
func always() pause { return settle }

func sometimes(r *rand.Rand) func() pause {
	return func() pause {
		switch r.IntN(20) {
		case 0:
			return restart
		case 1, 2, 3, 4:
			return settle
		}
		return goOn
	}
}

// world is an engine, and what a store would hold that applied its plans.
type world struct {
	model    *resolve.Model
	engine   *resolve.Engine
	records  map[resolve.ID]resolve.Match
	arrivals map[resolve.ID]int64
	judged   []resolve.Judgement
	links    map[resolve.Pair]resolve.Link
	places   map[resolve.ID]place
}

// place is where a record ended, in words that do not depend on the order of arrival.
type place struct {
	With    resolve.ID // the least record of its entity
	Flipped bool       // of a match record: its sides are not in the order of that one's
}

func newWorld(model *resolve.Model) *world {
	w := &world{model: model, records: map[resolve.ID]resolve.Match{}, arrivals: map[resolve.ID]int64{}}
	w.begin()
	return w
}

// begin makes an engine anew of what the world holds.
func (w *world) begin() {
	w.engine, w.links = resolve.New(w.model), map[resolve.Pair]resolve.Link{}
	for _, m := range w.records {
		w.engine.Put(m)
	}
	for _, j := range w.judged {
		w.engine.Judge(j)
	}
}

// tell takes the steps, with pauses, and settles.
func (w *world) tell(steps []step, next func() pause) {
	for _, s := range steps {
		w.take(s)
		switch next() {
		case settle:
			w.settle()
		case restart:
			w.begin()
		}
	}
	w.settle()
	w.places = placesOf(w.engine)
}

func (w *world) take(s step) {
	if s.judged != nil {
		w.judged = append(w.judged, *s.judged)
		w.engine.Judge(*s.judged)
		return
	}
	if s.match == nil {
		delete(w.records, s.withdrawn)
		w.engine.Remove(s.withdrawn)
		return
	}
	m := *s.match
	if _, known := w.arrivals[m.ID]; !known {
		w.arrivals[m.ID] = int64(len(w.arrivals) + 1)
	}
	m.Arrival = w.arrivals[m.ID]
	w.records[m.ID] = m
	w.engine.Put(m)
}

func (w *world) settle() {
	plan := w.engine.Settle()
	for _, pair := range plan.Unlink {
		delete(w.links, pair)
	}
	for _, l := range plan.Link {
		w.links[resolve.Pair{A: l.A, B: l.B}] = l
	}
}

func placesOf(e *resolve.Engine) map[resolve.ID]place {
	places := map[resolve.ID]place{}
	for entity := range e.Entities() {
		least := slices.MinFunc(entity.Members, func(a, b resolve.Member) int { return strings.Compare(string(a.Record), string(b.Record)) })
		for _, m := range entity.Members {
			places[m.Record] = place{least.Record, m.Flipped != least.Flipped}
		}
	}
	return places
}

// compare holds a world against the one that one batch makes of the same records.
func (w *world) compare(t *testing.T, told string, batch *world) {
	t.Helper()
	if diff := cmp.Diff(batch.places, w.places); diff != "" {
		t.Errorf("told %s, it ends in another partition (-batch +now):\n%s", told, diff)
	}
	if diff := cmp.Diff(batch.links, w.links, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("told %s, it ends in other links (-batch +now):\n%s", told, diff)
	}
}
