-- +goose Up
-- Names are searched folded and in part: trigrams serve LIKE '%…%' from an index.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX "title_records_folded_trgm" ON "title_records" USING gin ("folded" gin_trgm_ops);
CREATE INDEX "tournament_records_folded_trgm" ON "tournament_records" USING gin ("folded" gin_trgm_ops);
CREATE INDEX "team_records_folded_trgm" ON "team_records" USING gin ("folded" gin_trgm_ops);
CREATE INDEX "titles_folded_trgm" ON "titles" USING gin ("folded" gin_trgm_ops);
CREATE INDEX "tournaments_folded_trgm" ON "tournaments" USING gin ("folded" gin_trgm_ops);
CREATE INDEX "teams_folded_trgm" ON "teams" USING gin ("folded" gin_trgm_ops);

-- +goose Down
DROP INDEX "teams_folded_trgm";
DROP INDEX "tournaments_folded_trgm";
DROP INDEX "titles_folded_trgm";
DROP INDEX "team_records_folded_trgm";
DROP INDEX "tournament_records_folded_trgm";
DROP INDEX "title_records_folded_trgm";
