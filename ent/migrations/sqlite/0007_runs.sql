-- +goose Up
-- create "runs" table
CREATE TABLE `runs` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `state` text NOT NULL, `made_at` datetime NOT NULL, `by` text NOT NULL, `wants` text NOT NULL DEFAULT (''), `model_before` text NOT NULL DEFAULT (''), `model_after` text NOT NULL DEFAULT (''), `message` integer NOT NULL DEFAULT (0), `act` integer NOT NULL DEFAULT (0), `change` integer NOT NULL DEFAULT (0), `holder` text NOT NULL DEFAULT (''), `beat_at` datetime NULL, `stage` text NOT NULL DEFAULT (''), `done` integer NOT NULL DEFAULT (0), `total` integer NOT NULL DEFAULT (0), `ends_at` datetime NULL, `counts` json NULL, `report` json NULL, `error` text NOT NULL DEFAULT (''), `asked_by` text NOT NULL DEFAULT (''), `rebase` bool NOT NULL DEFAULT (false), `acts` json NULL, `planned_at` datetime NULL, `applied_at` datetime NULL, `reverted_at` datetime NULL);
-- create index "run_state_id" to table: "runs"
CREATE INDEX `run_state_id` ON `runs` (`state`, `id`);
-- create "run_causes" table
CREATE TABLE `run_causes` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `run` integer NOT NULL, `number` integer NOT NULL, `kind` text NOT NULL, `key` text NOT NULL, `text` text NOT NULL, `changes` integer NOT NULL, `counts` json NOT NULL);
-- create index "runcause_run_number" to table: "run_causes"
CREATE UNIQUE INDEX `runcause_run_number` ON `run_causes` (`run`, `number`);
-- create "run_changes" table
CREATE TABLE `run_changes` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `run` integer NOT NULL, `number` integer NOT NULL, `cause` integer NOT NULL, `entity` text NOT NULL, `kind` text NOT NULL, `act` text NOT NULL, `name` text NOT NULL DEFAULT (''), `others` json NULL, `before` json NULL, `after` json NULL, `tip` json NULL, `decision` text NOT NULL DEFAULT ('open'), `decided_by` text NOT NULL DEFAULT (''), `decided_act` integer NULL);
-- create index "runchange_run_number" to table: "run_changes"
CREATE UNIQUE INDEX `runchange_run_number` ON `run_changes` (`run`, `number`);
-- create index "runchange_run_cause_number" to table: "run_changes"
CREATE INDEX `runchange_run_cause_number` ON `run_changes` (`run`, `cause`, `number`);
-- create index "runchange_run_entity" to table: "run_changes"
CREATE INDEX `runchange_run_entity` ON `run_changes` (`run`, `entity`);

-- +goose Down
-- reverse: create index "runchange_run_entity" to table: "run_changes"
DROP INDEX `runchange_run_entity`;
-- reverse: create index "runchange_run_cause_number" to table: "run_changes"
DROP INDEX `runchange_run_cause_number`;
-- reverse: create index "runchange_run_number" to table: "run_changes"
DROP INDEX `runchange_run_number`;
-- reverse: create "run_changes" table
DROP TABLE `run_changes`;
-- reverse: create index "runcause_run_number" to table: "run_causes"
DROP INDEX `runcause_run_number`;
-- reverse: create "run_causes" table
DROP TABLE `run_causes`;
-- reverse: create index "run_state_id" to table: "runs"
DROP INDEX `run_state_id`;
-- reverse: create "runs" table
DROP TABLE `runs`;
