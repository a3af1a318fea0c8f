-- The rules of a store (docs/decisions/023-store-rules.md) stand in the shop's own row, which every job reads anyway.
ALTER TABLE app.shop
  -- {rules, rate}: the rules with the rate in force. Null: the store follows the catalog.
  ADD COLUMN store_rules jsonb,
  -- Raised whenever the rules or the rate in force change. With the revisions of a product and of its overlays it says
  -- whether the effective source moved.
  ADD COLUMN rules_revision integer NOT NULL DEFAULT 0,
  -- Fields that former rules held and these do not, until all of their paths are noted as released.
  ADD COLUMN rules_leaving text[] NOT NULL DEFAULT '{}',
  -- Whether all products were asked for since the rules changed.
  ADD COLUMN rules_carried boolean NOT NULL DEFAULT true,
  -- When another rate may have to be put in force. Null: by nothing but a person.
  ADD COLUMN rules_due_at timestamptz(3),
  -- A rate that a feed told and that moved too far: {rate, toldAt, movedPercent}.
  ADD COLUMN rules_rate_refused jsonb,
  -- Why the feed could not be read when it was last asked.
  ADD COLUMN rules_feed_problem text,
  ADD COLUMN rules_changed_by text,
  ADD COLUMN rules_changed_at timestamptz(3);

CREATE INDEX shop_rules_waiting ON app.shop (rules_due_at) WHERE NOT rules_carried OR rules_due_at IS NOT NULL;

-- The currency of the catalog's prices, ISO 4217. Null: nothing is converted, each store takes them for its own.
ALTER TABLE app.account ADD COLUMN currency_code text;

-- The order of the price matrix: a page begins where the last one ended. Cut off, because a title has no limit and a row of an
-- index has.
CREATE INDEX product_title_order ON catalog.product (account_id, (left(lower(title), 200) COLLATE "C"), id);
