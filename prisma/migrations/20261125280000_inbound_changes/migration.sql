-- Systems that push changes of the catalog, each with a secret of its own to sign them.
CREATE TABLE app.push_source (
  id uuid PRIMARY KEY,
  shop_id uuid NOT NULL,
  name text NOT NULL,
  -- Sealed: a signature can only be checked by who has the secret itself.
  secret text NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  last_used_at timestamptz(3),
  revoked_at timestamptz(3),
  revoked_by text
);
CREATE INDEX push_source_shop ON app.push_source (shop_id, created_at DESC);
-- The highest version of each product that a system pushed: an older one comes too late.
CREATE TABLE app.pushed_version (
  source_id uuid NOT NULL,
  shop_id uuid NOT NULL,
  handle text NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (source_id, handle)
);
CREATE INDEX pushed_version_shop ON app.pushed_version (shop_id);
-- A product CSV at an address, imported again whenever it has changed.
CREATE TABLE app.csv_watch (
  shop_id uuid PRIMARY KEY,
  -- Sealed: an address may hold a token.
  url text NOT NULL,
  -- What of it may be shown.
  shown_url text NOT NULL,
  every_minutes integer NOT NULL,
  created_by text NOT NULL,
  next_at timestamptz(3) NOT NULL,
  looked_at timestamptz(3),
  -- Failures since the last success.
  failures integer NOT NULL DEFAULT 0,
  problem text,
  etag text,
  last_modified text,
  digest text,
  import_id uuid
);
CREATE INDEX csv_watch_due ON app.csv_watch (next_at);
