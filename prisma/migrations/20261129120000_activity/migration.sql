-- What happened in a shop, rolled up: docs/decisions/020. (\x3b is a semicolon: Prisma's engine would split the script at a plain one.)

-- What changed in the audit log, and which products of runs ended, since this was last rolled up. Written with it, by triggers:
-- it is there exactly when its change is. A row that is brought up to date counts -1 where it was and +1 where it is.
CREATE TABLE "app"."activity_delta" (
  "shop_id" UUID NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "product_id" UUID,
  "direction" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "code" TEXT NOT NULL,
  "bin" INTEGER,
  "n" INTEGER NOT NULL
);
CREATE INDEX "activity_delta_shop_id_idx" ON "app"."activity_delta" ("shop_id");
-- Rows come and go all the time.
ALTER TABLE "app"."activity_delta" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000, autovacuum_analyze_scale_factor = 1, autovacuum_analyze_threshold = 1000000);

CREATE TABLE "app"."activity_count" (
  "shop_id" UUID NOT NULL,
  "grain" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "direction" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "code" TEXT NOT NULL,
  "n" BIGINT NOT NULL,
  CONSTRAINT "activity_count_pkey" PRIMARY KEY ("shop_id", "grain", "at", "direction", "state", "code")
);
CREATE TABLE "app"."activity_latency" (
  "shop_id" UUID NOT NULL,
  "grain" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "bin" INTEGER NOT NULL,
  "n" BIGINT NOT NULL,
  CONSTRAINT "activity_latency_pkey" PRIMARY KEY ("shop_id", "grain", "at", "bin")
);
CREATE TABLE "app"."activity_category" (
  "shop_id" UUID NOT NULL,
  "day" DATE NOT NULL,
  "product_type" TEXT NOT NULL,
  "category" TEXT NOT NULL,
  "applied" BIGINT NOT NULL,
  "failed" BIGINT NOT NULL,
  CONSTRAINT "activity_category_pkey" PRIMARY KEY ("shop_id", "day", "product_type", "category")
);
CREATE TABLE "app"."activity_product" (
  "shop_id" UUID NOT NULL,
  "grain" TEXT NOT NULL,
  "start" DATE NOT NULL,
  "product_id" UUID NOT NULL,
  "applied" BIGINT NOT NULL,
  "failed" BIGINT NOT NULL,
  CONSTRAINT "activity_product_pkey" PRIMARY KEY ("shop_id", "grain", "start", "product_id")
);
CREATE INDEX "activity_product_most_idx" ON "app"."activity_product" ("shop_id", "grain", "start", "applied" DESC) INCLUDE ("product_id");
CREATE INDEX "activity_product_failed_idx" ON "app"."activity_product" ("shop_id", "grain", "start") WHERE "failed" > 0;
CREATE TABLE "app"."activity_period" (
  "shop_id" UUID NOT NULL,
  "grain" TEXT NOT NULL,
  "start" DATE NOT NULL,
  "products" BIGINT NOT NULL,
  CONSTRAINT "activity_period_pkey" PRIMARY KEY ("shop_id", "grain", "start")
);
CREATE TABLE "app"."activity_usage" (
  "shop_id" UUID NOT NULL,
  "grain" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "calls" BIGINT NOT NULL,
  "mutations" BIGINT NOT NULL,
  "points" DOUBLE PRECISION NOT NULL,
  "bytes_sent" BIGINT NOT NULL,
  "throttled" BIGINT NOT NULL,
  "unanswered" BIGINT NOT NULL,
  CONSTRAINT "activity_usage_pkey" PRIMARY KEY ("shop_id", "grain", "at")
);

-- The bin of a histogram with bounds 1.1 times apart (app/core/latency-bins.ts): 0 up to a millisecond, i up to 1.1^i.
CREATE FUNCTION "app"."latency_bin"("from" TIMESTAMPTZ, "until" TIMESTAMPTZ) RETURNS INTEGER LANGUAGE SQL IMMUTABLE
  AS 'SELECT ceil(ln(greatest(1, extract(epoch FROM "until" - "from")::float8 * 1000)) / ln(1.1::float8))::int';

