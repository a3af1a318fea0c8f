ALTER TABLE "app"."shop"
  ADD COLUMN "guard_catalog_percent" DECIMAL(9,2) DEFAULT 50,
  ADD COLUMN "guard_change_percent" DECIMAL(9,2) DEFAULT 50,
  ADD COLUMN "guard_zero_stock" BOOLEAN NOT NULL DEFAULT true,
  ADD COLUMN "guard_second_person" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "app"."bulk_edit" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "shop_id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "undo_of" UUID,
  "undo_product_ids" UUID[] NOT NULL DEFAULT ARRAY[]::UUID[],
  "selection" JSONB NOT NULL,
  "changes" JSONB NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'planning',
  "error" TEXT,
  "via" TEXT NOT NULL DEFAULT 'app',
  "applies_itself" BOOLEAN NOT NULL DEFAULT false,
  "caused_by" TEXT NOT NULL,
  "confirmed_by" TEXT,
  "products_selected" INTEGER NOT NULL DEFAULT 0,
  "variants_selected" INTEGER NOT NULL DEFAULT 0,
  "products_walked" INTEGER NOT NULL DEFAULT 0,
  "products_to_change" INTEGER NOT NULL DEFAULT 0,
  "fields_to_change" INTEGER NOT NULL DEFAULT 0,
  "fields_skipped" INTEGER NOT NULL DEFAULT 0,
  "warnings" JSONB NOT NULL DEFAULT '{}',
  "forecast" JSONB,
  "guard" JSONB NOT NULL DEFAULT '[]',
  "run_id" UUID,
  "products_written" INTEGER NOT NULL DEFAULT 0,
  "fields_applied" INTEGER NOT NULL DEFAULT 0,
  "fields_moved" INTEGER NOT NULL DEFAULT 0,
  "fields_refused" INTEGER NOT NULL DEFAULT 0,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "planned_at" TIMESTAMPTZ(3),
  "started_at" TIMESTAMPTZ(3),
  "finished_at" TIMESTAMPTZ(3),
  "cancel_requested_at" TIMESTAMPTZ(3),
  CONSTRAINT "bulk_edit_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "bulk_edit_shop_id_created_at_id_idx" ON "app"."bulk_edit" ("shop_id", "created_at" DESC, "id" DESC);
CREATE INDEX "bulk_edit_undo_of_idx" ON "app"."bulk_edit" ("undo_of");

CREATE TABLE "app"."bulk_edit_field" (
  "edit_id" UUID NOT NULL,
  "position" INTEGER NOT NULL,
  "shop_id" UUID NOT NULL,
  "product_id" UUID NOT NULL,
  "title" TEXT NOT NULL,
  "variant_id" TEXT,
  "variant_title" TEXT,
  "sku" TEXT,
  "field" TEXT NOT NULL,
  "before" JSONB,
  "after" JSONB,
  "state" TEXT NOT NULL,
  "code" TEXT,
  "message" TEXT,
  "warnings" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
  CONSTRAINT "bulk_edit_field_pkey" PRIMARY KEY ("edit_id", "position")
);
CREATE INDEX "bulk_edit_field_edit_id_state_position_idx" ON "app"."bulk_edit_field" ("edit_id", "state", "position");
CREATE INDEX "bulk_edit_field_edit_id_product_id_idx" ON "app"."bulk_edit_field" ("edit_id", "product_id");
CREATE INDEX "bulk_edit_field_shop_id_idx" ON "app"."bulk_edit_field" ("shop_id");

CREATE TABLE "app"."saved_edit" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "shop_id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "selection" JSONB NOT NULL,
  "changes" JSONB,
  "created_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "saved_edit_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "saved_edit_shop_id_name_key" ON "app"."saved_edit" ("shop_id", "name");
