/** What it would take to carry an edit to a store, as things stand now. */
import { rowSeconds, speedOf } from '~/core/call-speed';
import { forecastDocuments } from '~/core/forecast';
import type { Forecast, ForecastDemand } from '~/core/forecast';
import { readTimes } from '~/db/store-speed.server';
import { PRODUCTS_PER_JOB } from './request-sync';
import type { Resources } from './resources';
import { CHUNK, CHUNKS_UNDER_WAY } from './sync-products';
import { loadSyncScope } from './sync-scope';

/** Null where the shop is not connected, or was never called: its plan is not known then. */
export async function forecastEdit(
  resources: Resources,
  { shopId, demand }: { shopId: string; demand: ForecastDemand },
): Promise<Forecast | null> {
  const scope = await loadSyncScope(resources, shopId);
  const bucket = await scope?.store.pointsLeft();
  if (!scope || !bucket) return null;
  const { calls, own } = await readTimes(resources.db, shopId);
  return forecastDocuments(demand, {
    bucket,
    costs: scope.store.documentCosts(),
    speed: speedOf(calls),
    rowSeconds: rowSeconds(own),
    callsUnderWay: scope.store.callsUnderWay,
    productsPerJob: PRODUCTS_PER_JOB,
    productsPerPart: CHUNK,
    partsUnderWay: CHUNKS_UNDER_WAY,
  });
}
