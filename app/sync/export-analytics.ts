/** Each part of the analytics as a CSV file for a spreadsheet. */
import { priceLine } from '~/core/price-line';
import type { AnalyticsQuery } from '~/core/analytics-query';
import {
  readErrorRates,
  readMostChanged,
  readPeakHours,
  readUpdatedPeriods,
} from '~/db/pages/analytics.server';
import type { AnalyticsScope } from '~/db/pages/analytics.server';
import { readPriceHistories } from '~/db/price-history.server';
import { csvText } from './csv-text';
import type { Resources } from './resources';

export const ANALYTICS_PARTS = ['updates', 'products', 'peaks', 'errors'] as const;
export type AnalyticsPart = (typeof ANALYTICS_PARTS)[number];

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

type Rows = (string | number | null)[][];

async function rowsOf(
  db: Resources['db'],
  shop: AnalyticsScope,
  { part, query, now }: { part: AnalyticsPart; query: AnalyticsQuery; now: Date },
): Promise<Rows> {
  const { span } = query;
  switch (part) {
    case 'updates':
      return [
        [`First day of the ${query.grain}`, 'Products updated', 'Changes carried', 'Changes that failed'],
        ...(await readUpdatedPeriods(db, shop, { span, grain: query.grain, now })).map(
          ({ start, products, changes, failed }) => [start, products, changes, failed],
        ),
      ];
    case 'products':
      return [
        ['Product', 'Title', 'Changes carried'],
        ...(await readMostChanged(db, shop, { span, of: query.most, now })).map(
          ({ productId, title, changes }) => [productId, title, changes],
        ),
      ];
    case 'peaks':
      return [
        ['Day of the week', 'Hour', 'Changes carried', 'Sync runs begun'],
        ...(await readPeakHours(db, shop, { span, now })).map(({ slot, changes, runs }) => [
          DAYS[Math.floor(slot / 24)] ?? '',
          slot % 24,
          changes,
          runs,
        ]),
      ];
    case 'errors':
      return [
        [query.errors, 'Changes carried', 'Changes that failed', 'Failed of all (%)'],
        ...(await readErrorRates(db, shop, { span, by: query.errors, now })).map(
          ({ name, productId, applied, failed }) => [
            name === '' ? (productId ?? '') : name,
            applied,
            failed,
            applied === null ? null : ((100 * failed) / (applied + failed)).toFixed(2),
          ],
        ),
      ];
  }
}

const text = (rows: Rows) => csvText(rows.map((row) => row.map((cell) => String(cell ?? ''))));

/** One part of the analytics, as its page shows it. */
export async function* exportAnalytics(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  shop: AnalyticsScope,
  asked: { part: AnalyticsPart; query: AnalyticsQuery },
): AsyncGenerator<string> {
  yield text(await rowsOf(db, shop, { ...asked, now: now() }));
}

/** Since when each variant of a product had which price in the store, as it is on record. */
export async function* exportPrices(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  shop: AnalyticsScope,
  productId: string,
): AsyncGenerator<string> {
  const at = now();
  const [histories, variants] = await Promise.all([
    readPriceHistories(db, shop.id, [productId], at),
    db.catalogVariant.findMany({
      where: { productId, accountId: shop.accountId },
      orderBy: { position: 'asc' },
      select: { id: true, sku: true },
    }),
  ]);
  yield text([
    ['Variant', 'SKU', 'Since (UTC)', 'Price'],
    ...variants.flatMap(({ id, sku }) => {
      const history = histories.get(id);
      // The last point is now: no change.
      const points = history === undefined ? [] : priceLine(history, at).slice(0, -1);
      return points.map((point) => [id, sku ?? '', point.at.toISOString(), point.amount ?? '']);
    }),
  ]);
}
