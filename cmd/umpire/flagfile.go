package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

// flagFile reads flags from YAML, such as "database: sqlite:umpire.db": one file for every
// command, each of which takes the flags that it has. A name that is no command's flag is
// an error.
func flagFile(r io.Reader) (kong.Resolver, error) {
	var tree any
	if err := yaml.NewDecoder(r).Decode(&tree); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the file of flags: %s", strings.Join(strings.Fields(err.Error()), " "))
	}
	switch flags := tree.(type) {
	case nil:
		return flagValues{}, nil
	case map[string]any:
		return flagValues(flags), nil
	}
	return nil, errors.New("the file of flags: it is to be names and values, such as \"database: sqlite:umpire.db\"")
}

type flagValues map[string]any

// Validate implements kong.Resolver.
func (f flagValues) Validate(app *kong.Application) error {
	known := map[string]bool{}
	if err := kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			known[flag.Name] = true
		}
		return next(nil)
	}); err != nil {
		return err
	}
	for name := range f {
		if !known[name] {
			return fmt.Errorf("the file of flags: there is no flag %q", name)
		}
	}
	return nil
}

// Resolve implements kong.Resolver.
func (f flagValues) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	value, found := f[flag.Name]
	if !found {
		return nil, nil
	}
	return fmt.Sprint(value), nil // read as if it were typed
}
