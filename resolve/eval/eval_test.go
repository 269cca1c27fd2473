package eval_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"umpire/resolve"
	"umpire/resolve/eval"
)

// links reads rows of source,kind,id,entity.
func links(t *testing.T, rows ...string) []eval.Link {
	t.Helper()
	links, err := eval.Read(table(rows...))
	if err != nil {
		t.Fatal(err)
	}
	return links
}

func table(rows ...string) *strings.Reader {
	return strings.NewReader("source,kind,id,entity\n" + strings.Join(rows, "\n"))
}

func compare(t interface{ Fatal(...any) }, links []eval.Link, truth ...string) []eval.Score {
	scores, err := eval.Compare(links, table(truth...))
	if err != nil {
		t.Fatal(err)
	}
	return scores
}

func TestCompare(t *testing.T) {
	truth := []string{"a,match,1,x", "b,match,1,x", "c,match,1,x", "a,match,2,y", "b,match,2,y"}
	tests := []struct {
		reason string
		got    []eval.Link
		want   eval.Score
	}{
		{
			"all as in truth, under other names", links(t, "a,match,1,p", "b,match,1,p", "c,match,1,p", "a,match,2,q", "b,match,2,q"),
			eval.Score{Kind: "match", Records: 5, Pairs: 4, Precision: 1, Recall: 1, F1: 1, B3: 1, Largest: 3},
		},
		{
			"one record in the wrong cluster: 2 of its 4 pairs are right, of 4 in truth",
			links(t, "a,match,1,p", "b,match,1,p", "c,match,1,q", "a,match,2,q", "b,match,2,q"),
			eval.Score{Kind: "match", Records: 5, Pairs: 4, Precision: .5, Recall: .5, F1: .5, B3: 11. / 15, Largest: 3},
		},
		{
			"missing records are alone, each for itself", links(t, "a,match,1,p", "b,match,1,p"),
			eval.Score{Kind: "match", Records: 5, Missing: 3, Pairs: 4, Precision: 1, Recall: .25, F1: .4, B3: 16. / 23, Largest: 2},
		},
		{
			"records that truth does not know are not counted", links(t, "a,match,1,p", "b,match,1,p", "c,match,1,p", "a,match,2,q", "b,match,2,q", "d,match,9,q"),
			eval.Score{Kind: "match", Records: 5, Pairs: 4, Precision: 1, Recall: 1, F1: 1, B3: 1, Largest: 3},
		},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			if diff := cmp.Diff([]eval.Score{test.want}, compare(t, test.got, truth...), cmpopts.EquateApprox(0, 1e-12)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Counting by clusters agrees with counting pair by pair, as the measures are defined.
func TestCompareByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var got []eval.Link
		var truth, entities []string
		for i := range rapid.IntRange(1, 12).Draw(t, "records") {
			cluster, entity := rapid.SampledFrom([]string{"p", "q", "r"}).Draw(t, "cluster"), rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "entity")
			got = append(got, eval.Link{Source: "s", Kind: resolve.KindTeam, ID: strconv.Itoa(i), Entity: cluster})
			truth, entities = append(truth, fmt.Sprintf("s,team,%d,%s", i, entity)), append(entities, entity)
		}
		var right, told, all int
		for i := range got {
			for j := range i {
				one, joined := entities[i] == entities[j], got[i].Entity == got[j].Entity
				all, told, right = all+count(one), told+count(joined), right+count(one && joined)
			}
		}
		score := compare(t, got, truth...)[0]
		if score.Pairs != all || told > 0 && math.Abs(score.Precision-float64(right)/float64(told)) > 1e-12 {
			t.Errorf("%+v; by pairs %d in truth, %d told, %d right", score, all, told, right)
		}
	})
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestCompareRefuses(t *testing.T) {
	tests := []struct{ reason, text string }{
		{"empty", ""},
		{"a column is missing", "source,kind,id\n"},
		{"a row is short", "source,kind,id,entity\na,match,1\n"},
		{"a record is told twice", "source,kind,id,entity\na,match,1,x\na,match,1,y\n"},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			if scores, err := eval.Compare(nil, strings.NewReader(test.text)); err == nil {
				t.Errorf("scored %v", scores)
			}
		})
	}
}
