-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "app";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "catalog";

-- CreateTable
CREATE TABLE "app"."session" (
    "id" TEXT NOT NULL,
    "shop" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "isOnline" BOOLEAN NOT NULL DEFAULT false,
    "scope" TEXT,
    "expires" TIMESTAMP(3),
    "accessToken" TEXT NOT NULL,
    "userId" BIGINT,
    "firstName" TEXT,
    "lastName" TEXT,
    "email" TEXT,
    "accountOwner" BOOLEAN NOT NULL DEFAULT false,
    "locale" TEXT,
    "collaborator" BOOLEAN DEFAULT false,
    "emailVerified" BOOLEAN DEFAULT false,
    "refreshToken" TEXT,
    "refreshTokenExpires" TIMESTAMP(3),

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."account" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."shop" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "domain" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "currency_code" TEXT NOT NULL DEFAULT 'USD',
    "timezone" TEXT NOT NULL DEFAULT 'UTC',
    "plan" TEXT NOT NULL DEFAULT '',
    "publication_id" TEXT,
    "conflict_policy" TEXT NOT NULL DEFAULT 'source-wins',
    "deletion_policy" TEXT NOT NULL DEFAULT 'archive',
    "policy_chosen_at" TIMESTAMPTZ(3),
    "setup_dismissed_at" TIMESTAMPTZ(3),
    "facts_read_at" TIMESTAMPTZ(3),
    "adopted_at" TIMESTAMPTZ(3),
    "installed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "uninstalled_at" TIMESTAMPTZ(3),

    CONSTRAINT "shop_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."shop_location" (
    "shop_id" UUID NOT NULL,
    "gid" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "source_name" TEXT,
    "is_default" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "shop_location_pkey" PRIMARY KEY ("shop_id","gid")
);

-- CreateTable
CREATE TABLE "app"."product_link" (
    "shop_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "remote_id" TEXT,
    "state" TEXT NOT NULL DEFAULT 'unlinked',
    "title" TEXT NOT NULL DEFAULT '',
    "sync_state" TEXT NOT NULL DEFAULT 'pending',
    "last_decision" TEXT,
    "last_reason" TEXT,
    "last_run_id" UUID,
    "last_synced_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 0,
    "create_sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "product_link_pkey" PRIMARY KEY ("shop_id","product_id")
);

-- CreateTable
CREATE TABLE "app"."ambiguous_match" (
    "shop_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "candidates" JSONB NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ambiguous_match_pkey" PRIMARY KEY ("shop_id","product_id")
);

-- CreateTable
CREATE TABLE "app"."remote_product" (
    "shop_id" UUID NOT NULL,
    "remote_id" TEXT NOT NULL,
    "state" JSONB NOT NULL,
    "variant_order" TEXT[],
    "fingerprint" TEXT NOT NULL,
    "fetched_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "invalidated_at" TIMESTAMPTZ(3),

    CONSTRAINT "remote_product_pkey" PRIMARY KEY ("shop_id","remote_id")
);

-- CreateTable
CREATE TABLE "app"."remote_variant" (
    "shop_id" UUID NOT NULL,
    "remote_id" TEXT NOT NULL,
    "remote_product_id" TEXT NOT NULL,
    "inventory_item_id" TEXT NOT NULL,
    "sku" TEXT,
    "state" JSONB NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "fetched_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "remote_variant_pkey" PRIMARY KEY ("shop_id","remote_id")
);

-- CreateTable
CREATE TABLE "app"."base_product" (
    "shop_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "state" JSONB NOT NULL,
    "agreed_at" TIMESTAMPTZ(3) NOT NULL,
    "source_revision" BIGINT,
    "remote_print" TEXT,

    CONSTRAINT "base_product_pkey" PRIMARY KEY ("shop_id","product_id")
);

-- CreateTable
CREATE TABLE "app"."base_variant" (
    "shop_id" UUID NOT NULL,
    "variant_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "remote_id" TEXT NOT NULL,
    "state" JSONB NOT NULL,
    "agreed_at" TIMESTAMPTZ(3) NOT NULL,
    "source_revision" BIGINT,
    "remote_print" TEXT,

    CONSTRAINT "base_variant_pkey" PRIMARY KEY ("shop_id","variant_id")
);

-- CreateTable
CREATE TABLE "app"."sync_request" (
    "shop_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "run_id" UUID,
    "cause" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sync_request_pkey" PRIMARY KEY ("shop_id","product_id")
);

