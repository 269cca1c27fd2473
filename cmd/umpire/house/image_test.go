package house

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// passwords are what somebody has to set before docker compose starts anything.
var passwords = []string{"UMPIRE_POSTGRES_PASSWORD=p", "UMPIRE_RABBITMQ_PASSWORD=r", "UMPIRE_FIRST_TOKEN_FILE=first-token"}

// TestImageBuildsAndFits runs the build steps of the Dockerfile on what .dockerignore
// leaves of the tree, and holds what Dockerfile and docker-compose.yml ask of the program
// against the program that comes of it.
func TestImageBuildsAndFits(t *testing.T) {
	image := readDockerfile(t)
	program := image.build(t)
	umpire := compose(t, passwords).Services["umpire"]

	command(t, ".", program, "version")
	run(t, program, "the image's command", image.words("CMD"))
	run(t, program, "compose's command", umpire.Command)
	run(t, program, "the image's health check", programWords(t, image.words("HEALTHCHECK")))
	run(t, program, "compose's health check", programWords(t, umpire.HealthCheck.Test[1:]))

	known := regexp.MustCompile(`UMPIRE_\w+`).FindAllString(command(t, ".", program, "serve", "--help"), -1)
	for variable := range umpire.Environment {
		if !slices.Contains(known, variable) {
			t.Errorf("docker-compose.yml sets %s, which the program does not know", variable)
		}
	}
	for _, variable := range image.variables() {
		if !slices.Contains(known, variable) {
			t.Errorf("the Dockerfile sets %s, which the program does not know", variable)
		}
	}
}

func TestComposeWaitsForHealthyServers(t *testing.T) {
	project := compose(t, passwords)
	for name, service := range project.Services {
		if service.HealthCheck == nil || service.HealthCheck.Disable || len(service.HealthCheck.Test) < 2 {
			t.Errorf("%s has no health check", name)
		}
		if service.Restart != types.RestartPolicyUnlessStopped {
			t.Errorf("%s restarts %q", name, service.Restart)
		}
		for _, volume := range service.Volumes {
			if _, declared := project.Volumes[volume.Source]; !declared {
				t.Errorf("%s mounts %s, which is not declared", name, volume.Source)
			}
		}
		for _, port := range service.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s listens on %s:%s, for all to reach", name, port.HostIP, port.Published)
			}
		}
	}
	for _, server := range []string{"postgres", "rabbitmq", "search"} {
		waits := project.Services["umpire"].DependsOn[server]
		if server != "search" && waits.Condition != types.ServiceConditionHealthy { // umpire does without that one
			t.Errorf("umpire waits for %s to be %q", server, waits.Condition)
		}
		if len(project.Services[server].Volumes) == 0 {
			t.Errorf("%s keeps nothing when its container goes", server)
		}
	}
}

func TestComposeWantsPasswords(t *testing.T) {
	for i := range passwords {
		if _, err := load(slices.Delete(slices.Clone(passwords), i, i+1)); err == nil {
			t.Errorf("docker-compose.yml does without %s", passwords[i])
		}
	}
}

// TestComposeBringsTheFirstToken follows it from the file that somebody names to the program, which
// in the container listens where others can reach it, and so starts with a token alone.
func TestComposeBringsTheFirstToken(t *testing.T) {
	project := compose(t, passwords)
	umpire := project.Services["umpire"]
	read := umpire.Environment["UMPIRE_FIRST_TOKEN_FILE"]
	for _, mounted := range umpire.Secrets {
		at := mounted.Target
		if at == "" {
			at = mounted.Source
		}
		if kept, declared := project.Secrets[mounted.Source]; declared && read != nil && *read == "/run/secrets/"+path.Base(at) && path.Base(kept.File) == "first-token" {
			return
		}
	}
	t.Errorf("umpire reads %v, and gets the secrets %v of %v", read, umpire.Secrets, project.Secrets)
}

// TestPortsMeet follows the way to the program: compose publishes what the image exposes,
// which is where the image has the program listen.
func TestPortsMeet(t *testing.T) {
	image := readDockerfile(t)
	exposed := strings.Join(image.words("EXPOSE"), " ")
	_, listens, err := net.SplitHostPort(strings.TrimPrefix(strings.Join(image.words("ENV"), " "), "UMPIRE_LISTEN="))
	if err != nil {
		t.Fatal(err)
	}
	published := compose(t, passwords).Services["umpire"].Ports
	if len(published) == 0 {
		t.Error("compose publishes no port of umpire")
	}
	for _, port := range published {
		if to := strconv.Itoa(int(port.Target)); to != exposed || to != listens {
			t.Errorf("compose publishes %s, the image exposes %s, the program listens on %s", to, exposed, listens)
		}
	}
}

