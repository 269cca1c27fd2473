-- +goose Up
-- add column "agreed" to table: "overrides"
ALTER TABLE `overrides` ADD COLUMN `agreed` text NULL;

-- +goose Down
-- reverse: add column "agreed" to table: "overrides"
ALTER TABLE `overrides` DROP COLUMN `agreed`;
