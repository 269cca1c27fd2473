package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	stdlog "log" //nolint:depguard // http.Server takes no other
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"umpire/api"
	"umpire/api/access"
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
	entrance
	certificate
	Rate    int    `help:"The most requests a second of one client, over ten seconds; 0: no bound. By default ${default}." default:"100" env:"UMPIRE_RATE" placeholder:"N"`
	Only    string `help:"Do one part, beside other processes on the same database: ${enum}." enum:"all,ingest,resolve,api" default:"all" env:"UMPIRE_ONLY"`
	Sources string `help:"Seed source profiles from this YAML or JSON file." placeholder:"FILE" env:"UMPIRE_SOURCES"`
}

// listener is the flag of what serves or asks over HTTP.
type listener struct {
	Listen string `help:"Address of the API and the pages; by default ${default}." default:"127.0.0.1:8080" env:"UMPIRE_LISTEN" placeholder:"HOST:PORT"`
}

// broker are the flags of what speaks with RabbitMQ.
type broker struct {
	RabbitMQ string `name:"rabbitmq" help:"The broker, such as amqp://USER:PASSWORD@HOST/. serve does without if there is none." env:"UMPIRE_RABBITMQ" secret:"" placeholder:"URL"`
	Queue    string `help:"The queue of messages." default:"umpire.messages" env:"UMPIRE_QUEUE"`
}

func (b broker) open() (*rabbit.Broker, error) {
	if err := unambiguous(b.RabbitMQ); err != nil {
		return nil, fmt.Errorf("--rabbitmq: %w", err)
	}
	opened, err := rabbit.NewBroker(b.RabbitMQ, b.Queue)
	if err != nil {
		return nil, fmt.Errorf("--rabbitmq: %w", err)
	}
	return opened, nil
}

// Help is what umpire serve --help adds.
func (serveCmd) Help() string {
	return "Messages come from RabbitMQ and by POST /v1/messages. Who comes needs a token (umpire token create), but for who is on this machine as long as none was ever made. One process at a time resolves a database; others stand by. SIGINT and SIGTERM finish what is in hand."
}

// Validate is asked before Run.
func (c *serveCmd) Validate() error {
	if c.Only == "ingest" && c.RabbitMQ == "" {
		return errors.New("--only=ingest needs --rabbitmq")
	}
	if c.Rate < 0 {
		return errors.New("--rate: a rate is not negative")
	}
	return c.certificate.check()
}

func (c *serveCmd) Run(ctx context.Context) error {
	secured, err := c.certificate.config(*zerolog.Ctx(ctx))
	if err != nil {
		return err
	}
	return c.with(ctx, func(s *store.Store) error {
		if err := seed(ctx, s, c.Sources); err != nil {
			return err
		}
		bound, err := c.bind(ctx, s)
		if err != nil {
			return err
		}
		l := newLine(s)
		l.rate, l.tls = c.Rate, secured
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
		if bound != nil {
			group.Go(func() error { return l.serveOn(ctx, bound, ready, c.OpenReading) })
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
	rate     int         // the most requests a second of one client; 0: no bound
	tls      *tls.Config // nil: plain HTTP
}

func newLine(s *store.Store) *line {
	intake := ingest.NewIntake(s)
	resolver := run.New(s, intake.Quarantine)
	intake.Committed = resolver.Nudge
	return &line{store: s, intake: intake, resolver: resolver, explains: resolver, metrics: prometheus.NewRegistry()}
}

// bind listens, if this process is to be asked; where others may reach it only if there is a
// token, since without one they could do nothing.
func (c *serveCmd) bind(ctx context.Context, s *store.Store) (net.Listener, error) {
	if !c.does("api") {
		return nil, nil
	}
	if err := c.firstToken(ctx, s); err != nil {
		return nil, err
	}
	bound, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if onLoopback(bound) {
		return bound, nil
	}
	live, err := s.AnyLiveToken(ctx)
	if err == nil && !live {
		err = fmt.Errorf("%s can be reached from elsewhere, and there is no token that is good for anything; make one: umpire token create --role admin --name NAME (or give --first-token-file)", bound.Addr())
	}
	if err != nil {
		return nil, errors.Join(err, bound.Close())
	}
	return bound, nil
}

// onLoopback tells whether only this machine can reach a listener.
func onLoopback(bound net.Listener) bool {
	at, ok := bound.Addr().(*net.TCPAddr)
	return ok && at.IP.IsLoopback()
}

// serveOn answers HTTP requests until ctx ends, and then those in hand.
func (l *line) serveOn(ctx context.Context, bound net.Listener, ready []api.Check, openReading bool) error {
	log := zerolog.Ctx(ctx)
	guard := &access.Guard{Store: l.store, OpenReading: openReading, Local: onLoopback(bound)}
	server := &http.Server{
		Handler: api.New(api.Config{
			Store: l.store, Guard: guard, Intake: l.intake, Search: l.index, Explainer: l.explains, Ready: ready, Closing: ctx.Done(),
			Metrics: l.metrics, Log: *log, Version: programVersion(), Pages: l.pages(*log, guard), Rate: l.rate,
		}),
		// How long an answer may take to be written, the handler extends with each piece of it.
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    mostHeader,
		TLSConfig:         l.tls,
		ErrorLog:          stdlog.New(connections{*log}, "", 0),
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		stopped <- server.Shutdown(patience)
	}()
	log.Info().Str("address", bound.Addr().String()).Bool("tls", l.tls != nil).Msg("serving")
	if err := serveBy(server, bound); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return <-stopped
}

// mostHeader is how many bytes the header of a request may have.
const mostHeader = 64 << 10

// connections logs what net/http says of connections on which no request came to be, such
// as a TLS handshake that failed: at a level that scanners of ports do not fill the log at.
type connections struct{ log zerolog.Logger }

// Write logs one line.
func (c connections) Write(line []byte) (int, error) {
	c.log.Debug().Str("said", strings.TrimSpace(string(line))).Msg("connection failed")
	return len(line), nil
}

// pages are for people, who may decide where nobody resolves, too.
func (l *line) pages(log zerolog.Logger, guard *access.Guard) http.Handler {
	c := web.Config{
		Store: l.store, Guard: guard, Search: l.index, Explainer: l.explains, Decided: l.resolver.Nudge, Replay: l.intake.Replay, Version: programVersion(), Log: log,
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
