import { findUsableKey, noteKeyUse } from '~/db/api-keys.server';
import type { UsableKey } from '~/db/api-keys.server';
import { isSecretOf, readApiKey } from './api-key-text';
import type { Resources } from './resources';

/** The last use is shown to the minute: noting each would make every request a write. */
const NOTE_USE_EVERY_MS = 60_000;

/** The key whose text this is, where it may be used. */
export async function authenticateApiKey(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  text: string,
): Promise<UsableKey | null> {
  const read = readApiKey(text);
  if (read === null) return null;
  const key = await findUsableKey(db, read.id);
  if (key === null || !isSecretOf(read.secret, key.secretHash)) return null;
  const at = now();
  const before = new Date(at.getTime() - NOTE_USE_EVERY_MS);
  if (key.lastUsedAt === null || key.lastUsedAt < before) await noteKeyUse(db, key.id, { now: at, before });
  return key;
}
