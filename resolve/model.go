package resolve

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"

	"go.yaml.in/yaml/v3"

	"umpire/resolve/text"
)

// Model is the versioned, readable file of comparison levels and weights, and what was
// learnt beside it. It does not change once an engine rests on it.
type Model struct {
	Version  string  `yaml:"version"`
	Accident float64 `yaml:"accident"` // the chance that an opponent agrees by accident
	Mistake  float64 `yaml:"mistake"`  // the chance that a match of the same two teams names another for one of them
	Mislabel float64 `yaml:"mislabel"` // and that it leaves out a mark, or a number, that tells one of them from another
	Common   float64 `yaml:"common"`   // bits below which a word does not block
	Crowd    int     `yaml:"crowd"`    // names from which a block proposes nothing

	Match      MatchModel `yaml:"match"`
	Votes      VoteModel  `yaml:"votes"`
	Team       NamedModel `yaml:"team"`
	Tournament NamedModel `yaml:"tournament"`
	Title      NamedModel `yaml:"title"`
	Context    struct {
		Tournament Levels `yaml:"tournament"`
		Title      Levels `yaml:"title"`
	} `yaml:"context"`

	// Vocabulary holds the words that were found frequent, Feeds what was found of sources
	// beside each other; see Train.
	Vocabulary text.Vocabulary `yaml:"vocabulary,omitempty"`
	Feeds      []Feeds         `yaml:"feeds,omitempty"`
	// Taught is what judgements taught it beside that; nil: nothing. See Teach.
	Taught *Taught `yaml:"taught,omitempty"`
}

// Levels gives each level of a comparison its weight.
type Levels map[string]Weight

// Bars are the weights at which a pair is joined or asked about, and between which a pair
// counts in a cluster's linkage.
type Bars struct {
	Prior   Weight `yaml:"prior"`
	Merge   Weight `yaml:"merge"`
	Suggest Weight `yaml:"suggest"`
	Most    Weight `yaml:"most"`
	Least   Weight `yaml:"least"`
	// Closest is the share of the closest pair in the linkage of two clusters; the rest is
	// the average over all pairs.
	Closest float64 `yaml:"closest"`
}

// MatchModel weighs pairs of match records.
type MatchModel struct {
	Bars     `yaml:",inline"`
	Doubt    Weight `yaml:"doubt"` // less than this between two readings: neither is taken
	Start    Levels `yaml:"start"`
	Score    Levels `yaml:"score"`
	BestOf   Levels `yaml:"best of"`
	Sides    Levels `yaml:"sides"`
	Oriented Weight `yaml:"oriented"` // what the same order is worth to sources that tell who is at home
}

// VoteModel says how matches speak for their teams.
type VoteModel struct {
	Rounds   int     `yaml:"rounds"`   // at most two
	Coverage float64 `yaml:"coverage"` // the share of one source's matches of a team that another tells as well
	Seed     Weight  `yaml:"seed"`     // pairs of teams whose names are worth this are looked for on all of their days
	Expand   Weight  `yaml:"expand"`   // and those of whom names and votes together are
	Most     Weight  `yaml:"most"`     // votes count for no more than this together
	Least    Weight  `yaml:"least"`    // and for no less than this
	Loudest  Weight  `yaml:"loudest"`  // nor does the vote of one match for more than this
	Blind    bool    `yaml:"blind"`    // without explaining away: every coincidence counts in full
}

// NamedModel weighs pairs of title, tournament or team records. Of teams, votes speak as
// VoteModel says.
type NamedModel struct {
	Bars    `yaml:",inline"`
	For     Weight `yaml:"for"`     // a match of both that coincides
	Against Weight `yaml:"against"` // a match of one that coincides with a match of another
	Bound   Weight `yaml:"bound"`   // matches count for no more than this, nor for less than its negative
	Names   Levels `yaml:"names"`
}

