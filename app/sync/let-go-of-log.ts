/** What a server keeps for us, and nobody reads, fills a merchant's disk: it goes when it is not needed any more. */
import type { StoredSource } from '~/db/source-connections.server';
import type { Resources } from './resources';
import { sourceDatabase } from './source-database';

/** Answers null, or what somebody must do by hand. The source must not be fed meanwhile. */
export async function letGoOfLog(resources: Resources, source: StoredSource): Promise<string | null> {
  if (source.mode !== 'stream') return null;
  let byHand: string | null = null;
  try {
    const database = await sourceDatabase(resources, source);
    byHand = database.byHand(source.id);
    await database.letGo(source.id);
    return null;
  } catch (error) {
    resources.log.warn(
      { err: error, sourceId: source.id },
      'What a server keeps for a source could not be let go',
    );
    return byHand;
  }
}
