-- +goose Up
-- Names are searched folded and in part: an FTS5 table of trigrams beside each table that
-- has names, without a copy of them, kept by triggers. A row of X_names has the rowid of
-- its row of X. VACUUM may renumber those; after one, run for each:
--   INSERT INTO X_names (X_names) VALUES ('rebuild');

CREATE VIRTUAL TABLE `title_records_names` USING fts5(folded, content = 'title_records', tokenize = 'trigram');
-- +goose StatementBegin
CREATE TRIGGER `title_records_names_insert` AFTER INSERT ON `title_records` BEGIN
  INSERT INTO `title_records_names` (rowid, folded) VALUES (new.rowid, new.folded);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `title_records_names_update` AFTER UPDATE OF `folded` ON `title_records` WHEN new.folded <> old.folded BEGIN
  INSERT INTO `title_records_names` (`title_records_names`, rowid, folded) VALUES ('delete', old.rowid, old.folded);
  INSERT INTO `title_records_names` (rowid, folded) VALUES (new.rowid, new.folded);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `title_records_names_delete` AFTER DELETE ON `title_records` BEGIN
  INSERT INTO `title_records_names` (`title_records_names`, rowid, folded) VALUES ('delete', old.rowid, old.folded);
END;
-- +goose StatementEnd

CREATE VIRTUAL TABLE `tournament_records_names` USING fts5(folded, content = 'tournament_records', tokenize = 'trigram');
-- +goose StatementBegin
CREATE TRIGGER `tournament_records_names_insert` AFTER INSERT ON `tournament_records` BEGIN
  INSERT INTO `tournament_records_names` (rowid, folded) VALUES (new.rowid, new.folded);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `tournament_records_names_update` AFTER UPDATE OF `folded` ON `tournament_records` WHEN new.folded <> old.folded BEGIN
  INSERT INTO `tournament_records_names` (`tournament_records_names`, rowid, folded) VALUES ('delete', old.rowid, old.folded);
  INSERT INTO `tournament_records_names` (rowid, folded) VALUES (new.rowid, new.folded);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `tournament_records_names_delete` AFTER DELETE ON `tournament_records` BEGIN
  INSERT INTO `tournament_records_names` (`tournament_records_names`, rowid, folded) VALUES ('delete', old.rowid, old.folded);
END;
-- +goose StatementEnd

CREATE VIRTUAL TABLE `team_records_names` USING fts5(folded, content = 'team_records', tokenize = 'trigram');
-- +goose StatementBegin
CREATE TRIGGER `team_records_names_insert` AFTER INSERT ON `team_records` BEGIN
  INSERT INTO `team_records_names` (rowid, folded) VALUES (new.rowid, new.folded);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `team_records_names_update` AFTER UPDATE OF `folded` ON `team_records` WHEN new.folded <> old.folded BEGIN
  INSERT INTO `team_records_names` (`team_records_names`, rowid, folded) VALUES ('delete', old.rowid, old.folded);
  INSERT INTO `team_records_names` (rowid, folded) VALUES (new.rowid, new.folded);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `team_records_names_delete` AFTER DELETE ON `team_records` BEGIN
  INSERT INTO `team_records_names` (`team_records_names`, rowid, folded) VALUES ('delete', old.rowid, old.folded);
END;
-- +goose StatementEnd

CREATE VIRTUAL TABLE `titles_names` USING fts5(folded, content = 'titles', tokenize = 'trigram');
-- +goose StatementBegin
CREATE TRIGGER `titles_names_insert` AFTER INSERT ON `titles` BEGIN
  INSERT INTO `titles_names` (rowid, folded) VALUES (new.rowid, new.folded);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `titles_names_update` AFTER UPDATE OF `folded` ON `titles` WHEN new.folded <> old.folded BEGIN
  INSERT INTO `titles_names` (`titles_names`, rowid, folded) VALUES ('delete', old.rowid, old.folded);
  INSERT INTO `titles_names` (rowid, folded) VALUES (new.rowid, new.folded);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `titles_names_delete` AFTER DELETE ON `titles` BEGIN
  INSERT INTO `titles_names` (`titles_names`, rowid, folded) VALUES ('delete', old.rowid, old.folded);
END;
-- +goose StatementEnd

CREATE VIRTUAL TABLE `tournaments_names` USING fts5(folded, content = 'tournaments', tokenize = 'trigram');
-- +goose StatementBegin
CREATE TRIGGER `tournaments_names_insert` AFTER INSERT ON `tournaments` BEGIN
  INSERT INTO `tournaments_names` (rowid, folded) VALUES (new.rowid, new.folded);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `tournaments_names_update` AFTER UPDATE OF `folded` ON `tournaments` WHEN new.folded <> old.folded BEGIN
  INSERT INTO `tournaments_names` (`tournaments_names`, rowid, folded) VALUES ('delete', old.rowid, old.folded);
  INSERT INTO `tournaments_names` (rowid, folded) VALUES (new.rowid, new.folded);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `tournaments_names_delete` AFTER DELETE ON `tournaments` BEGIN
  INSERT INTO `tournaments_names` (`tournaments_names`, rowid, folded) VALUES ('delete', old.rowid, old.folded);
END;
-- +goose StatementEnd

CREATE VIRTUAL TABLE `teams_names` USING fts5(folded, content = 'teams', tokenize = 'trigram');
-- +goose StatementBegin
CREATE TRIGGER `teams_names_insert` AFTER INSERT ON `teams` BEGIN
  INSERT INTO `teams_names` (rowid, folded) VALUES (new.rowid, new.folded);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `teams_names_update` AFTER UPDATE OF `folded` ON `teams` WHEN new.folded <> old.folded BEGIN
  INSERT INTO `teams_names` (`teams_names`, rowid, folded) VALUES ('delete', old.rowid, old.folded);
  INSERT INTO `teams_names` (rowid, folded) VALUES (new.rowid, new.folded);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `teams_names_delete` AFTER DELETE ON `teams` BEGIN
  INSERT INTO `teams_names` (`teams_names`, rowid, folded) VALUES ('delete', old.rowid, old.folded);
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER `teams_names_delete`;
DROP TRIGGER `teams_names_update`;
DROP TRIGGER `teams_names_insert`;
DROP TABLE `teams_names`;
DROP TRIGGER `tournaments_names_delete`;
DROP TRIGGER `tournaments_names_update`;
DROP TRIGGER `tournaments_names_insert`;
DROP TABLE `tournaments_names`;
DROP TRIGGER `titles_names_delete`;
DROP TRIGGER `titles_names_update`;
DROP TRIGGER `titles_names_insert`;
DROP TABLE `titles_names`;
DROP TRIGGER `team_records_names_delete`;
DROP TRIGGER `team_records_names_update`;
DROP TRIGGER `team_records_names_insert`;
DROP TABLE `team_records_names`;
DROP TRIGGER `tournament_records_names_delete`;
DROP TRIGGER `tournament_records_names_update`;
DROP TRIGGER `tournament_records_names_insert`;
DROP TABLE `tournament_records_names`;
DROP TRIGGER `title_records_names_delete`;
DROP TRIGGER `title_records_names_update`;
DROP TRIGGER `title_records_names_insert`;
DROP TABLE `title_records_names`;
