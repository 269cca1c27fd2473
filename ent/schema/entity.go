package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"umpire/resolve"
)

// entity is what all entities have.
func entity() []ent.Field {
	return []ent.Field{
		id(),
		field.JSON("provenance", map[string]resolve.ID{}).Comment("Field → the record that it came from."),
		field.JSON("overridden", map[string]string{}).Optional().Comment("Field that is set by hand → what the records say of it."),
		field.Int("records_count").Comment("How many records it has."),
		field.Int("sources_count").Comment("From how many sources."),
		field.Time("created_at").Immutable().SchemaType(timestamptz),
		field.Time("updated_at").SchemaType(timestamptz),
		field.Int64("version").Comment("The change that it now follows; also its ETag."),
		digest(),
	}
}

// digest sums up what the engine says of a thing.
func digest() ent.Field {
	return field.Int64("digest").Default(0).Comment("Of what the engine says of it: by it alone a rebuilt engine knows what is written. 0: not told.")
}

// namedEntity is an entity with a name.
func namedEntity() []ent.Field {
	return append(entity(), field.String("name"), field.String("folded").Comment("The name folded, for search."))
}

// Title is a game or sport.
type Title struct{ ent.Schema }

// Fields of Title.
func (Title) Fields() []ent.Field { return namedEntity() }

// Edges of Title.
func (Title) Edges() []ent.Edge {
	return []ent.Edge{
		held("records", TitleRecord.Type),
		held("tournaments", Tournament.Type),
		held("teams", Team.Type),
		held("matches", Match.Type),
	}
}

// Indexes of Title.
func (Title) Indexes() []ent.Index {
	return []ent.Index{index.Fields("folded", "id"), twice("title_twice", "folded", "id")}
}

// Tournament is a canonical tournament.
type Tournament struct{ ent.Schema }

// Fields of Tournament.
func (Tournament) Fields() []ent.Field { return append(namedEntity(), titleID()) }

// Edges of Tournament.
func (Tournament) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("title", Title.Type).Ref("tournaments").Field("title_id").Unique(),
		held("records", TournamentRecord.Type),
		held("matches", Match.Type),
	}
}

// Indexes of Tournament.
func (Tournament) Indexes() []ent.Index {
	return []ent.Index{index.Fields("folded", "id"), index.Fields("title_id", "folded"), twice("tournament_twice", "folded", "id")}
}

// Team is a canonical team: of one title, as its field's other canonical feeds have it.
type Team struct{ ent.Schema }

// Fields of Team.
func (Team) Fields() []ent.Field { return append(namedEntity(), titleID()) }

// Edges of Team.
func (Team) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("title", Title.Type).Ref("teams").Field("title_id").Unique(),
		held("records", TeamRecord.Type),
		held("matches1", Match.Type),
		held("matches2", Match.Type),
	}
}

// Indexes of Team.
func (Team) Indexes() []ent.Index {
	return []ent.Index{index.Fields("folded", "id"), index.Fields("title_id", "folded"), twice("team_twice", "folded", "id")}
}

// Match is a canonical match: one row is what a list shows.
type Match struct{ ent.Schema }

// Fields of Match.
func (Match) Fields() []ent.Field {
	return append(entity(),
		titleID(),
		field.String("tournament_id").Optional().Nillable(),
		field.String("team1_id"),
		field.String("team2_id"),
		field.Float("points1").Optional().Nillable(),
		field.Float("points2").Optional().Nillable(),
		field.Bool("winner1").Optional().Nillable(),
		field.Bool("winner2").Optional().Nillable(),
		field.Int("state").Optional().Nillable(),
		field.Int("best_of").Optional().Nillable(),
		field.String("start_text").Default(""),
		field.Time("start").Optional().Nillable().SchemaType(timestamptz),
		field.String("precision").Default(""),
	)
}

// Edges of Match.
func (Match) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("title", Title.Type).Ref("matches").Field("title_id").Unique(),
		edge.From("tournament", Tournament.Type).Ref("matches").Field("tournament_id").Unique(),
		edge.From("team1", Team.Type).Ref("matches1").Field("team1_id").Unique().Required(),
		edge.From("team2", Team.Type).Ref("matches2").Field("team2_id").Unique().Required(),
	}
}

// Indexes of Match: one for every field that the list filters on, each with the start by
// which the list is sorted.
func (Match) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("start", "id"),
		index.Fields("state", "start"),
		index.Fields("title_id", "start"),
		index.Fields("tournament_id", "start"),
		index.Fields("team1_id", "start"),
		index.Fields("team2_id", "start"),
		index.Fields("updated_at", "id"),
		twice("match_twice", "start", "id"),
	}
}

// twice is an index over the entities of which some source has several records, in the order of
// their list: they are few.
func twice(name string, fields ...string) ent.Index {
	return index.Fields(fields...).StorageKey(name).Annotations(entsql.IndexWhere("records_count > sources_count"))
}

// held is an edge to rows that hold on to this one: while there is one, this one cannot go.
func held(name string, rows any) ent.Edge {
	return edge.To(name, rows).Annotations(entsql.OnDelete(entsql.NoAction))
}

func titleID() ent.Field { return field.String("title_id").Optional().Nillable() }

// Link is a candidate pair of records of one kind, with the evidence for it.
type Link struct{ ent.Schema }

// Fields of Link.
func (Link) Fields() []ent.Field {
	return []ent.Field{
		field.String("kind").Immutable(),
		field.String("a").Immutable().Comment("A record; smaller than b."),
		field.String("b").Immutable(),
		field.Int32("weight").Comment("Sixteenths of a bit: the sum of its lines."),
		field.Int32("unjudged").Default(0).Comment("The weight without what people say of the two."),
		field.String("verdict").Comment("joined, suggested or refused."),
		field.String("rule").Default("").Comment("Why it is not joined."),
		field.Bytes("evidence").Comment("The lines that its weight is the sum of, packed.").
			SchemaType(map[string]string{dialect.Postgres: "bytea", dialect.SQLite: "blob"}),
		field.Int32("hangs").Default(0).Comment("How many matches hang on the answer, of a suggestion."),
		field.Int32("priority").Optional().Nillable().Comment("Its place in the queue, the greatest first; none: it is not in it."),
		digest(),
	}
}

// Indexes of Link.
func (Link) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("a", "b").Unique(),
		index.Fields("b"),
		index.Fields("verdict", "kind", "weight"),
		queued("priority", "id"),
		queued("kind", "priority", "id"),
	}
}

// queued is an index over the links that wait for an answer.
func queued(fields ...string) ent.Index {
	return index.Fields(fields...).Annotations(entsql.IndexWhere("priority IS NOT NULL"))
}

// Change is one thing that happened to an entity: its history, and the outbox.
type Change struct{ ent.Schema }

// Fields of Change.
func (Change) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id").Immutable().Comment("One sequence, in commit order."),
		field.Time("at").Immutable().SchemaType(timestamptz),
		field.String("kind").Immutable(),
		field.String("entity").Immutable(),
		field.String("act").Immutable(),
		field.JSON("others", []resolve.ID{}).Optional().Immutable(),
		field.JSON("records", []resolve.ID{}).Optional().Immutable().Comment("Its records after the change."),
		field.String("cause").Immutable().Comment("What brought it about, such as messages 12…40 or run 3."),
		field.JSON("after", map[string]any{}).Optional().Immutable().Comment("Its canonical fields after the change."),
	}
}

// Indexes of Change.
func (Change) Indexes() []ent.Index { return []ent.Index{index.Fields("entity", "id")} }
