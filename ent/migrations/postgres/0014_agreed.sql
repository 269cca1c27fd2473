-- +goose Up
-- modify "overrides" table
ALTER TABLE "overrides" ADD COLUMN "agreed" character varying NULL;

-- +goose Down
-- reverse: modify "overrides" table
ALTER TABLE "overrides" DROP COLUMN "agreed";