-- CreateTable
CREATE TABLE "app"."sync_run" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "shop_id" UUID NOT NULL,
    "trigger" TEXT NOT NULL,
    "caused_by" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "is_partial" BOOLEAN NOT NULL DEFAULT false,
    "error" TEXT,
    "products_total" INTEGER NOT NULL DEFAULT 0,
    "adopted_scanned" INTEGER NOT NULL DEFAULT 0,
    "calls" INTEGER NOT NULL DEFAULT 0,
    "mutations" INTEGER NOT NULL DEFAULT 0,
    "product_reads" INTEGER NOT NULL DEFAULT 0,
    "points" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "bytes_sent" BIGINT NOT NULL DEFAULT 0,
    "throttled" INTEGER NOT NULL DEFAULT 0,
    "skips" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "cancel_requested_at" TIMESTAMPTZ(3),

    CONSTRAINT "sync_run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."run_product" (
    "run_id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "title" TEXT NOT NULL DEFAULT '',
    "state" TEXT NOT NULL DEFAULT 'pending',
    "code" TEXT,
    "message" TEXT,
    "changes" INTEGER NOT NULL DEFAULT 0,
    "points" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "run_product_pkey" PRIMARY KEY ("run_id","product_id")
);

-- CreateTable
CREATE TABLE "app"."change" (
    "id" BIGSERIAL NOT NULL,
    "change_key" TEXT NOT NULL,
    "shop_id" UUID NOT NULL,
    "run_id" UUID,
    "product_id" UUID NOT NULL,
    "remote_product_id" TEXT,
    "variant_id" TEXT,
    "field" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "returned" JSONB,
    "state" TEXT NOT NULL,
    "code" TEXT,
    "message" TEXT,
    "caused_by" TEXT NOT NULL,
    "operation" TEXT,
    "points" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."dead_letter" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "shop_id" UUID NOT NULL,
    "queue" TEXT NOT NULL,
    "job_id" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "failed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retried_at" TIMESTAMPTZ(3),

    CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."catalog_import" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "filename" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "caused_by" TEXT NOT NULL,
    "content" BYTEA,
    "rows" INTEGER NOT NULL DEFAULT 0,
    "rows_done" INTEGER NOT NULL DEFAULT 0,
    "products_created" INTEGER NOT NULL DEFAULT 0,
    "products_updated" INTEGER NOT NULL DEFAULT 0,
    "products_unchanged" INTEGER NOT NULL DEFAULT 0,
    "rows_rejected" INTEGER NOT NULL DEFAULT 0,
    "problems" JSONB NOT NULL DEFAULT '[]',
    "unsynced_columns" TEXT[],
    "error" TEXT,
    "sync_run_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "cancel_requested_at" TIMESTAMPTZ(3),

    CONSTRAINT "catalog_import_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."taxonomy_category" (
    "full_name" TEXT NOT NULL,
    "gid" TEXT,
    "looked_up_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "taxonomy_category_pkey" PRIMARY KEY ("full_name")
);

-- CreateTable
CREATE TABLE "app"."points_budget" (
    "shop_id" UUID NOT NULL,
    "maximum" DOUBLE PRECISION NOT NULL,
    "restore_rate" DOUBLE PRECISION NOT NULL,
    "available" DOUBLE PRECISION NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "points_budget_pkey" PRIMARY KEY ("shop_id")
);

-- CreateTable
CREATE TABLE "app"."webhook_delivery" (
    "id" TEXT NOT NULL,
    "shop" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("id")
);

CREATE SEQUENCE "catalog"."revision";

-- CreateTable
CREATE TABLE "catalog"."product" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "handle" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "description_html" TEXT NOT NULL DEFAULT '',
    "vendor" TEXT NOT NULL DEFAULT '',
    "product_type" TEXT NOT NULL DEFAULT '',
    "category" TEXT,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "status" TEXT NOT NULL DEFAULT 'ACTIVE',
    "published" BOOLEAN NOT NULL DEFAULT true,
    "gift_card" BOOLEAN NOT NULL DEFAULT false,
    "seo_title" TEXT,
    "seo_description" TEXT,
    "template_suffix" TEXT,
    "extra" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revision" BIGINT NOT NULL DEFAULT nextval('catalog.revision'),

    CONSTRAINT "product_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "catalog"."product_option" (
    "account_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "values" TEXT[],

    CONSTRAINT "product_option_pkey" PRIMARY KEY ("product_id","position")
);

