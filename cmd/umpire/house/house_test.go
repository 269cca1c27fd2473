package house

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// root is the folder of go.mod, seen from this package.
const root = "../../.."

// arrows says what each package may import of the module. A package without a row fails:
// give it a room and say here what it rests on.
var arrows = map[string]string{
	"cmd/umpire/house": "",
	"cmd/umpire":       "api api/access api/search api/search/index api/web ingest ingest/rabbit resolve resolve/eval resolve/run resolve/text ent/store fixtures",
	"api":              "api/access api/search api/web ent/store resolve resolve/text",
	"api/access":       "ent/store resolve",
	"api/search":       "ent/store resolve resolve/text",
	"api/search/index": "api/search ent/store resolve resolve/text",
	"api/web":          "api/access api/search ent/store resolve resolve/text",
	"ingest":           "ent/store resolve resolve/text",
	"ingest/rabbit":    "ingest ent/store resolve",
	"resolve/run":      "ent/store resolve resolve/text",
	"resolve/eval":     "resolve resolve/text",
	"ent":              "",
	"ent/store":        "ent ent/db ent/migrations ent/schema resolve resolve/text",
	"ent/migrations":   "ent/db ent/schema resolve/text",
	"ent/schema":       "resolve",
	"ent/db":           "ent/db ent/schema resolve",
	"resolve":          "resolve/text",
	"resolve/text":     "",
	"fixtures":         "",
	// Only tests import it, since no row above names it.
	"fixtures/servers":   "",
	"api/search/conform": "api/search ent/store resolve resolve/run resolve/text",
}

// lodgers says in which rooms a library lives, its packages included. Others are free.
var lodgers = map[string]string{
	"github.com/rabbitmq/amqp091-go": "ingest/rabbit",

	"database/sql":                "ent fixtures/servers",
	"github.com/lib/pq":           "ent fixtures/servers",
	"modernc.org/sqlite":          "ent",
	"entgo.io/ent":                "ent",
	"ariga.io/atlas":              "ent",
	"github.com/pressly/goose/v3": "ent",

	"github.com/go-chi":             "api",
	"github.com/danielgtaylor/huma": "api",
	"github.com/swaggest/swgui":     "api",

	"github.com/opensearch-project/opensearch-go": "api/search",
	"github.com/sony/gobreaker":                   "api/search",

	"github.com/alecthomas":           "cmd",
	"github.com/jedib0t/go-pretty":    "cmd resolve/eval",
	"github.com/schollz":              "cmd",
	"github.com/rs/zerolog":           "cmd api ingest resolve/run ent/store",
	"github.com/prometheus":           "cmd api ingest resolve/run ent/store",
	"github.com/tailscale/hujson":     "ingest",
	"github.com/compose-spec":         "",
	"github.com/chromedp":             "",
	"github.com/google/go-cmp":        "",
	"pgregory.net/rapid":              "",
	"go.uber.org/goleak":              "",
	"github.com/rogpeppe/go-internal": "",
}

// pure are the rooms that know no I/O, clock, randomness or logging.
var pure = []string{"resolve", "resolve/text"}

// impure is what they may not import, with all below it.
var impure = []string{"os", "net", "syscall", "log", "math/rand", "crypto/rand", "database", "testing"}

func TestArrowsPointDown(t *testing.T) {
	for _, p := range packages(t) {
		room := roomOf(p.ImportPath)
		allowed, known := arrows[room]
		if !known {
			t.Errorf("%s has no row in arrows", p.ImportPath)
		}
		for _, imported := range p.Imports {
			if own, ok := strings.CutPrefix(imported, "umpire/"); ok && !slices.Contains(strings.Fields(allowed), roomOf("umpire/"+own)) {
				t.Errorf("%s imports %s, which its row in arrows does not name", p.ImportPath, imported)
			}
			if slices.Contains(pure, room) && under(imported, impure...) {
				t.Errorf("%s is pure, and imports %s", p.ImportPath, imported)
			}
		}
	}
}

func TestLibrariesKeepToTheirRooms(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			for library, rooms := range lodgers {
				if under(imported, library) && !under(strings.TrimPrefix(p.ImportPath, "umpire/"), strings.Fields(rooms)...) {
					t.Errorf("%s imports %s, which lives in %q", p.ImportPath, imported, rooms)
				}
			}
		}
	}
}

func TestEveryPackageTellsItsStory(t *testing.T) {
	for _, p := range packages(t) {
		if p.Doc == "" && roomOf(p.ImportPath) != "ent/db" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

func TestFunctionsAreShort(t *testing.T) {
	const longest = 70
	for _, f := range written(t) {
		for _, declaration := range f.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if lines := f.line(function.End()) - f.line(function.Pos()) + 1; lines > longest {
				t.Errorf("%s: %s has %d lines; %d are the most", f.name, function.Name.Name, lines, longest)
			}
		}
	}
}

// TestPureRoomsKnowNoClock looks for calls, since time is imported for its types.
func TestPureRoomsKnowNoClock(t *testing.T) {
	clock := []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
	for _, f := range written(t) {
		if !slices.Contains(pure, path.Dir(f.name)) || strings.HasSuffix(f.name, "_test.go") {
			continue
		}
		for n := range ast.Preorder(f.File) {
			call, ok := n.(*ast.SelectorExpr)
			if !ok {
				continue
			}
			if x, ok := call.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clock, call.Sel.Name) {
				t.Errorf("%s:%d: a pure room looks at the clock", f.name, f.line(n.Pos()))
			}
		}
	}
}

