package run

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"umpire/ent/store"
)

// Change says how a table of a model became another.
type Change struct {
	Table                string // such as "match.start"; "" for what is in none
	Before, After        int    // how many values it has
	Added, Changed, Gone int
}

// compare lists the tables in which two models differ, by name. It asks neither to be one
// that this program can rest on.
func compare(before, after store.Model) ([]Change, error) {
	was, err := tables(before)
	is, failed := tables(after)
	if err := errors.Join(err, failed); err != nil {
		return nil, err
	}
	names := maps.Clone(was)
	maps.Copy(names, is)
	var changes []Change
	for _, name := range slices.Sorted(maps.Keys(names)) {
		c := Change{Table: name, Before: len(was[name]), After: len(is[name])}
		for value, now := range is[name] {
			switch then, there := was[name][value]; {
			case !there:
				c.Added++
			case then != now:
				c.Changed++
			}
		}
		c.Gone = c.Before + c.Added - c.After
		if c.Added+c.Changed+c.Gone > 0 {
			changes = append(changes, c)
		}
	}
	return changes, nil
}

// tables takes a model apart: its values by table and name, but for its version.
func tables(m store.Model) (map[string]map[string]string, error) {
	var tree map[string]any
	if err := yaml.Unmarshal(m.Content, &tree); err != nil {
		return nil, fmt.Errorf("read model %s: %w", m.Version, err)
	}
	delete(tree, "version")
	found := map[string]map[string]string{}
	flatten(tree, "", found)
	return found, nil
}

// flatten adds the values of a tree, which is found at a path, to its tables.
func flatten(tree map[string]any, path string, to map[string]map[string]string) {
	for name, value := range tree {
		inner := path + "." + name
		if path == "" {
			inner = name
		}
		if table, isTable := value.(map[string]any); isTable {
			flatten(table, inner, to)
			continue
		}
		if to[path] == nil {
			to[path] = map[string]string{}
		}
		to[path][name] = fmt.Sprint(value)
	}
}
