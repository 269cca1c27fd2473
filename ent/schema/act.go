package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Act is one thing that a person did, whole: the audit log. Acts are never changed but for
// what became of them: whether they are settled, and which act undid them.
type Act struct{ ent.Schema }

// Fields of Act.
func (Act) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id").Immutable().Comment("One sequence, in commit order."),
		field.Time("at").Immutable().SchemaType(timestamptz),
		field.String("actor").Immutable(),
		field.String("verb").Immutable().Comment("Such as judge, merge or undo."),
		field.String("kind").Default("").Immutable().Comment("Of the records that it is about; empty: of none, or of several."),
		field.String("note").Default("").Immutable(),
		field.String("key").Optional().Nillable().Immutable().Comment("By which its actor may ask for it again without doing it twice."),
		field.String("asked").Default("").Immutable().Comment("The sum of what was asked under the key."),
		field.JSON("effects", []Effect{}).Immutable().Comment("What it brought into force and out of it."),
		field.JSON("undoes", []int64{}).Optional().Immutable().Comment("The acts that it undoes, in the order in which it does."),
		field.Int64("undone_by").Optional().Nillable(),
		field.Bool("settled").Default(false).Comment("Entities are as it would have them."),
	}
}

// Indexes of Act.
func (Act) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("actor", "key").Unique(),
		index.Fields("actor", "id"),
		index.Fields("undone_by"),
		index.Fields("at"),
		index.Fields("id").Annotations(entsql.IndexWhere("NOT settled")).StorageKey("act_unsettled"),
	}
}

// Effect is a run of rows that an act brought into force, or out of it.
type Effect struct {
	Of    string `json:"of"` // the rows' table
	First int64  `json:"first"`
	Last  int64  `json:"last"`
	On    bool   `json:"on"`
}

// ActSubject is a record or an entity that an act is about, as it was called then.
type ActSubject struct{ ent.Schema }

// Fields of ActSubject.
func (ActSubject) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("act").Immutable(),
		field.String("subject").Immutable(),
	}
}

// Indexes of ActSubject.
func (ActSubject) Indexes() []ent.Index {
	return []ent.Index{index.Fields("subject", "act").Unique(), index.Fields("act")}
}

// said is what all have that people say: an act brings it into force, another one out of it
// and perhaps, undone, into it again.
func said(fields ...ent.Field) []ent.Field {
	return append([]ent.Field{
		field.Int64("id").Immutable().Comment("One sequence for all that people say."),
		field.Int64("act").Immutable().Comment("By which it was said."),
		field.String("actor").Immutable(),
		field.String("note").Default("").Immutable(),
		field.Time("at").Immutable().SchemaType(timestamptz),
		field.Int64("lifted_by").Optional().Nillable().Comment("The act that took it out of force; none: it is in force."),
	}, fields...)
}

// inForce is an index over what is in force, of which there is one for these fields.
func inForce(fields ...string) ent.Index {
	return index.Fields(fields...).Unique().Annotations(entsql.IndexWhere("lifted_by IS NULL"))
}

// Judgement is a person's word on two records.
type Judgement struct{ ent.Schema }

// Fields of Judgement.
func (Judgement) Fields() []ent.Field {
	return said(
		field.String("kind").Immutable(),
		field.String("a").Immutable().Comment("A record; smaller than b."),
		field.String("b").Immutable(),
		field.String("word").Immutable().Comment("same, different or unsure."),
		field.Int32("evidence").Optional().Nillable().Immutable().Comment("What their link weighed then, in sixteenths of a bit."),
	)
}

// Indexes of Judgement.
func (Judgement) Indexes() []ent.Index {
	return []ent.Index{inForce("a", "b"), index.Fields("a"), index.Fields("b"), index.Fields("actor", "id")}
}

// Override is a canonical field set by hand.
type Override struct{ ent.Schema }

// Fields of Override.
func (Override) Fields() []ent.Field {
	return said(
		field.String("record").Immutable().Comment("It holds for whatever entity this is in."),
		field.String("field").Immutable(),
		field.String("value").Immutable(),
		field.String("hidden").Optional().Nillable().Immutable().Comment("What the field was when it was set; none: not told."),
		field.String("agreed").Optional().Nillable().Immutable().Comment("What all records that told it agreed on then; empty: on nothing; none: not told."),
	)
}

// Indexes of Override.
func (Override) Indexes() []ent.Index { return []ent.Index{inForce("record", "field")} }

// SurvivorshipRule says how a canonical field is chosen.
type SurvivorshipRule struct{ ent.Schema }

// Fields of SurvivorshipRule.
func (SurvivorshipRule) Fields() []ent.Field {
	return said(
		field.String("kind").Immutable(),
		field.String("field").Immutable(),
		field.String("rule").Immutable(),
	)
}

// Indexes of SurvivorshipRule.
func (SurvivorshipRule) Indexes() []ent.Index { return []ent.Index{inForce("kind", "field")} }

// SourceTrust says how far a source is trusted.
type SourceTrust struct{ ent.Schema }

// Fields of SourceTrust.
func (SourceTrust) Fields() []ent.Field {
	return said(
		field.String("source").Immutable(),
		field.Int("trust").Immutable().Comment("A greater one is trusted more; 0 where nothing is said."),
	)
}

// Indexes of SourceTrust.
func (SourceTrust) Indexes() []ent.Index { return []ent.Index{inForce("source")} }

// Lease keeps a question for the one who looks at it, for a while.
type Lease struct{ ent.Schema }

// Fields of Lease.
func (Lease) Fields() []ent.Field {
	return []ent.Field{
		field.String("a").Immutable().Comment("A record; smaller than b."),
		field.String("b").Immutable(),
		field.String("holder"),
		field.Time("expires_at").SchemaType(timestamptz),
	}
}

// Indexes of Lease.
func (Lease) Indexes() []ent.Index {
	return []ent.Index{index.Fields("a", "b").Unique(), index.Fields("expires_at")}
}
