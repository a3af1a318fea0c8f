/** Read models of the import page. The file itself is never read here. */
import { z } from 'zod';
import type { Queryable } from '../client.server';

const problem = z.object({
  line: z.number().nullish(),
  handle: z.string().nullish(),
  column: z.string().nullish(),
  value: z.string().nullish(),
  reason: z.string(),
  remedy: z.string().nullish(),
});

export interface ImportProblem {
  line: number | null;
  handle: string;
  column: string;
  value: string;
  reason: string;
  remedy: string;
}

export interface ImportRow {
  id: string;
  filename: string;
  state: string;
  causedBy: string;
  rows: number;
  rowsDone: number;
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  createdAt: string;
  finishedAt: string | null;
}

export interface ImportDetail extends ImportRow {
  problems: ImportProblem[];
  /** How many problems are recorded: the list above is one page of them. */
  problemsTotal: number;
  problemsPage: number;
  problemsPages: number;
  unsyncedColumns: string[];
  error: string | null;
  syncRunId: string | null;
}

const summary = {
  id: true,
  filename: true,
  state: true,
  causedBy: true,
  rows: true,
  rowsDone: true,
  productsCreated: true,
  productsUpdated: true,
  productsUnchanged: true,
  rowsRejected: true,
  createdAt: true,
  finishedAt: true,
} as const;

interface StoredSummary {
  id: string;
  filename: string;
  state: string;
  causedBy: string;
  rows: number;
  rowsDone: number;
  productsCreated: number;
  productsUpdated: number;
  productsUnchanged: number;
  rowsRejected: number;
  createdAt: Date;
  finishedAt: Date | null;
}

function importRow(stored: StoredSummary): ImportRow {
  return {
    id: stored.id,
    filename: stored.filename,
    state: stored.state,
    causedBy: stored.causedBy,
    rows: stored.rows,
    rowsDone: stored.rowsDone,
    created: stored.productsCreated,
    updated: stored.productsUpdated,
    unchanged: stored.productsUnchanged,
    rejected: stored.rowsRejected,
    createdAt: stored.createdAt.toISOString(),
    finishedAt: stored.finishedAt?.toISOString() ?? null,
  };
}

/** The newest imports of the shop, at most 20. */
export async function readImports(db: Queryable, shopId: string): Promise<ImportRow[]> {
  const rows = await db.catalogImport.findMany({
    where: { shopId },
    orderBy: { createdAt: 'desc' },
    take: 20,
    select: summary,
  });
  return rows.map(importRow);
}

const PROBLEMS_A_PAGE = 50;

/** One import with one page of its problems; null where the shop has no such import. */
export async function readImport(
  db: Queryable,
  shopId: string,
  importId: string,
  page: number,
): Promise<ImportDetail | null> {
  const stored = await db.catalogImport.findFirst({
    where: { shopId, id: importId },
    select: { ...summary, problems: true, unsyncedColumns: true, error: true, syncRunId: true },
  });
  if (stored === null) return null;
  const problems = z.array(problem).parse(stored.problems);
  const problemsPages = Math.max(1, Math.ceil(problems.length / PROBLEMS_A_PAGE));
  const problemsPage = Math.min(Math.max(1, page), problemsPages);
  return {
    ...importRow(stored),
    problems: problems
      .slice((problemsPage - 1) * PROBLEMS_A_PAGE, problemsPage * PROBLEMS_A_PAGE)
      .map((one) => ({
        line: one.line ?? null,
        handle: one.handle ?? '',
        column: one.column ?? '',
        value: one.value ?? '',
        reason: one.reason,
        remedy: one.remedy ?? '',
      })),
    problemsTotal: problems.length,
    problemsPage,
    problemsPages,
    unsyncedColumns: stored.unsyncedColumns,
    error: stored.error,
    syncRunId: stored.syncRunId,
  };
}

/** The file that is imported again whenever it has changed. */
export interface CsvWatchView {
  shownUrl: string;
  everyMinutes: number;
  lookedAt: string | null;
  nextAt: string;
  problem: string | null;
  importId: string | null;
}

export async function readCsvWatch(db: Queryable, shopId: string): Promise<CsvWatchView | null> {
  const watch = await db.csvWatch.findUnique({ where: { shopId } });
  if (watch === null) return null;
  const { shownUrl, everyMinutes, lookedAt, nextAt, problem, importId } = watch;
  return {
    ...{ shownUrl, everyMinutes, problem, importId },
    lookedAt: lookedAt?.toISOString() ?? null,
    nextAt: nextAt.toISOString(),
  };
}
