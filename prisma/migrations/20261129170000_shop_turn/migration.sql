-- Jobs of a shop that have their turn or wait for it: at most a few of a shop are in the queue at a time.
CREATE TABLE app.shop_turn (
  id uuid PRIMARY KEY,
  shop_id uuid NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY,
  payload jsonb NOT NULL,
  added_at timestamptz(3) NOT NULL,
  admitted_at timestamptz(3)
);
CREATE INDEX shop_turn_shop_id_position_idx ON app.shop_turn (shop_id, position);
CREATE INDEX shop_turn_admitted_at_idx ON app.shop_turn (admitted_at);
