package resolve

import (
	"cmp"
	"hash/fnv"
	"iter"
	"maps"
	"math"
	"slices"
)

// Judgements teach what the levels of comparisons are worth. A level's weight is, after Fellegi and
// Sunter, log2(m/u): its share among pairs that are one, and among pairs that are two. Counted
// among judged pairs these shares would be wrong, for one is asked about what the model doubts: a
// pair that agrees in one thing is among them only if it disagrees in another. So the shares are
// not counted. What is estimated is how much likelier a pair is one the more it finds a level,
// given all else that it finds, which does not depend on how the pairs were picked by what they
// find: with y = 1 for "same", w the weight of a pair by the model in bits, d the moves of the
// levels that it finds and s a shift of its kind, the moves minimise
//
//	Σ −log P(y | w + s + Σd)  +  Σ d²/2σ²  +  Σ s²/2ς²,    P(1 | w) = 1 / (1 + 2^−w)
//
// which is logistic regression with the model as its prior. One label moves a level by at most
// σ² ln 2 bits. The shift takes up how the asked differ as a whole (how many of them are one), and
// is thrown away: priors and bars are not moved by what was asked.

const (
	pliancy     = 0.5 // σ, bits: about 30 labels in doubt weigh as much as the model
	shiftSpread = 4   // ς, bits
	farthest    = 4.0 // bits that a level moves at most
	sweeps      = 200
)

// Example is a judged pair, and what the model makes of it without the judgement.
type Example struct {
	Kind   Kind
	A, B   ID // A < B
	Same   bool
	Weight Weight  // of the pair, by its evidence and that of its rivals
	Found  []Level // what judgements may move of that
}

// Level names a level of a table of the model, such as "match.start" and "same minute".
type Level struct{ Table, Level string }

func compareLevels(x, y Level) int {
	return cmp.Or(cmp.Compare(x.Table, y.Table), cmp.Compare(x.Level, y.Level))
}

// Move is what judgements made of a level.
type Move struct {
	Level
	Labels        int    // judged pairs that find it
	Before, After Weight // in the model; what was learnt of two feeds moves by as much
}

// tables are the levels that judgements may move, by kind and comparison. Sides are not among
// them: which feeds tell who is at home hangs on them.
func (m *Model) tables() map[string]Levels {
	return map[string]Levels{
		"match.start": m.Match.Start, "match.score": m.Match.Score, "match.best of": m.Match.BestOf,
		"match.tournament": m.Context.Tournament, "match.title": m.Context.Title,
		"team.name": m.Team.Names, "tournament.name": m.Tournament.Names, "title.name": m.Title.Names,
	}
}

// Examples makes examples of judgements on records that an engine knows. The engine must not
// have been told the judgements. Unsure teaches nothing, nor do two that contradict each other.
// They come in order of their pairs.
func (e *Engine) Examples(judgements iter.Seq[Judgement]) []Example {
	words := map[[2]ID]Word{}
	for j := range judgements {
		pair := [2]ID{min(j.A, j.B), max(j.A, j.B)}
		if before, judged := words[pair]; judged && before != j.Word {
			j.Word = Unsure
		}
		words[pair] = j.Word
	}
	var examples []Example
	for pair, word := range words {
		link, known := e.Explain(pair[0], pair[1])
		if word != Unsure && known {
			x := Example{Kind: link.Kind, A: link.A, B: link.B, Same: word == Same, Weight: link.Weight - e.rivalsOf(link)}
			x.Found = e.model.levelsOf(link)
			examples = append(examples, x)
		}
	}
	slices.SortFunc(examples, compareExamples)
	return examples
}

// rivalsOf is what the better partners of two match records take off: a pair that is one of two equal
// readings is asked about for that, and speaks against nothing that it finds.
func (e *Engine) rivalsOf(link Link) Weight {
	if link.Kind != KindMatch {
		return 0
	}
	m, n := e.index[link.A], e.index[link.B]
	c := e.coupleOf(m, n, e.orientationOf(m, n))
	if i := c.edge(); i != none {
		return e.alternative(e.edges.at(i))
	}
	return 0
}

func compareExamples(x, y Example) int { return cmp.Or(compareIDs(x.A, y.A), compareIDs(x.B, y.B)) }

