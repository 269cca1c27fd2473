package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // zones hold where the system has none

	"github.com/rs/zerolog"
	"go.yaml.in/yaml/v3"

	"umpire/ent/store"
	"umpire/resolve"
)

// Profile is how to read what a source sends. The zero value is that of a source of
// which nothing is known: its clock is UTC, its ids are its own within a title.
type Profile struct {
	Zone *time.Location          // of its clock; nil: UTC
	IDs  map[resolve.Kind]string // what its ids mean: store.IDsWithinTitle if not told

	stored store.Profile // what it was read from
}

// Defaults is the profile of any source of which nothing is known.
func Defaults(string) Profile { return Profile{} }

// meaning is what the source's ids of a kind mean.
func (p Profile) meaning(kind resolve.Kind) string {
	if meaning := p.IDs[kind]; meaning != "" {
		return meaning
	}
	return store.IDsWithinTitle
}

// newProfile reads a profile as it is stored. One that cannot be read is the default, and
// there is an error too.
func newProfile(src store.Source) (Profile, error) {
	p := Profile{IDs: map[resolve.Kind]string{}, stored: store.Profile{Zone: src.Zone, IDs: src.IDs}}
	zone, err := src.Check()
	if err != nil {
		return p, err
	}
	p.Zone = zone
	for kind, meaning := range src.IDs {
		p.IDs[resolve.Kind(kind)] = meaning
	}
	return p, nil
}

// ReadProfiles reads a seed file of profiles, YAML or JSON:
//
//	sources:
//	  csgolounge:
//	    zone: Europe/Copenhagen      # IANA; UTC if left out
//	    ids: {team: none}            # by kind match, team, tournament: title (the default), source or none
//
// They are in order of name, fit for store.PutSource. Its errors are *resolve.InvalidError,
// whose field is such as "sources.csgolounge.zone".
func ReadProfiles(r io.Reader) ([]store.Source, error) {
	var file struct {
		Sources map[string]struct {
			Zone string
			IDs  map[string]string `yaml:"ids"`
		}
	}
	d := yaml.NewDecoder(r)
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, fault("", "is no file of profiles: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	var sources []store.Source
	for _, name := range slices.Sorted(maps.Keys(file.Sources)) {
		told := file.Sources[name]
		src := store.Source{Name: name, Zone: told.Zone, IDs: told.IDs}
		_, err := src.Check()
		if invalid, ok := errors.AsType[*resolve.InvalidError](err); ok {
			return nil, fault("sources."+name+"."+invalid.Field, "%s", invalid.Reason)
		}
		sources = append(sources, src)
	}
	return sources, nil
}

// profileLife is how long profiles that were read are used, unless the store finds before
// that they have changed.
const profileLife = time.Second

// Profiles are the sources' profiles as the store holds them, read again every second. One
// that cannot be read is logged, and its source has the defaults: it stands in the way of
// no other.
type Profiles struct {
	store *store.Store

	mu     sync.Mutex
	readAt time.Time
	known  map[string]Profile
}

// NewProfiles reads from this store.
func NewProfiles(s *store.Store) *Profiles { return &Profiles{store: s} }

// Current returns the profiles as they are now. What it returns does not change, so that
// one batch is read in one way; a source that is not known has the defaults.
func (p *Profiles) Current(ctx context.Context) (func(source string) Profile, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.readAt) > profileLife {
		known, err := p.read(ctx)
		if err != nil {
			return nil, err
		}
		p.known, p.readAt = known, time.Now()
	}
	known := p.known
	return func(source string) Profile { return known[source] }, nil
}

// Forget has the profiles read again when they are next asked for.
func (p *Profiles) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.readAt = time.Time{}
}

func (p *Profiles) read(ctx context.Context) (map[string]Profile, error) {
	sources, err := p.store.Profiles(ctx)
	if err != nil {
		return nil, fmt.Errorf("read profiles: %w", err)
	}
	known := make(map[string]Profile, len(sources))
	for _, src := range sources {
		if known[src.Name], err = newProfile(src); err != nil {
			zerolog.Ctx(ctx).Warn().Err(err).Str("source", src.Name).Msg("profile cannot be read; its source has the defaults")
		}
	}
	return known, nil
}
