package conform

import (
	_ "embed"
	"slices"
	"strings"
	"testing"
	"time"

	"umpire/ent/store"
	"umpire/resolve"
	"umpire/resolve/text"
)

//go:embed world.txt
var worldFile string

// world is what is searched, by handle.
type world struct {
	named   map[string]thing
	matches []told
	ids     map[string]resolve.ID
	handles map[resolve.ID]string
}

// thing is a title, tournament or team: by source what it was called, and is.
type thing struct {
	kind  resolve.Kind
	title string
	names map[string][]string
	first string // the source that told it first
}

// told is a match.
type told struct {
	handle     string
	teams      [2]string
	tournament string
	start      resolve.Time
	state      int
	sources    []string
}

// build makes the world of the file in a store.
func build(t *testing.T, s *store.Store) *world {
	t.Helper()
	w := &world{named: map[string]thing{}, ids: map[string]resolve.ID{}, handles: map[resolve.ID]string{}}
	for line := range strings.SplitSeq(worldFile, "\n") {
		kind, rest, _ := strings.Cut(line, " ")
		head, tail, _ := strings.Cut(rest, ": ")
		switch kind {
		case "", "#":
		case "match":
			w.matches = append(w.matches, match(t, head, strings.Split(tail, ", ")))
		default:
			handle, title, _ := strings.Cut(head, " @")
			w.named[handle] = named(resolve.Kind(kind), title, strings.Split(tail, ", "))
		}
	}
	release, err := s.Own(t.Context())
	check(t, err)
	t.Cleanup(release)
	w.ingest(t, s, (*world).former)
	w.ingest(t, s, (*world).present)
	check(t, s.Apply(t.Context(), w.plan(), nil, "the world of the file"))
	return w
}

func named(kind resolve.Kind, title string, names []string) thing {
	n := thing{kind: kind, title: title, names: map[string][]string{}}
	for i, told := range names {
		source, called, _ := strings.Cut(told, "=")
		n.names[source] = strings.Split(called, ">")
		if i == 0 {
			n.first = source
		}
	}
	return n
}

func match(t *testing.T, handle string, fields []string) told {
	t.Helper()
	m := told{handle: handle, tournament: fields[1], sources: strings.Fields(fields[4])}
	copy(m.teams[:], strings.Fields(fields[0]))
	at, err := time.Parse("2006-01-02 15:04", fields[2])
	m.start = resolve.Time{Raw: fields[2], At: at, Precision: resolve.PrecisionMinute}
	if err != nil {
		at, err = time.Parse(time.DateOnly, fields[2])
		m.start = resolve.Time{Raw: fields[2], At: at, Precision: resolve.PrecisionDay}
	}
	check(t, err)
	m.state = int(fields[3][0] - '0')
	return m
}

func (w *world) former(handle, source string) string  { return w.called(handle, source)[0] }
func (w *world) present(handle, source string) string { return last(w.called(handle, source)) }

// called is what a source calls a thing: if it does not know it, what the first does.
func (w *world) called(handle, source string) []string {
	n := w.named[handle]
	if names := n.names[source]; names != nil {
		return names
	}
	return n.names[n.first]
}

func last(names []string) string { return names[len(names)-1] }

// ingest takes in what each source tells of the matches, and each source that names a thing
// of one that it plays in.
func (w *world) ingest(t *testing.T, s *store.Store, name func(w *world, handle, source string) string) {
	t.Helper()
	for _, m := range w.matches {
		for _, source := range m.sources {
			record := w.record(m, source, name)
			outcomes, err := s.Ingest(t.Context(), []store.Delivery{{
				Source: source, Body: []byte("{}"), ReceivedAt: m.start.At, Via: "test", Match: record,
			}})
			check(t, err)
			record.Arrival = outcomes[0].Message
		}
	}
}

func (w *world) record(m told, source string, name func(w *world, handle, source string) string) *resolve.Match {
	title := w.named[m.teams[0]].title
	r := &resolve.Match{Start: m.start, State: &m.state, Title: w.of(title, source, title, name)}
	r.Key = resolve.Key{Kind: resolve.KindMatch, Source: source, Scope: text.Fold(title), ID: m.handle}
	r.ID = r.Key.Mint()
	for i, team := range m.teams {
		r.Sides[i].Team = *w.of(team, source, title, name)
	}
	if m.tournament != "-" {
		r.Tournament = w.of(m.tournament, source, title, name)
	}
	return r
}

func (w *world) of(handle, source, scope string, name func(w *world, handle, source string) string) *resolve.Named {
	key := resolve.Key{Kind: w.named[handle].kind, Source: source, Scope: text.Fold(scope), ID: handle}
	return &resolve.Named{Key: key, ID: key.Mint(), Name: name(w, handle, source)}
}

// plan makes one entity of each handle.
func (w *world) plan() resolve.Plan {
	entities := map[string]*resolve.Entity{}
	entity := func(handle string, kind resolve.Kind, record resolve.ID) *resolve.Entity {
		e := entities[handle]
		if e == nil {
			e = &resolve.Entity{Kind: kind, ID: record, From: map[string]resolve.ID{}}
			entities[handle], w.ids[handle], w.handles[record] = e, record, handle
		}
		if !slices.Contains(e.Members, resolve.Member{Record: record}) {
			e.Members = append(e.Members, resolve.Member{Record: record})
		}
		return e
	}
	name := func(handle, source, scope string) resolve.ID {
		n := w.of(handle, source, scope, (*world).present)
		e := entity(handle, n.Key.Kind, n.ID)
		if e.Name == "" {
			e.Name = n.Name
		}
		return e.ID
	}
	for _, m := range w.matches {
		for _, source := range m.sources {
			title := w.named[m.teams[0]].title
			f := &resolve.Fields{State: &m.state, Start: m.start, Title: name(title, source, title)}
			for i, team := range m.teams {
				f.Sides[i].Team = name(team, source, title)
				entities[team].Title = f.Title
			}
			if m.tournament != "-" {
				f.Tournament = name(m.tournament, source, title)
				entities[m.tournament].Title = f.Title
			}
			entity("match "+m.handle, resolve.KindMatch, w.record(m, source, (*world).present).ID).Match = f
		}
	}
	return w.put(entities)
}

// put is a plan that puts entities, kind by kind.
func (w *world) put(entities map[string]*resolve.Entity) resolve.Plan {
	var plan resolve.Plan
	for _, kind := range resolve.Kinds {
		for handle, e := range entities {
			if e.Kind == kind {
				plan.Put = append(plan.Put, *e)
				plan.Changes = append(plan.Changes, resolve.Change{Entity: e.ID, Kind: kind, Act: resolve.Created})
				w.handles[e.ID] = strings.TrimPrefix(handle, "match ")
			}
		}
	}
	return plan
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
