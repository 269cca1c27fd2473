// Package ent holds the data model (schema), the code that ent makes of it (db), the
// versioned migrations, and the one door to it all (store).
package ent

//go:generate go tool ent generate --target db --feature sql/upsert,sql/modifier,sql/lock,sql/execquery,sql/versioned-migration ./schema
