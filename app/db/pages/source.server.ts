/** What the page of the merchant's own database shows. */
import { z } from 'zod';
import { kindNamed } from '~/core/database-kind';
import type { Queryable } from '../client.server';

const problem = z.object({ reason: z.string(), remedy: z.string(), at: z.string() }).nullable().catch(null);
const rowProblems = z
  .array(
    z.object({
      row: z.string(),
      column: z.string().nullable(),
      value: z.string().nullable(),
      reason: z.string(),
      remedy: z.string(),
    }),
  )
  .catch([]);
const counts = z.tuple([z.object({ products: z.number(), broken: z.number(), missing: z.number() })]);

const writeBackCounts = z.tuple([z.object({ waiting: z.number(), written: z.number(), left: z.number() })]);

const SHOWN_PROBLEMS = 50;
const SHOWN_WRITE_BACKS = 20;

/** Null where the catalog is Lockstep's alone. The password is not part of it. */
export async function readSourcePage(db: Queryable, accountId: string) {
  const source = await db.sourceConnection.findUnique({ where: { accountId } });
  if (source === null) return null;
  const [counted, broken, writeBacks, left] = await Promise.all([
    db.$queryRaw`
      SELECT count(*) FILTER (WHERE product_id IS NOT NULL AND state = 'current')::int AS products,
        count(*) FILTER (WHERE problems IS NOT NULL)::int AS broken, count(*) FILTER (WHERE state = 'missing')::int AS missing
      FROM app.source_product WHERE source_id = ${source.id}::uuid`,
    db.$queryRaw<{ problems: unknown }[]>`
      SELECT problems FROM app.source_product WHERE source_id = ${source.id}::uuid AND problems IS NOT NULL
      ORDER BY product_key LIMIT ${SHOWN_PROBLEMS}`,
    db.$queryRaw`
      SELECT count(*) FILTER (WHERE state = 'waiting')::int AS waiting, count(*) FILTER (WHERE state = 'written')::int AS written,
        count(*) FILTER (WHERE state IN ('moved', 'refused'))::int AS left
      FROM app.source_write_back WHERE source_id = ${source.id}::uuid`,
    db.$queryRaw<{ title: string; field: string; state: string; message: string | null }[]>`
      SELECT COALESCE(product.title, '') AS title, told.field, told.state, told.message
      FROM app.source_write_back told LEFT JOIN catalog.product product ON product.id = told.product_id
      WHERE told.source_id = ${source.id}::uuid AND (told.state IN ('moved', 'refused') OR told.message IS NOT NULL)
      ORDER BY told.id DESC LIMIT ${SHOWN_WRITE_BACKS}`,
  ]);
  const [told] = writeBackCounts.parse(writeBacks);
  const {
    id,
    kind,
    host,
    port,
    database,
    username,
    tls,
    authority,
    mode,
    scanColumn,
    missingRows,
    wanted,
    phase,
  } = source;
  return {
    login: { kind: kindNamed(kind), host, port, database, username, tls, authority },
    id,
    mapping: source.mapping,
    mode,
    scanColumn,
    missingRows,
    wanted,
    phase,
    writeBack: source.writeBack,
    writeBacks: { waiting: told.waiting, written: told.written, left: told.left },
    leftWriteBacks: left,
    rowsRead: Number(source.rowsRead),
    rowsExpected: Number(source.rowsExpected),
    productsWritten: source.productsWritten,
    snapshotStartedAt: source.snapshotStartedAt?.toISOString() ?? null,
    snapshotEndedAt: source.snapshotEndedAt?.toISOString() ?? null,
    followedAt: source.followedAt?.toISOString() ?? null,
    changedAt: source.changedAt?.toISOString() ?? null,
    lagBytes: source.lagBytes === null ? null : Number(source.lagBytes),
    slotState: source.slotState,
    problem: problem.parse(source.problem),
    counts: counts.parse(counted)[0],
    broken: broken.flatMap((row) => rowProblems.parse(row.problems)).slice(0, SHOWN_PROBLEMS),
  };
}

export type SourcePage = NonNullable<Awaited<ReturnType<typeof readSourcePage>>>;

/** What Home says of the source; null where there is none, or nobody wants it to run. */
export async function readSourceTrouble(db: Queryable, accountId: string) {
  const source = await db.sourceConnection.findUnique({
    where: { accountId },
    select: { kind: true, wanted: true, problem: true, lagBytes: true, slotState: true },
  });
  if (source?.wanted !== 'running') return null;
  return {
    kind: kindNamed(source.kind),
    problem: problem.parse(source.problem),
    lagBytes: source.lagBytes === null ? null : Number(source.lagBytes),
    slotState: source.slotState,
  };
}
