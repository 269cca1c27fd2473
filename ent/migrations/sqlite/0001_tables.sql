-- +goose Up
-- create "changes" table
CREATE TABLE `changes` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `at` datetime NOT NULL, `kind` text NOT NULL, `entity` text NOT NULL, `act` text NOT NULL, `others` json NULL, `records` json NULL, `cause` text NOT NULL, `after` json NULL);
-- create index "change_entity_id" to table: "changes"
CREATE INDEX `change_entity_id` ON `changes` (`entity`, `id`);
-- create "counters" table
CREATE TABLE `counters` (`id` text NOT NULL, `value` integer NOT NULL DEFAULT (0), PRIMARY KEY (`id`));
-- create "links" table
CREATE TABLE `links` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `kind` text NOT NULL, `a` text NOT NULL, `b` text NOT NULL, `weight` integer NOT NULL, `verdict` text NOT NULL, `rule` text NOT NULL DEFAULT (''), `lines` json NOT NULL);
-- create index "link_a_b" to table: "links"
CREATE UNIQUE INDEX `link_a_b` ON `links` (`a`, `b`);
-- create index "link_b" to table: "links"
CREATE INDEX `link_b` ON `links` (`b`);
-- create index "link_verdict_kind_weight" to table: "links"
CREATE INDEX `link_verdict_kind_weight` ON `links` (`verdict`, `kind`, `weight`);
-- create "marks" table
CREATE TABLE `marks` (`id` text NOT NULL, `message` integer NOT NULL, PRIMARY KEY (`id`));
-- create index "mark_message" to table: "marks"
CREATE INDEX `mark_message` ON `marks` (`message`);
-- create "matches" table
CREATE TABLE `matches` (`id` text NOT NULL, `provenance` json NOT NULL, `records_count` integer NOT NULL, `sources_count` integer NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `version` integer NOT NULL, `points1` real NULL, `points2` real NULL, `winner1` bool NULL, `winner2` bool NULL, `state` integer NULL, `best_of` integer NULL, `start_text` text NOT NULL DEFAULT (''), `start` datetime NULL, `precision` text NOT NULL DEFAULT (''), `team1_id` text NOT NULL, `team2_id` text NOT NULL, `title_id` text NULL, `tournament_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `matches_teams_matches1` FOREIGN KEY (`team1_id`) REFERENCES `teams` (`id`) ON DELETE NO ACTION, CONSTRAINT `matches_teams_matches2` FOREIGN KEY (`team2_id`) REFERENCES `teams` (`id`) ON DELETE NO ACTION, CONSTRAINT `matches_titles_matches` FOREIGN KEY (`title_id`) REFERENCES `titles` (`id`) ON DELETE NO ACTION, CONSTRAINT `matches_tournaments_matches` FOREIGN KEY (`tournament_id`) REFERENCES `tournaments` (`id`) ON DELETE NO ACTION);
-- create index "match_start_id" to table: "matches"
CREATE INDEX `match_start_id` ON `matches` (`start`, `id`);
-- create index "match_state_start" to table: "matches"
CREATE INDEX `match_state_start` ON `matches` (`state`, `start`);
-- create index "match_title_id_start" to table: "matches"
CREATE INDEX `match_title_id_start` ON `matches` (`title_id`, `start`);
-- create index "match_tournament_id_start" to table: "matches"
CREATE INDEX `match_tournament_id_start` ON `matches` (`tournament_id`, `start`);
-- create index "match_team1_id_start" to table: "matches"
CREATE INDEX `match_team1_id_start` ON `matches` (`team1_id`, `start`);
-- create index "match_team2_id_start" to table: "matches"
CREATE INDEX `match_team2_id_start` ON `matches` (`team2_id`, `start`);
-- create index "match_updated_at_id" to table: "matches"
CREATE INDEX `match_updated_at_id` ON `matches` (`updated_at`, `id`);
-- create "match_records" table
CREATE TABLE `match_records` (`id` text NOT NULL, `source` text NOT NULL, `scope` text NOT NULL, `key` text NOT NULL, `named` bool NOT NULL DEFAULT (false), `arrival` integer NOT NULL, `heir` text NOT NULL DEFAULT (''), `url` text NOT NULL DEFAULT (''), `state` integer NULL, `best_of` integer NULL, `start_text` text NOT NULL DEFAULT (''), `start` datetime NULL, `precision` text NOT NULL DEFAULT (''), `title_name` text NOT NULL DEFAULT (''), `tournament_name` text NOT NULL DEFAULT (''), `message` integer NOT NULL, `withdrawn` bool NOT NULL DEFAULT (false), `flipped` bool NOT NULL DEFAULT (false), `entity_id` text NULL, `title_record_id` text NULL, `tournament_record_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `match_records_matches_records` FOREIGN KEY (`entity_id`) REFERENCES `matches` (`id`) ON DELETE NO ACTION, CONSTRAINT `match_records_title_records_matches` FOREIGN KEY (`title_record_id`) REFERENCES `title_records` (`id`) ON DELETE NO ACTION, CONSTRAINT `match_records_tournament_records_matches` FOREIGN KEY (`tournament_record_id`) REFERENCES `tournament_records` (`id`) ON DELETE NO ACTION);
-- create index "matchrecord_source_key_scope_named" to table: "match_records"
CREATE UNIQUE INDEX `matchrecord_source_key_scope_named` ON `match_records` (`source`, `key`, `scope`, `named`);
-- create index "matchrecord_start_id" to table: "match_records"
CREATE INDEX `matchrecord_start_id` ON `match_records` (`start`, `id`);
-- create index "matchrecord_source_start" to table: "match_records"
CREATE INDEX `matchrecord_source_start` ON `match_records` (`source`, `start`);
-- create index "matchrecord_state_start" to table: "match_records"
CREATE INDEX `matchrecord_state_start` ON `match_records` (`state`, `start`);
-- create index "matchrecord_title_record_id_start" to table: "match_records"
CREATE INDEX `matchrecord_title_record_id_start` ON `match_records` (`title_record_id`, `start`);
-- create index "matchrecord_tournament_record_id_start" to table: "match_records"
CREATE INDEX `matchrecord_tournament_record_id_start` ON `match_records` (`tournament_record_id`, `start`);
-- create index "matchrecord_entity_id_source" to table: "match_records"
CREATE INDEX `matchrecord_entity_id_source` ON `match_records` (`entity_id`, `source`);
-- create index "matchrecord_message" to table: "match_records"
CREATE INDEX `matchrecord_message` ON `match_records` (`message`);
-- create index "matchrecord_arrival" to table: "match_records"
CREATE INDEX `matchrecord_arrival` ON `match_records` (`arrival`);
-- create "messages" table
CREATE TABLE `messages` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `source` text NOT NULL, `seq` integer NOT NULL, `message_id` text NOT NULL DEFAULT (''), `act` text NOT NULL DEFAULT ('tell'), `body` blob NOT NULL, `sha256` blob NOT NULL, `received_at` datetime NOT NULL, `via` text NOT NULL, `fate` text NOT NULL, `field` text NOT NULL DEFAULT (''), `reason` text NOT NULL DEFAULT (''), `warnings` json NULL, `match_record_id` text NULL, CONSTRAINT `messages_match_records_messages` FOREIGN KEY (`match_record_id`) REFERENCES `match_records` (`id`) ON DELETE NO ACTION);
-- create index "message_source_seq" to table: "messages"
CREATE UNIQUE INDEX `message_source_seq` ON `messages` (`source`, `seq`);
-- create index "message_source_message_id" to table: "messages"
CREATE INDEX `message_source_message_id` ON `messages` (`source`, `message_id`);
-- create index "message_source_sha256" to table: "messages"
CREATE INDEX `message_source_sha256` ON `messages` (`source`, `sha256`);
-- create index "message_fate_id" to table: "messages"
CREATE INDEX `message_fate_id` ON `messages` (`fate`, `id`);
-- create index "message_match_record_id_seq" to table: "messages"
CREATE INDEX `message_match_record_id_seq` ON `messages` (`match_record_id`, `seq`);
-- create index "message_received_at" to table: "messages"
CREATE INDEX `message_received_at` ON `messages` (`received_at`);
-- create "scores" table
CREATE TABLE `scores` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `slot` integer NOT NULL, `team_name` text NOT NULL, `points` real NULL, `winner` bool NULL, `match_record_id` text NOT NULL, `team_record_id` text NOT NULL, CONSTRAINT `scores_match_records_scores` FOREIGN KEY (`match_record_id`) REFERENCES `match_records` (`id`) ON DELETE NO ACTION, CONSTRAINT `scores_team_records_scores` FOREIGN KEY (`team_record_id`) REFERENCES `team_records` (`id`) ON DELETE NO ACTION);
-- create index "score_match_record_id_slot" to table: "scores"
CREATE UNIQUE INDEX `score_match_record_id_slot` ON `scores` (`match_record_id`, `slot`);
-- create index "score_team_record_id" to table: "scores"
CREATE INDEX `score_team_record_id` ON `scores` (`team_record_id`);
-- create "sources" table
CREATE TABLE `sources` (`id` text NOT NULL, `zone` text NOT NULL DEFAULT ('UTC'), `ids` json NULL, `seq` integer NOT NULL DEFAULT (0), `created_at` datetime NOT NULL, PRIMARY KEY (`id`));
-- create "teams" table
CREATE TABLE `teams` (`id` text NOT NULL, `provenance` json NOT NULL, `records_count` integer NOT NULL, `sources_count` integer NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `version` integer NOT NULL, `name` text NOT NULL, `folded` text NOT NULL, `title_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `teams_titles_teams` FOREIGN KEY (`title_id`) REFERENCES `titles` (`id`) ON DELETE NO ACTION);
-- create index "team_folded_id" to table: "teams"
CREATE INDEX `team_folded_id` ON `teams` (`folded`, `id`);
-- create index "team_title_id_folded" to table: "teams"
CREATE INDEX `team_title_id_folded` ON `teams` (`title_id`, `folded`);
-- create "team_records" table
CREATE TABLE `team_records` (`id` text NOT NULL, `source` text NOT NULL, `scope` text NOT NULL, `key` text NOT NULL, `named` bool NOT NULL DEFAULT (false), `arrival` integer NOT NULL, `heir` text NOT NULL DEFAULT (''), `name` text NOT NULL, `folded` text NOT NULL, `entity_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `team_records_teams_records` FOREIGN KEY (`entity_id`) REFERENCES `teams` (`id`) ON DELETE NO ACTION);
-- create index "teamrecord_source_key_scope_named" to table: "team_records"
CREATE UNIQUE INDEX `teamrecord_source_key_scope_named` ON `team_records` (`source`, `key`, `scope`, `named`);
-- create index "teamrecord_folded" to table: "team_records"
CREATE INDEX `teamrecord_folded` ON `team_records` (`folded`);
-- create index "teamrecord_entity_id" to table: "team_records"
CREATE INDEX `teamrecord_entity_id` ON `team_records` (`entity_id`);
-- create "titles" table
CREATE TABLE `titles` (`id` text NOT NULL, `provenance` json NOT NULL, `records_count` integer NOT NULL, `sources_count` integer NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `version` integer NOT NULL, `name` text NOT NULL, `folded` text NOT NULL, PRIMARY KEY (`id`));
-- create index "title_folded_id" to table: "titles"
CREATE INDEX `title_folded_id` ON `titles` (`folded`, `id`);
-- create "title_records" table
CREATE TABLE `title_records` (`id` text NOT NULL, `source` text NOT NULL, `scope` text NOT NULL, `key` text NOT NULL, `named` bool NOT NULL DEFAULT (false), `arrival` integer NOT NULL, `heir` text NOT NULL DEFAULT (''), `name` text NOT NULL, `folded` text NOT NULL, `entity_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `title_records_titles_records` FOREIGN KEY (`entity_id`) REFERENCES `titles` (`id`) ON DELETE NO ACTION);
-- create index "titlerecord_source_key_scope_named" to table: "title_records"
CREATE UNIQUE INDEX `titlerecord_source_key_scope_named` ON `title_records` (`source`, `key`, `scope`, `named`);
-- create index "titlerecord_folded" to table: "title_records"
CREATE INDEX `titlerecord_folded` ON `title_records` (`folded`);
-- create index "titlerecord_entity_id" to table: "title_records"
CREATE INDEX `titlerecord_entity_id` ON `title_records` (`entity_id`);
-- create "tournaments" table
CREATE TABLE `tournaments` (`id` text NOT NULL, `provenance` json NOT NULL, `records_count` integer NOT NULL, `sources_count` integer NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `version` integer NOT NULL, `name` text NOT NULL, `folded` text NOT NULL, `title_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `tournaments_titles_tournaments` FOREIGN KEY (`title_id`) REFERENCES `titles` (`id`) ON DELETE NO ACTION);
-- create index "tournament_folded_id" to table: "tournaments"
CREATE INDEX `tournament_folded_id` ON `tournaments` (`folded`, `id`);
-- create index "tournament_title_id_folded" to table: "tournaments"
CREATE INDEX `tournament_title_id_folded` ON `tournaments` (`title_id`, `folded`);
-- create "tournament_records" table
CREATE TABLE `tournament_records` (`id` text NOT NULL, `source` text NOT NULL, `scope` text NOT NULL, `key` text NOT NULL, `named` bool NOT NULL DEFAULT (false), `arrival` integer NOT NULL, `heir` text NOT NULL DEFAULT (''), `name` text NOT NULL, `folded` text NOT NULL, `entity_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `tournament_records_tournaments_records` FOREIGN KEY (`entity_id`) REFERENCES `tournaments` (`id`) ON DELETE NO ACTION);
-- create index "tournamentrecord_source_key_scope_named" to table: "tournament_records"
CREATE UNIQUE INDEX `tournamentrecord_source_key_scope_named` ON `tournament_records` (`source`, `key`, `scope`, `named`);
-- create index "tournamentrecord_folded" to table: "tournament_records"
CREATE INDEX `tournamentrecord_folded` ON `tournament_records` (`folded`);
-- create index "tournamentrecord_entity_id" to table: "tournament_records"
CREATE INDEX `tournamentrecord_entity_id` ON `tournament_records` (`entity_id`);

-- +goose Down
-- reverse: create index "tournamentrecord_entity_id" to table: "tournament_records"
DROP INDEX `tournamentrecord_entity_id`;
-- reverse: create index "tournamentrecord_folded" to table: "tournament_records"
DROP INDEX `tournamentrecord_folded`;
-- reverse: create index "tournamentrecord_source_key_scope_named" to table: "tournament_records"
DROP INDEX `tournamentrecord_source_key_scope_named`;
-- reverse: create "tournament_records" table
DROP TABLE `tournament_records`;
-- reverse: create index "tournament_title_id_folded" to table: "tournaments"
DROP INDEX `tournament_title_id_folded`;
-- reverse: create index "tournament_folded_id" to table: "tournaments"
DROP INDEX `tournament_folded_id`;
-- reverse: create "tournaments" table
DROP TABLE `tournaments`;
-- reverse: create index "titlerecord_entity_id" to table: "title_records"
DROP INDEX `titlerecord_entity_id`;
-- reverse: create index "titlerecord_folded" to table: "title_records"
DROP INDEX `titlerecord_folded`;
-- reverse: create index "titlerecord_source_key_scope_named" to table: "title_records"
DROP INDEX `titlerecord_source_key_scope_named`;
-- reverse: create "title_records" table
DROP TABLE `title_records`;
-- reverse: create index "title_folded_id" to table: "titles"
DROP INDEX `title_folded_id`;
-- reverse: create "titles" table
DROP TABLE `titles`;
-- reverse: create index "teamrecord_entity_id" to table: "team_records"
DROP INDEX `teamrecord_entity_id`;
-- reverse: create index "teamrecord_folded" to table: "team_records"
DROP INDEX `teamrecord_folded`;
-- reverse: create index "teamrecord_source_key_scope_named" to table: "team_records"
DROP INDEX `teamrecord_source_key_scope_named`;
-- reverse: create "team_records" table
DROP TABLE `team_records`;
-- reverse: create index "team_title_id_folded" to table: "teams"
DROP INDEX `team_title_id_folded`;
-- reverse: create index "team_folded_id" to table: "teams"
DROP INDEX `team_folded_id`;
-- reverse: create "teams" table
DROP TABLE `teams`;
-- reverse: create "sources" table
DROP TABLE `sources`;
-- reverse: create index "score_team_record_id" to table: "scores"
DROP INDEX `score_team_record_id`;
-- reverse: create index "score_match_record_id_slot" to table: "scores"
DROP INDEX `score_match_record_id_slot`;
-- reverse: create "scores" table
DROP TABLE `scores`;
-- reverse: create index "message_received_at" to table: "messages"
DROP INDEX `message_received_at`;
-- reverse: create index "message_match_record_id_seq" to table: "messages"
DROP INDEX `message_match_record_id_seq`;
-- reverse: create index "message_fate_id" to table: "messages"
DROP INDEX `message_fate_id`;
-- reverse: create index "message_source_sha256" to table: "messages"
DROP INDEX `message_source_sha256`;
-- reverse: create index "message_source_message_id" to table: "messages"
DROP INDEX `message_source_message_id`;
-- reverse: create index "message_source_seq" to table: "messages"
DROP INDEX `message_source_seq`;
-- reverse: create "messages" table
DROP TABLE `messages`;
-- reverse: create index "matchrecord_arrival" to table: "match_records"
DROP INDEX `matchrecord_arrival`;
-- reverse: create index "matchrecord_message" to table: "match_records"
DROP INDEX `matchrecord_message`;
-- reverse: create index "matchrecord_entity_id_source" to table: "match_records"
DROP INDEX `matchrecord_entity_id_source`;
-- reverse: create index "matchrecord_tournament_record_id_start" to table: "match_records"
DROP INDEX `matchrecord_tournament_record_id_start`;
-- reverse: create index "matchrecord_title_record_id_start" to table: "match_records"
DROP INDEX `matchrecord_title_record_id_start`;
-- reverse: create index "matchrecord_state_start" to table: "match_records"
DROP INDEX `matchrecord_state_start`;
-- reverse: create index "matchrecord_source_start" to table: "match_records"
DROP INDEX `matchrecord_source_start`;
-- reverse: create index "matchrecord_start_id" to table: "match_records"
DROP INDEX `matchrecord_start_id`;
-- reverse: create index "matchrecord_source_key_scope_named" to table: "match_records"
DROP INDEX `matchrecord_source_key_scope_named`;
-- reverse: create "match_records" table
DROP TABLE `match_records`;
-- reverse: create index "match_updated_at_id" to table: "matches"
DROP INDEX `match_updated_at_id`;
-- reverse: create index "match_team2_id_start" to table: "matches"
DROP INDEX `match_team2_id_start`;
-- reverse: create index "match_team1_id_start" to table: "matches"
DROP INDEX `match_team1_id_start`;
-- reverse: create index "match_tournament_id_start" to table: "matches"
DROP INDEX `match_tournament_id_start`;
-- reverse: create index "match_title_id_start" to table: "matches"
DROP INDEX `match_title_id_start`;
-- reverse: create index "match_state_start" to table: "matches"
DROP INDEX `match_state_start`;
-- reverse: create index "match_start_id" to table: "matches"
DROP INDEX `match_start_id`;
-- reverse: create "matches" table
DROP TABLE `matches`;
-- reverse: create index "mark_message" to table: "marks"
DROP INDEX `mark_message`;
-- reverse: create "marks" table
DROP TABLE `marks`;
-- reverse: create index "link_verdict_kind_weight" to table: "links"
DROP INDEX `link_verdict_kind_weight`;
-- reverse: create index "link_b" to table: "links"
DROP INDEX `link_b`;
-- reverse: create index "link_a_b" to table: "links"
DROP INDEX `link_a_b`;
-- reverse: create "links" table
DROP TABLE `links`;
-- reverse: create "counters" table
DROP TABLE `counters`;
-- reverse: create index "change_entity_id" to table: "changes"
DROP INDEX `change_entity_id`;
-- reverse: create "changes" table
DROP TABLE `changes`;
