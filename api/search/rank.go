package search

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"umpire/resolve"
	"umpire/resolve/text"
)

// Hit is an entity that a query finds, and why.
type Hit struct {
	Document
	Matched []Matched // what fits what, in the order of the query's words; none if it has no words
	place   place
}

// Matched is a name that some of a query's words fit.
type Matched struct {
	Part string // "name", or what of the entity has that name: "title", "tournament" or "team"
	Of   resolve.ID
	Name
	Fit   Fit
	Words []string
}

// place is where a hit stands in the order: the less, the earlier, member by member.
type place struct {
	Group  int   `json:"g"` // the matches of one thing that is found, of which there are many, come last
	Worst  Fit   `json:"w"` // of the fits
	Sum    int   `json:"s"` // of the fits
	Kind   int   `json:"k"` // titles, teams, tournaments, matches
	Weight int64 `json:"n"` // of named entities those with more records, of matches the newer ones
	ID     resolve.ID
}

func (p place) compare(to place) int {
	return cmp.Or(cmp.Compare(p.Group, to.Group), cmp.Compare(p.Worst, to.Worst), cmp.Compare(p.Sum, to.Sum),
		cmp.Compare(p.Kind, to.Kind), cmp.Compare(p.Weight, to.Weight), cmp.Compare(p.ID, to.ID))
}

// ranker ranks documents for one query. It knows again the names that it has met.
type ranker struct {
	query    Query
	words    []string
	joined   [][]string // by first word and number of words less one
	boundary int        // the first word behind a "vs"; 0: there is none
	folds    map[string]string
	fits     map[string][]Fit // by folded name
}

func newRanker(q Query) *ranker {
	r := &ranker{query: q, words: strings.Fields(q.Text), folds: map[string]string{}, fits: map[string][]Fit{}}
	for i := range r.words {
		var row []string
		for j := i; j < len(r.words); j++ {
			row = append(row, strings.Join(r.words[i:j+1], " "))
		}
		r.joined = append(r.joined, row)
	}
	if q.Parts != nil {
		r.boundary = len(strings.Fields(q.Parts[0]))
	}
	return r
}

// rank orders the documents that fit. What fits but for an error, or only somewhere within, is
// not what was meant where anything fits as it was typed.
func (r *ranker) rank(documents []Document) []Hit {
	var hits []Hit
	for _, d := range documents {
		if !r.query.holds(&d) {
			continue
		}
		if h, fits := r.hit(d); fits {
			hits = append(hits, h)
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int { return a.place.compare(b.place) })
	if slices.ContainsFunc(hits, func(h Hit) bool { return h.place.Worst < Near }) {
		return slices.DeleteFunc(hits, func(h Hit) bool { return h.place.Worst >= Near })
	}
	return hits
}

// order of kinds that fit alike.
var order = map[resolve.Kind]int{resolve.KindTitle: 0, resolve.KindTeam: 1, resolve.KindTournament: 2, resolve.KindMatch: 3}

func (r *ranker) hit(d Document) (Hit, bool) {
	h := Hit{Document: d, place: place{Kind: order[d.Kind], ID: d.ID, Weight: -int64(d.Records)}}
	if d.Kind == resolve.KindMatch {
		h.place.Group, h.place.Weight = 1, math.MaxInt64
		if d.Start != nil {
			h.place.Weight = -d.Start.UnixMicro()
		}
	}
	if len(r.words) == 0 {
		return h, true
	}
	parts := partsOf(&d)
	way, fits := r.assign(parts, 0, 0)
	if !fits {
		return h, false
	}
	for _, s := range way.steps {
		fit, name := r.best(parts[s.part].names, s.from, s.to)
		h.Matched = append(h.Matched, Matched{Part: parts[s.part].role, Of: parts[s.part].of, Name: name, Fit: fit, Words: r.words[s.from:s.to]})
	}
	h.place.Worst, h.place.Sum = way.worst, way.sum
	if len(way.steps) > 1 {
		h.place.Group = 0
	}
	return h, true
}

// part is what of a document has names.
type part struct {
	role  string
	of    resolve.ID
	names []Name
}

// partsOf are the parts of a document: those first of which one must fit.
func partsOf(d *Document) []part {
	var parts []part
	add := func(role string, of *Document) {
		if of != nil {
			parts = append(parts, part{role, of.ID, of.Names})
		}
	}
	if d.Kind != resolve.KindMatch {
		add("name", d)
	}
	for _, team := range d.Teams {
		add("team", team)
	}
	add("tournament", d.Tournament)
	add("title", d.Title)
	return parts
}

// step is a run of words that fits a part.
type step struct{ part, from, to int }

// way is how all words from some on fit parts.
type way struct {
	worst Fit
	sum   int
	steps []step
}

func (w way) better(than way) bool {
	return cmp.Or(cmp.Compare(w.worst, than.worst), cmp.Compare(w.sum, than.sum), cmp.Compare(len(w.steps), len(than.steps))) < 0
}

// assign finds the best way in which the words from one on fit parts that are not used yet,
// each at most once.
func (r *ranker) assign(parts []part, from int, used uint) (way, bool) {
	if from == len(r.words) {
		return way{}, r.complete(parts, used)
	}
	best, found := way{}, false
	for i, p := range parts {
		if used&(1<<i) != 0 {
			continue
		}
		for to := from + 1; to <= len(r.words); to++ {
			if from < r.boundary && to > r.boundary {
				break
			}
			fit, _ := r.best(p.names, from, to)
			if fit == Unfit || found && fit > best.worst {
				continue
			}
			rest, fits := r.assign(parts, to, used|1<<i)
			if !fits {
				continue
			}
			w := way{max(fit, rest.worst), int(fit) + rest.sum, append([]step{{i, from, to}}, rest.steps...)}
			if !found || w.better(best) {
				best, found = w, true
			}
		}
	}
	return best, found
}

// complete tells whether the parts used are enough: a title alone finds the title, and not
// all that belongs to it; and what has a "vs" between has both teams.
func (r *ranker) complete(parts []part, used uint) bool {
	teams, own := 0, false
	for i, p := range parts {
		if used&(1<<i) == 0 {
			continue
		}
		if p.role == "team" {
			teams++
		}
		own = own || p.role != "title"
	}
	return own && (r.boundary == 0 || teams == 2)
}

// best is the best fit of a run of words among names, and the first name that has it.
func (r *ranker) best(names []Name, from, to int) (Fit, Name) {
	best, name := Unfit, Name{}
	for _, n := range names {
		if fit := r.fit(r.fold(n.Name), from, to); fit < best {
			best, name = fit, n
		}
	}
	return best, name
}

func (r *ranker) fold(name string) string {
	folded, known := r.folds[name]
	if !known {
		folded = text.Fold(name)
		r.folds[name] = folded
	}
	return folded
}

// fit is that of a run of words to a folded name.
func (r *ranker) fit(folded string, from, to int) Fit {
	n := len(r.words)
	fits, known := r.fits[folded]
	if !known {
		fits = make([]Fit, n*n)
		for i := range fits {
			fits[i] = -1
		}
		r.fits[folded] = fits
	}
	at := &fits[from*n+to-1]
	if *at < 0 {
		*at = fitOf(r.words[from:to], r.joined[from][to-from-1], folded)
	}
	return *at
}

// Called is what a hit is called: a match by its teams.
func (h *Hit) Called() string {
	if h.Kind != resolve.KindMatch {
		return h.Names[0].Name
	}
	teams := make([]string, len(h.Teams))
	for i, t := range h.Teams {
		teams[i] = t.Names[0].Name
	}
	return strings.Join(teams, " – ")
}
