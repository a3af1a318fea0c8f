-- AlterTable
ALTER TABLE "app"."webhook_delivery" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "failure" TEXT,
ADD COLUMN     "not_before" TIMESTAMPTZ(3);
