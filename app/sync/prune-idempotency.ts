import { forgetRequests, KEPT_MS } from '~/db/idempotency.server';
import type { Resources } from './resources';

const ROWS_A_STATEMENT = 5_000;

/** Forgets the Idempotency-Keys whose time is over; answers how many. */
export async function pruneIdempotency(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  { signal }: { signal: AbortSignal },
): Promise<{ deleted: number }> {
  const before = new Date(now().getTime() - KEPT_MS);
  for (let deleted = 0; ;) {
    signal.throwIfAborted();
    const gone = await forgetRequests(db, before, ROWS_A_STATEMENT);
    deleted += gone;
    if (gone < ROWS_A_STATEMENT) return { deleted };
  }
}
