ALTER TABLE app.shop ADD COLUMN guard_source boolean NOT NULL DEFAULT false;

-- Changes that came from the database or by the API and go beyond the limits of the shop: they wait for a person.
CREATE TABLE app.source_hold (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  shop_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'approved', 'lifted')),
  findings jsonb NOT NULL,
  products integer NOT NULL,
  found_at timestamptz(3) NOT NULL,
  looked_at timestamptz(3) NOT NULL,
  decided_by text,
  decided_at timestamptz(3),
  run_id uuid
);
CREATE UNIQUE INDEX source_hold_open ON app.source_hold (shop_id) WHERE state = 'held';
CREATE INDEX source_hold_shop ON app.source_hold (shop_id, found_at DESC);

-- The products of the open hold of a shop.
CREATE TABLE app.held_product (
  shop_id uuid NOT NULL,
  product_id uuid NOT NULL,
  PRIMARY KEY (shop_id, product_id)
);
