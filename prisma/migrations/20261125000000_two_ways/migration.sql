-- DropIndex
DROP INDEX "app"."change_shop_id_product_id_at_idx";

-- DropIndex
DROP INDEX "app"."change_shop_id_run_id_idx";

-- AlterTable
ALTER TABLE "app"."shop" ADD COLUMN     "audit_retention_days" INTEGER NOT NULL DEFAULT 365,
ADD COLUMN     "canary_percent" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "hold_above_percent" DECIMAL(9,2),
ADD COLUMN     "sync_mode" TEXT NOT NULL DEFAULT 'live';

-- AlterTable
ALTER TABLE "app"."product_link" ADD COLUMN     "drifted_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "app"."remote_product" ADD COLUMN     "changed_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "app"."remote_variant" ADD COLUMN     "changed_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "app"."change" ADD COLUMN     "sku" TEXT;

-- AlterTable
ALTER TABLE "app"."webhook_delivery" ADD COLUMN     "facts" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "handled_at" TIMESTAMPTZ(3),
ADD COLUMN     "triggered_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "app"."policy_rule" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "shop_id" UUID NOT NULL,
    "product_id" UUID,
    "field_group" TEXT,
    "conflict_policy" TEXT NOT NULL,
    "hold_above_percent" DECIMAL(9,2),
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "policy_rule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."conflict" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "shop_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "variant_id" UUID,
    "field" TEXT NOT NULL,
    "field_group" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "base" JSONB,
    "source" JSONB,
    "remote" JSONB,
    "state" TEXT NOT NULL DEFAULT 'open',
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "snoozed_until" TIMESTAMPTZ(3),
    "note" TEXT NOT NULL DEFAULT '',
    "assignee" TEXT NOT NULL DEFAULT '',
    "choice" TEXT,
    "value" JSONB,
    "resolved_by" TEXT,
    "resolved_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "conflict_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."declined_rule" (
    "shop_id" UUID NOT NULL,
    "field_group" TEXT NOT NULL,
    "conflict_policy" TEXT NOT NULL,
    "declined_by" TEXT NOT NULL,
    "declined_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "declined_rule_pkey" PRIMARY KEY ("shop_id","field_group","conflict_policy")
);

-- CreateTable
CREATE TABLE "app"."shadow_decision" (
    "id" BIGSERIAL NOT NULL,
    "shop_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "variant_id" UUID,
    "field" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "shadow_decision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."inventory_intent" (
    "id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "product_ids" UUID[],
    "operations" JSONB NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "inventory_intent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."reconciliation" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "shop_id" UUID NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'running',
    "lane" TEXT NOT NULL,
    "caused_by" TEXT NOT NULL,
    "cursor" TEXT,
    "bulk_operations" JSONB NOT NULL DEFAULT '[]',
    "products_total" INTEGER NOT NULL DEFAULT 0,
    "products_scanned" INTEGER NOT NULL DEFAULT 0,
    "products_drifted" INTEGER NOT NULL DEFAULT 0,
    "points" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "error" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "reconciliation_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "policy_rule_shop_id_product_id_idx" ON "app"."policy_rule"("shop_id", "product_id");

-- CreateIndex
CREATE INDEX "conflict_shop_id_state_opened_at_id_idx" ON "app"."conflict"("shop_id", "state", "opened_at" DESC, "id");

-- CreateIndex
CREATE INDEX "conflict_shop_id_product_id_idx" ON "app"."conflict"("shop_id", "product_id");

-- CreateIndex
CREATE INDEX "conflict_shop_id_field_group_resolved_at_idx" ON "app"."conflict"("shop_id", "field_group", "resolved_at" DESC);

-- CreateIndex
CREATE INDEX "shadow_decision_shop_id_product_id_idx" ON "app"."shadow_decision"("shop_id", "product_id");

-- CreateIndex
CREATE INDEX "shadow_decision_shop_id_kind_idx" ON "app"."shadow_decision"("shop_id", "kind");

-- CreateIndex
CREATE INDEX "inventory_intent_product_ids_idx" ON "app"."inventory_intent" USING GIN ("product_ids");

-- CreateIndex
CREATE INDEX "reconciliation_shop_id_started_at_idx" ON "app"."reconciliation"("shop_id", "started_at" DESC);

-- CreateIndex
CREATE INDEX "change_shop_id_at_id_idx" ON "app"."change"("shop_id", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "change_shop_id_product_id_at_id_idx" ON "app"."change"("shop_id", "product_id", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "change_shop_id_sku_at_id_idx" ON "app"."change"("shop_id", "sku", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "change_shop_id_field_at_id_idx" ON "app"."change"("shop_id", "field", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "change_shop_id_caused_by_at_id_idx" ON "app"."change"("shop_id", "caused_by", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "change_shop_id_run_id_at_id_idx" ON "app"."change"("shop_id", "run_id", "at" DESC, "id" DESC);

-- What follows Prisma's schema language cannot say.
CREATE UNIQUE INDEX "policy_rule_subject_key" ON "app"."policy_rule" ("shop_id", "product_id", "field_group") NULLS NOT DISTINCT;
CREATE UNIQUE INDEX "conflict_open_field_key" ON "app"."conflict" ("shop_id", "product_id", "variant_id", "field") NULLS NOT DISTINCT
  WHERE "state" IN ('open', 'resolving');
CREATE INDEX "webhook_delivery_unhandled_idx" ON "app"."webhook_delivery" ("shop", "received_at") WHERE "handled_at" IS NULL;
UPDATE "app"."webhook_delivery" SET "handled_at" = "received_at";

ALTER TABLE "app"."shop"
  ADD CONSTRAINT "shop_sync_mode_check" CHECK ("sync_mode" IN ('live', 'shadow', 'canary')),
  ADD CONSTRAINT "shop_canary_percent_check" CHECK ("canary_percent" BETWEEN 1 AND 100),
  ADD CONSTRAINT "shop_hold_above_percent_check" CHECK ("hold_above_percent" > 0),
  ADD CONSTRAINT "shop_audit_retention_days_check" CHECK ("audit_retention_days" BETWEEN 1 AND 3650);

-- Since when a product's states disagree: from the look that found it until the one that leaves nothing to do.
CREATE FUNCTION "app"."stamp_drift"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN IF NEW."sync_state" = ''in-sync'' THEN NEW."drifted_at" := NULL\x3b ELSE NEW."drifted_at" := COALESCE(OLD."drifted_at", now())\x3b END IF\x3b RETURN NEW\x3b END';
CREATE TRIGGER "product_link_drift" BEFORE UPDATE OF "sync_state" ON "app"."product_link"
  FOR EACH ROW EXECUTE FUNCTION "app"."stamp_drift"();
