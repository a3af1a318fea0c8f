-- How the stores of an account share the stock of the catalog. The row without a shop holds for all stores that have none
-- of their own
CREATE TABLE "app"."stock_rule" (
  "id" UUID NOT NULL DEFAULT gen_random_uuid(),
  "account_id" UUID NOT NULL,
  "shop_id" UUID,
  "keep_units" INTEGER,
  "keep_percent" INTEGER,
  "own_units" INTEGER NOT NULL DEFAULT 0,
  "set_at" TIMESTAMPTZ(3) NOT NULL,
  "set_by" TEXT NOT NULL,
  CONSTRAINT "stock_rule_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "stock_rule_one_kind" CHECK ("keep_units" IS NULL OR "keep_percent" IS NULL),
  CONSTRAINT "stock_rule_keep_units" CHECK ("keep_units" > 0),
  CONSTRAINT "stock_rule_keep_percent" CHECK ("keep_percent" BETWEEN 1 AND 100),
  CONSTRAINT "stock_rule_own_units" CHECK ("own_units" >= 0 AND ("own_units" = 0 OR "shop_id" IS NOT NULL))
);
CREATE UNIQUE INDEX "stock_rule_account_id_shop_id_key" ON "app"."stock_rule" ("account_id", "shop_id") NULLS NOT DISTINCT;
CREATE INDEX "stock_rule_shop_id_idx" ON "app"."stock_rule" ("shop_id");

-- What a store has used up of the units that only it sells
CREATE TABLE "app"."own_stock_use" (
  "shop_id" UUID NOT NULL,
  "variant_id" UUID NOT NULL,
  "location" TEXT NOT NULL,
  "units" INTEGER NOT NULL,
  CONSTRAINT "own_stock_use_pkey" PRIMARY KEY ("shop_id", "variant_id", "location")
);