// TestContainersOfTestsAreTheDeployedOnes keeps the images that tests fall back on and
// those of docker-compose.yml the same.
func TestContainersOfTestsAreTheDeployedOnes(t *testing.T) {
	tests := sources(t, ".go")
	for server, file := range map[string]string{"postgres": "postgres.go", "rabbitmq": "rabbit.go", "search": "search.go"} {
		image := compose(t, passwords).Services[server].Image
		if !strings.Contains(string(tests["fixtures/servers/"+file]), `"`+image+`"`) {
			t.Errorf("fixtures/servers/%s does not use %s", file, image)
		}
	}
}

// compose loads docker-compose.yml as docker compose does.
func compose(t *testing.T, environment []string) *types.Project {
	t.Helper()
	project, err := load(environment)
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func load(environment []string) (*types.Project, error) {
	options, err := cli.NewProjectOptions([]string{filepath.Join(root, "docker-compose.yml")}, cli.WithEnv(environment))
	if err != nil {
		return nil, err
	}
	return options.LoadProject(context.Background())
}

// run has the program parse a command line without acting on it.
func run(t *testing.T, program, whose string, arguments []string) {
	t.Helper()
	if len(arguments) == 0 {
		t.Errorf("%s is empty", whose)
	}
	if out, err := exec.Command(program, append(arguments, "--help")...).CombinedOutput(); err != nil {
		t.Errorf("%s: %v: %s", whose, err, out)
	}
}

// programWords returns the arguments of a command line that runs umpire.
func programWords(t *testing.T, words []string) []string {
	t.Helper()
	i := slices.Index(words, "umpire")
	if i < 0 {
		t.Fatalf("%q does not run umpire", words)
	}
	return words[i+1:]
}

// dockerfile is a Dockerfile's instructions in order, comments left out and continued
// lines joined.
type dockerfile []string

func readDockerfile(t *testing.T) dockerfile {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	joined := strings.ReplaceAll(regexp.MustCompile(`(?m)^#.*\n`).ReplaceAllString(string(content), ""), "\\\n", "")
	return strings.FieldsFunc(joined, func(r rune) bool { return r == '\n' })
}

// words are the arguments of the last instruction of a kind, in either of its forms.
func (d dockerfile) words(kind string) []string {
	for _, line := range slices.Backward(d) {
		if rest, ok := strings.CutPrefix(line, kind+" "); ok {
			return strings.Fields(strings.NewReplacer("[", " ", "]", " ", `"`, " ", ",", " ").Replace(rest))
		}
	}
	return nil
}

func (d dockerfile) variables() []string {
	var names []string
	for _, line := range d {
		if strings.HasPrefix(line, "ENV ") {
			names = append(names, regexp.MustCompile(`[A-Z_]+\b`).FindAllString(line[4:], -1)...)
		}
	}
	return names
}

// build runs the first stage by plain sh in a copy of the tree, and returns the path of
// what it made.
func (d dockerfile) build(t *testing.T) string {
	t.Helper()
	there := t.TempDir()
	ignored := readDockerignore(t)
	copyTree(t, there, func(name string) bool { return !ignored(name) })
	for _, line := range d[:slices.Index(d, d.lastFrom())] {
		if step, ok := strings.CutPrefix(line, "RUN "); ok {
			step = regexp.MustCompile(`--mount=\S+`).ReplaceAllString(step, "")
			command(t, there, "sh", "-euc", "VERSION=; "+strings.ReplaceAll(step, "/out/", "out/"))
		}
	}
	return filepath.Join(there, "out/umpire")
}

func (d dockerfile) lastFrom() string {
	for _, line := range slices.Backward(d) {
		if strings.HasPrefix(line, "FROM ") {
			return line
		}
	}
	return ""
}

// readDockerignore tells what the build does not see. It knows the forms of pattern that
// are used: "*", a path, "**/" before a name, and "!" before a path; the last that fits decides.
func readDockerignore(t *testing.T) func(name string) bool {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, ".dockerignore"))
	if err != nil {
		t.Fatal(err)
	}
	patterns := strings.Fields(regexp.MustCompile(`(?m)^#.*$`).ReplaceAllString(string(content), ""))
	return func(name string) bool {
		ignored := false
		for _, pattern := range patterns {
			positive, negated := strings.CutPrefix(pattern, "!")
			if fits(positive, name) {
				ignored = !negated
			}
		}
		return ignored
	}
}

func fits(pattern, name string) bool {
	part, anywhere := strings.CutPrefix(pattern, "**/")
	if !anywhere {
		return pattern == "*" || under(name, pattern)
	}
	return slices.ContainsFunc(strings.Split(name, "/"), func(element string) bool {
		matched, err := path.Match(part, element)
		return err == nil && matched
	})
}
