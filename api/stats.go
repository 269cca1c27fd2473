package api

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"umpire/api/access"
	"umpire/ent/store"
)

func (a *API) routeStats() {
	handle(a, access.Read, get("/v1/stats", "Stats", "getStats", "Count what there is",
		"Messages, records, entities, what waits, and the model in use."), a.getStats)
}

func (a *API) getStats(ctx context.Context, _ *struct{}) (*body[Stats], error) {
	s, err := a.Store.Stats(ctx)
	return &body[Stats]{Stats{
		Messages: s.Messages, Records: s.Records, Entities: s.Entities, Merged: s.Merged,
		Suggestions: s.Suggestions, Dirty: s.Dirty, LastChange: s.LastChange, LastMessage: utc(s.LastMessage), Model: s.Model,
	}}, err
}

// gauges tells the store's counts to Prometheus, read when it asks.
type gauges struct {
	stats                                                               func(context.Context) (store.Stats, error)
	messages, records, entities, merged, suggestions, dirty, lastChange *prometheus.Desc
}

func newGauges(s *store.Store) gauges {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("umpire_"+name, help, labels, nil)
	}
	return gauges{
		stats:       s.Stats,
		messages:    desc("messages", "Messages, by fate.", "fate"),
		records:     desc("records", "Records, by kind.", "kind"),
		entities:    desc("entities", "Entities, by kind.", "kind"),
		merged:      desc("merged_matches", "Match entities that two sources or more tell."),
		suggestions: desc("suggestions", "Pairs that the evidence neither joins nor parts."),
		dirty:       desc("dirty_records", "Match records that are not resolved yet."),
		lastChange:  desc("last_change", "The number of the last change."),
	}
}

// Describe tells the metrics that there are.
func (g gauges) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{g.messages, g.records, g.entities, g.merged, g.suggestions, g.dirty, g.lastChange} {
		to <- d
	}
}

// Collect reads the counts.
func (g gauges) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), checkDeadline)
	defer cancel()
	s, err := g.stats(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(g.lastChange, err)
		return
	}
	gauge := func(d *prometheus.Desc, v int64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), labels...)
	}
	for fate, n := range s.Messages {
		gauge(g.messages, n, string(fate))
	}
	for kind, n := range s.Records {
		gauge(g.records, n, string(kind))
	}
	for kind, n := range s.Entities {
		gauge(g.entities, n, string(kind))
	}
	gauge(g.merged, s.Merged)
	gauge(g.suggestions, s.Suggestions)
	gauge(g.dirty, s.Dirty)
	gauge(g.lastChange, s.LastChange)
}
