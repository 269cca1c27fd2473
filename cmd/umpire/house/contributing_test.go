package house

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDependenciesHaveReasons holds CONTRIBUTING.md's list of modules against go.mod.
func TestDependenciesHaveReasons(t *testing.T) {
	var module struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal([]byte(command(t, root, "go", "mod", "edit", "-json")), &module); err != nil {
		t.Fatal(err)
	}
	var required []string
	for _, r := range module.Require {
		if !r.Indirect {
			required = append(required, r.Path)
		}
	}
	slices.Sort(required)

	var explained []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+\\.[^`]+)` \\| \\S.* \\|$").FindAllStringSubmatch(chapter(t, "What it rests on"), -1) {
		explained = append(explained, row[1])
	}
	if diff := cmp.Diff(required, explained); diff != "" {
		t.Errorf("go.mod and CONTRIBUTING.md differ (-required +explained):\n%s", diff)
	}
}

// TestRoomsAndProofsExist holds CONTRIBUTING.md's other tables against the code: the rooms
// that it shows are all there are, and the tests that it names exist.
func TestRoomsAndProofsExist(t *testing.T) {
	var shown, there []string
	for _, row := range regexp.MustCompile("(?m)^\\| (`.*?`) \\|").FindAllStringSubmatch(chapter(t, "Find a room"), -1) {
		shown = append(shown, strings.Split(strings.Trim(row[1], "`"), "`, `")...)
	}
	for room := range arrows {
		if room != "ent" { // the folder around the others
			there = append(there, room)
		}
	}
	slices.Sort(shown)
	slices.Sort(there)
	if diff := cmp.Diff(there, shown); diff != "" {
		t.Errorf("the rooms and CONTRIBUTING.md differ (-there +shown):\n%s", diff)
	}

	var tests strings.Builder
	for _, content := range sources(t, "_test.go") {
		tests.Write(content)
	}
	for _, named := range regexp.MustCompile("`((?:Test|Fuzz)\\w+)`").FindAllStringSubmatch(chapter(t, "What always holds")+chapter(t, "Threats"), -1) {
		if !strings.Contains(tests.String(), "\nfunc "+named[1]+"(") {
			t.Errorf("CONTRIBUTING.md names %s, which does not exist", named[1])
		}
	}
}

// chapter is what CONTRIBUTING.md says under a heading.
func chapter(t *testing.T, heading string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(page), "\n## "+heading+"\n")
	if !found {
		t.Fatalf("CONTRIBUTING.md has no chapter %q", heading)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}
