-- +goose Up
-- disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
-- create "new_links" table
CREATE TABLE `new_links` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `kind` text NOT NULL, `a` text NOT NULL, `b` text NOT NULL, `weight` integer NOT NULL, `unjudged` integer NOT NULL DEFAULT (0), `verdict` text NOT NULL, `rule` text NOT NULL DEFAULT (''), `evidence` blob NOT NULL, `hangs` integer NOT NULL DEFAULT (0), `priority` integer NULL);
-- copy rows from old table "links" to new temporary table "new_links"
INSERT INTO `new_links` (`id`, `kind`, `a`, `b`, `weight`, `verdict`, `rule`, `evidence`) SELECT `id`, `kind`, `a`, `b`, `weight`, `verdict`, `rule`, `evidence` FROM `links`;
-- drop "links" table after copying rows
DROP TABLE `links`;
-- rename temporary table "new_links" to "links"
ALTER TABLE `new_links` RENAME TO `links`;
-- create index "link_a_b" to table: "links"
CREATE UNIQUE INDEX `link_a_b` ON `links` (`a`, `b`);
-- create index "link_b" to table: "links"
CREATE INDEX `link_b` ON `links` (`b`);
-- create index "link_verdict_kind_weight" to table: "links"
CREATE INDEX `link_verdict_kind_weight` ON `links` (`verdict`, `kind`, `weight`);
-- create index "link_priority_id" to table: "links"
CREATE INDEX `link_priority_id` ON `links` (`priority`, `id`) WHERE priority IS NOT NULL;
-- create index "link_kind_priority_id" to table: "links"
CREATE INDEX `link_kind_priority_id` ON `links` (`kind`, `priority`, `id`) WHERE priority IS NOT NULL;
-- add column "overridden" to table: "matches"
ALTER TABLE `matches` ADD COLUMN `overridden` json NULL;
-- add column "overridden" to table: "teams"
ALTER TABLE `teams` ADD COLUMN `overridden` json NULL;
-- add column "overridden" to table: "titles"
ALTER TABLE `titles` ADD COLUMN `overridden` json NULL;
-- add column "overridden" to table: "tournaments"
ALTER TABLE `tournaments` ADD COLUMN `overridden` json NULL;
-- what hangs on suggestions that are there is found when the resolver next starts; until then each is in the queue
UPDATE `links` SET `unjudged` = `weight`, `priority` = CASE WHEN `verdict` = 'suggested' THEN 1 END;
-- create "acts" table
CREATE TABLE `acts` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `at` datetime NOT NULL, `actor` text NOT NULL, `verb` text NOT NULL, `kind` text NOT NULL DEFAULT (''), `note` text NOT NULL DEFAULT (''), `key` text NULL, `asked` text NOT NULL DEFAULT (''), `effects` json NOT NULL, `undoes` json NULL, `undone_by` integer NULL, `settled` bool NOT NULL DEFAULT (false));
-- create index "act_actor_key" to table: "acts"
CREATE UNIQUE INDEX `act_actor_key` ON `acts` (`actor`, `key`);
-- create index "act_actor_id" to table: "acts"
CREATE INDEX `act_actor_id` ON `acts` (`actor`, `id`);
-- create index "act_undone_by" to table: "acts"
CREATE INDEX `act_undone_by` ON `acts` (`undone_by`);
-- create index "act_at" to table: "acts"
CREATE INDEX `act_at` ON `acts` (`at`);
-- create index "act_unsettled" to table: "acts"
CREATE INDEX `act_unsettled` ON `acts` (`id`) WHERE NOT settled;
-- create "act_subjects" table
CREATE TABLE `act_subjects` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `act` integer NOT NULL, `subject` text NOT NULL);
-- create index "actsubject_subject_act" to table: "act_subjects"
CREATE UNIQUE INDEX `actsubject_subject_act` ON `act_subjects` (`subject`, `act`);
-- create index "actsubject_act" to table: "act_subjects"
CREATE INDEX `actsubject_act` ON `act_subjects` (`act`);
-- create "judgements" table
CREATE TABLE `judgements` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `act` integer NOT NULL, `actor` text NOT NULL, `note` text NOT NULL DEFAULT (''), `at` datetime NOT NULL, `lifted_by` integer NULL, `kind` text NOT NULL, `a` text NOT NULL, `b` text NOT NULL, `word` text NOT NULL, `evidence` integer NULL);
-- create index "judgement_a_b" to table: "judgements"
CREATE UNIQUE INDEX `judgement_a_b` ON `judgements` (`a`, `b`) WHERE lifted_by IS NULL;
-- create index "judgement_a" to table: "judgements"
CREATE INDEX `judgement_a` ON `judgements` (`a`);
-- create index "judgement_b" to table: "judgements"
CREATE INDEX `judgement_b` ON `judgements` (`b`);
-- create index "judgement_actor_id" to table: "judgements"
CREATE INDEX `judgement_actor_id` ON `judgements` (`actor`, `id`);
-- create "leases" table
CREATE TABLE `leases` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `a` text NOT NULL, `b` text NOT NULL, `holder` text NOT NULL, `expires_at` datetime NOT NULL);
-- create index "lease_a_b" to table: "leases"
CREATE UNIQUE INDEX `lease_a_b` ON `leases` (`a`, `b`);
-- create index "lease_expires_at" to table: "leases"
CREATE INDEX `lease_expires_at` ON `leases` (`expires_at`);
-- create "overrides" table
CREATE TABLE `overrides` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `act` integer NOT NULL, `actor` text NOT NULL, `note` text NOT NULL DEFAULT (''), `at` datetime NOT NULL, `lifted_by` integer NULL, `record` text NOT NULL, `field` text NOT NULL, `value` text NOT NULL, `hidden` text NULL);
-- create index "override_record_field" to table: "overrides"
CREATE UNIQUE INDEX `override_record_field` ON `overrides` (`record`, `field`) WHERE lifted_by IS NULL;
-- create "source_trusts" table
CREATE TABLE `source_trusts` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `act` integer NOT NULL, `actor` text NOT NULL, `note` text NOT NULL DEFAULT (''), `at` datetime NOT NULL, `lifted_by` integer NULL, `source` text NOT NULL, `trust` integer NOT NULL);
-- create index "sourcetrust_source" to table: "source_trusts"
CREATE UNIQUE INDEX `sourcetrust_source` ON `source_trusts` (`source`) WHERE lifted_by IS NULL;
-- create "survivorship_rules" table
CREATE TABLE `survivorship_rules` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `act` integer NOT NULL, `actor` text NOT NULL, `note` text NOT NULL DEFAULT (''), `at` datetime NOT NULL, `lifted_by` integer NULL, `kind` text NOT NULL, `field` text NOT NULL, `rule` text NOT NULL);
-- create index "survivorshiprule_kind_field" to table: "survivorship_rules"
CREATE UNIQUE INDEX `survivorshiprule_kind_field` ON `survivorship_rules` (`kind`, `field`) WHERE lifted_by IS NULL;
-- enable back the enforcement of foreign-keys constraints
PRAGMA foreign_keys = on;

