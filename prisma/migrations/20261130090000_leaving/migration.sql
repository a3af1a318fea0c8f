-- A store that leaves its account is taken out of it by a worker: tens of thousands of products are longer than a request may take.
ALTER TABLE app.shop
  -- When that is tried next (null: the store stays).
  ADD COLUMN leaving_at timestamptz,
  ADD COLUMN leaving_actor text,
  ADD COLUMN leaving_address text,
  -- Why the last time came to nothing, and what to do.
  ADD COLUMN leaving_problem text;
CREATE INDEX shop_leaving ON app.shop (leaving_at) WHERE leaving_at IS NOT NULL;
