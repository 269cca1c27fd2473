package api

import (
	"cmp"
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"umpire/ent/store"
	"umpire/fixtures/servers"
	"umpire/resolve"
	"umpire/resolve/text"
)

// world is a database with what two sources, alpha and beta, told, served.
//
//	alpha 1    fnatic – NiP             2015-08-01 14:30, finished 2:1, ESL One
//	beta  b/9  fnatic – Ninjas          2015-08-01, no clock; merged with alpha 1, which takes its id
//	alpha 2    Virtus.pro – NiP         2015-08-02 00:00:00, scheduled
//	beta  x    G2 – Ninjas              2015-08-03; withdrawn, so that its entity is gone
//	alpha 3    told, but not resolved yet
type world struct {
	*store.Store
	api                       *API
	m1, m9, m2, x, unresolved resolve.Match
}

// onEach runs a test in a world on each database.
func onEach(t *testing.T, test func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) { test(t, onSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, newWorld(t, servers.Postgres(t))) })
}

func onSQLite(t testing.TB) *world {
	t.Helper()
	return newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "umpire.db"))
}

// empty opens an empty database and serves it.
func empty(t testing.TB, url string) *world {
	t.Helper()
	s, err := store.Open(t.Context(), url)
	check(t, err)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	check(t, s.Migrate(t.Context()))
	return &world{Store: s, api: New(Config{Store: s, Intake: intake{s}})}
}

func newWorld(t testing.TB, url string) *world {
	t.Helper()
	w := empty(t, url)
	release, err := w.Own(t.Context())
	check(t, err)
	t.Cleanup(release)
	w.m1 = told("alpha", "1", "fnatic", "NiP", resolve.Time{Raw: "2015-08-01 16:30", At: day(1).Add(14*time.Hour + 30*time.Minute), Precision: resolve.PrecisionMinute})
	w.m1.State, w.m1.BestOf, w.m1.URL = new(2), new(3), "https://alpha.example/1"
	w.m1.Tournament = named(resolve.KindTournament, "alpha", "ESL One: Cologne")
	w.m1.Sides[0].Points, w.m1.Sides[0].Winner = new(2.0), new(true)
	w.m1.Sides[1].Points, w.m1.Sides[1].Winner = new(1.0), new(false)
	w.m9 = told("beta", "b/9", "fnatic", "Ninjas in Pyjamas", resolve.Time{Raw: "2015-08-01", At: day(1), Precision: resolve.PrecisionDay})
	w.m2 = told("alpha", "2", "Virtus.pro", "NiP", resolve.Time{Raw: "2015-08-02 00:00:00", At: day(2), Precision: resolve.PrecisionSecond})
	w.m2.State = new(1)
	w.x = told("beta", "x", "G2", "Ninjas in Pyjamas", resolve.Time{Raw: "2015-08-03", At: day(3), Precision: resolve.PrecisionDay})
	w.unresolved = told("alpha", "3", "LDLC", "NiP", resolve.Time{})

	w.ingest(t, &w.m1, &w.m9, &w.m2, &w.x)
	apart := partition{matches: []resolve.Match{w.m1, w.m9, w.m2, w.x}}
	w.apply(t, apart.plan(), "messages 1 to 4")
	w.merge(t, apart)
	w.withdraw(t)
	w.ingest(t, &w.unresolved)
	return w
}

// merge brings what beta calls otherwise to what alpha told.
func (w *world) merge(t testing.TB, apart partition) {
	together := partition{matches: apart.matches, same: [][]resolve.ID{
		{w.m1.ID, w.m9.ID}, {w.m1.Title.ID, w.m9.Title.ID},
		{w.m1.Sides[0].Team.ID, w.m9.Sides[0].Team.ID}, {w.m1.Sides[1].Team.ID, w.m9.Sides[1].Team.ID},
	}}
	plan := resolve.Plan{Link: []resolve.Link{
		link(w.m1.ID, w.m9.ID, resolve.Joined, 296),
		link(w.m2.ID, w.x.ID, resolve.Suggested, 33),
	}}
	for _, ids := range together.same {
		plan.Retire = append(plan.Retire, ids[1])
		plan.Changes = append(plan.Changes,
			resolve.Change{Entity: ids[0], Kind: ids[0].Kind(), Act: resolve.Merged, Others: ids[1:]},
			resolve.Change{Entity: ids[1], Kind: ids[0].Kind(), Act: resolve.Retired, Others: ids[:1]})
	}
	before := apart.plan().Put
	for _, e := range together.plan().Put {
		if slices.ContainsFunc(before, func(b resolve.Entity) bool { return gocmp.Equal(b, e) }) {
			continue
		}
		plan.Put = append(plan.Put, e)
		if len(e.Members) == 1 {
			plan.Changes = append(plan.Changes, resolve.Change{Entity: e.ID, Kind: e.Kind, Act: resolve.Updated})
		}
	}
	w.apply(t, plan, "run 1")
}