// TestTopLevel keeps the house to its six folders and to the files that tools look for there.
func TestTopLevel(t *testing.T) {
	allowed := strings.Fields(`
		api cmd ent fixtures ingest resolve
		.ci .dockerignore .editorconfig .gitattributes .gitignore .golangci.yml
		CONTRIBUTING.md Dockerfile LICENSE Makefile README.md docker-compose.yml go.mod go.sum`)
	for name := range sources(t, "") {
		if top, _, _ := strings.Cut(name, "/"); !slices.Contains(allowed, top) {
			t.Errorf("%s: %s does not belong at the top level", name, top)
		}
	}
}

// TestNoPathOfOneMachine looks for folders that only its author's machine has.
func TestNoPathOfOneMachine(t *testing.T) {
	foreign := regexp.MustCompile(`(?m)(?:^|[\s"'=:(,\x60])/(?:work|home|Users|root)/[a-zA-Z.]\S*`)
	inImage := regexp.MustCompile(`^\S?/root/\.cache/go-build`) // the user that builds the Docker image
	for name, content := range sources(t, "") {
		for _, found := range foreign.FindAll(content, -1) {
			if found := bytes.TrimSpace(found); !inImage.Match(found) {
				t.Errorf("%s names %s", name, found)
			}
		}
	}
}

// TestGeneratedCodeIsCurrent generates ent's code anew in a copy of the tree.
func TestGeneratedCodeIsCurrent(t *testing.T) {
	there := t.TempDir()
	copyTree(t, there, func(string) bool { return true })
	command(t, there, "go", "generate", "./ent")
	want, got := folder(t, filepath.Join(there, "ent/db")), folder(t, filepath.Join(root, "ent/db"))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("run make generate (-generated +present):\n%s", diff)
	}
}

// listed is what "go list" tells of a package.
type listed struct {
	ImportPath, Doc string
	Imports         []string
}

// packages lists the module's packages, what only their tests import left out.
func packages(t *testing.T) []listed {
	t.Helper()
	list := json.NewDecoder(strings.NewReader(command(t, root, "go", "list", "-json=ImportPath,Doc,Imports", "./...")))
	var all []listed
	for {
		var p listed
		if err := list.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// roomOf is a package's path within the module; all that ent generates is one room.
func roomOf(importPath string) string {
	room := strings.TrimPrefix(importPath, "umpire/")
	if under(room, "ent/db") {
		return "ent/db"
	}
	return room
}

// under tells whether a path is one of some others, or lies below one.
func under(name string, others ...string) bool {
	return slices.ContainsFunc(others, func(other string) bool {
		return name == other || strings.HasPrefix(name, other+"/")
	})
}

// source is a Go file that somebody wrote.
type source struct {
	*ast.File
	name string
	line func(token.Pos) int
}

// written parses the project's Go files, generated ones left out.
func written(t *testing.T) []source {
	t.Helper()
	var all []source
	fset := token.NewFileSet()
	for name, content := range sources(t, ".go") {
		file, err := parser.ParseFile(fset, name, content, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if !ast.IsGenerated(file) {
			all = append(all, source{file, name, func(at token.Pos) int { return fset.Position(at).Line }})
		}
	}
	return all
}

// sources returns the content of the project's files whose names end so, by their path
// from the root. What .gitignore names is left out.
func sources(t *testing.T, suffix string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case slices.Contains([]string{".git", ".ci/cache", "bin"}, name):
			if entry.IsDir() { // in a linked worktree .git is a file
				return fs.SkipDir
			}
			return nil
		case entry.IsDir() || !strings.HasSuffix(name, suffix) || strings.Contains(name, ".db"):
			return nil
		}
		all[name], err = os.ReadFile(filepath.Join(root, name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// copyTree copies those of the project's files that wanted is true of.
func copyTree(t *testing.T, to string, wanted func(name string) bool) {
	t.Helper()
	for name, content := range sources(t, "") {
		if !wanted(name) {
			continue
		}
		target := filepath.Join(to, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(target), 0o755), os.WriteFile(target, content, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
}

// folder reads a folder's files, by their path from it.
func folder(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, name))
		all[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// command runs a program to its end in a folder and returns what it printed.
func command(t *testing.T, dir, name string, arguments ...string) string {
	t.Helper()
	c := exec.Command(name, arguments...)
	c.Dir = dir
	var complaints strings.Builder
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil {
		t.Fatal(fmt.Errorf("%s %s: %w\n%s%s", name, strings.Join(arguments, " "), err, out, &complaints))
	}
	return string(out)
}
