/** What it would take to carry an edit to a store, as things stand now, and in which lane. */
import { rowSeconds, speedOf } from '~/core/call-speed';
import { chooseLane } from '~/core/choose-lane';
import type { LaneChoice } from '~/core/choose-lane';
import { forecastDocuments, forecastReads } from '~/core/forecast';
import type { Forecast, ForecastDemand, ForecastTerms } from '~/core/forecast';
import { readTimes } from '~/db/store-speed.server';
import { PRODUCTS_PER_JOB } from './request-sync';
import type { Resources } from './resources';
import { CHUNK, CHUNKS_UNDER_WAY } from './parts';
import { loadSyncScope } from './sync-scope';
import type { SyncScope } from './sync-scope';

/** The lane for a demand; null where the store's plan is not known. */
export async function laneFor(
  resources: Resources,
  scope: SyncScope,
  demand: ForecastDemand,
): Promise<LaneChoice | null> {
  const bucket = await scope.store.pointsLeft();
  if (!bucket) return null;
  const { calls, own, bulk } = await readTimes(resources.db, scope.shopId);
  const terms: ForecastTerms = {
    bucket,
    costs: scope.store.documentCosts(),
    speed: speedOf(calls),
    rowSeconds: rowSeconds(own),
    callsUnderWay: scope.store.callsUnderWay,
    productsPerJob: PRODUCTS_PER_JOB,
    productsPerPart: CHUNK,
    partsUnderWay: CHUNKS_UNDER_WAY,
  };
  const reads = forecastReads(demand, terms);
  return chooseLane(forecastDocuments(demand, terms), demand, { times: bulk, reads });
}

/** Null where the shop is not connected, or was never called: its plan is not known then. */
export async function forecastEdit(
  resources: Resources,
  { shopId, demand }: { shopId: string; demand: ForecastDemand },
): Promise<Forecast | null> {
  const scope = await loadSyncScope(resources, shopId);
  const choice = scope && (await laneFor(resources, scope, demand));
  return choice && choice.forecast;
}
