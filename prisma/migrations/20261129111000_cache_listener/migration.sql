-- An address that is told when what is cached of a store's products changes.
CREATE TABLE "app"."cache_listener" (
  "shop_id" UUID NOT NULL,
  "url" TEXT NOT NULL,
  "shown_url" TEXT NOT NULL,
  "secret" TEXT NOT NULL,
  "is_on" BOOLEAN NOT NULL DEFAULT true,
  "dropped" INTEGER NOT NULL DEFAULT 0,
  "created_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "cache_listener_pkey" PRIMARY KEY ("shop_id")
);
-- What is to be told. Rows are only added, so that no writer waits for another.
CREATE TABLE "app"."cache_news" (
  "id" BIGSERIAL NOT NULL,
  "shop_id" UUID NOT NULL,
  "remote_id" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  CONSTRAINT "cache_news_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "cache_news_shop" ON "app"."cache_news" ("shop_id", "id");
-- Messages to the address, and what became of each.
CREATE TABLE "app"."cache_message" (
  "id" UUID NOT NULL,
  "shop_id" UUID NOT NULL,
  "body" TEXT NOT NULL,
  "products" INTEGER NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'waiting',
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "next_at" TIMESTAMPTZ(3) NOT NULL,
  "status" INTEGER,
  "problem" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),
  CONSTRAINT "cache_message_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "cache_message_shop" ON "app"."cache_message" ("shop_id", "created_at" DESC);
CREATE INDEX "cache_message_due" ON "app"."cache_message" ("next_at") WHERE "state" = 'waiting';

-- Whoever writes the cache need not know who listens. Without a listener, a changed row costs one look-up.
CREATE FUNCTION "app"."tell_cache_change"() RETURNS trigger LANGUAGE plpgsql
  AS E'DECLARE told text\x3b why text\x3b BEGIN
    IF NOT EXISTS (SELECT 1 FROM app.cache_listener WHERE shop_id = OLD.shop_id AND is_on) THEN RETURN NULL\x3b END IF\x3b
    IF TG_TABLE_NAME = ''remote_variant'' THEN told := OLD.remote_product_id\x3b why := ''changed''\x3b
    ELSE told := OLD.remote_id\x3b
      IF TG_OP = ''DELETE'' THEN why := ''removed''\x3b
      ELSIF OLD.fingerprint <> NEW.fingerprint THEN why := ''changed''\x3b
      ELSE why := ''invalidated:'' || COALESCE(NEW.invalidated_by, ''webhook'')\x3b END IF\x3b
    END IF\x3b
    INSERT INTO app.cache_news (shop_id, remote_id, reason) VALUES (OLD.shop_id, told, why)\x3b
    RETURN NULL\x3b END';
CREATE TRIGGER "remote_product_news" AFTER UPDATE OF "fingerprint", "invalidated_at" ON "app"."remote_product" FOR EACH ROW
  WHEN (OLD."fingerprint" <> NEW."fingerprint" OR (NEW."invalidated_at" IS NOT NULL AND OLD."invalidated_at" IS NULL))
  EXECUTE FUNCTION "app"."tell_cache_change"();
CREATE TRIGGER "remote_product_removed" AFTER DELETE ON "app"."remote_product" FOR EACH ROW
  EXECUTE FUNCTION "app"."tell_cache_change"();
CREATE TRIGGER "remote_variant_news" AFTER UPDATE OF "fingerprint" ON "app"."remote_variant" FOR EACH ROW
  WHEN (OLD."fingerprint" <> NEW."fingerprint") EXECUTE FUNCTION "app"."tell_cache_change"();
