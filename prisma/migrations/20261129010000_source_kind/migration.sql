-- A merchant's own database may be of another kind than PostgreSQL
ALTER TABLE "app"."source_connection" ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'postgresql';
ALTER TABLE "app"."source_connection" ADD CONSTRAINT "source_connection_kind_check" CHECK ("kind" IN ('postgresql', 'mysql'));
