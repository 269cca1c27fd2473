-- +goose Up
-- create "models" table
CREATE TABLE `models` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `version` text NOT NULL, `content` text NOT NULL, `records` integer NOT NULL, `sources` integer NOT NULL, `created_at` datetime NOT NULL);
-- create index "models_version_key" to table: "models"
CREATE UNIQUE INDEX `models_version_key` ON `models` (`version`);
-- create "model_switches" table
CREATE TABLE `model_switches` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `at` datetime NOT NULL, `cause` text NOT NULL, `model_id` integer NOT NULL, CONSTRAINT `model_switches_models_switches` FOREIGN KEY (`model_id`) REFERENCES `models` (`id`) ON DELETE NO ACTION);

-- +goose Down
-- reverse: create "model_switches" table
DROP TABLE `model_switches`;
-- reverse: create index "models_version_key" to table: "models"
DROP INDEX `models_version_key`;
-- reverse: create "models" table
DROP TABLE `models`;
