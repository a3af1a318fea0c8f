-- Roll-ups by the day of the store, beside those by the minute and the hour: ninety days of hours are too many to add up at each look.
INSERT INTO app.activity_count (shop_id, grain, at, direction, state, code, n)
SELECT shop_id, 'day', date_trunc('day', at, shop.timezone), direction, state, code, sum(n)
FROM app.activity_count held JOIN app.shop ON shop.id = held.shop_id WHERE grain = 'hour'
GROUP BY 1, 3, 4, 5, 6;
INSERT INTO app.activity_latency (shop_id, grain, at, bin, n)
SELECT shop_id, 'day', date_trunc('day', at, shop.timezone), bin, sum(n)
FROM app.activity_latency held JOIN app.shop ON shop.id = held.shop_id WHERE grain = 'hour'
GROUP BY 1, 3, 4;
INSERT INTO app.activity_usage (shop_id, grain, at, calls, mutations, points, bytes_sent, throttled, unanswered)
SELECT shop_id, 'day', date_trunc('day', at, shop.timezone), sum(calls), sum(mutations), sum(points), sum(bytes_sent), sum(throttled),
  sum(unanswered)
FROM app.activity_usage held JOIN app.shop ON shop.id = held.shop_id WHERE grain = 'hour'
GROUP BY 1, 3;

-- Of what was applied, what the last roll-up added: so that it knows without a join which products are counted for the first time.
ALTER TABLE "app"."activity_product" ADD COLUMN "added" BIGINT NOT NULL DEFAULT 0;
