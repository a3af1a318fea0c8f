/** The record of an import: app.catalog_import. */
import { z } from 'zod';
import { Prisma } from '#generated/prisma/client';
import type { ImportProblem } from '~/core/catalog-product';
import type { Queryable } from './client.server';

/** Problems kept of one import; later ones are only counted. */
const maxProblems = 1000;

const storedProblems = z.array(
  z.object({
    line: z.number(),
    handle: z.string().nullable(),
    column: z.string().nullable(),
    value: z.string().nullable(),
    reason: z.string(),
    remedy: z.string(),
    left: z.enum(['row', 'cell']),
  }),
);

export interface ImportToRun {
  accountId: string;
  content: Uint8Array | null;
  rowsDone: number;
  problems: ImportProblem[];
  cancelRequested: boolean;
}

/** What one batch adds to the record. */
export interface ImportProgress {
  rowsDone: number;
  created: number;
  updated: number;
  unchanged: number;
  rowsRejected: number;
  problems: ImportProblem[];
}

/** Records a file; state 'failed' at once where `error` says what is wrong with it. Answers the import's id. */
export async function createImport(
  db: Queryable,
  row: {
    shopId: string;
    accountId: string;
    filename: string;
    causedBy: string;
    content: Uint8Array | null;
    error: string | null;
  },
  now: Date,
): Promise<string> {
  const { content, error, ...rest } = row;
  const created = await db.catalogImport.create({
    data: {
      ...rest,
      content: content === null ? null : Uint8Array.from(content),
      error,
      state: error === null ? 'queued' : 'failed',
      createdAt: now,
      finishedAt: error === null ? null : now,
    },
    select: { id: true },
  });
  return created.id;
}

/** Takes the import up; null where it has ended or does not exist. */
export async function takeImport(
  db: Queryable,
  shopId: string,
  importId: string,
): Promise<ImportToRun | null> {
  const taken = await db.catalogImport.updateMany({
    where: { id: importId, shopId, state: { in: ['queued', 'running'] } },
    data: { state: 'running' },
  });
  if (taken.count === 0) return null;
  const row = await db.catalogImport.findUniqueOrThrow({ where: { id: importId } });
  return {
    accountId: row.accountId,
    content: row.content,
    rowsDone: row.rowsDone,
    problems: storedProblems.parse(row.problems),
    cancelRequested: row.cancelRequestedAt !== null,
  };
}

/** Records the file's extent. */
export async function describeImport(
  db: Queryable,
  importId: string,
  { rows, unsyncedColumns }: { rows: number; unsyncedColumns: string[] },
): Promise<void> {
  await db.catalogImport.update({
    where: { id: importId },
    data: { rows, unsyncedColumns },
    select: { id: true },
  });
}

/** Adds a batch to the record, in the transaction that wrote its products. True where a person asked to stop. */
export async function recordProgress(
  tx: Queryable,
  importId: string,
  progress: ImportProgress,
): Promise<boolean> {
  const row = await tx.catalogImport.update({
    where: { id: importId },
    data: {
      rowsDone: progress.rowsDone,
      productsCreated: { increment: progress.created },
      productsUpdated: { increment: progress.updated },
      productsUnchanged: { increment: progress.unchanged },
      rowsRejected: { increment: progress.rowsRejected },
    },
    select: { cancelRequestedAt: true, problems: progress.problems.length > 0 },
  });
  if (progress.problems.length > 0) {
    const problems = [...storedProblems.parse(row.problems), ...progress.problems].slice(0, maxProblems);
    await tx.catalogImport.update({
      where: { id: importId },
      data: { problems: problems.map((problem) => ({ ...problem })) },
      select: { id: true },
    });
  }
  return row.cancelRequestedAt !== null;
}

/** What the batches so far have done. */
export async function readImportCounts(
  db: Queryable,
  importId: string,
): Promise<{ created: number; updated: number }> {
  const row = await db.catalogImport.findUniqueOrThrow({
    where: { id: importId },
    select: { productsCreated: true, productsUpdated: true },
  });
  return { created: row.productsCreated, updated: row.productsUpdated };
}

/** Ends an import that is waiting or under way, and lets go of the file. False where it had ended before. */
export async function endImport(
  db: Queryable,
  importId: string,
  end:
    | { state: 'finished'; rowsDone: number; syncRunId: string | null }
    | { state: 'failed' | 'cancelled'; error: string },
  now: Date,
): Promise<boolean> {
  const ended = await db.catalogImport.updateMany({
    where: { id: importId, state: { in: ['queued', 'running'] } },
    data: { ...end, content: null, finishedAt: now },
  });
  return ended.count > 0;
}

/** Serialises writers of the account's catalog until the transaction ends. */
export async function lockCatalog(tx: Queryable, accountId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`catalog ${accountId}`}, 0))`;
}

/** True for an error that says PostgreSQL refused a value: trying again would not help. */
export function isRefusedValue(error: unknown): error is Error {
  if (error instanceof Prisma.PrismaClientKnownRequestError)
    return (
      ['P2000', 'P2002', 'P2003', 'P2004', 'P2011', 'P2020', 'P2033'].includes(error.code) ||
      refusedByCheck(error)
    );
  return error instanceof Prisma.PrismaClientUnknownRequestError && refusedByCheck(error);
}

function refusedByCheck(error: Error): boolean {
  return /\b(23514|22P05|22003|22021)\b|violates check constraint/.test(error.message);
}
