package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"umpire/ent/store"
	"umpire/resolve"
	"umpire/resolve/eval"
	"umpire/resolve/run"
)

// The oracle is a curator who knows the truth. It answers what the queue asks, in the queue's
// order and in random ones, through the very store, resolver and acts that people use: answers
// bind, and do not train.

// askOracle shows what a number of answers brings, by the order in which they are asked for.
func (c *evalCmd) askOracle(ctx context.Context, io streams, feeds []feed) error {
	ctx = zerolog.Ctx(ctx).Level(zerolog.WarnLevel).WithContext(ctx)
	for _, f := range feeds {
		o, err := newOracle(ctx, io, f, c.Oracle)
		if err != nil {
			return err
		}
		if c.Taught {
			err = o.showTaught(ctx, io.out)
		} else {
			err = o.show(ctx, io.out, c.Runs, c.Seed)
		}
		o.cleanup()
		if err != nil {
			return err
		}
	}
	return nil
}

// oracle is a feed that is taken in, learnt from and resolved in a database, of which each play
// gets a copy.
type oracle struct {
	feed    feed
	answers int
	dir     string
	told    []eval.Told
	truth   eval.Truth
	known   eval.Known
}

func newOracle(ctx context.Context, io streams, f feed, answers int) (*oracle, error) {
	records, err := readRecords(f.messages, io.in)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "umpire-oracle-")
	if err != nil {
		return nil, err
	}
	o := &oracle{feed: f, answers: answers, dir: dir, told: eval.Tell(records.spent())}
	err = errors.Join(withTruth(f.truth, o.read), database{"sqlite:" + o.path("begun")}.with(ctx, func(s *store.Store) error { return o.take(ctx, io, s) }))
	if err != nil {
		o.cleanup()
		return nil, err
	}
	return o, nil
}

func (o *oracle) path(name string) string { return filepath.Join(o.dir, name+".db") }

func (o *oracle) cleanup() { _ = os.RemoveAll(o.dir) }

func (o *oracle) read(r io.Reader) error {
	truth, err := eval.ReadTruth(r)
	o.truth, o.known = truth, truth.Of(o.told)
	return err
}