-- +goose Down
-- reverse: create index "survivorshiprule_kind_field" to table: "survivorship_rules"
DROP INDEX `survivorshiprule_kind_field`;
-- reverse: create "survivorship_rules" table
DROP TABLE `survivorship_rules`;
-- reverse: create index "sourcetrust_source" to table: "source_trusts"
DROP INDEX `sourcetrust_source`;
-- reverse: create "source_trusts" table
DROP TABLE `source_trusts`;
-- reverse: create index "override_record_field" to table: "overrides"
DROP INDEX `override_record_field`;
-- reverse: create "overrides" table
DROP TABLE `overrides`;
-- reverse: create index "lease_expires_at" to table: "leases"
DROP INDEX `lease_expires_at`;
-- reverse: create index "lease_a_b" to table: "leases"
DROP INDEX `lease_a_b`;
-- reverse: create "leases" table
DROP TABLE `leases`;
-- reverse: create index "judgement_actor_id" to table: "judgements"
DROP INDEX `judgement_actor_id`;
-- reverse: create index "judgement_b" to table: "judgements"
DROP INDEX `judgement_b`;
-- reverse: create index "judgement_a" to table: "judgements"
DROP INDEX `judgement_a`;
-- reverse: create index "judgement_a_b" to table: "judgements"
DROP INDEX `judgement_a_b`;
-- reverse: create "judgements" table
DROP TABLE `judgements`;
-- reverse: create index "actsubject_act" to table: "act_subjects"
DROP INDEX `actsubject_act`;
-- reverse: create index "actsubject_subject_act" to table: "act_subjects"
DROP INDEX `actsubject_subject_act`;
-- reverse: create "act_subjects" table
DROP TABLE `act_subjects`;
-- reverse: create index "act_unsettled" to table: "acts"
DROP INDEX `act_unsettled`;
-- reverse: create index "act_at" to table: "acts"
DROP INDEX `act_at`;
-- reverse: create index "act_undone_by" to table: "acts"
DROP INDEX `act_undone_by`;
-- reverse: create index "act_actor_id" to table: "acts"
DROP INDEX `act_actor_id`;
-- reverse: create index "act_actor_key" to table: "acts"
DROP INDEX `act_actor_key`;
-- reverse: create "acts" table
DROP TABLE `acts`;
-- reverse: add column "overridden" to table: "tournaments"
ALTER TABLE `tournaments` DROP COLUMN `overridden`;
-- reverse: add column "overridden" to table: "titles"
ALTER TABLE `titles` DROP COLUMN `overridden`;
-- reverse: add column "overridden" to table: "teams"
ALTER TABLE `teams` DROP COLUMN `overridden`;
-- reverse: add column "overridden" to table: "matches"
ALTER TABLE `matches` DROP COLUMN `overridden`;
-- reverse: create index "link_kind_priority_id" to table: "links"
DROP INDEX `link_kind_priority_id`;
-- reverse: create index "link_priority_id" to table: "links"
DROP INDEX `link_priority_id`;
-- reverse: create index "link_verdict_kind_weight" to table: "links"
DROP INDEX `link_verdict_kind_weight`;
-- reverse: create index "link_b" to table: "links"
DROP INDEX `link_b`;
-- reverse: create index "link_a_b" to table: "links"
DROP INDEX `link_a_b`;
-- reverse: create "new_links" table
DROP TABLE `new_links`;