// levelsOf lists the levels of a link that judgements may move. One whose agreement is worth less
// than the level, because its words are frequent, is not told by the level.
func (m *Model) levelsOf(link Link) []Level {
	var found []Level
	for _, line := range link.Lines {
		table := string(link.Kind) + "." + line.Comparison
		weight, known := m.tables()[table][line.Level]
		if known && (line.Weight == weight || table == "match.start") {
			found = append(found, Level{table, line.Level})
		}
	}
	return found
}

// moves are by how many bits each level is to move.
type moves map[Level]float64

// estimate minimises what is written above, one coordinate after the other.
func estimate(examples []Example) moves {
	finders := map[Level][]int{}
	for i, x := range examples {
		finders[Level{Table: string(x.Kind)}] = append(finders[Level{Table: string(x.Kind)}], i)
		for _, l := range x.Found {
			finders[l] = append(finders[l], i)
		}
	}
	weights := make([]float64, len(examples))
	for i, x := range examples {
		weights[i] = x.Weight.Bits()
	}
	d := moves{}
	levels := slices.SortedFunc(maps.Keys(finders), compareLevels)
	for range sweeps {
		for _, l := range levels {
			step := newton(examples, weights, finders[l], d[l], spreadOf(l))
			if l.Level != "" {
				step = min(max(step, -farthest-d[l]), farthest-d[l])
			}
			d[l] += step
			for _, i := range finders[l] {
				weights[i] += step
			}
		}
	}
	maps.DeleteFunc(d, func(l Level, _ float64) bool { return l.Level == "" }) // the shifts
	return d
}

func spreadOf(l Level) float64 {
	if l.Level == "" {
		return shiftSpread
	}
	return pliancy
}

// newton is the step of one coordinate, of at most a bit.
func newton(examples []Example, weights []float64, finders []int, at, spread float64) float64 {
	slope, curve := -at/(spread*spread), 1/(spread*spread)
	for _, i := range finders {
		p := chanceOf(weights[i])
		slope += math.Ln2 * (truth(examples[i].Same) - p)
		curve += math.Ln2 * math.Ln2 * p * (1 - p)
	}
	return min(max(slope/curve, -1), 1)
}

// chanceOf is the probability that a weight in bits stands for.
func chanceOf(bits float64) float64 { return 1 / (1 + math.Exp2(-bits)) }

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Teach returns a copy of a model with its levels moved by examples that were made with it, and
// the moves by table and level. It is a function of the model and the set of examples.
func Teach(m *Model, examples []Example) (*Model, []Move) {
	examples = slices.SortedFunc(slices.Values(examples), compareExamples)
	taught, before := m.clone(), m.tables()
	d := estimate(examples)
	for table, levels := range taught.tables() {
		d.apply(table, levels)
	}
	taught.proposeAs(m)
	for _, f := range taught.Feeds {
		d.apply("match.start", f.Start)
	}
	var told []Move
	for table, levels := range taught.tables() {
		for level, after := range levels {
			if was := before[table][level]; was != after {
				l := Level{table, level}
				told = append(told, Move{l, labelsOf(examples, l), was, after})
			}
		}
	}
	slices.SortFunc(told, func(x, y Move) int { return compareLevels(x.Level, y.Level) })
	return taught, told
}

// proposeAs keeps the levels of names on that side of the bar for proposing matches on which they
// are in another model: pairs that were asked about say nothing of those that would not be.
func (m *Model) proposeAs(other *Model) {
	for level, before := range other.Team.Names {
		if w := m.Team.Names[level]; before >= m.Votes.Seed {
			m.Team.Names[level] = max(w, m.Votes.Seed)
		} else {
			m.Team.Names[level] = min(w, m.Votes.Seed-1)
		}
	}
}

func labelsOf(examples []Example, l Level) int {
	n := 0
	for _, x := range examples {
		if slices.Contains(x.Found, l) {
			n++
		}
	}
	return n
}

// apply moves the levels of a table, by whole sixteenths. Clocks that were worth no more the farther
// they are apart are so still: levels that would change places meet in the middle.
func (d moves) apply(table string, levels Levels) {
	ordered := table == "match.start" && falls(levels)
	for level := range levels {
		levels[level] += weightOf(d[Level{table, level}])
	}
	if !ordered {
		return
	}
	var pools [][]Weight // by falling mean
	for _, l := range clockLevels {
		pools = append(pools, []Weight{levels[l.level]})
		for n := len(pools); n > 1 && mean(pools[n-1]) > mean(pools[n-2]); n = len(pools) {
			pools[n-2] = append(pools[n-2], pools[n-1]...)
			pools = pools[:n-1]
		}
	}
	at := 0
	for _, p := range pools {
		for range p {
			levels[clockLevels[at].level] = Weight(math.Round(mean(p)))
			at++
		}
	}
}