-- CreateTable
CREATE TABLE "catalog"."variant" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "product_id" UUID NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 1,
    "option1" TEXT,
    "option2" TEXT,
    "option3" TEXT,
    "sku" TEXT,
    "barcode" TEXT,
    "price" DECIMAL(20,4) NOT NULL DEFAULT 0,
    "compare_at_price" DECIMAL(20,4),
    "cost" DECIMAL(20,4),
    "taxable" BOOLEAN NOT NULL DEFAULT true,
    "tax_code" TEXT,
    "tracked" BOOLEAN NOT NULL DEFAULT false,
    "inventory_policy" TEXT NOT NULL DEFAULT 'DENY',
    "fulfillment_service" TEXT NOT NULL DEFAULT 'manual',
    "requires_shipping" BOOLEAN NOT NULL DEFAULT true,
    "weight_value" DECIMAL(20,6),
    "weight_unit" TEXT NOT NULL DEFAULT 'KILOGRAMS',
    "harmonized_system_code" TEXT,
    "country_code_of_origin" TEXT,
    "unit_price_quantity" DECIMAL(20,6),
    "unit_price_unit" TEXT,
    "unit_price_reference" INTEGER,
    "unit_price_reference_unit" TEXT,
    "media_id" UUID,
    "extra" JSONB NOT NULL DEFAULT '{}',
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revision" BIGINT NOT NULL DEFAULT nextval('catalog.revision'),

    CONSTRAINT "variant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "catalog"."inventory_level" (
    "account_id" UUID NOT NULL,
    "variant_id" UUID NOT NULL,
    "location" TEXT NOT NULL DEFAULT '',
    "available" INTEGER NOT NULL,

    CONSTRAINT "inventory_level_pkey" PRIMARY KEY ("variant_id","location")
);

-- CreateTable
CREATE TABLE "catalog"."media" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "product_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "url" TEXT NOT NULL,
    "alt" TEXT NOT NULL DEFAULT '',
    "kind" TEXT NOT NULL DEFAULT 'IMAGE',

    CONSTRAINT "media_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "catalog"."metafield" (
    "account_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "product_id" UUID,
    "variant_id" UUID,
    "namespace" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "metafield_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "session_shop_idx" ON "app"."session"("shop");

-- CreateIndex
CREATE UNIQUE INDEX "shop_domain_key" ON "app"."shop"("domain");

-- CreateIndex
CREATE INDEX "shop_account_id_idx" ON "app"."shop"("account_id");

-- CreateIndex
CREATE INDEX "product_link_shop_id_sync_state_idx" ON "app"."product_link"("shop_id", "sync_state");

-- CreateIndex
CREATE UNIQUE INDEX "product_link_shop_id_remote_id_key" ON "app"."product_link"("shop_id", "remote_id");

-- CreateIndex
CREATE INDEX "remote_variant_shop_id_remote_product_id_idx" ON "app"."remote_variant"("shop_id", "remote_product_id");

-- CreateIndex
CREATE INDEX "remote_variant_shop_id_inventory_item_id_idx" ON "app"."remote_variant"("shop_id", "inventory_item_id");

-- CreateIndex
CREATE INDEX "base_variant_shop_id_product_id_idx" ON "app"."base_variant"("shop_id", "product_id");

-- CreateIndex
CREATE INDEX "sync_request_requested_at_idx" ON "app"."sync_request"("requested_at");

