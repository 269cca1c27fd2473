package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"umpire/api"
	"umpire/api/search"
	"umpire/api/search/index"
	"umpire/api/web"
	"umpire/ent/store"
	"umpire/ingest"
	"umpire/ingest/rabbit"
	"umpire/resolve/run"
)

type serveCmd struct {
	database
	broker
	searcher
	listener
	Only    string `help:"Do one part, beside other processes on the same database: ${enum}." enum:"all,ingest,resolve,api" default:"all" env:"UMPIRE_ONLY"`
	Sources string `help:"Seed source profiles from this YAML or JSON file." placeholder:"FILE" env:"UMPIRE_SOURCES"`
}

// listener is the flag of what serves or asks over HTTP.
type listener struct {
	Listen string `help:"Address of the API and the pages; by default ${default}." default:"127.0.0.1:8080" env:"UMPIRE_LISTEN" placeholder:"HOST:PORT"`
}

// broker are the flags of what speaks with RabbitMQ.
type broker struct {
	RabbitMQ string `name:"rabbitmq" help:"The broker, such as amqp://USER:PASSWORD@HOST/. serve does without if there is none." env:"UMPIRE_RABBITMQ" placeholder:"URL"`
	Queue    string `help:"The queue of messages." default:"umpire.messages" env:"UMPIRE_QUEUE"`
}

func (b broker) open() (*rabbit.Broker, error) {
	opened, err := rabbit.NewBroker(b.RabbitMQ, b.Queue)
	if err != nil {
		return nil, fmt.Errorf("--rabbitmq: %w", err)
	}
	return opened, nil
}

// Help is what umpire serve --help adds.
func (serveCmd) Help() string {
	return "Messages come from RabbitMQ and by POST /v1/messages. One process at a time resolves a database; others stand by. SIGINT and SIGTERM finish what is in hand."
}

// Validate is asked before Run.
func (c *serveCmd) Validate() error {
	if c.Only == "ingest" && c.RabbitMQ == "" {
		return errors.New("--only=ingest needs --rabbitmq")
	}
	return nil
}

func (c *serveCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(s *store.Store) error {
		if err := seed(ctx, s, c.Sources); err != nil {
			return err
		}
		l := newLine(s)
		group, ctx := errgroup.WithContext(ctx)
		if c.does("resolve") {
			group.Go(func() error { return l.resolver.Run(ctx) })
			group.Go(func() error { return run.PlanAll(ctx, s) })
		} else {
			l.explains = nil
		}
		var ready []api.Check
		if c.Search != "" {
			index, err := c.searcher.open()
			if err != nil {
				return err
			}
			defer index.Close()
			l.searches(ctx, group, index, c.does, &ready)
		}
		if c.does("ingest") && c.RabbitMQ != "" {
			b, err := c.broker.open()
			if err != nil {
				return err
			}
			ready = append(ready, api.Check{Name: "broker", Ask: b.Ready})
			group.Go(func() error { return rabbit.NewConsumer(b, l.intake).Run(ctx) })
		}
		if c.does("api") {
			group.Go(func() error { return l.serve(ctx, c.Listen, ready) })
		}
		return group.Wait()
	})
}

func (c *serveCmd) does(part string) bool { return c.Only == "all" || c.Only == part }

// searches has the index follow the database where entities are resolved, and looks after it
// where it is searched.
func (l *line) searches(ctx context.Context, group *errgroup.Group, server *index.Server, does func(part string) bool, ready *[]api.Check) {
	if does("resolve") {
		group.Go(func() error { return index.NewIndexer(server, l.store).Run(ctx) })
	}
	if does("api") {
		backend := index.NewBackend(server, l.store, index.Limits{})
		l.metrics.MustRegister(backend)
		group.Go(func() error { return backend.Watch(ctx) })
		*ready = append(*ready, api.Check{Name: "search", Ask: backend.Ready, Spare: true})
		l.index = backend
	}
}

// line is the way of a message through this process: in, resolved, and read.
type line struct {
	store    *store.Store
	intake   *ingest.Intake
	resolver *run.Resolver
	explains api.Explainer  // nil: the resolver does not run
	index    search.Backend // nil: there is no search server
	metrics  *prometheus.Registry
}

func newLine(s *store.Store) *line {
	intake := ingest.NewIntake(s)
	resolver := run.New(s, intake.Quarantine)
	intake.Committed = resolver.Nudge
	return &line{store: s, intake: intake, resolver: resolver, explains: resolver, metrics: prometheus.NewRegistry()}
}

// serve answers HTTP requests until ctx ends, and then those in hand.
func (l *line) serve(ctx context.Context, address string, ready []api.Check) error {
	bound, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	return l.serveOn(ctx, bound, ready)
}

func (l *line) serveOn(ctx context.Context, bound net.Listener, ready []api.Check) error {
	log := zerolog.Ctx(ctx)
	server := &http.Server{
		Handler: api.New(api.Config{
			Store: l.store, Intake: l.intake, Search: l.index, Explainer: l.explains, Ready: ready, Closing: ctx.Done(), Metrics: l.metrics, Log: *log, Version: programVersion(),
			Pages: l.pages(*log),
		}),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       2 * time.Minute,
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		stopped <- server.Shutdown(patience)
	}()
	log.Info().Str("address", bound.Addr().String()).Msg("serving")
	if err := server.Serve(bound); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return <-stopped
}

// pages are for people, who may decide where nobody resolves, too.
func (l *line) pages(log zerolog.Logger) http.Handler {
	c := web.Config{
		Store: l.store, Search: l.index, Explainer: l.explains, Decided: l.resolver.Nudge, Replay: l.intake.Replay, Version: programVersion(), Log: log,
	}
	if l.explains != nil {
		c.Previewer = l.resolver
	}
	return web.New(c)
}

// seed writes the profiles of a file into the store; no path, no profiles.
func seed(ctx context.Context, s *store.Store, path string) error {
	if path == "" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	profiles, err := ingest.ReadProfiles(f)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	for _, p := range profiles {
		if err := s.PutSource(ctx, p); err != nil {
			return fmt.Errorf("seed source %q: %w", p.Name, err)
		}
	}
	return nil
}
