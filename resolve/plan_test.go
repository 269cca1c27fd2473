package resolve

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// parse reads "a:a,b c:c" as entity a of records a and b, and entity c of c. Records are called
// by their letters.
func parse(partition string) []group {
	var groups []group
	for entity := range strings.FieldsSeq(partition) {
		id, records, _ := strings.Cut(entity, ":")
		g := group{head: int32(id[0])}
		for r := range strings.SplitSeq(records, ",") {
			g.records = append(g.records, int32(r[0]))
		}
		groups = append(groups, g)
	}
	return groups
}

func TestChanges(t *testing.T) {
	tests := []struct {
		reason, before, after, differs string
		want                           []string
	}{
		{"a first record", "", "a:a", "a", []string{"a created"}},
		{"nothing changed", "a:a,b", "a:a,b", "", nil},
		{"its fields changed", "a:a,b", "a:a,b", "a", []string{"a updated"}},
		{"a new record joined it", "a:a", "a:a,b", "a", []string{"a updated"}},
		{"a record of it was withdrawn", "a:a,b", "a:a", "a", []string{"a updated"}},
		{"two entities became one", "a:a b:b,c", "a:a,b,c", "a", []string{"a merged b", "b retired a"}},
		{"one record went over", "a:a b:b,c", "a:a,c b:b", "a b", []string{"b split a", "a merged b"}},
		{"one became two", "a:a,b,c", "a:a b:b,c", "a b", []string{"b created a", "a split b"}},
		{"one became three", "a:a,b,c", "a:a b:b c:c", "a b c", []string{"b created a", "c created a", "a split b c"}},
		{"it lost one and gained another", "a:a,b c:c", "a:a,c b:b", "a b", []string{"b created a", "a split b", "a merged c", "c retired a"}},
		{"its founder was withdrawn: the next oldest gives the name", "a:a,b", "b:b", "b", []string{"b created a", "a retired b"}},
		{"its founder went to an older one", "a:a b:b,c", "a:a,b c:c", "a c", []string{"c created b", "a merged b", "b retired a c"}},
		{"an id goes back with its record", "a:a,b", "a:a b:b", "a b", []string{"b created a", "a split b"}},
		{"two exchange their records, not their founders", "a:a,c b:b,d", "a:a,d b:b,c", "a b", []string{"a split b", "b split a", "a merged b", "b merged a"}},
		{"all its records were withdrawn", "a:a,b", "", "", []string{"a retired"}},
		{"an older record arrived late", "b:b", "a:a,b", "a", []string{"a created b", "b retired a"}},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			var l ledger
			var before []int32
			for _, g := range parse(test.before) {
				before = append(before, g.head)
				l.hold(g)
			}
			after, now := parse(test.after), map[int32]int32{}
			for i := range after {
				g := &after[i]
				g.differs = strings.ContainsRune(test.differs, g.head)
				for _, r := range g.records {
					now[r] = g.head
				}
			}
			owner := func(r int32) int32 {
				if head, found := now[r]; found {
					return head
				}
				return none
			}
			var got []string
			for _, c := range l.changes(before, after, owner) {
				told := string(c.entity) + " " + string(c.act)
				for _, o := range c.others {
					told += " " + string(o)
				}
				got = append(got, told)
			}
			if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
