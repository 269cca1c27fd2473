package resolve_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"umpire/resolve"
)

// mirror is what a store holds that applied every plan.
type mirror struct {
	Entities map[resolve.ID]resolve.Entity
	Links    map[resolve.Pair]resolve.Link
}

func newMirror() mirror {
	return mirror{map[resolve.ID]resolve.Entity{}, map[resolve.Pair]resolve.Link{}}
}

func (m mirror) apply(p resolve.Plan) {
	for _, id := range p.Retire {
		delete(m.Entities, id)
	}
	for _, e := range p.Put {
		m.Entities[e.ID] = e
	}
	for _, pair := range p.Unlink {
		delete(m.Links, pair)
	}
	for _, l := range p.Link {
		m.Links[resolve.Pair{A: l.A, B: l.B}] = l
	}
}

// touchy is the shipped model changed so that in a small world, too, blocks overflow, a match that
// coincides elsewhere parts two teams, the matches of two titles reach their bound, and every two
// sources tell who is at home.
func touchy() *resolve.Model {
	m := resolve.Shipped()
	m.Crowd = 2
	m.Match.Oriented = 0
	m.Votes.Coverage = 0.99
	m.Tournament.Against = -10 * resolve.Bit
	m.Title.Bound = 3 * resolve.Bit
	return m
}

// batch resolves records at once.
func batch(records map[resolve.ID]resolve.Match) (*resolve.Engine, mirror) {
	e, m := resolve.New(touchy()), newMirror()
	for _, r := range records {
		e.Put(r)
	}
	m.apply(e.Settle())
	return e, m
}

// restart makes an engine anew from what a store holds.
func restart(records map[resolve.ID]resolve.Match, held mirror) *resolve.Engine {
	e := resolve.New(touchy())
	for _, r := range records {
		e.Put(r)
	}
	e.Restore(maps.Values(held.Entities), maps.Values(held.Links))
	return e
}

// A small nasty world: two days and a bit, three sources, names that alias, guard and name
// nobody, rematches, teams that play themselves.
var (
	worldSources = []string{"alpha", "beta", "gamma"}
	worldTeams   = []string{"Natus Vincere", "NaVi", "Astralis", "Astralis Academy", "mouz", "mousesports", "TBD", "OG"}
	worldCups    = []string{"", "Spring Cup", "Spring Cup 2", "Cup of Spring"}
	worldTitles  = []string{"", "CS:GO", "csgo", "Counter-Strike", "CS:GO 2"}
	worldStarts  = []string{"2015-03-01", "2015-03-02", "2015-03-02 00:10", "2015-03-02 18:00", "2015-03-02 18:15", "2015-03-04 21:00", ""}
)

// drawMatch draws what a source says of one of its matches.
func drawMatch(t *rapid.T) resolve.Match {
	source := rapid.SampledFrom(worldSources).Draw(t, "source")
	key := resolve.Key{Kind: resolve.KindMatch, Source: source, ID: fmt.Sprint(rapid.IntRange(1, 6).Draw(t, "id"))}
	m := resolve.Match{Key: key, ID: key.Mint()}
	start, err := resolve.ParseTime(rapid.SampledFrom(worldStarts).Draw(t, "start"), nil)
	if err != nil {
		t.Fatal(err)
	}
	m.Start = start
	m.Title = drawNamed(t, resolve.KindTitle, source, worldTitles)
	m.Tournament = drawNamed(t, resolve.KindTournament, source, worldCups)
	told := rapid.SampledFrom([]string{"", "points", "winner"}).Draw(t, "told")
	for i := range m.Sides {
		m.Sides[i].Team = *drawNamed(t, resolve.KindTeam, source, worldTeams)
		points, winner := float64(rapid.IntRange(0, 2).Draw(t, "points")), i == 0
		switch told {
		case "points":
			m.Sides[i].Points = &points
		case "winner":
			m.Sides[i].Winner = &winner
		}
	}
	if state := rapid.IntRange(0, 2).Draw(t, "state"); state > 0 {
		m.State = &state
	}
	return m
}

