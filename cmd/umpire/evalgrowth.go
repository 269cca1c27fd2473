package main

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"slices"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"umpire/resolve"
	"umpire/resolve/eval"
)

// growTo is how many times the records are made.
const growTo = 4

// showGrowth measures the engine on each feed, as it is and grown, in turn.
func (c *evalCmd) showGrowth(ctx context.Context, io streams, feeds []feed) error {
	folder, err := os.MkdirTemp("", "umpire-growth-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a temporary folder
	for _, f := range feeds {
		small, large := filepath.Join(folder, "1.gz"), filepath.Join(folder, "4.gz")
		if err := grow(f, io, eval.Growth(c.Growth), small, large); err != nil {
			return err
		}
		if err := c.compareCosts(ctx, io, f.name, small, large); err != nil {
			return err
		}
	}
	return nil
}

// grow writes a feed's stream, as it is understood, once and grown.
func grow(f feed, io streams, where eval.Growth, small, large string) error {
	log, err := readLog(f.messages, io.in)
	if err != nil {
		return err
	}
	return errors.Join(writeMessages(small, log), writeMessages(large, eval.Grow(log, growTo, where)))
}

// compareCosts measures both in turn, so that what else the machine does is fair to both.
func (c *evalCmd) compareCosts(ctx context.Context, io streams, name, small, large string) error {
	var costs [2][]cost
	for range c.Runs {
		for i, path := range [...]string{small, large} {
			if err := ctx.Err(); err != nil {
				return err
			}
			spent, err := measure(path)
			if err != nil {
				return err
			}
			costs[i] = append(costs[i], spent)
		}
	}
	t := newTable(io.out)
	t.AppendHeader(table.Row{name + ", " + c.Growth, "1 ×", fmt.Sprint(growTo, " ×"), "ratio"})
	for _, m := range measures {
		one, four := median(costs[0], m.of), median(costs[1], m.of)
		t.AppendRow(table.Row{m.name, fmt.Sprintf("%.*f", m.digits, one), fmt.Sprintf("%.*f", m.digits, four), fmt.Sprintf("%.2f", four/one)})
	}
	t.Render()
	return nil
}

// cost is what a stream took to resolve.
type cost struct {
	records, entities     int // matches
	decode, train, engine time.Duration
	kept, all, peak       uint64 // bytes: the engine's alone, with the records, and at most with what was waste
}

// measures are the rows of the table: medians over all runs.
var measures = []struct {
	name   string
	digits int
	of     func(cost) float64
}{
	{"match records", 0, func(c cost) float64 { return float64(c.records) }},
	{"match entities", 0, func(c cost) float64 { return float64(c.entities) }},
	{"engine, s", 3, func(c cost) float64 { return c.engine.Seconds() }},
	{"training, s", 3, func(c cost) float64 { return c.train.Seconds() }},
	{"decoding, training and engine, s", 3, func(c cost) float64 { return (c.decode + c.train + c.engine).Seconds() }},
	{"engine, MiB kept", 1, func(c cost) float64 { return mebibytes(c.kept) }},
	{"records and engine, MiB kept", 1, func(c cost) float64 { return mebibytes(c.all) }},
	{"records and engine, MiB at most", 1, func(c cost) float64 { return mebibytes(c.peak) }},
}

func mebibytes(n uint64) float64 { return float64(n) / (1 << 20) }

// measure decodes a stream, learns from it and resolves it.
func measure(path string) (cost, error) {
	runtime.GC()
	base, peak := heap(), watch()
	start := time.Now()
	records, err := readRecords(path, nil)
	if err != nil {
		peak()
		return cost{}, err
	}
	c := cost{records: records.n, decode: time.Since(start)}
	start = time.Now()
	model := resolve.Train(records.all())
	c.train = time.Since(start)
	runtime.GC()
	before := heap()
	start = time.Now()
	engine := resolveBy(model, records.all())
	c.engine = time.Since(start)
	c.peak = peak() - base
	runtime.GC()
	c.all, c.kept = heap()-base, heap()-before
	runtime.KeepAlive(records)
	for e := range engine.Entities() {
		if e.Kind == resolve.KindMatch {
			c.entities++
		}
	}
	return c, nil
}

// heap is the bytes of objects on the heap, those that are waste already included.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// watch looks at the heap until it is asked for the most that there was.
func watch() func() uint64 {
	stop, most := make(chan struct{}), make(chan uint64)
	go func() {
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		peak := heap()
		for {
			select {
			case <-ticker.C:
				peak = max(peak, heap())
			case <-stop:
				most <- max(peak, heap())
				return
			}
		}
	}()
	return func() uint64 { close(stop); return <-most }
}

func median(costs []cost, of func(cost) float64) float64 {
	var all []float64
	for _, c := range costs {
		all = append(all, of(c))
	}
	slices.SortFunc(all, cmp.Compare[float64])
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

// writeMessages writes a log as a stream of messages, packed by gzip.
func writeMessages(path string, log []eval.Event) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	packed, _ := gzip.NewWriterLevel(f, gzip.BestSpeed) // which is a level
	lines := bufio.NewWriter(packed)
	encoder := json.NewEncoder(lines)
	for _, e := range log {
		if err = encoder.Encode(messageOf(e.Match)); err != nil {
			break
		}
	}
	return errors.Join(err, lines.Flush(), packed.Close(), f.Close())
}

// messageOf tells a match as its source would.
func messageOf(m *resolve.Match) map[string]any {
	teams, scores := [2]any{}, [2]any{}
	for i, s := range m.Sides {
		teams[i] = refOf(s.Team)
		scores[i] = map[string]any{"team": s.Team.Key.ID, "score": s.Points, "winner": s.Winner}
	}
	data := map[string]any{
		"id": m.Key.ID, "url": m.URL, "state": m.State, "bestof": m.BestOf, "teams": teams, "scores": scores,
		"date_start_text": m.Start.Raw,
	}
	if m.Tournament != nil {
		data["tournament"] = refOf(*m.Tournament)
	}
	if m.Title != nil {
		data["title"] = m.Title.Name
	}
	return map[string]any{"source": m.Key.Source, "data": data}
}

func refOf(n resolve.Named) map[string]any {
	if n.Key.Named {
		return map[string]any{"name": n.Name}
	}
	return map[string]any{"id": n.Key.ID, "name": n.Name}
}
