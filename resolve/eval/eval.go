// Package eval measures what an engine makes of records. Against the truth: pairwise precision
// and recall, B³ (Bagga and Baldwin 1998) and the largest cluster, by kind; how far the
// probabilities that it gives can be relied on; each pair that it got wrong. Against itself:
// whether the outcome depends on the order in which a log is played. And it grows a stream, to
// see how the engine's costs grow with it. It knows the engine by what it tells, and nothing of
// how that was found.
package eval

import (
	"fmt"
	"io"

	"umpire/resolve"
)

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

// Compare scores links against a truth in CSV (see ReadTruth), as Truth.Score does.
func Compare(links []Link, truth io.Reader) ([]Score, error) {
	known, err := ReadTruth(truth)
	if err != nil {
		return nil, err
	}
	return known.Score(links), nil
}

// Score scores links, kind by kind in the order of resolve.Kinds, kinds without truth left
// out. Of a record linked twice the last link counts.
func (t Truth) Score(links []Link) []Score {
	clusters := make(map[record]string, len(links))
	for _, l := range links {
		clusters[l.record()] = l.Entity
	}
	var scores []Score
	for _, kind := range resolve.Kinds {
		if c := crossOf(kind, clusters, t.links); c.records > 0 {
			scores = append(scores, c.score(kind))
		}
	}
	return scores
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
