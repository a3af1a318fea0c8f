-- What we sent and never heard of again: found in Shopify, it is our own write and nobody's edit.
ALTER TABLE "app"."product_link" ADD COLUMN "sent" JSONB;