// drawNamed draws a named record. One source keys by name, the others by ids, of which two
// names share each.
func drawNamed(t *rapid.T, kind resolve.Kind, source string, names []string) *resolve.Named {
	i := rapid.IntRange(0, len(names)-1).Draw(t, string(kind))
	if names[i] == "" {
		return nil
	}
	key := resolve.Key{Kind: kind, Source: source, Named: true, ID: names[i]}
	if source != "alpha" {
		key.Named, key.ID = false, fmt.Sprint(i/2)
	}
	return &resolve.Named{Key: key, ID: key.Mint(), Name: names[i]}
}

// However a world came to be, one step at a time, with words taken back, records withdrawn
// and restarts in between, the store ends as it does after one batch: entities, links, and
// their weights to the last bit.
func TestOrderFree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records, arrivals := map[resolve.ID]resolve.Match{}, map[resolve.ID]int64{}
		e, store := resolve.New(touchy()), newMirror()
		steps := rapid.IntRange(1, 40).Draw(t, "steps")
		for range steps {
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				if ids := slices.Sorted(maps.Keys(records)); len(ids) > 0 {
					id := rapid.SampledFrom(ids).Draw(t, "withdrawn")
					delete(records, id)
					e.Remove(id)
				}
			case 1:
				e = restart(records, store)
			case 2, 3:
				store.apply(e.Settle())
			default:
				m := drawMatch(t)
				if _, told := arrivals[m.ID]; !told {
					arrivals[m.ID] = int64(len(arrivals) + 1)
				}
				m.Arrival = arrivals[m.ID]
				records[m.ID] = m
				e.Put(m)
			}
		}
		store.apply(e.Settle())
		whole, want := batch(records)
		if diff := cmp.Diff(slices.Collect(whole.Weighed()), slices.Collect(e.Weighed())); diff != "" {
			t.Fatalf("not all weighs what it does in one batch (-batch +live):\n%s", diff)
		}
		if diff := cmp.Diff(want, store, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("not as in one batch (-batch +live):\n%s", diff)
		}
		if diff := cmp.Diff(slices.Collect(whole.Entities()), slices.Collect(e.Entities()), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("the engine itself is not as in one batch:\n%s", diff)
		}
		if p := e.Settle(); !p.Empty() || len(p.Changes) > 0 {
			t.Fatalf("settled already, and yet plans %+v", p)
		}
		checkLinks(t, e, store)
	})
}

// What others play parts two teams that nothing else touches: alpha's Astralis and beta's are
// one by their name, until each has a match in the other's time that the other does not tell.
func TestPartedByOthers(t *testing.T) {
	history := []resolve.Match{
		told(t, "alpha 1", "2015-04-03", "Astralis", "mouz"), told(t, "beta 1", "2015-04-01", "Astralis", "OG"),
		told(t, "alpha 2", "2015-05-01", "Vega", "Cloud9"), told(t, "beta 2", "2015-05-01", "Astralis", "Cloud9"),
		told(t, "alpha 3", "2015-06-01", "Astralis", "Titan"),
	}
	e, store, records := resolve.New(touchy()), newMirror(), map[resolve.ID]resolve.Match{}
	a, b := named(resolve.KindTeam, "alpha", "Astralis").ID, named(resolve.KindTeam, "beta", "Astralis").ID
	for i, m := range history {
		m.Arrival = int64(i)
		records[m.ID] = m
		e.Put(m)
		store.apply(e.Settle())
		one, _ := e.EntityOf(a)
		other, _ := e.EntityOf(b)
		if i > 0 && (one == other) != (i < len(history)-1) {
			link, _ := e.Explain(a, b)
			t.Errorf("after record %d they are in %s and %s: %+v", i+1, one, other, link)
		}
		if _, want := batch(records); !cmp.Equal(want, store, cmpopts.EquateEmpty()) {
			t.Errorf("after record %d not as in one batch:\n%s", i+1, cmp.Diff(want, store, cmpopts.EquateEmpty()))
		}
	}
}

