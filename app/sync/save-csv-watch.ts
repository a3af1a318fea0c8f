import type { WebProblem } from '~/core/web-address';
import type { Resources } from './resources';

export const WATCH_MINUTES = [5, 15, 60, 360, 1_440] as const;

export type SavedCsvWatch = { kind: 'saved' } | ({ kind: 'refused' } & WebProblem);

/** What the address of a shop's file is sealed for. */
export const watchSealOf = (shopId: string) => `csv-watch ${shopId}`;

/** What may be shown of an address: a token is often in what follows the path. */
function shownPart(url: string): string {
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname}${search === '' ? '' : '?…'}`;
}

/** Has the product CSV at an address imported, now and whenever it has changed; the shop's former address is forgotten. */
export async function saveCsvWatch(
  { db, web, secrets, now }: Pick<Resources, 'db' | 'web' | 'secrets' | 'now'>,
  input: { shopId: string; url: string; everyMinutes: (typeof WATCH_MINUTES)[number]; createdBy: string },
): Promise<SavedCsvWatch> {
  const { shopId, url, everyMinutes, createdBy } = input;
  const problem = web.problemOf(url);
  if (problem !== null) return { kind: 'refused', ...problem };
  const watch = {
    ...{ url: secrets.encrypt(url, watchSealOf(shopId)), shownUrl: shownPart(url), everyMinutes, createdBy },
    ...{ nextAt: now(), lookedAt: null, failures: 0, problem: null },
    ...{ etag: null, lastModified: null, digest: null, importId: null },
  };
  await db.csvWatch.upsert({ where: { shopId }, create: { shopId, ...watch }, update: watch });
  return { kind: 'saved' };
}

/** Leaves the file alone from now on; false where none was watched. */
export async function stopCsvWatch({ db }: Pick<Resources, 'db'>, shopId: string): Promise<boolean> {
  return (await db.csvWatch.deleteMany({ where: { shopId } })).count > 0;
}

/** Has the file looked at within seconds; false where none is watched. */
export async function lookAtCsvNow(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  shopId: string,
): Promise<boolean> {
  return (await db.csvWatch.updateMany({ where: { shopId }, data: { nextAt: now() } })).count > 0;
}
