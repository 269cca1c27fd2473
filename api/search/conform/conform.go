// Package conform holds every backend of search to the same cases: what is asked, and what
// is to be the first answers. Only tests import it.
package conform

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"umpire/api/search"
	"umpire/ent/store"
	"umpire/resolve"
)

//go:embed cases.txt
var cases string

// Run makes a world in an empty, migrated store, and searches it by a backend that is made
// once it is there. Cases that a backend of this name cannot do, as the file of cases says,
// must fail: one that can by now is to lose its mark.
func Run(t *testing.T, s *store.Store, name string, backend func(*testing.T, *store.Store) search.Backend) {
	w := build(t, s)
	finder := search.Finder{Store: s, Index: backend(t, s)}
	for _, c := range read(t) {
		t.Run(c.asked, func(t *testing.T) {
			found := w.find(t, finder, c)
			switch cannot := slices.Contains(c.cannot, name); {
			case cannot && c.met(found):
				t.Errorf("%s finds %v, which the file of cases says that it cannot", name, found)
			case !cannot && !c.met(found):
				t.Errorf("finds %v, want %v", found, c.want)
			}
		})
	}
}

// example is a case of the file.
type example struct {
	asked  string
	text   string
	params map[string]string
	want   []string
	only   bool
	cannot []string
}

func (c example) met(found []string) bool {
	if len(found) < len(c.want) || c.only && len(found) > len(c.want) {
		return false
	}
	return slices.Equal(found[:len(c.want)], c.want)
}

func read(t *testing.T) []example {
	t.Helper()
	var all []example
	for n, line := range strings.Split(cases, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		asked, answer, found := strings.Cut(line, " => ")
		if !found {
			t.Fatalf("cases.txt:%d: no answer in %q", n+1, line)
		}
		c := example{asked: asked, params: map[string]string{}}
		answer, cannot, _ := strings.Cut(answer, " ! ")
		c.cannot, c.want = strings.Fields(cannot), strings.Fields(answer)
		if last := len(c.want) - 1; c.want[last] == "only" || c.want[last] == "none" {
			c.want, c.only = c.want[:last], true
		}
		for i, piece := range strings.Split(asked, " | ") {
			if name, value, _ := strings.Cut(piece, "="); i > 0 {
				c.params[name] = value
			} else {
				c.text = piece
			}
		}
		all = append(all, c)
	}
	return all
}

// find searches, two answers a page, and returns the handles of all.
func (w *world) find(t *testing.T, finder search.Finder, c example) []string {
	t.Helper()
	q, err := search.Parse(c.text)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range c.params {
		if err := w.narrow(&q, name, value); err != nil {
			t.Fatal(err)
		}
	}
	var found []string
	for cursor := ""; ; {
		p, err := finder.Find(t.Context(), q, cursor, 2)
		if err != nil {
			t.Fatal(err)
		}
		if p.Aside != nil {
			t.Fatalf("the backend does not answer: %v", p.Aside)
		}
		for _, h := range p.Hits {
			found = append(found, w.handles[h.ID])
		}
		if cursor = p.Next; cursor == "" {
			return found
		}
	}
}

// narrow sets what a parameter says.
func (w *world) narrow(q *search.Query, name, value string) error {
	switch name {
	case "kind":
		q.Kinds = []resolve.Kind{resolve.Kind(value)}
	case "title":
		q.Titles = []resolve.ID{w.ids[value]}
	case "tournament":
		q.Tournaments = []resolve.ID{w.ids[value]}
	case "source":
		q.Source = value
	case "state":
		q.State = new(int(value[0] - '0'))
	case "from", "to":
		day, err := time.Parse(time.DateOnly, value)
		if err != nil {
			return err
		}
		if name == "from" {
			q.Within(&day, nil)
		} else {
			end := day.AddDate(0, 0, 1).Add(-time.Microsecond)
			q.Within(nil, &end)
		}
	default:
		return fmt.Errorf("no parameter %q", name)
	}
	return nil
}
