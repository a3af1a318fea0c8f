/** Starts, pauses and ends the feeding of a catalog from the merchant's own database. */
import { findSource, noProblem } from '~/db/source-connections.server';
import type { StoredSource } from '~/db/source-connections.server';
import { letGoOfLog } from './let-go-of-log';
import type { Resources } from './resources';
import { tellShops } from './tell-shops';

export type SourceOrder =
  /** Begins, or goes on where it was paused. */
  | 'start'
  | 'pause'
  /** Takes all rows over anew, also over what was changed in the catalog meanwhile. */
  | 'reread'
  /** The products that are gone from the table may go, however many they are. */
  | 'accept-missing'
  /** Pauses and lets the slot go: what follows begins with all rows. */
  | 'rest'
  /** Forgets the connection; the catalog keeps its products. */
  | 'disconnect';

const noLease = { leasedBy: null, leasedUntil: null };

/** Repeatable. Answers what a person must still do by hand, or null. */
export async function steerSource(
  resources: Resources,
  { accountId, order }: { accountId: string; order: SourceOrder },
): Promise<{ note: string | null }> {
  const { db } = resources;
  const source = await findSource(db, accountId);
  if (source === null) return { note: null };
  const update = (data: Parameters<typeof db.sourceConnection.update>[0]['data']) =>
    db.sourceConnection.update({ where: { accountId }, data });
  switch (order) {
    case 'start':
      await update({ wanted: 'running', ...noProblem });
      break;
    case 'pause':
      await update({ wanted: 'paused', ...noLease });
      break;
    case 'reread':
      await update({
        phase: 'snapshot',
        mappingVersion: { increment: 1 },
        wanted: 'running',
        ...noLease,
        ...noProblem,
      });
      break;
    case 'accept-missing':
      // Whoever feeds it takes it up anew, and settles what is missing first.
      await update({ acceptsMissing: true, ...noLease });
      break;
    case 'rest':
      await update({ wanted: 'paused', phase: 'snapshot', ...noLease });
      return { note: await letGoOfLog(resources, source) };
    case 'disconnect':
      return { note: await disconnect(resources, source) };
  }
  await tellShops(resources, accountId, { kind: 'source-progress' });
  return { note: null };
}

async function disconnect(resources: Resources, source: StoredSource): Promise<string | null> {
  const { db } = resources;
  await db.sourceConnection.update({ where: { id: source.id }, data: { wanted: 'off', ...noLease } });
  const note = await letGoOfLog(resources, source);
  await db.sourceConnection.delete({ where: { id: source.id } });
  return note;
}
