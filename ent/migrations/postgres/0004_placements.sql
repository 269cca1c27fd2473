-- +goose Up
-- create "placements" table
CREATE TABLE "placements" ("id" character varying NOT NULL, "entity_id" character varying NULL, "heir" character varying NOT NULL DEFAULT '', "flipped" boolean NOT NULL DEFAULT false, PRIMARY KEY ("id"));
-- bring over where match records are
INSERT INTO "placements" ("id", "entity_id", "heir", "flipped") SELECT "id", "entity_id", "heir", "flipped" FROM "match_records" WHERE "entity_id" IS NOT NULL OR "heir" <> '';
-- create index "placement_entity_id" to table: "placements"
CREATE INDEX "placement_entity_id" ON "placements" ("entity_id");
-- modify "match_records" table
ALTER TABLE "match_records" DROP COLUMN "heir", DROP COLUMN "flipped", DROP COLUMN "entity_id";

-- +goose Down
-- reverse: modify "match_records" table
ALTER TABLE "match_records" ADD COLUMN "heir" character varying NOT NULL DEFAULT '', ADD COLUMN "flipped" boolean NOT NULL DEFAULT false, ADD COLUMN "entity_id" character varying NULL, ADD CONSTRAINT "match_records_matches_records" FOREIGN KEY ("entity_id") REFERENCES "matches" ("id") ON DELETE NO ACTION;
CREATE INDEX "matchrecord_entity_id_source" ON "match_records" ("entity_id", "source");
UPDATE "match_records" SET "entity_id" = p."entity_id", "heir" = p."heir", "flipped" = p."flipped" FROM "placements" p WHERE p."id" = "match_records"."id";
-- reverse: create "placements" table
DROP TABLE "placements";
