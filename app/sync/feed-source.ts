/** Feeds the catalog of an account from the merchant's own database: all rows once, then what moves in them. */
import type pg from 'pg';
import { SourceTrouble, adviceFor, isSlotLost } from '~/catalog/external-advice';
import { closeExternal, openExternal } from '~/catalog/external-connection';
import type { ExternalAddress } from '~/catalog/external-connection';
import { externalNames } from '~/catalog/external-names';
import { readRowsOf } from '~/catalog/external-tables';
import { followOutbox } from '~/catalog/follow-outbox';
import { followScan, serverTime } from '~/catalog/follow-scan';
import { RereadEverything, followStream, freeSlot, publishedTables, readSlot } from '~/catalog/follow-stream';
import type { FollowOptions } from '~/catalog/follow-stream';
import { chunksOf } from '~/core/plan';
import type { RelationDescription } from '~/core/source-mapping';
import { slotAlarm } from '~/core/source-slot';
import {
  SourceLeaseLost,
  noProblem,
  noteSourceProgress,
  releaseSource,
} from '~/db/source-connections.server';
import type { StoredSource } from '~/db/source-connections.server';
import { applySourceRows } from './apply-source-rows';
import type { Feeding } from './apply-source-rows';
import { askForSourceChanges } from './ask-for-source-changes';
import { connectedRelation } from './connected-relation';
import { readSourceSnapshot } from './read-source-snapshot';
import type { Resources } from './resources';
import { settleMissingRows } from './settle-missing-rows';
import { sourceAddress } from './source-address';
import { sourceMapping } from './source-mapping-schema';
import { tellShops } from './tell-shops';
import { writeBackToSource } from './write-back-to-source';

/** Products whose rows are read and written together. */
const PRODUCTS_AT_A_TIME = 200;
const STATUS_EVERY_MS = 5_000;
const WRITE_BACK_EVERY_MS = 1_000;
const ALARM_EVERY_MS = 600_000;
const DAY_MS = 24 * 3_600_000;
const LONGEST_WAIT_MS = 60_000;

interface Following {
  resources: Resources;
  source: StoredSource;
  feeding: Feeding;
  relation: RelationDescription;
  address: ExternalAddress;
  /** Reads rows. */
  reader: pg.Client;
  signal: AbortSignal;
}

async function takeOver(
  { resources, feeding, relation, reader, signal }: Following,
  keys: string[],
): Promise<void> {
  for (const chunk of chunksOf(keys, PRODUCTS_AT_A_TIME)) {
    const rows = await readRowsOf(reader, feeding.mapping, relation, chunk);
    await applySourceRows(
      resources,
      feeding,
      [...rows].map(([key, of]) => ({ key, rows: of })),
      0,
    );
  }
  await settleMissingRows(resources, feeding);
  await askForSourceChanges(resources, feeding, signal);
}

/** Notes now and then that all is well, and how far the slot lags behind. */
function watchStatus(
  following: Following,
  client: pg.Client,
): { alive: () => void; stop: () => Promise<void> } {
  const { resources, source, feeding } = following;
  const { slot } = externalNames(source.id);
  let last = 0;
  let alarmedAt = 0;
  let isMended = false;
  let under: Promise<void> = Promise.resolve();
  const note = async () => {
    const state = source.mode === 'stream' ? await readSlot(client, slot) : null;
    await noteSourceProgress(resources.db, feeding, {
      followedAt: resources.now(),
      lagBytes: state?.lag ?? null,
      slotState: state?.state ?? null,
      ...(isMended ? {} : noProblem),
    });
    const alarm = slotAlarm(state?.lag == null ? null : Number(state.lag), state?.state ?? null);
    if (alarm !== null && resources.now().getTime() - alarmedAt > ALARM_EVERY_MS) {
      alarmedAt = resources.now().getTime();
      resources.log.warn(
        { sourceId: source.id, slot, alarm, bytes: String(state?.lag) },
        'A slot keeps very much log',
      );
    }
    if (!isMended) await tellShops(resources, source.accountId, { kind: 'source-progress' });
    isMended = true;
  };
  const alive = () => {
    const now = resources.now().getTime();
    if (now - last < STATUS_EVERY_MS) return;
    last = now;
    // The stream itself tells of a broken connection or a lost lease; a status that could not be noted is noted next time.
    under = under
      .then(note)
      .catch((error: unknown) =>
        resources.log.warn({ err: error, sourceId: source.id }, 'The state of a source could not be noted'),
      );
  };
  const timer = setInterval(alive, STATUS_EVERY_MS);
  return {
    alive,
    stop: async () => {
      clearInterval(timer);
      await under;
    },
  };
}

async function follow(following: Following): Promise<void> {
  const { resources, source, feeding, address, signal } = following;
  const names = externalNames(source.id);
  const side = await openExternal(address);
  const status = watchStatus(following, side);
  const options: FollowOptions = {
    mapping: feeding.mapping,
    names,
    client: following.reader,
    signal,
    onAlive: status.alive,
    onKeys: (keys) => takeOver(following, keys),
  };
  const cut = () => void closeExternal(side);
  signal.addEventListener('abort', cut);
  const writer = source.writeBack ? await keepWritingBack(following) : null;
  try {
    // What a killed process had taken over and not asked for.
    await askForSourceChanges(resources, feeding, signal);
    await settleMissingRows(resources, feeding);
    if (source.mode === 'stream') {
      await freeSlot(side, names.slot);
      const slot = await readSlot(side, names.slot);
      if (slot?.position == null || slot.state === 'lost')
        throw new RereadEverything('The server has not kept what was to be followed.');
      await followStream(address, slot.position, options);
    } else if (source.mode === 'outbox') {
      const listener = await openExternal(address);
      try {
        await followOutbox(listener, options);
      } finally {
        await closeExternal(listener);
      }
    } else await scan(following, options);
  } finally {
    signal.removeEventListener('abort', cut);
    await status.stop();
    await writer?.stop();
    await closeExternal(side);
  }
}

