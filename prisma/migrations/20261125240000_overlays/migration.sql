ALTER TABLE "app"."shop" ADD COLUMN "show_30_day_lowest" BOOLEAN;

ALTER TABLE "app"."change" ADD COLUMN "overlay" TEXT;

ALTER TABLE "app"."bulk_edit"
  ADD COLUMN "target" TEXT NOT NULL DEFAULT 'catalog',
  ADD COLUMN "promotion" JSONB;

ALTER TABLE "app"."bulk_edit_field"
  ADD COLUMN "override_before" JSONB,
  ADD COLUMN "override_after" JSONB,
  ADD COLUMN "lowest_price" JSONB;

CREATE TABLE "app"."promotion" (
  "id" UUID NOT NULL,
  "shop_id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'scheduled',
  "changes" JSONB NOT NULL,
  "shows_base_as_compare_at" BOOLEAN NOT NULL DEFAULT false,
  "priority" INTEGER NOT NULL DEFAULT 0,
  "starts_at" TIMESTAMPTZ(3) NOT NULL,
  "ends_at" TIMESTAMPTZ(3),
  "products" INTEGER NOT NULL DEFAULT 0,
  "variants" INTEGER NOT NULL DEFAULT 0,
  "created_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "activated_at" TIMESTAMPTZ(3),
  "ended_at" TIMESTAMPTZ(3),
  "ended_by" TEXT,
  "is_carried" BOOLEAN NOT NULL DEFAULT true,
  CONSTRAINT "promotion_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "promotion_shop_id_starts_at_id_idx" ON "app"."promotion" ("shop_id", "starts_at" DESC, "id" DESC);
CREATE INDEX "promotion_state_idx" ON "app"."promotion" ("state");

CREATE TABLE "app"."promotion_variant" (
  "promotion_id" UUID NOT NULL,
  "shop_id" UUID NOT NULL,
  "product_id" UUID NOT NULL,
  "variant_id" UUID NOT NULL,
  CONSTRAINT "promotion_variant_pkey" PRIMARY KEY ("promotion_id", "product_id", "variant_id")
);
CREATE INDEX "promotion_variant_shop_id_product_id_idx" ON "app"."promotion_variant" ("shop_id", "product_id");

CREATE TABLE "app"."store_override" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "shop_id" UUID NOT NULL,
  "product_id" UUID NOT NULL,
  "variant_id" UUID,
  "field" TEXT NOT NULL,
  "value" JSONB,
  "edit_id" UUID,
  "set_by" TEXT NOT NULL,
  "set_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "store_override_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "store_override_path_key" ON "app"."store_override" ("shop_id", "product_id", "variant_id", "field") NULLS NOT DISTINCT;
CREATE INDEX "store_override_shop_id_set_at_id_idx" ON "app"."store_override" ("shop_id", "set_at" DESC, "id" DESC);

CREATE TABLE "app"."released_path" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "shop_id" UUID NOT NULL,
  "product_id" UUID NOT NULL,
  "variant_id" UUID,
  "field" TEXT NOT NULL,
  CONSTRAINT "released_path_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "released_path_path_key" ON "app"."released_path" ("shop_id", "product_id", "variant_id", "field") NULLS NOT DISTINCT;

CREATE TABLE "app"."overlay_revision" (
  "shop_id" UUID NOT NULL,
  "product_id" UUID NOT NULL,
  "revision" BIGINT NOT NULL DEFAULT 1,
  CONSTRAINT "overlay_revision_pkey" PRIMARY KEY ("shop_id", "product_id")
);
