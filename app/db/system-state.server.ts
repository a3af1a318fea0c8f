/** How the whole installation stands, over all shops. */
import type { Queryable } from './client.server';

export interface SystemState {
  shops: { connected: number; uninstalled: number };
  openConflicts: number;
  deadLetters: number;
  /** Products that are asked for and not yet looked at; `oldestSeconds`: since when the first of them waits. */
  requests: { waiting: number; oldestSeconds: number };
  /** Changed products whose burst is not over. */
  capturedChanges: number;
  /** Shops whose changes from the database wait for a person. */
  heldShops: number;
  /** Sources by phase and whether something is the matter. */
  sources: { wanted: string; phase: string; isTroubled: boolean; count: number }[];
}

interface CountsRow {
  connected: bigint;
  uninstalled: bigint;
  conflicts: bigint;
  letters: bigint;
  requests: bigint;
  oldestSeconds: number;
  captured: bigint;
  held: bigint;
}

/** Two statements, whatever the number of shops. */
export async function readSystemState(db: Queryable, now: Date): Promise<SystemState> {
  const [[counts], sources] = await Promise.all([
    db.$queryRaw<CountsRow[]>`
      SELECT (SELECT count(*) FROM app.shop WHERE uninstalled_at IS NULL) AS connected,
        (SELECT count(*) FROM app.shop WHERE uninstalled_at IS NOT NULL) AS uninstalled,
        (SELECT count(*) FROM app.conflict WHERE state = 'open') AS conflicts,
        (SELECT count(*) FROM app.dead_letter WHERE retried_at IS NULL) AS letters,
        (SELECT count(*) FROM app.sync_request) AS requests,
        COALESCE((SELECT extract(epoch FROM ${now}::timestamptz - min(requested_at)) FROM app.sync_request), 0)::float8 AS "oldestSeconds",
        (SELECT count(*) FROM app.captured_change) AS captured,
        (SELECT count(DISTINCT shop_id) FROM app.source_hold WHERE state = 'held') AS held`,
    db.$queryRaw<{ wanted: string; phase: string; isTroubled: boolean; count: number }[]>`
      SELECT wanted, phase, problem IS NOT NULL AS "isTroubled", count(*)::int AS count
      FROM app.source_connection GROUP BY 1, 2, 3`,
  ]);
  const of = (count: bigint | undefined) => Number(count ?? 0n);
  return {
    shops: { connected: of(counts?.connected), uninstalled: of(counts?.uninstalled) },
    openConflicts: of(counts?.conflicts),
    deadLetters: of(counts?.letters),
    requests: { waiting: of(counts?.requests), oldestSeconds: Math.max(0, counts?.oldestSeconds ?? 0) },
    capturedChanges: of(counts?.captured),
    heldShops: of(counts?.held),
    sources,
  };
}
