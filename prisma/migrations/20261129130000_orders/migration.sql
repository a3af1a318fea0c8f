-- How far the orders of a store were read, and whether the merchant wants them read at all.
CREATE TABLE "app"."order_import" (
  "shop_id" UUID NOT NULL,
  "wanted" BOOLEAN NOT NULL DEFAULT false,
  "asked_by" TEXT NOT NULL DEFAULT '',
  "step" BIGINT NOT NULL DEFAULT 0,
  "timezone" TEXT NOT NULL DEFAULT '',
  "reaches_all" BOOLEAN NOT NULL DEFAULT false,
  "reaches_from" TIMESTAMPTZ(3),
  "walk" TEXT,
  "window_from" TIMESTAMPTZ(3),
  "cursor" TEXT,
  "newest" TIMESTAMPTZ(3),
  "read_until" TIMESTAMPTZ(3),
  "deep_at" TIMESTAMPTZ(3),
  "check_since" TIMESTAMPTZ(3),
  "check_cursor" TEXT,
  "check_after" BIGINT NOT NULL DEFAULT 0,
  "check_due" BOOLEAN NOT NULL DEFAULT false,
  "checked_at" TIMESTAMPTZ(3),
  "orders_expected" INTEGER,
  "orders_read" INTEGER NOT NULL DEFAULT 0,
  "points" DOUBLE PRECISION NOT NULL DEFAULT 0,
  "woken_at" TIMESTAMPTZ(3),
  "began_at" TIMESTAMPTZ(3),
  "moved_at" TIMESTAMPTZ(3),
  "finished_at" TIMESTAMPTZ(3),
  "problem" TEXT,
  "problem_text" TEXT,
  CONSTRAINT "order_import_pkey" PRIMARY KEY ("shop_id")
);

-- What was sold, and nothing of who bought it.
CREATE TABLE "app"."shop_order" (
  "shop_id" UUID NOT NULL,
  "order_id" TEXT NOT NULL,
  "number" BIGINT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "processed_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  "cancelled_at" TIMESTAMPTZ(3),
  "currency" TEXT NOT NULL,
  CONSTRAINT "shop_order_pkey" PRIMARY KEY ("shop_id", "order_id")
);
CREATE INDEX "shop_order_number" ON "app"."shop_order" ("shop_id", "number");

CREATE TABLE "app"."order_line" (
  "shop_id" UUID NOT NULL,
  "line_id" TEXT NOT NULL,
  "order_id" TEXT NOT NULL,
  "variant_id" TEXT NOT NULL,
  "product_id" TEXT NOT NULL,
  "processed_at" TIMESTAMPTZ(3) NOT NULL,
  "day" DATE NOT NULL,
  "currency" TEXT NOT NULL,
  "quantity" INTEGER NOT NULL,
  "units" INTEGER NOT NULL,
  "revenue" DECIMAL(20, 4) NOT NULL,
  "refunded_units" INTEGER NOT NULL,
  "refunded" DECIMAL(20, 4) NOT NULL,
  "cancelled" BOOLEAN NOT NULL,
  CONSTRAINT "order_line_pkey" PRIMARY KEY ("shop_id", "line_id")
);
CREATE INDEX "order_line_order" ON "app"."order_line" ("shop_id", "order_id");
CREATE INDEX "order_line_day" ON "app"."order_line" ("shop_id", "day", "variant_id");

-- Sums of order_line by the days of the store, kept in the transactions that change lines.
CREATE TABLE "app"."variant_day" (
  "shop_id" UUID NOT NULL,
  "variant_id" TEXT NOT NULL,
  "day" DATE NOT NULL,
  "currency" TEXT NOT NULL,
  "orders" INTEGER NOT NULL,
  "units" INTEGER NOT NULL,
  "revenue" DECIMAL(20, 4) NOT NULL,
  "refunded_units" INTEGER NOT NULL,
  "refunded" DECIMAL(20, 4) NOT NULL,
  CONSTRAINT "variant_day_pkey" PRIMARY KEY ("shop_id", "variant_id", "day", "currency")
);
CREATE INDEX "variant_day_day" ON "app"."variant_day" ("shop_id", "day");

CREATE TABLE "app"."store_day" (
  "shop_id" UUID NOT NULL,
  "day" DATE NOT NULL,
  "currency" TEXT NOT NULL,
  "units" INTEGER NOT NULL,
  "revenue" DECIMAL(20, 4) NOT NULL,
  CONSTRAINT "store_day_pkey" PRIMARY KEY ("shop_id", "day", "currency")
);
