-- +goose Up
-- modify "links" table
ALTER TABLE "links" ADD COLUMN "digest" bigint NOT NULL DEFAULT 0;
-- modify "matches" table
ALTER TABLE "matches" ADD COLUMN "digest" bigint NOT NULL DEFAULT 0;
-- modify "teams" table
ALTER TABLE "teams" ADD COLUMN "digest" bigint NOT NULL DEFAULT 0;
-- modify "titles" table
ALTER TABLE "titles" ADD COLUMN "digest" bigint NOT NULL DEFAULT 0;
-- modify "tournaments" table
ALTER TABLE "tournaments" ADD COLUMN "digest" bigint NOT NULL DEFAULT 0;

-- +goose Down
-- reverse: modify "tournaments" table
ALTER TABLE "tournaments" DROP COLUMN "digest";
-- reverse: modify "titles" table
ALTER TABLE "titles" DROP COLUMN "digest";
-- reverse: modify "teams" table
ALTER TABLE "teams" DROP COLUMN "digest";
-- reverse: modify "matches" table
ALTER TABLE "matches" DROP COLUMN "digest";
-- reverse: modify "links" table
ALTER TABLE "links" DROP COLUMN "digest";
