/** Product CSVs at addresses: looked at on time, and imported where they have changed. */
import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import type { CsvWatch } from '#generated/prisma/client';
import { noteCsvLook, takeDueWatches } from '~/db/csv-watches.server';
import type { CsvLook } from '~/db/csv-watches.server';
import type { WebAnswer } from '~/web/guarded-fetch.server';
import { watchSealOf } from './save-csv-watch';
import { maxImportBytes, startImport } from './start-import';
import type { Resources } from './resources';

const AT_A_TIME = 4;
const TIMEOUT_MS = 120_000;
/** Longer than a look takes. */
const LEASE_MS = 300_000;
/** A look that failed is repeated soon, and then more and more seldom, at last as often as any. */
const FIRST_RETRY_MINUTES = 1;
/** An import of the file that is still under way is not followed by another one before so long. */
const BUSY_MINUTES = 1;

type Found =
  | { kind: 'unchanged' }
  | { kind: 'changed'; answer: WebAnswer; digest: string }
  | { kind: 'problem'; problem: string };

const MORE = `At most ${maxImportBytes / 1024 / 1024} MB are taken: split the file.`;

function problemOf({ status, isWhole, body, headers }: WebAnswer): string | null {
  if (status === 401 || status === 403)
    return `The server refuses the file (${status}). Use an address that needs no login, or holds its token.`;
  if (status === 404 || status === 410) return `There is no file at the address (${status}). Correct it.`;
  if (status !== 200)
    return `The server answered ${status}. It is asked again; look at the server if this stays.`;
  if (!isWhole) return `The file is too large. ${MORE}`;
  if (body.length === 0) return 'The file is empty. Nothing was changed.';
  if (/^text\/html\b/i.test(headers['content-type'] ?? ''))
    return 'There is a web page at the address, no CSV file. Use the address of the file itself.';
  return null;
}

async function look(resources: Resources, watch: CsvWatch, signal: AbortSignal): Promise<Found> {
  const url = resources.secrets.decrypt(watch.url, watchSealOf(watch.shopId));
  const answer = await resources.web.fetch(url, {
    headers: {
      accept: 'text/csv, */*;q=0.5',
      ...(watch.etag !== null && { 'if-none-match': watch.etag }),
      ...(watch.lastModified !== null && { 'if-modified-since': watch.lastModified }),
    },
    ...{ maxBytes: maxImportBytes, timeoutMs: TIMEOUT_MS, signal },
  });
  if (answer.kind !== 'answered') return { kind: 'problem', problem: `${answer.reason} ${answer.remedy}` };
  if (answer.status === 304) return { kind: 'unchanged' };
  const problem = problemOf(answer);
  if (problem !== null) return { kind: 'problem', problem };
  const digest = createHash('sha256').update(answer.body).digest('hex');
  return digest === watch.digest ? { kind: 'unchanged' } : { kind: 'changed', answer, digest };
}

function nameOf({ shownUrl }: CsvWatch): string {
  return new URL(shownUrl).pathname.split('/').findLast((part) => part !== '') ?? 'watched file.csv';
}

async function isImporting({ db }: Resources, { shopId, importId }: CsvWatch): Promise<boolean> {
  if (importId === null) return false;
  return (
    (await db.catalogImport.count({
      where: { id: importId, shopId, state: { in: ['queued', 'running'] } },
    })) > 0
  );
}

/** A crash between the import and the note of it has the file imported again, which changes nothing. */
async function carryOut(resources: Resources, watch: CsvWatch, signal: AbortSignal): Promise<void> {
  const { db, now } = resources;
  const inMinutes = (minutes: number) => new Date(now().getTime() + minutes * 60_000);
  const well = () => ({ nextAt: inMinutes(watch.everyMinutes), lookedAt: now(), failures: 0, problem: null });
  const note = (found: CsvLook) => noteCsvLook(db, watch, found);
  if (await isImporting(resources, watch)) return note({ ...well(), nextAt: inMinutes(BUSY_MINUTES) });
  const found = await look(resources, watch, signal);
  switch (found.kind) {
    case 'unchanged':
      return note(well());
    case 'problem': {
      const wait = Math.min(watch.everyMinutes, FIRST_RETRY_MINUTES * 2 ** watch.failures);
      const jitter = 0.75 + resources.random() / 2;
      return note({
        ...{ nextAt: inMinutes(wait * jitter), lookedAt: now(), problem: found.problem },
        failures: watch.failures + 1,
      });
    }
    case 'changed': {
      const { body: content, headers } = found.answer;
      const by = { shopId: watch.shopId, filename: nameOf(watch), content, causedBy: watch.createdBy };
      const { importId } = await startImport(resources, by);
      return note({
        ...{ ...well(), digest: found.digest, importId },
        ...{ etag: headers['etag'] ?? null, lastModified: headers['last-modified'] ?? null },
      });
    }
  }
}

/** Looks at the files whose time has come. One that fails holds up no other. */
export async function fetchWatchedCsvs(resources: Resources, signal: AbortSignal): Promise<void> {
  const { db, log, now } = resources;
  const due = await takeDueWatches(db, { now: now(), leaseMs: LEASE_MS, limit: 4 * AT_A_TIME });
  const lane = pLimit(AT_A_TIME);
  await Promise.all(
    due.map((watch) =>
      lane(async () => {
        try {
          await carryOut(resources, watch, signal);
        } catch (error) {
          // Its time comes again when the lease ends.
          if (!signal.aborted)
            log.error({ err: error, shopId: watch.shopId }, 'A watched file could not be looked at');
        }
      }),
    ),
  );
}
