-- Beside each value that was sent now stands what it was written over: what was noted before without it is forgotten.
UPDATE "app"."product_link" SET "sent" = NULL WHERE "sent" IS NOT NULL;
