-- +goose Up
-- Links follow from records and the model: the resolver writes them anew when it starts, as
-- it does whatever it finds missing. To unpack evidence in SQL would be to write it twice.
DROP TABLE `links`;
CREATE TABLE `links` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `kind` text NOT NULL, `a` text NOT NULL, `b` text NOT NULL, `weight` integer NOT NULL, `verdict` text NOT NULL, `rule` text NOT NULL DEFAULT (''), `evidence` blob NOT NULL);
CREATE UNIQUE INDEX `link_a_b` ON `links` (`a`, `b`);
CREATE INDEX `link_b` ON `links` (`b`);
CREATE INDEX `link_verdict_kind_weight` ON `links` (`verdict`, `kind`, `weight`);

-- +goose Down
DROP TABLE `links`;
CREATE TABLE `links` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `kind` text NOT NULL, `a` text NOT NULL, `b` text NOT NULL, `weight` integer NOT NULL, `verdict` text NOT NULL, `rule` text NOT NULL DEFAULT (''), `lines` json NOT NULL);
CREATE UNIQUE INDEX `link_a_b` ON `links` (`a`, `b`);
CREATE INDEX `link_b` ON `links` (`b`);
CREATE INDEX `link_verdict_kind_weight` ON `links` (`verdict`, `kind`, `weight`);
