-- When each recorded change moved in its source, was asked for, decided and sent. "at" is when it was confirmed.
ALTER TABLE "app"."change"
  ADD COLUMN "changed_at" TIMESTAMPTZ(3),
  ADD COLUMN "asked_at" TIMESTAMPTZ(3),
  ADD COLUMN "decided_at" TIMESTAMPTZ(3),
  ADD COLUMN "sent_at" TIMESTAMPTZ(3);

-- From source to confirmed: only of changes whose beginning is known, which a run of the whole catalog does not add to.
CREATE INDEX "change_shop_id_at_changed_at_idx"
  ON "app"."change" ("shop_id", "at" DESC, "changed_at") WHERE "changed_at" IS NOT NULL AND "state" = 'applied';

-- "requested_at" is stamped anew when a lost job is made up for, "asked_at" never.
ALTER TABLE "app"."sync_request"
  ADD COLUMN "source_changed_at" TIMESTAMPTZ(3),
  ADD COLUMN "remote_changed_at" TIMESTAMPTZ(3),
  ADD COLUMN "asked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
UPDATE "app"."sync_request" SET "asked_at" = "requested_at";

ALTER TABLE "app"."captured_change"
  ADD COLUMN "changed_at" TIMESTAMPTZ(3),
  ADD COLUMN "last_changed_at" TIMESTAMPTZ(3);

-- What a job of the line took: one that is taken up again after a crash finds it here.
CREATE TABLE "app"."sync_job" (
  "id" TEXT NOT NULL,
  "shop_id" UUID NOT NULL,
  "products" JSONB NOT NULL,
  "taken_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "sync_job_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "sync_job_shop_id_taken_at_idx" ON "app"."sync_job" ("shop_id", "taken_at");
-- A few rows that come and go all the time.
ALTER TABLE "app"."sync_job" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
