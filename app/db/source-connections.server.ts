/** The connection to a merchant's own database, and how far its rows were taken over: app.source_connection. */
import { Prisma } from '#generated/prisma/client';
import type { SourceConnection } from '#generated/prisma/client';
import type { Queryable } from './client.server';

export type StoredSource = SourceConnection;

export interface SourceProblem {
  reason: string;
  remedy: string;
  /** ISO */
  at: string;
}

/** What a source has that is well. */
export const noProblem = { problem: Prisma.DbNull, attempts: 0, retryAt: null };

/** The account's source; null where its catalog is Lockstep's alone. */
export async function findSource(db: Queryable, accountId: string): Promise<StoredSource | null> {
  return db.sourceConnection.findUnique({ where: { accountId } });
}

/** Another process feeds this source now, or it was switched off: whoever is told this writes nothing more. */
export class SourceLeaseLost extends Error {
  constructor() {
    super('The source is no longer ours to feed.');
    this.name = 'SourceLeaseLost';
  }
}

/** Takes the sources that run and that nobody feeds. */
export async function leaseSources(
  db: Queryable,
  terms: { holder: string; now: Date; until: Date },
): Promise<StoredSource[]> {
  const { holder, now, until } = terms;
  const leased = await db.sourceConnection.updateManyAndReturn({
    where: {
      wanted: 'running',
      mapping: { not: Prisma.DbNull },
      AND: [
        { OR: [{ leasedUntil: null }, { leasedUntil: { lt: now } }] },
        { OR: [{ retryAt: null }, { retryAt: { lte: now } }] },
      ],
    },
    data: { leasedBy: holder, leasedUntil: until },
  });
  return leased;
}

/** Keeps the lease; false where it was lost, or the source is not to run any more. */
export async function keepLease(
  db: Queryable,
  terms: { sourceId: string; holder: string; until: Date },
): Promise<boolean> {
  const { count } = await db.sourceConnection.updateMany({
    where: { id: terms.sourceId, leasedBy: terms.holder, wanted: 'running' },
    data: { leasedUntil: terms.until },
  });
  return count > 0;
}

/** Gives the source back; with a problem, until it is tried again. */
export async function releaseSource(
  db: Queryable,
  terms: { sourceId: string; holder: string; problem: SourceProblem | null; retryAt: Date | null },
): Promise<void> {
  const { sourceId, holder, problem, retryAt } = terms;
  await db.sourceConnection.updateMany({
    where: { id: sourceId, leasedBy: holder },
    data: {
      leasedBy: null,
      leasedUntil: null,
      ...(problem === null ? {} : { problem: { ...problem }, retryAt, attempts: { increment: 1 } }),
    },
  });
}

/** Notes progress, in the transaction that made it. Throws SourceLeaseLost where somebody else took over. */
export async function noteSourceProgress(
  tx: Queryable,
  terms: { sourceId: string; holder: string },
  data: Parameters<Queryable['sourceConnection']['updateMany']>[0]['data'],
): Promise<void> {
  const { count } = await tx.sourceConnection.updateMany({
    where: { id: terms.sourceId, leasedBy: terms.holder },
    data,
  });
  if (count === 0) throw new SourceLeaseLost();
}
