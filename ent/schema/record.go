package schema

import (
	"slices"

	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// key is how a source tells its records apart; with the source it is the record's identity.
func key() []ent.Field {
	return []ent.Field{
		id(),
		field.String("source").Immutable(),
		field.String("scope").Immutable().Comment("Folded title within which the id is the source's own; empty: across titles."),
		field.String("key").Immutable().Comment("The source's own id; the name as sent, trimmed, where it sent none."),
		field.Bool("named").Immutable().Default(false).Comment("The key is a name."),
		field.Int64("arrival").Comment("The message that first told it: an entity is called by its oldest record."),
	}
}

// place is where a record is.
func place() []ent.Field {
	return []ent.Field{
		field.String("entity_id").Optional().Nillable().Comment("Empty until settled, and while no live match record tells it."),
		field.String("heir").Default("").Comment("Of a record that left its entity for none: a record of the entity that went on without it."),
	}
}

// named is a record that has a name: a title, tournament or team.
func named() []ent.Field {
	return slices.Concat(key(), place(), []ent.Field{
		field.String("name").Comment("As last sent."),
		field.String("folded").Comment("The name folded, for search."),
	})
}

// TitleRecord is a game or sport as one source calls it.
type TitleRecord struct{ ent.Schema }

// Fields of TitleRecord.
func (TitleRecord) Fields() []ent.Field { return named() }

// Edges of TitleRecord.
func (TitleRecord) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("entity", Title.Type).Ref("records").Field("entity_id").Unique(),
		held("matches", MatchRecord.Type),
	}
}

// Indexes of TitleRecord.
func (TitleRecord) Indexes() []ent.Index { return namedIndexes() }

// TournamentRecord is a tournament as one source tells it.
type TournamentRecord struct{ ent.Schema }

// Fields of TournamentRecord.
func (TournamentRecord) Fields() []ent.Field { return named() }

// Edges of TournamentRecord.
func (TournamentRecord) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("entity", Tournament.Type).Ref("records").Field("entity_id").Unique(),
		held("matches", MatchRecord.Type),
	}
}

// Indexes of TournamentRecord.
func (TournamentRecord) Indexes() []ent.Index { return namedIndexes() }

// TeamRecord is a team as one source tells it.
type TeamRecord struct{ ent.Schema }

// Fields of TeamRecord.
func (TeamRecord) Fields() []ent.Field { return named() }

// Edges of TeamRecord.
func (TeamRecord) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("entity", Team.Type).Ref("records").Field("entity_id").Unique(),
		held("scores", Score.Type),
	}
}

// Indexes of TeamRecord.
func (TeamRecord) Indexes() []ent.Index { return namedIndexes() }

func namedIndexes() []ent.Index {
	return []ent.Index{
		index.Fields("source", "key", "scope", "named").Unique(),
		index.Fields("folded"),
		index.Fields("entity_id"),
	}
}

// MatchRecord is a match as one source tells it now. What it told before is in its messages.
type MatchRecord struct{ ent.Schema }

// Fields of MatchRecord.
func (MatchRecord) Fields() []ent.Field {
	return append(key(),
		field.String("url").Default(""),
		field.Int("state").Optional().Nillable(),
		field.Int("best_of").Optional().Nillable(),
		field.String("start_text").Default("").Comment("The start as sent."),
		field.Time("start").Optional().Nillable().SchemaType(timestamptz).Comment("The instant it means; a day's is its 00:00 UTC."),
		field.String("precision").Default("").Comment("day, minute or second; empty: not told."),
		field.String("title_record_id").Optional().Nillable(),
		field.String("title_name").Default("").Comment("As this record tells it."),
		field.String("tournament_record_id").Optional().Nillable(),
		field.String("tournament_name").Default("").Comment("As this record tells it."),
		field.Int64("message").Comment("The message that it now follows."),
		field.Bool("withdrawn").Default(false),
	)
}

// Edges of MatchRecord.
func (MatchRecord) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("title", TitleRecord.Type).Ref("matches").Field("title_record_id").Unique(),
		edge.From("tournament", TournamentRecord.Type).Ref("matches").Field("tournament_record_id").Unique(),
		held("scores", Score.Type),
		held("messages", Message.Type),
	}
}

// Indexes of MatchRecord.
func (MatchRecord) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("source", "key", "scope", "named").Unique(),
		index.Fields("start", "id"),
		index.Fields("source", "start"),
		index.Fields("state", "start"),
		index.Fields("title_record_id", "start"),
		index.Fields("tournament_record_id", "start"),
		index.Fields("message"),
		index.Fields("arrival"),
	}
}

// Placement says where a match record is, under the record's id. It stands apart because
// there are many match records, each in as many indexes as lists have filters, which all
// would be written again whenever the engine places it. None: the record was never settled.
type Placement struct{ ent.Schema }

// Fields of Placement.
func (Placement) Fields() []ent.Field {
	return slices.Concat([]ent.Field{id()}, place(), []ent.Field{
		field.Bool("flipped").Default(false).Comment("Its side 1 is its entity's side 2."),
	})
}

// Indexes of Placement.
func (Placement) Indexes() []ent.Index { return []ent.Index{index.Fields("entity_id")} }

// Score is one side of a match record: the slot, who plays there, and what it scored.
type Score struct{ ent.Schema }

// Fields of Score.
func (Score) Fields() []ent.Field {
	return []ent.Field{
		field.String("match_record_id").Immutable(),
		field.Int("slot").Immutable().Min(1).Max(2),
		field.String("team_record_id"),
		field.String("team_name").Comment("As this record tells it."),
		field.Float("points").Optional().Nillable(),
		field.Bool("winner").Optional().Nillable(),
	}
}

// Edges of Score.
func (Score) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("match", MatchRecord.Type).Ref("scores").Field("match_record_id").Unique().Required().Immutable(),
		edge.From("team", TeamRecord.Type).Ref("scores").Field("team_record_id").Unique().Required(),
	}
}

// Indexes of Score.
func (Score) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("match_record_id", "slot").Unique(),
		index.Fields("team_record_id"),
	}
}

// NameTold is a name that a title, tournament or team has or ever had, for search: rows are
// added with the records that tell them, and stay.
type NameTold struct{ ent.Schema }

// Annotations of NameTold.
func (NameTold) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Table("names")}
}

// Fields of NameTold.
func (NameTold) Fields() []ent.Field {
	return []ent.Field{
		field.String("record").Immutable().MaxLen(24).Comment("The record that was called so."),
		field.String("name").Immutable().Comment("As first sent."),
		field.String("folded").Immutable(),
		field.String("letters").Immutable().Comment("The folded name without spaces."),
		field.String("initials").Immutable().Default("").Comment("Of its words; empty for one word."),
		field.String("beginnings").Immutable().Default("").Comment("The first two letters of each word; empty for one word."),
		field.Bool("hand").Immutable().Default(false).Comment("A person gave the name, and not the record's source."),
	}
}

// Indexes of NameTold.
func (NameTold) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("record", "folded").Unique(),
		index.Fields("folded"),
		index.Fields("letters"),
		index.Fields("initials"),
		index.Fields("beginnings"),
	}
}
