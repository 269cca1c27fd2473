-- +goose Up
-- add column "digest" to table: "links"
ALTER TABLE `links` ADD COLUMN `digest` integer NOT NULL DEFAULT 0;
-- add column "digest" to table: "matches"
ALTER TABLE `matches` ADD COLUMN `digest` integer NOT NULL DEFAULT 0;
-- add column "digest" to table: "teams"
ALTER TABLE `teams` ADD COLUMN `digest` integer NOT NULL DEFAULT 0;
-- add column "digest" to table: "titles"
ALTER TABLE `titles` ADD COLUMN `digest` integer NOT NULL DEFAULT 0;
-- add column "digest" to table: "tournaments"
ALTER TABLE `tournaments` ADD COLUMN `digest` integer NOT NULL DEFAULT 0;

-- +goose Down
-- reverse: add column "digest" to table: "tournaments"
ALTER TABLE `tournaments` DROP COLUMN `digest`;
-- reverse: add column "digest" to table: "titles"
ALTER TABLE `titles` DROP COLUMN `digest`;
-- reverse: add column "digest" to table: "teams"
ALTER TABLE `teams` DROP COLUMN `digest`;
-- reverse: add column "digest" to table: "matches"
ALTER TABLE `matches` DROP COLUMN `digest`;
-- reverse: add column "digest" to table: "links"
ALTER TABLE `links` DROP COLUMN `digest`;
