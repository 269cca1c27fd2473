-- +goose Up
-- SQLite drops no column that a foreign key is made of: the table is made anew. What refers
-- to its rows meanwhile refers to none, which is counted at the end.
PRAGMA defer_foreign_keys = on;
CREATE TABLE `old_match_records` AS SELECT * FROM `match_records`;
DROP TABLE `match_records`;
CREATE TABLE `match_records` (`id` text NOT NULL, `source` text NOT NULL, `scope` text NOT NULL, `key` text NOT NULL, `named` bool NOT NULL DEFAULT (false), `arrival` integer NOT NULL, `url` text NOT NULL DEFAULT (''), `state` integer NULL, `best_of` integer NULL, `start_text` text NOT NULL DEFAULT (''), `start` datetime NULL, `precision` text NOT NULL DEFAULT (''), `title_name` text NOT NULL DEFAULT (''), `tournament_name` text NOT NULL DEFAULT (''), `message` integer NOT NULL, `withdrawn` bool NOT NULL DEFAULT (false), `title_record_id` text NULL, `tournament_record_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `match_records_title_records_matches` FOREIGN KEY (`title_record_id`) REFERENCES `title_records` (`id`) ON DELETE NO ACTION, CONSTRAINT `match_records_tournament_records_matches` FOREIGN KEY (`tournament_record_id`) REFERENCES `tournament_records` (`id`) ON DELETE NO ACTION);
INSERT INTO `match_records` (`id`, `source`, `scope`, `key`, `named`, `arrival`, `url`, `state`, `best_of`, `start_text`, `start`, `precision`, `title_name`, `tournament_name`, `message`, `withdrawn`, `title_record_id`, `tournament_record_id`) SELECT `id`, `source`, `scope`, `key`, `named`, `arrival`, `url`, `state`, `best_of`, `start_text`, `start`, `precision`, `title_name`, `tournament_name`, `message`, `withdrawn`, `title_record_id`, `tournament_record_id` FROM `old_match_records` ORDER BY `arrival`;
CREATE UNIQUE INDEX `matchrecord_source_key_scope_named` ON `match_records` (`source`, `key`, `scope`, `named`);
CREATE INDEX `matchrecord_start_id` ON `match_records` (`start`, `id`);
CREATE INDEX `matchrecord_source_start` ON `match_records` (`source`, `start`);
CREATE INDEX `matchrecord_state_start` ON `match_records` (`state`, `start`);
CREATE INDEX `matchrecord_title_record_id_start` ON `match_records` (`title_record_id`, `start`);
CREATE INDEX `matchrecord_tournament_record_id_start` ON `match_records` (`tournament_record_id`, `start`);
CREATE INDEX `matchrecord_message` ON `match_records` (`message`);
CREATE INDEX `matchrecord_arrival` ON `match_records` (`arrival`);
-- create "placements" table
CREATE TABLE `placements` (`id` text NOT NULL, `entity_id` text NULL, `heir` text NOT NULL DEFAULT (''), `flipped` bool NOT NULL DEFAULT (false), PRIMARY KEY (`id`));
-- bring over where match records are
INSERT INTO `placements` (`id`, `entity_id`, `heir`, `flipped`) SELECT `id`, `entity_id`, `heir`, `flipped` FROM `old_match_records` WHERE `entity_id` IS NOT NULL OR `heir` <> '';
CREATE INDEX `placement_entity_id` ON `placements` (`entity_id`);
DROP TABLE `old_match_records`;

-- +goose Down
ALTER TABLE `match_records` ADD COLUMN `heir` text NOT NULL DEFAULT ('');
ALTER TABLE `match_records` ADD COLUMN `flipped` bool NOT NULL DEFAULT (false);
ALTER TABLE `match_records` ADD COLUMN `entity_id` text NULL CONSTRAINT `match_records_matches_records` REFERENCES `matches` (`id`) ON DELETE NO ACTION;
CREATE INDEX `matchrecord_entity_id_source` ON `match_records` (`entity_id`, `source`);
UPDATE `match_records` SET `entity_id` = p.`entity_id`, `heir` = p.`heir`, `flipped` = p.`flipped` FROM `placements` p WHERE p.`id` = `match_records`.`id`;
DROP TABLE `placements`;
