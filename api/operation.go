package api

// What those who run Umpire ask for: is it alive, can it work, what does it do.

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"

	"umpire/api/access"
)

// checkDeadline is how long a check, or a count, may take.
const checkDeadline = 3 * time.Second

func (a *API) routeOperation() {
	a.metrics.MustRegister(collectors.NewGoCollector(), newGauges(a.Store))
	a.serve(access.Anyone, "/healthz", http.HandlerFunc(healthz))
	a.serve(access.Anyone, "/readyz", http.HandlerFunc(a.readyz))
	a.serve(access.Measure, "/metrics", promhttp.HandlerFor(prometheus.Gatherers{a.metrics},
		promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, ErrorLog: complaint{a.Log}}))
}

// complaint logs what could not be measured; the rest is told all the same.
type complaint struct{ log zerolog.Logger }

// Println logs one.
func (c complaint) Println(v ...any) { c.log.Error().Str("said", fmt.Sprint(v...)).Msg("not measured") }

// healthz says that the process answers.
func healthz(w http.ResponseWriter, _ *http.Request) {
	writeHealth(w, http.StatusOK, Health{Status: "ok"})
}

// readyz says whether the process can do its work, check by check, the store's first. What is
// amiss with one, it says to those who may measure.
func (a *API) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), checkDeadline)
	defer cancel()
	mayAsk := access.Check(ctx, access.Measure) == nil
	status, told := http.StatusOK, Health{Status: "ok", Checks: map[string]string{}}
	for _, c := range append([]Check{{Name: "store", Ask: a.Store.Ready}}, a.Ready...) {
		told.Checks[c.Name] = "ok"
		err := c.Ask(ctx)
		if err == nil {
			continue
		}
		zerolog.Ctx(ctx).Warn().Err(err).Str("check", c.Name).Msg("not ready")
		if told.Checks[c.Name] = "fails"; mayAsk {
			told.Checks[c.Name] = err.Error()
		}
		if !c.Spare {
			status, told.Status = http.StatusServiceUnavailable, "unavailable"
		}
	}
	writeHealth(w, status, told)
}

func writeHealth(w http.ResponseWriter, status int, h Health) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(h) // a client that is gone is the only fault
}
