/** What stands in the way of a store that joins or leaves an account, and what to do about it. */

/** Work of one store that has begun and not ended. */
export interface WorkUnderWay {
  runs: number;
  /** Names of bulk edits that are being planned or applied, or wait to be confirmed. */
  edits: string[];
  /** Names of files. */
  imports: string[];
  /** Products that a job is writing now. */
  claims: number;
  /** Names of promotions that are scheduled or active, or whose prices are still being taken back. */
  promotions: string[];
  /** A product CSV at an address is watched. */
  watchesCsv: boolean;
  /** A database of its own feeds the catalog that only this store uses. */
  isFed: boolean;
}

export interface Obstacle {
  reason: string;
  remedy: string;
}

const MOST_NAMES = 3;

function named(names: string[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => `“${name}”`);
  const further = names.length - shown.length;
  return further > 0 ? `${shown.join(', ')} and ${further} more` : shown.join(', ');
}

/** What must end before the store can change its catalog at all. */
function obstaclesOfAny(store: string, work: WorkUnderWay): Obstacle[] {
  return [
    ...(work.runs > 0
      ? [{ reason: `${store} is syncing.`, remedy: 'Wait for its end, or cancel it under Sync runs.' }]
      : []),
    ...(work.edits.length > 0
      ? [
          {
            reason: `${store} has bulk edits under way: ${named(work.edits)}.`,
            remedy: 'Apply or cancel them under Bulk edits.',
          },
        ]
      : []),
    ...(work.imports.length > 0
      ? [
          {
            reason: `${store} is importing ${named(work.imports)}.`,
            remedy: 'Wait for its end, or cancel it under Import & export.',
          },
        ]
      : []),
    ...(work.claims > 0
      ? [
          {
            reason: `${store} is writing ${work.claims} ${work.claims === 1 ? 'product' : 'products'} now.`,
            remedy: 'Try again in a minute.',
          },
        ]
      : []),
  ];
}

/** What a store must end before it joins another account: all that works on the catalog that it leaves behind. */
export function obstaclesToJoining(store: string, work: WorkUnderWay): Obstacle[] {
  return [
    ...obstaclesOfAny(store, work),
    ...(work.promotions.length > 0
      ? [
          {
            reason: `${store} has promotions: ${named(work.promotions)}.`,
            remedy: 'End or cancel them under Promotions, and wait until their prices are taken back.',
          },
        ]
      : []),
    ...(work.watchesCsv
      ? [
          {
            reason: `${store} watches a product CSV.`,
            remedy: 'Stop watching it under Import & export: it would be imported into the shared catalog.',
          },
        ]
      : []),
    ...(work.isFed
      ? [
          {
            reason: `A database of its own feeds the catalog of ${store}.`,
            remedy: 'Pause or disconnect it under Settings, Source.',
          },
        ]
      : []),
  ];
}

/** What a store must end before it leaves an account: its promotions and its file go with it. */
export function obstaclesToLeaving(store: string, work: WorkUnderWay): Obstacle[] {
  return obstaclesOfAny(store, work);
}
