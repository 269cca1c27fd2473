package resolve

import (
	"bytes"
	_ "embed"
	"fmt"
	"iter"
	"math"

	"go.yaml.in/yaml/v3"

	"umpire/resolve/text"
)

// Model is the versioned, readable file of comparison levels and weights, and what was
// learnt beside it. It does not change once an engine rests on it.
type Model struct {
	Version  string  `yaml:"version"`
	Accident float64 `yaml:"accident"` // the chance that an opponent's name agrees by accident
	Common   float64 `yaml:"common"`   // bits below which a word does not block
	Crowd    int     `yaml:"crowd"`    // records from which a block proposes nothing

	Match      MatchModel `yaml:"match"`
	Team       NamedModel `yaml:"team"`
	Tournament NamedModel `yaml:"tournament"`
	Title      NamedModel `yaml:"title"`
	Context    struct {
		Tournament Levels `yaml:"tournament"`
		Title      Levels `yaml:"title"`
	} `yaml:"context"`

	// Vocabulary holds the words that were found frequent; see Train.
	Vocabulary text.Vocabulary `yaml:"vocabulary,omitempty"`
}

// Levels gives each level of a comparison its weight.
type Levels map[string]Weight

// Bars are the weights at which a pair is joined or asked about, and between which a pair
// counts in a cluster's average.
type Bars struct {
	Prior   Weight `yaml:"prior"`
	Merge   Weight `yaml:"merge"`
	Suggest Weight `yaml:"suggest"`
	Most    Weight `yaml:"most"`
	Least   Weight `yaml:"least"`
}

// MatchModel weighs pairs of match records.
type MatchModel struct {
	Bars   `yaml:",inline"`
	Start  Levels `yaml:"start"`
	Score  Levels `yaml:"score"`
	BestOf Levels `yaml:"best of"`
	Sides  Levels `yaml:"sides"`
}

// NamedModel weighs pairs of title, tournament or team records.
type NamedModel struct {
	Bars    `yaml:",inline"`
	For     Weight `yaml:"for"`     // a match of both that coincides
	Against Weight `yaml:"against"` // a match of one that coincides with a match of another
	Bound   Weight `yaml:"bound"`   // matches count for no more than this, nor for less than its negative
	Names   Levels `yaml:"names"`
}

//go:embed model.yaml
var shipped []byte

// Shipped returns the model that comes with the program.
func Shipped() *Model {
	m := &Model{}
	file := yaml.NewDecoder(bytes.NewReader(shipped))
	file.KnownFields(true)
	if err := file.Decode(m); err != nil {
		panic(fmt.Errorf("the shipped model: %w", err)) // a slip in a file that the tests read
	}
	return m
}

// Train returns the shipped model with what can be learnt from records without labels:
// which words are frequent in the names of teams and tournaments.
func Train(records iter.Seq[Match]) *Model {
	m := Shipped()
	m.Vocabulary = text.Learn(func(yield func(string) bool) {
		for r := range records {
			for _, n := range []*Named{&r.Sides[0].Team, &r.Sides[1].Team, r.Tournament} {
				if n != nil && !yield(n.Name) {
					return
				}
			}
		}
	})
	m.Version += "+trained"
	return m
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

// despiteAccident is what an agreement of so many bits is worth where it may come about by
// accident: log2(2^b / (p·2^b + 1 − p)).
func (m *Model) despiteAccident(w Weight) Weight {
	odds := math.Exp2(w.Bits())
	return weightOf(math.Log2(odds / (m.Accident*odds + 1 - m.Accident)))
}
