// Package eval measures a partition of records against the truth: pairwise precision and
// recall, B³ (Bagga and Baldwin 1998) and the largest cluster, by kind. It knows who is
// whom, and nothing of how that was found.
package eval

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"

	"umpire/resolve"
)

// Link tells the entity of a record, which is named as its source knows it: by the id that
// its messages sent, or by the name where they sent none. The names of entities mean
// nothing but that equal ones are one.
type Link struct {
	Source string       `json:"source"`
	Kind   resolve.Kind `json:"kind"`
	ID     string       `json:"id"`
	Entity string       `json:"entity"`
}

// record is a link's left side.
type record struct {
	source string
	kind   resolve.Kind
	id     string
}

func (l Link) record() record { return record{l.Source, l.Kind, l.ID} }

// Score is how links fare against the truth in one kind. Records that are not in the
// truth are unknown, and never counted.
type Score struct {
	Kind      resolve.Kind
	Records   int // in the truth
	Missing   int // of those, the ones that the links lack; each counts as alone
	Pairs     int // pairs of records that are one in truth
	Precision float64
	Recall    float64
	F1        float64 // harmonic mean of the two before
	B3        float64 // harmonic mean of B³ precision and recall
	Largest   int     // records of the truth in the largest cluster
}

// Compare scores links against a truth in CSV (see Read), kind by kind in the order of
// resolve.Kinds, kinds without truth left out. Of a record linked twice the last link counts;
// one that the truth tells twice is an error.
func Compare(links []Link, truth io.Reader) ([]Score, error) {
	known, err := Read(truth)
	if err != nil {
		return nil, err
	}
	told := map[record]bool{}
	for _, l := range known {
		if told[l.record()] {
			return nil, &resolve.InvalidError{Reason: fmt.Sprintf("the truth tells %s %q of %s twice", l.Kind, l.ID, l.Source)}
		}
		told[l.record()] = true
	}
	clusters := make(map[record]string, len(links))
	for _, l := range links {
		clusters[l.record()] = l.Entity
	}
	var scores []Score
	for _, kind := range resolve.Kinds {
		if c := crossOf(kind, clusters, known); c.records > 0 {
			scores = append(scores, c.score(kind))
		}
	}
	return scores, nil
}

// Read reads links in CSV, under a header that names the columns source, kind, id and
// entity, in any order and among others.
func Read(r io.Reader) ([]Link, error) {
	rows := csv.NewReader(r)
	header, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("read the header of links: %w", err)
	}
	var at [4]int
	for i, column := range []string{"source", "kind", "id", "entity"} {
		if at[i] = slices.Index(header, column); at[i] < 0 {
			return nil, &resolve.InvalidError{Field: column, Reason: "the header has no such column"}
		}
	}
	var links []Link
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return links, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read links: %w", err)
		}
		links = append(links, Link{Source: row[at[0]], Kind: resolve.Kind(row[at[1]]), ID: row[at[2]], Entity: row[at[3]]})
	}
}

// cross counts records by the cluster that they are in, by their entity in truth, and by both.
type cross struct {
	records, missing int
	got, truth       map[string]int
	both             map[[2]string]int
}

func crossOf(kind resolve.Kind, clusters map[record]string, truth []Link) cross {
	c := cross{got: map[string]int{}, truth: map[string]int{}, both: map[[2]string]int{}}
	for _, l := range truth {
		if l.Kind != kind {
			continue
		}
		cluster, found := clusters[l.record()]
		if found {
			cluster = "in " + cluster
		} else {
			cluster = fmt.Sprintf("alone %q", l.record())
			c.missing++
		}
		c.records++
		c.got[cluster]++
		c.truth[l.Entity]++
		c.both[[2]string{cluster, l.Entity}]++
	}
	return c
}

func (c cross) score(kind resolve.Kind) Score {
	s := Score{Kind: kind, Records: c.records, Missing: c.missing, Pairs: pairs(c.truth)}
	right := pairs(c.both)
	s.Precision, s.Recall = share(right, pairs(c.got)), share(right, s.Pairs)
	s.F1 = harmonic(s.Precision, s.Recall)
	var precision, recall float64
	for k, n := range c.both {
		precision += float64(n) * float64(n) / float64(c.got[k[0]])
		recall += float64(n) * float64(n) / float64(c.truth[k[1]])
	}
	s.B3 = harmonic(precision/float64(c.records), recall/float64(c.records))
	for _, n := range c.got {
		s.Largest = max(s.Largest, n)
	}
	return s
}

// pairs counts the pairs within groups.
func pairs[K comparable](groups map[K]int) int {
	sum := 0
	for _, n := range groups {
		sum += n * (n - 1) / 2
	}
	return sum
}

// share is 1 where there is nothing to miss.
func share(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

func harmonic(a, b float64) float64 {
	if a+b == 0 {
		return 0
	}
	return 2 * a * b / (a + b)
}
