package resolve

// Override is a canonical field set by hand. It hangs on a record, and holds for whatever entity
// that record is in; of several the one given last wins. It wins survivorship until it is lifted.
type Override struct {
	Record ID
	Field  string // "name"; of a match "state", "best_of", "start", "tournament", "score"
	Value  string // a name; a number; RFC 3339 or a date; a record's id; "2:1", in the order of the record's sides
	By     string
	Order  int64 // of when it was given
}

// Check tells what is wrong with an override: an *InvalidError, or nil.
func (o Override) Check() error { return nil }

// Override puts an override into effect, in place of one of the same record and field.
func (e *Engine) Override(o Override) {}

// Lift takes an override back.
func (e *Engine) Lift(record ID, field string) {}

// Survivorship is how canonical fields are chosen, where a curator says so.
type Survivorship struct {
	Rules map[Kind]map[string]Rule // by field; absent: the usual rule
	Trust map[string]int           // by source; a greater one is trusted more; absent: 0
}

// Rule is how a field is chosen among what records say.
type Rule string

// The rules. The usual one: the finished word beats the scheduled, the finer time the coarser,
// then what more sources say, then the older record.
const (
	RuleUsual    Rule = "usual"
	RuleTrusted  Rule = "most trusted source"
	RuleFrequent Rule = "most frequent"
	RuleRecent   Rule = "most recent"
	RuleOldest   Rule = "oldest"
	RuleLongest  Rule = "longest"
)

// Survive sets how canonical fields are chosen; all entities are chosen anew.
func (e *Engine) Survive(s Survivorship) {}
