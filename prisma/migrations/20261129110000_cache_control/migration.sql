-- What looks of an hour found in the cache, by outcome (app/core/cache-outcome.ts).
CREATE TABLE "app"."cache_hour" (
  "shop_id" UUID NOT NULL,
  "hour" TIMESTAMPTZ(3) NOT NULL,
  "outcome" TEXT NOT NULL,
  "looks" INTEGER NOT NULL DEFAULT 0,
  "points" DOUBLE PRECISION NOT NULL DEFAULT 0,
  "bytes" BIGINT NOT NULL DEFAULT 0,
  CONSTRAINT "cache_hour_pkey" PRIMARY KEY ("shop_id", "hour", "outcome")
);
-- Fields that were left as they are in an hour, by reason.
CREATE TABLE "app"."skip_hour" (
  "shop_id" UUID NOT NULL,
  "hour" TIMESTAMPTZ(3) NOT NULL,
  "reason" TEXT NOT NULL,
  "fields" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "skip_hour_pkey" PRIMARY KEY ("shop_id", "hour", "reason")
);
-- What a person chose for the cache of a product.
CREATE TABLE "app"."cache_control" (
  "shop_id" UUID NOT NULL,
  "product_id" UUID NOT NULL,
  "is_pinned" BOOLEAN NOT NULL DEFAULT false,
  "ttl_seconds" INTEGER,
  "set_by" TEXT NOT NULL,
  "set_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "cache_control_pkey" PRIMARY KEY ("shop_id", "product_id")
);
-- A selection of products that somebody has read.
CREATE TABLE "app"."cache_warm" (
  "id" UUID NOT NULL,
  "shop_id" UUID NOT NULL,
  "caused_by" TEXT NOT NULL,
  "selection" JSONB NOT NULL,
  "allowance" DOUBLE PRECISION NOT NULL,
  "products_selected" INTEGER NOT NULL DEFAULT 0,
  "products_fresh" INTEGER NOT NULL DEFAULT 0,
  "products_left_out" INTEGER NOT NULL DEFAULT 0,
  "products_total" INTEGER NOT NULL DEFAULT 0,
  "products_done" INTEGER NOT NULL DEFAULT 0,
  "products_read" INTEGER NOT NULL DEFAULT 0,
  "points_expected" DOUBLE PRECISION NOT NULL DEFAULT 0,
  "points" DOUBLE PRECISION NOT NULL DEFAULT 0,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "selected_at" TIMESTAMPTZ(3),
  "finished_at" TIMESTAMPTZ(3),
  "error" TEXT,
  CONSTRAINT "cache_warm_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "cache_warm_shop" ON "app"."cache_warm" ("shop_id", "created_at" DESC);
-- Of these, the products that wait to be read.
CREATE TABLE "app"."cache_warm_product" (
  "warm_id" UUID NOT NULL,
  "shop_id" UUID NOT NULL,
  "product_id" UUID NOT NULL,
  CONSTRAINT "cache_warm_product_pkey" PRIMARY KEY ("warm_id", "product_id")
);
CREATE INDEX "cache_warm_product_shop" ON "app"."cache_warm_product" ("shop_id");

-- Who or what marked it, and how long a store's cache is trusted.
ALTER TABLE "app"."remote_product" ADD COLUMN "invalidated_by" TEXT;
ALTER TABLE "app"."shop" ADD COLUMN "cache_ttl_seconds" INTEGER;
