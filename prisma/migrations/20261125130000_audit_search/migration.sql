-- The audit log is read newest first by whatever it is searched by. What these hold is the rarer part of the log: the
-- index on (shop, at, id) finds the rest soon enough.

-- "All tags", "all stock": fields that are named element by element.
CREATE INDEX "change_shop_id_kind_at_id_idx"
  ON "app"."change" ("shop_id", split_part("field", ':', 1), "at" DESC, "id" DESC) WHERE position(':' in "field") > 0;

CREATE INDEX "change_shop_id_state_at_id_idx"
  ON "app"."change" ("shop_id", "state", "at" DESC, "id" DESC) WHERE "state" <> 'applied';

CREATE INDEX "change_shop_id_direction_at_id_idx"
  ON "app"."change" ("shop_id", "direction", "at" DESC, "id" DESC) WHERE "direction" <> 'push';
