// Package schema is Umpire's data model, from which ent/db and the migrations are made
// (make generate).
//
// Three layers, each derived from the one before:
//
//   - messages, as they came: Source, Message;
//   - records, what each source says now: TitleRecord, TournamentRecord, TeamRecord,
//     MatchRecord and its two Scores;
//   - entities, what they mean together: Title, Tournament, Team, Match, the Placements
//     of match records in them, the Links that hold records together or suggest that they
//     might be, and the Changes that led here, which are also the outbox.
//
// Beside them stand the Models by which the engine makes the third of the second, and what
// people say: the Acts, with the Judgements, Overrides, SurvivorshipRules and SourceTrusts
// that each brought into force or took out of it. A Run is a plan for all entities that is
// kept, with its RunChanges and their RunCauses, and the RunAsks that are not to be done
// twice. Who may do what is told by Tokens, and by the Sessions of browsers that signed in by one.
//
// A record's id and an entity's id are resolve.ID; they are text, so that a row can be
// found by what the API shows.
package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/schema/field"
)

// id is a key that the program derives (resolve.Key.Mint), never the database.
func id() ent.Field {
	return field.String("id").NotEmpty().Immutable().MaxLen(24)
}

// timestamptz keeps instants as instants in PostgreSQL.
var timestamptz = map[string]string{dialect.Postgres: "timestamptz"}
