CREATE TABLE "app"."api_key" (
  "id" UUID NOT NULL,
  "shop_id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "secret_hash" TEXT NOT NULL,
  "scopes" TEXT[] NOT NULL,
  "created_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "last_used_at" TIMESTAMPTZ(3),
  "revoked_at" TIMESTAMPTZ(3),
  "revoked_by" TEXT,
  CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "api_key_shop_id_created_at_idx" ON "app"."api_key" ("shop_id", "created_at" DESC);

CREATE TABLE "app"."api_rate_limit" (
  "key_id" UUID NOT NULL,
  "shop_id" UUID NOT NULL,
  "tokens" DOUBLE PRECISION NOT NULL,
  "counted_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "api_rate_limit_pkey" PRIMARY KEY ("key_id")
);
CREATE INDEX "api_rate_limit_shop_id_idx" ON "app"."api_rate_limit" ("shop_id");

CREATE TABLE "app"."api_idempotency" (
  "shop_id" UUID NOT NULL,
  "key_id" UUID NOT NULL,
  "idempotency_key" TEXT NOT NULL,
  "fingerprint" TEXT NOT NULL,
  "operation_id" UUID NOT NULL,
  "claim" UUID NOT NULL,
  "claimed_until" TIMESTAMPTZ(3) NOT NULL,
  "status" INTEGER,
  "headers" JSONB,
  "body" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "api_idempotency_pkey" PRIMARY KEY ("key_id", "idempotency_key")
);
CREATE INDEX "api_idempotency_shop_id_idx" ON "app"."api_idempotency" ("shop_id");
CREATE INDEX "api_idempotency_created_at_idx" ON "app"."api_idempotency" ("created_at");
