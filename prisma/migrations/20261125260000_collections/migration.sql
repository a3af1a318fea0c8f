-- The collections of a store, for selections of bulk edits. The catalog has none: they are the store's own.
CREATE TABLE app.store_collection (
  shop_id uuid NOT NULL,
  collection_id text NOT NULL,
  title text NOT NULL,
  names text[] NOT NULL,
  listed_at timestamptz(3) NOT NULL,
  members_at timestamptz(3),
  PRIMARY KEY (shop_id, collection_id)
);
CREATE TABLE app.collection_product (
  shop_id uuid NOT NULL,
  collection_id text NOT NULL,
  remote_id text NOT NULL,
  PRIMARY KEY (shop_id, collection_id, remote_id)
);
