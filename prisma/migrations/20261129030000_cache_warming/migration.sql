-- When a store worked, and on which products: what habits are learned from.
CREATE TABLE "app"."work_start" (
  "shop_id" UUID NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "kind" TEXT NOT NULL,
  "products" INTEGER NOT NULL,
  CONSTRAINT "work_start_pkey" PRIMARY KEY ("shop_id", "at")
);
CREATE TABLE "app"."work_product" (
  "shop_id" UUID NOT NULL,
  "slot" INTEGER NOT NULL,
  "product_id" UUID NOT NULL,
  "weight" DOUBLE PRECISION NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "work_product_pkey" PRIMARY KEY ("shop_id", "slot", "product_id")
);
-- How far the work of a shop was learned from.
CREATE TABLE "app"."work_learned" (
  "shop_id" UUID NOT NULL,
  "since" TIMESTAMPTZ(3) NOT NULL,
  "until" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "work_learned_pkey" PRIMARY KEY ("shop_id")
);

-- Products whose cached state is to be refreshed, or was, before work that is expected.
CREATE TABLE "app"."warmed_product" (
  "shop_id" UUID NOT NULL,
  "product_id" UUID NOT NULL,
  "reason" TEXT NOT NULL,
  "promotion_id" UUID,
  "probability" DOUBLE PRECISION NOT NULL,
  "expected_at" TIMESTAMPTZ(3),
  "chosen_at" TIMESTAMPTZ(3) NOT NULL,
  "warmed_at" TIMESTAMPTZ(3),
  CONSTRAINT "warmed_product_pkey" PRIMARY KEY ("shop_id", "product_id")
);
-- What became of what was warmed, by the hour in which it was.
CREATE TABLE "app"."warming_hour" (
  "shop_id" UUID NOT NULL,
  "hour" TIMESTAMPTZ(3) NOT NULL,
  "reason" TEXT NOT NULL,
  "warmed" INTEGER NOT NULL DEFAULT 0,
  "used" INTEGER NOT NULL DEFAULT 0,
  "unused" INTEGER NOT NULL DEFAULT 0,
  "expected_unused" DOUBLE PRECISION NOT NULL DEFAULT 0,
  "points" DOUBLE PRECISION NOT NULL DEFAULT 0,
  CONSTRAINT "warming_hour_pkey" PRIMARY KEY ("shop_id", "hour", "reason")
);

-- When the plain fields of a product and its variants were last looked at and found as they are cached.
ALTER TABLE "app"."remote_product" ADD COLUMN "confirmed_at" TIMESTAMPTZ(3);
