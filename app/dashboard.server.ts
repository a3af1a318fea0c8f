/** What the dashboard page and its later readings answer: the read model, and the points the store has now. */
import { DASHBOARD_RANGES } from './core/dashboard-range';
import { readDashboard } from './db/pages/dashboard.server';
import type { AppResources } from './resources.server';

/** Reads the range from an address ("?range=7d"); an hour where it names none that there is. */
export async function answerDashboard(
  { db, budget, now }: Pick<AppResources, 'db' | 'budget' | 'now'>,
  shop: { id: string; timezone: string },
  url: string,
) {
  const asked = new URL(url).searchParams.get('range');
  const range = DASHBOARD_RANGES.find((known) => known === asked) ?? '1h';
  const [figures, points] = await Promise.all([readDashboard(db, shop, range, now()), budget.read(shop.id)]);
  return { ...figures, budget: points };
}
