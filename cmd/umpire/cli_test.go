package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"umpire/fixtures/servers"
)

func TestMain(m *testing.M) {
	testscript.Main(withServers{m}, map[string]func(){"umpire": main})
}

// withServers runs the tests, and ends the servers that they share.
type withServers struct{ m *testing.M }

func (w withServers) Run() int { return servers.Main(w.m) }

// The commands, as one types them; each script in testdata says what it shows.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", Setup: func(env *testscript.Env) error {
		env.Setenv("FEED", unpack(t, "csgo/messages.ndjson.gz")[0])
		env.Setenv("TRUTH", unpack(t, "csgo/truth.csv.gz")[0])
		env.Setenv("TRUNCATED", unpack(t, "csgo/messages.ndjson.gz")[0])
		return os.Truncate(env.Getenv("TRUNCATED"), 20_000)
	}})
}

// What is asked wrongly is told in one line, and ends with 2; what fails, with 1.
func TestExitCodes(t *testing.T) {
	for _, test := range []struct {
		reason string
		args   []string
		code   int
		says   string
	}{
		{"an unknown flag", []string{"serve", "--colour"}, 2, "unknown flag --colour"},
		{"an unknown command", []string{"dance"}, 2, "dance"},
		{"an unknown part", []string{"serve", "--only", "rest"}, 2, "--only"},
		{"a missing file", []string{"eval", "--messages", "nowhere.json", "--truth", "nowhere.csv"}, 1, "nowhere.json"},
		{"a database of no kind", []string{"migrate", "--database", "mysql://x"}, 1, "mysql"},
		{"publishing to nowhere", []string{"publish", "x.json"}, 2, "--rabbitmq"},
		{"a rate of less than nothing", []string{"publish", "--rabbitmq=amqp://x/", "--rate=-5", "x.json"}, 2, "--rate"},
		{"taking in from no queue", []string{"serve", "--only=ingest"}, 2, "--rabbitmq"},
		{"help", []string{"--help"}, 0, ""},
		{"a command's help", []string{"serve", "--help"}, 0, ""},
		{"nothing at all is a call for help", nil, 0, ""},
	} {
		t.Run(test.reason, func(t *testing.T) {
			var out, log bytes.Buffer
			if code := umpire(t.Context(), test.args, streams{strings.NewReader(""), &out, &log}); code != test.code {
				t.Errorf("ended with %d, want %d: %s", code, test.code, &log)
			}
			if test.says != "" && (strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), test.says)) {
				t.Errorf("says %q, want one line with %q", &log, test.says)
			}
			if test.code == 0 && !strings.Contains(out.String(), "Usage: umpire") {
				t.Errorf("help is %q", &out)
			}
		})
	}
}

// The environment sets the same flags.
func TestEnvironment(t *testing.T) {
	t.Setenv("UMPIRE_DATABASE", "mysql://from-the-environment")
	var log bytes.Buffer
	umpire(t.Context(), []string{"migrate"}, streams{strings.NewReader(""), &log, &log})
	if !strings.Contains(log.String(), "mysql") {
		t.Errorf("UMPIRE_DATABASE is not heeded: %s", &log)
	}
}

// A command that is interrupted says so, and does not pretend to be done.
func TestInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	feed := unpack(t, "csgo/messages.ndjson.gz")[0]
	for _, args := range [][]string{
		{"ingest", "--database", "sqlite:" + t.TempDir() + "/a.db", feed},
		{"publish", "--rabbitmq", "amqp://127.0.0.1:1/", feed},
		{"demo", "--no-serve"},
	} {
		var out, log bytes.Buffer
		if code := umpire(ctx, args, streams{strings.NewReader(""), &out, &log}); code != 130 || !strings.HasSuffix(log.String(), "umpire: interrupted\n") {
			t.Errorf("umpire %s: %d, %s", args[0], code, &log)
		}
	}
}