// checkLinks checks that every link explains itself to the bit, and is what Explain says.
func checkLinks(t *rapid.T, e *resolve.Engine, store mirror) {
	for pair, link := range store.Links {
		if sum := sumOf(t, link.Lines); sum != link.Weight {
			t.Errorf("%v weighs %d, its lines sum to %d", pair, link.Weight, sum)
		}
		if told, _ := e.Explain(pair.B, pair.A); !cmp.Equal(told, link, cmpopts.EquateEmpty()) {
			t.Errorf("Explain: %s", cmp.Diff(link, told, cmpopts.EquateEmpty()))
		}
	}
}

func sumOf(t *rapid.T, lines []resolve.Line) resolve.Weight {
	var sum resolve.Weight
	for _, l := range lines {
		sum += l.Weight
		if len(l.Lines) > 0 && sumOf(t, l.Lines) != l.Weight {
			t.Errorf("line %+v does not sum to its weight", l)
		}
	}
	return sum
}

// The order of arrival names entities, and nothing else: turned round, it leaves the
// partition and every weight as they are.
func TestArrivalOnlyNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records, turned := map[resolve.ID]resolve.Match{}, map[resolve.ID]resolve.Match{}
		for n := range rapid.IntRange(1, 30).Draw(t, "records") {
			m := drawMatch(t)
			m.Arrival = int64(n)
			records[m.ID] = m
			m.Arrival = -m.Arrival
			turned[m.ID] = m
		}
		_, one := batch(records)
		_, other := batch(turned)
		if diff := cmp.Diff(partition(one), partition(other)); diff != "" {
			t.Errorf("partition: %s", diff)
		}
		if diff := cmp.Diff(one.Links, other.Links, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("links: %s", diff)
		}
	})
}

// partition gives the sets of records of all entities, in an order of their own.
func partition(m mirror) []string {
	var sets []string
	for _, e := range m.Entities {
		var ids []string
		for _, member := range e.Members {
			ids = append(ids, string(member.Record))
		}
		slices.Sort(ids)
		sets = append(sets, fmt.Sprint(ids))
	}
	slices.Sort(sets)
	return sets
}

// A team is as old as the first match that ever told it, where the records say so: its
// entity keeps its id when that match is withdrawn.
func TestNamedRecordsKeepTheirAge(t *testing.T) {
	first := told(t, "alpha 1", "2021-03-01 18:00", "Northern Lights", "Quiet Harbour")
	other := told(t, "beta 1", "2021-03-02 18:00", "Northern Lights", "Quiet Harbour")
	again := told(t, "alpha 2", "2021-03-02 18:00", "Northern Lights", "Quiet Harbour")
	first.Arrival, other.Arrival, again.Arrival = 1, 2, 3
	for _, m := range []*resolve.Match{&first, &again} {
		m.Sides[0].Team.Arrival, m.Sides[1].Team.Arrival = 1, 1
	}
	other.Sides[0].Team.Arrival, other.Sides[1].Team.Arrival = 2, 2

	e := resolve.New(nil)
	for _, m := range []resolve.Match{first, other, again} {
		e.Put(m)
	}
	e.Settle()
	team := first.Sides[0].Team.ID
	for _, step := range []func(){func() {}, func() { e.Remove(first.ID) }} {
		step()
		e.Settle()
		if got, _ := e.EntityOf(other.Sides[0].Team.ID); got != team {
			t.Errorf("the team is called %s, want %s", got, team)
		}
	}
	rebuilt := resolve.New(nil)
	rebuilt.Put(again)
	rebuilt.Put(other)
	rebuilt.Settle()
	if got, _ := rebuilt.EntityOf(other.Sides[0].Team.ID); got != team {
		t.Errorf("after a restart the team is called %s, want %s", got, team)
	}
}
