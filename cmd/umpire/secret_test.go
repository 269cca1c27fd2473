package main

import (
	"bytes"
	"database/sql"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/lib/pq"

	"umpire/fixtures/servers"
)

// password has what URLs are parted by, so that it is found however it is written.
const password = "hush/9@x:#?zz"

// leaks finds the password, or a telling part of it, in what was said.
func leaks(said string) bool {
	for _, form := range []string{"hush", url.QueryEscape("/9@x:#"), "9@x", "9%40x", "zz@"} {
		if strings.Contains(said, form) {
			return true
		}
	}
	return false
}

// with puts a user and the password into a URL: as it has to be written, or as it is.
func with(address string, raw bool) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	u.User = url.UserPassword("umpire", password)
	if raw {
		return strings.Replace(u.String(), u.User.String(), "umpire:"+password, 1)
	}
	return u.String()
}

// Commands that get nowhere say so, and not by which password.
func TestFailuresKeepThePassword(t *testing.T) {
	database, broker := "postgres://127.0.0.1:1/umpire?sslmode=disable", "amqp://127.0.0.1:1/"
	const nowhere = "postgres://nowhere.invalid/umpire"
	for _, test := range []struct {
		why  string
		args []string
	}{
		{"a database that is not there", []string{"migrate", "--database", with(database, false)}},
		{"a host that is not there", []string{"migrate", "--database", with(nowhere, false)}},
		{"a password that is not escaped", []string{"migrate", "--database", with(database, true)}},
		{"a password with a slash", []string{"migrate", "--database", "postgres://umpire:1/hush@127.0.0.1/umpire"}},
		{"a password with a number sign", []string{"migrate", "--database", "postgres://umpire:1#hush@127.0.0.1/umpire"}},
		{"a password with an at sign and a number sign", []string{"migrate", "--database", "postgres://umpire:1@hush#2@127.0.0.1/umpire"}},
		{"a password with an at sign and a slash", []string{"migrate", "--database", "postgres://umpire:1@hush/2@127.0.0.1/umpire"}},
		{"a scheme that there is not", []string{"migrate", "--database", with("postgrse://127.0.0.1/umpire", false)}},
		{"a scheme in capitals", []string{"migrate", "--database", with("POSTGRES://127.0.0.1/umpire", true)}},
		{"no scheme", []string{"migrate", "--database", "umpire:hush@127.0.0.1/umpire"}},
		{"an escape that is none", []string{"migrate", "--database", "postgres://umpire:hush%zz@127.0.0.1/umpire"}},
		{"a password as a parameter", []string{"migrate", "--database", "postgres://127.0.0.1:1/umpire?user=u&password=hush"}},
		{"a parameter that there is not", []string{"migrate", "--database", "postgres://127.0.0.1:1/umpire?sslmode=dance&password=hush"}},
		{"a broker's password that is not escaped", []string{"serve", "--database", "sqlite::memory:", "--rabbitmq", with(broker, true)}},
		{"a broker's password with a slash", []string{"serve", "--database", "sqlite::memory:", "--rabbitmq", "amqp://umpire:1/hush@127.0.0.1/"}},
		{"a broker's escape that is none", []string{"publish", "--rabbitmq", "amqp://umpire:hush%zz@127.0.0.1/", "x.json"}},
		{"a broker of no kind", []string{"publish", "--rabbitmq", "umpire:hush@127.0.0.1", "x.json"}},
		{"a search server that is not there", []string{"index", "--database", "sqlite::memory:", "--search", with("http://127.0.0.1:1", false)}},
		{"a search server's password that is not escaped", []string{"index", "--database", "sqlite::memory:", "--search", with("http://127.0.0.1:1", true)}},
		{"a search server's password with a slash", []string{"index", "--database", "sqlite::memory:", "--search", "http://umpire:1/hush@127.0.0.1"}},
		{"a flag that there is not", []string{"migrate", "--databse", with(database, false)}},
	} {
		var said bytes.Buffer
		if code := umpire(t.Context(), test.args, streams{strings.NewReader(""), &said, &said}); code == 0 || said.Len() == 0 {
			t.Errorf("%s: ended with %d: %s", test.why, code, &said)
		}
		if leaks(said.String()) {
			t.Errorf("%s: %s", test.why, &said)
		}
	}
}

