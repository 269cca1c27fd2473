package schema

import (
	"time"

	"entgo.io/ent"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
)

// Model is a version of the engine's model, kept for ever.
type Model struct{ ent.Schema }

// Fields of Model.
func (Model) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id").Immutable().Comment("The order in which they were made."),
		field.String("version").Unique().NotEmpty().Immutable(),
		field.Text("content").Immutable().Comment("As resolve.Model writes itself."),
		field.Int64("records").Immutable().Comment("The match records that it was learnt from; 0: none, it came with the program."),
		field.Int64("sources").Immutable().Comment("Their sources."),
		field.Time("created_at").Default(time.Now).Immutable().SchemaType(timestamptz),
	}
}

// Edges of Model.
func (Model) Edges() []ent.Edge { return []ent.Edge{held("switches", ModelSwitch.Type)} }

// ModelSwitch says from when on a model is in use: until the next one. The last one's model
// is the one in use.
type ModelSwitch struct{ ent.Schema }

// Fields of ModelSwitch.
func (ModelSwitch) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id").Immutable().Comment("The order in which they were made."),
		field.Int64("model_id").Immutable(),
		field.Time("at").Default(time.Now).Immutable().SchemaType(timestamptz),
		field.String("cause").Immutable().Comment("Such as train."),
	}
}

// Edges of ModelSwitch.
func (ModelSwitch) Edges() []ent.Edge {
	return []ent.Edge{edge.From("model", Model.Type).Ref("switches").Field("model_id").Unique().Required().Immutable()}
}
