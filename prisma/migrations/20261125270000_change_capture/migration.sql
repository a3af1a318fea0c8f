-- Products whose rows of the catalog changed and that wait until their burst is over.
CREATE SEQUENCE "app"."captured_change_stamp";
CREATE TABLE "app"."captured_change" (
  "product_id" UUID NOT NULL,
  "own_of" UUID,
  "first_at" TIMESTAMPTZ(3) NOT NULL,
  "due_at" TIMESTAMPTZ(3) NOT NULL,
  "stamp" BIGINT NOT NULL DEFAULT nextval('"app"."captured_change_stamp"'),
  CONSTRAINT "captured_change_pkey" PRIMARY KEY ("product_id")
);
CREATE INDEX "captured_change_due_at_idx" ON "app"."captured_change" ("due_at");
-- A few rows that come and go all the time.
ALTER TABLE "app"."captured_change" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- How the capture of changes is doing: one row.
CREATE TABLE "app"."change_capture" (
  "id" TEXT NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'off',
  "slot" TEXT,
  "problem_code" TEXT,
  "problem" TEXT,
  "remedy" TEXT,
  "position" TEXT,
  "needs_comparison" BOOLEAN NOT NULL DEFAULT true,
  "comparison_reason" TEXT,
  "comparisons_wanted" INTEGER NOT NULL DEFAULT 0,
  "compared_at" TIMESTAMPTZ(3),
  "last_change_at" TIMESTAMPTZ(3),
  "retained_bytes" BIGINT,
  "safe_wal_bytes" BIGINT,
  "wal_status" TEXT,
  "slot_active" BOOLEAN,
  "is_alarming" BOOLEAN NOT NULL DEFAULT false,
  "measured_at" TIMESTAMPTZ(3),
  CONSTRAINT "change_capture_pkey" PRIMARY KEY ("id")
);
INSERT INTO "app"."change_capture" ("id") VALUES ('catalog');

-- What moves from one product or variant to another changes both. (\x3b is a semicolon: see the first migration.)
CREATE FUNCTION "catalog"."revise_both_products"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN UPDATE "catalog"."product" SET "revision" = 0 WHERE "id" IN (OLD."product_id", NEW."product_id")\x3b RETURN NULL\x3b END';
CREATE FUNCTION "catalog"."revise_both_variants"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN UPDATE "catalog"."variant" SET "revision" = 0 WHERE "id" IN (OLD."variant_id", NEW."variant_id")\x3b RETURN NULL\x3b END';
CREATE TRIGGER "variant_moved" AFTER UPDATE OF "product_id" ON "catalog"."variant"
  FOR EACH ROW WHEN (OLD."product_id" IS DISTINCT FROM NEW."product_id") EXECUTE FUNCTION "catalog"."revise_both_products"();
CREATE TRIGGER "product_option_moved" AFTER UPDATE OF "product_id" ON "catalog"."product_option"
  FOR EACH ROW WHEN (OLD."product_id" IS DISTINCT FROM NEW."product_id") EXECUTE FUNCTION "catalog"."revise_both_products"();
CREATE TRIGGER "media_moved" AFTER UPDATE OF "product_id" ON "catalog"."media"
  FOR EACH ROW WHEN (OLD."product_id" IS DISTINCT FROM NEW."product_id") EXECUTE FUNCTION "catalog"."revise_both_products"();
CREATE TRIGGER "metafield_moved_product" AFTER UPDATE OF "product_id" ON "catalog"."metafield"
  FOR EACH ROW WHEN (OLD."product_id" IS DISTINCT FROM NEW."product_id") EXECUTE FUNCTION "catalog"."revise_both_products"();
CREATE TRIGGER "metafield_moved_variant" AFTER UPDATE OF "variant_id" ON "catalog"."metafield"
  FOR EACH ROW WHEN (OLD."variant_id" IS DISTINCT FROM NEW."variant_id") EXECUTE FUNCTION "catalog"."revise_both_variants"();
CREATE TRIGGER "inventory_level_moved" AFTER UPDATE OF "variant_id" ON "catalog"."inventory_level"
  FOR EACH ROW WHEN (OLD."variant_id" IS DISTINCT FROM NEW."variant_id") EXECUTE FUNCTION "catalog"."revise_both_variants"();

-- An emptied table changes whatever had rows there, and names none of it.
CREATE FUNCTION "catalog"."revise_all_products"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN UPDATE "catalog"."product" SET "revision" = 0\x3b RETURN NULL\x3b END';
CREATE TRIGGER "variant_truncate" AFTER TRUNCATE ON "catalog"."variant"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_all_products"();
CREATE TRIGGER "product_option_truncate" AFTER TRUNCATE ON "catalog"."product_option"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_all_products"();
CREATE TRIGGER "media_truncate" AFTER TRUNCATE ON "catalog"."media"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_all_products"();
CREATE TRIGGER "metafield_truncate" AFTER TRUNCATE ON "catalog"."metafield"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_all_products"();
CREATE TRIGGER "inventory_level_truncate" AFTER TRUNCATE ON "catalog"."inventory_level"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_all_products"();
