/** What the benches of dashboard and analytics are filled with. */
import type { Database } from '~/db/client.server';

/** A store of so many products and three and a third times as many variants; only what roll-ups look at. */
export async function fillProducts(db: Database, accountId: string, products: number): Promise<void> {
  await db.$executeRaw`
    INSERT INTO catalog.product (account_id, id, handle, title, product_type, category)
    SELECT ${accountId}::uuid, ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'product-' || n, 'Thing ' || n,
      'Type ' || n % 40, CASE WHEN n % 3 > 0 THEN 'Category ' || n % 25 END
    FROM generate_series(1, ${products}) n`;
}

/** Writes audit rows as jobs record them: so many products a statement, two fields each. Answers how many rows. */
export async function writeAuditRows(
  db: Database,
  shopId: string,
  { products, of, batch }: { products: number; of: number; batch: number },
): Promise<number> {
  return db.$executeRaw`
    INSERT INTO app.change (change_key, shop_id, product_id, variant_id, sku, field, direction, before, after, state, code, caused_by,
      points, at, changed_at, asked_at, decided_at, sent_at)
    SELECT ${`${batch} `} || n || field, ${shopId}::uuid, ('00000000-0000-4000-8000-' || lpad(product::text, 12, '0'))::uuid,
      'variant ' || product, 'SKU-' || product, field, 'push', '"10.00"', '"12.00"',
      CASE WHEN n % 200 = 0 THEN 'failed' ELSE 'applied' END, CASE WHEN n % 200 = 0 THEN 'TAKEN' END, 'schedule', 0.5,
      now(), now() - (100 + n % 900) * interval '1 millisecond', now(), now(), now()
    FROM (SELECT n, 1 + (${batch}::int * 97 + n) % ${of}::int AS product FROM generate_series(1, ${products}) n) AS written
    CROSS JOIN (VALUES ('price'), ('compareAtPrice')) AS fields(field)`;
}

/** The nearest rank of a share (0 to 1) of what was measured. */
export function rankOf(taken: readonly number[], share: number): number {
  const sorted = taken.toSorted((one, other) => one - other);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? Number.NaN;
}

/** "p50 12 ms, p99 40 ms, worst 51 ms of 200". */
export function spanWords(taken: readonly number[]): string {
  const ms = (share: number) => `${rankOf(taken, share).toFixed(1)} ms`;
  return `p50 ${ms(0.5)}, p99 ${ms(0.99)}, worst ${ms(1)} of ${taken.length}`;
}
