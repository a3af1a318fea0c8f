-- Which job may write a product now: two at a time would add a picture or a variant twice.
ALTER TABLE "app"."product_link" ADD COLUMN "claimed_by" TEXT, ADD COLUMN "claimed_until" TIMESTAMPTZ(3);