/** Looks for what is to be written back, on a connection of its own. */
async function keepWritingBack(following: Following): Promise<{ stop: () => Promise<void> }> {
  const { resources, source, feeding, relation, address } = following;
  const client = await openExternal(address);
  let under: Promise<void> = Promise.resolve();
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    under = writeBackToSource({ resources, source, feeding, relation, client })
      .catch((error: unknown) =>
        resources.log.warn(
          { err: error, sourceId: source.id },
          'What is to be written back could not be read',
        ),
      )
      .finally(() => (isBusy = false));
  }, WRITE_BACK_EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await under;
      await closeExternal(client);
    },
  };
}

async function scan(following: Following, options: FollowOptions): Promise<void> {
  const { resources, feeding, address, reader } = following;
  const { db, now } = resources;
  const source = await db.sourceConnection.findUniqueOrThrow({ where: { id: feeding.sourceId } });
  if (source.scanColumn === null)
    throw new SourceTrouble({
      reason: 'No column says when a row was changed.',
      remedy: 'Choose the column, or another way to follow the changes.',
    });
  const walker = await openExternal(address, { statementMs: 0 });
  try {
    await followScan({
      ...options,
      scanColumn: source.scanColumn,
      cursor: source.cursor ?? (await serverTime(reader)),
      rereadAt: new Date((source.snapshotStartedAt ?? now()).getTime() + DAY_MS),
      now,
      walker,
      onCursor: (cursor) => noteSourceProgress(db, feeding, { cursor }),
    });
  } finally {
    await closeExternal(walker);
  }
}

async function feed(
  resources: Resources,
  source: StoredSource,
  holder: string,
  signal: AbortSignal,
): Promise<void> {
  const mapping = sourceMapping.parse(source.mapping);
  const address = await sourceAddress(resources, source);
  const reader = await openExternal(address);
  const cut = () => void closeExternal(reader);
  signal.addEventListener('abort', cut);
  try {
    const relation = await connectedRelation(reader, mapping);
    const { id: sourceId, accountId, mappingVersion, generation } = source;
    let feeding: Feeding = { sourceId, accountId, holder, mapping, mappingVersion, generation };
    if (source.phase === 'snapshot') {
      feeding = await readSourceSnapshot(resources, source, address, { feeding, relation, signal });
      await tellShops(resources, accountId, { kind: 'source-progress' });
    }
    await follow({ resources, source, feeding, relation, address, reader, signal });
  } finally {
    signal.removeEventListener('abort', cut);
    await closeExternal(reader);
  }
}

/** Decoding what lies before a publication was made anew fails for ever: only a new slot helps. */
async function isPublicationNew(
  resources: Resources,
  source: StoredSource,
  error: unknown,
): Promise<boolean> {
  if (!(error instanceof Error) || !/publication ".*" does not exist/.test(error.message)) return false;
  const client = await openExternal(await sourceAddress(resources, source));
  try {
    return (await publishedTables(client, externalNames(source.id).publication)) !== null;
  } finally {
    await closeExternal(client);
  }
}

async function needsReread(resources: Resources, source: StoredSource, error: unknown): Promise<boolean> {
  if (error instanceof RereadEverything || isSlotLost(error)) return true;
  return isPublicationNew(resources, source, error).catch(() => false); // the first failure is the one to tell
}

/**
 * Feeds until the signal is aborted or something fails; then the source is given back, with what a person should know, and
 * the instant of the next try. Never throws.
 */
export async function feedSource(
  resources: Resources,
  source: StoredSource,
  holder: string,
  signal: AbortSignal,
): Promise<void> {
  const { db, log, now } = resources;
  const { id: sourceId, accountId } = source;
  const release = (problem: { reason: string; remedy: string } | null, waitMs: number) =>
    releaseSource(db, {
      sourceId,
      holder,
      problem: problem === null ? null : { ...problem, at: now().toISOString() },
      retryAt: new Date(now().getTime() + waitMs),
    });
  try {
    await feed(resources, source, holder, signal);
    await release(null, 0);
  } catch (error) {
    if (signal.aborted || error instanceof SourceLeaseLost) return release(null, 0).catch(() => undefined); // its lease ends by itself
    try {
      if (await needsReread(resources, source, error)) {
        log.info({ sourceId, err: error }, 'A source is read anew');
        await noteSourceProgress(db, { sourceId, holder }, { phase: 'snapshot' });
        await release(null, 0);
        return;
      }
      const advice = adviceFor(error, source);
      log.warn({ sourceId, err: error, reason: advice.reason }, 'A source cannot be fed');
      const { attempts } = await db.sourceConnection.findUniqueOrThrow({
        where: { id: sourceId },
        select: { attempts: true },
      });
      await release(advice, Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** Math.min(attempts, 6)));
      await tellShops(resources, accountId, { kind: 'source-progress' });
    } catch (failure) {
      if (failure instanceof SourceLeaseLost) return; // paused, or disconnected: nobody waits for it
      log.error(
        { sourceId, err: failure },
        'The end of a source could not be noted; its lease ends by itself',
      );
    }
  }
}