// withdraw takes back beta x, and with it a team that nothing else tells.
func (w *world) withdraw(t testing.TB) {
	g2 := w.x.Sides[0].Team.ID
	outcomes, err := w.Ingest(t.Context(), []store.Delivery{{Source: "beta", Withdraw: &w.x.Key, ReceivedAt: day(4), Via: "http"}})
	check(t, err)
	w.apply(t, resolve.Plan{
		Retire: []resolve.ID{g2, w.x.ID}, Detached: []resolve.ID{g2, w.x.ID},
		Unlink: []resolve.Pair{pair(w.m2.ID, w.x.ID)},
		Changes: []resolve.Change{
			{Entity: g2, Kind: resolve.KindTeam, Act: resolve.Retired},
			{Entity: w.x.ID, Kind: resolve.KindMatch, Act: resolve.Retired},
		},
	}, "message 5")
	if outcomes[0].Fate != store.Applied {
		t.Fatalf("withdraw: %+v", outcomes[0])
	}
}

func (w *world) ingest(t testing.TB, matches ...*resolve.Match) {
	t.Helper()
	for _, m := range matches {
		body, err := json.Marshal(map[string]any{"source": m.Key.Source, "data": map[string]any{"id": m.Key.ID}})
		check(t, err)
		outcomes, err := w.Ingest(t.Context(), []store.Delivery{{Source: m.Key.Source, Body: body, ReceivedAt: day(1), Via: "file:world:1", Match: m}})
		check(t, err)
		m.Arrival = outcomes[0].Message
	}
}

func (w *world) apply(t testing.TB, plan resolve.Plan, cause string) {
	t.Helper()
	marks, err := w.Dirty(t.Context(), 100)
	check(t, err)
	check(t, w.Apply(t.Context(), plan, marks, cause))
}

// rename gives a team another name, and changes nothing else.
func (w *world) rename(ctx context.Context, team resolve.ID, name string) error {
	now, err := w.Named(ctx, team)
	if err != nil {
		return err
	}
	renamed := resolve.Entity{Kind: resolve.KindTeam, ID: team, Name: name, Title: now.Title.ID, From: now.From}
	for _, r := range now.Records {
		renamed.Members = append(renamed.Members, resolve.Member{Record: r.ID})
	}
	return w.Apply(ctx, resolve.Plan{
		Put:     []resolve.Entity{renamed},
		Changes: []resolve.Change{{Entity: team, Kind: resolve.KindTeam, Act: resolve.Updated}},
	}, nil, "run 2")
}

func (w *world) names() map[string]resolve.ID {
	return map[string]resolve.ID{
		"M1": w.m1.ID, "M9": w.m9.ID, "M2": w.m2.ID, "X": w.x.ID, "M3": w.unresolved.ID,
		"FNATIC": w.m1.Sides[0].Team.ID, "FNATIC9": w.m9.Sides[0].Team.ID,
		"NIP": w.m1.Sides[1].Team.ID, "NIP9": w.m9.Sides[1].Team.ID, "VP": w.m2.Sides[0].Team.ID, "CSGO": w.m1.Title.ID, "CSGO9": w.m9.Title.ID, "ESL": w.m1.Tournament.ID,
	}
}

// partition says which records of what matches tell are one; all others are alone.
type partition struct {
	matches []resolve.Match
	same    [][]resolve.ID // the oldest first
}

// plan puts every entity of the partition, and tells each as created.
func (p partition) plan() resolve.Plan {
	entities := map[resolve.ID]*resolve.Entity{}
	for _, m := range p.matches {
		title := p.join(entities, *m.Title, "")
		teams := [2]resolve.ID{p.join(entities, m.Sides[0].Team, title), p.join(entities, m.Sides[1].Team, title)}
		f := &resolve.Fields{State: m.State, BestOf: m.BestOf, Start: m.Start, Title: title}
		if m.Tournament != nil {
			f.Tournament = p.join(entities, *m.Tournament, title)
		}
		for i, s := range m.Sides {
			f.Sides[i] = resolve.SideFields{Team: teams[i], Points: s.Points, Winner: s.Winner}
		}
		e := p.entity(entities, resolve.KindMatch, m.ID)
		e.Match = cmp.Or(e.Match, f)
		e.From = map[string]resolve.ID{"state": e.ID, "start": e.ID, "best_of": e.ID, "teams": e.ID}
	}
	var plan resolve.Plan
	for _, kind := range resolve.Kinds {
		for _, e := range entities {
			if e.Kind == kind {
				plan.Put = append(plan.Put, *e)
				plan.Changes = append(plan.Changes, resolve.Change{Entity: e.ID, Kind: kind, Act: resolve.Created})
			}
		}
	}
	return plan
}

