ALTER TABLE "app"."sync_run" ADD COLUMN "lane" TEXT;

ALTER TABLE "app"."store_speed"
  ADD COLUMN "bulk_calls" DOUBLE PRECISION NOT NULL DEFAULT 0,
  ADD COLUMN "bulk_further" DOUBLE PRECISION NOT NULL DEFAULT 0,
  ADD COLUMN "bulk_seconds" DOUBLE PRECISION NOT NULL DEFAULT 0,
  ADD COLUMN "bulk_further_squared" DOUBLE PRECISION NOT NULL DEFAULT 0,
  ADD COLUMN "bulk_further_seconds" DOUBLE PRECISION NOT NULL DEFAULT 0;

CREATE TABLE "app"."bulk_write" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "shop_id" UUID NOT NULL,
  "run_id" UUID,
  "caused_by" TEXT NOT NULL,
  "product_ids" UUID[] NOT NULL,
  "operations" JSONB NOT NULL DEFAULT '[]',
  "told_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "finished_at" TIMESTAMPTZ(3),
  CONSTRAINT "bulk_write_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "bulk_write_shop_id_created_at_idx" ON "app"."bulk_write" ("shop_id", "created_at");
CREATE INDEX "bulk_write_run_id_idx" ON "app"."bulk_write" ("run_id");
