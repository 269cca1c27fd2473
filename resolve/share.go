package resolve

import (
	"iter"
	"maps"
	"runtime"
	"sync"
	"sync/atomic"
)

// What only reads the engine, or writes what no other part of it reads, is shared out among the
// processors where there is much of it. It is put together again in the order in which one processor
// would have done it, so that nobody can tell.

// portion is how many things are shared out in one go.
const portion = 256

// share calls do with portions of n things, and with the place of each, until all are done, each on an engine that is its
// caller's alone to read by: what it remembers on the way is forgotten.
func (e *Engine) share(n int, do func(e *Engine, at, from, to int)) {
	portions := (n + portion - 1) / portion
	workers := min(runtime.GOMAXPROCS(0), portions)
	if workers < 2 {
		for i := range portions {
			do(e, i, i*portion, min(n, (i+1)*portion))
		}
		return
	}
	var next atomic.Int64
	var failed atomic.Value
	var all sync.WaitGroup
	for range workers {
		reader := e.reader()
		all.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					failed.CompareAndSwap(nil, failure{p})
				}
			}()
			for i := int(next.Add(1)) - 1; i < portions; i = int(next.Add(1)) - 1 {
				do(reader, i, i*portion, min(n, (i+1)*portion))
			}
		})
	}
	all.Wait()
	if f, has := failed.Load().(failure); has {
		panic(f.of) // where the caller can recover it
	}
}

// failure is what a worker panicked with.
type failure struct{ of any }

// reader is the engine for one who reads it beside others, with room of his own.
func (e *Engine) reader() *Engine {
	reader := *e
	reader.feeds = maps.Clone(e.feeds)
	reader.gathering, reader.readings, reader.places = gathering{}, readings{}, nil
	return &reader
}

// shared yields what find tells of each of n things, in their order. Where there is much of it,
// it is found some portions ahead.
func shared[T any](e *Engine, n int, find func(e *Engine, i int, tell func(T))) iter.Seq[T] {
	return func(yield func(T) bool) {
		going := true
		tell := func(t T) { going = going && yield(t) }
		if n <= portion {
			for i := 0; going && i < n; i++ {
				find(e, i, tell)
			}
			return
		}
		const ahead = 64
		found := make([][]T, ahead)
		for first := 0; going && first < n; first += ahead * portion {
			e.share(min(n-first, ahead*portion), func(e *Engine, at, from, to int) {
				found[at] = found[at][:0]
				for i := first + from; i < first+to; i++ {
					find(e, i, func(t T) { found[at] = append(found[at], t) })
				}
			})
			for _, some := range found[:min(ahead, (n-first+portion-1)/portion)] {
				for i := range some {
					tell(some[i])
				}
			}
		}
	}
}
