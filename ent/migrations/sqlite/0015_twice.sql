-- +goose Up
-- create index "match_twice" to table: "matches"
CREATE INDEX `match_twice` ON `matches` (`start`, `id`) WHERE records_count > sources_count;
-- create index "team_twice" to table: "teams"
CREATE INDEX `team_twice` ON `teams` (`folded`, `id`) WHERE records_count > sources_count;
-- create index "title_twice" to table: "titles"
CREATE INDEX `title_twice` ON `titles` (`folded`, `id`) WHERE records_count > sources_count;
-- create index "tournament_twice" to table: "tournaments"
CREATE INDEX `tournament_twice` ON `tournaments` (`folded`, `id`) WHERE records_count > sources_count;

-- +goose Down
-- reverse: create index "tournament_twice" to table: "tournaments"
DROP INDEX `tournament_twice`;
-- reverse: create index "title_twice" to table: "titles"
DROP INDEX `title_twice`;
-- reverse: create index "team_twice" to table: "teams"
DROP INDEX `team_twice`;
-- reverse: create index "match_twice" to table: "matches"
DROP INDEX `match_twice`;