// allowPasswords has a PostgreSQL server of its own ask for passwords, and makes the user.
func allowPasswords(t *testing.T, address string) {
	t.Helper()
	db, err := sql.Open("postgres", address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		"CREATE ROLE umpire LOGIN SUPERUSER PASSWORD '" + password + "'",
		`COPY (SELECT 1) TO PROGRAM 'sed -i s/trust/scram-sha-256/ pg_hba.conf; cat >/dev/null'`,
		"SELECT pg_reload_conf()",
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

// A server that runs keeps its passwords, whatever becomes of what they are for: from its
// log, its probes, its metrics and its answers.
func TestServingKeepsThePassword(t *testing.T) {
	database, broker := servers.DurablePostgres(t), servers.Rabbit(t)
	allowPasswords(t, database.URL())
	refused := strings.Replace(with(database.URL(), false), "hush", "hushed", 1)
	var said bytes.Buffer
	if code := umpire(t.Context(), []string{"serve", "--database", refused}, streams{strings.NewReader(""), &said, &said}); code != 1 || !strings.Contains(said.String(), "password authentication failed") {
		t.Fatalf("with a wrong password: %d: %s", code, &said)
	}
	if leaks(said.String()) {
		t.Errorf("a wrong password is told: %s", &said)
	}

	s := start(t, "--database", with(database.URL(), false), "--log-level", "trace", "--only", "api")
	wrong := &server{t: t, address: freeAddress(t), log: &spoken{}}
	go umpire(t.Context(), []string{"serve", "--listen", wrong.address, "--database", "sqlite::memory:", "--log-level", "trace", "--rabbitmq", with(broker, false)},
		streams{strings.NewReader(""), wrong.log, wrong.log})
	await(t, "refused by the broker", func() bool { return strings.Contains(wrong.log.String(), "the broker is lost") })
	database.Stop()
	for _, asked := range []*server{s, wrong} {
		for _, path := range []string{"/", "/matches", "/readyz", "/metrics", "/v1/stats", "/v1/matches", "/v1/changes", "/openapi.json", "/debug/vars", "/debug/pprof/cmdline"} {
			answer, err := http.Get("http://" + asked.address + path)
			if err != nil {
				t.Fatal(err)
			}
			told, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			if leaks(string(told)) {
				t.Errorf("%s: %s", path, told)
			}
		}
		if leaks(asked.log.String()) {
			t.Errorf("logged: %s", asked.log)
		}
	}
}

// A secret may come from a file, which the environment or the file of flags tells.
func TestSecretsComeFromFiles(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "database")
	if err := os.WriteFile(secret, []byte("mysql://from-the-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	flags := filepath.Join(t.TempDir(), "umpire.yml")
	if err := os.WriteFile(flags, []byte("database: oracle://from-the-flags\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		why, file, variable string
		args                []string
		says                string
	}{
		{"from the file", secret, "", nil, "mysql"},
		{"the flag counts more", secret, "", []string{"--database", "db2://x"}, "db2"},
		{"from the file and the environment", secret, "sqlite::memory:", nil, "both set"},
		{"from a file that there is not", secret + "2", "", nil, "UMPIRE_DATABASE_FILE"},
		{"from the file of flags", "", "", []string{"--config", flags}, "oracle"},
	} {
		t.Setenv("UMPIRE_DATABASE_FILE", test.file)
		t.Setenv("UMPIRE_DATABASE", test.variable)
		if test.variable == "" {
			os.Unsetenv("UMPIRE_DATABASE")
		}
		var said bytes.Buffer
		if code := umpire(t.Context(), append([]string{"migrate"}, test.args...), streams{strings.NewReader(""), &said, &said}); code == 0 || !strings.Contains(said.String(), test.says) {
			t.Errorf("%s: %d, %s", test.why, code, &said)
		}
	}
}