// Feeds is what was learnt of two sources from matches of theirs that are plainly one: A's
// name is the smaller.
type Feeds struct {
	A       string `yaml:"a"`
	B       string `yaml:"b"`
	Matches int    `yaml:"matches"` // how many it was learnt from
	Offset  int    `yaml:"offset"`  // minutes that A's clock is ahead of B's
	Sides   Levels `yaml:"sides"`   // in place of the model's, as are
	Start   Levels `yaml:"start"`   // these, those of clocks or of days as far as they were learnt
}

//go:embed model.yaml
var shipped []byte

// Shipped returns the model that comes with the program.
func Shipped() *Model {
	m, err := ParseModel(shipped)
	if err != nil {
		panic(fmt.Errorf("the shipped model: %w", err)) // a slip in a file that the tests read
	}
	return m
}

// Encode writes the model as ParseModel reads it: YAML, its weights in bits. Models that are
// equal have the same bytes.
func (m *Model) Encode() ([]byte, error) { return yaml.Marshal(m) }

// ParseModel reads a model that is whole. *InvalidError names what this program does not
// know, and what of the shipped model it misses: a level without a weight would silently be
// worth nothing.
func ParseModel(content []byte) (*Model, error) {
	m, tree := &Model{}, map[string]any{}
	file := yaml.NewDecoder(bytes.NewReader(content))
	file.KnownFields(true)
	if err := file.Decode(m); err != nil {
		return nil, &InvalidError{Reason: "is no model: " + err.Error()}
	}
	if err := yaml.Unmarshal(content, &tree); err != nil {
		return nil, &InvalidError{Reason: "is no model: " + err.Error()}
	}
	if err := fits(tree, shippedTree(), ""); err != nil {
		return nil, err
	}
	return m, nil
}

// shippedTree is what the shipped model tells, by name.
var shippedTree = sync.OnceValue(func() map[string]any {
	tree := map[string]any{}
	if err := yaml.Unmarshal(shipped, &tree); err != nil {
		panic(fmt.Errorf("the shipped model: %w", err))
	}
	return tree
})

// fits returns an error unless a table tells all that another does; of levels, nothing else.
func fits(table, other map[string]any, path string) error {
	levels := len(other) > 0
	for _, name := range slices.Sorted(maps.Keys(other)) {
		if table[name] == nil {
			return &InvalidError{Field: path + name, Reason: "is missing"}
		}
		inner, isTable := other[name].(map[string]any)
		if !isTable {
			continue
		}
		levels = false
		told, _ := table[name].(map[string]any)
		if err := fits(told, inner, path+name+"."); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		if _, known := other[name]; levels && !known {
			return &InvalidError{Field: path + name, Reason: "is no level that this program knows"}
		}
	}
	return nil
}

// UnmarshalYAML reads a weight that is written in bits, such as -2.5.
func (w *Weight) UnmarshalYAML(unmarshal func(any) error) error {
	var bits float64
	if err := unmarshal(&bits); err != nil {
		return err
	}
	*w = weightOf(bits)
	return nil
}

// MarshalYAML writes a weight in bits.
func (w Weight) MarshalYAML() (any, error) { return w.Bits(), nil }

func weightOf(bits float64) Weight { return Weight(math.Round(bits * float64(Bit))) }

// named returns the model of a kind that has a name.
func (m *Model) named(k Kind) *NamedModel {
	switch k {
	case KindTitle:
		return &m.Title
	case KindTournament:
		return &m.Tournament
	}
	return &m.Team
}

// bars returns the bars of a kind.
func (m *Model) bars(k Kind) Bars {
	if k == KindMatch {
		return m.Match.Bars
	}
	return m.named(k).Bars
}

// opponent is what a belief that two teams are one is worth to two matches that name them. An
// opponent may coincide by accident, and be mistaken: (m + (1−m)·2^b) / (1 − a + a·2^b).
func (m *Model) opponent(belief Weight, mistake float64) Weight {
	odds := math.Exp2(belief.Bits())
	return weightOf(math.Log2((mistake + (1-mistake)*odds) / (1 - m.Accident + m.Accident*odds)))
}
