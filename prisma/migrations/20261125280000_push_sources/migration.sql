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
