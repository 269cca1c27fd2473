package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"umpire/fixtures"
	"umpire/ingest"
	"umpire/resolve"
	"umpire/resolve/text"
)

// A scenario is a txtar file. It says first what it shows and why that is right. Then come its
// acts, each a section of messages and one of what is expected of all that was told so far:
//
//	-- messages.ndjson --      -- then.ndjson --
//	-- expect --               -- then.expect --
//
// What only an engine can know that has learnt how the sources differ stands under "learnt" in
// place of "expect". Messages are one a line, as their sources send them; "withdraw arena/7" takes a match back,
// and "same match: arena/1 ? bulletin/7", or different, is what a person says of two records.
// What is expected is one statement a line; what no line names is not checked:
//
//	team: arena/12 "NiP" = callers/"Ninjas in Pyjamas"    one entity, and another one than each other that is listed so
//	match: arena/1 = bulletin/7 | bulletin/9              two entities
//	match: arena/1 = callers/7 swapped                    whose sides are in the other order than the first record's
//	apart team: arena/12 | arena/13 | bulletin/4          no two of them are one
//	asked match: arena/1 ? bulletin/7                     not one, but suggested
//	unasked match: arena/1 | bulletin/9                   neither one, nor suggested
//	gone match: arena/3                                   in no entity
//
// A record is called by its source and its id, or its name in quotes where it has no id. A name
// behind an id is for the reader: the record must have borne it. Where a source uses an id in
// several titles, @"CS:GO" behind it says which one.
type act struct {
	steps  []step // from the first act on
	claims []claim
	learnt bool // the claims are of an engine that was trained
}

// step is a message, that a source takes a match back, or what a person says, of no source.
type step struct {
	source    string
	match     *resolve.Match
	withdrawn resolve.ID
	judged    *resolve.Judgement
}

// claim is a line of what is expected.
type claim struct {
	line     string
	says     string // "", apart, asked, unasked or gone
	kind     resolve.Kind
	clusters [][]ref
}

// ref is a record that a claim names.
type ref struct {
	called  string
	id      resolve.ID
	swapped bool
}

// sections are a scenario's; the last two follow once more for each further act.
var sections = [...]string{"messages.ndjson", "expect", "then.ndjson", "then.expect"}

func readScenario(t *testing.T, name string) []*act {
	t.Helper()
	content, err := fixtures.FS.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	archive := txtar.Parse(content)
	if len(archive.Comment) == 0 || len(archive.Files) == 0 {
		t.Fatalf("%s does not say what it shows, or shows nothing", name)
	}
	reader := scenarioReader{t: t, told: map[resolve.Key][]string{}}
	var acts []*act
	var steps []step
	for i, section := range archive.Files {
		want := sections[min(i, 2+i%2)]
		learnt := i%2 == 1 && section.Name == strings.Replace(want, "expect", "learnt", 1)
		if section.Name != want && !learnt {
			t.Fatalf("%s: section %d is %s, want %s", name, i+1, section.Name, want)
		}
		if i%2 == 0 {
			steps = append(slices.Clip(steps), each(string(section.Data), reader.step)...)
		} else {
			acts = append(acts, &act{steps, each(string(section.Data), reader.claim), learnt})
		}
	}
	return acts
}

// each reads the lines of a section that are not empty.
func each[T any](section string, read func(line string) T) []T {
	var all []T
	for line := range strings.Lines(section) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, read(line))
		}
	}
	return all
}

type scenarioReader struct {
	t    *testing.T
	told map[resolve.Key][]string // all records, and the names that each has borne
}

func (r *scenarioReader) step(line string) step {
	r.t.Helper()
	if taken, ok := strings.CutPrefix(line, "withdraw "); ok {
		source, _, _ := strings.Cut(taken, "/")
		return step{source: source, withdrawn: r.ref(resolve.KindMatch, taken).id}
	}
	if said := saying.FindStringSubmatch(line); said != nil {
		kind := resolve.Kind(said[2])
		a, b := r.ref(kind, said[3]).id, r.ref(kind, said[4]).id
		return step{judged: &resolve.Judgement{A: min(a, b), B: max(a, b), Word: resolve.Word(said[1]), By: "ann"}}
	}
	read := ingest.Decode([]byte(line), ingest.Defaults)
	if read.Match == nil {
		r.t.Fatalf("%v:\n%s", read.Fault, line)
	}
	m := read.Match
	r.told[m.Key] = nil
	for _, n := range []*resolve.Named{m.Title, m.Tournament, &m.Sides[0].Team, &m.Sides[1].Team} {
		if n != nil && !slices.Contains(r.told[n.Key], n.Name) {
			r.told[n.Key] = append(r.told[n.Key], n.Name)
		}
	}
	return step{source: read.Source, match: m}
}

var saying = regexp.MustCompile(`^(same|different) (title|tournament|team|match): (.+) \? (.+)$`)

