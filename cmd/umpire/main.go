// Command umpire resolves the entities of eSports and sports feeds: it takes in what
// several sources report of the same matches, decides which records are one, and serves
// the canonical view beside every source's own. Each command is one short file here; what
// they do is in the packages they wire together.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // sources' zones, also where the machine has none

	"github.com/alecthomas/kong"
	"github.com/rs/zerolog"
)

// cli is every command and flag; the environment (UMPIRE_…) and a YAML file set the same flags,
// and those that hold a secret a file that the environment names (UMPIRE_…_FILE).
type cli struct {
	Config    kong.ConfigFlag `help:"Read flags from this YAML file." placeholder:"FILE" env:"UMPIRE_CONFIG"`
	LogLevel  string          `help:"Least level that is logged: ${enum}." enum:"trace,debug,info,warn,error" default:"info" env:"UMPIRE_LOG_LEVEL"`
	LogFormat string          `help:"Form of the log: ${enum}; auto is console on a terminal." enum:"auto,console,json" default:"auto" env:"UMPIRE_LOG_FORMAT"`

	Demo    demoCmd    `cmd:"" help:"See it work: bundled feeds through the real line, no server needed."`
	Serve   serveCmd   `cmd:"" help:"Take messages in, resolve them, and serve the API and the pages."`
	Publish publishCmd `cmd:"" help:"Send messages from files to RabbitMQ, with confirms."`
	Ingest  ingestCmd  `cmd:"" help:"Take messages in from files, without a broker."`
	Resolve resolveCmd `cmd:"" help:"Resolve everything anew, in batch; plan, apply and roll back runs."`
	Runs    runsCmd    `cmd:"" help:"List the batch runs that were planned, or tell what one would change."`
	Diff    diffCmd    `cmd:"" help:"Hold what two runs make of the records against each other."`
	Train   trainCmd   `cmd:"" help:"Learn a new version of the model, list them, or go back to one."`
	Eval    evalCmd    `cmd:"" help:"Measure the engine on a stream of messages against a truth."`
	Why     whyCmd     `cmd:"" help:"Tell what became of two records, and why."`
	Acts    actsCmd    `cmd:"" help:"List what people decided, newest first."`
	Undo    undoCmd    `cmd:"" help:"Undo what somebody decided."`
	Export  exportCmd  `cmd:"" help:"Write out which record belongs to which entity."`
	Index   indexCmd   `cmd:"" help:"Bring the search index to where the database is, or make it anew."`
	Replay  replayCmd  `cmd:"" help:"Read quarantined messages again, after a fix."`
	Token   tokenCmd   `cmd:"" help:"Make, list and revoke the tokens by which one may come in."`
	Migrate migrateCmd `cmd:"" help:"Bring the database's schema up to date."`
	Version versionCmd `cmd:"" help:"Print the version."`
	Ready   readyCmd   `cmd:"" help:"Ask a running server whether it is ready (for health checks)." hidden:""`
}

// streams are what a command reads from and writes to.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := umpire(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// umpire is the program: 0 if all went well, 1 if it failed, 2 if it was asked wrongly, 130
// if it was interrupted before it was done.
func umpire(ctx context.Context, args []string, io streams) int {
	var flags cli
	exited := -1
	parser, err := kong.New(&flags,
		kong.Name("umpire"),
		kong.Description("Entity resolution for eSports and sports feeds: several sources report the same matches under different ids, names and times; Umpire decides which are one."),
		kong.Resolvers(secretFiles),
		kong.Configuration(flagFile),
		kong.Writers(io.out, io.err),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		return fail(io, err, 1)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		return fail(io, err, 2)
	}
	logger := newLogger(flags.LogLevel, flags.LogFormat, io.err)
	command.BindTo(logger.WithContext(ctx), (*context.Context)(nil))
	switch err := command.Run(io); {
	case err == nil:
		return 0
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return fail(io, errors.New("interrupted"), 130)
	default:
		return fail(io, err, 1)
	}
}

// fail tells an error in one line.
func fail(io streams, err error, code int) int {
	fmt.Fprintf(io.err, "umpire: %s\n", oneLine(err))
	return code
}

func newLogger(level, format string, w io.Writer) zerolog.Logger {
	parsed, _ := zerolog.ParseLevel(level) // kong has checked it
	if format == "console" || format == "auto" && isTerminal(w) {
		w = zerolog.ConsoleWriter{
			Out: w, TimeFormat: "15:04:05.000",
			FormatFieldValue: func(value any) string { return drawn("%s", value) }, // quoted already, but within lists
		}
	} else {
		w = jsonLog{w}
	}
	return zerolog.New(w).Level(parsed).With().Timestamp().Logger()
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
