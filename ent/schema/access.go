package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Token lets whoever has it do what its role may. What is kept of the secret is its hash.
type Token struct{ ent.Schema }

// Fields of Token.
func (Token) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").NotEmpty().Immutable().MaxLen(24).Comment("Part of the token's text, and no secret."),
		field.String("name").Immutable().Comment("Who acts by it."),
		field.String("role").Immutable(),
		field.String("source").Default("").Immutable().Comment("The one that it speaks for, if its role is source."),
		field.String("hash").Immutable().Unique().Comment("SHA-256 of the token's text, in hex."),
		field.Time("created_at").Immutable().SchemaType(timestamptz),
		field.String("created_by").Immutable(),
		field.Time("expires_at").Optional().Nillable().Immutable().SchemaType(timestamptz),
		field.Time("revoked_at").Optional().Nillable().SchemaType(timestamptz),
		field.Time("last_used_at").Optional().Nillable().SchemaType(timestamptz).Comment("To the minute."),
	}
}

// Indexes of Token.
func (Token) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("name").Unique().Annotations(entsql.IndexWhere("revoked_at IS NULL")),
		index.Fields("created_at", "id"),
	}
}

// Session is a browser that signed in by a token.
type Session struct{ ent.Schema }

// Fields of Session.
func (Session) Fields() []ent.Field {
	return []ent.Field{
		field.String("hash").Immutable().Unique().Comment("SHA-256 of what the browser's cookie holds, in hex."),
		field.String("token").Immutable().Comment("The id of the token."),
		field.Time("created_at").Immutable().SchemaType(timestamptz),
		field.Time("expires_at").Immutable().SchemaType(timestamptz),
	}
}

// Indexes of Session.
func (Session) Indexes() []ent.Index {
	return []ent.Index{index.Fields("token"), index.Fields("expires_at")}
}
