-- +goose Up
-- Links follow from records and the model: the resolver writes them anew when it starts, as
-- it does whatever it finds missing. To unpack evidence in SQL would be to write it twice.
DELETE FROM "links";
ALTER TABLE "links" DROP COLUMN "lines", ADD COLUMN "evidence" bytea NOT NULL;

-- +goose Down
DELETE FROM "links";
ALTER TABLE "links" DROP COLUMN "evidence", ADD COLUMN "lines" jsonb NOT NULL;