// take takes the feed in, learns from it and resolves it.
func (o *oracle) take(ctx context.Context, io streams, s *store.Store) error {
	intake := newLine(s).intake
	err := eachBatch(o.feed.messages, io, false, func(batch []store.Delivery) error {
		_, err := intake.Take(ctx, batch)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := run.Train(ctx, s, run.Options{}); err != nil {
		return err
	}
	_, err = run.Batch(ctx, s, run.Options{})
	return err
}

// course is the F1 of each kind after each answer, none at first; the last holds from then on.
type course []map[resolve.Kind]float64

func (c course) after(answers int, kind resolve.Kind) float64 { return c[min(answers, len(c)-1)][kind] }

// gain is the mean of what answers have gained, after each up to so many.
func (c course) gain(answers int, kind resolve.Kind) float64 {
	sum := 0.0
	for n := 1; n <= answers; n++ {
		sum += c.after(n, kind) - c.after(0, kind)
	}
	return sum / float64(answers)
}

// play answers questions until none is left that the truth can answer. chance picks the next one;
// nil: it is the queue's first.
func (o *oracle) play(ctx context.Context, chance *rand.Rand) (course, error) {
	var told course
	content, err := os.ReadFile(o.path("begun"))
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(o.path("play"), content, 0o600); err != nil {
		return nil, err
	}
	err = database{"sqlite:" + o.path("play")}.with(ctx, func(s *store.Store) error {
		l := newLine(s)
		ctx, stop := context.WithCancel(ctx)
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() error { return l.resolver.Run(ctx) })
		told, err = o.answer(ctx, l, chance)
		stop()
		return errors.Join(err, group.Wait())
	})
	return told, err
}

func (o *oracle) answer(ctx context.Context, l *line, chance *rand.Rand) (course, error) {
	var told course
	for {
		scores, err := o.score(ctx, l.store)
		if err != nil {
			return nil, err
		}
		told = append(told, scores)
		asked, err := o.answerable(ctx, l.store)
		if err != nil || len(asked) == 0 || len(told) > o.answers {
			return told, err
		}
		next := asked[0]
		if chance != nil {
			next = asked[chance.IntN(len(asked))]
		}
		if err := l.decideSettled(ctx, next); err != nil {
			return nil, err
		}
	}
}

// decideSettled makes a decision of the oracle's, and waits until what follows is there.
func (l *line) decideSettled(ctx context.Context, d store.Decision) error {
	made, err := l.store.Decide(ctx, store.Signature{Actor: "oracle"}, d)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	for settled := false; !settled && err == nil; err = errors.Join(err, ctx.Err()) {
		l.resolver.Nudge()
		settled, err = l.store.Settled(ctx, made.Act.ID)
	}
	return err
}

// answerable lists the answers to what the queue asks and the truth knows, in the queue's order.
func (o *oracle) answerable(ctx context.Context, s *store.Store) ([]store.Judge, error) {
	var all []store.Judge
	for filter := (store.QuestionFilter{Limit: 500}); ; {
		page, err := s.Questions(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, q := range page.Items {
			if one, known := o.known.Same(q.A, q.B); known {
				word := resolve.Different
				if one {
					word = resolve.Same
				}
				all = append(all, store.Judge{A: q.A, B: q.B, Word: word})
			}
		}
		if filter.Cursor = page.Next; filter.Cursor == "" {
			return all, nil
		}
	}
}

func (o *oracle) score(ctx context.Context, s *store.Store) (map[resolve.Kind]float64, error) {
	entities := map[resolve.ID]resolve.ID{}
	for r, err := range s.Export(ctx) {
		if err != nil {
			return nil, err
		}
		entities[r.ID] = r.Entity
	}
	of := func(id resolve.ID) (resolve.ID, bool) { entity, found := entities[id]; return entity, found }
	scores := map[resolve.Kind]float64{}
	for _, s := range o.truth.Score(eval.LinksOf(of, o.told)) {
		scores[s.Kind] = s.F1
	}
	return scores, nil
}

// show plays the queue's order and some random ones, and prints what each gains.
func (o *oracle) show(ctx context.Context, w io.Writer, runs int, seed uint64) error {
	queue, err := o.play(ctx, nil)
	if err != nil {
		return err
	}
	var random []course
	for n := range uint64(max(runs, 0)) {
		c, err := o.play(ctx, rand.New(rand.NewPCG(seed, n))) //nolint:gosec // chance, not secrets
		if err != nil {
			return err
		}
		random = append(random, c)
	}
	mean := func(of func(course) float64) float64 {
		sum := 0.0
		for _, c := range random {
			sum += of(c)
		}
		return sum / float64(runs)
	}
	kinds := []resolve.Kind{resolve.KindMatch, resolve.KindTeam}
	t := newTable(w)
	t.AppendHeader(table.Row{"answers", "match, queue", "match, random", "team, queue", "team, random"})
	for _, n := range milestones(o.answers, len(queue)-1) {
		row := table.Row{n}
		for _, kind := range kinds {
			row = append(row, four(queue.after(n, kind)), four(mean(func(c course) float64 { return c.after(n, kind) })))
		}
		t.AppendRow(row)
	}
	t.Render()
	for _, kind := range kinds {
		for _, n := range []int{o.answers, len(queue) - 1} {
			gained, by := queue.gain(n, kind), mean(func(c course) float64 { return c.gain(n, kind) })
			fmt.Fprintf(w, "%s: over %d answers the queue's order gains %.5f F1 on average, random orders %.5f: %.2f times as much\n", kind, n, gained, by, gained/by)
		}
	}
	return nil
}

// showTaught lets the queue's answers teach, and prints how the whole is scored with them binding and
// the model untaught, then taught: what they bind is right in both, so that what differs is the rest.
func (o *oracle) showTaught(ctx context.Context, w io.Writer) error {
	if _, err := o.play(ctx, nil); err != nil {
		return err
	}
	return database{"sqlite:" + o.path("play")}.with(ctx, func(s *store.Store) error {
		before, err := o.score(ctx, s)
		if err != nil {
			return err
		}
		learnt, err := run.Teach(ctx, s, run.Options{}, true)
		if err != nil {
			return err
		}
		printTaught(w, learnt)
		if _, err := run.Batch(ctx, s, run.Options{}); err != nil {
			return err
		}
		after, err := o.score(ctx, s)
		for _, kind := range resolve.Kinds {
			if f1, scored := before[kind]; scored {
				fmt.Fprintf(w, "%s: F1 %.5f with %d answers binding, %.5f once they have taught as well\n", kind, f1, learnt.Taught.Judgements, after[kind])
			}
		}
		return err
	})
}

// milestones are the numbers of answers to tell of: few at first, and where the queue runs dry.
func milestones(answers, dry int) []int {
	var told []int
	for _, n := range []int{0, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500} {
		if n <= min(answers, dry) {
			told = append(told, n)
		}
	}
	if last := min(answers, dry); told[len(told)-1] != last {
		told = append(told, last)
	}
	return told
}
