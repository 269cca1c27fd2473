package index

import "github.com/prometheus/client_golang/prometheus"

// counts are what the metrics tell of a backend.
type counts struct {
	up       *prometheus.Desc
	searches *prometheus.CounterVec
}

func newCounts() counts {
	return counts{
		up: prometheus.NewDesc("umpire_search_index_up", "Whether searches are answered by the index; 0: by the database.", nil, nil),
		searches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "umpire_search_index_total", Help: "How often the index was asked, and whether it answered or was away.",
		}, []string{"outcome"}),
	}
}

// Describe implements prometheus.Collector.
func (b *Backend) Describe(to chan<- *prometheus.Desc) {
	to <- b.counts.up
	b.counts.searches.Describe(to)
}

// Collect implements prometheus.Collector.
func (b *Backend) Collect(to chan<- prometheus.Metric) {
	up := 1.0
	if b.fault.Load() != nil || b.resting() {
		up = 0
	}
	to <- prometheus.MustNewConstMetric(b.counts.up, prometheus.GaugeValue, up)
	b.counts.searches.Collect(to)
}
