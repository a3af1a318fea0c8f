-- Of which shop an account was, or is, the own one. And what its people may do of whom nobody said anything.
ALTER TABLE "app"."account" ADD COLUMN "home_of" UUID, ADD COLUMN "default_role" TEXT NOT NULL DEFAULT 'merchandiser';
CREATE INDEX "account_home_of" ON "app"."account" ("home_of") WHERE "home_of" IS NOT NULL;
UPDATE "app"."account" SET "home_of" = (SELECT "id" FROM "app"."shop" WHERE "account_id" = "account"."id" ORDER BY "installed_at", "id" LIMIT 1);

-- A code by which a store joins the account, and what became of it (app/core/joining.ts).
CREATE TABLE "app"."account_join" (
  "id" UUID NOT NULL,
  "account_id" UUID NOT NULL,
  "made_in" UUID NOT NULL,
  "made_by" TEXT NOT NULL,
  "made_at" TIMESTAMPTZ(3) NOT NULL,
  "code_hash" TEXT NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'open',
  "shop_id" UUID,
  "entered_by" TEXT,
  "confirmed_at" TIMESTAMPTZ(3),
  "ended_at" TIMESTAMPTZ(3),
  CONSTRAINT "account_join_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "account_join_account" FOREIGN KEY ("account_id") REFERENCES "app"."account" ("id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX "account_join_code" ON "app"."account_join" ("code_hash");
CREATE INDEX "account_join_account_made" ON "app"."account_join" ("account_id", "made_at" DESC);
CREATE INDEX "account_join_shop" ON "app"."account_join" ("shop_id");

-- Who did what to which stores belong together, and to what people may do.
CREATE TABLE "app"."account_event" (
  "id" BIGSERIAL NOT NULL,
  "shop_id" UUID NOT NULL,
  "account_id" UUID NOT NULL,
  "kind" TEXT NOT NULL,
  "detail" TEXT NOT NULL DEFAULT '',
  "actor" TEXT NOT NULL,
  "address" TEXT NOT NULL DEFAULT '',
  "at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "account_event_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "account_event_account" ON "app"."account_event" ("account_id", "at" DESC);
CREATE INDEX "account_event_shop" ON "app"."account_event" ("shop_id", "kind", "at" DESC);

-- People who opened the app in a store. Without a role of their own they have the default of the account.
CREATE TABLE "app"."member" (
  "shop_id" UUID NOT NULL,
  "user_id" TEXT NOT NULL,
  "name" TEXT NOT NULL DEFAULT '',
  "role" TEXT,
  "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
  "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
  "changed_by" TEXT,
  "changed_at" TIMESTAMPTZ(3),
  CONSTRAINT "member_pkey" PRIMARY KEY ("shop_id", "user_id")
);

-- The id that the copy of a row of the catalog has: another one for each salt, always the same for one.
CREATE FUNCTION "app"."copied_id"("id" TEXT, "salt" TEXT) RETURNS TEXT LANGUAGE SQL IMMUTABLE STRICT
  AS 'SELECT overlay(overlay(md5("salt" || "id") PLACING ''4'' FROM 13) PLACING ''8'' FROM 17)::uuid::text';

-- A text in which every id of a row of the account's catalog is that of its copy.
CREATE FUNCTION "app"."copied_ids"("told" TEXT, "salt" TEXT, "account" UUID) RETURNS TEXT LANGUAGE plpgsql STABLE STRICT
  AS E'DECLARE found TEXT\x3b changed TEXT := told\x3b BEGIN
    FOR found IN SELECT DISTINCT (regexp_matches(told, ''[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'', ''g''))[1] LOOP
      IF EXISTS (SELECT 1 FROM catalog.variant WHERE id = found::uuid AND account_id = account)
        OR EXISTS (SELECT 1 FROM catalog.media WHERE id = found::uuid AND account_id = account)
        OR EXISTS (SELECT 1 FROM catalog.product WHERE id = found::uuid AND account_id = account)
      THEN changed := replace(changed, found, app.copied_id(found, salt))\x3b END IF\x3b
    END LOOP\x3b
    RETURN changed\x3b
  END';
