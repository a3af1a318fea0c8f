/** A replication slot that nobody reads fills a merchant's disk: it goes when it is not needed any more. */
import { closeExternal, openExternal } from '~/catalog/external-connection';
import { externalNames } from '~/catalog/external-names';
import { dropSlot } from '~/catalog/follow-stream';
import type { StoredSource } from '~/db/source-connections.server';
import type { Resources } from './resources';
import { sourceAddress } from './source-address';

/** Answers null, or what somebody must do by hand. The source must not be fed meanwhile. */
export async function letGoOfSlot(resources: Resources, source: StoredSource): Promise<string | null> {
  if (source.mode !== 'stream') return null;
  const { slot } = externalNames(source.id);
  try {
    const client = await openExternal(await sourceAddress(resources, source));
    try {
      await dropSlot(client, slot);
    } finally {
      await closeExternal(client);
    }
    return null;
  } catch (error) {
    resources.log.warn({ err: error, sourceId: source.id, slot }, 'A replication slot could not be dropped');
    return `The replication slot “${slot}” could not be dropped. Have it dropped, or it keeps the log of your database until the disk is full: SELECT pg_drop_replication_slot('${slot}').`;
  }
}
