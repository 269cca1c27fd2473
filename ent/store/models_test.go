package store

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"umpire/resolve"
)

var learnt, relearnt = Model{Version: "2+a", Content: []byte("a: 1\n"), Records: 198, Sources: 3},
	Model{Version: "2+b", Content: []byte("b: 'ü'\n"), Records: 201, Sources: 4}

// untimed compares models but for when they were kept.
var untimed = cmpopts.IgnoreFields(Model{}, "CreatedAt")

// Until another model is used, the program's own is in use, and is there to be read.
func TestShippedModelIsInUse(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		shipped := resolve.Shipped()
		inUse, err := s.ModelInUse(t.Context())
		if err != nil || inUse.Version != shipped.Version {
			t.Errorf("in use is %q, %v", inUse.Version, err)
		}
		read, err := resolve.ParseModel(inUse.Content)
		if diff := gocmp.Diff(shipped, read); err != nil || diff != "" {
			t.Errorf("%v (-shipped +read):\n%s", err, diff)
		}
		found, err := s.Model(t.Context(), shipped.Version)
		if diff := gocmp.Diff(inUse, found); err != nil || diff != "" {
			t.Errorf("%v (-in use +found):\n%s", err, diff)
		}
		kept, err := s.Models(t.Context())
		switches, failed := s.ModelSwitches(t.Context())
		if err := errors.Join(err, failed); err != nil || len(kept) > 0 || len(switches) > 0 {
			t.Errorf("%v, %v, %v: want nothing", kept, switches, err)
		}
	})
}

// One switches there and back as one likes: the last one counts, and all are kept as they
// were, the program's own among them.
func TestModelsAreKept(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		ours, err := shippedModel()
		if err != nil {
			t.Fatal(err)
		}
		var causes []string
		for i, m := range []Model{learnt, learnt, relearnt, learnt, ours} {
			cause := string(rune('a' + i))
			if err := s.UseModel(t.Context(), m, cause); err != nil {
				t.Fatal(err)
			}
			causes = append(causes, m.Version+" "+cause)
			inUse, err := s.ModelInUse(t.Context())
			if diff := gocmp.Diff(m, inUse, untimed); err != nil || diff != "" {
				t.Errorf("%v (-used +in use):\n%s", err, diff)
			}
			version, err := s.ModelVersion(t.Context())
			stats, failed := s.Stats(t.Context())
			if err := errors.Join(err, failed); err != nil || version != m.Version || stats.Model != m.Version {
				t.Errorf("in use is %q, in the stats %q: %v, want %q", version, stats.Model, err, m.Version)
			}
		}
		causes = slices.Delete(causes, 1, 2) // it was in use
		slices.Reverse(causes)
		sameSwitches(t, s, causes)

		listed, err := s.Models(t.Context())
		want := []Model{relearnt, learnt, ours}
		for i := range want {
			found, err := s.Model(t.Context(), want[i].Version)
			if diff := gocmp.Diff(want[i], found, untimed); err != nil || diff != "" {
				t.Errorf("%v (-put +found):\n%s", err, diff)
			}
			want[i].Content = nil
		}
		if diff := gocmp.Diff(want, listed, untimed); err != nil || diff != "" {
			t.Errorf("%v (-want +listed):\n%s", err, diff)
		}
		if age := time.Since(listed[0].CreatedAt); age < 0 || age > time.Minute {
			t.Errorf("made %v ago", age)
		}
	})
}

func sameSwitches(t *testing.T, s *Store, want []string) {
	t.Helper()
	switches, err := s.ModelSwitches(t.Context())
	var got []string
	for _, sw := range switches {
		got = append(got, sw.Version+" "+sw.Cause)
		if age := time.Since(sw.At); age < 0 || age > time.Minute {
			t.Errorf("switched %v ago", age)
		}
	}
	if diff := gocmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// A version is one content for ever, and an unknown one is not to be had.
func TestModelVersionsMeanOneContent(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		if err := s.UseModel(t.Context(), learnt, "test"); err != nil {
			t.Fatal(err)
		}
		other := learnt
		other.Content = relearnt.Content
		if err := s.UseModel(t.Context(), other, "test"); !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), "2+a") {
			t.Errorf("%v, want a conflict that names the version", err)
		}
		inUse, err := s.ModelInUse(t.Context())
		if diff := gocmp.Diff(learnt, inUse, untimed); err != nil || diff != "" {
			t.Errorf("%v (-used +in use):\n%s", err, diff)
		}
		for _, unknown := range []string{"2+c", "", "\x00"} {
			if _, err := s.Model(t.Context(), unknown); !errors.Is(err, ErrNotFound) {
				t.Errorf("model %q: %v, want not found", unknown, err)
			}
		}
	})
}

// Who uses the same model at the same moment does not fail for it.
func TestModelUsedByTwo(t *testing.T) {
	conform(t, func(t *testing.T, s *Store) {
		var both sync.WaitGroup
		for range 8 {
			both.Go(func() {
				if err := s.UseModel(t.Context(), learnt, "test"); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		if listed, err := s.Models(t.Context()); err != nil || len(listed) != 2 {
			t.Errorf("%d models, %v: want it and the program's own", len(listed), err)
		}
	})
}