// falls tells whether a table tells all clocks, and none is worth more than a closer one.
func falls(levels Levels) bool {
	least := Weight(math.MaxInt32)
	for _, l := range clockLevels {
		w, told := levels[l.level]
		if !told || w > least {
			return false
		}
		least = w
	}
	return true
}

func mean(ws []Weight) float64 {
	sum := 0.0
	for _, w := range ws {
		sum += float64(w)
	}
	return sum / float64(len(ws))
}

// clone copies a model with all levels that judgements may move.
func (m *Model) clone() *Model {
	c := *m
	for _, levels := range []*Levels{
		&c.Match.Start, &c.Match.Score, &c.Match.BestOf, &c.Context.Tournament, &c.Context.Title,
		&c.Team.Names, &c.Tournament.Names, &c.Title.Names,
	} {
		*levels = maps.Clone(*levels)
	}
	c.Feeds = slices.Clone(m.Feeds)
	for i := range c.Feeds {
		c.Feeds[i].Start = maps.Clone(c.Feeds[i].Start)
	}
	return &c
}

// Marks is how a model does on judgements: what it would join by their evidence alone.
type Marks struct {
	Precision float64 `yaml:"precision"` // 1 if it joins none
	Recall    float64 `yaml:"recall"`    // 1 if none is the same
	Wrong     int     `yaml:"wrong"`     // pairs that it joins or leaves against the word
	LogLoss   float64 `yaml:"log loss"`  // bits a judgement
}

// worse tells whether a model does worse than another on the same judgements.
func (g Marks) worse(than Marks) bool { return g.Wrong > than.Wrong || g.LogLoss > than.LogLoss }

// Taught is what a model was taught by judgements, and how it does on those held back.
type Taught struct {
	Judgements int   `yaml:"judgements"`
	Same       int   `yaml:"same"`   // of them
	Before     Marks `yaml:"before"` // of the model without judgements
	After      Marks `yaml:"after"`  // each judgement by a model that was taught all but its fifth
}

// Worse tells whether judgements that were held back speak against it.
func (t Taught) Worse() bool { return t.After.worse(t.Before) }

// folds are the parts of which each is held back once.
const folds = 5

// fold is the part that an example is in, by a hash of its pair.
func (x Example) fold() int {
	h := fnv.New32a()
	h.Write([]byte(x.A))
	h.Write([]byte{0})
	h.Write([]byte(x.B))
	return int(h.Sum32()>>8) % folds
}

// HoldBack teaches a model with each fifth of the examples held back in turn, and tells how it does
// on these, beside how it does untaught. Votes of matches are left as they are.
func HoldBack(m *Model, examples []Example) Taught {
	examples = slices.SortedFunc(slices.Values(examples), compareExamples)
	t := Taught{Judgements: len(examples)}
	var before, after markbook
	for fold := range folds {
		var rest, held []Example
		for _, x := range examples {
			if x.fold() == fold {
				held = append(held, x)
			} else {
				rest = append(rest, x)
			}
		}
		d := estimate(rest)
		for _, x := range held {
			t.Same += int(truth(x.Same))
			bits, moved := x.Weight.Bits(), 0.0
			for _, l := range x.Found {
				moved += d[l]
			}
			merge := m.bars(x.Kind).Merge.Bits()
			before.add(x.Same, bits, merge)
			after.add(x.Same, bits+moved, merge)
		}
	}
	t.Before, t.After = before.marks(), after.marks()
	return t
}

// markbook counts what a model makes of judged pairs.
type markbook struct {
	joined, same, both, n int
	loss                  float64
}

func (t *markbook) add(same bool, bits, merge float64) {
	joined := bits >= merge
	t.n++
	t.joined += int(truth(joined))
	t.same += int(truth(same))
	t.both += int(truth(joined && same))
	if same {
		bits = -bits
	}
	t.loss += max(bits, 0) + math.Log2(1+math.Exp2(-math.Abs(bits)))
}

func (t *markbook) marks() Marks {
	return Marks{
		Precision: shareOf(t.both, t.joined), Recall: shareOf(t.both, t.same),
		Wrong: t.joined + t.same - 2*t.both, LogLoss: t.loss / max(1, float64(t.n)),
	}
}

func shareOf(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}
