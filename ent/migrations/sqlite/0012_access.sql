-- +goose Up
-- create "sessions" table
CREATE TABLE `sessions` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `hash` text NOT NULL, `token` text NOT NULL, `created_at` datetime NOT NULL, `expires_at` datetime NOT NULL);
-- create index "sessions_hash_key" to table: "sessions"
CREATE UNIQUE INDEX `sessions_hash_key` ON `sessions` (`hash`);
-- create index "session_token" to table: "sessions"
CREATE INDEX `session_token` ON `sessions` (`token`);
-- create index "session_expires_at" to table: "sessions"
CREATE INDEX `session_expires_at` ON `sessions` (`expires_at`);
-- create "tokens" table
CREATE TABLE `tokens` (`id` text NOT NULL, `name` text NOT NULL, `role` text NOT NULL, `source` text NOT NULL DEFAULT (''), `hash` text NOT NULL, `created_at` datetime NOT NULL, `created_by` text NOT NULL, `expires_at` datetime NULL, `revoked_at` datetime NULL, `last_used_at` datetime NULL, PRIMARY KEY (`id`));
-- create index "tokens_hash_key" to table: "tokens"
CREATE UNIQUE INDEX `tokens_hash_key` ON `tokens` (`hash`);
-- create index "token_name" to table: "tokens"
CREATE UNIQUE INDEX `token_name` ON `tokens` (`name`) WHERE revoked_at IS NULL;
-- create index "token_created_at_id" to table: "tokens"
CREATE INDEX `token_created_at_id` ON `tokens` (`created_at`, `id`);

-- +goose Down
-- reverse: create index "token_created_at_id" to table: "tokens"
DROP INDEX `token_created_at_id`;
-- reverse: create index "token_name" to table: "tokens"
DROP INDEX `token_name`;
-- reverse: create index "tokens_hash_key" to table: "tokens"
DROP INDEX `tokens_hash_key`;
-- reverse: create "tokens" table
DROP TABLE `tokens`;
-- reverse: create index "session_expires_at" to table: "sessions"
DROP INDEX `session_expires_at`;
-- reverse: create index "session_token" to table: "sessions"
DROP INDEX `session_token`;
-- reverse: create index "sessions_hash_key" to table: "sessions"
DROP INDEX `sessions_hash_key`;
-- reverse: create "sessions" table
DROP TABLE `sessions`;
