-- The merchant's own PostgreSQL, from which the catalog of an account is fed. One an account, as there is one catalog.
CREATE TABLE app.source_connection (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  account_id uuid NOT NULL UNIQUE REFERENCES app.account (id) ON DELETE CASCADE,
  host text NOT NULL,
  port integer NOT NULL DEFAULT 5432,
  database text NOT NULL,
  username text NOT NULL,
  password text NOT NULL,
  tls text NOT NULL DEFAULT 'verify' CHECK (tls IN ('verify', 'encrypt', 'off')),
  authority text,
  mapping jsonb,
  mapping_version integer NOT NULL DEFAULT 1,
  mode text NOT NULL DEFAULT 'stream' CHECK (mode IN ('stream', 'outbox', 'scan')),
  scan_column text,
  missing_rows text NOT NULL DEFAULT 'remove' CHECK (missing_rows IN ('remove', 'keep')),
  accepts_missing boolean NOT NULL DEFAULT false,
  write_back boolean NOT NULL DEFAULT false,
  wanted text NOT NULL DEFAULT 'off' CHECK (wanted IN ('off', 'running', 'paused')),
  phase text NOT NULL DEFAULT 'snapshot' CHECK (phase IN ('snapshot', 'following')),
  generation integer NOT NULL DEFAULT 0,
  cursor text,
  rows_expected bigint NOT NULL DEFAULT 0,
  rows_read bigint NOT NULL DEFAULT 0,
  products_written integer NOT NULL DEFAULT 0,
  products_unchanged integer NOT NULL DEFAULT 0,
  snapshot_started_at timestamptz(3),
  snapshot_ended_at timestamptz(3),
  followed_at timestamptz(3),
  changed_at timestamptz(3),
  lag_bytes bigint,
  slot_state text,
  problem jsonb,
  attempts integer NOT NULL DEFAULT 0,
  retry_at timestamptz(3),
  leased_by uuid,
  leased_until timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- The products that the table holds: which one of the catalog each is, and the rows as they were last taken over. What the
-- rows still say is not written again: what was changed in the catalog since then stays.
CREATE TABLE app.source_product (
  source_id uuid NOT NULL REFERENCES app.source_connection (id) ON DELETE CASCADE,
  product_key text NOT NULL,
  product_id uuid,
  rows jsonb,
  mapping_version integer NOT NULL,
  generation integer NOT NULL,
  state text NOT NULL DEFAULT 'current' CHECK (state IN ('current', 'missing', 'removed')),
  is_asked boolean NOT NULL DEFAULT true,
  problems jsonb,
  seen_at timestamptz(3) NOT NULL,
  PRIMARY KEY (source_id, product_key)
);
CREATE INDEX source_product_problems ON app.source_product (source_id, product_key) WHERE problems IS NOT NULL;
CREATE INDEX source_product_missing ON app.source_product (source_id) WHERE state <> 'current';
CREATE INDEX source_product_unasked ON app.source_product (source_id) WHERE NOT is_asked;
CREATE INDEX source_product_product ON app.source_product (product_id);

-- Whoever deletes a picture asks which variants show it: without this, by looking at all of them.
CREATE INDEX variant_media ON catalog.variant (media_id) WHERE media_id IS NOT NULL;

-- Fields that Shopify's side has won and that the merchant's own table is to be told, where the merchant wants that. The row
-- names the field, never the value: it is written in the transaction of the pull, and carried out later.
CREATE TABLE app.source_write_back (
  id bigserial PRIMARY KEY,
  source_id uuid NOT NULL REFERENCES app.source_connection (id) ON DELETE CASCADE,
  product_id uuid NOT NULL,
  variant_id uuid,
  field text NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'written', 'moved', 'refused')),
  message text,
  attempts integer NOT NULL DEFAULT 0,
  retry_at timestamptz(3),
  noted_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3)
);
CREATE UNIQUE INDEX source_write_back_waiting ON app.source_write_back (source_id, product_id, variant_id, field)
  NULLS NOT DISTINCT WHERE state = 'waiting';
CREATE INDEX source_write_back_ended ON app.source_write_back (source_id, ended_at DESC) WHERE state <> 'waiting';
