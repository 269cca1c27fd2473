package eval

import (
	"cmp"
	"context"
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"umpire/resolve"
)

// Engine is what Orders plays a log through: *resolve.Engine or, in a test, one with a fault.
type Engine interface {
	Put(resolve.Match)
	Remove(resolve.ID)
	Restore(iter.Seq[resolve.Entity], iter.Seq[resolve.Link])
	Settle() resolve.Plan
	Entities() iter.Seq[resolve.Entity]
	Weighed() iter.Seq[resolve.Weighing]
}

// Orders plays random interleavings of the sources' own streams, each through one live engine:
// in batches of random size, with restarts in between, and with records withdrawn and told
// again. At random prefixes, and at the end, the live engine and the store that is built from
// its plans are to be what one batch makes of the records as they stand then, to the last bit;
// and all orders are to end alike.
type Orders struct {
	New       func() Engine // the same model each time; called by several goroutines
	Log       []Event
	Number    int     // of orders; the first is played twice, for the same ids
	Seed      uint64  // equal seeds play equal orders
	Withdrawn float64 // the share of what is told again that is withdrawn in between
	Played    func(events int)
}

const (
	prefixes = 10 // at which an order is compared with a batch, besides its end
	restarts = 3  // within an order
	largest  = 1 << 12
)

// Tally counts what was played.
type Tally struct{ Orders, Events, Withdrawn, Settled, Restarts, Compared int }

func (t *Tally) add(other Tally) {
	t.Orders += other.Orders
	t.Events += other.Events
	t.Withdrawn += other.Withdrawn
	t.Settled += other.Settled
	t.Restarts += other.Restarts
	t.Compared += other.Compared
}

// Play plays all orders, as many at once as there are processors. *DifferenceError is the first
// difference that one of them met.
func (o Orders) Play(ctx context.Context) (Tally, error) {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	first := &finish{reached: make(chan struct{})}
	var mu sync.Mutex
	var total Tally
	if o.Number < 1 || len(o.Log) == 0 {
		return total, nil
	}
	for n := range o.Number + 1 {
		group.Go(func() error {
			p := o.begin(n)
			err := p.run(ctx, first)
			mu.Lock()
			defer mu.Unlock()
			total.add(p.tally)
			return err
		})
	}
	err := group.Wait()
	return total, err
}

// begin prepares an order. The one after the last is the first again, in other batches.
func (o Orders) begin(n int) *play {
	order := n % o.Number
	chance := rand.New(rand.NewPCG(o.Seed, uint64(order)))
	log := withdraw(interleave(o.Log, chance), o.Withdrawn, chance)
	return &play{
		Orders: o, order: order + 1, again: n != order, log: log, chance: rand.New(rand.NewPCG(o.Seed, uint64(n)+1<<32)),
		live: o.New(), shelf: newShelf(), store: newMirror(), tally: Tally{Orders: 1},
	}
}

// finish is where the first order ended, once it has.
type finish struct {
	reached chan struct{} // closed when it has
	weights []resolve.Weighing
	store   mirror
}

// play is one order on its way.
type play struct {
	Orders
	order  int // from 1
	again  bool
	log    []Event
	chance *rand.Rand
	live   Engine
	shelf  shelf
	store  mirror
	tally  Tally
}

// stop is where an order is interrupted: for a comparison, or else for a restart.
type stop struct {
	at      int
	compare bool
}

// stops draws where to stop, in order; the end is compared in any case.
func (p *play) stops() []stop {
	stops := []stop{{len(p.log), true}}
	for i := range prefixes + restarts {
		stops = append(stops, stop{1 + p.chance.IntN(len(p.log)), i < prefixes})
	}
	slices.SortFunc(stops, func(a, b stop) int { return cmp.Compare(a.at, b.at) })
	return stops
}

func (p *play) run(ctx context.Context, first *finish) error {
	at := 0
	for _, s := range p.stops() {
		for at < s.at {
			if err := ctx.Err(); err != nil {
				return err
			}
			size := min(1+p.chance.IntN(1+p.chance.IntN(largest)), s.at-at)
			p.take(at, size)
			if at += size; at < s.at {
				p.settle()
			}
		}
		if err := p.halt(s); err != nil {
			return err
		}
	}
	return p.end(ctx, first)
}

// take gives the live engine the next events.
func (p *play) take(at, size int) {
	for i, e := range p.log[at : at+size] {
		if e.Withdrawn {
			delete(p.shelf.records, e.Match.ID)
			p.live.Remove(e.Match.ID)
			p.tally.Withdrawn++
			continue
		}
		p.live.Put(*p.shelf.put(*e.Match, int64(at+i+1)))
	}
	p.tally.Events += size
	if p.Played != nil {
		p.Played(size)
	}
}

func (p *play) settle() resolve.Plan {
	plan := p.live.Settle()
	p.store.apply(plan)
	p.tally.Settled++
	return plan
}

// halt compares or restarts.
func (p *play) halt(s stop) error {
	if s.compare {
		p.settle()
		return p.compare(s.at)
	}
	settled := p.chance.IntN(2) == 0 // else the restarted engine finds work left
	if settled {
		p.settle()
	}
	p.restart()
	if plan := p.settle(); settled {
		return p.differs(s.at, "the store before", "the engine restarted from it", planned(plan))
	}
	return nil
}

// restart makes the live engine anew from the records, in any order, and what the store holds.
func (p *play) restart() {
	p.live = p.New()
	records := p.shelf.all()
	p.chance.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	for _, m := range records {
		p.live.Put(*m)
	}
	p.live.Restore(ordered(p.store.entities, compareIDs), ordered(p.store.links, comparePairs))
	p.tally.Restarts++
}

// compare compares the live engine and its store with one batch, and with each other.
func (p *play) compare(at int) error {
	p.tally.Compared++
	batch, store := p.New(), newMirror()
	for _, m := range p.shelf.all() {
		batch.Put(*m)
	}
	store.apply(batch.Settle())
	found := append(outcomes(p.live.Weighed(), batch.Weighed(), p.store, store, p.describe), entities(p.store.entities, store.entities))
	if err := p.differs(at, "live", "in one batch", found...); err != nil {
		return err
	}
	return p.differs(at, "the store that the plans built", "the engine itself", mirrored(p.store.entities, p.live.Entities()))
}

// end compares with the end of the first order: its partition, weights and links; the same
// order has the same ids as well.
func (p *play) end(ctx context.Context, first *finish) error {
	if p.order == 1 && !p.again {
		first.weights, first.store = slices.Collect(p.live.Weighed()), p.store
		close(first.reached)
		return nil
	}
	select {
	case <-first.reached:
	case <-ctx.Done():
		return ctx.Err()
	}
	found := outcomes(p.live.Weighed(), slices.Values(first.weights), p.store, first.store, p.describe)
	if p.again {
		found = append(found, entities(p.store.entities, first.store.entities))
	}
	return p.differs(len(p.log), "this order", "the first order", found...)
}
