-- +goose Up
-- create "names" table
CREATE TABLE `names` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `record` text NOT NULL, `name` text NOT NULL, `folded` text NOT NULL, `letters` text NOT NULL, `initials` text NOT NULL DEFAULT (''), `beginnings` text NOT NULL DEFAULT (''), `hand` bool NOT NULL DEFAULT (false));
-- create index "nametold_record_folded" to table: "names"
CREATE UNIQUE INDEX `nametold_record_folded` ON `names` (`record`, `folded`);
-- create index "nametold_folded" to table: "names"
CREATE INDEX `nametold_folded` ON `names` (`folded`);
-- create index "nametold_letters" to table: "names"
CREATE INDEX `nametold_letters` ON `names` (`letters`);
-- create index "nametold_initials" to table: "names"
CREATE INDEX `nametold_initials` ON `names` (`initials`);
-- create index "nametold_beginnings" to table: "names"
CREATE INDEX `nametold_beginnings` ON `names` (`beginnings`);
-- names are found by a part, from their trigrams, as those of the other tables are
CREATE VIRTUAL TABLE `names_names` USING fts5(folded, content = 'names', content_rowid = 'id', tokenize = 'trigram');
-- +goose StatementBegin
CREATE TRIGGER `names_names_insert` AFTER INSERT ON `names` BEGIN
  INSERT INTO `names_names` (rowid, folded) VALUES (new.id, new.folded);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `names_names_delete` AFTER DELETE ON `names` BEGIN
  INSERT INTO `names_names` (`names_names`, rowid, folded) VALUES ('delete', old.id, old.folded);
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER `names_names_delete`;
DROP TRIGGER `names_names_insert`;
DROP TABLE `names_names`;
-- reverse: create index "nametold_beginnings" to table: "names"
DROP INDEX `nametold_beginnings`;
-- reverse: create index "nametold_initials" to table: "names"
DROP INDEX `nametold_initials`;
-- reverse: create index "nametold_letters" to table: "names"
DROP INDEX `nametold_letters`;
-- reverse: create index "nametold_folded" to table: "names"
DROP INDEX `nametold_folded`;
-- reverse: create index "nametold_record_folded" to table: "names"
DROP INDEX `nametold_record_folded`;
-- reverse: create "names" table
DROP TABLE `names`;