CREATE FUNCTION "app"."note_new_changes"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN
    INSERT INTO "app"."activity_delta" ("shop_id", "at", "product_id", "direction", "state", "code", "bin", "n")
    SELECT "shop_id", date_bin(''1 minute'', "at", ''2000-01-01T00:00:00Z''), "product_id", "direction", "state",
      CASE WHEN "state" = ''failed'' THEN COALESCE("code", '''') ELSE '''' END,
      CASE WHEN "state" = ''applied'' AND "changed_at" IS NOT NULL THEN "app"."latency_bin"("changed_at", "at") END, count(*)
    FROM "added" GROUP BY 1, 2, 3, 4, 5, 6, 7\x3b
    RETURN NULL\x3b
  END';
CREATE FUNCTION "app"."note_moved_changes"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN
    INSERT INTO "app"."activity_delta" ("shop_id", "at", "product_id", "direction", "state", "code", "bin", "n")
    SELECT "shop_id", date_bin(''1 minute'', "at", ''2000-01-01T00:00:00Z''), "product_id", "direction", "state",
      CASE WHEN "state" = ''failed'' THEN COALESCE("code", '''') ELSE '''' END,
      CASE WHEN "state" = ''applied'' AND "changed_at" IS NOT NULL THEN "app"."latency_bin"("changed_at", "at") END, sum("sign")
    FROM (SELECT *, 1 AS "sign" FROM "now" UNION ALL SELECT *, -1 FROM "before") AS "moved"
    GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum("sign") <> 0\x3b
    RETURN NULL\x3b
  END';
CREATE TRIGGER "change_added" AFTER INSERT ON "app"."change" REFERENCING NEW TABLE AS "added"
  FOR EACH STATEMENT EXECUTE FUNCTION "app"."note_new_changes"();
CREATE TRIGGER "change_moved" AFTER UPDATE ON "app"."change" REFERENCING NEW TABLE AS "now" OLD TABLE AS "before"
  FOR EACH STATEMENT EXECUTE FUNCTION "app"."note_moved_changes"();

CREATE FUNCTION "app"."note_ended_products"() RETURNS trigger LANGUAGE plpgsql
  AS E'BEGIN
    INSERT INTO "app"."activity_delta" ("shop_id", "at", "direction", "state", "code", "n")
    SELECT "shop_id", date_bin(''1 minute'', "ended_at", ''2000-01-01T00:00:00Z''), ''run'', "state", '''', sum("sign")
    FROM (SELECT *, 1 AS "sign" FROM "now" UNION ALL SELECT *, -1 FROM "before") AS "moved"
    WHERE "ended_at" IS NOT NULL GROUP BY 1, 2, 4 HAVING sum("sign") <> 0\x3b
    RETURN NULL\x3b
  END';
CREATE TRIGGER "run_product_ended" AFTER UPDATE ON "app"."run_product" REFERENCING NEW TABLE AS "now" OLD TABLE AS "before"
  FOR EACH STATEMENT EXECUTE FUNCTION "app"."note_ended_products"();

-- What is on record already.
INSERT INTO "app"."activity_delta" ("shop_id", "at", "product_id", "direction", "state", "code", "bin", "n")
SELECT "shop_id", date_bin('1 minute', "at", '2000-01-01T00:00:00Z'), "product_id", "direction", "state",
  CASE WHEN "state" = 'failed' THEN COALESCE("code", '') ELSE '' END,
  CASE WHEN "state" = 'applied' AND "changed_at" IS NOT NULL THEN "app"."latency_bin"("changed_at", "at") END, count(*)
FROM "app"."change" GROUP BY 1, 2, 3, 4, 5, 6, 7;
INSERT INTO "app"."activity_delta" ("shop_id", "at", "direction", "state", "code", "n")
SELECT "shop_id", date_bin('1 minute', "ended_at", '2000-01-01T00:00:00Z'), 'run', "state", '', count(*)
FROM "app"."run_product" WHERE "ended_at" IS NOT NULL GROUP BY 1, 2, 4;
