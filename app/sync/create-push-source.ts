import { randomBytes, randomUUID } from 'node:crypto';
import type { Resources } from './resources';

/** Systems in use a shop. */
const MOST_SOURCES = 20;

export type CreatedPushSource =
  /** `secret` is shown once. */
  | { kind: 'created'; id: string; secret: string }
  | { kind: 'name-taken' }
  | { kind: 'too-many'; most: number };

/** What a secret is sealed for: sealed for one system it is of no use to another. */
export const sealOf = (sourceId: string) => `push-source ${sourceId}`;

/**
 * Lets a system push changes of the shop's catalog. The audit log names what it did by its name, so names differ. The
 * secret has the form of Standard Webhooks. https://www.standardwebhooks.com
 */
export async function createPushSource(
  { db, now, secrets }: Pick<Resources, 'db' | 'now' | 'secrets'>,
  input: { shopId: string; name: string; createdBy: string },
): Promise<CreatedPushSource> {
  const { shopId, name, createdBy } = input;
  return db.$transaction(async (tx): Promise<CreatedPushSource> => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`push sources ${shopId}`}, 0))`;
    const held = await tx.pushSource.findMany({ where: { shopId, revokedAt: null }, select: { name: true } });
    if (held.some((source) => source.name.toLowerCase() === name.toLowerCase()))
      return { kind: 'name-taken' };
    if (held.length >= MOST_SOURCES) return { kind: 'too-many', most: MOST_SOURCES };
    const [id, secret] = [randomUUID(), `whsec_${randomBytes(32).toString('base64')}`];
    const sealed = secrets.encrypt(secret, sealOf(id));
    await tx.pushSource.create({ data: { id, shopId, name, secret: sealed, createdBy, createdAt: now() } });
    return { kind: 'created', id, secret };
  });
}