var statement = regexp.MustCompile(`^(?:(apart|asked|unasked|gone) )?(title|tournament|team|match): (.+)$`)

func (r *scenarioReader) claim(line string) claim {
	r.t.Helper()
	parts := statement.FindStringSubmatch(line)
	if parts == nil {
		r.t.Fatalf("no statement: %s", line)
	}
	c := claim{line: line, says: parts[1], kind: resolve.Kind(parts[2])}
	between := " | "
	if c.says == "asked" {
		between = " ? "
	}
	for cluster := range strings.SplitSeq(parts[3], between) {
		var refs []ref
		for text := range strings.SplitSeq(cluster, " = ") {
			refs = append(refs, r.ref(c.kind, text))
		}
		c.clusters = append(c.clusters, refs)
	}
	return c
}

var reference = regexp.MustCompile(`^(\w+)/(?:"([^"]+)"|([^\s"@]+))(?:@"([^"]+)")?(?: "([^"]+)")?( swapped)?$`)

// ref finds the record that is called so.
func (r *scenarioReader) ref(kind resolve.Kind, called string) ref {
	r.t.Helper()
	parts := reference.FindStringSubmatch(called)
	if parts == nil {
		r.t.Fatalf("no record: %s", called)
	}
	source, name, id, title, borne, swapped := parts[1], parts[2], parts[3], parts[4], parts[5], parts[6] != ""
	var found []resolve.Key
	for key, names := range r.told {
		scoped := title == "" || key.Scope == text.Fold(title)
		if key.Kind == kind && key.Source == source && key.Named == (id == "") && key.ID == name+id && scoped {
			found = append(found, key)
			if borne != "" && !slices.Contains(names, borne) {
				r.t.Fatalf("%s bears the names %q", called, names)
			}
		}
	}
	if len(found) != 1 {
		r.t.Fatalf("%s %s is %d records", kind, called, len(found))
	}
	return ref{called, found[0].Mint(), swapped}
}

// check holds what is expected against how a world ended.
func (a *act) check(t *testing.T, w *world) {
	t.Helper()
	listed := map[resolve.ID]ref{}
	for _, c := range a.claims {
		switch c.says {
		case "":
			for _, cluster := range c.clusters {
				w.checkOne(t, cluster)
				home := w.places[cluster[0].id].With
				if other, taken := listed[home]; taken {
					w.complain(t, "are one", other, cluster[0])
				}
				listed[home] = cluster[0]
			}
		case "gone":
			if _, there := w.engine.EntityOf(c.clusters[0][0].id); there {
				t.Errorf("%s is in an entity", c.clusters[0][0].called)
			}
		default:
			w.checkParted(t, c)
		}
	}
}

// checkOne checks that some records are one, and which match records have their sides swapped.
func (w *world) checkOne(t *testing.T, cluster []ref) {
	t.Helper()
	first := w.places[cluster[0].id]
	if first.With == "" {
		t.Errorf("%s is in no entity", cluster[0].called)
	}
	for _, r := range cluster[1:] {
		switch at := w.places[r.id]; {
		case at.With != first.With:
			w.complain(t, "are not one", cluster[0], r)
		case r.swapped != (at.Flipped != first.Flipped):
			w.complain(t, "are one, but not with their sides so", cluster[0], r)
		}
	}
}

// checkParted checks that no two of a claim's records are one, and that they are asked about
// if it says so.
func (w *world) checkParted(t *testing.T, c claim) {
	t.Helper()
	for i, one := range c.clusters {
		for _, other := range c.clusters[i+1:] {
			a, b := one[0], other[0]
			switch {
			case w.places[a.id].With == w.places[b.id].With:
				w.complain(t, "are one", a, b)
			case c.says == "asked" && !w.asked(a.id, b.id):
				w.complain(t, "are not asked about", a, b)
			case c.says == "unasked" && w.asked(a.id, b.id):
				w.complain(t, "are asked about", a, b)
			}
		}
	}
}

// asked tells whether any two records of two entities are suggested.
func (w *world) asked(a, b resolve.ID) bool {
	a, b = w.places[a].With, w.places[b].With
	for pair, link := range w.links {
		x, y := w.places[pair.A].With, w.places[pair.B].With
		if link.Verdict == resolve.Suggested && (x == a && y == b || x == b && y == a) {
			return true
		}
	}
	return false
}

// complain says what is wrong with two records, and the evidence.
func (w *world) complain(t *testing.T, wrong string, a, b ref) {
	t.Helper()
	link, _ := w.engine.Explain(a.id, b.id)
	var evidence strings.Builder
	for _, l := range link.Lines {
		fmt.Fprintf(&evidence, "; %s: %s %+.2f", l.Comparison, l.Level, l.Weight.Bits())
	}
	t.Errorf("%s, %s %s: %.2f bits, %s %s%s", a.called, b.called, wrong, link.Weight.Bits(), link.Verdict, link.Rule, &evidence)
}
