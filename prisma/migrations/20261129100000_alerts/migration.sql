-- What a store wants to be told, and when. A store without a row has the defaults of app/core/alert-rules.ts.
CREATE TABLE "app"."alert_settings" (
  "shop_id" UUID NOT NULL,
  "rules" JSONB NOT NULL DEFAULT '{}',
  "quiet_from" TEXT,
  "quiet_until" TEXT,
  "remind_hours" INTEGER NOT NULL DEFAULT 6,
  "summary_at" TEXT,
  "summary_always" BOOLEAN NOT NULL DEFAULT false,
  CONSTRAINT "alert_settings_pkey" PRIMARY KEY ("shop_id"),
  CONSTRAINT "alert_settings_quiet_check" CHECK (num_nulls("quiet_from", "quiet_until") IN (0, 2)),
  CONSTRAINT "alert_settings_remind_check" CHECK ("remind_hours" BETWEEN 1 AND 168)
);

-- Where a store is told.
CREATE TABLE "app"."alert_channel" (
  "id" UUID NOT NULL,
  "shop_id" UUID NOT NULL,
  "kind" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "target" TEXT NOT NULL,
  "shown_target" TEXT NOT NULL,
  "only_critical" BOOLEAN NOT NULL DEFAULT false,
  "is_on" BOOLEAN NOT NULL DEFAULT true,
  "on_since" TIMESTAMPTZ(3) NOT NULL,
  "created_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "alert_channel_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "alert_channel_shop" ON "app"."alert_channel" ("shop_id");

-- From the moment a rule's value is past its threshold until it is over.
CREATE TABLE "app"."alert_episode" (
  "id" UUID NOT NULL,
  "shop_id" UUID NOT NULL,
  "rule" TEXT NOT NULL,
  "severity" TEXT NOT NULL,
  "threshold" DOUBLE PRECISION NOT NULL,
  "state" TEXT NOT NULL,
  "value" DOUBLE PRECISION,
  "detail" TEXT NOT NULL,
  "began_at" TIMESTAMPTZ(3) NOT NULL,
  "fired_at" TIMESTAMPTZ(3),
  "clear_since" TIMESTAMPTZ(3),
  "recovered_at" TIMESTAMPTZ(3),
  CONSTRAINT "alert_episode_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "alert_episode_open" ON "app"."alert_episode" ("shop_id", "rule") WHERE "state" <> 'recovered';
CREATE INDEX "alert_episode_shop" ON "app"."alert_episode" ("shop_id", "began_at" DESC);

-- What a channel was told of an episode.
CREATE TABLE "app"."alert_notice" (
  "episode_id" UUID NOT NULL,
  "channel_id" UUID NOT NULL,
  "shop_id" UUID NOT NULL,
  "fired_at" TIMESTAMPTZ(3) NOT NULL,
  "reminded_at" TIMESTAMPTZ(3),
  "recovered_at" TIMESTAMPTZ(3),
  CONSTRAINT "alert_notice_pkey" PRIMARY KEY ("episode_id", "channel_id")
);
CREATE INDEX "alert_notice_shop" ON "app"."alert_notice" ("shop_id");

-- A message on its way to a channel.
CREATE TABLE "app"."alert_delivery" (
  "id" UUID NOT NULL,
  "shop_id" UUID NOT NULL,
  "channel_id" UUID NOT NULL,
  "message" JSONB NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'waiting',
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "next_at" TIMESTAMPTZ(3) NOT NULL,
  "problem" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),
  "position" BIGSERIAL NOT NULL,
  CONSTRAINT "alert_delivery_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "alert_delivery_due" ON "app"."alert_delivery" ("next_at") WHERE "state" = 'waiting';
CREATE INDEX "alert_delivery_channel" ON "app"."alert_delivery" ("channel_id", "position") WHERE "state" = 'waiting';
CREATE INDEX "alert_delivery_shop" ON "app"."alert_delivery" ("shop_id", "created_at" DESC);

-- The summary of a store's day: made once, whoever comes first.
CREATE TABLE "app"."error_summary" (
  "shop_id" UUID NOT NULL,
  "day" TEXT NOT NULL,
  "failures" INTEGER NOT NULL,
  "made_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "error_summary_pkey" PRIMARY KEY ("shop_id", "day")
);
