/** What failed in a store within a span, for the daily summary. */
import type { Queryable } from './client.server';

/** Failed changes of one kind. */
export interface FailedChanges {
  field: string;
  /** What happened and what to do. */
  message: string;
  changes: number;
  products: number;
  /** Products of them that still are not in step. */
  stillFailing: number;
  titles: string[];
}

export interface FailedWork {
  what: 'run' | 'job' | 'import' | 'check' | 'edit' | 'picture' | 'delivery';
  reason: string;
  count: number;
  /** The last one, where it has a page. */
  id: string | null;
}

export interface FiredAlert {
  rule: string;
  detail: string;
  isOver: boolean;
}

export interface DayOfFailures {
  changes: FailedChanges[];
  work: FailedWork[];
  alerts: FiredAlert[];
}

const MOST_KINDS = 20;

/** All that failed after `from` and up to `until`, the most frequent first. */
export async function readFailures(
  db: Queryable,
  shopId: string,
  { from, until }: { from: Date; until: Date },
): Promise<DayOfFailures> {
  const [changes, work, alerts] = await Promise.all([
    db.$queryRaw<FailedChanges[]>`
      SELECT change.field, COALESCE(change.message, change.code, '') AS message, count(*)::int AS changes,
        count(DISTINCT change.product_id)::int AS products,
        (count(DISTINCT change.product_id) FILTER (WHERE link.sync_state <> 'in-sync'))::int AS "stillFailing",
        (array_agg(DISTINCT link.title) FILTER (WHERE link.title <> ''))[1:3] AS titles
      FROM app.change change
      LEFT JOIN app.product_link link ON link.shop_id = change.shop_id AND link.product_id = change.product_id
      WHERE change.shop_id = ${shopId}::uuid AND change.at > ${from} AND change.at <= ${until} AND change.state = 'failed'
      GROUP BY 1, 2 ORDER BY 4 DESC, 1, 2 LIMIT ${MOST_KINDS}`,
    db.$queryRaw<FailedWork[]>`
      WITH failed AS (
        SELECT 'run' AS what, COALESCE(error, '') AS reason, id::text AS id, finished_at AS at FROM app.sync_run
        WHERE shop_id = ${shopId}::uuid AND state = 'failed' AND finished_at > ${from} AND finished_at <= ${until}
        UNION ALL
        SELECT 'job', reason, NULL, failed_at FROM app.dead_letter
        WHERE shop_id = ${shopId}::uuid AND failed_at > ${from} AND failed_at <= ${until}
        UNION ALL
        SELECT 'import', COALESCE(error, ''), id::text, finished_at FROM app.catalog_import
        WHERE shop_id = ${shopId}::uuid AND state = 'failed' AND finished_at > ${from} AND finished_at <= ${until}
        UNION ALL
        SELECT 'check', COALESCE(error, ''), NULL, finished_at FROM app.reconciliation
        WHERE shop_id = ${shopId}::uuid AND state = 'failed' AND finished_at > ${from} AND finished_at <= ${until}
        UNION ALL
        SELECT 'edit', COALESCE(error, ''), id::text, finished_at FROM app.bulk_edit
        WHERE shop_id = ${shopId}::uuid AND state = 'failed' AND finished_at > ${from} AND finished_at <= ${until}
        UNION ALL
        SELECT 'picture', COALESCE(error, ''), NULL, ended_at FROM app.picture_file
        WHERE shop_id = ${shopId}::uuid AND state = 'failed' AND ended_at > ${from} AND ended_at <= ${until}
        UNION ALL
        SELECT 'delivery', COALESCE(problem, ''), NULL, ended_at FROM app.alert_delivery
        WHERE shop_id = ${shopId}::uuid AND state = 'failed' AND ended_at > ${from} AND ended_at <= ${until})
      SELECT what, reason, count(*)::int AS count, (array_agg(id ORDER BY at DESC))[1] AS id
      FROM failed GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT ${MOST_KINDS}`,
    db.$queryRaw<FiredAlert[]>`
      SELECT rule, detail, state = 'recovered' AS "isOver" FROM app.alert_episode
      WHERE shop_id = ${shopId}::uuid AND fired_at > ${from} AND fired_at <= ${until} ORDER BY fired_at`,
  ]);
  return { changes: changes.map((row) => ({ ...row, titles: row.titles ?? [] })), work, alerts };
}

/** Whether the summary of this day is this caller's to make: once, however many ask. */
export async function claimSummary(
  tx: Queryable,
  summary: { shopId: string; day: string; failures: number; now: Date },
): Promise<boolean> {
  const { shopId, day, failures, now } = summary;
  const made = await tx.$executeRaw`
    INSERT INTO app.error_summary (shop_id, day, failures, made_at) VALUES (${shopId}::uuid, ${day}, ${failures}::int, ${now})
    ON CONFLICT (shop_id, day) DO NOTHING`;
  return made > 0;
}

export async function hasSummary(db: Queryable, shopId: string, day: string): Promise<boolean> {
  return (await db.errorSummary.count({ where: { shopId, day } })) > 0;
}
