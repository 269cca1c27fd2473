package schema

import (
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Source is a feed and its profile: how to read what it sends.
type Source struct{ ent.Schema }

// Fields of Source.
func (Source) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").Immutable().Comment("The name that its messages carry. Empty: messages that name no source."),
		field.String("zone").Default("UTC").Comment("IANA time zone of its clock."),
		field.JSON("ids", map[string]string{}).Optional().
			Comment("What its ids mean, by kind (match, team, tournament): title (its own within a title; the default), source (across titles), none (nothing: keyed by name)."),
		field.Int64("seq").Default(0).Comment("Sequence number of its last message, however it came."),
		field.Time("created_at").Default(time.Now).Immutable().SchemaType(timestamptz),
	}
}

// Message is one delivery: its bytes as they came, and its fate.
type Message struct{ ent.Schema }

// Fields of Message.
func (Message) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id").Immutable().Comment("Order of arrival over all sources."),
		field.String("source").Immutable().Comment("Empty where the message names none."),
		field.Int64("seq").Immutable().Comment("Order of arrival within the source: queue, file and POST share it."),
		field.String("message_id").Default("").Comment("The sender's identity of the message (AMQP message-id); empty if it gave none."),
		field.Enum("act").Values("tell", "withdraw").Default("tell"),
		field.Bytes("body").Immutable().Comment("Exactly as delivered.").
			SchemaType(map[string]string{dialect.Postgres: "bytea", dialect.SQLite: "blob"}),
		field.Bytes("sha256").Immutable().MaxLen(32),
		field.Time("received_at").Immutable().SchemaType(timestamptz),
		field.String("via").Immutable().Comment("How it came, such as rabbit:feeds, file:NAME:LINE or http."),
		field.Enum("fate").Values("applied", "duplicate", "quarantined"),
		field.String("field").Default("").Comment("The field at fault, when quarantined."),
		field.String("reason").Default("").Comment("Why it is quarantined, or which message it repeats."),
		field.JSON("warnings", []string{}).Optional(),
		field.String("match_record_id").Optional().Nillable(),
	}
}

// Edges of Message.
func (Message) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("match_record", MatchRecord.Type).Ref("messages").Field("match_record_id").Unique(),
	}
}

// Indexes of Message.
func (Message) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("source", "seq").Unique(),
		index.Fields("source", "message_id"),
		index.Fields("source", "sha256"),
		index.Fields("fate", "id"),
		index.Fields("match_record_id", "seq"),
		index.Fields("received_at"),
	}
}

// Counter is a number that only grows, taken under its row's lock: message ids and
// change numbers come in commit order because the lock is held to the commit.
type Counter struct{ ent.Schema }

// Fields of Counter.
func (Counter) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").Immutable(),
		field.Int64("value").Default(0),
	}
}

// Mark says that a match record has changed since it was last settled.
type Mark struct{ ent.Schema }

// Fields of Mark.
func (Mark) Fields() []ent.Field {
	return []ent.Field{
		id(),
		field.Int64("message").Comment("The last message that changed it. A mark is lifted only at the message that was settled."),
	}
}

// Indexes of Mark.
func (Mark) Indexes() []ent.Index { return []ent.Index{index.Fields("message")} }