-- CreateIndex
CREATE INDEX "sync_run_shop_id_created_at_idx" ON "app"."sync_run"("shop_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "run_product_shop_id_run_id_state_idx" ON "app"."run_product"("shop_id", "run_id", "state");

-- CreateIndex
CREATE INDEX "change_shop_id_product_id_at_idx" ON "app"."change"("shop_id", "product_id", "at" DESC);

-- CreateIndex
CREATE INDEX "change_shop_id_run_id_idx" ON "app"."change"("shop_id", "run_id");

-- CreateIndex
CREATE UNIQUE INDEX "change_shop_id_change_key_key" ON "app"."change"("shop_id", "change_key");

-- CreateIndex
CREATE INDEX "dead_letter_shop_id_failed_at_idx" ON "app"."dead_letter"("shop_id", "failed_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "dead_letter_queue_job_id_key" ON "app"."dead_letter"("queue", "job_id");

-- CreateIndex
CREATE INDEX "catalog_import_shop_id_created_at_idx" ON "app"."catalog_import"("shop_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "webhook_delivery_received_at_idx" ON "app"."webhook_delivery"("received_at");

-- CreateIndex
CREATE INDEX "product_account_id_updated_at_idx" ON "catalog"."product"("account_id", "updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "product_account_id_handle_key" ON "catalog"."product"("account_id", "handle");

-- CreateIndex
CREATE INDEX "variant_product_id_idx" ON "catalog"."variant"("product_id");

-- CreateIndex
CREATE INDEX "variant_account_id_sku_idx" ON "catalog"."variant"("account_id", "sku");

-- CreateIndex
CREATE INDEX "media_product_id_idx" ON "catalog"."media"("product_id");

-- CreateIndex
CREATE UNIQUE INDEX "metafield_product_id_namespace_key_key" ON "catalog"."metafield"("product_id", "namespace", "key");

-- CreateIndex
CREATE UNIQUE INDEX "metafield_variant_id_namespace_key_key" ON "catalog"."metafield"("variant_id", "namespace", "key");

-- AddForeignKey
ALTER TABLE "app"."shop" ADD CONSTRAINT "shop_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "app"."account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog"."product_option" ADD CONSTRAINT "product_option_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "catalog"."product"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog"."variant" ADD CONSTRAINT "variant_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "catalog"."product"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog"."variant" ADD CONSTRAINT "variant_media_id_fkey" FOREIGN KEY ("media_id") REFERENCES "catalog"."media"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog"."inventory_level" ADD CONSTRAINT "inventory_level_variant_id_fkey" FOREIGN KEY ("variant_id") REFERENCES "catalog"."variant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog"."media" ADD CONSTRAINT "media_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "catalog"."product"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog"."metafield" ADD CONSTRAINT "metafield_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "catalog"."product"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog"."metafield" ADD CONSTRAINT "metafield_variant_id_fkey" FOREIGN KEY ("variant_id") REFERENCES "catalog"."variant"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What follows Prisma's schema language cannot say. The catalog may be written by a merchant's own SQL, so the
-- database itself refuses what Shopify could never take.
ALTER TABLE "catalog"."product"
  ADD CONSTRAINT "product_account_fkey" FOREIGN KEY ("account_id") REFERENCES "app"."account" ("id") ON DELETE CASCADE,
  ADD CONSTRAINT "product_handle_check" CHECK ("handle" = lower("handle") AND "handle" !~ '[\s/?#]' AND length("handle") BETWEEN 1 AND 255),
  ADD CONSTRAINT "product_title_check" CHECK (length(btrim("title")) BETWEEN 1 AND 255),
  ADD CONSTRAINT "product_status_check" CHECK ("status" IN ('ACTIVE', 'ARCHIVED', 'DRAFT', 'UNLISTED')),
  ADD CONSTRAINT "product_tags_check" CHECK (cardinality("tags") <= 250);

ALTER TABLE "catalog"."product_option"
  ADD CONSTRAINT "product_option_position_check" CHECK ("position" BETWEEN 1 AND 3);

ALTER TABLE "catalog"."variant"
  ADD CONSTRAINT "variant_price_check" CHECK ("price" >= 0),
  ADD CONSTRAINT "variant_compare_at_price_check" CHECK ("compare_at_price" >= 0),
  ADD CONSTRAINT "variant_cost_check" CHECK ("cost" >= 0),
  ADD CONSTRAINT "variant_inventory_policy_check" CHECK ("inventory_policy" IN ('DENY', 'CONTINUE')),
  ADD CONSTRAINT "variant_weight_unit_check" CHECK ("weight_unit" IN ('GRAMS', 'KILOGRAMS', 'OUNCES', 'POUNDS')),
  ADD CONSTRAINT "variant_weight_value_check" CHECK ("weight_value" >= 0),
  ADD CONSTRAINT "variant_unit_price_check" CHECK (num_nulls("unit_price_quantity", "unit_price_unit", "unit_price_reference", "unit_price_reference_unit") IN (0, 4));

ALTER TABLE "catalog"."media"
  ADD CONSTRAINT "media_kind_check" CHECK ("kind" IN ('IMAGE', 'VIDEO', 'EXTERNAL_VIDEO', 'MODEL_3D'));

ALTER TABLE "catalog"."metafield"
  ADD CONSTRAINT "metafield_one_owner_check" CHECK (num_nonnulls("product_id", "variant_id") = 1);

-- Whatever changes in a product or a variant, by whomever, raises its revision: a sync loads only what moved.
-- (\x3b is a semicolon: Prisma's engine would split the script at a plain one.)
CREATE FUNCTION "catalog"."stamp_change"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN NEW."updated_at" := now()\x3b NEW."revision" := nextval(''catalog.revision'')\x3b RETURN NEW\x3b END';

CREATE TRIGGER "product_change" BEFORE UPDATE ON "catalog"."product"
  FOR EACH ROW EXECUTE FUNCTION "catalog"."stamp_change"();
CREATE TRIGGER "variant_change" BEFORE UPDATE ON "catalog"."variant"
  FOR EACH ROW EXECUTE FUNCTION "catalog"."stamp_change"();

CREATE FUNCTION "catalog"."revise_products"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN UPDATE "catalog"."product" SET "revision" = 0 WHERE "id" IN (SELECT "product_id" FROM "changed" WHERE "product_id" IS NOT NULL)\x3b RETURN NULL\x3b END';

CREATE FUNCTION "catalog"."revise_products_of_moved_variants"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN UPDATE "catalog"."product" SET "revision" = 0 WHERE "id" IN (SELECT "now"."product_id" FROM "changed" AS "now" JOIN "before" AS "was" USING ("id") WHERE ("now"."position", "now"."option1", "now"."option2", "now"."option3", "now"."media_id") IS DISTINCT FROM ("was"."position", "was"."option1", "was"."option2", "was"."option3", "was"."media_id"))\x3b RETURN NULL\x3b END';

CREATE FUNCTION "catalog"."revise_variants"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN UPDATE "catalog"."variant" SET "revision" = 0 WHERE "id" IN (SELECT "variant_id" FROM "changed" WHERE "variant_id" IS NOT NULL)\x3b RETURN NULL\x3b END';

CREATE TRIGGER "product_option_insert_product" AFTER INSERT ON "catalog"."product_option" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_products"();
CREATE TRIGGER "product_option_update_product" AFTER UPDATE ON "catalog"."product_option" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_products"();
CREATE TRIGGER "product_option_delete_product" AFTER DELETE ON "catalog"."product_option" REFERENCING OLD TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_products"();
CREATE TRIGGER "media_insert_product" AFTER INSERT ON "catalog"."media" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_products"();
CREATE TRIGGER "media_update_product" AFTER UPDATE ON "catalog"."media" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_products"();
CREATE TRIGGER "media_delete_product" AFTER DELETE ON "catalog"."media" REFERENCING OLD TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_products"();
CREATE TRIGGER "metafield_insert_product" AFTER INSERT ON "catalog"."metafield" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_products"();
CREATE TRIGGER "metafield_update_product" AFTER UPDATE ON "catalog"."metafield" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_products"();
CREATE TRIGGER "metafield_delete_product" AFTER DELETE ON "catalog"."metafield" REFERENCING OLD TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_products"();
CREATE TRIGGER "metafield_insert_variant" AFTER INSERT ON "catalog"."metafield" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_variants"();
CREATE TRIGGER "metafield_update_variant" AFTER UPDATE ON "catalog"."metafield" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_variants"();
CREATE TRIGGER "metafield_delete_variant" AFTER DELETE ON "catalog"."metafield" REFERENCING OLD TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_variants"();
CREATE TRIGGER "inventory_level_insert_variant" AFTER INSERT ON "catalog"."inventory_level" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_variants"();
CREATE TRIGGER "inventory_level_update_variant" AFTER UPDATE ON "catalog"."inventory_level" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_variants"();
CREATE TRIGGER "inventory_level_delete_variant" AFTER DELETE ON "catalog"."inventory_level" REFERENCING OLD TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_variants"();
CREATE TRIGGER "variant_insert_product" AFTER INSERT ON "catalog"."variant" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_products"();
CREATE TRIGGER "variant_delete_product" AFTER DELETE ON "catalog"."variant" REFERENCING OLD TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_products"();
CREATE TRIGGER "variant_update_product" AFTER UPDATE ON "catalog"."variant" REFERENCING NEW TABLE AS "changed" OLD TABLE AS "before"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog"."revise_products_of_moved_variants"();
