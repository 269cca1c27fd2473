-- +goose Up
-- modify "runs" table
ALTER TABLE `runs` ADD COLUMN `version` integer NOT NULL DEFAULT 1;
-- create "run_asks" table
CREATE TABLE `run_asks` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `actor` text NOT NULL, `key` text NOT NULL, `asked` text NOT NULL, `run` integer NOT NULL, `changes` integer NOT NULL DEFAULT (0), `act` integer NULL, `at` datetime NOT NULL);
-- create index "runask_actor_key" to table: "run_asks"
CREATE UNIQUE INDEX `runask_actor_key` ON `run_asks` (`actor`, `key`);

-- +goose Down
-- reverse: create index "runask_actor_key" to table: "run_asks"
DROP INDEX `runask_actor_key`;
-- reverse: create "run_asks" table
DROP TABLE `run_asks`;
-- reverse: modify "runs" table
ALTER TABLE `runs` DROP COLUMN `version`;
