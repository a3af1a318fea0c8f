CREATE TABLE "app"."picture_file" (
  "id" UUID NOT NULL,
  "shop_id" UUID NOT NULL,
  "sha256" TEXT NOT NULL,
  "filename" TEXT NOT NULL,
  "mime_type" TEXT NOT NULL,
  "bytes" INTEGER NOT NULL,
  "width" INTEGER,
  "height" INTEGER,
  "state" TEXT NOT NULL,
  "content" BYTEA,
  "error" TEXT,
  "uploaded_by" TEXT NOT NULL,
  "source" TEXT,
  "sent_at" TIMESTAMPTZ(3),
  "create_sent_at" TIMESTAMPTZ(3),
  "begun_at" TIMESTAMPTZ(3),
  "file_gid" TEXT,
  "url" TEXT,
  "claimant" TEXT,
  "look_at" TIMESTAMPTZ(3) NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),
  CONSTRAINT "picture_file_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "picture_file_state_check" CHECK ("state" IN ('received', 'uploading', 'processing', 'ready', 'failed'))
);
CREATE UNIQUE INDEX "picture_file_shop_id_sha256_key" ON "app"."picture_file" ("shop_id", "sha256");
CREATE INDEX "picture_file_waiting_idx" ON "app"."picture_file" ("look_at") WHERE "state" NOT IN ('ready', 'failed');
CREATE INDEX "picture_file_kept_idx" ON "app"."picture_file" ("ended_at") WHERE "state" = 'failed' AND "content" IS NOT NULL;
-- Pictures are compressed already.
ALTER TABLE "app"."picture_file" ALTER COLUMN "content" SET STORAGE EXTERNAL;
