package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"umpire/resolve"
)

// Run is a batch resolution that is planned, kept, and perhaps applied and rolled back.
type Run struct{ ent.Schema }

// Fields of Run.
func (Run) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id").Immutable().Comment("The order in which they were asked for."),
		field.String("state").Comment("waiting, planning, planned, failed, cancelled, applying, applied, reverting or reverted."),
		field.Int64("version").Default(1).Comment("Counts what was done to it, but for how far its planning is."),
		field.Time("made_at").Immutable().SchemaType(timestamptz),
		field.String("by").Immutable().Comment("Who asked for it."),
		field.String("wants").Default("").Immutable().Comment("The model to resolve by: a version, or train; empty: the one in use."),
		field.String("model_before").Default("").Comment("The version that was in use."),
		field.String("model_after").Default("").Comment("The version that it resolves by."),
		field.Int64("message").Default(0).Comment("The snapshot: the last arrival in it,"),
		field.Int64("act").Default(0).Comment("the last act,"),
		field.Int64("change").Default(0).Comment("and the last change."),
		field.String("holder").Default("").Comment("Who plans it."),
		field.Time("beat_at").Optional().Nillable().SchemaType(timestamptz).Comment("When that was last heard of."),
		field.String("stage").Default("").Comment("How far planning is: what it does, and of how many records."),
		field.Int64("done").Default(0),
		field.Int64("total").Default(0),
		field.Time("ends_at").Optional().Nillable().SchemaType(timestamptz).Comment("When the stage is expected to end."),
		field.JSON("counts", map[resolve.Act]int{}).Optional().Comment("Its changes, by act."),
		field.JSON("report", RunReport{}).Optional().Comment("Figures of the planning, and of what applying found otherwise."),
		field.String("error").Default("").Comment("Why the last thing asked of it did not come about."),
		field.String("asked_by").Default("").Comment("Who asked for it to be applied or rolled back."),
		field.Bool("rebase").Default(false).Comment("It is to be applied to what is there by now, whatever moved."),
		field.JSON("acts", []int64{}).Optional().Comment("The acts that its refusals became."),
		field.Time("planned_at").Optional().Nillable().SchemaType(timestamptz),
		field.Time("applied_at").Optional().Nillable().SchemaType(timestamptz),
		field.Time("reverted_at").Optional().Nillable().SchemaType(timestamptz),
	}
}

// Indexes of Run.
func (Run) Indexes() []ent.Index { return []ent.Index{index.Fields("state", "id")} }

// RunAsk is something that was asked of a run under a key, so that it is not done twice.
type RunAsk struct{ ent.Schema }

// Fields of RunAsk.
func (RunAsk) Fields() []ent.Field {
	return []ent.Field{
		field.String("actor").Immutable(),
		field.String("key").Immutable(),
		field.String("asked").Immutable().Comment("The sum of what was asked."),
		field.Int64("run").Immutable().Comment("Of which run."),
		field.Int64("changes").Default(0).Immutable().Comment("How many of its changes were decided."),
		field.Int64("act").Optional().Nillable().Immutable().Comment("The act that this became."),
		field.Time("at").Immutable().SchemaType(timestamptz),
	}
}

// Indexes of RunAsk.
func (RunAsk) Indexes() []ent.Index { return []ent.Index{index.Fields("actor", "key").Unique()} }

// RunCause is what some changes of a run have in common: why they would come about.
type RunCause struct{ ent.Schema }

// Fields of RunCause.
func (RunCause) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("run").Immutable(),
		field.Int64("number").Immutable().Comment("Within the run: the cause of most changes is 1."),
		field.String("kind").Immutable().Comment("judgement, parameter, evidence, records or company."),
		field.String("key").Immutable().Comment("Tells it from others, in every run."),
		field.Text("text").Immutable(),
		field.Int64("changes").Immutable().Comment("How many it has."),
		field.JSON("counts", map[resolve.Act]int{}).Immutable(),
	}
}

// Indexes of RunCause.
func (RunCause) Indexes() []ent.Index { return []ent.Index{index.Fields("run", "number").Unique()} }

// RunChange is one thing that a run would do to an entity.
type RunChange struct{ ent.Schema }

// Fields of RunChange.
func (RunChange) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("run").Immutable(),
		field.Int64("number").Immutable().Comment("Within the run, cause after cause."),
		field.Int64("cause").Immutable().Comment("The number of its cause."),
		field.String("entity").Immutable(),
		field.String("kind").Immutable(),
		field.String("act").Immutable(),
		field.String("name").Default("").Immutable().Comment("What the entity is called."),
		field.JSON("others", []resolve.ID{}).Optional().Immutable(),
		field.JSON("before", []resolve.ID{}).Optional().Immutable().Comment("Its records before and after, oldest first."),
		field.JSON("after", []resolve.ID{}).Optional().Immutable(),
		field.JSON("tip", resolve.Tip{}).Optional().Immutable().Comment("The pair on which it rests, and the line that tips it."),
		field.String("decision").Default("open").Comment("open, accepted or refused."),
		field.String("decided_by").Default(""),
		field.Int64("decided_act").Optional().Nillable().Comment("The act that the refusal became."),
	}
}

// Indexes of RunChange.
func (RunChange) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("run", "number").Unique(),
		index.Fields("run", "cause", "number"),
		index.Fields("run", "entity"),
	}
}

// RunReport is what planning a run found, and what became of it.
type RunReport struct {
	Records  map[resolve.Kind]int `json:"records,omitempty"` // live, in the snapshot
	Before   map[resolve.Kind]int `json:"before,omitempty"`  // entities in the snapshot, and after the run
	After    map[resolve.Kind]int `json:"after,omitempty"`
	Seconds  float64              `json:"seconds,omitempty"`  // that planning took
	Rate     float64              `json:"rate,omitempty"`     // match records resolved a second
	Differs  int                  `json:"differs,omitempty"`  // changes that the plan before did not have, or had and this one has not
	Others   []string             `json:"others,omitempty"`   // the first of these
	Reverted int                  `json:"reverted,omitempty"` // what rolling it back changed
}
