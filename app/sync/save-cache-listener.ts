import { randomBytes } from 'node:crypto';
import type { WebProblem } from '~/core/web-address';
import type { Resources } from './resources';

export type SavedCacheListener =
  /** `secret` is shown once. */
  { kind: 'saved'; secret: string } | ({ kind: 'refused' } & WebProblem);

/** What the address and the secret of a shop's listener are sealed for. */
export const listenerSealOf = (shopId: string, what: 'url' | 'secret') => `cache-listener ${shopId} ${what}`;

/** What may be shown of an address: a token is often in what follows the path. */
function shownPart(url: string): string {
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname}${search === '' ? '' : '?…'}`;
}

/**
 * Has an address told when what is cached of the store's products changes; the former one and what waited for it are
 * forgotten. The secret has the form of Standard Webhooks. https://www.standardwebhooks.com
 */
export async function saveCacheListener(
  { db, web, secrets, now }: Pick<Resources, 'db' | 'web' | 'secrets' | 'now'>,
  input: { shopId: string; url: string; createdBy: string },
): Promise<SavedCacheListener> {
  const { shopId, url, createdBy } = input;
  const problem = web.problemOf(url);
  if (problem !== null) return { kind: 'refused', ...problem };
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const listener = {
    url: secrets.encrypt(url, listenerSealOf(shopId, 'url')),
    secret: secrets.encrypt(secret, listenerSealOf(shopId, 'secret')),
    ...{ shownUrl: shownPart(url), isOn: true, dropped: 0, createdBy, createdAt: now() },
  };
  await db.$transaction(async (tx) => {
    await tx.cacheListener.upsert({ where: { shopId }, create: { shopId, ...listener }, update: listener });
    await tx.cacheNews.deleteMany({ where: { shopId } });
    await tx.cacheMessage.deleteMany({ where: { shopId, state: 'waiting' } });
  });
  return { kind: 'saved', secret };
}

/** Switches telling on or off; what happens while it is off is told to nobody. */
export async function switchCacheListener(
  { db }: Pick<Resources, 'db'>,
  { shopId, isOn }: { shopId: string; isOn: boolean },
): Promise<boolean> {
  const { count } = await db.cacheListener.updateMany({ where: { shopId }, data: { isOn } });
  return count > 0;
}

/** Forgets the address, with what was and was not delivered to it. */
export async function removeCacheListener({ db }: Pick<Resources, 'db'>, shopId: string): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const { count } = await tx.cacheListener.deleteMany({ where: { shopId } });
    await tx.cacheNews.deleteMany({ where: { shopId } });
    await tx.cacheMessage.deleteMany({ where: { shopId } });
    return count > 0;
  });
}
