-- AlterTable
ALTER TABLE "app"."reconciliation" ADD COLUMN     "claimed_by" TEXT,
ADD COLUMN     "claimed_until" TIMESTAMPTZ(3),
ADD COLUMN     "look_at" TIMESTAMPTZ(3);

-- What follows Prisma's schema language cannot say.
CREATE UNIQUE INDEX "reconciliation_running_key" ON "app"."reconciliation" ("shop_id") WHERE "state" = 'running';
ALTER TABLE "app"."reconciliation"
  ADD CONSTRAINT "reconciliation_state_check" CHECK ("state" IN ('running', 'finished', 'cancelled', 'failed')),
  ADD CONSTRAINT "reconciliation_lane_check" CHECK ("lane" IN ('pages', 'bulk'));
