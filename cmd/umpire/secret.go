package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

// secretFiles reads the flags that hold a secret from a file whose path the environment
// tells: UMPIRE_DATABASE_FILE in place of UMPIRE_DATABASE, as orchestrators hand secrets
// over. Such a flag is tagged secret.
var secretFiles kong.ResolverFunc = func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if !flag.Tag.Has("secret") {
		return nil, nil
	}
	for _, name := range flag.Envs {
		path := os.Getenv(name + "_FILE")
		switch {
		case path == "":
			continue
		case os.Getenv(name) != "":
			return nil, fmt.Errorf("%s and %s_FILE are both set", name, name)
		}
		content, err := os.ReadFile(path) //nolint:gosec // the operator says which file
		if err != nil {
			return nil, fmt.Errorf("%s_FILE: %w", name, err)
		}
		return strings.TrimSpace(string(content)), nil
	}
	return nil, nil
}

// errAmbiguous is told of a URL, which is not told with it: it may have a password.
var errAmbiguous = errors.New("this URL cannot be read as one thing only; in a user's name or password, write each of : / ? # [ ] @ % as % and its two hexadecimal digits")

// unambiguous refuses a URL of a server by which a password would be taken for a part of an
// address, which is told in errors, since it has signs in it that URLs are parted by.
func unambiguous(address string) error {
	_, rest, _ := strings.Cut(address, "://")
	u, err := url.Parse(address)
	if err != nil {
		return errAmbiguous
	}
	if strings.Contains(rest, "#") || u.User == nil && strings.Contains(rest, "@") || strings.Contains(u.EscapedPath(), "@") {
		return errAmbiguous
	}
	return nil
}