// join adds a named record to its entity, and returns the entity's id.
func (p partition) join(entities map[resolve.ID]*resolve.Entity, n resolve.Named, title resolve.ID) resolve.ID {
	e := p.entity(entities, n.Key.Kind, n.ID)
	e.Name, e.Title, e.From = cmp.Or(e.Name, n.Name), title, map[string]resolve.ID{"name": e.ID}
	return e.ID
}

func (p partition) entity(entities map[resolve.ID]*resolve.Entity, kind resolve.Kind, record resolve.ID) *resolve.Entity {
	founder := record
	for _, group := range p.same {
		if slices.Contains(group, record) {
			founder = group[0]
		}
	}
	e := entities[founder]
	if e == nil {
		e = &resolve.Entity{Kind: kind, ID: founder}
		entities[founder] = e
	}
	if !slices.Contains(e.Members, resolve.Member{Record: record}) {
		e.Members = append(e.Members, resolve.Member{Record: record})
	}
	return e
}

func told(source, id, team1, team2 string, start resolve.Time) resolve.Match {
	title := map[string]string{"alpha": "Counter-Strike: Global Offensive", "beta": "CS:GO"}[source]
	key := resolve.Key{Kind: resolve.KindMatch, Source: source, Scope: text.Fold(title), ID: id}
	return resolve.Match{
		Key: key, ID: key.Mint(), Start: start, Title: named(resolve.KindTitle, source, title),
		Sides: [2]resolve.Side{{Team: *named(resolve.KindTeam, source, team1)}, {Team: *named(resolve.KindTeam, source, team2)}},
	}
}

func named(kind resolve.Kind, source, name string) *resolve.Named {
	key := resolve.Key{Kind: kind, Source: source, Named: true, ID: name}
	return &resolve.Named{Key: key, ID: key.Mint(), Name: name}
}

func link(a, b resolve.ID, verdict resolve.Verdict, weight resolve.Weight) resolve.Link {
	p := pair(a, b)
	return resolve.Link{
		Kind: a.Kind(), A: p.A, B: p.B, Verdict: verdict, Weight: weight,
		Lines: []resolve.Line{{Comparison: "teams", Level: "both", Weight: weight - 40}, {Comparison: "start", Level: "same day", Weight: 40}},
	}
}

func pair(a, b resolve.ID) resolve.Pair { return resolve.Pair{A: min(a, b), B: max(a, b)} }

// day is one of August 2015.
func day(n int) time.Time { return time.Date(2015, 8, n, 0, 0, 0, 0, time.UTC) }

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// intake takes messages in that say no more than a source and an id, or a "fault".
type intake struct{ *store.Store }

func (in intake) Take(ctx context.Context, deliveries []store.Delivery) ([]store.Outcome, error) {
	for i, d := range deliveries {
		var said struct{ Source, ID, Fault string }
		if err := json.Unmarshal(d.Body, &said); err != nil {
			said.Fault = "is not JSON"
		}
		d.Source = said.Source
		if said.Fault != "" {
			d.Fault = &resolve.InvalidError{Field: "data", Reason: said.Fault}
		} else {
			m := told(said.Source, said.ID, "a", "b", resolve.Time{})
			d.Match = &m
		}
		deliveries[i] = d
	}
	return in.Ingest(ctx, deliveries)
}

func (in intake) Withdraw(ctx context.Context, source, id, title, via string) (store.Outcome, error) {
	r, err := in.Record(ctx, source, id, title)
	if err != nil {
		return store.Outcome{}, err
	}
	if r.Withdrawn {
		return store.Outcome{}, store.ErrGone
	}
	key := resolve.Key{Kind: resolve.KindMatch, Source: r.Source, Scope: r.Scope, Named: r.RecordRef.Named, ID: r.Key}
	outcomes, err := in.Ingest(ctx, []store.Delivery{{Source: source, Withdraw: &key, ReceivedAt: day(5), Via: via}})
	if err != nil {
		return store.Outcome{}, err
	}
	return outcomes[0], nil
}
